/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/open-files.h"

/* Sockets are handles there, of which a process may have 16 million. */
guint64
redes_open_files_get_max (void)
{
  return G_MAXUINT64;
}

void
redes_open_files_raise_max (void)
{
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-io.h"

/* These systems do not tell. */
gboolean
redes_socket_get_unsent (GSocket *socket, guint64 *n_bytes)
{
  return FALSE;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-names.h"

#include <string.h>

gboolean
redes_file_names_refuse (gunichar c)
{
  return c != 0 && c < 0x80 && strchr ("<>\"|?*", (int)c) != NULL;
}

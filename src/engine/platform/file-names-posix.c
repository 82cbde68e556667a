/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-names.h"

gboolean
redes_file_names_refuse (gunichar c)
{
  return FALSE;
}

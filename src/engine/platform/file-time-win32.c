/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-time.h"

#define SECOND_NS G_GINT64_CONSTANT (1000000000)

gint64
redes_file_time_ns (const struct stat *info)
{
  return (gint64)info->st_mtime * SECOND_NS;
}

/* st_ctime is when the file was made. */
gint64
redes_file_change_time_ns (const struct stat *info)
{
  return REDES_FILE_TIME_UNKNOWN;
}

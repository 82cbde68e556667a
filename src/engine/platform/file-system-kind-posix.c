/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-system.h"

#include <unistd.h>

/* POSIX does not tell the kinds of file systems apart. */
gboolean
redes_file_system_keeps_inodes (const char *path)
{
  return access (path, F_OK) == 0;
}

/* POSIX can only sync all file systems at once. */
int
redes_file_system_sync (int fd)
{
  sync ();
  return 0;
}

gboolean
redes_file_system_clone (int from, int to)
{
  return FALSE;
}

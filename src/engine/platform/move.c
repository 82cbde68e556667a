/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

/* For file systems without links (FAT): an empty file of our own holds the name, and is the only
 * thing that is replaced. */
int
redes_move_by_placeholder (const char *from, const char *to)
{
  int fd = g_open (to, O_CREAT | O_EXCL | O_WRONLY, 0666);
  int saved_errno;

  if (fd < 0)
    return errno;
  g_close (fd, NULL);

  if (g_rename (from, to) == 0)
    return 0;

  saved_errno = errno;
  (void)g_unlink (to);
  return saved_errno;
}

int
redes_move_no_replace (const char *from, const char *to)
{
  int result = redes_move_by_kernel (from, to);

  if (result == ENOSYS)
    result = redes_move_by_link (from, to);
  if (result == ENOSYS)
    result = redes_move_by_placeholder (from, to);

  return result;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

/* A folder becomes another name only over an empty folder of our own; some file systems refuse even
 * that, and there the name is free for a moment. Whatever somebody else puts there then is not
 * replaced, unless it is an empty folder. */
static int
move_folder (const char *from, const char *to)
{
  int saved_errno;

  if (g_mkdir (to, 0777) != 0)
    return errno;
  if (g_rename (from, to) == 0)
    return 0;
  saved_errno = errno;
  if (g_rmdir (to) == 0 && g_rename (from, to) == 0)
    return 0;
  return saved_errno;
}

/* For file systems without links (FAT), and for folders: an empty file or folder of our own holds
 * the name, and is the only thing that is replaced. */
int
redes_move_by_placeholder (const char *from, const char *to)
{
  int saved_errno;
  int fd;

  if (g_file_test (from, G_FILE_TEST_IS_DIR) && !g_file_test (from, G_FILE_TEST_IS_SYMLINK))
    return move_folder (from, to);
  fd = g_open (to, O_CREAT | O_EXCL | O_WRONLY, 0666);
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

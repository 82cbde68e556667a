/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#else
#include <io.h>
#endif

/* One atomic step, where kernel and file system know it. */
int
redes_move_by_kernel (const char *from, const char *to)
{
#if defined G_OS_WIN32
  /* There rename() never replaces; g_rename() would. */
  return rename (from, to) == 0 ? 0 : errno;
#elif defined RENAME_NOREPLACE
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  /* EINVAL is how a file system says that it does not know the flag. */
  return errno == EINVAL ? ENOSYS : errno;
#else
  return ENOSYS;
#endif
}

/* Two steps: for a moment, or after a crash between them, the file has both names. */
int
redes_move_by_link (const char *from, const char *to)
{
#ifdef G_OS_UNIX
  if (link (from, to) != 0)
    {
      switch (errno)
        {
        case EPERM:
        case EMLINK:
        case EOPNOTSUPP:
          return ENOSYS;
        default:
          return errno;
        }
    }

  /* It has its name: that the old one could not be taken away is no failure. */
  (void)g_unlink (from);
  return 0;
#else
  return ENOSYS;
#endif
}

/* For file systems without links (FAT): an empty file of our own holds the name, and is the only
 * thing that is replaced. */
int
redes_move_by_placeholder (const char *from, const char *to)
{
  int fd = g_open (to, O_CREAT | O_EXCL | O_WRONLY, 0666);
  int saved_errno;

  if (fd < 0)
    return errno;
  close (fd);

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

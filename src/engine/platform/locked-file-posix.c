/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/locked-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* How often a file may be replaced while it is being opened. */
#define MAX_OPEN_TRIES 16
/* Nobody else may write to the file, whatever the folder and the umask allow. */
#define OWN_MODE 0600

int
redes_locked_file_open (const char *path, gboolean create, gboolean is_private)
{
  const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (create ? O_CREAT : 0)
                    | (is_private && create ? O_EXCL : 0);

  for (guint i = 0; i < MAX_OPEN_TRIES; i++)
    {
      struct stat opened;
      struct stat named;
      int saved_errno;
      int fd = open (path, flags, OWN_MODE);

      if (fd < 0)
        return -1;

      if (flock (fd, LOCK_EX | LOCK_NB) != 0 || fstat (fd, &opened) != 0)
        {
          saved_errno = errno;
          close (fd);
          errno = saved_errno;
          return -1;
        }

      /* Between opening and locking, another download may have finished: then this is its finished
       * file, and the hidden one is gone or a new one. A file with a second name is one that was
       * finished just before a crash: that name is taken off it, and it is left alone. */
      if (lstat (path, &named) == 0 && named.st_dev == opened.st_dev
          && named.st_ino == opened.st_ino)
        {
          if (!S_ISREG (opened.st_mode))
            {
              close (fd);
              errno = EINVAL;
              return -1;
            }
          if (opened.st_nlink == 1)
            {
              /* Where there are no modes this fails, and is not needed. */
              if ((opened.st_mode & 0777) != OWN_MODE && fchmod (fd, OWN_MODE) != 0)
                g_debug ("the mode of %s: %s", path, g_strerror (errno));
              return fd;
            }
          (void)unlink (path);
        }
      close (fd);
    }

  errno = EBUSY;
  return -1;
}

gboolean
redes_locked_file_is_foreign (const char *path)
{
  struct stat info;

  return lstat (path, &info) == 0 && info.st_uid != geteuid ();
}

/* The mode that a new file has in this process. */
static mode_t
get_usual_mode (void)
{
  static gsize mode_plus_one;

  if (g_once_init_enter (&mode_plus_one))
    {
      mode_t mask = umask (022);

      umask (mask);
      g_once_init_leave (&mode_plus_one, (gsize)(0666 & ~mask) + 1);
    }
  return (mode_t)(mode_plus_one - 1);
}

gboolean
redes_locked_file_is_at (int fd, const char *path)
{
  struct stat ours;
  struct stat named;

  return fstat (fd, &ours) == 0 && lstat (path, &named) == 0 && ours.st_dev == named.st_dev
         && ours.st_ino == named.st_ino;
}

gboolean
redes_locked_file_release (int fd, const char *path)
{
  if (!redes_locked_file_is_at (fd, path))
    return FALSE;
  if (fchmod (fd, get_usual_mode ()) != 0)
    g_debug ("the mode of %s: %s", path, g_strerror (errno));
  return TRUE;
}

void
redes_locked_file_close (int fd)
{
  /* The lock belongs to the open file, of which there may be copies: closing does not end it. */
  (void)flock (fd, LOCK_UN);
  close (fd);
}

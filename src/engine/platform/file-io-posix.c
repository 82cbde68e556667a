/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

void
redes_file_io_ignore_size_signal (void)
{
  signal (SIGXFSZ, SIG_IGN);
}

gssize
redes_file_read_at (int fd, guint8 *buffer, gsize len, guint64 offset)
{
  return pread (fd, buffer, len, (off_t)offset);
}

gssize
redes_file_write_at (int fd, const guint8 *data, gsize len, guint64 offset)
{
  return pwrite (fd, data, len, (off_t)offset);
}

int
redes_file_duplicate (int fd)
{
  return fcntl (fd, F_DUPFD_CLOEXEC, 3);
}

int
redes_file_set_size (int fd, guint64 size_bytes)
{
  return ftruncate (fd, (off_t)size_bytes);
}

gboolean
redes_file_can_have_size (int fd, guint64 size_bytes)
{
  struct rlimit limit;
  off_t place;

  if (getrlimit (RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
      && size_bytes > limit.rlim_cur)
    return FALSE;
  /* No place beyond what the file system can count can be sought. */
  place = lseek (fd, 0, SEEK_CUR);
  if (place >= 0 && size_bytes > 0 && lseek (fd, (off_t)(size_bytes - 1), SEEK_SET) < 0)
    return FALSE;
  (void)lseek (fd, place, SEEK_SET);
  return TRUE;
}

int
redes_file_sync (int fd)
{
#if defined _POSIX_SYNCHRONIZED_IO && _POSIX_SYNCHRONIZED_IO > 0
  return fdatasync (fd);
#else
  return fsync (fd);
#endif
}

guint64
redes_file_get_disk_bytes (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 ? (guint64)info.st_blocks * 512 : 0;
}

gboolean
redes_file_is_executable (const struct stat *info)
{
  return (info->st_mode & S_IXUSR) != 0;
}

guint64
redes_file_find_data (int fd, guint64 offset, guint64 size_bytes)
{
#ifdef SEEK_DATA
  off_t found = lseek (fd, (off_t)offset, SEEK_DATA);

  if (found >= 0)
    return (guint64)found;
  if (errno == ENXIO)
    return size_bytes;
#endif
  return offset;
}

int
redes_file_open_regular (const char *path)
{
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
  struct stat info;

  if (fd < 0 || (fstat (fd, &info) == 0 && S_ISREG (info.st_mode)))
    return fd;
  close (fd);
  errno = EINVAL;
  return -1;
}

int
redes_file_open_direct (const char *path, int fd)
{
#ifdef O_DIRECT
  int direct_fd = open (path, O_WRONLY | O_DIRECT | O_NOFOLLOW | O_CLOEXEC);
  struct stat ours;
  struct stat theirs;

  if (direct_fd < 0)
    return -1;
  /* The path may stand for another file by now. */
  if (fstat (fd, &ours) == 0 && fstat (direct_fd, &theirs) == 0 && ours.st_dev == theirs.st_dev
      && ours.st_ino == theirs.st_ino)
    return direct_fd;
  close (direct_fd);
#endif
  return -1;
}

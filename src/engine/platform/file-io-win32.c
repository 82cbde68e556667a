/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <io.h>

/* The system has one place for each descriptor, which two threads must not move at once. */
static GMutex place_lock;

/* There are no such signals. */
void
redes_file_io_ignore_size_signal (void)
{
}

gssize
redes_file_read_at (int fd, guint8 *buffer, gsize len, guint64 offset)
{
  gssize n_read = -1;

  g_mutex_lock (&place_lock);
  if (_lseeki64 (fd, (gint64)offset, SEEK_SET) >= 0)
    n_read = read (fd, buffer, (unsigned int)MIN (len, G_MAXINT));
  g_mutex_unlock (&place_lock);

  return n_read;
}

gssize
redes_file_write_at (int fd, const guint8 *data, gsize len, guint64 offset)
{
  gssize n_written = -1;

  g_mutex_lock (&place_lock);
  if (_lseeki64 (fd, (gint64)offset, SEEK_SET) >= 0)
    n_written = write (fd, data, (unsigned int)MIN (len, G_MAXINT));
  g_mutex_unlock (&place_lock);

  return n_written;
}

int
redes_file_duplicate (int fd)
{
  return dup (fd);
}

int
redes_file_set_size (int fd, guint64 size_bytes)
{
  errno = _chsize_s (fd, (gint64)size_bytes);
  return errno == 0 ? 0 : -1;
}

int
redes_file_sync (int fd)
{
  return _commit (fd);
}

guint64
redes_file_get_disk_bytes (int fd)
{
  return 0;
}

gboolean
redes_file_is_executable (const struct stat *info)
{
  return FALSE;
}

gboolean
redes_file_can_have_size (int fd, guint64 size_bytes)
{
  return TRUE;
}

guint64
redes_file_find_data (int fd, guint64 offset, guint64 size_bytes)
{
  return offset;
}

int
redes_file_open_regular (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_BINARY | O_NOINHERIT, 0);
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
  return -1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/partial-file.h"

#include "engine/base/buffer.h"
#include "engine/base/text.h"
#include "engine/library/library.h"
#include "engine/library/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef G_OS_UNIX
#include <sys/file.h>
#include <unistd.h>
#else
#include <io.h>
#endif

#define MAX_NAME_BYTES 255
/* Encrypted folders take no more than 143, and a number may follow. */
#define SHORT_NAME_BYTES 130
#define MAX_NUMBER 9999
/*
 * Blocks of larger files go from their buffers straight to the disk. Through the page cache each
 * byte would be copied into memory that the kernel has to find first - as dear as decrypting and
 * verifying it together - and would push out what the user's other programs have there.
 */
#define MIN_DIRECT_BYTES (16 * 1024 * 1024)
/* How often a file may be replaced under our hands before we give up. */
#define MAX_OPEN_TRIES 16

struct _RedesPartialFile
{
  gatomicrefcount ref_count;
  int fd;
  guint64 size;
  char *folder;
  char *path;
  /* It has got its name, or was removed: the hidden path is not ours any more. */
  gint is_settled;
  /* A second descriptor for direct writes, or -1. */
  int direct_fd;
  gint is_direct;
  /* One writer at a time through the page cache: the kernel lets no more into a file, and makes the
   * others spin. */
  GMutex write_lock;
};

static void
set_disk_error (GError **error, int saved_errno, const char *folder, guint64 needed_bytes)
{
  g_autofree char *name = g_filename_display_name (folder);
  g_autofree char *needed = g_format_size (needed_bytes);

  switch (saved_errno)
    {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "There is no room left in “%s”: the download needs %s more. Make room or choose "
                   "another download folder",
                   name, needed);
      break;
    case EACCES:
    case EPERM:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "You have no permission to write in “%s”: choose another download folder", name);
      break;
    case EROFS:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "“%s” is read-only: choose another download folder", name);
      break;
    case ENOENT:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "The folder “%s” is gone: make it again, or choose another download folder",
                   name);
      break;
    case ENOTDIR:
    case EEXIST:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "“%s” is not a folder: choose another download folder", name);
      break;
    case EFBIG:
    case EOVERFLOW:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "The disk of “%s” cannot hold a file of %s: choose a folder on another disk",
                   name, needed);
      break;
    default:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "Writing in “%s” failed: %s", name, g_strerror (saved_errno));
      break;
    }
}

/* What the disk still has to give before all of the file is on it. */
static guint64
get_missing_bytes (RedesPartialFile *self)
{
#ifdef G_OS_UNIX
  struct stat info;

  if (fstat (self->fd, &info) == 0)
    {
      guint64 taken_bytes = (guint64)info.st_blocks * 512;

      return self->size - MIN (self->size, taken_bytes);
    }
#endif
  return self->size;
}

static void
set_own_disk_error (RedesPartialFile *self, int saved_errno, GError **error)
{
  set_disk_error (error, saved_errno, self->folder, get_missing_bytes (self));
}

#ifdef G_OS_UNIX

/* Opens the hidden file with a lock that no other download can have at the same time, in this
 * process or another; -1 with errno set, EWOULDBLOCK if another has it. */
static int
open_locked (const char *path)
{
  for (guint i = 0; i < MAX_OPEN_TRIES; i++)
    {
      struct stat opened;
      struct stat named;
      int saved_errno;
      int fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0666);

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
            return fd;
          (void)g_unlink (path);
        }
      close (fd);
    }

  errno = EBUSY;
  return -1;
}

static gssize
write_at (int fd, const guint8 *data, gsize len, guint64 offset)
{
  return pwrite (fd, data, len, (off_t)offset);
}

static int
set_size (int fd, guint64 size)
{
  return ftruncate (fd, (off_t)size);
}

static int
sync_data (int fd)
{
#if defined _POSIX_SYNCHRONIZED_IO && _POSIX_SYNCHRONIZED_IO > 0
  return fdatasync (fd);
#else
  return fsync (fd);
#endif
}

/* The lock belongs to the open file, of which a holding may have a copy: closing would not end it.
 */
static void
unlock (int fd)
{
  (void)flock (fd, LOCK_UN);
}

#else

static int
open_locked (const char *path)
{
  return g_open (path, O_RDWR | O_CREAT | O_BINARY | O_NOINHERIT, 0666);
}

static gssize
write_at (int fd, const guint8 *data, gsize len, guint64 offset)
{
  static GMutex lock;
  gssize n_written = -1;

  g_mutex_lock (&lock);
  if (_lseeki64 (fd, (gint64)offset, SEEK_SET) >= 0)
    n_written = write (fd, data, (unsigned int)MIN (len, G_MAXINT));
  g_mutex_unlock (&lock);

  return n_written;
}

static int
set_size (int fd, guint64 size)
{
  errno = _chsize_s (fd, (gint64)size);
  return errno == 0 ? 0 : -1;
}

static int
sync_data (int fd)
{
  return _commit (fd);
}

static void
unlock (int fd)
{
}

#endif

static char *
build_hidden_path (const char *folder, const RedesContentId *content)
{
  char hex[REDES_DIGEST_HEX_SIZE];
  g_autofree char *name = NULL;

  redes_digest_to_hex (content, hex);
  name = g_strdup_printf (".redes-%s.part", hex);
  return g_build_filename (folder, name, NULL);
}

static void
set_open_error (GError **error, int saved_errno, const char *folder, const char *path, guint64 size)
{
  g_autofree char *name = NULL;

  switch (saved_errno)
    {
    case EWOULDBLOCK:
      name = g_filename_display_name (folder);
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "The same file is being downloaded to “%s” already: wait for it, or choose "
                   "another folder",
                   name);
      break;
    case ELOOP:
    case EISDIR:
    case EINVAL:
    case ENXIO:
      name = g_filename_display_name (path);
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "“%s” stands in the way and is not a file of this program: remove it", name);
      break;
    default:
      set_disk_error (error, saved_errno, folder, size);
      break;
    }
}

static void
open_direct (RedesPartialFile *self)
{
#ifdef O_DIRECT
  struct stat ours;
  struct stat theirs;

  if (self->size < MIN_DIRECT_BYTES)
    return;
  self->direct_fd = open (self->path, O_WRONLY | O_DIRECT | O_NOFOLLOW | O_CLOEXEC);
  if (self->direct_fd < 0)
    return;
  /* The path may stand for another file by now. */
  self->is_direct = fstat (self->fd, &ours) == 0 && fstat (self->direct_fd, &theirs) == 0
                    && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
#endif
}

RedesPartialFile *
redes_partial_file_create (const char *folder,
                           const RedesContentId *content,
                           guint64 size,
                           GError **error)
{
  g_autoptr (RedesPartialFile) self = g_new0 (RedesPartialFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->fd = -1;
  self->direct_fd = -1;
  self->size = size;
  g_mutex_init (&self->write_lock);
  self->folder = g_canonicalize_filename (folder, NULL);
  self->path = build_hidden_path (self->folder, content);

  if (g_mkdir_with_parents (self->folder, 0777) != 0)
    {
      set_disk_error (error, errno, self->folder, size);
      return NULL;
    }

  self->fd = open_locked (self->path);
  if (self->fd < 0)
    {
      set_open_error (error, errno, self->folder, self->path, size);
      return NULL;
    }

  /* Emptied first: what is left from before must not show through the holes. */
  if (set_size (self->fd, 0) != 0 || set_size (self->fd, size) != 0)
    {
      set_own_disk_error (self, errno, error);
      redes_partial_file_discard (self);
      return NULL;
    }
  open_direct (self);

  return g_steal_pointer (&self);
}

RedesPartialFile *
redes_partial_file_ref (RedesPartialFile *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
redes_partial_file_unref (RedesPartialFile *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->fd >= 0)
    {
      unlock (self->fd);
      close (self->fd);
    }
  if (self->direct_fd >= 0)
    close (self->direct_fd);
  g_mutex_clear (&self->write_lock);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

int
redes_partial_file_get_fd (RedesPartialFile *self)
{
  return self->fd;
}

static gboolean
is_all_zero (const guint8 *data, gsize len)
{
  return len == 0 || (data[0] == 0 && memcmp (data, data + 1, len - 1) == 0);
}

static gssize
write_some (RedesPartialFile *self, const guint8 *data, gsize len, guint64 offset)
{
  const gsize unaligned = REDES_BUFFER_ALIGNMENT - 1;
  gssize n_written;

  if (g_atomic_int_get (&self->is_direct) && len > unaligned && (offset & unaligned) == 0
      && ((guintptr)data & unaligned) == 0)
    {
      n_written = write_at (self->direct_fd, data, len & ~unaligned, offset);
      if (n_written > 0 || (n_written < 0 && errno != EINVAL))
        return n_written;
      /* Not on this file system after all. */
      g_atomic_int_set (&self->is_direct, FALSE);
    }
  g_mutex_lock (&self->write_lock);
  n_written = write_at (self->fd, data, len, offset);
  g_mutex_unlock (&self->write_lock);
  return n_written;
}

gboolean
redes_partial_file_write (
    RedesPartialFile *self, guint64 offset, const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (offset <= self->size && len <= self->size - offset, FALSE);

  /* The file was empty when we got it: what was never written reads as zeroes. */
  if (is_all_zero (data, len))
    return TRUE;

  while (len > 0)
    {
      gssize n_written = write_some (self, data, len, offset);

      if (n_written <= 0)
        {
          if (n_written < 0 && errno == EINTR)
            continue;
          set_own_disk_error (self, n_written == 0 ? ENOSPC : errno, error);
          return FALSE;
        }
      data += n_written;
      offset += (gsize)n_written;
      len -= (gsize)n_written;
    }

  return TRUE;
}

static char *
move_to_target (RedesPartialFile *self, const char *target, GError **error)
{
  int result = redes_move_no_replace (self->path, target);
  g_autofree char *name = g_filename_display_name (target);

  switch (result)
    {
    case 0:
      return g_strdup (target);
    case EEXIST:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "“%s” is there already and is not replaced: remove it or choose another name",
                   name);
      return NULL;
    case ENAMETOOLONG:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "The name “%s” is too long: choose a shorter one", name);
      return NULL;
    default:
      set_own_disk_error (self, result, error);
      return NULL;
    }
}

/* Takes the first name that is free, at most @max_bytes long; otherwise %NULL and an errno in
 * @result. */
static char *
move_to_free_name (RedesPartialFile *self, const char *wanted, gsize max_bytes, int *result)
{
  g_autofree char *name = redes_text_make_safe_file_name (wanted, max_bytes);

  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autofree char *numbered
          = number == 1 ? g_strdup (name) : redes_text_numbered_file_name (name, number);
      g_autofree char *path = g_build_filename (self->folder, numbered, NULL);

      *result = redes_move_no_replace (self->path, path);
      if (*result == 0)
        return g_steal_pointer (&path);
      if (*result != EEXIST)
        return NULL;
    }

  return NULL;
}

char *
redes_partial_file_finish (RedesPartialFile *self,
                           const char *name,
                           const char *target,
                           GError **error)
{
  char *path;
  int result;

  g_return_val_if_fail (!g_atomic_int_get (&self->is_settled), NULL);

  if (sync_data (self->fd) != 0)
    {
      set_own_disk_error (self, errno, error);
      return NULL;
    }

  if (target != NULL)
    path = move_to_target (self, target, error);
  else
    {
      path = move_to_free_name (self, name, MAX_NAME_BYTES, &result);
      if (path == NULL && result == ENAMETOOLONG)
        path = move_to_free_name (self, name, SHORT_NAME_BYTES, &result);
      if (path == NULL)
        set_own_disk_error (self, result, error);
    }

  if (path != NULL)
    g_atomic_int_set (&self->is_settled, TRUE);
  return path;
}

void
redes_partial_file_discard (RedesPartialFile *self)
{
  if (g_atomic_int_compare_and_exchange (&self->is_settled, FALSE, TRUE))
    (void)g_unlink (self->path);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/partial-file.h"

#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/library/disk-error.h"
#include "engine/library/final-name.h"
#include "engine/library/error.h"
#include "engine/platform/locked-file.h"
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_PREFIX ".redes-"
#define NAME_SUFFIX ".part"
/* A private name has a number more: "-" and eight hexadecimal digits. */
#define PRIVATE_LEN 9u
/*
 * Blocks of larger files go from their buffers straight to the disk. Through the page cache each
 * byte would be copied into memory that the kernel has to find first - as dear as decrypting and
 * verifying it together - and would push out what the user's other programs have there.
 */
#define MIN_DIRECT_BYTES (16 * 1024 * 1024)

struct _RedesPartialFile
{
  gatomicrefcount ref_count;
  int fd;
  guint64 size;
  char *folder;
  char *path;
  /* It has got its name, or was removed: the hidden path is not ours any more. */
  gint is_settled;
  /* It was empty when we got it: what was never written reads as zeroes. */
  gboolean is_fresh;
  /* A second descriptor for direct writes, or -1. */
  int direct_fd;
  gint is_direct;
  /* One writer at a time through the page cache: the kernel lets no more into a file, and makes the
   * others spin. */
  GMutex write_lock;
};

/* What the disk still has to give before all of the file is on it. */
static guint64
get_missing_bytes (RedesPartialFile *self)
{
  return self->size - MIN (self->size, redes_file_get_disk_bytes (self->fd));
}

static void
set_own_disk_error (RedesPartialFile *self, int saved_errno, GError **error)
{
  redes_set_disk_error (error, saved_errno, self->folder, get_missing_bytes (self));
}

char *
redes_partial_file_dup_path (const char *folder, const RedesContentId *content)
{
  char text[REDES_CONTENT_ID_TEXT_SIZE];
  g_autofree char *name = NULL;

  redes_content_id_to_text (content, text);
  name = g_strconcat (NAME_PREFIX, text, NAME_SUFFIX, NULL);
  return g_build_filename (folder, name, NULL);
}

gboolean
redes_partial_file_is_name (const char *name)
{
  const char *rest;

  if (!g_str_has_prefix (name, NAME_PREFIX)
      || strlen (name) < strlen (NAME_PREFIX NAME_SUFFIX) + REDES_DIGEST_HEX_SIZE - 1)
    return FALSE;
  rest = name + strlen (NAME_PREFIX) + REDES_DIGEST_HEX_SIZE - 1;
  /* `-<size>` stands between root and suffix; files of earlier versions have no size. */
  if (*rest == '-')
    {
      rest += 1 + strspn (rest + 1, "0123456789");
      if (*rest == '-' && strspn (rest + 1, "0123456789abcdef") == PRIVATE_LEN - 1)
        rest += PRIVATE_LEN;
    }
  return strcmp (rest, NAME_SUFFIX) == 0;
}

/* Beside a file of another user's that has the usual name: one that nobody could foresee. */
static char *
dup_private_path (const char *path)
{
  return g_strdup_printf ("%.*s-%08x" NAME_SUFFIX, (int)(strlen (path) - strlen (NAME_SUFFIX)),
                          path, g_random_int ());
}

/* (nullable): the private one that is there for @path, of an earlier run */
static char *
find_private_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gsize stem = strlen (base) - strlen (NAME_SUFFIX);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *found = NULL;

      if (strlen (name) != strlen (base) + PRIVATE_LEN || strncmp (name, base, stem) != 0
          || !redes_partial_file_is_name (name))
        continue;
      found = g_build_filename (folder, name, NULL);
      if (!redes_locked_file_is_foreign (found))
        return g_steal_pointer (&found);
    }
  return NULL;
}

char *
redes_partial_file_find (const char *folder, const RedesContentId *content)
{
  g_autofree char *path = redes_partial_file_dup_path (folder, content);
  char *own;

  if (g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK)
      && !redes_locked_file_is_foreign (path))
    return g_steal_pointer (&path);
  own = find_private_path (path);
  return own != NULL ? own : g_steal_pointer (&path);
}

/* Opens the hidden file of @self; -1 with errno set. If another user's stands under its name, one
 * of a private name is used, unless all files there are another user's: on a file system that
 * keeps no owners. */
static int
open_own (RedesPartialFile *self, gboolean create)
{
  g_autofree char *usual = g_steal_pointer (&self->path);
  g_autofree char *own = NULL;
  int fd;

  if (!redes_locked_file_is_foreign (usual) && (create || g_file_test (usual, G_FILE_TEST_EXISTS)))
    {
      self->path = g_steal_pointer (&usual);
      return redes_locked_file_open (self->path, create, FALSE);
    }
  own = find_private_path (usual);
  if (own != NULL)
    {
      self->path = g_steal_pointer (&own);
      return redes_locked_file_open (self->path, FALSE, TRUE);
    }
  if (!create && !redes_locked_file_is_foreign (usual))
    {
      /* It is not there: why, that tells. */
      self->path = g_steal_pointer (&usual);
      return redes_locked_file_open (self->path, FALSE, FALSE);
    }
  own = dup_private_path (usual);
  fd = redes_locked_file_open (own, TRUE, TRUE);
  if (fd >= 0 && redes_locked_file_is_foreign (own))
    {
      close (fd);
      (void)g_unlink (own);
      self->path = g_steal_pointer (&usual);
      return redes_locked_file_open (self->path, create, FALSE);
    }
  if (fd >= 0 && !create)
    {
      close (fd);
      (void)g_unlink (own);
      self->path = g_steal_pointer (&usual);
      errno = ENOENT;
      return -1;
    }
  self->path = fd >= 0 ? g_steal_pointer (&own) : g_steal_pointer (&usual);
  return fd;
}

static void
set_open_error (GError **error, int saved_errno, const char *folder, const char *path, guint64 size)
{
  g_autofree char *name = NULL;

  switch (saved_errno)
    {
    case EWOULDBLOCK:
      name = redes_text_display_path (folder);
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_DOWNLOADED_ALREADY, name);
      break;
    case ELOOP:
    case EISDIR:
    case EINVAL:
    case ENXIO:
      name = redes_text_display_path (path);
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_PARTIAL_IN_THE_WAY, name);
      break;
    default:
      redes_set_disk_error (error, saved_errno, folder, size);
      break;
    }
}

static void
open_direct (RedesPartialFile *self)
{
  if (self->size >= MIN_DIRECT_BYTES)
    self->direct_fd = redes_file_open_direct (self->path, self->fd);
  self->is_direct = self->direct_fd >= 0;
}

static RedesPartialFile *
partial_file_new (const char *folder, const RedesContentId *content)
{
  RedesPartialFile *self = g_new0 (RedesPartialFile, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->fd = -1;
  self->direct_fd = -1;
  self->size = content->size_bytes;
  g_mutex_init (&self->write_lock);
  self->folder = g_canonicalize_filename (folder, NULL);
  self->path = redes_partial_file_dup_path (self->folder, content);
  return self;
}

RedesPartialFile *
redes_partial_file_create (const char *folder, const RedesContentId *content, GError **error)
{
  g_autoptr (RedesPartialFile) self = partial_file_new (folder, content);
  guint64 size = content->size_bytes;

  if (g_mkdir_with_parents (self->folder, 0777) != 0)
    {
      redes_set_disk_error (error, errno, self->folder, size);
      return NULL;
    }

  self->fd = open_own (self, TRUE);
  if (self->fd < 0)
    {
      set_open_error (error, errno, self->folder, self->path, size);
      return NULL;
    }

  /* Emptied first: what is left from before must not show through the holes. */
  if (redes_file_set_size (self->fd, 0) != 0 || redes_file_set_size (self->fd, size) != 0)
    {
      set_own_disk_error (self, errno, error);
      redes_partial_file_discard (self);
      return NULL;
    }
  self->is_fresh = TRUE;
  open_direct (self);

  return g_steal_pointer (&self);
}

/* Finds a partial file of an earlier version, whose name did not hold the size. Sets errno to
 * ENOENT if there is none. */
static gboolean
take_earlier (RedesPartialFile *self, const RedesContentId *content)
{
  char hex[REDES_DIGEST_HEX_SIZE];
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  int result;

  redes_digest_to_hex (&content->root, hex);
  name = g_strconcat (NAME_PREFIX, hex, NAME_SUFFIX, NULL);
  path = g_build_filename (self->folder, name, NULL);
  result = redes_move_no_replace (path, self->path);
  errno = ENOENT;
  return result == 0;
}

RedesPartialFile *
redes_partial_file_open (const char *folder,
                         const RedesContentId *content,
                         gint64 *mtime_ns,
                         GError **error)
{
  g_autoptr (RedesPartialFile) self = partial_file_new (folder, content);
  guint64 size = content->size_bytes;
  struct stat info;

  self->fd = open_own (self, FALSE);
  if (self->fd < 0 && errno == ENOENT && take_earlier (self, content))
    self->fd = open_own (self, FALSE);
  if (self->fd < 0)
    {
      if (errno == ENOENT && g_file_test (self->folder, G_FILE_TEST_IS_DIR))
        {
          g_autofree char *name = redes_text_display_path (self->path);

          redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND,
                           REDES_NOTICE_PARTIAL_GONE, name);
        }
      else
        set_open_error (error, errno, self->folder, self->path, size);
      return NULL;
    }

  if (fstat (self->fd, &info) != 0)
    {
      set_own_disk_error (self, errno, error);
      return NULL;
    }
  *mtime_ns = (guint64)info.st_size == size ? redes_file_time_ns (&info) : 0;
  if ((guint64)info.st_size != size && redes_file_set_size (self->fd, size) != 0)
    {
      set_own_disk_error (self, errno, error);
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
      redes_locked_file_close (self->fd);
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
      n_written = redes_file_write_at (self->direct_fd, data, len & ~unaligned, offset);
      if (n_written > 0 || (n_written < 0 && errno != EINVAL))
        return n_written;
      /* This file system does not support direct I/O after all. */
      g_atomic_int_set (&self->is_direct, FALSE);
    }
  g_mutex_lock (&self->write_lock);
  n_written = redes_file_write_at (self->fd, data, len, offset);
  g_mutex_unlock (&self->write_lock);
  return n_written;
}

gboolean
redes_partial_file_write (
    RedesPartialFile *self, guint64 offset, const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (offset <= self->size && len <= self->size - offset, FALSE);

  if (self->is_fresh && is_all_zero (data, len))
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

gboolean
redes_partial_file_read (
    RedesPartialFile *self, guint64 offset, guint8 *buffer, gsize len, GError **error)
{
  g_return_val_if_fail (offset <= self->size && len <= self->size - offset, FALSE);

  while (len > 0)
    {
      gssize n_read = redes_file_read_at (self->fd, buffer, len, offset);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        {
          set_own_disk_error (self, n_read == 0 ? EIO : errno, error);
          return FALSE;
        }
      buffer += n_read;
      offset += (gsize)n_read;
      len -= (gsize)n_read;
    }

  return TRUE;
}

static gboolean
check_untouched (RedesPartialFile *self, const struct stat *info, GError **error)
{
  RedesNoticeCode what = REDES_NOTICE_NONE;
  g_autofree char *name = NULL;

  if (!g_file_test (self->folder, G_FILE_TEST_IS_DIR))
    {
      set_own_disk_error (self, ENOENT, error);
      return FALSE;
    }
  if (!redes_locked_file_is_at (self->fd, self->path))
    what = REDES_NOTICE_PARTIAL_REMOVED;
  else if ((guint64)info->st_size != self->size)
    what = REDES_NOTICE_PARTIAL_ALTERED;
  if (what == REDES_NOTICE_NONE)
    return TRUE;

  name = redes_text_display_path (self->path);
  redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND, what, name);
  return FALSE;
}

gboolean
redes_partial_file_sync (RedesPartialFile *self, gint64 *mtime_ns, GError **error)
{
  struct stat info;

  if (redes_file_sync (self->fd) != 0 || fstat (self->fd, &info) != 0)
    {
      set_own_disk_error (self, errno, error);
      return FALSE;
    }
  *mtime_ns = redes_file_time_ns (&info);

  return check_untouched (self, &info, error);
}

gboolean
redes_partial_file_check_room (RedesPartialFile *self, GError **error)
{
  return redes_check_room (self->folder, get_missing_bytes (self), error);
}

char *
redes_partial_file_finish (RedesPartialFile *self,
                           const char *name,
                           const char *target,
                           gboolean *is_replaced,
                           gint64 *mtime_ns,
                           GError **error)
{
  char *path;

  g_return_val_if_fail (!g_atomic_int_get (&self->is_settled), NULL);

  if (!redes_partial_file_sync (self, mtime_ns, error))
    return NULL;

  path = redes_final_name_take (self->path, self->folder, name, target, is_replaced, error);
  if (path == NULL)
    return NULL;
  g_atomic_int_set (&self->is_settled, TRUE);
  if (!redes_locked_file_release (self->fd, path))
    {
      g_autofree char *shown = redes_text_display_path (path);

      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_FILE_REPLACED, shown);
      g_clear_pointer (&path, g_free);
    }
  return path;
}

void
redes_partial_file_discard (RedesPartialFile *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->is_settled, FALSE, TRUE))
    return;
  /* The file is removed only if it is still the one that was made here, and not another in its
   * place. */
  if (redes_locked_file_is_at (self->fd, self->path))
    (void)g_unlink (self->path);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/holding.h"

#include "engine/base/buffer.h"
#include "engine/library/library.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#else
#include <io.h>
#endif

struct _RedesHolding
{
  gatomicrefcount ref_count;
  /* A partial one's descriptor, or -1. */
  int fd;
  RedesManifest *manifest;
  /* (nullable): a file of one block has no proofs */
  RedesHashTree *tree;
  /* A partial one's. */
  RedesBitfield *blocks;
  /* A file's: ten thousand of one folder share its string. */
  GRefString *root;
  guint relative_at;
  /* A file's; "" for a partial one. */
  char path[];
};

static void
set_open_error (GError **error, int saved_errno, const char *root, const char *relative)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autofree char *name = g_filename_display_name (path);
  RedesLibraryError code = REDES_LIBRARY_ERROR_UNREADABLE;
  const char *reason;

  switch (saved_errno)
    {
    case ENOENT:
      code = REDES_LIBRARY_ERROR_NOT_FOUND;
      reason = "it is not there any more";
      break;
    case EACCES:
    case EPERM:
      reason = "you have no permission to read it";
      break;
    case ELOOP:
      code = REDES_LIBRARY_ERROR_KIND;
      reason = "it is a symbolic link, and links are not followed inside what is shared";
      break;
    case ENOTDIR:
      code = REDES_LIBRARY_ERROR_KIND;
      reason = "a folder on the way to it is a symbolic link or no folder any more";
      break;
    case EMFILE:
    case ENFILE:
      reason = "too many files are open";
      break;
    default:
      reason = g_strerror (saved_errno);
      break;
    }

  g_set_error (error, REDES_LIBRARY_ERROR, code, "“%s” cannot be read: %s", name, reason);
}

static void
set_kind_error (GError **error, const char *root, const char *relative)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
               "“%s” cannot be shared: it is not a regular file", name);
}

static gboolean
is_plain_component (const char *component)
{
  return component[0] != '\0' && !g_str_equal (component, ".") && !g_str_equal (component, "..");
}

#ifdef G_OS_UNIX

/* Opens @component in the folder @folder_fd; -1 with errno set. */
static int
open_component (int folder_fd, const char *component, gboolean is_last)
{
  int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
  int fd;

  if (!is_plain_component (component))
    {
      errno = ENOENT;
      return -1;
    }

  /* A named pipe must not hold us up until somebody writes to it. */
  flags |= is_last ? O_NONBLOCK : O_DIRECTORY;
  do
    fd = openat (folder_fd, component, flags);
  while (fd < 0 && errno == EINTR);

  return fd;
}

/* Walks from @root to the last component of @relative; -1 with errno set. */
static int
walk (const char *root, const char *relative)
{
  g_auto (GStrv) components = NULL;
  int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || strchr (relative, '/') == NULL)
    {
      int file_fd;

      if (fd < 0)
        return -1;
      file_fd = open_component (fd, relative, TRUE);
      close (fd);
      return file_fd;
    }

  components = g_strsplit (relative, "/", -1);
  for (guint i = 0; components[i] != NULL && fd >= 0; i++)
    {
      int next_fd = open_component (fd, components[i], components[i + 1] == NULL);
      int saved_errno = errno;

      close (fd);
      fd = next_fd;
      errno = saved_errno;
    }

  return fd;
}

static gssize
read_at (int fd, guint8 *buffer, gsize len, guint64 offset)
{
  return pread (fd, buffer, len, (off_t)offset);
}

static int
duplicate (int fd)
{
  return fcntl (fd, F_DUPFD_CLOEXEC, 3);
}

#else

/* Without openat() each component is looked at before the file is opened: there is a moment in
 * between, but making a link on such a system takes rights that an attacker there does not have. */
static int
walk (const char *root, const char *relative)
{
  g_auto (GStrv) components = g_strsplit (relative, "/", -1);
  g_autofree char *path = g_strdup (root);

  for (guint i = 0; components[i] != NULL; i++)
    {
      char *longer;

      if (!is_plain_component (components[i]) || strchr (components[i], '\\') != NULL)
        {
          errno = ENOENT;
          return -1;
        }
      longer = g_build_filename (path, components[i], NULL);
      g_free (path);
      path = longer;
      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        {
          errno = ELOOP;
          return -1;
        }
    }

  return g_open (path, O_RDONLY | O_BINARY | O_NOINHERIT, 0);
}

static gssize
read_at (int fd, guint8 *buffer, gsize len, guint64 offset)
{
  static GMutex lock;
  gssize n_read = -1;

  g_mutex_lock (&lock);
  if (_lseeki64 (fd, (gint64)offset, SEEK_SET) >= 0)
    n_read = read (fd, buffer, (unsigned int)MIN (len, G_MAXINT));
  g_mutex_unlock (&lock);

  return n_read;
}

static int
duplicate (int fd)
{
  return dup (fd);
}

#endif

int
redes_open_beneath (const char *root, const char *relative, GError **error)
{
  struct stat info;
  int fd = walk (root, relative);

  if (fd < 0)
    {
      int saved_errno = errno;

#ifdef G_OS_UNIX
      /* A socket, or a device without a driver. */
      if (saved_errno == ENXIO)
        set_kind_error (error, root, relative);
      else
#endif
        set_open_error (error, saved_errno, root, relative);
      return -1;
    }

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      set_kind_error (error, root, relative);
      close (fd);
      return -1;
    }

  return fd;
}

static RedesHolding *
holding_new (RedesManifest *manifest, RedesHashTree *tree, const char *path)
{
  gsize path_size = strlen (path) + 1;
  RedesHolding *self = g_malloc0 (sizeof *self + path_size);

  g_atomic_ref_count_init (&self->ref_count);
  self->fd = -1;
  self->manifest = redes_manifest_ref (manifest);
  if (redes_geometry_get_proof_length (redes_manifest_get_geometry (manifest)) > 0)
    self->tree = redes_hash_tree_ref (tree);
  memcpy (self->path, path, path_size);
  return self;
}

RedesHolding *
redes_holding_new_file (const char *root,
                        const char *relative,
                        RedesManifest *manifest,
                        RedesHashTree *tree)
{
  g_autofree char *canonical = g_canonicalize_filename (root, NULL);
  g_autofree char *path = g_build_filename (canonical, relative, NULL);
  RedesHolding *self = holding_new (manifest, tree, path);

  self->root = g_ref_string_new_intern (canonical);
  self->relative_at = (guint)(strlen (path) - strlen (relative));
  return self;
}

RedesHolding *
redes_holding_new_partial (int fd, RedesManifest *manifest, RedesHashTree *tree)
{
  RedesHolding *self = holding_new (manifest, tree, "");

  self->fd = duplicate (fd);
  self->blocks
      = redes_bitfield_new (redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)));
  return self;
}

RedesHolding *
redes_holding_ref (RedesHolding *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
redes_holding_unref (RedesHolding *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  redes_manifest_unref (self->manifest);
  g_clear_pointer (&self->tree, redes_hash_tree_unref);
  g_clear_pointer (&self->root, g_ref_string_release);
  g_clear_pointer (&self->blocks, redes_bitfield_free);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

RedesManifest *
redes_holding_get_manifest (RedesHolding *self)
{
  return self->manifest;
}

gboolean
redes_holding_get_proof (RedesHolding *self, guint32 index, RedesDigest *out)
{
  if (self->tree == NULL)
    return index < redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest));

  return redes_hash_tree_get_proof (self->tree, index, out);
}

gboolean
redes_holding_is_complete (RedesHolding *self)
{
  return self->blocks == NULL || redes_bitfield_is_full (self->blocks);
}

gboolean
redes_holding_is_file (RedesHolding *self)
{
  return self->root != NULL;
}

gboolean
redes_holding_has_block (RedesHolding *self, guint32 index)
{
  if (index >= redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest)))
    return FALSE;

  return self->blocks == NULL || redes_bitfield_get (self->blocks, index);
}

const RedesBitfield *
redes_holding_get_blocks (RedesHolding *self)
{
  return redes_holding_is_complete (self) ? NULL : self->blocks;
}

void
redes_holding_add_block (RedesHolding *self, guint32 index)
{
  g_return_if_fail (self->blocks != NULL);

  redes_bitfield_set (self->blocks, index);
}

const char *
redes_holding_get_path (RedesHolding *self)
{
  return redes_holding_is_file (self) ? self->path : NULL;
}

char *
redes_holding_dup_path (RedesHolding *self)
{
  return g_strdup (redes_holding_get_path (self));
}

/* Fills @buffer; %FALSE with errno set, to 0 if the file is too short. */
static gboolean
read_fully (int fd, guint8 *buffer, gsize len, guint64 offset)
{
  while (len > 0)
    {
      gssize n_read = read_at (fd, buffer, len, offset);

      if (n_read == 0)
        {
          errno = 0;
          return FALSE;
        }
      if (n_read < 0)
        {
          if (errno == EINTR)
            continue;
          return FALSE;
        }
      buffer += n_read;
      offset += (gsize)n_read;
      len -= (gsize)n_read;
    }

  return TRUE;
}

static GBytes *
read_block (RedesHolding *self, int fd, guint32 index, GError **error)
{
  const RedesGeometry *geometry = redes_manifest_get_geometry (self->manifest);
  gsize len = redes_geometry_get_block_length (geometry, index);
  guint64 offset = (guint64)index * geometry->block_size;
  guint8 *buffer = redes_buffer_alloc (len);
  const char *reason;

  if (read_fully (fd, buffer, len, offset))
    return redes_buffer_to_bytes (buffer, len, len);

  reason = errno == 0 ? "the file has become shorter since it was shared" : g_strerror (errno);
  g_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
               "Block %u of “%s” cannot be read: %s", index,
               redes_manifest_get_name (self->manifest), reason);
  redes_buffer_free (buffer, len);
  return NULL;
}

GBytes *
redes_holding_read (RedesHolding *self, guint32 index, GError **error)
{
  g_autoptr (GError) open_error = NULL;
  GBytes *bytes;
  int fd;

  if (index >= redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest)))
    {
      g_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ, "“%s” has no block %u",
                   redes_manifest_get_name (self->manifest), index);
      return NULL;
    }

  if (!redes_holding_is_file (self))
    return read_block (self, self->fd, index, error);

  fd = redes_open_beneath (self->root, self->path + self->relative_at, &open_error);
  if (fd < 0)
    {
      g_set_error_literal (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
                           open_error->message);
      return NULL;
    }
  bytes = read_block (self, fd, index, error);
  close (fd);

  return bytes;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/holding-private.h"

#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-system.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/library/folder-snapshot.h"
#include "engine/library/safe-open.h"
#include "engine/library/error.h"
#include "engine/library/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static gboolean
has_proofs (RedesManifest *manifest)
{
  return redes_geometry_get_proof_length (redes_manifest_get_geometry (manifest)) > 0;
}

static RedesHolding *
holding_new (RedesManifest *manifest, RedesHashTree *tree)
{
  gboolean needs_tree = has_proofs (manifest);
  RedesHolding *self = g_malloc0 (sizeof *self + (needs_tree ? sizeof self->tree[0] : 0));

  g_atomic_ref_count_init (&self->ref_count);
  self->manifest = redes_manifest_ref (manifest);
  if (needs_tree)
    self->tree[0] = redes_hash_tree_ref (tree);
  return self;
}

static GRefString *
make_place (const char *root, const char *relative, const char *name)
{
  g_autofree char *canonical = g_canonicalize_filename (root, NULL);
  const char *slash = strrchr (relative, '/');
  const char *own_name = slash != NULL ? slash + 1 : relative;
  gsize len = g_str_equal (own_name, name) ? (gsize)(own_name - relative) : strlen (relative);
  g_autofree char *place = g_strdup_printf ("%s//%.*s", canonical, (int)len, relative);

  return g_ref_string_new_intern (place);
}

RedesHolding *
redes_holding_new_file (const char *root,
                        const char *relative,
                        gint64 mtime_ns,
                        RedesManifest *manifest,
                        RedesHashTree *tree)
{
  RedesHolding *self = holding_new (manifest, tree);

  self->place = make_place (root, relative, redes_manifest_get_name (manifest));
  self->mtime_ns = mtime_ns;
  self->ctime_ns = REDES_FILE_TIME_UNKNOWN;
  return self;
}

RedesHolding *
redes_holding_new_member (const char *root,
                          const char *relative,
                          gint64 mtime_ns,
                          RedesManifest *manifest,
                          RedesHashTree *tree)
{
  RedesHolding *self = redes_holding_new_file (root, relative, mtime_ns, manifest, tree);

  self->is_member = TRUE;
  return self;
}

RedesHolding *
redes_holding_new_moved (RedesHolding *member, const char *root)
{
  g_autofree char *old_root = NULL;
  g_autofree char *relative = NULL;

  redes_holding_dup_parts (member, &old_root, &relative);
  return redes_holding_new_member (root, relative, member->mtime_ns, member->manifest,
                                   redes_holding_get_tree (member));
}

RedesHolding *
redes_holding_new_partial (int fd, RedesManifest *manifest, RedesHashTree *tree)
{
  RedesHolding *self = holding_new (manifest, tree);

  self->fd = redes_file_duplicate (fd);
  self->blocks
      = redes_bitfield_new (redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)));
  return self;
}

RedesHolding *
redes_holding_new_folder (RedesFolderSnapshot *folder, RedesManifest *manifest, RedesHashTree *tree)
{
  RedesHolding *self = holding_new (manifest, tree);

  self->is_folder = TRUE;
  self->fd = -1;
  self->folder = redes_folder_snapshot_ref (folder);
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

  if (has_proofs (self->manifest))
    redes_hash_tree_unref (self->tree[0]);
  redes_manifest_unref (self->manifest);
  if (self->place != NULL)
    g_ref_string_release (self->place);
  else if (self->is_folder)
    redes_folder_snapshot_unref (self->folder);
  else
    {
      redes_bitfield_free (self->blocks);
      if (self->fd >= 0)
        close (self->fd);
    }
  g_free (self);
}

RedesManifest *
redes_holding_get_manifest (RedesHolding *self)
{
  return self->manifest;
}

RedesHashTree *
redes_holding_get_tree (RedesHolding *self)
{
  return has_proofs (self->manifest) ? self->tree[0] : NULL;
}

gboolean
redes_holding_get_proof (RedesHolding *self, guint32 index, RedesDigest *out)
{
  RedesHashTree *tree = redes_holding_get_tree (self);

  if (tree == NULL)
    return index < redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest));

  return redes_hash_tree_get_proof (tree, index, out);
}

/* Not a partial one, whatever that has. */
static gboolean
has_all (RedesHolding *self)
{
  return self->place != NULL || self->is_folder;
}

gboolean
redes_holding_is_complete (RedesHolding *self)
{
  return has_all (self) || redes_bitfield_is_full (self->blocks);
}

RedesFolderSnapshot *
redes_holding_get_folder (RedesHolding *self)
{
  return self->is_folder ? self->folder : NULL;
}

gboolean
redes_holding_is_file (RedesHolding *self)
{
  return self->place != NULL && !self->is_member;
}

gboolean
redes_holding_is_member (RedesHolding *self)
{
  return self->is_member;
}

gboolean
redes_holding_has_block (RedesHolding *self, guint32 index)
{
  if (index >= redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest)))
    return FALSE;

  return has_all (self) || redes_bitfield_get (self->blocks, index);
}

const RedesBitfield *
redes_holding_get_blocks (RedesHolding *self)
{
  return redes_holding_is_complete (self) ? NULL : self->blocks;
}

void
redes_holding_add_block (RedesHolding *self, guint32 index)
{
  g_return_if_fail (!has_all (self));

  redes_bitfield_set (self->blocks, index);
}

gint64
redes_holding_get_mtime_ns (RedesHolding *self)
{
  return self->place != NULL ? self->mtime_ns : REDES_FILE_TIME_UNKNOWN;
}

/* ---- Its path ---- */

/* Reads a path that is in two pieces, with "//" as one "/". */
typedef struct
{
  const char *at;
  const char *name; /* (nullable): what comes after */
  char last;
} PathCursor;

static void
path_cursor_init (PathCursor *self, const RedesHolding *holding)
{
  gsize len = strlen (holding->place);

  self->at = holding->place;
  self->name = len > 0 && holding->place[len - 1] == '/' && holding->manifest != NULL
                   ? redes_manifest_get_name (holding->manifest)
                   : NULL;
  self->last = '\0';
}

/* NUL at the end. */
static char
path_cursor_next (PathCursor *self)
{
  char next;

  do
    {
      if (*self->at == '\0' && self->name != NULL)
        self->at = g_steal_pointer (&self->name);
      next = *self->at;
      if (next != '\0')
        self->at++;
    }
  while (next == '/' && self->last == '/');

  self->last = next;
  return next;
}

guint
redes_holding_path_hash (gconstpointer key)
{
  PathCursor cursor;
  guint hash = 5381;
  char next;

  path_cursor_init (&cursor, key);
  while ((next = path_cursor_next (&cursor)) != '\0')
    hash = hash * 33 + (guchar)next;
  return hash;
}

gboolean
redes_holding_path_equal (gconstpointer a, gconstpointer b)
{
  PathCursor cursor_a;
  PathCursor cursor_b;
  char next;

  path_cursor_init (&cursor_a, a);
  path_cursor_init (&cursor_b, b);
  do
    {
      next = path_cursor_next (&cursor_a);
      if (next != path_cursor_next (&cursor_b))
        return FALSE;
    }
  while (next != '\0');

  return TRUE;
}

gboolean
redes_holding_is_below (RedesHolding *self, const char *path)
{
  PathCursor cursor;
  char next = '\0';

  path_cursor_init (&cursor, self);
  for (; *path != '\0'; path++)
    {
      next = path_cursor_next (&cursor);
      if (next != *path)
        return FALSE;
    }
  /* The root of all ends with the "/" itself. */
  if (next == '/')
    return TRUE;

  next = path_cursor_next (&cursor);
  return next == '/' || next == '\0';
}

char *
redes_holding_dup_path (RedesHolding *self)
{
  GString *path;
  PathCursor cursor;
  char next;

  if (self->place == NULL)
    return NULL;

  path = g_string_new (NULL);
  path_cursor_init (&cursor, self);
  while ((next = path_cursor_next (&cursor)) != '\0')
    g_string_append_c (path, next);
  return g_string_free (path, FALSE);
}

const char *
redes_holding_get_base_name (RedesHolding *self)
{
  const char *slash = strrchr (self->place, '/');

  return slash[1] != '\0' ? slash + 1 : redes_manifest_get_name (self->manifest);
}

void
redes_holding_dup_parts (RedesHolding *self, char **root, char **relative)
{
  const char *border = g_strrstr (self->place, "//");
  const char *below = border + 2;
  gboolean is_folder = below[0] == '\0' || g_str_has_suffix (below, "/");

  *root = g_strndup (self->place, (gsize)(border - self->place));
  *relative
      = g_strconcat (below, is_folder ? redes_manifest_get_name (self->manifest) : NULL, NULL);
}

/* ---- Reading ---- */

static guint32
fold_inode (guint64 inode)
{
  guint32 folded = (guint32)(inode ^ inode >> 32);

  return folded != 0 || inode == 0 ? folded : 1;
}

RedesHoldingMatch
redes_holding_match (RedesHolding *self, const char *path, const struct stat *info)
{
  gint64 ctime_ns = atomic_load_explicit (&self->ctime_ns, memory_order_relaxed);
  guint32 inode = atomic_load_explicit (&self->inode, memory_order_relaxed);
  gint64 now_ns = redes_file_change_time_ns (info);

  if ((guint64)info->st_size != redes_manifest_get_geometry (self->manifest)->file_size)
    return REDES_HOLDING_ALTERED;
  if (self->mtime_ns == REDES_FILE_TIME_UNKNOWN)
    return ctime_ns == REDES_FILE_TIME_UNKNOWN || ctime_ns != now_ns ? REDES_HOLDING_DOUBTFUL
                                                                     : REDES_HOLDING_SAME;
  /* A member has the time that its publisher's file has, and not every disk keeps that: FAT keeps
   * every other second, and some drivers of exFAT keep no time that they are given. */
  if (self->mtime_ns != redes_file_time_ns (info))
    return self->is_member ? REDES_HOLDING_DOUBTFUL : REDES_HOLDING_ALTERED;
  if (ctime_ns != REDES_FILE_TIME_UNKNOWN && ctime_ns != now_ns)
    return REDES_HOLDING_DOUBTFUL;
  /* Some file systems number their files anew at each mounting. */
  if (inode != 0 && inode != fold_inode ((guint64)info->st_ino)
      && redes_file_system_keeps_inodes (path))
    return REDES_HOLDING_DOUBTFUL;
  return REDES_HOLDING_SAME;
}

gboolean
redes_holding_lacks_stamp (RedesHolding *self)
{
  return self->place != NULL && self->mtime_ns != REDES_FILE_TIME_UNKNOWN
         && atomic_load_explicit (&self->ctime_ns, memory_order_relaxed) == REDES_FILE_TIME_UNKNOWN;
}

void
redes_holding_set_stamp (RedesHolding *self, gint64 ctime_ns, guint64 inode)
{
  atomic_store_explicit (&self->ctime_ns, ctime_ns, memory_order_relaxed);
  atomic_store_explicit (&self->inode, fold_inode (inode), memory_order_relaxed);
}

gint64
redes_holding_get_ctime_ns (RedesHolding *self)
{
  return atomic_load_explicit (&self->ctime_ns, memory_order_relaxed);
}

guint64
redes_holding_get_inode (RedesHolding *self)
{
  return atomic_load_explicit (&self->inode, memory_order_relaxed);
}

gboolean
redes_holding_is_fetched (RedesHolding *self)
{
  return self->is_fetched;
}

void
redes_holding_set_fetched (RedesHolding *self, gboolean is_fetched)
{
  self->is_fetched = is_fetched;
}

gboolean
redes_holding_is_executable (RedesHolding *self)
{
  return self->is_executable;
}

void
redes_holding_set_executable (RedesHolding *self, gboolean is_executable)
{
  self->is_executable = is_executable;
}

/* Fills @buffer; %FALSE with errno set, to 0 if the file is too short. */
static gboolean
read_fully (int fd, guint8 *buffer, gsize len, guint64 offset)
{
  while (len > 0)
    {
      gssize n_read = redes_file_read_at (fd, buffer, len, offset);

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
  g_autofree char *name = NULL;
  RedesNoticeArg reason;

  if (read_fully (fd, buffer, len, offset))
    return redes_buffer_to_bytes (buffer, len, len);

  reason = errno == 0 ? redes_notice_arg_code (REDES_NOTICE_FILE_SHORTER)
                      : redes_notice_arg_errno (errno);
  name = redes_text_display_name (redes_manifest_get_name (self->manifest));
  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
                   REDES_NOTICE_BLOCK_UNREADABLE, index, name, reason);
  redes_buffer_free (buffer, len);
  return NULL;
}

static void
set_altered_error (RedesHolding *self, GError **error)
{
  g_autofree char *name = redes_text_display_name (redes_manifest_get_name (self->manifest));

  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ, REDES_NOTICE_ALTERED,
                   name);
}

/* -1 if it cannot be opened, or is not as it was. */
static int
open_unaltered (RedesHolding *self, gboolean *is_doubtful, GError **error)
{
  g_autofree char *root = NULL;
  g_autofree char *relative = NULL;
  g_autoptr (GError) open_error = NULL;
  RedesHoldingMatch match;
  struct stat info;
  int fd;

  redes_holding_dup_parts (self, &root, &relative);
  fd = redes_safe_open (root, relative, &info, &open_error);
  if (fd < 0)
    {
      redes_set_error_take (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
                            redes_notice_new_of_error (open_error));
      return -1;
    }
  match = redes_holding_match (self, root, &info);
  *is_doubtful = match == REDES_HOLDING_DOUBTFUL;
  if (match != REDES_HOLDING_ALTERED)
    return fd;
  set_altered_error (self, error);
  close (fd);
  return -1;
}

/* A complete file's tree is never changed, so that any thread may look at it. */
static gboolean
has_digest (RedesHolding *self, guint32 index, GBytes *bytes)
{
  const RedesGeometry *geometry = redes_manifest_get_geometry (self->manifest);
  RedesHashTree *tree = redes_holding_get_tree (self);
  RedesDigest wanted = redes_manifest_get_content (self->manifest)->root;
  RedesDigest digest;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (tree != NULL && !redes_hash_tree_get_block (tree, index, &wanted))
    return FALSE;
  redes_geometry_hash_block (geometry, index, data, len, &digest);
  return redes_digest_equal (&digest, &wanted);
}

static GBytes *
read_list (RedesHolding *self, guint32 index)
{
  const RedesGeometry *geometry = redes_manifest_get_geometry (self->manifest);
  gsize len = redes_geometry_get_block_length (geometry, index);
  guint8 *buffer = redes_buffer_alloc (len);

  redes_folder_snapshot_read (self->folder, (guint64)index * geometry->block_size, buffer, len);
  return redes_buffer_to_bytes (buffer, len, len);
}

GBytes *
redes_holding_read (RedesHolding *self, guint32 index, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_doubtful = FALSE;
  int fd;

  if (index >= redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest)))
    {
      g_autofree char *name = redes_text_display_name (redes_manifest_get_name (self->manifest));

      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
                       REDES_NOTICE_NO_SUCH_BLOCK, name, index);
      return NULL;
    }

  if (self->is_folder)
    return read_list (self, index);
  if (self->place == NULL)
    return read_block (self, self->fd, index, error);

  fd = open_unaltered (self, &is_doubtful, error);
  if (fd < 0)
    return NULL;
  bytes = read_block (self, fd, index, error);
  close (fd);

  /* Nobody is handed bytes that are not what was signed: that is a broken rule of this peer's. */
  if (bytes != NULL && is_doubtful && !has_digest (self, index, bytes))
    {
      set_altered_error (self, error);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

gboolean
redes_holding_check_block (RedesHolding *self, guint32 index)
{
  g_autoptr (GBytes) bytes = redes_holding_read (self, index, NULL);

  return bytes != NULL && has_digest (self, index, bytes);
}

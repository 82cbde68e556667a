/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/check.h"

#include "engine/base/buffer.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/library/safe-open.h"
#include "engine/library/library.h"
#include "engine/library/partial-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  gboolean read_all;
  RedesCheckFunc func;
  gpointer user_data;
  RedesCheckSummary *summary;
  /* Folders that downloads go to, and the partial files that belong to one. */
  GHashTable *folders;
  GHashTable *partials;
} Check;

/* A partial file and what the store has of it. */
typedef struct
{
  Check *check;
  const char *path;
  FILE *stream;
  const RedesGeometry *geometry;
  const RedesContentId *content;
  guint n_bad;
} PartialCheck;

static void G_GNUC_PRINTF (4, 5)
    find (Check *self, const char *what, const char *path, const char *format, ...)
{
  RedesCheckFinding finding = { .what = what, .path = path };
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  finding.words = words;
  self->summary->n_findings++;
  self->func (&finding, self->user_data);
}

/* Reads block @index from where @stream stands; whether it has @digest. */
static gboolean
compare_block (Check *self,
               FILE *stream,
               const RedesGeometry *geometry,
               guint32 index,
               const RedesDigest *wanted)
{
  gsize len = redes_geometry_get_block_length (geometry, index);
  guint8 *buffer = redes_buffer_alloc (len);
  gboolean is_same = FALSE;
  RedesDigest digest;

  if (fread (buffer, 1, len, stream) == len)
    {
      self->summary->bytes_read += len;
      redes_geometry_hash_block (geometry, index, buffer, len, &digest);
      is_same = redes_digest_equal (&digest, wanted);
    }
  redes_buffer_free (buffer, len);
  return is_same;
}

/* @fd: taken */
static void
compare_file (Check *self, const RedesStoreFile *file, const char *path, int fd)
{
  const RedesGeometry *geometry = redes_manifest_get_geometry (file->manifest);
  guint32 n_blocks = redes_geometry_get_n_blocks (geometry);
  FILE *stream = fdopen (fd, "rb");
  guint32 n_bad = 0;

  if (stream == NULL)
    {
      close (fd);
      return;
    }
  for (guint32 i = 0; i < n_blocks; i++)
    {
      RedesDigest wanted = redes_manifest_get_content (file->manifest)->root;

      if (file->tree != NULL && !redes_hash_tree_get_block (file->tree, i, &wanted))
        break;
      if (!compare_block (self, stream, geometry, i, &wanted))
        n_bad++;
    }
  fclose (stream);
  if (n_bad > 0)
    find (self, "wrong-bytes", path,
          "%u of its %u blocks are not what was signed, though size and time are: the disk may be "
          "failing. Touch the file to have it hashed and signed anew, or bring back a good copy",
          n_bad, n_blocks);
}

static void
check_file (const RedesStoreFile *file, gpointer user_data)
{
  Check *self = user_data;
  g_autofree char *path = g_build_filename (file->root, file->relative, NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;
  int fd = redes_safe_open (file->root, file->relative, &info, &error);

  self->summary->n_files++;
  if (fd < 0)
    {
      gboolean is_missing
          = g_error_matches (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND);

      find (self, is_missing ? "missing" : "unreadable", path, "%s", error->message);
      return;
    }
  if ((guint64)info.st_size != redes_manifest_get_geometry (file->manifest)->file_size
      || redes_file_time_ns (&info) != file->mtime_ns)
    {
      close (fd);
      find (self, "altered", path,
            "It has changed since it was hashed: a running peer hashes it again");
    }
  else if (self->read_all)
    compare_file (self, file, path, fd);
  else
    close (fd);
}

static void
check_block (const RedesStoreBlock *block, gpointer user_data)
{
  PartialCheck *self = user_data;
  RedesCheckSummary *summary = self->check->summary;

  if (block->safe)
    summary->blocks_safe++;
  else
    summary->blocks_doubtful++;
  if (!self->check->read_all || self->stream == NULL)
    return;
  if (block->index >= redes_geometry_get_n_blocks (self->geometry)
      || !redes_geometry_check_proof (self->geometry, block->index, &block->digest, block->proof,
                                      block->n_proof, &self->content->root)
      || fseeko (self->stream, (off_t)block->index * (off_t)self->geometry->block_size, SEEK_SET)
             != 0
      || !compare_block (self->check, self->stream, self->geometry, block->index, &block->digest))
    self->n_bad++;
}

/* (nullable): nothing else is opened: a named pipe would hold us up, a device may do anything. */
static FILE *
open_regular (const char *path)
{
  int fd = redes_file_open_regular (path);
  FILE *stream = fd >= 0 ? fdopen (fd, "rb") : NULL;

  if (fd >= 0 && stream == NULL)
    close (fd);
  return stream;
}

static gboolean
check_partial (Check *self, RedesStore *store, const RedesStoreTransfer *transfer, GError **error)
{
  g_autofree char *path = redes_partial_file_find (transfer->folder, &transfer->content);
  PartialCheck partial = { .check = self, .path = path, .content = &transfer->content };
  guint64 n_before = self->summary->blocks_safe + self->summary->blocks_doubtful;
  g_autofree char *name = NULL;
  gboolean is_whole;
  struct stat info;

  g_hash_table_add (self->folders, g_strdup (transfer->folder));
  g_hash_table_add (self->partials, g_strdup (path));
  if (transfer->manifest == NULL)
    return TRUE;
  name = redes_text_display_name (redes_manifest_get_name (transfer->manifest));
  self->summary->n_partials++;
  partial.geometry = redes_manifest_get_geometry (transfer->manifest);
  partial.stream = open_regular (path);
  is_whole = redes_store_each_block (store, &transfer->content, check_block, &partial, error);
  if (partial.stream == NULL
      && self->summary->blocks_safe + self->summary->blocks_doubtful > n_before)
    find (self, "missing", path, "The partial file of “%s” is gone: its download begins again",
          name);
  else if (partial.stream != NULL && fstat (fileno (partial.stream), &info) == 0
           && !transfer->partial_in_use && transfer->partial_mtime_ns != 0
           && redes_file_time_ns (&info) != transfer->partial_mtime_ns)
    find (self, "altered", path,
          "Somebody has altered the partial file of “%s”: what is in it is checked before the "
          "download goes on",
          name);
  else if (partial.n_bad > 0)
    find (self, "wrong-bytes", path,
          "%u blocks of “%s” are not what was fetched: they are "
          "fetched again when the download is looked through",
          partial.n_bad, name);
  if (partial.stream != NULL)
    fclose (partial.stream);
  return is_whole;
}

/* Partial files in @folder that no download of this peer knows. */
static void
look_for_orphans (Check *self, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = NULL;

      if (!redes_partial_file_is_name (name))
        continue;
      path = g_build_filename (folder, name, NULL);
      if (!g_hash_table_contains (self->partials, path))
        find (self, "orphan", path,
              "No download of this peer belongs to it: it can be removed, unless another program "
              "is fetching it now");
    }
}

static gboolean
check_partials (Check *self, RedesStore *store, GError **error)
{
  g_autoptr (GPtrArray) transfers = redes_store_list_transfers (store, error);
  GHashTableIter iter;
  gpointer key;

  if (transfers == NULL)
    return FALSE;
  for (guint i = 0; i < transfers->len; i++)
    if (!check_partial (self, store, g_ptr_array_index (transfers, i), error))
      return FALSE;
  g_hash_table_iter_init (&iter, self->folders);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    look_for_orphans (self, key);
  return TRUE;
}

gboolean
redes_check_library (RedesStore *store,
                     gboolean read_all,
                     RedesCheckFunc func,
                     gpointer user_data,
                     RedesCheckSummary *out,
                     GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) partials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Check check = { .read_all = read_all,
                  .func = func,
                  .user_data = user_data,
                  .summary = out,
                  .folders = folders,
                  .partials = partials };

  *out = (RedesCheckSummary){ 0 };
  return redes_store_each_file (store, check_file, &check, error)
         && check_partials (&check, store, error);
}

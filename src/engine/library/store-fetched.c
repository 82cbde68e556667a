/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

/* ---- Patterns as one text ---- */

char *
redes_store_join_patterns (char *const *patterns)
{
  GString *text;

  if (patterns == NULL || patterns[0] == NULL)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; patterns[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (text, ' ');
      g_string_append_uri_escaped (text, patterns[i], NULL, FALSE);
    }
  return g_string_free (text, FALSE);
}

char **
redes_store_split_patterns (const char *text)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GPtrArray) patterns = NULL;

  if (text == NULL || *text == '\0')
    return NULL;
  parts = g_strsplit (text, " ", -1);
  patterns = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *pattern = g_uri_unescape_string (parts[i], NULL);

      if (pattern != NULL)
        g_ptr_array_add (patterns, pattern);
    }
  g_ptr_array_add (patterns, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&patterns), FALSE);
}

/* ---- Values ---- */

RedesStoreFetched *
redes_store_fetched_new (const char *path,
                         RedesManifest *manifest,
                         const char *inside,
                         char *const *only)
{
  RedesStoreFetched *self = g_new0 (RedesStoreFetched, 1);

  self->path = g_strdup (path);
  self->manifest = redes_manifest_ref (manifest);
  self->inside = g_strdup (inside);
  self->only = g_strdupv ((char **)only);
  self->lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->trees = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_hash_tree_unref);
  return self;
}

void
redes_store_fetched_free (gpointer data)
{
  RedesStoreFetched *self = data;

  g_free (self->path);
  redes_manifest_unref (self->manifest);
  g_free (self->inside);
  g_strfreev (self->only);
  g_ptr_array_unref (self->lists);
  g_ptr_array_unref (self->trees);
  g_free (self);
}

/* ---- Writing ---- */

typedef struct
{
  RedesStoreChange base;
  RedesStoreFetched *fetched;
} PutChange;

static void
put_clear (RedesStoreChange *change)
{
  redes_store_fetched_free (((PutChange *)change)->fetched);
}

static int
put_row (RedesDatabase *database, const RedesStoreFetched *fetched)
{
  g_autofree char *only = redes_store_join_patterns (fetched->only);
  g_auto (RedesManifestParts) parts = { 0 };

  redes_manifest_dup_parts (fetched->manifest, &parts);
  return redes_database_run (
      database,
      "INSERT INTO fetched (path, body, place, batch_size, batch_path, signature, spki, inside,"
      " only_these) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      "pgiigggtt", fetched->path, parts.body, (gint64)parts.place, (gint64)parts.batch_size,
      parts.path, parts.signature, parts.key, fetched->inside, only);
}

/* Digests of all blocks, from which the tree follows. */
static GBytes *
dup_blocks (RedesHashTree *tree)
{
  guint32 n_blocks = redes_geometry_get_n_blocks (redes_hash_tree_get_geometry (tree));
  g_autofree RedesDigest *blocks = g_new (RedesDigest, n_blocks);

  for (guint32 i = 0; i < n_blocks; i++)
    if (!redes_hash_tree_get_block (tree, i, &blocks[i]))
      return NULL;
  return g_bytes_new_take (g_steal_pointer (&blocks), n_blocks * sizeof *blocks);
}

static int
put_tree (RedesDatabase *database, gint64 folder, RedesHashTree *tree)
{
  g_autoptr (GBytes) blocks = dup_blocks (tree);

  if (blocks == NULL)
    return SQLITE_OK;
  return redes_database_run (
      database,
      "INSERT OR IGNORE INTO fetched_trees (folder, content, size, blocks) VALUES (?1, ?2, ?3, ?4)",
      "ihig", folder, redes_hash_tree_get_root (tree),
      (gint64)redes_hash_tree_get_geometry (tree)->file_size, blocks);
}

static int
put_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const RedesStoreFetched *fetched = ((PutChange *)change)->fetched;
  int status
      = redes_database_run (database, "DELETE FROM fetched WHERE path = ?1", "p", fetched->path);
  gint64 folder;

  if (status == SQLITE_OK)
    status = put_row (database, fetched);
  folder = sqlite3_last_insert_rowid (redes_database_get_handle (database));
  for (guint i = 0; i < fetched->lists->len && status == SQLITE_OK; i++)
    status
        = redes_database_run (database, "INSERT INTO fetched_lists (folder, list) VALUES (?1, ?2)",
                              "ig", folder, fetched->lists->pdata[i]);
  for (guint i = 0; i < fetched->trees->len && status == SQLITE_OK; i++)
    status = put_tree (database, folder, fetched->trees->pdata[i]);
  return status;
}

static const RedesStoreChangeKind put_kind = { sizeof (PutChange), put_apply, put_clear };

void
redes_store_put_fetched (RedesStore *self, RedesStoreFetched *fetched)
{
  gsize n_bytes = 4096;
  PutChange *change;

  for (guint i = 0; i < fetched->lists->len; i++)
    n_bytes += g_bytes_get_size (fetched->lists->pdata[i]);
  for (guint i = 0; i < fetched->trees->len; i++)
    n_bytes += redes_geometry_get_n_blocks (redes_hash_tree_get_geometry (fetched->trees->pdata[i]))
               * sizeof (RedesDigest);
  change = redes_store_change_new (&put_kind, NULL, n_bytes);
  change->fetched = fetched;
  redes_store_put (self, change);
}

static int
remove_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return redes_database_run (database, "DELETE FROM fetched WHERE path = ?1", "p",
                             ((RedesStorePathChange *)change)->path);
}

static const RedesStoreChangeKind remove_kind
    = { sizeof (RedesStorePathChange), remove_apply, redes_store_path_change_clear };

void
redes_store_remove_fetched (RedesStore *self, const char *path)
{
  redes_store_put_path (self, &remove_kind, NULL, path);
}

/* ---- Reading ---- */

/* (nullable): Columns: id, path, body, place, batch_size, batch_path, signature, spki, inside,
 * only_these. */
static RedesStoreFetched *
read_row (sqlite3_stmt *row)
{
  g_autofree char *path = redes_database_read_path (row, 1);
  g_autofree char *inside = redes_database_read_text (row, 8);
  g_autofree char *only = redes_database_read_text (row, 9);
  g_auto (GStrv) patterns = redes_store_split_patterns (only);
  g_auto (RedesManifestParts) parts = { .body = redes_database_read_bytes (row, 2),
                                        .path = redes_database_read_bytes (row, 5),
                                        .signature = redes_database_read_bytes (row, 6),
                                        .key = redes_database_read_bytes (row, 7) };
  g_autoptr (RedesManifest) manifest = NULL;

  /* That of a batch of one is empty. */
  if (parts.path == NULL)
    parts.path = g_bytes_new_static ("", 0);
  if (path == NULL || parts.body == NULL || parts.signature == NULL || parts.key == NULL
      || !redes_database_read_uint32 (row, 3, &parts.place)
      || !redes_database_read_uint32 (row, 4, &parts.batch_size))
    return NULL;
  manifest = redes_manifest_from_parts (&parts, NULL);
  if (manifest == NULL || !redes_manifest_get_folder (manifest, NULL)
      || !redes_manifest_verify (manifest, NULL, NULL))
    return NULL;
  return redes_store_fetched_new (path, manifest, inside, patterns);
}

static int
read_lists (RedesDatabase *database, gint64 folder, RedesStoreFetched *fetched)
{
  sqlite3_stmt *row = redes_database_query (
      database, "SELECT list FROM fetched_lists WHERE folder = ?1 ORDER BY id", "i", folder);

  while (row != NULL && redes_database_step (database, row))
    {
      GBytes *list = redes_database_read_bytes (row, 0);

      if (list != NULL)
        g_ptr_array_add (fetched->lists, list);
    }
  return redes_database_end (database, row);
}

/* (nullable): Columns: content, size, blocks. */
static RedesHashTree *
read_tree (sqlite3_stmt *row)
{
  const void *blocks = sqlite3_column_blob (row, 2);
  g_autoptr (RedesHashTree) tree = NULL;
  RedesContentId content;
  RedesGeometry geometry;

  if (!redes_database_read_content (row, 0, 1, &content) || blocks == NULL)
    return NULL;
  geometry = (RedesGeometry){ content.size_bytes, redes_block_size_for (content.size_bytes) };
  if (!redes_geometry_is_valid (&geometry)
      || (gsize)sqlite3_column_bytes (row, 2)
             != redes_geometry_get_n_blocks (&geometry) * sizeof (RedesDigest))
    return NULL;
  tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
  return redes_digest_equal (redes_hash_tree_get_root (tree), &content.root)
             ? g_steal_pointer (&tree)
             : NULL;
}

static int
read_trees (RedesDatabase *database, gint64 folder, RedesStoreFetched *fetched)
{
  sqlite3_stmt *row = redes_database_query (
      database, "SELECT content, size, blocks FROM fetched_trees WHERE folder = ?1", "i", folder);

  while (row != NULL && redes_database_step (database, row))
    {
      RedesHashTree *tree = read_tree (row);

      if (tree != NULL)
        g_ptr_array_add (fetched->trees, tree);
    }
  return redes_database_end (database, row);
}

GPtrArray *
redes_store_list_fetched (RedesStore *self, GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (redes_store_fetched_free);
  int inner_status = SQLITE_OK;
  sqlite3_stmt *row;
  int status;

  row = redes_database_query (database,
                              "SELECT id, path, body, place, batch_size, batch_path, signature,"
                              " spki, inside, only_these FROM fetched ORDER BY id",
                              "");
  while (row != NULL && inner_status == SQLITE_OK && redes_database_step (database, row))
    {
      gint64 id = sqlite3_column_int64 (row, 0);
      RedesStoreFetched *fetched = read_row (row);

      if (fetched == NULL)
        {
          redes_store_remove_row (self, "DELETE FROM fetched WHERE id = ?1", id);
          continue;
        }
      g_ptr_array_add (all, fetched);
      inner_status = read_lists (database, id, fetched);
      if (inner_status == SQLITE_OK)
        inner_status = read_trees (database, id, fetched);
    }
  status = redes_database_end (database, row);
  if (!redes_store_end_read (self, status != SQLITE_OK ? status : inner_status, error))
    return NULL;
  return g_steal_pointer (&all);
}

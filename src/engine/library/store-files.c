/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

#include "engine/platform/large-array.h"

#include <string.h>

/* ---- Roots and exclusions ---- */

static int
put_root_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return redes_database_run (database, "INSERT OR IGNORE INTO roots (path) VALUES (?1)", "p",
                             ((RedesStorePathChange *)change)->path);
}

static int
remove_root_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return redes_database_run (database, "DELETE FROM roots WHERE path = ?1", "p",
                             ((RedesStorePathChange *)change)->path);
}

static int
put_exclusion_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return redes_database_run (database, "INSERT OR IGNORE INTO exclusions (path) VALUES (?1)", "p",
                             ((RedesStorePathChange *)change)->path);
}

static int
remove_exclusion_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return redes_database_run (database, "DELETE FROM exclusions WHERE path = ?1", "p",
                             ((RedesStorePathChange *)change)->path);
}

static const RedesStoreChangeKind put_root_kind
    = { sizeof (RedesStorePathChange), put_root_apply, redes_store_path_change_clear };
static const RedesStoreChangeKind remove_root_kind
    = { sizeof (RedesStorePathChange), remove_root_apply, redes_store_path_change_clear };
static const RedesStoreChangeKind put_exclusion_kind
    = { sizeof (RedesStorePathChange), put_exclusion_apply, redes_store_path_change_clear };
static const RedesStoreChangeKind remove_exclusion_kind
    = { sizeof (RedesStorePathChange), remove_exclusion_apply, redes_store_path_change_clear };

void
redes_store_put_root (RedesStore *self, const char *path)
{
  redes_store_put_path (self, &put_root_kind, NULL, path);
}

void
redes_store_remove_root (RedesStore *self, const char *path)
{
  redes_store_put_path (self, &remove_root_kind, NULL, path);
}

void
redes_store_put_exclusion (RedesStore *self, const char *path)
{
  redes_store_put_path (self, &put_exclusion_kind, NULL, path);
}

void
redes_store_remove_exclusion (RedesStore *self, const char *path)
{
  redes_store_put_path (self, &remove_exclusion_kind, NULL, path);
}

static GPtrArray *
list_paths (RedesStore *self, const char *sql, GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row = redes_database_query (database, sql, "");

  while (row != NULL && redes_database_step (database, row))
    {
      char *path = redes_database_read_path (row, 0);

      if (path != NULL)
        g_ptr_array_add (paths, path);
    }
  if (!redes_store_end_read (self, redes_database_end (database, row), error))
    return NULL;
  return g_steal_pointer (&paths);
}

GPtrArray *
redes_store_list_roots (RedesStore *self, GError **error)
{
  return list_paths (self, "SELECT path FROM roots ORDER BY id", error);
}

GPtrArray *
redes_store_list_exclusions (RedesStore *self, GError **error)
{
  return list_paths (self, "SELECT path FROM exclusions ORDER BY id", error);
}

/* ---- Where roots led to ---- */

typedef struct
{
  RedesStoreChange base;
  RedesStoreRoot root;
} RootChange;

static void
store_root_clear (RedesStoreRoot *root)
{
  g_free (root->path);
  g_free (root->real);
}

static void
store_root_free (gpointer data)
{
  store_root_clear (data);
  g_free (data);
}

static void
root_clear (RedesStoreChange *change)
{
  store_root_clear (&((RootChange *)change)->root);
}

static int
put_root_place_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const RedesStoreRoot *root = &((RootChange *)change)->root;

  return redes_database_run (
      database,
      "INSERT INTO roots (path, real, is_folder, is_suspended, device, inode)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (path) DO UPDATE SET real = excluded.real,"
      " is_folder = excluded.is_folder, is_suspended = excluded.is_suspended,"
      " device = excluded.device, inode = excluded.inode",
      "ppiiii", root->path, root->real, (gint64)root->is_folder, (gint64)root->is_suspended,
      (gint64)root->device, (gint64)root->inode);
}

static const RedesStoreChangeKind put_root_place_kind
    = { sizeof (RootChange), put_root_place_apply, root_clear };

void
redes_store_put_root_place (RedesStore *self, const RedesStoreRoot *root)
{
  RootChange *change = redes_store_change_new (&put_root_place_kind, NULL, 2 * strlen (root->path));

  change->root = *root;
  change->root.path = g_strdup (root->path);
  change->root.real = g_strdup (root->real);
  redes_store_put (self, change);
}

GPtrArray *
redes_store_list_root_places (RedesStore *self, GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (GPtrArray) roots = g_ptr_array_new_with_free_func (store_root_free);
  sqlite3_stmt *row = redes_database_query (
      database, "SELECT path, real, is_folder, is_suspended, device, inode FROM roots ORDER BY id",
      "");

  while (row != NULL && redes_database_step (database, row))
    {
      char *path = redes_database_read_path (row, 0);
      RedesStoreRoot *root;

      if (path == NULL)
        continue;
      root = g_new0 (RedesStoreRoot, 1);
      root->path = path;
      root->real = redes_database_read_path (row, 1);
      root->is_folder = sqlite3_column_int64 (row, 2) != 0;
      root->is_suspended = sqlite3_column_int64 (row, 3) != 0;
      root->device = (guint64)sqlite3_column_int64 (row, 4);
      root->inode = (guint64)sqlite3_column_int64 (row, 5);
      g_ptr_array_add (roots, root);
    }
  if (!redes_store_end_read (self, redes_database_end (database, row), error))
    return NULL;
  return g_steal_pointer (&roots);
}

/* ---- Files ---- */

typedef struct
{
  RedesStoreChange base;
  char *root;
  char *relative;
  gint64 mtime_ns;
  gint64 ctime_ns;
  guint64 inode;
  RedesStoreOrigin origin;
  RedesManifest *manifest;
  GBytes *blocks; /* (nullable) */
} FileChange;

static void
file_clear (RedesStoreChange *change)
{
  FileChange *self = (FileChange *)change;

  g_free (self->root);
  g_free (self->relative);
  redes_manifest_unref (self->manifest);
  g_clear_pointer (&self->blocks, g_bytes_unref);
}

/* @id: 0 if there is no such folder */
static int
find_folder (RedesDatabase *database, GBytes *path, gint64 *id)
{
  sqlite3_stmt *row
      = redes_database_query (database, "SELECT id FROM folders WHERE path = ?1", "g", path);

  *id = 0;
  if (row != NULL && redes_database_step (database, row))
    *id = sqlite3_column_int64 (row, 0);
  return redes_database_end (database, row);
}

/* A file may be known below any of the folders above it, for each may have been shared; @spared_id
 * is the one that is not looked into. */
static int
remove_path (RedesDatabase *database, const char *path, gint64 spared_id)
{
  int status = SQLITE_OK;

  for (const char *slash = strchr (path, G_DIR_SEPARATOR); slash != NULL && status == SQLITE_OK;
       slash = strchr (slash + 1, G_DIR_SEPARATOR))
    {
      /* The topmost folder is its own separator. */
      g_autoptr (GBytes) folder = g_bytes_new (path, MAX ((gsize)(slash - path), 1));
      gint64 id;

      status = find_folder (database, folder, &id);
      if (status == SQLITE_OK && id != 0 && id != spared_id)
        status = redes_database_run (
            database, "DELETE FROM files WHERE folder = ?1 AND relative = ?2", "ip", id, slash + 1);
    }
  return status;
}

static int
put_folder (RedesDatabase *database, const char *path, gint64 *id)
{
  g_autoptr (GBytes) bytes = g_bytes_new (path, strlen (path));
  int status = find_folder (database, bytes, id);

  if (status != SQLITE_OK || *id != 0)
    return status;
  status = redes_database_run (database, "INSERT INTO folders (path) VALUES (?1)", "g", bytes);
  if (status == SQLITE_OK)
    *id = sqlite3_last_insert_rowid (redes_database_get_handle (database));
  return status;
}

/* (nullable): what the row has to say of the name, which is the file's own for almost all */
static const char *
name_for_row (RedesManifest *manifest, const char *relative)
{
  const char *slash = strrchr (relative, G_DIR_SEPARATOR);
  const char *name = redes_manifest_get_name (manifest);

  return g_strcmp0 (name, slash != NULL ? slash + 1 : relative) == 0 ? NULL : name;
}

static int
put_file_apply (RedesStoreChange *change, RedesDatabase *database)
{
  FileChange *self = (FileChange *)change;
  RedesManifest *manifest = self->manifest;
  g_autofree char *path = g_build_filename (self->root, self->relative, NULL);
  g_autoptr (GBytes) batch_path = redes_stored_batches_dup_path (manifest);
  gint64 folder;
  gint64 batch;
  int status = put_folder (database, self->root, &folder);

  if (status == SQLITE_OK)
    status = remove_path (database, path, folder);
  if (status == SQLITE_OK)
    status = redes_stored_batches_put (database, manifest, &batch);
  if (status != SQLITE_OK)
    return status;

  return redes_database_run (
      database,
      "INSERT INTO files (folder, relative, mtime_ns, batch, batch_index, name, size, time_s,"
      " content, batch_path, blocks, ctime_ns, inode, is_fetched) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
      " ?7, ?8, ?9, ?10, ?11, nullif (?12, -9223372036854775807 - 1), nullif (?13, 0),"
      " nullif (?14, 2))"
      " ON CONFLICT (folder, relative) DO UPDATE SET mtime_ns = excluded.mtime_ns,"
      " batch = excluded.batch, batch_index = excluded.batch_index, name = excluded.name,"
      " size = excluded.size, time_s = excluded.time_s, content = excluded.content,"
      " batch_path = excluded.batch_path, blocks = excluded.blocks,"
      " ctime_ns = excluded.ctime_ns, inode = excluded.inode, is_fetched = excluded.is_fetched",
      "ipiiitiihggiii", folder, self->relative, self->mtime_ns, batch,
      (gint64)redes_manifest_get_batch_index (manifest), name_for_row (manifest, self->relative),
      (gint64)redes_manifest_get_geometry (manifest)->file_size,
      redes_manifest_get_time_s (manifest), &redes_manifest_get_content (manifest)->root,
      batch_path, self->blocks, self->ctime_ns, (gint64)self->inode, (gint64)self->origin);
}

static const RedesStoreChangeKind put_file_kind
    = { sizeof (FileChange), put_file_apply, file_clear };

/* (nullable): the digests of all blocks, from which the tree follows; the tree itself belongs to
 * this thread. */
static GBytes *
dup_blocks (RedesHashTree *tree, guint32 n_blocks)
{
  RedesDigest *blocks = redes_large_array_new (n_blocks * sizeof *blocks);

  for (guint32 i = 0; i < n_blocks; i++)
    {
      if (!redes_hash_tree_get_block (tree, i, &blocks[i]))
        {
          redes_large_array_free (blocks);
          return NULL;
        }
    }
  redes_large_array_rest (blocks);
  redes_hash_tree_rest (tree);
  return g_bytes_new_with_free_func (blocks, n_blocks * sizeof *blocks, redes_large_array_free,
                                     blocks);
}

void
redes_store_put_file (RedesStore *self, const RedesStoreFile *file)
{
  guint32 n_blocks = redes_geometry_get_n_blocks (redes_manifest_get_geometry (file->manifest));
  g_autoptr (GBytes) blocks = NULL;
  g_autofree char *path = g_build_filename (file->root, file->relative, NULL);
  FileChange *change;

  if (n_blocks > 1)
    {
      g_return_if_fail (file->tree != NULL);
      blocks = dup_blocks (file->tree, n_blocks);
      g_return_if_fail (blocks != NULL);
    }

  change = redes_store_change_new (&put_file_kind, g_strconcat ("file ", path, NULL),
                                   256 + 2 * strlen (file->relative)
                                       + (blocks != NULL ? g_bytes_get_size (blocks) : 0));
  change->root = g_strdup (file->root);
  change->relative = g_strdup (file->relative);
  change->mtime_ns = file->mtime_ns;
  change->ctime_ns = file->ctime_ns;
  change->inode = file->inode;
  change->origin = file->origin;
  change->manifest = redes_manifest_ref (file->manifest);
  change->blocks = g_steal_pointer (&blocks);
  redes_store_put (self, change);
}

static int
remove_file_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return remove_path (database, ((RedesStorePathChange *)change)->path, 0);
}

static const RedesStoreChangeKind remove_file_kind
    = { sizeof (RedesStorePathChange), remove_file_apply, redes_store_path_change_clear };

void
redes_store_remove_file (RedesStore *self, const char *path)
{
  redes_store_put_path (self, &remove_file_kind, g_strconcat ("file ", path, NULL), path);
}

/* Files of the folders that are @path or below it, and files of folders above it whose rest of the
 * path is it or below it. */
static int
remove_below_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const char *path = ((RedesStorePathChange *)change)->path;
  gboolean is_top = g_str_equal (path, G_DIR_SEPARATOR_S);
  g_autofree char *first = g_strconcat (path, is_top ? "" : "/", NULL);
  /* What comes after all that begin with that: "0" comes after "/". */
  g_autofree char *end = g_strconcat (is_top ? "" : path, "0", NULL);
  int status = redes_database_run (
      database,
      "DELETE FROM files WHERE folder IN"
      " (SELECT id FROM folders WHERE path = ?1 OR (path >= ?2 AND path < ?3))",
      "ppp", path, first, end);

  for (const char *slash = strchr (path, G_DIR_SEPARATOR);
       slash != NULL && slash[1] != '\0' && status == SQLITE_OK;
       slash = strchr (slash + 1, G_DIR_SEPARATOR))
    {
      g_autoptr (GBytes) folder = g_bytes_new (path, MAX ((gsize)(slash - path), 1));

      status = redes_database_run (
          database,
          "DELETE FROM files WHERE folder = (SELECT id FROM folders WHERE path = ?1)"
          " AND (relative = ?2 OR (relative >= ?3 AND relative < ?4))",
          "gppp", folder, slash + 1, first + (slash + 1 - path), end + (slash + 1 - path));
    }
  return status;
}

static const RedesStoreChangeKind remove_below_kind
    = { sizeof (RedesStorePathChange), remove_below_apply, redes_store_path_change_clear };

void
redes_store_remove_files_below (RedesStore *self, const char *path)
{
  RedesStorePathChange *change = redes_store_change_new (&remove_below_kind, NULL, strlen (path));

  /* What is put for one of them from now on has to come after this. */
  change->base.ends_all_keys = TRUE;
  change->path = g_strdup (path);
  redes_store_put (self, change);
}

/* ---- Reading files ---- */

typedef struct
{
  RedesDatabase *database;
  RedesStoredBatches *batches;
  GHashTable *folders; /* id -> path */
} Reading;

/* (nullable) */
static const char *
lookup_folder (Reading *self, gint64 id, int *status)
{
  const char *path = g_hash_table_lookup (self->folders, &id);
  sqlite3_stmt *row;
  char *found = NULL;

  if (path != NULL)
    return path;
  row = redes_database_query (self->database, "SELECT path FROM folders WHERE id = ?1", "i", id);
  if (row != NULL && redes_database_step (self->database, row))
    found = redes_database_read_path (row, 0);
  *status = redes_database_end (self->database, row);
  if (found != NULL)
    {
      gint64 *key = g_new (gint64, 1);

      *key = id;
      g_hash_table_insert (self->folders, key, found);
    }
  return found;
}

/* (nullable): the tree over the row's blocks, if it leads to the file's root */
static RedesHashTree *
read_tree (sqlite3_stmt *row, int column, RedesManifest *manifest)
{
  const RedesGeometry *geometry = redes_manifest_get_geometry (manifest);
  guint32 n_blocks = redes_geometry_get_n_blocks (geometry);
  const void *blocks = sqlite3_column_blob (row, column);
  g_autoptr (RedesHashTree) tree = NULL;

  if (blocks == NULL
      || (gsize)sqlite3_column_bytes (row, column) != (gsize)n_blocks * sizeof (RedesDigest))
    return NULL;

  tree = redes_hash_tree_new_from_blocks (geometry, blocks);
  if (!redes_digest_equal (redes_hash_tree_get_root (tree),
                           &redes_manifest_get_content (manifest)->root))
    return NULL;
  return g_steal_pointer (&tree);
}

/* Columns: id, folder, relative, mtime_ns, content, blocks, the manifest's six, and then ctime_ns,
 * inode and is_fetched. Returns whether the row makes sense. */
static gboolean
read_file (Reading *self,
           sqlite3_stmt *row,
           void (*func) (const RedesStoreFile *file, gpointer user_data),
           gpointer user_data,
           int *status)
{
  g_autofree char *relative = redes_database_read_path (row, 2);
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHashTree) tree = NULL;
  RedesStoreFile file = { .relative = relative, .mtime_ns = sqlite3_column_int64 (row, 3) };
  RedesContentId content;
  const char *slash;

  file.root = lookup_folder (self, sqlite3_column_int64 (row, 1), status);
  if (file.root == NULL || relative == NULL || !redes_database_read_content (row, 4, 9, &content))
    return FALSE;

  slash = strrchr (relative, G_DIR_SEPARATOR);
  manifest = redes_stored_batches_read (self->batches, row, 6, &content,
                                        slash != NULL ? slash + 1 : relative, NULL, status);
  if (manifest == NULL)
    return FALSE;
  if (redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)) > 1)
    {
      tree = read_tree (row, 5, manifest);
      if (tree == NULL)
        return FALSE;
    }

  file.ctime_ns
      = sqlite3_column_type (row, 12) == SQLITE_NULL ? G_MININT64 : sqlite3_column_int64 (row, 12);
  file.inode = (guint64)sqlite3_column_int64 (row, 13);
  file.origin = sqlite3_column_type (row, 14) == SQLITE_NULL ? REDES_STORE_ORIGIN_UNKNOWN
                : sqlite3_column_int64 (row, 14) != 0        ? REDES_STORE_ORIGIN_FETCHED
                                                             : REDES_STORE_ORIGIN_SHARED;
  file.manifest = manifest;
  file.tree = tree;
  func (&file, user_data);
  return TRUE;
}

gboolean
redes_store_each_file (RedesStore *self,
                       void (*func) (const RedesStoreFile *file, gpointer user_data),
                       gpointer user_data,
                       GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (RedesStoredBatches) batches = redes_stored_batches_new (database);
  g_autoptr (GHashTable) folders
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  Reading reading = { database, batches, folders };
  int inner_status = SQLITE_OK;
  sqlite3_stmt *row;
  int status;

  row = redes_database_query (
      database,
      "SELECT id, folder, relative, mtime_ns, content, blocks, batch,"
      " batch_index, name, size, time_s, batch_path, ctime_ns, inode, is_fetched"
      " FROM files ORDER BY id",
      "");
  while (row != NULL && inner_status == SQLITE_OK && redes_database_step (database, row))
    {
      if (!read_file (&reading, row, func, user_data, &inner_status) && inner_status == SQLITE_OK)
        redes_store_remove_row (self, "DELETE FROM files WHERE id = ?1",
                                sqlite3_column_int64 (row, 0));
    }
  status = redes_database_end (database, row);
  return redes_store_end_read (self, status != SQLITE_OK ? status : inner_status, error);
}

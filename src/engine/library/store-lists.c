/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

#include <string.h>

/* ---- Writing ---- */

typedef struct
{
  RedesStoreChange base;
  char *path;
  RedesManifest *manifest;
} ListChange;

static void
list_clear (RedesStoreChange *change)
{
  ListChange *self = (ListChange *)change;

  g_free (self->path);
  g_clear_pointer (&self->manifest, redes_manifest_unref);
}

static int
put_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const ListChange *self = (ListChange *)change;
  RedesManifest *manifest = self->manifest;
  g_autoptr (GBytes) batch_path = redes_stored_batches_dup_path (manifest);
  RedesFolderTotals totals = { 0 };
  gint64 batch;
  int status = redes_stored_batches_put (database, manifest, &batch);

  if (status != SQLITE_OK)
    return status;
  redes_manifest_get_folder (manifest, &totals);
  return redes_database_run (
      database,
      "INSERT INTO lists (path, batch, batch_index, name, size, time_s, content, batch_path, bytes,"
      " files, folders, height) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
      " ON CONFLICT (path) DO UPDATE SET batch = excluded.batch,"
      " batch_index = excluded.batch_index, name = excluded.name, size = excluded.size,"
      " time_s = excluded.time_s, content = excluded.content, batch_path = excluded.batch_path,"
      " bytes = excluded.bytes, files = excluded.files, folders = excluded.folders,"
      " height = excluded.height",
      "piitiihgiiii", self->path, batch, (gint64)redes_manifest_get_batch_index (manifest),
      redes_manifest_get_name (manifest), (gint64)redes_manifest_get_geometry (manifest)->file_size,
      redes_manifest_get_time_s (manifest), &redes_manifest_get_content (manifest)->root,
      batch_path, (gint64)totals.bytes, (gint64)totals.n_files, (gint64)totals.n_folders,
      (gint64)totals.height);
}

/* Only what it was, for another list may have come to that path since. */
static int
remove_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const ListChange *self = (ListChange *)change;

  return redes_database_run (database, "DELETE FROM lists WHERE path = ?1 AND content = ?2", "ph",
                             self->path, &redes_manifest_get_content (self->manifest)->root);
}

static const RedesStoreChangeKind put_kind = { sizeof (ListChange), put_apply, list_clear };
static const RedesStoreChangeKind remove_kind = { sizeof (ListChange), remove_apply, list_clear };

static void
put (RedesStore *self, const RedesStoreChangeKind *kind, const char *path, RedesManifest *manifest)
{
  ListChange *change = redes_store_change_new (kind, NULL, 256 + strlen (path));

  change->path = g_strdup (path);
  change->manifest = redes_manifest_ref (manifest);
  redes_store_put (self, change);
}

void
redes_store_put_list (RedesStore *self, const char *path, RedesManifest *manifest)
{
  g_return_if_fail (redes_manifest_get_folder (manifest, NULL));

  put (self, &put_kind, path, manifest);
}

void
redes_store_remove_list (RedesStore *self, const char *path, RedesManifest *manifest)
{
  put (self, &remove_kind, path, manifest);
}

/* ---- Reading ---- */

/* Columns: path, batch, batch_index, name, size, time_s, batch_path, content, bytes, files,
 * folders, height. */
static gboolean
read_list (RedesStoredBatches *batches,
           sqlite3_stmt *row,
           void (*func) (const char *path, RedesManifest *manifest, gpointer user_data),
           gpointer user_data,
           int *status)
{
  g_autofree char *path = redes_database_read_path (row, 0);
  g_autoptr (RedesManifest) manifest = NULL;
  RedesFolderTotals totals = { .bytes = (guint64)sqlite3_column_int64 (row, 8) };
  RedesContentId content;
  guint32 height;

  if (path == NULL || !redes_database_read_content (row, 7, 4, &content)
      || !redes_database_read_uint32 (row, 9, &totals.n_files)
      || !redes_database_read_uint32 (row, 10, &totals.n_folders)
      || !redes_database_read_uint32 (row, 11, &height) || height > REDES_FOLDER_MAX_HEIGHT)
    return FALSE;
  totals.height = (guint8)height;
  manifest = redes_stored_batches_read (batches, row, 1, &content, NULL, &totals, status);
  if (manifest == NULL)
    return FALSE;
  func (path, manifest, user_data);
  return TRUE;
}

gboolean
redes_store_each_list (RedesStore *self,
                       void (*func) (const char *path, RedesManifest *manifest, gpointer user_data),
                       gpointer user_data,
                       GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (RedesStoredBatches) batches = redes_stored_batches_new (database);
  int inner_status = SQLITE_OK;
  sqlite3_stmt *row;
  int status;

  row = redes_database_query (database,
                              "SELECT path, batch, batch_index, name, size, time_s, batch_path,"
                              " content, bytes, files, folders, height, id FROM lists ORDER BY id",
                              "");
  while (row != NULL && inner_status == SQLITE_OK && redes_database_step (database, row))
    {
      if (!read_list (batches, row, func, user_data, &inner_status) && inner_status == SQLITE_OK)
        redes_store_remove_row (self, "DELETE FROM lists WHERE id = ?1",
                                sqlite3_column_int64 (row, 12));
    }
  status = redes_database_end (database, row);
  return redes_store_end_read (self, status != SQLITE_OK ? status : inner_status, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

struct _RedesStoredBatches
{
  RedesDatabase *database;
  GHashTable *by_id; /* of Row, by its id */
  GHashTable *keys;  /* of GBytes: public keys, of which there are far fewer than batches */
};

/* A batch's row, read and checked; one that makes no sense has no signature. */
typedef struct
{
  gint64 id;
  guint32 size;
  RedesDigest key;
  GBytes *signature;
  GBytes *spki;
  RedesBatch *whole; /* (nullable): if its leaves are known */
} Row;

static void
row_free (gpointer data)
{
  Row *self = data;

  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->spki, g_bytes_unref);
  g_clear_pointer (&self->whole, redes_batch_unref);
  g_free (self);
}

RedesStoredBatches *
redes_stored_batches_new (RedesDatabase *database)
{
  RedesStoredBatches *self = g_new0 (RedesStoredBatches, 1);

  self->database = database;
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, row_free);
  self->keys
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  return self;
}

void
redes_stored_batches_free (RedesStoredBatches *self)
{
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->keys);
  g_free (self);
}

/* The one copy of @spki. (transfer full), both. */
static GBytes *
share_key (RedesStoredBatches *self, GBytes *spki)
{
  GBytes *known = g_hash_table_lookup (self->keys, spki);

  if (known == NULL)
    {
      g_hash_table_add (self->keys, g_bytes_ref (spki));
      return spki;
    }
  g_bytes_unref (spki);
  return g_bytes_ref (known);
}

/* Columns: size, key, signature, spki, leaves. */
static gboolean
read_columns (RedesStoredBatches *self, Row *row, sqlite3_stmt *statement)
{
  g_autoptr (GBytes) leaves = redes_database_read_bytes (statement, 4);
  RedesDigest key;
  gboolean makes_sense;

  row->signature = redes_database_read_bytes (statement, 2);
  row->spki = redes_database_read_bytes (statement, 3);
  makes_sense = redes_database_read_uint32 (statement, 0, &row->size)
                && redes_database_read_digest (statement, 1, &row->key) && row->signature != NULL
                && row->spki != NULL;
  if (!makes_sense)
    return FALSE;

  row->spki = share_key (self, row->spki);
  if (leaves == NULL)
    return sqlite3_column_type (statement, 4) == SQLITE_NULL;

  row->whole = redes_batch_new_from_leaves (row->size, leaves, row->signature, row->spki, NULL);
  if (row->whole == NULL)
    return FALSE;
  redes_batch_compute_key (row->whole, &key);
  return redes_digest_equal (&key, &row->key);
}

static Row *
lookup (RedesStoredBatches *self, gint64 id, int *status)
{
  Row *row = g_hash_table_lookup (self->by_id, &id);
  sqlite3_stmt *statement;

  if (row != NULL)
    return row->signature != NULL ? row : NULL;

  row = g_new0 (Row, 1);
  row->id = id;
  g_hash_table_insert (self->by_id, &row->id, row);
  statement = redes_database_query (
      self->database, "SELECT size, key, signature, spki, leaves FROM batches WHERE id = ?1", "i",
      id);
  if (statement == NULL || !redes_database_step (self->database, statement)
      || !read_columns (self, row, statement))
    g_clear_pointer (&row->signature, g_bytes_unref);
  *status = redes_database_end (self->database, statement);
  return row->signature != NULL ? row : NULL;
}

/* @path: as in the row. The batch of that one manifest; its key shows whether all is as it was. */
static RedesManifest *
new_by_path (Row *row, const RedesManifestDraft *draft, gint64 time_s, guint32 index, GBytes *path)
{
  g_autoptr (RedesBatch) batch
      = redes_batch_new_from_path (row->size, path, row->signature, row->spki, NULL);
  g_autoptr (RedesManifest) manifest = NULL;
  RedesDigest key;

  if (batch == NULL)
    return NULL;
  manifest = redes_manifest_new_in_batch (draft, time_s, batch, index, NULL);
  if (manifest == NULL)
    return NULL;
  redes_manifest_compute_batch_key (manifest, &key);
  return redes_digest_equal (&key, &row->key) ? g_steal_pointer (&manifest) : NULL;
}

RedesManifest *
redes_stored_batches_read (RedesStoredBatches *self,
                           sqlite3_stmt *row,
                           int column,
                           const RedesContentId *content,
                           const char *name,
                           const RedesFolderTotals *totals,
                           int *status)
{
  Row *batch = lookup (self, sqlite3_column_int64 (row, column), status);
  g_autofree char *own_name = NULL;
  g_autoptr (GBytes) path = NULL;
  RedesManifestDraft draft = { .name = name, .root = content->root, .folder = totals };
  gint64 time_s = sqlite3_column_int64 (row, column + 4);
  guint32 index;

  if (batch == NULL || !redes_database_read_uint32 (row, column + 1, &index))
    return NULL;
  if (sqlite3_column_type (row, column + 2) != SQLITE_NULL)
    draft.name = own_name = redes_database_read_text (row, column + 2);
  draft.geometry.file_size = content->size_bytes;
  draft.geometry.block_size = redes_block_size_for (draft.geometry.file_size);

  if (sqlite3_column_type (row, column + 5) == SQLITE_NULL)
    return batch->whole != NULL
               ? redes_manifest_new_in_batch (&draft, time_s, batch->whole, index, NULL)
               : NULL;
  path = g_bytes_new (sqlite3_column_blob (row, column + 5),
                      (gsize)sqlite3_column_bytes (row, column + 5));
  return new_by_path (batch, &draft, time_s, index, path);
}

GBytes *
redes_stored_batches_dup_path (RedesManifest *manifest)
{
  RedesBatch *batch = redes_manifest_get_batch (manifest);

  return redes_batch_has_leaves (batch) ? NULL : redes_manifest_dup_path (manifest);
}

int
redes_stored_batches_put (RedesDatabase *database, RedesManifest *manifest, gint64 *id)
{
  g_autoptr (GBytes) leaves = NULL;
  sqlite3_stmt *statement;
  gboolean has_leaves = FALSE;
  RedesDigest key;
  int status;

  *id = 0;
  redes_manifest_compute_batch_key (manifest, &key);
  statement = redes_database_query (
      database, "SELECT id, leaves IS NOT NULL FROM batches WHERE key = ?1", "h", &key);
  if (statement != NULL && redes_database_step (database, statement))
    {
      *id = sqlite3_column_int64 (statement, 0);
      has_leaves = sqlite3_column_int (statement, 1) != 0;
    }
  status = redes_database_end (database, statement);
  if (status != SQLITE_OK || (*id != 0 && has_leaves))
    return status;

  leaves = redes_batch_dup_leaves (redes_manifest_get_batch (manifest));
  if (*id != 0)
    return leaves == NULL
               ? SQLITE_OK
               : redes_database_run (database, "UPDATE batches SET leaves = ?2 WHERE id = ?1", "ig",
                                     *id, leaves);

  status = redes_database_run (database,
                               "INSERT INTO batches (key, size, signature, spki, leaves)"
                               " VALUES (?1, ?2, ?3, ?4, ?5)",
                               "higgg", &key, (gint64)redes_manifest_get_batch_size (manifest),
                               redes_manifest_get_signature (manifest),
                               redes_manifest_get_spki (manifest), leaves);
  if (status == SQLITE_OK)
    *id = sqlite3_last_insert_rowid (redes_database_get_handle (database));
  return status;
}

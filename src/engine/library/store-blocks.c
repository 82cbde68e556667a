/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"
#include "engine/library/store-schema.h"

#include <string.h>

#define ID_BITS REDES_SCHEMA_BLOCK_BITS
G_STATIC_ASSERT (ID_BITS == REDES_MAX_PROOF_LENGTH);
#define MAX_INDEX ((1u << ID_BITS) - 1)

/* @id: 0 if it is not there */
static int
find_transfer (RedesDatabase *database, const RedesContentId *content, gint64 *id)
{
  sqlite3_stmt *row = redes_database_query (database,
                                            "SELECT id FROM transfers"
                                            " WHERE content = ?1 AND size = ?2",
                                            "hi", &content->root, (gint64)content->size_bytes);

  *id = 0;
  if (row != NULL && redes_database_step (database, row))
    *id = sqlite3_column_int64 (row, 0);
  return redes_database_end (database, row);
}

static gint64
block_id (gint64 transfer, guint32 index)
{
  return (gint64)(((guint64)transfer << ID_BITS) | index);
}

/* ---- Verified and written ---- */

typedef struct
{
  RedesStoreChange base;
  RedesContentId content;
  guint32 index;
  RedesDigest digest;
  GBytes *proof;
} PutChange;

static void
put_clear (RedesStoreChange *change)
{
  g_bytes_unref (((PutChange *)change)->proof);
}

static int
put_apply (RedesStoreChange *change, RedesDatabase *database)
{
  PutChange *self = (PutChange *)change;
  gint64 transfer;
  int status = find_transfer (database, &self->content, &transfer);

  if (status != SQLITE_OK || transfer == 0)
    return status;
  return redes_database_run (
      database,
      "INSERT INTO blocks (id, safe, digest, proof) VALUES (?1, 0, ?2, ?3)"
      " ON CONFLICT (id) DO UPDATE SET safe = 0, digest = excluded.digest, proof = excluded.proof",
      "ihg", block_id (transfer, self->index), &self->digest, self->proof);
}

static const RedesStoreChangeKind put_kind = { sizeof (PutChange), put_apply, put_clear };

void
redes_store_put_block (RedesStore *self,
                       const RedesContentId *content,
                       guint32 index,
                       const RedesDigest *digest,
                       const RedesDigest *proof,
                       guint n_proof)
{
  gsize n_bytes = n_proof * sizeof *proof;
  PutChange *change;

  g_return_if_fail (index <= MAX_INDEX && n_proof <= REDES_MAX_PROOF_LENGTH);

  change = redes_store_change_new (&put_kind, NULL, 64 + n_bytes);
  change->content = *content;
  change->index = index;
  change->digest = *digest;
  change->proof = g_bytes_new (proof, n_bytes);
  redes_store_put (self, change);
}

/* ---- Synced ---- */

/*
 * The commit of a mark is not synced itself, and need not be: it comes after the partial file was.
 * A power cut can take a mark away, and then a block is read once more that was in order; it cannot
 * leave a mark behind whose block is not on the disk.
 */
typedef struct
{
  RedesStoreChange base;
  RedesContentId content;
  guint32 *indices;
  guint n_indices;
  gint64 partial_mtime_ns;
} SafeChange;

static void
safe_clear (RedesStoreChange *change)
{
  g_free (((SafeChange *)change)->indices);
}

static int
safe_apply (RedesStoreChange *change, RedesDatabase *database)
{
  SafeChange *self = (SafeChange *)change;
  gint64 transfer;
  int status = find_transfer (database, &self->content, &transfer);

  if (status != SQLITE_OK || transfer == 0)
    return status;
  status = redes_database_run (database, "UPDATE transfers SET partial_mtime_ns = ?2 WHERE id = ?1",
                               "ii", transfer, self->partial_mtime_ns);
  for (guint i = 0; i < self->n_indices && status == SQLITE_OK; i++)
    status = redes_database_run (database, "UPDATE blocks SET safe = 1 WHERE id = ?1", "i",
                                 block_id (transfer, self->indices[i]));
  return status;
}

static const RedesStoreChangeKind safe_kind = { sizeof (SafeChange), safe_apply, safe_clear };

void
redes_store_mark_safe (RedesStore *self,
                       const RedesContentId *content,
                       const guint32 *indices,
                       guint n_indices,
                       gint64 partial_mtime_ns)
{
  SafeChange *change = redes_store_change_new (&safe_kind, NULL, 64 + n_indices * sizeof *indices);

  change->content = *content;
  change->indices = g_memdup2 (indices, n_indices * sizeof *indices);
  change->n_indices = n_indices;
  change->partial_mtime_ns = partial_mtime_ns;
  /* A transfer that is put from now on may bring another time with it. */
  change->base.ended_key = redes_store_content_key ("transfer ", content, NULL);
  redes_store_put (self, change);
}

/* ---- Forgotten ---- */

typedef struct
{
  RedesStoreChange base;
  RedesContentId content;
  gint64 index;
} RemoveChange;

static int
remove_apply (RedesStoreChange *change, RedesDatabase *database)
{
  RemoveChange *self = (RemoveChange *)change;
  gboolean all = self->index < 0;
  gint64 transfer;
  int status = find_transfer (database, &self->content, &transfer);

  if (status != SQLITE_OK || transfer == 0)
    return status;
  return redes_database_run (database, "DELETE FROM blocks WHERE id BETWEEN ?1 AND ?2", "ii",
                             block_id (transfer, all ? 0 : (guint32)self->index),
                             block_id (transfer, all ? MAX_INDEX : (guint32)self->index));
}

static const RedesStoreChangeKind remove_kind = { sizeof (RemoveChange), remove_apply, NULL };

void
redes_store_remove_blocks (RedesStore *self, const RedesContentId *content, gint64 index)
{
  RemoveChange *change;

  g_return_if_fail (index <= MAX_INDEX);

  change = redes_store_change_new (&remove_kind, NULL, sizeof *change);
  change->content = *content;
  change->index = index;
  redes_store_put (self, change);
}

/* ---- Reading ---- */

/* Columns: id, safe, digest, proof */
static gboolean
read_block (sqlite3_stmt *row, RedesStoreBlock *block)
{
  gsize n_bytes = (gsize)sqlite3_column_bytes (row, 3);

  if (!redes_database_read_digest (row, 2, &block->digest) || n_bytes > sizeof block->proof
      || n_bytes % sizeof *block->proof != 0)
    return FALSE;

  block->index = (guint32)(sqlite3_column_int64 (row, 0) & MAX_INDEX);
  block->safe = sqlite3_column_int (row, 1) == 1;
  block->n_proof = (guint)(n_bytes / sizeof *block->proof);
  if (n_bytes > 0)
    memcpy (block->proof, sqlite3_column_blob (row, 3), n_bytes);
  return TRUE;
}

gboolean
redes_store_each_block (RedesStore *self,
                        const RedesContentId *content,
                        void (*func) (const RedesStoreBlock *block, gpointer user_data),
                        gpointer user_data,
                        GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  sqlite3_stmt *row;
  gint64 transfer;
  int status = find_transfer (database, content, &transfer);

  if (status != SQLITE_OK || transfer == 0)
    return redes_store_end_read (self, status, error);

  row = redes_database_query (
      database, "SELECT id, safe, digest, proof FROM blocks WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
      "ii", block_id (transfer, 0), block_id (transfer, MAX_INDEX));
  while (row != NULL && redes_database_step (database, row))
    {
      RedesStoreBlock block;

      if (read_block (row, &block))
        func (&block, user_data);
      else
        redes_store_remove_blocks (self, content, sqlite3_column_int64 (row, 0) & MAX_INDEX);
    }
  return redes_store_end_read (self, redes_database_end (database, row), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

/* ---- Values ---- */

void
redes_store_transfer_free (RedesStoreTransfer *self)
{
  if (self == NULL)
    return;
  g_free (self->link);
  g_free (self->folder);
  g_free (self->target);
  g_strfreev (self->only);
  g_clear_pointer (&self->manifest, redes_manifest_unref);
  redes_notice_unref (self->message);
  g_free (self);
}

static void
copy_transfer (RedesStoreTransfer *to, const RedesStoreTransfer *from)
{
  *to = *from;
  to->link = g_strdup (from->link);
  to->folder = g_strdup (from->folder);
  to->target = g_strdup (from->target);
  to->only = g_strdupv (from->only);
  to->manifest = from->manifest != NULL ? redes_manifest_ref (from->manifest) : NULL;
  to->message = redes_notice_ref (from->message);
}

/* ---- Writing ---- */

typedef struct
{
  RedesStoreChange base;
  RedesStoreTransfer *transfer;
} PutChange;

static void
put_clear (RedesStoreChange *change)
{
  redes_store_transfer_free (((PutChange *)change)->transfer);
}

static int
put_without_manifest (RedesDatabase *database, const RedesStoreTransfer *transfer)
{
  g_autofree char *message = redes_notice_serialize (transfer->message);
  g_autofree char *only = redes_store_join_patterns (transfer->only);

  return redes_database_run (
      database,
      "INSERT INTO transfers (content, size, link, folder, target, state, message, added_s, "
      "seconds,"
      " partial_mtime_ns, partial_in_use, only_these) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
      " ?10, ?11, ?12)"
      " ON CONFLICT (content, size) DO UPDATE SET link = excluded.link, folder = excluded.folder,"
      " target = excluded.target, state = excluded.state, message = excluded.message,"
      " added_s = excluded.added_s, seconds = excluded.seconds,"
      " partial_mtime_ns = excluded.partial_mtime_ns, partial_in_use = excluded.partial_in_use,"
      " only_these = excluded.only_these",
      "hitppitidiit", &transfer->content.root, (gint64)transfer->content.size_bytes, transfer->link,
      transfer->folder, transfer->target, (gint64)transfer->state, message, transfer->added_s,
      transfer->seconds, transfer->partial_mtime_ns, (gint64)(transfer->partial_in_use ? 1 : 0),
      only);
}

static int
put_manifest (RedesDatabase *database, const RedesContentId *content, RedesManifest *manifest)
{
  g_autoptr (GBytes) batch_path = redes_stored_batches_dup_path (manifest);
  gint64 batch;
  int status = redes_stored_batches_put (database, manifest, &batch);

  if (status != SQLITE_OK)
    return status;
  return redes_database_run (
      database,
      "UPDATE transfers SET batch = ?3, batch_index = ?4, name = ?5, time_s = ?6, batch_path = ?7"
      " WHERE content = ?1 AND size = ?2",
      "hiiitig", &content->root, (gint64)content->size_bytes, batch,
      (gint64)redes_manifest_get_batch_index (manifest), redes_manifest_get_name (manifest),
      redes_manifest_get_time_s (manifest), batch_path);
}

static int
put_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const RedesStoreTransfer *transfer = ((PutChange *)change)->transfer;
  int status = put_without_manifest (database, transfer);

  if (status != SQLITE_OK)
    return status;
  if (transfer->manifest != NULL)
    return put_manifest (database, &transfer->content, transfer->manifest);
  return redes_database_run (database,
                             "UPDATE transfers SET batch = NULL WHERE content = ?1 AND size = ?2",
                             "hi", &transfer->content.root, (gint64)transfer->content.size_bytes);
}

static const RedesStoreChangeKind put_kind = { sizeof (PutChange), put_apply, put_clear };

void
redes_store_put_transfer (RedesStore *self, const RedesStoreTransfer *transfer)
{
  PutChange *change = redes_store_change_new (
      &put_kind, redes_store_content_key ("transfer ", &transfer->content, NULL), 1024);

  /* Its blocks may have been put since. */
  change->base.keeps_place = TRUE;
  change->transfer = g_new (RedesStoreTransfer, 1);
  copy_transfer (change->transfer, transfer);
  redes_store_put (self, change);
}

typedef struct
{
  RedesStoreChange base;
  RedesContentId content;
} RemoveChange;

static int
remove_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const RedesContentId *content = &((RemoveChange *)change)->content;

  return redes_database_run (database, "DELETE FROM transfers WHERE content = ?1 AND size = ?2",
                             "hi", &content->root, (gint64)content->size_bytes);
}

static const RedesStoreChangeKind remove_kind = { sizeof (RemoveChange), remove_apply, NULL };

void
redes_store_remove_transfer (RedesStore *self, const RedesContentId *content)
{
  RemoveChange *change = redes_store_change_new (&remove_kind, NULL, sizeof *content);

  /* If it is added again, its old blocks must stay before its end and the new ones behind. */
  change->base.ends_all_keys = TRUE;
  change->content = *content;
  redes_store_put (self, change);
}

/* ---- Reading ---- */

/* (nullable): Columns: content, link, folder, target, state, message, added_s, seconds,
 * partial_mtime_ns, partial_in_use, then the manifest's, the row's id and only_these. */
static RedesStoreTransfer *
read_transfer (RedesStoredBatches *batches, sqlite3_stmt *row, int *status)
{
  g_autoptr (RedesStoreTransfer) self = g_new0 (RedesStoreTransfer, 1);
  guint32 state;

  if (!redes_database_read_content (row, 0, 13, &self->content)
      || !redes_database_read_uint32 (row, 4, &state) || state > REDES_STORE_TRANSFER_REMOVED)
    return NULL;

  self->link = redes_database_read_text (row, 1);
  self->folder = redes_database_read_path (row, 2);
  if (self->link == NULL || self->folder == NULL)
    return NULL;

  self->target = redes_database_read_path (row, 3);
  self->state = (RedesStoreTransferState)state;
  {
    g_autofree char *message = redes_database_read_text (row, 5);

    self->message = redes_notice_parse (message);
  }
  self->added_s = sqlite3_column_int64 (row, 6);
  self->seconds = MAX (sqlite3_column_double (row, 7), 0);
  self->partial_mtime_ns = sqlite3_column_int64 (row, 8);
  self->partial_in_use = sqlite3_column_int (row, 9) != 0;
  {
    g_autofree char *only = redes_database_read_text (row, 17);

    self->only = redes_store_split_patterns (only);
  }
  /* Without it the manifest is fetched again. */
  if (sqlite3_column_type (row, 10) != SQLITE_NULL)
    self->manifest
        = redes_stored_batches_read (batches, row, 10, &self->content, NULL, NULL, status);
  return g_steal_pointer (&self);
}

GPtrArray *
redes_store_list_transfers (RedesStore *self, GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (RedesStoredBatches) batches = redes_stored_batches_new (database);
  g_autoptr (GPtrArray) transfers
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_store_transfer_free);
  int inner_status = SQLITE_OK;
  sqlite3_stmt *row;
  int status;

  row = redes_database_query (
      database,
      "SELECT content, link, folder, target, state, message, added_s, seconds, partial_mtime_ns,"
      " partial_in_use, batch, batch_index, name, size, time_s, batch_path, id, only_these FROM "
      "transfers"
      " ORDER BY id",
      "");
  while (row != NULL && inner_status == SQLITE_OK && redes_database_step (database, row))
    {
      RedesStoreTransfer *transfer = read_transfer (batches, row, &inner_status);

      if (transfer != NULL)
        g_ptr_array_add (transfers, transfer);
      else
        redes_store_remove_row (self, "DELETE FROM transfers WHERE id = ?1",
                                sqlite3_column_int64 (row, 16));
    }
  status = redes_database_end (database, row);
  if (!redes_store_end_read (self, status != SQLITE_OK ? status : inner_status, error))
    return NULL;
  return g_steal_pointer (&transfers);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

#include <string.h>

/* ---- Senders ---- */

/* (nullable): Columns: peer, nickname, address, blocks */
static RedesSender *
read_sender (sqlite3_stmt *row)
{
  g_autofree char *nickname = redes_database_read_text (row, 1);
  g_autofree char *address = redes_database_read_text (row, 2);
  RedesPeerId peer;
  guint32 blocks;
  RedesSender *sender;

  if (!redes_database_read_digest (row, 0, &peer) || !redes_database_read_uint32 (row, 3, &blocks))
    return NULL;
  sender = g_new (RedesSender, 1);
  redes_sender_init (sender, &peer, nickname, address, blocks);
  return sender;
}

typedef struct
{
  RedesStoreChange base;
  RedesContentId content;
  RedesSender *sender;
} SenderChange;

static void
sender_clear (RedesStoreChange *change)
{
  redes_sender_free (((SenderChange *)change)->sender);
}

static int
sender_apply (RedesStoreChange *change, RedesDatabase *database)
{
  SenderChange *self = (SenderChange *)change;

  return redes_database_run (
      database,
      "INSERT INTO sources (transfer, peer, nickname, address, blocks)"
      " SELECT id, ?3, ?4, ?5, ?6 FROM transfers WHERE content = ?1 AND size = ?2"
      " ON CONFLICT (transfer, peer) DO UPDATE SET nickname = excluded.nickname,"
      " address = excluded.address, blocks = excluded.blocks",
      "hihtti", &self->content.root, (gint64)self->content.size_bytes, &self->sender->peer,
      self->sender->nickname, self->sender->address, (gint64)self->sender->blocks);
}

static const RedesStoreChangeKind sender_kind
    = { sizeof (SenderChange), sender_apply, sender_clear };

void
redes_store_put_sender (RedesStore *self, const RedesContentId *content, const RedesSender *sender)
{
  SenderChange *change = redes_store_change_new (
      &sender_kind, redes_store_content_key ("source ", content, &sender->peer), 256);

  change->content = *content;
  change->sender = redes_sender_copy (sender);
  redes_store_put (self, change);
}

GPtrArray *
redes_store_list_senders (RedesStore *self, const RedesContentId *content, GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (GPtrArray) senders = redes_senders_new ();
  sqlite3_stmt *row;

  row = redes_database_query (
      database,
      "SELECT peer, nickname, address, blocks FROM sources"
      " WHERE transfer = (SELECT id FROM transfers WHERE content = ?1 AND size = ?2)"
      " ORDER BY id",
      "hi", &content->root, (gint64)content->size_bytes);
  while (row != NULL && redes_database_step (database, row))
    {
      RedesSender *sender = read_sender (row);

      if (sender != NULL)
        g_ptr_array_add (senders, sender);
    }
  if (!redes_store_end_read (self, redes_database_end (database, row), error))
    return NULL;
  return g_steal_pointer (&senders);
}

/* ---- History ---- */

void
redes_store_download_free (RedesStoreDownload *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->path);
  g_clear_pointer (&self->senders, g_ptr_array_unref);
  g_free (self);
}

static RedesStoreDownload *
copy_download (const RedesStoreDownload *download)
{
  RedesStoreDownload *copy = g_memdup2 (download, sizeof *download);

  copy->name = g_strdup (download->name);
  copy->path = g_strdup (download->path);
  copy->senders = redes_senders_new ();
  for (guint i = 0; download->senders != NULL && i < download->senders->len; i++)
    g_ptr_array_add (copy->senders, redes_sender_copy (g_ptr_array_index (download->senders, i)));
  return copy;
}

typedef struct
{
  RedesStoreChange base;
  RedesStoreDownload *download;
} HistoryChange;

static void
history_clear (RedesStoreChange *change)
{
  redes_store_download_free (((HistoryChange *)change)->download);
}

static int
history_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const RedesStoreDownload *download = ((HistoryChange *)change)->download;
  gint64 id;
  int status;

  status = redes_database_run (
      database,
      "INSERT INTO history (content, name, path, size, blocks, finished_s, seconds)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      "htpiiid", &download->content.root, download->name, download->path,
      (gint64)download->content.size_bytes, (gint64)download->blocks, download->finished_s,
      download->seconds);
  id = sqlite3_last_insert_rowid (redes_database_get_handle (database));
  for (guint i = 0; i < download->senders->len && status == SQLITE_OK; i++)
    {
      const RedesSender *sender = g_ptr_array_index (download->senders, i);

      status = redes_database_run (
          database,
          "INSERT OR REPLACE INTO history_sources (download, peer, nickname, address, blocks)"
          " VALUES (?1, ?2, ?3, ?4, ?5)",
          "ihtti", id, &sender->peer, sender->nickname, sender->address, (gint64)sender->blocks);
    }
  return status;
}

static const RedesStoreChangeKind history_kind
    = { sizeof (HistoryChange), history_apply, history_clear };

void
redes_store_add_history (RedesStore *self, const RedesStoreDownload *download)
{
  HistoryChange *change = redes_store_change_new (&history_kind, NULL, 1024);

  change->download = copy_download (download);
  redes_store_put (self, change);
}

typedef struct
{
  RedesStoreChange base;
  GArray *ids; /* gint64 */
  gint64 below;
} HistoryRemoval;

static void
history_removal_clear (RedesStoreChange *change)
{
  g_array_unref (((HistoryRemoval *)change)->ids);
}

static int
history_removal_apply (RedesStoreChange *change, RedesDatabase *database)
{
  const HistoryRemoval *removal = (HistoryRemoval *)change;
  int status;

  status = redes_database_run (database, "DELETE FROM history_sources WHERE download < ?1", "i",
                               removal->below);
  if (status == SQLITE_OK)
    status
        = redes_database_run (database, "DELETE FROM history WHERE id < ?1", "i", removal->below);
  for (guint i = 0; i < removal->ids->len && status == SQLITE_OK; i++)
    {
      gint64 id = g_array_index (removal->ids, gint64, i);

      status = redes_database_run (database, "DELETE FROM history_sources WHERE download = ?1", "i",
                                   id);
      if (status == SQLITE_OK)
        status = redes_database_run (database, "DELETE FROM history WHERE id = ?1", "i", id);
    }
  return status;
}

static const RedesStoreChangeKind history_removal_kind
    = { sizeof (HistoryRemoval), history_removal_apply, history_removal_clear };

void
redes_store_remove_history (RedesStore *self, const gint64 *ids, gsize n_ids, gint64 below)
{
  HistoryRemoval *change = redes_store_change_new (&history_removal_kind, NULL, 64);

  change->ids = g_array_sized_new (FALSE, FALSE, sizeof *ids, (guint)n_ids);
  if (n_ids > 0)
    g_array_append_vals (change->ids, ids, (guint)n_ids);
  change->below = below;
  redes_store_put (self, change);
}

/* (nullable): Columns: id, content, name, path, size, blocks, finished_s, seconds */
static RedesStoreDownload *
read_download (RedesDatabase *database, sqlite3_stmt *row, int *status)
{
  g_autoptr (RedesStoreDownload) self = g_new0 (RedesStoreDownload, 1);
  sqlite3_stmt *inner;

  self->name = redes_database_read_text (row, 2);
  self->path = redes_database_read_path (row, 3);
  if (!redes_database_read_content (row, 1, 4, &self->content) || self->name == NULL
      || self->path == NULL || !redes_database_read_uint32 (row, 5, &self->blocks))
    return NULL;

  self->id = sqlite3_column_int64 (row, 0);
  self->finished_s = sqlite3_column_int64 (row, 6);
  self->seconds = MAX (sqlite3_column_double (row, 7), 0);
  self->senders = redes_senders_new ();
  inner = redes_database_query (database,
                                "SELECT peer, nickname, address, blocks FROM history_sources"
                                " WHERE download = ?1 ORDER BY id",
                                "i", self->id);
  while (inner != NULL && redes_database_step (database, inner))
    {
      RedesSender *sender = read_sender (inner);

      if (sender != NULL)
        g_ptr_array_add (self->senders, sender);
    }
  *status = redes_database_end (database, inner);
  return g_steal_pointer (&self);
}

GPtrArray *
redes_store_list_history (
    RedesStore *self, gint64 above, gint64 below, guint max_rows, GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  g_autoptr (GPtrArray) downloads
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_store_download_free);
  int inner_status = SQLITE_OK;
  sqlite3_stmt *row;
  int status;

  /* The order is that of the ids and not of the times, because a clock may have been set back. */
  row = redes_database_query (database,
                              "SELECT id, content, name, path, size, blocks, finished_s, seconds"
                              " FROM history WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
                              "iii", above, below, (gint64)max_rows);
  while (row != NULL && inner_status == SQLITE_OK && redes_database_step (database, row))
    {
      RedesStoreDownload *download = read_download (database, row, &inner_status);

      if (download != NULL)
        g_ptr_array_add (downloads, download);
    }
  status = redes_database_end (database, row);
  if (!redes_store_end_read (self, status != SQLITE_OK ? status : inner_status, error))
    return NULL;
  return g_steal_pointer (&downloads);
}

/* ---- Publishers ---- */

typedef struct
{
  RedesStoreChange base;
  RedesPeerId peer;
  char *name;
  RedesPublisherTrust trust;
} PublisherChange;

static void
publisher_clear (RedesStoreChange *change)
{
  g_free (((PublisherChange *)change)->name);
}

static int
publisher_apply (RedesStoreChange *change, RedesDatabase *database)
{
  PublisherChange *self = (PublisherChange *)change;

  if (self->trust == REDES_PUBLISHER_NEW && self->name == NULL)
    return redes_database_run (database, "DELETE FROM publishers WHERE peer = ?1", "h",
                               &self->peer);
  return redes_database_run (
      database,
      "INSERT INTO publishers (peer, name, trust) VALUES (?1, ?2, ?3)"
      " ON CONFLICT (peer) DO UPDATE SET name = excluded.name, trust = excluded.trust",
      "hti", &self->peer, self->name, (gint64)self->trust);
}

static const RedesStoreChangeKind publisher_kind
    = { sizeof (PublisherChange), publisher_apply, publisher_clear };

void
redes_store_put_publisher (RedesStore *self,
                           const RedesPeerId *id,
                           const char *name,
                           RedesPublisherTrust trust)
{
  PublisherChange *change
      = redes_store_change_new (&publisher_kind, redes_store_key ("publisher ", id), 256);

  change->peer = *id;
  change->name = g_strdup (name);
  change->trust = trust;
  redes_store_put (self, change);
}

gboolean
redes_store_each_publisher (RedesStore *self,
                            void (*func) (const RedesPeerId *id,
                                          const char *name,
                                          RedesPublisherTrust trust,
                                          gpointer user_data),
                            gpointer user_data,
                            GError **error)
{
  RedesDatabase *database = redes_store_begin_read (self);
  sqlite3_stmt *row
      = redes_database_query (database, "SELECT peer, name, trust FROM publishers ORDER BY id", "");

  while (row != NULL && redes_database_step (database, row))
    {
      g_autofree char *name = redes_database_read_text (row, 1);
      RedesPeerId id;
      guint32 trust;

      if (redes_database_read_digest (row, 0, &id) && redes_database_read_uint32 (row, 2, &trust)
          && trust <= REDES_PUBLISHER_BLOCKED)
        func (&id, name, (RedesPublisherTrust)trust, user_data);
    }
  return redes_store_end_read (self, redes_database_end (database, row), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"
#include "engine/node/node-lan-private.h"

/* Letters up: what the core tells, in the engine's thread, and what the face does about it. */

typedef struct
{
  RedesNode *node;
  char *text;
  char *more_text;
  gint state;
  RedesHashingProgress hashing;
  RedesLink *link;
  guint kept;
  guint doubtful;
  GError *error;
  RedesTransferSnapshot *snapshot;
  gint64 block;
  guint transfer_id;
} News;

static News *
news_new (RedesNode *node, const char *text)
{
  News *news = g_new0 (News, 1);

  /* Not a reference: the mailbox closes before the node goes. */
  news->node = node;
  news->text = g_strdup (text);
  return news;
}

static void
news_free (gpointer data)
{
  News *news = data;

  g_free (news->text);
  g_free (news->more_text);
  g_clear_pointer (&news->link, redes_link_free);
  g_clear_error (&news->error);
  g_clear_pointer (&news->snapshot, redes_transfer_snapshot_free);
  g_free (news);
}

static void
send_news (News *news, void (*func) (gpointer data))
{
  redes_mailbox_send (news->node->mailbox, func, news, news_free);
}

static void
read_tracker_changed (gpointer data)
{
  News *news = data;
  RedesNode *self = news->node;
  GListModel *model = G_LIST_MODEL (self->trackers);
  g_autoptr (RedesTrackerItem) item
      = redes_tracker_item_new (news->text, news->state, news->more_text);
  guint position = 0;

  redes_tracker_item_set_found (item, redes_node_lan_is_found_tracker (self, news->text));
  for (; position < g_list_model_get_n_items (model); position++)
    {
      g_autoptr (RedesTrackerItem) old = g_list_model_get_item (model, position);

      if (g_str_equal (redes_tracker_item_get_address (old), news->text))
        break;
    }
  g_list_store_splice (self->trackers, position,
                       position < g_list_model_get_n_items (model) ? 1 : 0, (gpointer *)&item, 1);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRACKER_CHANGED], 0, item);
}

static void
on_tracker_changed (const char *address,
                    RedesTrackerState state,
                    const char *error_message,
                    gpointer user_data)
{
  News *news = news_new (user_data, address);

  news->state = state;
  news->more_text = g_strdup (error_message);
  send_news (news, read_tracker_changed);
}

/* Shares come and go by the hundred thousand. */

typedef struct
{
  RedesHolding *holding;
  gboolean is_shared;
  char *reason; /* of one that is not shared any more */
} ShareNews;

static void
share_news_clear (gpointer data)
{
  ShareNews *news = data;

  redes_holding_unref (news->holding);
  g_free (news->reason);
}

static void
emit_share_news (RedesNode *self, const ShareNews *news)
{
  RedesNodeSignal signal = news->is_shared ? REDES_NODE_SHARED : REDES_NODE_WITHDRAWN;
  g_autoptr (RedesSharedItem) item = NULL;

  if (!g_signal_has_handler_pending (self, redes_node_signals[signal], 0, FALSE))
    return;
  item = redes_shares_model_dup_item (self->shares, news->holding);
  if (news->is_shared)
    g_signal_emit (self, redes_node_signals[signal], 0, item);
  else
    g_signal_emit (self, redes_node_signals[signal], 0, item, news->reason);
}

/* A run of the same kind is one change of the model. */
static guint
read_share_run (RedesNode *self, GArray *all, guint first)
{
  gboolean is_shared = g_array_index (all, ShareNews, first).is_shared;
  g_autoptr (GPtrArray) holdings = g_ptr_array_new ();
  guint end = first;

  while (end < all->len && g_array_index (all, ShareNews, end).is_shared == is_shared)
    g_ptr_array_add (holdings, g_array_index (all, ShareNews, end++).holding);
  if (is_shared)
    redes_shares_model_add (self->shares, holdings);
  else
    redes_shares_model_remove (self->shares, holdings);
  for (guint i = first; i < end; i++)
    emit_share_news (self, &g_array_index (all, ShareNews, i));
  return end;
}

static void
read_shares (gpointer data)
{
  News *news = data;
  RedesNode *self = news->node;
  g_autoptr (GArray) all = NULL;
  guint next = 0;

  g_mutex_lock (&self->share_news_lock);
  all = g_steal_pointer (&self->share_news);
  g_mutex_unlock (&self->share_news_lock);
  while (all != NULL && next < all->len)
    next = read_share_run (self, all, next);
}

static void
note_share (RedesNode *self, RedesHolding *holding, gboolean is_shared, const char *reason)
{
  ShareNews news = { redes_holding_ref (holding), is_shared, g_strdup (reason) };
  gboolean is_first;

  g_mutex_lock (&self->share_news_lock);
  is_first = self->share_news == NULL;
  if (is_first)
    {
      self->share_news = g_array_new (FALSE, FALSE, sizeof (ShareNews));
      g_array_set_clear_func (self->share_news, share_news_clear);
    }
  g_array_append_val (self->share_news, news);
  g_mutex_unlock (&self->share_news_lock);
  if (is_first)
    send_news (news_new (self, NULL), read_shares);
}

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  note_share (user_data, holding, TRUE, NULL);
}

static void
on_withdrawn (RedesHolding *holding, const char *reason, gpointer user_data)
{
  note_share (user_data, holding, FALSE, reason);
}

static void
read_hashing (gpointer data)
{
  News *news = data;
  const RedesHashingProgress *progress = &news->hashing;

  g_signal_emit (news->node, redes_node_signals[REDES_NODE_HASHING], 0, progress->bytes_done,
                 progress->bytes_total, progress->files_done, progress->files_total,
                 progress->seconds_left, progress->paused);
}

static void
on_hashing (const RedesHashingProgress *progress, gpointer user_data)
{
  News *news = news_new (user_data, NULL);

  news->hashing = *progress;
  send_news (news, read_hashing);
}

static void
read_skipped (gpointer data)
{
  News *news = data;

  g_signal_emit (news->node, redes_node_signals[REDES_NODE_SHARE_SKIPPED], 0, news->text,
                 news->error);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  News *news = news_new (user_data, path);

  news->error = g_error_copy (error);
  send_news (news, read_skipped);
}

static void
read_idle (gpointer data)
{
  News *news = data;

  g_signal_emit (news->node, redes_node_signals[REDES_NODE_SHARING_IDLE], 0);
}

static void
on_idle (gpointer user_data)
{
  send_news (news_new (user_data, NULL), read_idle);
}

static void
read_transfer_changed (gpointer data)
{
  News *news = data;
  RedesNode *self = news->node;
  RedesTransfer *transfer
      = g_hash_table_lookup (self->transfers_by_id, GUINT_TO_POINTER (news->snapshot->id));

  if (transfer == NULL || redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    return;
  redes_transfer_update (transfer, news->snapshot);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_changed (RedesTransferSnapshot *snapshot, gpointer user_data)
{
  News *news = news_new (user_data, NULL);

  news->snapshot = snapshot;
  send_news (news, read_transfer_changed);
}

static void
read_transfer_restored (gpointer data)
{
  News *news = data;
  RedesNode *self = news->node;
  RedesTransfer *transfer = redes_transfer_new (news->snapshot->id, news->link);

  g_hash_table_insert (self->transfers_by_id, GUINT_TO_POINTER (news->snapshot->id), transfer);
  redes_transfer_update (transfer, news->snapshot);
  g_list_store_append (self->transfers, transfer);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_restored (const RedesLink *link, RedesTransferSnapshot *snapshot, gpointer user_data)
{
  News *news = news_new (user_data, NULL);

  news->link = redes_link_copy (link);
  news->snapshot = snapshot;
  send_news (news, read_transfer_restored);
}

static void
read_transfer_resumed (gpointer data)
{
  News *news = data;
  RedesTransfer *transfer
      = g_hash_table_lookup (news->node->transfers_by_id, GUINT_TO_POINTER (news->transfer_id));

  if (transfer != NULL)
    g_signal_emit (news->node, redes_node_signals[REDES_NODE_TRANSFER_RESUMED], 0, transfer,
                   news->kept, news->doubtful);
}

static void
on_transfer_resumed (guint transfer_id, guint32 n_kept, guint32 n_doubtful, gpointer user_data)
{
  News *news = news_new (user_data, NULL);

  news->transfer_id = transfer_id;
  news->kept = n_kept;
  news->doubtful = n_doubtful;
  send_news (news, read_transfer_resumed);
}

static void
read_transfer_removed (gpointer data)
{
  News *news = data;
  RedesNode *self = news->node;
  gpointer key = GUINT_TO_POINTER (news->transfer_id);
  RedesTransfer *known = g_hash_table_lookup (self->transfers_by_id, key);
  g_autoptr (RedesTransfer) transfer = NULL;
  guint position;

  if (known == NULL)
    return;
  transfer = g_object_ref (known);
  g_hash_table_remove (self->transfers_by_id, key);
  if (g_list_store_find (self->transfers, transfer, &position))
    g_list_store_remove (self->transfers, position);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_REMOVED], 0, transfer);
}

static void
on_transfer_removed (guint transfer_id, gpointer user_data)
{
  News *news = news_new (user_data, NULL);

  news->transfer_id = transfer_id;
  send_news (news, read_transfer_removed);
}

static void
read_notice (gpointer data)
{
  News *news = data;

  g_signal_emit (news->node, redes_node_signals[REDES_NODE_NOTICE], 0, news->text);
}

static void
on_notice (const char *words, gpointer user_data)
{
  send_news (news_new (user_data, words), read_notice);
}

static void
read_offence (gpointer data)
{
  News *news = data;
  RedesTransfer *transfer
      = g_hash_table_lookup (news->node->transfers_by_id, GUINT_TO_POINTER (news->transfer_id));
  g_auto (GStrv) parts = g_strsplit (news->text, "\n", 2);

  g_signal_emit (news->node, redes_node_signals[REDES_NODE_BLOCK_REJECTED], 0, parts[0], parts[1],
                 news->block, news->more_text, transfer);
}

static void
on_offence (const RedesPeerId *peer,
            const char *address,
            gint64 block,
            const char *reason,
            guint transfer_id,
            gpointer user_data)
{
  g_autofree char *hex = peer != NULL ? redes_digest_dup_hex (peer) : g_strdup ("");
  g_autofree char *who = g_strconcat (hex, "\n", address, NULL);
  News *news = news_new (user_data, who);

  news->more_text = g_strdup (reason);
  news->block = block;
  news->transfer_id = transfer_id;
  send_news (news, read_offence);
}

static void
read_connected (gpointer data)
{
  News *news = data;

  g_signal_emit (news->node, redes_node_signals[REDES_NODE_CONNECTED], 0);
}

static void
on_connected (gpointer user_data)
{
  send_news (news_new (user_data, NULL), read_connected);
}

const RedesCoreEvents redes_node_core_events
    = { .tracker_changed = on_tracker_changed,
        .shared = on_shared,
        .withdrawn = on_withdrawn,
        .hashing = on_hashing,
        .skipped = on_skipped,
        .idle = on_idle,
        .transfer_changed = on_transfer_changed,
        .transfer_restored = on_transfer_restored,
        .transfer_resumed = on_transfer_resumed,
        .transfer_removed = on_transfer_removed,
        .offence = on_offence,
        .connected = on_connected,
        .publisher = redes_node_on_publisher,
        .tracker_dropped = redes_node_lan_on_tracker_dropped,
        .classic_tracker_changed = redes_node_on_classic_tracker_changed,
        .classic_tracker_dropped = redes_node_on_classic_tracker_dropped,
        .found = redes_node_lan_on_found,
        .lost = redes_node_lan_on_lost,
        .notice = on_notice };

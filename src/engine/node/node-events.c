/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"
#include "engine/node/transfer-private.h"
#include "engine/node/node-lan-private.h"

/* Letters up: what the core tells, in the engine's thread, and what the front end does about it. */

typedef struct
{
  RedesNode *node;
  char *text;
  char *more_text;
  RedesNotice *notice;
  gint state;
  RedesHashingProgress hashing;
  RedesLink *link;
  guint kept;
  guint doubtful;
  GError *error;
  RedesTransferSnapshot *snapshot;
  gint64 block;
  guint transfer_id;
} Event;

static Event *
event_new (RedesNode *node, const char *text)
{
  Event *event = g_new0 (Event, 1);

  /* Not a reference: the main queue closes before the node goes. */
  event->node = node;
  event->text = g_strdup (text);
  return event;
}

static void
event_free (gpointer data)
{
  Event *event = data;

  g_free (event->text);
  g_free (event->more_text);
  redes_notice_unref (event->notice);
  g_clear_pointer (&event->link, redes_link_free);
  g_clear_error (&event->error);
  g_clear_pointer (&event->snapshot, redes_transfer_snapshot_free);
  g_free (event);
}

static void
send_event (Event *event, void (*func) (gpointer data))
{
  redes_main_queue_send (event->node->main_queue, func, event, event_free);
}

static void
read_tracker_changed (gpointer data)
{
  Event *event = data;
  RedesNode *self = event->node;
  GListModel *model = G_LIST_MODEL (self->trackers);
  g_autoptr (RedesTrackerItem) item
      = redes_tracker_item_new (event->text, event->state, event->notice);
  guint position = 0;

  redes_tracker_item_set_found (item, redes_node_lan_is_found_tracker (self, event->text));
  for (; position < g_list_model_get_n_items (model); position++)
    {
      g_autoptr (RedesTrackerItem) old = g_list_model_get_item (model, position);

      if (g_str_equal (redes_tracker_item_get_address (old), event->text))
        break;
    }
  g_list_store_splice (self->trackers, position,
                       position < g_list_model_get_n_items (model) ? 1 : 0, (gpointer *)&item, 1);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRACKER_CHANGED], 0, item);
}

static void
on_tracker_changed (const char *address,
                    RedesTrackerState state,
                    const RedesNotice *reason,
                    gpointer user_data)
{
  Event *event = event_new (user_data, address);

  event->state = state;
  event->notice = redes_notice_ref (reason);
  send_event (event, read_tracker_changed);
}

/* Shares come and go by the hundred thousand. */

typedef struct
{
  RedesHolding *holding;
  gboolean is_shared;
  RedesNotice *reason; /* of one that is not shared any more */
} ShareEvent;

static void
share_events_clear (gpointer data)
{
  ShareEvent *event = data;

  redes_holding_unref (event->holding);
  redes_notice_unref (event->reason);
}

static void
emit_share_events (RedesNode *self, const ShareEvent *event)
{
  RedesNodeSignal signal = event->is_shared ? REDES_NODE_SHARED : REDES_NODE_WITHDRAWN;
  g_autoptr (RedesSharedItem) item = NULL;

  if (!g_signal_has_handler_pending (self, redes_node_signals[signal], 0, FALSE))
    return;
  item = redes_shares_model_dup_item (self->shares, event->holding);
  if (event->is_shared)
    g_signal_emit (self, redes_node_signals[signal], 0, item);
  else
    g_signal_emit (self, redes_node_signals[signal], 0, item, event->reason);
}

/* A run of the same kind is one change of the model. */
static guint
read_share_run (RedesNode *self, GArray *all, guint first)
{
  gboolean is_shared = g_array_index (all, ShareEvent, first).is_shared;
  g_autoptr (GPtrArray) holdings = g_ptr_array_new ();
  guint end = first;

  while (end < all->len && g_array_index (all, ShareEvent, end).is_shared == is_shared)
    g_ptr_array_add (holdings, g_array_index (all, ShareEvent, end++).holding);
  if (is_shared)
    redes_shares_model_add (self->shares, holdings);
  else
    redes_shares_model_remove (self->shares, holdings);
  for (guint i = first; i < end; i++)
    emit_share_events (self, &g_array_index (all, ShareEvent, i));
  return end;
}

static void
read_shares (gpointer data)
{
  Event *event = data;
  RedesNode *self = event->node;
  g_autoptr (GArray) all = NULL;
  guint next = 0;

  g_mutex_lock (&self->share_events_lock);
  all = g_steal_pointer (&self->share_events);
  g_mutex_unlock (&self->share_events_lock);
  while (all != NULL && next < all->len)
    next = read_share_run (self, all, next);
}

static void
note_share (RedesNode *self, RedesHolding *holding, gboolean is_shared, const RedesNotice *reason)
{
  ShareEvent event = { redes_holding_ref (holding), is_shared, redes_notice_ref (reason) };
  gboolean is_first;

  g_mutex_lock (&self->share_events_lock);
  is_first = self->share_events == NULL;
  if (is_first)
    {
      self->share_events = g_array_new (FALSE, FALSE, sizeof (ShareEvent));
      g_array_set_clear_func (self->share_events, share_events_clear);
    }
  g_array_append_val (self->share_events, event);
  g_mutex_unlock (&self->share_events_lock);
  if (is_first)
    send_event (event_new (self, NULL), read_shares);
}

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  note_share (user_data, holding, TRUE, NULL);
}

static void
on_withdrawn (RedesHolding *holding, const RedesNotice *reason, gpointer user_data)
{
  note_share (user_data, holding, FALSE, reason);
}

static void
read_hashing (gpointer data)
{
  Event *event = data;
  const RedesHashingProgress *progress = &event->hashing;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_HASHING], 0, progress->bytes_done,
                 progress->bytes_total, progress->files_done, progress->files_total,
                 progress->seconds_left, progress->paused);
}

static void
on_hashing (const RedesHashingProgress *progress, gpointer user_data)
{
  Event *event = event_new (user_data, NULL);

  event->hashing = *progress;
  send_event (event, read_hashing);
}

static void
read_skipped (gpointer data)
{
  Event *event = data;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_SHARE_SKIPPED], 0, event->text,
                 event->error);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  Event *event = event_new (user_data, path);

  event->error = g_error_copy (error);
  send_event (event, read_skipped);
}

static void
read_idle (gpointer data)
{
  Event *event = data;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_SHARING_IDLE], 0);
}

static void
on_idle (gpointer user_data)
{
  send_event (event_new (user_data, NULL), read_idle);
}

static void
read_transfer_changed (gpointer data)
{
  Event *event = data;
  RedesNode *self = event->node;
  RedesTransfer *transfer
      = g_hash_table_lookup (self->transfers_by_id, GUINT_TO_POINTER (event->snapshot->id));

  if (transfer == NULL || redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    return;
  redes_transfer_update (transfer, event->snapshot);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_changed (RedesTransferSnapshot *snapshot, gpointer user_data)
{
  Event *event = event_new (user_data, NULL);

  event->snapshot = snapshot;
  send_event (event, read_transfer_changed);
}

static void
read_transfer_restored (gpointer data)
{
  Event *event = data;
  RedesNode *self = event->node;
  RedesTransfer *transfer = redes_transfer_new (event->snapshot->id, event->link);

  g_hash_table_insert (self->transfers_by_id, GUINT_TO_POINTER (event->snapshot->id), transfer);
  redes_transfer_update (transfer, event->snapshot);
  g_list_store_append (self->transfers, transfer);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_restored (const RedesLink *link, RedesTransferSnapshot *snapshot, gpointer user_data)
{
  Event *event = event_new (user_data, NULL);

  event->link = redes_link_copy (link);
  event->snapshot = snapshot;
  send_event (event, read_transfer_restored);
}

static void
read_transfer_resumed (gpointer data)
{
  Event *event = data;
  RedesTransfer *transfer
      = g_hash_table_lookup (event->node->transfers_by_id, GUINT_TO_POINTER (event->transfer_id));

  if (transfer != NULL)
    g_signal_emit (event->node, redes_node_signals[REDES_NODE_TRANSFER_RESUMED], 0, transfer,
                   event->kept, event->doubtful);
}

static void
on_transfer_resumed (guint transfer_id, guint32 n_kept, guint32 n_doubtful, gpointer user_data)
{
  Event *event = event_new (user_data, NULL);

  event->transfer_id = transfer_id;
  event->kept = n_kept;
  event->doubtful = n_doubtful;
  send_event (event, read_transfer_resumed);
}

static void
read_transfer_removed (gpointer data)
{
  Event *event = data;
  RedesNode *self = event->node;
  gpointer key = GUINT_TO_POINTER (event->transfer_id);
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
  Event *event = event_new (user_data, NULL);

  event->transfer_id = transfer_id;
  send_event (event, read_transfer_removed);
}

static void
read_notice (gpointer data)
{
  Event *event = data;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_NOTICE], 0, event->notice);
}

static void
on_notice (const RedesNotice *notice, gpointer user_data)
{
  Event *event = event_new (user_data, NULL);

  event->notice = redes_notice_ref (notice);
  send_event (event, read_notice);
}

static void
read_violation (gpointer data)
{
  Event *event = data;
  RedesTransfer *transfer
      = g_hash_table_lookup (event->node->transfers_by_id, GUINT_TO_POINTER (event->transfer_id));
  g_auto (GStrv) parts = g_strsplit (event->text, "\n", 2);

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_BLOCK_REJECTED], 0, parts[0], parts[1],
                 event->block, event->more_text, transfer);
}

static void
on_violation (const RedesPeerId *peer,
              const char *address,
              gint64 block,
              const char *reason,
              guint transfer_id,
              gpointer user_data)
{
  g_autofree char *hex = peer != NULL ? redes_digest_dup_hex (peer) : g_strdup ("");
  g_autofree char *who = g_strconcat (hex, "\n", address, NULL);
  Event *event = event_new (user_data, who);

  event->more_text = g_strdup (reason);
  event->block = block;
  event->transfer_id = transfer_id;
  send_event (event, read_violation);
}

static void
read_connected (gpointer data)
{
  Event *event = data;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_CONNECTED], 0);
}

static void
on_connected (gpointer user_data)
{
  send_event (event_new (user_data, NULL), read_connected);
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
        .violation = on_violation,
        .connected = on_connected,
        .publisher = redes_node_on_publisher,
        .tracker_dropped = redes_node_lan_on_tracker_dropped,
        .classic_tracker_changed = redes_node_on_classic_tracker_changed,
        .classic_tracker_dropped = redes_node_on_classic_tracker_dropped,
        .found = redes_node_lan_on_found,
        .lost = redes_node_lan_on_lost,
        .notice = on_notice };

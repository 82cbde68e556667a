/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-events-private.h"

#include "engine/node/items-private.h"
#include "engine/node/node-classic-private.h"
#include "engine/node/node-lan-private.h"
#include "engine/node/node-publishers-private.h"
#include "engine/node/node-transfers-private.h"
#include "engine/node/transfer-private.h"

/* What the core tells, in the engine's thread, and what the front end's half does about it. */

static void
send_bare_event (RedesNode *node, void (*func) (gpointer data))
{
  redes_node_message_send_up (redes_node_message_new (RedesNodeMessage, node, NULL, NULL), func);
}

/* Trackers. */

typedef struct
{
  RedesNodeMessage base;
  char *address;
  RedesTrackerState state;
  RedesNotice *reason; /* nullable */
} TrackerEvent;

static void
tracker_event_clear (gpointer data)
{
  TrackerEvent *event = data;

  g_free (event->address);
  redes_notice_unref (event->reason);
}

static void
read_tracker_changed (gpointer data)
{
  TrackerEvent *event = data;
  RedesNode *self = event->base.node;
  GListModel *model = G_LIST_MODEL (self->trackers);
  g_autoptr (RedesTrackerItem) item
      = redes_tracker_item_new (event->address, event->state, event->reason);
  guint position = 0;

  redes_tracker_item_set_found (item, redes_node_lan_is_found_tracker (self, event->address));
  for (; position < g_list_model_get_n_items (model); position++)
    {
      g_autoptr (RedesTrackerItem) old = g_list_model_get_item (model, position);

      if (g_str_equal (redes_tracker_item_get_address (old), event->address))
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
  TrackerEvent *event = redes_node_message_new (TrackerEvent, user_data, NULL, tracker_event_clear);

  event->address = g_strdup (address);
  event->state = state;
  event->reason = redes_notice_ref (reason);
  redes_node_message_send_up (event, read_tracker_changed);
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
  RedesNodeMessage *event = data;
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
    send_bare_event (self, read_shares);
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

typedef struct
{
  RedesNodeMessage base;
  RedesHashingProgress progress;
} HashingEvent;

static void
read_hashing (gpointer data)
{
  HashingEvent *event = data;
  const RedesHashingProgress *progress = &event->progress;

  g_signal_emit (event->base.node, redes_node_signals[REDES_NODE_HASHING], 0, progress->bytes_done,
                 progress->bytes_total, progress->files_done, progress->files_total,
                 progress->seconds_left, progress->paused);
}

static void
on_hashing (const RedesHashingProgress *progress, gpointer user_data)
{
  HashingEvent *event = redes_node_message_new (HashingEvent, user_data, NULL, NULL);

  event->progress = *progress;
  redes_node_message_send_up (event, read_hashing);
}

typedef struct
{
  RedesNodeMessage base;
  char *path;
} SkippedEvent;

static void
skipped_event_clear (gpointer data)
{
  g_free (((SkippedEvent *)data)->path);
}

static void
read_skipped (gpointer data)
{
  SkippedEvent *event = data;

  g_signal_emit (event->base.node, redes_node_signals[REDES_NODE_SHARE_SKIPPED], 0, event->path,
                 event->base.error);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  SkippedEvent *event = redes_node_message_new (SkippedEvent, user_data, NULL, skipped_event_clear);

  event->path = g_strdup (path);
  event->base.error = g_error_copy (error);
  redes_node_message_send_up (event, read_skipped);
}

static void
read_idle (gpointer data)
{
  RedesNodeMessage *event = data;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_SHARING_IDLE], 0);
}

static void
on_idle (gpointer user_data)
{
  send_bare_event (user_data, read_idle);
}

/* Transfers. */

/**
 * TransferEvent:
 * @link: (nullable): of one that is restored
 */
typedef struct
{
  RedesNodeMessage base;
  RedesLink *link;
  RedesTransferSnapshot *snapshot;
} TransferEvent;

static void
transfer_event_clear (gpointer data)
{
  TransferEvent *event = data;

  g_clear_pointer (&event->link, redes_link_free);
  redes_transfer_snapshot_free (event->snapshot);
}

static TransferEvent *
transfer_event_new (RedesNode *node, RedesTransferSnapshot *snapshot)
{
  TransferEvent *event = redes_node_message_new (TransferEvent, node, NULL, transfer_event_clear);

  event->snapshot = snapshot;
  return event;
}

static void
read_transfer_changed (gpointer data)
{
  TransferEvent *event = data;
  RedesNode *self = event->base.node;
  RedesTransfer *transfer
      = g_hash_table_lookup (self->transfers_by_id, GUINT_TO_POINTER (event->snapshot->id));

  if (redes_node_take_listing (self, event->snapshot) || transfer == NULL
      || redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    return;
  redes_transfer_update (transfer, event->snapshot);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_changed (RedesTransferSnapshot *snapshot, gpointer user_data)
{
  redes_node_message_send_up (transfer_event_new (user_data, snapshot), read_transfer_changed);
}

static void
read_transfer_restored (gpointer data)
{
  TransferEvent *event = data;
  RedesNode *self = event->base.node;
  RedesTransfer *transfer = redes_transfer_new (event->snapshot->id, event->link);

  g_hash_table_insert (self->transfers_by_id, GUINT_TO_POINTER (event->snapshot->id), transfer);
  redes_transfer_update (transfer, event->snapshot);
  g_list_store_append (self->transfers, transfer);
  g_signal_emit (self, redes_node_signals[REDES_NODE_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_restored (const RedesLink *link, RedesTransferSnapshot *snapshot, gpointer user_data)
{
  TransferEvent *event = transfer_event_new (user_data, snapshot);

  event->link = redes_link_copy (link);
  redes_node_message_send_up (event, read_transfer_restored);
}

/**
 * ResumedEvent:
 * @kept, @doubtful: blocks
 */
typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  guint kept;
  guint doubtful;
} ResumedEvent;

static void
read_transfer_resumed (gpointer data)
{
  ResumedEvent *event = data;
  RedesTransfer *transfer = g_hash_table_lookup (event->base.node->transfers_by_id,
                                                 GUINT_TO_POINTER (event->transfer_id));

  if (transfer != NULL)
    g_signal_emit (event->base.node, redes_node_signals[REDES_NODE_TRANSFER_RESUMED], 0, transfer,
                   event->kept, event->doubtful);
}

static void
on_transfer_resumed (guint transfer_id, guint32 n_kept, guint32 n_doubtful, gpointer user_data)
{
  ResumedEvent *event = redes_node_message_new (ResumedEvent, user_data, NULL, NULL);

  event->transfer_id = transfer_id;
  event->kept = n_kept;
  event->doubtful = n_doubtful;
  redes_node_message_send_up (event, read_transfer_resumed);
}

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
} RemovedEvent;

static void
read_transfer_removed (gpointer data)
{
  RemovedEvent *event = data;
  RedesNode *self = event->base.node;
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
  RemovedEvent *event = redes_node_message_new (RemovedEvent, user_data, NULL, NULL);

  event->transfer_id = transfer_id;
  redes_node_message_send_up (event, read_transfer_removed);
}

/* Else. */

typedef struct
{
  RedesNodeMessage base;
  RedesNotice *notice;
} NoticeEvent;

static void
notice_event_clear (gpointer data)
{
  redes_notice_unref (((NoticeEvent *)data)->notice);
}

static void
read_notice (gpointer data)
{
  NoticeEvent *event = data;

  g_signal_emit (event->base.node, redes_node_signals[REDES_NODE_NOTICE], 0, event->notice);
}

static void
on_notice (const RedesNotice *notice, gpointer user_data)
{
  NoticeEvent *event = redes_node_message_new (NoticeEvent, user_data, NULL, notice_event_clear);

  event->notice = redes_notice_ref (notice);
  redes_node_message_send_up (event, read_notice);
}

/**
 * ViolationEvent:
 * @peer_hex: who broke a rule; "": it has not said who it is
 * @block: -1: it has to do with none
 * @transfer_id: 0: it has to do with none
 */
typedef struct
{
  RedesNodeMessage base;
  char *peer_hex;
  char *address;
  gint64 block;
  char *reason;
  guint transfer_id;
} ViolationEvent;

static void
violation_event_clear (gpointer data)
{
  ViolationEvent *event = data;

  g_free (event->peer_hex);
  g_free (event->address);
  g_free (event->reason);
}

static void
read_violation (gpointer data)
{
  ViolationEvent *event = data;
  RedesTransfer *transfer = g_hash_table_lookup (event->base.node->transfers_by_id,
                                                 GUINT_TO_POINTER (event->transfer_id));

  g_signal_emit (event->base.node, redes_node_signals[REDES_NODE_BLOCK_REJECTED], 0,
                 event->peer_hex, event->address, event->block, event->reason, transfer);
}

static void
on_violation (const RedesPeerId *peer,
              const char *address,
              gint64 block,
              const char *reason,
              guint transfer_id,
              gpointer user_data)
{
  ViolationEvent *event
      = redes_node_message_new (ViolationEvent, user_data, NULL, violation_event_clear);

  event->peer_hex = peer != NULL ? redes_digest_dup_hex (peer) : g_strdup ("");
  event->address = g_strdup (address);
  event->block = block;
  event->reason = g_strdup (reason);
  event->transfer_id = transfer_id;
  redes_node_message_send_up (event, read_violation);
}

static void
read_connected (gpointer data)
{
  RedesNodeMessage *event = data;

  g_signal_emit (event->node, redes_node_signals[REDES_NODE_CONNECTED], 0);
}

static void
on_connected (gpointer user_data)
{
  send_bare_event (user_data, read_connected);
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

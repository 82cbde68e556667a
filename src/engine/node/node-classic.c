/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-classic-private.h"

#include "engine/node/items-private.h"
#include "engine/node/node-private.h"
#include "engine/node/node-transfers-private.h"
#include "engine/node/transfer-private.h"

/* What a node has to do with the original system. */

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  RedesClassicFile *file;
  char *folder;
} DownloadUnsignedCall;

static void
download_unsigned_call_clear (gpointer data)
{
  DownloadUnsignedCall *call = data;

  redes_classic_file_free (call->file);
  g_free (call->folder);
}

static void
run_download (gpointer data)
{
  DownloadUnsignedCall *call = data;

  redes_core_download_unsigned (call->base.node->core, call->transfer_id, call->file, call->folder);
  redes_node_message_free (call);
}

RedesTransfer *
redes_node_download_unsigned (RedesNode *self, RedesResult *result)
{
  RedesTransfer *transfer = redes_node_find_running (self, redes_result_get_content (result));
  g_autoptr (RedesLink) link = redes_result_dup_link (result);
  DownloadUnsignedCall *call;

  g_return_val_if_fail (self->running, NULL);
  g_return_val_if_fail (redes_result_is_unsigned (result), NULL);

  if (transfer != NULL)
    return g_object_ref (transfer);
  transfer = redes_node_add_transfer (self, link);
  redes_transfer_mark_unsigned (transfer);

  call = redes_node_message_new (DownloadUnsignedCall, self, NULL, download_unsigned_call_clear);
  call->transfer_id = redes_transfer_get_id (transfer);
  call->file = redes_classic_file_copy (redes_result_get_classic_file (result));
  call->folder = g_strdup (self->config->download_dir);
  redes_node_message_send_down (call, run_download);
  return transfer;
}

/* Trackers. */

/* Where the one at @address is, or is to be. */
static guint
find_place (RedesNode *self, const char *address)
{
  GListModel *model = G_LIST_MODEL (self->classic_trackers);
  guint place = 0;

  for (; place < g_list_model_get_n_items (model); place++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (model, place);

      if (g_str_equal (redes_tracker_item_get_address (item), address))
        break;
    }
  return place;
}

/**
 * TrackerEvent:
 * @state, @reason, @found: of one that has changed; @reason: (nullable)
 */
typedef struct
{
  RedesNodeMessage base;
  char *address;
  RedesTrackerState state;
  RedesNotice *reason;
  gboolean found;
} TrackerEvent;

static void
tracker_event_clear (gpointer data)
{
  TrackerEvent *event = data;

  g_free (event->address);
  redes_notice_unref (event->reason);
}

static TrackerEvent *
tracker_event_new (RedesNode *node, const char *address)
{
  TrackerEvent *event = redes_node_message_new (TrackerEvent, node, NULL, tracker_event_clear);

  event->address = g_strdup (address);
  return event;
}

static void
read_changed (gpointer data)
{
  TrackerEvent *event = data;
  RedesNode *self = event->base.node;
  guint place = find_place (self, event->address);
  guint n_old = place < g_list_model_get_n_items (G_LIST_MODEL (self->classic_trackers));
  g_autoptr (RedesTrackerItem) item
      = redes_tracker_item_new (event->address, event->state, event->reason);

  redes_tracker_item_set_found (item, event->found);
  g_list_store_splice (self->classic_trackers, place, n_old, (gpointer *)&item, 1);
}

void
redes_node_on_classic_tracker_changed (const char *address,
                                       RedesTrackerState state,
                                       const RedesNotice *reason,
                                       gboolean found,
                                       gpointer user_data)
{
  TrackerEvent *event = tracker_event_new (user_data, address);

  event->state = state;
  event->reason = redes_notice_ref (reason);
  event->found = found;
  redes_node_message_send_up (event, read_changed);
}

static void
read_dropped (gpointer data)
{
  TrackerEvent *event = data;
  RedesNode *self = event->base.node;
  guint place = find_place (self, event->address);

  if (place < g_list_model_get_n_items (G_LIST_MODEL (self->classic_trackers)))
    g_list_store_remove (self->classic_trackers, place);
}

void
redes_node_on_classic_tracker_dropped (const char *address, gpointer user_data)
{
  redes_node_message_send_up (tracker_event_new (user_data, address), read_dropped);
}

GListModel *
redes_node_get_classic_trackers (RedesNode *self)
{
  return G_LIST_MODEL (self->classic_trackers);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-lan-private.h"

#include "engine/base/error.h"
#include "engine/node/found-private.h"
#include "engine/node/items-private.h"
#include "engine/node/node-query-private.h"

/* Events. */

/* Somebody was found, or is lost. */
typedef struct
{
  RedesNodeMessage base;
  RedesFound *found;
} FoundEvent;

static void
found_event_clear (gpointer data)
{
  g_object_unref (((FoundEvent *)data)->found);
}

static gboolean
is_same (RedesFound *one, RedesFound *other)
{
  return redes_found_is_tracker (one) == redes_found_is_tracker (other)
         && redes_digest_equal (redes_found_get_id (one), redes_found_get_id (other));
}

static gboolean
find_place (RedesNode *self, RedesFound *wanted, guint *place)
{
  GListModel *model = G_LIST_MODEL (self->found);

  for (*place = 0; *place < g_list_model_get_n_items (model); (*place)++)
    {
      g_autoptr (RedesFound) item = g_list_model_get_item (model, *place);

      if (is_same (item, wanted))
        return TRUE;
    }
  return FALSE;
}

static void
read_found (gpointer data)
{
  FoundEvent *event = data;
  RedesNode *self = event->base.node;

  g_list_store_append (self->found, event->found);
  g_signal_emit (self, redes_node_signals[REDES_NODE_FOUND], 0, event->found);
}

static void
read_lost (gpointer data)
{
  FoundEvent *event = data;
  RedesNode *self = event->base.node;
  g_autoptr (RedesFound) item = NULL;
  guint place;

  if (!find_place (self, event->found, &place))
    return;
  item = g_list_model_get_item (G_LIST_MODEL (self->found), place);
  g_list_store_remove (self->found, place);
  g_signal_emit (self, redes_node_signals[REDES_NODE_LOST], 0, item);
}

static void
send_found (RedesNode *node, const RedesSighting *sighting, void (*func) (gpointer data))
{
  FoundEvent *event = redes_node_message_new (FoundEvent, node, NULL, found_event_clear);

  event->found = redes_found_new (sighting);
  redes_node_message_send_up (event, func);
}

void
redes_node_lan_on_found (const RedesSighting *sighting, gpointer user_data)
{
  send_found (user_data, sighting, read_found);
}

void
redes_node_lan_on_lost (const RedesSighting *sighting, gpointer user_data)
{
  send_found (user_data, sighting, read_lost);
}

/* A tracker that was used because it was found is used no more. */
typedef struct
{
  RedesNodeMessage base;
  char *address;
} TrackerDroppedEvent;

static void
tracker_dropped_event_clear (gpointer data)
{
  g_free (((TrackerDroppedEvent *)data)->address);
}

static void
read_tracker_dropped (gpointer data)
{
  TrackerDroppedEvent *event = data;
  GListStore *trackers = event->base.node->trackers;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (trackers)); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (G_LIST_MODEL (trackers), i);

      if (!g_str_equal (redes_tracker_item_get_address (item), event->address))
        continue;
      g_list_store_remove (trackers, i);
      return;
    }
}

void
redes_node_lan_on_tracker_dropped (const char *address, gpointer user_data)
{
  TrackerDroppedEvent *event
      = redes_node_message_new (TrackerDroppedEvent, user_data, NULL, tracker_dropped_event_clear);

  event->address = g_strdup (address);
  redes_node_message_send_up (event, read_tracker_dropped);
}

gboolean
redes_node_lan_is_found_tracker (RedesNode *self, const char *address)
{
  GListModel *model = G_LIST_MODEL (self->found);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (RedesFound) item = g_list_model_get_item (model, i);

      if (redes_found_is_tracker (item) && redes_found_is_used (item)
          && g_str_equal (redes_found_get_address (item), address))
        return TRUE;
    }
  return FALSE;
}

/* The node's part. */

static void
on_network_changed (GNetworkMonitor *monitor, gboolean available, gpointer user_data)
{
  redes_node_refresh_lan (user_data);
}

/* The monitor lives in the front end's thread, which stays. It only makes the engine look a little
 * sooner. */
void
redes_node_lan_watch_network (RedesNode *self)
{
  gboolean wanted = self->running;

  if (wanted == self->watches_network)
    return;
  self->watches_network = wanted;
  if (wanted)
    g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                             G_CALLBACK (on_network_changed), self, 0);
  else
    g_signal_handlers_disconnect_by_func (g_network_monitor_get_default (), on_network_changed,
                                          self);
}

void
redes_node_lan_stop (RedesNode *self)
{
  redes_node_lan_watch_network (self);
  g_list_store_remove_all (self->found);
}

GListModel *
redes_node_get_found (RedesNode *self)
{
  return G_LIST_MODEL (self->found);
}

static void
run_refresh (gpointer data)
{
  RedesNodeMessage *call = data;

  redes_core_refresh_lan (call->node->core);
  redes_core_try_again_now (call->node->core);
  redes_node_message_free (call);
}

void
redes_node_refresh_lan (RedesNode *self)
{
  if (self->running)
    redes_node_message_send_down (redes_node_message_new (RedesNodeMessage, self, NULL, NULL),
                                  run_refresh);
}

/* Browsing. */

/**
 * BrowseCall:
 * @peer: whom to ask
 * @address: (nullable): where it listens
 * @rows: (element-type RedesResultEntry): the answer
 */
typedef struct
{
  RedesNodeMessage base;
  RedesNodeQuery *query;
  RedesPeerId peer;
  char *address;
  GPtrArray *rows;
} BrowseCall;

static void
browse_call_clear (gpointer data)
{
  BrowseCall *call = data;

  redes_node_query_free (call->query);
  g_free (call->address);
  g_clear_pointer (&call->rows, g_ptr_array_unref);
}

static void
read_browse (gpointer data)
{
  static const char *const no_trackers[] = { NULL };
  BrowseCall *call = data;
  GListStore *store;

  if (call->base.error != NULL)
    {
      g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
      return;
    }
  store = g_list_store_new (REDES_TYPE_RESULT);
  for (guint i = 0; i < call->rows->len; i++)
    {
      g_autoptr (RedesResult) result
          = redes_result_new (g_ptr_array_index (call->rows, i), no_trackers);

      g_list_store_append (store, result);
    }
  g_task_return_pointer (call->base.task, store, g_object_unref);
}

static void
browse_cb (RedesLookupResult *result, gpointer user_data)
{
  BrowseCall *call = user_data;

  redes_node_query_end (call->query);
  call->rows = g_steal_pointer (&result->rows);
  if (result->error != NULL)
    call->base.error
        = redes_error_new_from (result->error, REDES_NOTICE_CANNOT_BROWSE, result->error);
  redes_node_message_send_up (call, read_browse);
}

static void
run_browse (gpointer data)
{
  BrowseCall *call = data;

  redes_node_query_begin (call->query,
                          redes_lookup_browse (redes_core_get_lookup (call->base.node->core),
                                               &call->peer, call->address, browse_cb, call));
}

void
redes_node_browse_async (RedesNode *self,
                         const RedesPeerId *id,
                         const char *address,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task
      = redes_node_begin_task (self, cancellable, callback, user_data, redes_node_browse_async);
  BrowseCall *call;

  if (task == NULL)
    return;
  call = redes_node_message_new (BrowseCall, self, task, browse_call_clear);
  call->query = redes_node_query_new (self, cancellable);
  call->peer = *id;
  call->address = g_strdup (address);
  redes_node_message_send_down (call, run_browse);
}

GListModel *
redes_node_browse_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

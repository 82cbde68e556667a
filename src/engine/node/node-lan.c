/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-lan-private.h"

#include "engine/base/error.h"
#include "engine/node/found-private.h"

enum
{
  SIGNAL_FOUND,
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Letters up. */

typedef struct
{
  RedesNode *node;
  RedesFound *found;
  char *address;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_object (&news->found);
  g_free (news->address);
  g_free (news);
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
  News *news = data;

  g_list_store_append (news->node->found, news->found);
  g_signal_emit (news->node, signals[SIGNAL_FOUND], 0, news->found);
}

static void
read_lost (gpointer data)
{
  News *news = data;
  g_autoptr (RedesFound) item = NULL;
  guint place;

  if (!find_place (news->node, news->found, &place))
    return;
  item = g_list_model_get_item (G_LIST_MODEL (news->node->found), place);
  g_list_store_remove (news->node->found, place);
  g_signal_emit (news->node, signals[SIGNAL_LOST], 0, item);
}

static void
read_tracker_dropped (gpointer data)
{
  News *news = data;
  GListModel *model = G_LIST_MODEL (news->node->trackers);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (model, i);

      if (!g_str_equal (redes_tracker_item_get_address (item), news->address))
        continue;
      g_list_store_remove (news->node->trackers, i);
      return;
    }
}

static void
send_news (RedesNode *node, RedesFound *found, const char *address, void (*func) (gpointer))
{
  News *news = g_new0 (News, 1);

  /* Not a reference: the main queue closes before the node goes. */
  news->node = node;
  news->found = found;
  news->address = g_strdup (address);
  redes_main_queue_send (node->main_queue, func, news, news_free);
}

void
redes_node_lan_on_found (const RedesSighting *sighting, gpointer user_data)
{
  send_news (user_data, redes_found_new (sighting), NULL, read_found);
}

void
redes_node_lan_on_lost (const RedesSighting *sighting, gpointer user_data)
{
  send_news (user_data, redes_found_new (sighting), NULL, read_lost);
}

void
redes_node_lan_on_tracker_dropped (const char *address, gpointer user_data)
{
  send_news (user_data, NULL, address, read_tracker_dropped);
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

void
redes_node_lan_class_init (GType type)
{
  signals[SIGNAL_FOUND] = g_signal_new ("found", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, REDES_TYPE_FOUND);
  signals[SIGNAL_LOST] = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, REDES_TYPE_FOUND);
}

void
redes_node_lan_init (RedesNode *self)
{
  self->found = g_list_store_new (REDES_TYPE_FOUND);
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
  RedesNodeCall *call = data;

  redes_core_refresh_lan (call->node->core);
  redes_core_try_again_now (call->node->core);
  redes_node_call_free (call);
}

void
redes_node_refresh_lan (RedesNode *self)
{
  if (self->running)
    redes_node_call_send_down (redes_node_call_new (self, NULL), run_refresh);
}

/* Browsing. */

static void
read_browse (gpointer data)
{
  RedesNodeCall *call = data;
  GListStore *store;

  if (call->error != NULL)
    {
      g_task_return_error (call->task, g_steal_pointer (&call->error));
      return;
    }
  store = g_list_store_new (REDES_TYPE_RESULT);
  for (guint i = 0; i < call->rows->len; i++)
    {
      const char *trackers[] = { NULL };
      g_autoptr (RedesResult) result
          = redes_result_new (g_ptr_array_index (call->rows, i), trackers);

      g_list_store_append (store, result);
    }
  g_task_return_pointer (call->task, store, g_object_unref);
}

static void
browse_cb (RedesLookupResult *result, gpointer user_data)
{
  RedesNodeCall *call = user_data;

  call->rows = g_steal_pointer (&result->rows);
  if (result->error != NULL)
    {
      call->error = redes_error_new_from (result->error, REDES_NOTICE_CANNOT_BROWSE, result->error);
    }
  redes_node_call_send_up (call, read_browse);
}

static void
run_browse (gpointer data)
{
  RedesNodeCall *call = data;
  RedesPeerId id;

  redes_digest_from_text (call->text, -1, &id);
  redes_lookup_browse (redes_core_get_lookup (call->node->core), &id, call->more_text, browse_cb,
                       call);
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
  RedesNodeCall *call;

  if (task == NULL)
    return;
  call = redes_node_call_new (self, task);
  call->text = redes_digest_dup_hex (id);
  call->more_text = g_strdup (address);
  redes_node_call_send_down (call, run_browse);
}

GListModel *
redes_node_browse_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
redes_node_search_get_peers (GAsyncResult *result, guint *n_asked, guint *n_answered)
{
  const RedesLookupTally *tally = g_task_get_task_data (G_TASK (result));

  *n_asked = tally != NULL ? tally->peers_asked : 0;
  *n_answered = tally != NULL ? tally->peers_answered : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"
#include "engine/base/error.h"
#include "engine/node/node-lan-private.h"
#include "engine/node/node-peers.h"
#include "engine/node/node-publishers.h"

REDES_DEFINE_ERROR (redes_node_error)

G_DEFINE_FINAL_TYPE (RedesNode, redes_node, G_TYPE_OBJECT)

guint redes_node_signals[REDES_NODE_N_SIGNALS];

/* Calls down. */

RedesNodeCall *
redes_node_call_new (RedesNode *node, GTask *task)
{
  RedesNodeCall *call = g_new0 (RedesNodeCall, 1);

  call->node = node;
  call->task = task;
  return call;
}

void
redes_node_call_free (gpointer data)
{
  RedesNodeCall *call = data;

  g_clear_object (&call->task);
  g_free (call->text);
  g_free (call->more_text);
  redes_notice_unref (call->notice);
  g_clear_pointer (&call->link, redes_link_free);
  g_clear_error (&call->error);
  g_clear_pointer (&call->held, g_hash_table_unref);
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  g_clear_pointer (&call->ids, g_array_unref);
  g_clear_pointer (&call->origins, g_ptr_array_unref);
  g_clear_pointer (&call->contents, g_ptr_array_unref);
  g_clear_object (&call->results);
  g_clear_pointer (&call->sessions, g_ptr_array_unref);
  redes_classic_file_free (call->classic);
  g_strfreev (call->guests);
  g_free (call);
}

void
redes_node_call_send_down (RedesNodeCall *call, void (*func) (gpointer data))
{
  redes_loop_thread_invoke (call->node->thread, func, call);
}

void
redes_node_call_send_up (RedesNodeCall *call, void (*func) (gpointer data))
{
  redes_main_queue_send (call->node->main_queue, func, call, redes_node_call_free);
}

/* A task that fails at once when the node is not running. */
GTask *
redes_node_begin_task (RedesNode *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data,
                       gpointer tag)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  if (self->running)
    return task;
  g_task_return_error (
      task, redes_error_new (REDES_IO_ERROR, G_IO_ERROR_CLOSED, REDES_NOTICE_NOT_RUNNING));
  g_object_unref (task);
  return NULL;
}

static void
redes_node_finalize (GObject *object)
{
  RedesNode *self = REDES_NODE (object);

  if (self->running)
    g_critical ("a node was dropped while it was running: redes_node_stop_async() comes first");
  redes_main_queue_close (self->main_queue);
  redes_main_queue_unref (self->main_queue);
  redes_config_free (self->config);
  g_free (self->address);
  g_ptr_array_unref (self->tracker_names);
  g_object_unref (self->shares);
  g_object_unref (self->transfers);
  g_object_unref (self->trackers);
  g_object_unref (self->classic_trackers);
  g_object_unref (self->found);
  g_hash_table_unref (self->transfers_by_id);
  g_clear_pointer (&self->share_events, g_array_unref);
  g_mutex_clear (&self->share_events_lock);
  g_object_unref (self->publishers);
  g_hash_table_unref (self->publishers_by_id);
  redes_node_stop_watching (self);
  g_object_unref (self->peers);
  g_hash_table_unref (self->peers_by_id);
  G_OBJECT_CLASS (redes_node_parent_class)->finalize (object);
}

static void
add_signal (RedesNodeSignal id, const char *name, guint n_params, ...)
{
  va_list types;

  va_start (types, n_params);
  redes_node_signals[id] = g_signal_new_valist (name, REDES_TYPE_NODE, G_SIGNAL_RUN_LAST, NULL,
                                                NULL, NULL, NULL, G_TYPE_NONE, n_params, types);
  va_end (types);
}

static void
redes_node_class_init (RedesNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_node_finalize;

  add_signal (REDES_NODE_LISTENING, "listening", 1, G_TYPE_STRING);
  add_signal (REDES_NODE_TRACKER_CHANGED, "tracker-changed", 1, REDES_TYPE_TRACKER_ITEM);
  add_signal (REDES_NODE_SHARED, "shared", 1, REDES_TYPE_SHARED_ITEM);
  add_signal (REDES_NODE_SHARE_SKIPPED, "share-skipped", 2, G_TYPE_STRING, G_TYPE_ERROR);
  add_signal (REDES_NODE_WITHDRAWN, "withdrawn", 2, REDES_TYPE_SHARED_ITEM, REDES_TYPE_NOTICE);
  add_signal (REDES_NODE_HASHING, "hashing", 6, G_TYPE_UINT64, G_TYPE_UINT64, G_TYPE_UINT,
              G_TYPE_UINT, G_TYPE_DOUBLE, G_TYPE_BOOLEAN);
  add_signal (REDES_NODE_SHARING_IDLE, "sharing-idle", 0);
  add_signal (REDES_NODE_TRANSFER_CHANGED, "transfer-changed", 1, REDES_TYPE_TRANSFER);
  add_signal (REDES_NODE_TRANSFER_RESUMED, "transfer-resumed", 3, REDES_TYPE_TRANSFER, G_TYPE_UINT,
              G_TYPE_UINT);
  add_signal (REDES_NODE_TRANSFER_REMOVED, "transfer-removed", 1, REDES_TYPE_TRANSFER);
  add_signal (REDES_NODE_BLOCK_REJECTED, "block-rejected", 5, G_TYPE_STRING, G_TYPE_STRING,
              G_TYPE_INT64, G_TYPE_STRING, REDES_TYPE_TRANSFER);
  add_signal (REDES_NODE_NOTICE, "notice", 1, REDES_TYPE_NOTICE);
  add_signal (REDES_NODE_CONNECTED, "connected", 0);
  redes_node_lan_class_init (REDES_TYPE_NODE);
}

static void
redes_node_init (RedesNode *self)
{
  self->main_queue = redes_main_queue_new (g_main_context_get_thread_default ());
  self->tracker_names = g_ptr_array_new_with_free_func (g_free);
  self->shares = redes_shares_model_new (self->tracker_names);
  g_mutex_init (&self->share_events_lock);
  self->transfers = g_list_store_new (REDES_TYPE_TRANSFER);
  self->trackers = g_list_store_new (REDES_TYPE_TRACKER_ITEM);
  self->classic_trackers = g_list_store_new (REDES_TYPE_TRACKER_ITEM);
  self->transfers_by_id = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->publishers = g_list_store_new (REDES_TYPE_PUBLISHER_ITEM);
  self->publishers_by_id
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_object_unref);
  self->peers = g_list_store_new (REDES_TYPE_PEER);
  self->peers_by_id
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_object_unref);
  redes_node_lan_init (self);
}

RedesNode *
redes_node_new (const RedesConfig *config)
{
  RedesNode *self = g_object_new (REDES_TYPE_NODE, NULL);

  self->config = redes_config_copy (config);
  for (guint i = 0; config->trackers[i] != NULL; i++)
    g_ptr_array_add (self->tracker_names, g_strdup (config->trackers[i]));
  g_ptr_array_add (self->tracker_names, NULL);
  return self;
}

/* Start and stop. */

static void
read_started (gpointer data)
{
  RedesNodeCall *call = data;
  RedesNode *self = call->node;

  g_clear_pointer (&self->start_config, redes_config_free);
  if (call->error != NULL)
    {
      g_clear_pointer (&self->thread, redes_loop_thread_free);
      g_task_return_error (call->task, g_steal_pointer (&call->error));
      return;
    }
  self->running = TRUE;
  self->has_peer_id = TRUE;
  redes_digest_from_text (call->more_text, -1, &self->peer_id);
  g_free (self->address);
  self->address = g_strdup (call->text);
  if (self->address != NULL)
    g_signal_emit (self, redes_node_signals[REDES_NODE_LISTENING], 0, self->address);
  redes_node_lan_watch_network (self);
  g_task_return_boolean (call->task, TRUE);
}

static void
run_start (gpointer data)
{
  RedesNodeCall *call = data;
  RedesNode *self = call->node;

  self->core = redes_core_new (self->start_config, &redes_node_core_events, self, &call->error);
  if (self->core != NULL)
    {
      call->text = g_strdup (redes_core_get_address (self->core));
      call->more_text = redes_digest_dup_hex (redes_core_get_peer_id (self->core));
    }
  redes_node_call_send_up (call, read_started);
  /* That it is there is told before what it has. */
  if (self->core != NULL)
    redes_core_restore (self->core);
}

void
redes_node_start_async (RedesNode *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (self->thread == NULL);

  g_task_set_source_tag (task, redes_node_start_async);
  self->start_config = redes_config_copy (self->config);
  self->thread = redes_loop_thread_new ("redes-engine", self->config->niceness);
  redes_node_call_send_down (redes_node_call_new (self, task), run_start);
}

gboolean
redes_node_start_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
read_stopped (gpointer data)
{
  RedesNodeCall *call = data;

  g_clear_pointer (&call->node->thread, redes_loop_thread_free);
  g_task_return_boolean (call->task, TRUE);
}

static void
run_stop (gpointer data)
{
  RedesNodeCall *call = data;

  /* Queries that are still open end now, and look at what is held here. */
  redes_core_free (call->node->core);
  call->node->core = NULL;
  redes_node_call_send_up (call, read_stopped);
}

void
redes_node_stop_async (RedesNode *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, redes_node_stop_async);
  if (!self->running)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  self->running = FALSE;
  redes_node_lan_stop (self);
  redes_node_call_send_down (redes_node_call_new (self, task), run_stop);
}

gboolean
redes_node_stop_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const RedesPeerId *
redes_node_get_peer_id (RedesNode *self)
{
  return self->has_peer_id ? &self->peer_id : NULL;
}

const char *
redes_node_get_address (RedesNode *self)
{
  return self->address;
}

/* Sharing. */

static void
run_share (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_share (call->node->core, call->text);
  redes_node_call_free (call);
}

void
redes_node_share (RedesNode *self, const char *path)
{
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  call->text = g_canonicalize_filename (path, NULL);
  redes_node_call_send_down (call, run_share);
}

static void
run_unshare (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_unshare (call->node->core, call->text);
  redes_node_call_free (call);
}

void
redes_node_unshare (RedesNode *self, const char *path)
{
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  call->text = g_canonicalize_filename (path, NULL);
  redes_node_call_send_down (call, run_unshare);
}

static void
run_set_hashing_paused (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_set_hashing_paused (call->node->core, call->number != 0);
  redes_node_call_free (call);
}

void
redes_node_set_hashing_paused (RedesNode *self, gboolean paused)
{
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  call->number = paused ? 1 : 0;
  redes_node_call_send_down (call, run_set_hashing_paused);
}

GListModel *
redes_node_get_shares (RedesNode *self)
{
  return G_LIST_MODEL (self->shares);
}

GListModel *
redes_node_get_transfers (RedesNode *self)
{
  return G_LIST_MODEL (self->transfers);
}

GListModel *
redes_node_get_trackers (RedesNode *self)
{
  return G_LIST_MODEL (self->trackers);
}

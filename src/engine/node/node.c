/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/node/found.h"
#include "engine/node/peer.h"
#include "engine/node/publisher-item.h"

REDES_DEFINE_ERROR (redes_node_error)

G_DEFINE_FINAL_TYPE (RedesNode, redes_node, G_TYPE_OBJECT)

guint redes_node_signals[REDES_NODE_N_SIGNALS];

/* Messages between the two halves. */

gpointer
redes_node_message_alloc (gsize size, RedesNode *node, GTask *task, GDestroyNotify clear)
{
  RedesNodeMessage *message = g_malloc0 (size);

  message->node = node;
  message->task = task;
  message->clear = clear;
  return message;
}

void
redes_node_message_free (gpointer data)
{
  RedesNodeMessage *message = data;

  if (message->clear != NULL)
    message->clear (message);
  g_clear_object (&message->task);
  g_clear_error (&message->error);
  g_free (message);
}

void
redes_node_message_send_down (gpointer message, void (*func) (gpointer message))
{
  redes_loop_thread_invoke (((RedesNodeMessage *)message)->node->thread, func, message);
}

void
redes_node_message_send_up (gpointer message, void (*func) (gpointer message))
{
  redes_main_queue_send (((RedesNodeMessage *)message)->node->main_queue, func, message,
                         redes_node_message_free);
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
  g_hash_table_unref (self->listings);
  g_clear_pointer (&self->share_events, g_array_unref);
  g_mutex_clear (&self->share_events_lock);
  g_object_unref (self->publishers);
  g_hash_table_unref (self->publishers_by_id);
  redes_timer_clear (&self->watch_source);
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
  add_signal (REDES_NODE_FOUND, "found", 1, REDES_TYPE_FOUND);
  add_signal (REDES_NODE_LOST, "lost", 1, REDES_TYPE_FOUND);
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
  self->found = g_list_store_new (REDES_TYPE_FOUND);
  self->transfers_by_id = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->listings = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->publishers = g_list_store_new (REDES_TYPE_PUBLISHER_ITEM);
  self->publishers_by_id
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_object_unref);
  self->peers = g_list_store_new (REDES_TYPE_PEER);
  self->peers_by_id
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_object_unref);
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

typedef struct
{
  RedesNodeMessage base;
  char *path;
} PathCall;

static void
path_call_clear (gpointer data)
{
  g_free (((PathCall *)data)->path);
}

static void
send_path_down (RedesNode *self, const char *path, void (*func) (gpointer data))
{
  PathCall *call = redes_node_message_new (PathCall, self, NULL, path_call_clear);

  call->path = g_canonicalize_filename (path, NULL);
  redes_node_message_send_down (call, func);
}

static void
run_share (gpointer data)
{
  PathCall *call = data;

  redes_core_share (call->base.node->core, call->path);
  redes_node_message_free (call);
}

void
redes_node_share (RedesNode *self, const char *path)
{
  g_return_if_fail (self->running);

  send_path_down (self, path, run_share);
}

static void
run_unshare (gpointer data)
{
  PathCall *call = data;

  redes_core_unshare (call->base.node->core, call->path);
  redes_node_message_free (call);
}

void
redes_node_unshare (RedesNode *self, const char *path)
{
  g_return_if_fail (self->running);

  send_path_down (self, path, run_unshare);
}

typedef struct
{
  RedesNodeMessage base;
  gboolean paused;
} PauseHashingCall;

static void
run_set_hashing_paused (gpointer data)
{
  PauseHashingCall *call = data;

  redes_core_set_hashing_paused (call->base.node->core, call->paused);
  redes_node_message_free (call);
}

void
redes_node_set_hashing_paused (RedesNode *self, gboolean paused)
{
  PauseHashingCall *call;

  g_return_if_fail (self->running);

  call = redes_node_message_new (PauseHashingCall, self, NULL, NULL);
  call->paused = paused;
  redes_node_message_send_down (call, run_set_hashing_paused);
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

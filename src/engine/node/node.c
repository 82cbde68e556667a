/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-lan-private.h"

G_DEFINE_QUARK (redes_node_error, redes_node_error)

G_DEFINE_FINAL_TYPE (RedesNode, redes_node, G_TYPE_OBJECT)

enum
{
  SIGNAL_LISTENING,
  SIGNAL_TRACKER_CHANGED,
  SIGNAL_SHARED,
  SIGNAL_SHARE_SKIPPED,
  SIGNAL_SHARING_IDLE,
  SIGNAL_TRANSFER_CHANGED,
  SIGNAL_BLOCK_REJECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Letters up: what the core tells, in the engine's thread, and what the face does about it. */

typedef struct
{
  RedesNode *node;
  char *text;
  char *more_text;
  gint state;
  RedesManifest *manifest;
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
  g_clear_pointer (&news->manifest, redes_manifest_unref);
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
  g_signal_emit (self, signals[SIGNAL_TRACKER_CHANGED], 0, item);
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

static void
read_shared (gpointer data)
{
  News *news = data;
  RedesNode *self = news->node;
  g_autoptr (RedesSharedItem) item = redes_shared_item_new (
      news->manifest, g_steal_pointer (&news->text), self->tracker_names);

  g_list_store_append (self->shares, item);
  g_signal_emit (self, signals[SIGNAL_SHARED], 0, item);
}

static void
on_shared (RedesManifest *manifest, const char *path, gpointer user_data)
{
  News *news = news_new (user_data, path);

  news->manifest = redes_manifest_ref (manifest);
  send_news (news, read_shared);
}

static void
read_skipped (gpointer data)
{
  News *news = data;

  g_signal_emit (news->node, signals[SIGNAL_SHARE_SKIPPED], 0, news->text, news->error);
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

  g_signal_emit (news->node, signals[SIGNAL_SHARING_IDLE], 0);
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

  if (transfer == NULL || redes_transfer_is_over (transfer))
    return;
  redes_transfer_update (transfer, news->snapshot);
  g_signal_emit (self, signals[SIGNAL_TRANSFER_CHANGED], 0, transfer);
}

static void
on_transfer_changed (RedesTransferSnapshot *snapshot, gpointer user_data)
{
  News *news = news_new (user_data, NULL);

  news->snapshot = snapshot;
  send_news (news, read_transfer_changed);
}

static void
read_offence (gpointer data)
{
  News *news = data;
  RedesTransfer *transfer
      = g_hash_table_lookup (news->node->transfers_by_id, GUINT_TO_POINTER (news->transfer_id));
  g_auto (GStrv) parts = g_strsplit (news->text, "\n", 2);

  g_signal_emit (news->node, signals[SIGNAL_BLOCK_REJECTED], 0, parts[0], parts[1], news->block,
                 news->more_text, transfer);
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
  g_clear_pointer (&call->link, redes_link_free);
  g_clear_error (&call->error);
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  g_clear_pointer (&call->origins, g_ptr_array_unref);
  redes_classic_file_free (call->classic);
  g_free (call);
}

void
redes_node_call_send_down (RedesNodeCall *call, void (*func) (gpointer data))
{
  redes_engine_thread_invoke (call->node->thread, func, call);
}

void
redes_node_call_send_up (RedesNodeCall *call, void (*func) (gpointer data))
{
  redes_mailbox_send (call->node->mailbox, func, call, redes_node_call_free);
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
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "This peer is not running");
  g_object_unref (task);
  return NULL;
}

static void
redes_node_finalize (GObject *object)
{
  RedesNode *self = REDES_NODE (object);

  if (self->running)
    g_critical ("a node was dropped while it was running: redes_node_stop_async() comes first");
  redes_mailbox_close (self->mailbox);
  redes_mailbox_unref (self->mailbox);
  redes_config_free (self->config);
  g_free (self->address);
  g_ptr_array_unref (self->tracker_names);
  g_object_unref (self->shares);
  g_object_unref (self->transfers);
  g_object_unref (self->trackers);
  g_object_unref (self->found);
  g_hash_table_unref (self->transfers_by_id);
  G_OBJECT_CLASS (redes_node_parent_class)->finalize (object);
}

static void
redes_node_class_init (RedesNodeClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = redes_node_finalize;

  signals[SIGNAL_LISTENING] = g_signal_new ("listening", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TRACKER_CHANGED]
      = g_signal_new ("tracker-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                      1, REDES_TYPE_TRACKER_ITEM);
  signals[SIGNAL_SHARED] = g_signal_new ("shared", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, REDES_TYPE_SHARED_ITEM);
  signals[SIGNAL_SHARE_SKIPPED]
      = g_signal_new ("share-skipped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                      G_TYPE_STRING, G_TYPE_ERROR);
  signals[SIGNAL_SHARING_IDLE]
      = g_signal_new ("sharing-idle", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TRANSFER_CHANGED]
      = g_signal_new ("transfer-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                      1, REDES_TYPE_TRANSFER);
  signals[SIGNAL_BLOCK_REJECTED] = g_signal_new (
      "block-rejected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 5, G_TYPE_STRING,
      G_TYPE_STRING, G_TYPE_INT64, G_TYPE_STRING, REDES_TYPE_TRANSFER);
  redes_node_lan_class_init (type);
}

static void
redes_node_init (RedesNode *self)
{
  self->mailbox = redes_mailbox_new (g_main_context_get_thread_default ());
  self->tracker_names = g_ptr_array_new_with_free_func (g_free);
  self->shares = g_list_store_new (REDES_TYPE_SHARED_ITEM);
  self->transfers = g_list_store_new (REDES_TYPE_TRANSFER);
  self->trackers = g_list_store_new (REDES_TYPE_TRACKER_ITEM);
  self->transfers_by_id = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
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

  if (call->error != NULL)
    {
      g_clear_pointer (&self->thread, redes_engine_thread_free);
      g_task_return_error (call->task, g_steal_pointer (&call->error));
      return;
    }
  self->running = TRUE;
  self->has_peer_id = TRUE;
  redes_digest_from_text (call->more_text, -1, &self->peer_id);
  g_free (self->address);
  self->address = g_strdup (call->text);
  if (self->address != NULL)
    g_signal_emit (self, signals[SIGNAL_LISTENING], 0, self->address);
  redes_node_lan_start (self);
  g_task_return_boolean (call->task, TRUE);
}

static void
run_start (gpointer data)
{
  static const RedesCoreEvents events = { .tracker_changed = on_tracker_changed,
                                          .shared = on_shared,
                                          .skipped = on_skipped,
                                          .idle = on_idle,
                                          .transfer_changed = on_transfer_changed,
                                          .offence = on_offence,
                                          .tracker_dropped = redes_node_lan_on_tracker_dropped,
                                          .found = redes_node_lan_on_found,
                                          .lost = redes_node_lan_on_lost };
  RedesNodeCall *call = data;
  RedesNode *self = call->node;

  self->core = redes_core_new (self->config, &events, self, &call->error);
  if (self->core != NULL)
    {
      call->text = g_strdup (redes_core_get_address (self->core));
      call->more_text = redes_digest_dup_hex (redes_core_get_peer_id (self->core));
    }
  redes_node_call_send_up (call, read_started);
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
  self->thread = redes_engine_thread_new ("redes-engine");
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

  g_clear_pointer (&call->node->thread, redes_engine_thread_free);
  g_task_return_boolean (call->task, TRUE);
}

static void
run_stop (gpointer data)
{
  RedesNodeCall *call = data;

  g_clear_pointer (&call->node->core, redes_core_free);
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

/* Sharing and downloading. */

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

RedesTransfer *
redes_node_find_running (RedesNode *self, const RedesContentId *content)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->transfers_by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!redes_transfer_is_over (value)
        && redes_digest_equal (redes_transfer_get_content (value), content))
      return value;
  return NULL;
}

static void
run_download (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_download (call->node->core, call->number, call->link, call->text, call->more_text);
  redes_node_call_free (call);
}

RedesTransfer *
redes_node_download (RedesNode *self, const RedesLink *link, const char *target)
{
  RedesTransfer *transfer = redes_node_find_running (self, &link->content);
  g_autofree char *absolute = NULL;
  RedesNodeCall *call;

  g_return_val_if_fail (self->running, NULL);

  if (transfer != NULL)
    return g_object_ref (transfer);
  if (target != NULL)
    absolute = g_canonicalize_filename (target, NULL);
  transfer = redes_transfer_new (++self->last_transfer_id, link);
  g_hash_table_insert (self->transfers_by_id, GUINT_TO_POINTER (self->last_transfer_id),
                       g_object_ref (transfer));
  g_list_store_append (self->transfers, transfer);

  call = redes_node_call_new (self, NULL);
  call->number = self->last_transfer_id;
  call->link = redes_link_copy (link);
  call->text
      = absolute != NULL ? g_path_get_dirname (absolute) : g_strdup (self->config->download_dir);
  call->more_text = g_steal_pointer (&absolute);
  redes_node_call_send_down (call, run_download);
  return transfer;
}

static void
run_cancel (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_cancel (call->node->core, call->number);
  redes_node_call_free (call);
}

void
redes_node_cancel (RedesNode *self, RedesTransfer *transfer)
{
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  call->number = redes_transfer_get_id (transfer);
  redes_node_call_send_down (call, run_cancel);
}

static void
run_set_limits (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_set_limits (call->node->core, call->up, call->down);
  redes_node_call_free (call);
}

void
redes_node_set_limits (RedesNode *self, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s)
{
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  call->up = max_up_bytes_per_s;
  call->down = max_down_bytes_per_s;
  redes_node_call_send_down (call, run_set_limits);
}

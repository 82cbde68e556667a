/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-peers.h"

#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/node/node-private.h"
#include "engine/node/peer-private.h"

#define REFRESH_MS 2000
/* While this peer talks with nobody: nothing but who is there can change. */
#define QUIET_REFRESH_US (5 * G_USEC_PER_SEC)
/* Longer than a tracker that is slow to answer. */
#define FORGET_AFTER_US (8 * G_USEC_PER_SEC)

GListModel *
redes_node_get_peers (RedesNode *self)
{
  return G_LIST_MODEL (self->peers);
}

static RedesPeer *
ensure_peer (RedesNode *self, const RedesPeerId *id)
{
  RedesPeer *peer = g_hash_table_lookup (self->peers_by_id, id);

  if (peer != NULL)
    return peer;
  peer = redes_peer_new (id);
  g_hash_table_insert (self->peers_by_id, (gpointer)redes_peer_get_id (peer), peer);
  g_list_store_append (self->peers, peer);
  return peer;
}

static void
forget_silent (RedesNode *self, gint64 now_us)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->peers)); i > 0; i--)
    {
      g_autoptr (RedesPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->peers), i - 1);

      if (now_us - redes_peer_get_seen_us (peer) < FORGET_AFTER_US)
        continue;
      g_list_store_remove (self->peers, i - 1);
      g_hash_table_remove (self->peers_by_id, redes_peer_get_id (peer));
    }
}

/* What trackers, the network around and sessions say of one peer, together. */
static GHashTable *
gather (RedesNode *self, GPtrArray *listed, GPtrArray *sessions)
{
  GHashTable *by_id = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, NULL);

  for (guint i = 0; i < sessions->len; i++)
    {
      RedesPeerStatus *news = g_ptr_array_index (sessions, i);

      g_hash_table_insert (by_id, &news->endpoint.id, news);
    }
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const RedesKnownPeer *peer = g_ptr_array_index (listed, i);
      RedesPeerStatus *news = g_hash_table_lookup (by_id, &peer->endpoint.id);

      if (redes_digest_equal (&peer->endpoint.id, &self->peer_id))
        continue;
      if (news == NULL)
        {
          news = redes_peer_status_new (&peer->endpoint);
          g_ptr_array_add (sessions, news);
          g_hash_table_insert (by_id, &news->endpoint.id, news);
        }
      news->how |= peer->how;
    }
  return by_id;
}

/**
 * RefreshCall:
 * @listed: (element-type RedesKnownPeer): who is there, as trackers and those around say
 * @sessions: (element-type RedesPeerStatus): who is connected
 */
typedef struct
{
  RedesNodeMessage base;
  GPtrArray *listed;
  GPtrArray *sessions;
} RefreshCall;

static void
refresh_call_clear (gpointer data)
{
  RefreshCall *call = data;

  g_clear_pointer (&call->listed, g_ptr_array_unref);
  g_clear_pointer (&call->sessions, g_ptr_array_unref);
}

static void
read_peers (gpointer data)
{
  RefreshCall *call = data;
  RedesNode *self = call->base.node;
  gint64 now_us = g_get_monotonic_time ();
  gboolean quiet = call->sessions->len == 0;
  g_autoptr (GHashTable) by_id = gather (self, call->listed, call->sessions);
  GHashTableIter iter;
  gpointer key, value;

  self->asking_for_peers = FALSE;
  if (quiet && self->watch_source != NULL)
    g_source_set_ready_time (self->watch_source, now_us + QUIET_REFRESH_US);
  g_hash_table_iter_init (&iter, by_id);
  while (g_hash_table_iter_next (&iter, &key, &value))
    redes_peer_update (ensure_peer (self, key), value, now_us);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->peers)); i++)
    {
      g_autoptr (RedesPeer) peer = g_list_model_get_item (G_LIST_MODEL (self->peers), i);

      if (!g_hash_table_contains (by_id, redes_peer_get_id (peer)))
        redes_peer_update (peer, NULL, now_us);
    }
  forget_silent (self, now_us);
}

static void
listed_cb (RedesLookupResult *result, gpointer user_data)
{
  RefreshCall *call = user_data;

  call->listed = g_steal_pointer (&result->rows);
  call->sessions = redes_core_list_sessions (call->base.node->core);
  redes_node_message_send_up (call, read_peers);
}

static void
run_list_peers (gpointer data)
{
  RefreshCall *call = data;

  redes_lookup_list (redes_core_get_lookup (call->base.node->core), listed_cb, call);
}

static gboolean
on_refresh (gpointer user_data)
{
  RedesNode *self = user_data;

  if (self->running && !self->asking_for_peers)
    {
      self->asking_for_peers = TRUE;
      redes_node_message_send_down (
          redes_node_message_new (RefreshCall, self, NULL, refresh_call_clear), run_list_peers);
    }
  return G_SOURCE_CONTINUE;
}

void
redes_node_watch_peers (RedesNode *self)
{
  if (self->n_watching_peers++ > 0)
    return;
  redes_timer_set (&self->watch_source, NULL, REFRESH_MS, on_refresh, self);
  on_refresh (self);
}

void
redes_node_unwatch_peers (RedesNode *self)
{
  g_return_if_fail (self->n_watching_peers > 0);

  if (--self->n_watching_peers == 0)
    redes_timer_clear (&self->watch_source);
}

/* The blocks of one transfer. */

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id; /* 0: of none */
} WatchBlocksCall;

static void
run_watch_blocks (gpointer data)
{
  WatchBlocksCall *call = data;

  redes_core_watch_blocks (call->base.node->core, call->transfer_id);
  redes_node_message_free (call);
}

void
redes_node_watch_blocks (RedesNode *self, RedesTransfer *transfer)
{
  WatchBlocksCall *call;

  if (!self->running)
    return;
  call = redes_node_message_new (WatchBlocksCall, self, NULL, NULL);
  call->transfer_id = transfer != NULL ? redes_transfer_get_id (transfer) : 0;
  redes_node_message_send_down (call, run_watch_blocks);
}

/* What flows in all. */

typedef struct
{
  RedesNodeMessage base;
  RedesFlow flow;
} FlowCall;

static void
read_flow (gpointer data)
{
  FlowCall *call = data;

  g_task_return_pointer (call->base.task, g_memdup2 (&call->flow, sizeof call->flow), g_free);
}

static void
run_get_flow (gpointer data)
{
  FlowCall *call = data;

  redes_core_get_flow (call->base.node->core, &call->flow.up_bytes_per_s,
                       &call->flow.down_bytes_per_s, &call->flow.n_connections);
  redes_node_message_send_up (call, read_flow);
}

void
redes_node_get_flow_async (RedesNode *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task
      = redes_node_begin_task (self, cancellable, callback, user_data, redes_node_get_flow_async);

  if (task != NULL)
    redes_node_message_send_down (redes_node_message_new (FlowCall, self, task, NULL),
                                  run_get_flow);
}

gboolean
redes_node_get_flow_finish (RedesNode *self, GAsyncResult *result, RedesFlow *out, GError **error)
{
  g_autofree RedesFlow *flow = g_task_propagate_pointer (G_TASK (result), error);

  if (flow != NULL)
    *out = *flow;
  return flow != NULL;
}

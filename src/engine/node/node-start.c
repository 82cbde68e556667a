/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"

#include "engine/node/node-events-private.h"
#include "engine/node/node-lan-private.h"

/* Start and stop. */

/**
 * StartCall:
 * @address: (nullable): where it listens
 * @peer_id: only without an error
 */
typedef struct
{
  RedesNodeMessage base;
  char *address;
  RedesPeerId peer_id;
} StartCall;

static void
start_call_clear (gpointer data)
{
  g_free (((StartCall *)data)->address);
}

static void
read_started (gpointer data)
{
  StartCall *call = data;
  RedesNode *self = call->base.node;

  g_clear_pointer (&self->start_config, redes_config_free);
  if (call->base.error != NULL)
    {
      g_clear_pointer (&self->thread, redes_loop_thread_free);
      g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
      return;
    }
  self->running = TRUE;
  self->has_peer_id = TRUE;
  self->peer_id = call->peer_id;
  g_free (self->address);
  self->address = g_steal_pointer (&call->address);
  if (self->address != NULL)
    g_signal_emit (self, redes_node_signals[REDES_NODE_LISTENING], 0, self->address);
  redes_node_lan_watch_network (self);
  g_task_return_boolean (call->base.task, TRUE);
}

static void
run_start (gpointer data)
{
  StartCall *call = data;
  RedesNode *self = call->base.node;

  self->core
      = redes_core_new (self->start_config, &redes_node_core_events, self, &call->base.error);
  if (self->core != NULL)
    {
      call->address = g_strdup (redes_core_get_address (self->core));
      call->peer_id = *redes_core_get_peer_id (self->core);
    }
  redes_node_message_send_up (call, read_started);
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
  redes_node_message_send_down (redes_node_message_new (StartCall, self, task, start_call_clear),
                                run_start);
}

gboolean
redes_node_start_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
read_stopped (gpointer data)
{
  RedesNodeMessage *call = data;

  g_clear_pointer (&call->node->thread, redes_loop_thread_free);
  g_task_return_boolean (call->task, TRUE);
}

static void
run_stop (gpointer data)
{
  RedesNodeMessage *call = data;

  /* Queries that are still open end now, and look at what is held here. */
  redes_core_free (call->node->core);
  call->node->core = NULL;
  redes_node_message_send_up (call, read_stopped);
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
  redes_node_message_send_down (redes_node_message_new (RedesNodeMessage, self, task, NULL),
                                run_stop);
}

gboolean
redes_node_stop_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

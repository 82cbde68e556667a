/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-configure.h"

#include "engine/node/node-lan-private.h"
#include "engine/node/node-private.h"

/**
 * ConfigureCall:
 * @dropped: (array zero-terminated=1): trackers that were named before
 * @address: (nullable): where it listens then: the answer
 */
typedef struct
{
  RedesNodeMessage base;
  RedesConfig *config;
  GStrv dropped;
  char *address;
} ConfigureCall;

static void
configure_call_clear (gpointer data)
{
  ConfigureCall *call = data;

  redes_config_free (call->config);
  g_strfreev (call->dropped);
  g_free (call->address);
}

static void
forget_tracker (RedesNode *self, const char *address)
{
  GListModel *model = G_LIST_MODEL (self->trackers);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (model, i);

      if (!g_str_equal (redes_tracker_item_get_address (item), address))
        continue;
      g_list_store_remove (self->trackers, i);
      return;
    }
}

/* The last events of the trackers that were left have been read before this. */
static void
read_configured (gpointer data)
{
  ConfigureCall *call = data;
  RedesNode *self = call->base.node;

  for (guint i = 0; call->dropped[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)self->config->trackers, call->dropped[i]))
      forget_tracker (self, call->dropped[i]);
  if (call->address != NULL && g_strcmp0 (self->address, call->address) != 0)
    {
      g_free (self->address);
      self->address = g_strdup (call->address);
      g_signal_emit (self, redes_node_signals[REDES_NODE_LISTENING], 0, self->address);
    }
  if (call->base.error != NULL)
    g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
  else
    g_task_return_boolean (call->base.task, TRUE);
}

static void
run_configure (gpointer data)
{
  ConfigureCall *call = data;
  RedesNode *self = call->base.node;

  /* Without a core its start has failed, or it has just stopped. */
  if (self->core != NULL)
    {
      redes_core_configure (self->core, call->config, &call->base.error);
      call->address = g_strdup (redes_core_get_address (self->core));
    }
  redes_node_message_send_up (call, read_configured);
}

static void
take_tracker_names (RedesNode *self)
{
  /* Shared by all shared items, whose links name them. */
  g_ptr_array_set_size (self->tracker_names, 0);
  for (guint i = 0; self->config->trackers[i] != NULL; i++)
    g_ptr_array_add (self->tracker_names, g_strdup (self->config->trackers[i]));
  g_ptr_array_add (self->tracker_names, NULL);
}

void
redes_node_configure_async (RedesNode *self,
                            const RedesConfig *config,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_auto (GStrv) dropped = g_strdupv (self->config->trackers);
  ConfigureCall *call;

  g_task_set_source_tag (task, redes_node_configure_async);
  redes_config_assign (self->config, config);
  take_tracker_names (self);
  redes_node_lan_watch_network (self);
  /* One that is starting reads the message after its start. */
  if (self->thread == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  call = redes_node_message_new (ConfigureCall, self, task, configure_call_clear);
  call->config = redes_config_copy (config);
  call->dropped = g_steal_pointer (&dropped);
  redes_node_message_send_down (call, run_configure);
}

gboolean
redes_node_configure_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
redes_node_configure (RedesNode *self, const RedesConfig *config)
{
  redes_node_configure_async (self, config, NULL, NULL);
}

const RedesConfig *
redes_node_get_config (RedesNode *self)
{
  return self->config;
}

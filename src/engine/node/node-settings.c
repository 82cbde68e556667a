/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-settings.h"

#include "engine/node/node-lan-private.h"
#include "engine/node/node-private.h"

static void
replace (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

/* Whether there is an engine to tell. One that is starting reads the letter behind that; one whose
 * start failed, or that has just stopped, has no core. */
static gboolean
can_tell (RedesNode *self)
{
  return self->thread != NULL;
}

static void
run_set_nickname (gpointer data)
{
  RedesNodeCall *call = data;

  if (call->node->core != NULL)
    redes_core_set_nickname (call->node->core, call->text);
  redes_node_call_free (call);
}

void
redes_node_set_nickname (RedesNode *self, const char *nickname)
{
  RedesNodeCall *call;

  if (g_strcmp0 (self->config->nickname, nickname) == 0)
    return;
  replace (&self->config->nickname, nickname);
  if (!can_tell (self))
    return;
  call = redes_node_call_new (self, NULL);
  call->text = g_strdup (nickname);
  redes_node_call_send_down (call, run_set_nickname);
}

void
redes_node_set_download_dir (RedesNode *self, const char *folder)
{
  replace (&self->config->download_dir, folder);
}

static void
run_set_cache_bytes (gpointer data)
{
  RedesNodeCall *call = data;

  if (call->node->core != NULL)
    redes_core_set_cache_bytes (call->node->core, call->up);
  redes_node_call_free (call);
}

void
redes_node_set_cache_bytes (RedesNode *self, guint64 bytes)
{
  RedesNodeCall *call;

  self->config->cache_bytes = bytes;
  if (!can_tell (self))
    return;
  call = redes_node_call_new (self, NULL);
  call->up = bytes;
  redes_node_call_send_down (call, run_set_cache_bytes);
}

/* Trackers. */

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

/* By now the last that those who were left had to say has been read. */
static void
read_trackers_set (gpointer data)
{
  RedesNodeCall *call = data;
  g_auto (GStrv) gone = g_strsplit (call->more_text, "\n", -1);

  for (guint i = 0; gone[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)call->node->config->trackers, gone[i]))
      forget_tracker (call->node, gone[i]);
}

static void
run_set_trackers (gpointer data)
{
  RedesNodeCall *call = data;
  g_auto (GStrv) trackers = g_strsplit (call->text, "\n", -1);

  if (call->node->core != NULL)
    redes_core_set_trackers (call->node->core, (const char *const *)trackers);
  redes_node_call_send_up (call, read_trackers_set);
}

void
redes_node_set_trackers (RedesNode *self, const char *const *trackers)
{
  g_auto (GStrv) old = g_steal_pointer (&self->config->trackers);
  RedesNodeCall *call;

  self->config->trackers = g_strdupv ((char **)trackers);
  /* Shared by all shared items, whose links name them. */
  g_ptr_array_set_size (self->tracker_names, 0);
  for (guint i = 0; trackers[i] != NULL; i++)
    g_ptr_array_add (self->tracker_names, g_strdup (trackers[i]));
  g_ptr_array_add (self->tracker_names, NULL);
  if (!can_tell (self))
    return;
  call = redes_node_call_new (self, NULL);
  call->text = g_strjoinv ("\n", self->config->trackers);
  call->more_text = g_strjoinv ("\n", old);
  redes_node_call_send_down (call, run_set_trackers);
}

static void
run_set_refused_trackers (gpointer data)
{
  RedesNodeCall *call = data;
  g_auto (GStrv) ids = g_strsplit (call->text, "\n", -1);

  if (call->node->core != NULL)
    redes_core_set_refused_trackers (call->node->core, (const char *const *)ids);
  redes_node_call_free (call);
}

void
redes_node_set_refused_trackers (RedesNode *self, const char *const *ids)
{
  RedesNodeCall *call;

  g_strfreev (self->config->refused_trackers);
  self->config->refused_trackers = g_strdupv ((char **)ids);
  if (!can_tell (self))
    return;
  call = redes_node_call_new (self, NULL);
  call->text = g_strjoinv ("\n", self->config->refused_trackers);
  redes_node_call_send_down (call, run_set_refused_trackers);
}

/* The listening port. */

static void
read_listen_port (gpointer data)
{
  RedesNodeCall *call = data;
  RedesNode *self = call->node;

  if (call->error != NULL)
    {
      g_task_return_error (call->task, g_steal_pointer (&call->error));
      return;
    }
  if (call->text != NULL && g_strcmp0 (self->address, call->text) != 0)
    {
      replace (&self->address, call->text);
      g_signal_emit_by_name (self, "listening", self->address);
    }
  g_task_return_boolean (call->task, TRUE);
}

static void
run_set_listen_port (gpointer data)
{
  RedesNodeCall *call = data;

  if (call->node->core != NULL
      && redes_core_set_listen_port (call->node->core, call->number, &call->error))
    call->text = g_strdup (redes_core_get_address (call->node->core));
  redes_node_call_send_up (call, read_listen_port);
}

void
redes_node_set_listen_port_async (RedesNode *self,
                                  guint16 port,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  RedesNodeCall *call;

  g_task_set_source_tag (task, redes_node_set_listen_port_async);
  self->config->listen_port = port;
  if (!can_tell (self))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  call = redes_node_call_new (self, task);
  call->number = port;
  redes_node_call_send_down (call, run_set_listen_port);
}

gboolean
redes_node_set_listen_port_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_set_switches (gpointer data)
{
  RedesNodeCall *call = data;
  RedesCore *core = call->node->core;

  if (core != NULL)
    {
      redes_core_set_openness (core, (call->number & REDES_NODE_USE_FOUND_TRACKERS) != 0,
                               (call->number & REDES_NODE_BROWSABLE) != 0);
      redes_core_set_lan (core, (call->number & REDES_NODE_LAN) != 0);
      redes_core_set_classic (core, (call->number & REDES_NODE_CLASSIC) != 0);
    }
  redes_node_call_free (call);
}

void
redes_node_set_switches (RedesNode *self, RedesNodeSwitches on)
{
  RedesNodeCall *call;

  self->config->lan = (on & REDES_NODE_LAN) != 0;
  self->config->use_found_trackers = (on & REDES_NODE_USE_FOUND_TRACKERS) != 0;
  self->config->browsable = (on & REDES_NODE_BROWSABLE) != 0;
  self->config->classic = (on & REDES_NODE_CLASSIC) != 0;
  redes_node_lan_watch_network (self);
  if (!can_tell (self))
    return;
  call = redes_node_call_new (self, NULL);
  call->number = on;
  redes_node_call_send_down (call, run_set_switches);
}

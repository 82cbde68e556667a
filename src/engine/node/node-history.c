/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-history.h"

#include "engine/node/node-private.h"

#define MAX_ROWS 10000u
/* Some 4 ms, in the engine's thread. */
#define ROWS_PER_TURN 1000u

/* Listing. */

static void
read_history (gpointer data)
{
  RedesNodeCall *call = data;
  g_autoptr (GPtrArray) items = NULL;
  GListStore *store;

  if (call->error != NULL)
    {
      g_task_return_error (call->task, g_steal_pointer (&call->error));
      return;
    }
  items = g_ptr_array_new_full (call->rows->len, g_object_unref);
  g_ptr_array_set_free_func (call->rows, NULL);
  for (guint i = 0; i < call->rows->len; i++)
    g_ptr_array_add (items, redes_history_item_new (g_ptr_array_index (call->rows, i)));
  store = g_list_store_new (REDES_TYPE_HISTORY_ITEM);
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
  g_task_return_pointer (call->task, store, g_object_unref);
}

/* The first id is where to end. What waits for the engine meanwhile has its turn between two
 * parts. */
static void
run_list_history (gpointer data)
{
  RedesNodeCall *call = data;
  RedesCore *core = call->node->core;
  g_autoptr (GPtrArray) part = NULL;
  const RedesStoreDownload *last = NULL;
  guint n_read;

  if (call->rows->len > 0)
    last = g_ptr_array_index (call->rows, call->rows->len - 1);
  if (core != NULL)
    part = redes_core_list_history (core, g_array_index (call->ids, gint64, 0),
                                    last != NULL ? last->id : G_MAXINT64, ROWS_PER_TURN,
                                    &call->error);
  else
    g_set_error (&call->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "This peer was stopped");
  n_read = part != NULL ? part->len : 0;
  if (part != NULL)
    g_ptr_array_extend_and_steal (call->rows, g_steal_pointer (&part));
  if (n_read > 0 && call->rows->len < MAX_ROWS)
    redes_node_call_send_down (call, run_list_history);
  else
    redes_node_call_send_up (call, read_history);
}

static void
add_id (RedesNodeCall *call, RedesHistoryItem *item)
{
  gint64 id = item != NULL ? redes_history_item_get_id (item) : 0;

  if (call->ids == NULL)
    call->ids = g_array_new (FALSE, FALSE, sizeof id);
  g_array_append_val (call->ids, id);
}

void
redes_node_list_history_async (RedesNode *self,
                               RedesHistoryItem *after,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = redes_node_begin_task (self, cancellable, callback, user_data,
                                       redes_node_list_history_async);
  RedesNodeCall *call;

  if (task == NULL)
    return;
  call = redes_node_call_new (self, task);
  call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_store_download_free);
  add_id (call, after);
  redes_node_call_send_down (call, run_list_history);
}

GListModel *
redes_node_list_history_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Removing. */

/* The first id is the limit. */
static void
run_remove_history (gpointer data)
{
  RedesNodeCall *call = data;
  gint64 below = g_array_index (call->ids, gint64, 0);

  g_array_remove_index_fast (call->ids, 0);
  if (call->node->core != NULL)
    redes_core_remove_history (call->node->core, call->ids, below);
  redes_node_call_free (call);
}

void
redes_node_remove_history (RedesNode *self, GPtrArray *items, RedesHistoryItem *before)
{
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  add_id (call, before);
  for (guint i = 0; i < items->len; i++)
    add_id (call, g_ptr_array_index (items, i));
  redes_node_call_send_down (call, run_remove_history);
}

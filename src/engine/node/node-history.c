/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-history.h"

#include "engine/node/items-private.h"
#include "engine/node/node-private.h"

#define MAX_ROWS 10000u
/* Some 4 ms, in the engine's thread. */
#define ROWS_PER_TURN 1000u

/* @item: (nullable): 0 for %NULL */
static gint64
get_id (RedesHistoryItem *item)
{
  return item != NULL ? redes_history_item_get_id (item) : 0;
}

/* Listing. */

/**
 * ListHistoryCall:
 * @above: only rows with higher ids are wanted
 * @rows: (element-type RedesStoreDownload): the answer so far
 */
typedef struct
{
  RedesNodeMessage base;
  gint64 above;
  GPtrArray *rows;
} ListHistoryCall;

static void
list_history_call_clear (gpointer data)
{
  g_ptr_array_unref (((ListHistoryCall *)data)->rows);
}

static void
read_history (gpointer data)
{
  ListHistoryCall *call = data;
  g_autoptr (GPtrArray) items = NULL;
  GListStore *store;

  if (call->base.error != NULL)
    {
      g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
      return;
    }
  items = g_ptr_array_new_full (call->rows->len, g_object_unref);
  g_ptr_array_set_free_func (call->rows, NULL);
  for (guint i = 0; i < call->rows->len; i++)
    g_ptr_array_add (items, redes_history_item_new (g_ptr_array_index (call->rows, i)));
  store = g_list_store_new (REDES_TYPE_HISTORY_ITEM);
  g_list_store_splice (store, 0, 0, items->pdata, items->len);
  g_task_return_pointer (call->base.task, store, g_object_unref);
}

/* What waits for the engine meanwhile has its turn between two parts. */
static void
run_list_history (gpointer data)
{
  ListHistoryCall *call = data;
  RedesCore *core = call->base.node->core;
  g_autoptr (GPtrArray) part = NULL;
  const RedesStoreDownload *last = NULL;
  guint n_read;

  if (call->rows->len > 0)
    last = g_ptr_array_index (call->rows, call->rows->len - 1);
  if (core != NULL)
    part = redes_core_list_history (core, call->above, last != NULL ? last->id : G_MAXINT64,
                                    ROWS_PER_TURN, &call->base.error);
  else
    g_set_error (&call->base.error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "This peer was stopped");
  n_read = part != NULL ? part->len : 0;
  if (part != NULL)
    g_ptr_array_extend_and_steal (call->rows, g_steal_pointer (&part));
  if (n_read > 0 && call->rows->len < MAX_ROWS)
    redes_node_message_send_down (call, run_list_history);
  else
    redes_node_message_send_up (call, read_history);
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
  ListHistoryCall *call;

  if (task == NULL)
    return;
  call = redes_node_message_new (ListHistoryCall, self, task, list_history_call_clear);
  call->above = get_id (after);
  call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_store_download_free);
  redes_node_message_send_down (call, run_list_history);
}

GListModel *
redes_node_list_history_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Removing. */

/**
 * RemoveHistoryCall:
 * @ids: (element-type gint64)
 * @below: and all with lower ids; 0: none
 */
typedef struct
{
  RedesNodeMessage base;
  GArray *ids;
  gint64 below;
} RemoveHistoryCall;

static void
remove_history_call_clear (gpointer data)
{
  g_array_unref (((RemoveHistoryCall *)data)->ids);
}

static void
run_remove_history (gpointer data)
{
  RemoveHistoryCall *call = data;

  if (call->base.node->core != NULL)
    redes_core_remove_history (call->base.node->core, call->ids, call->below);
  redes_node_message_free (call);
}

void
redes_node_remove_history (RedesNode *self, GPtrArray *items, RedesHistoryItem *before)
{
  RemoveHistoryCall *call;

  g_return_if_fail (self->running);

  call = redes_node_message_new (RemoveHistoryCall, self, NULL, remove_history_call_clear);
  call->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), items->len);
  for (guint i = 0; i < items->len; i++)
    {
      gint64 id = get_id (g_ptr_array_index (items, i));

      g_array_append_val (call->ids, id);
    }
  call->below = get_id (before);
  redes_node_message_send_down (call, run_remove_history);
}

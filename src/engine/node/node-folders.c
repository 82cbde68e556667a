/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-folders.h"

#include "engine/node/items-private.h"
#include "engine/node/node-private.h"

/**
 * ListFoldersCall:
 * @manifests: (element-type RedesManifest)
 */
typedef struct
{
  RedesNodeMessage base;
  GPtrArray *manifests;
} ListFoldersCall;

static void
list_folders_call_clear (gpointer data)
{
  ListFoldersCall *call = data;

  g_clear_pointer (&call->manifests, g_ptr_array_unref);
}

static void
read_list_folders (gpointer data)
{
  ListFoldersCall *call = data;
  const char *const *trackers = (const char *const *)call->base.node->tracker_names->pdata;
  GListStore *store = g_list_store_new (REDES_TYPE_RESULT);

  for (guint i = 0; i < call->manifests->len; i++)
    {
      RedesManifest *manifest = call->manifests->pdata[i];
      RedesResultEntry row = { .content = *redes_manifest_get_content (manifest),
                               .publisher = *redes_manifest_get_publisher (manifest),
                               .name = (char *)redes_manifest_get_name (manifest),
                               .sources = 1 };
      g_autoptr (RedesResult) item = NULL;

      row.is_folder = redes_manifest_get_folder (manifest, &row.totals);
      item = redes_result_new (&row, trackers);
      g_list_store_append (store, item);
    }
  g_task_return_pointer (call->base.task, store, g_object_unref);
}

static void
run_list_folders (gpointer data)
{
  ListFoldersCall *call = data;

  call->manifests = redes_core_list_folders (call->base.node->core);
  redes_node_message_send_up (call, read_list_folders);
}

void
redes_node_list_folders_async (RedesNode *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = redes_node_begin_task (self, cancellable, callback, user_data,
                                       redes_node_list_folders_async);

  if (task != NULL)
    redes_node_message_send_down (
        redes_node_message_new (ListFoldersCall, self, task, list_folders_call_clear),
        run_list_folders);
}

GListModel *
redes_node_list_folders_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

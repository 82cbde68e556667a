/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-classic.h"

#include "engine/node/node-lan-private.h"
#include "engine/node/transfer-private.h"

/* What a node has to do with the original system. */

static void
run_download (gpointer data)
{
  RedesNodeCall *call = data;

  redes_core_download_unsigned (call->node->core, call->number, call->classic, call->text);
  redes_node_call_free (call);
}

RedesTransfer *
redes_node_download_unsigned (RedesNode *self, RedesResult *result)
{
  RedesTransfer *transfer = redes_node_find_running (self, redes_result_get_content (result));
  g_autoptr (RedesLink) link = redes_result_dup_link (result);
  RedesNodeCall *call;

  g_return_val_if_fail (self->running, NULL);
  g_return_val_if_fail (redes_result_is_unsigned (result), NULL);

  if (transfer != NULL)
    return g_object_ref (transfer);
  transfer = redes_transfer_new (++self->last_transfer_id, link);
  redes_transfer_mark_unsigned (transfer);
  g_hash_table_insert (self->transfers_by_id, GUINT_TO_POINTER (self->last_transfer_id),
                       g_object_ref (transfer));
  g_list_store_append (self->transfers, transfer);

  call = redes_node_call_new (self, NULL);
  call->number = self->last_transfer_id;
  call->classic = redes_classic_file_copy (redes_result_get_classic_file (result));
  call->text = g_strdup (self->config->download_dir);
  redes_node_call_send_down (call, run_download);
  return transfer;
}

/* Trackers. */

/* Where the one at @address is, or is to be. */
static guint
find_place (RedesNode *self, const char *address)
{
  GListModel *model = G_LIST_MODEL (self->classic_trackers);
  guint place = 0;

  for (; place < g_list_model_get_n_items (model); place++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (model, place);

      if (g_str_equal (redes_tracker_item_get_address (item), address))
        break;
    }
  return place;
}

static void
read_changed (gpointer data)
{
  RedesNodeCall *call = data;
  RedesNode *self = call->node;
  guint place = find_place (self, call->text);
  guint n_old = place < g_list_model_get_n_items (G_LIST_MODEL (self->classic_trackers));
  g_autoptr (RedesTrackerItem) item
      = redes_tracker_item_new (call->text, call->number, call->notice);

  redes_tracker_item_set_found (item, call->up != 0);
  g_list_store_splice (self->classic_trackers, place, n_old, (gpointer *)&item, 1);
}

void
redes_node_on_classic_tracker_changed (const char *address,
                                       RedesTrackerState state,
                                       const RedesNotice *reason,
                                       gboolean found,
                                       gpointer user_data)
{
  RedesNodeCall *call = redes_node_call_new (user_data, NULL);

  call->text = g_strdup (address);
  call->notice = redes_notice_ref (reason);
  call->number = state;
  call->up = found;
  redes_node_call_send_up (call, read_changed);
}

static void
read_dropped (gpointer data)
{
  RedesNodeCall *call = data;
  RedesNode *self = call->node;
  guint place = find_place (self, call->text);

  if (place < g_list_model_get_n_items (G_LIST_MODEL (self->classic_trackers)))
    g_list_store_remove (self->classic_trackers, place);
}

void
redes_node_on_classic_tracker_dropped (const char *address, gpointer user_data)
{
  RedesNodeCall *call = redes_node_call_new (user_data, NULL);

  call->text = g_strdup (address);
  redes_node_call_send_up (call, read_dropped);
}

GListModel *
redes_node_get_classic_trackers (RedesNode *self)
{
  return G_LIST_MODEL (self->classic_trackers);
}

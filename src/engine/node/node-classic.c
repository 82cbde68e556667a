/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-lan-private.h"

/* What a node fetches from the original system's peers. */

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

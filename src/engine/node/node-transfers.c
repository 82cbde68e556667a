/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-transfers-private.h"

#include "engine/content/file-match.h"
#include "engine/node/transfer-private.h"

/* Downloads, and what became of them. */

/* One that has failed can go on where there is a store to remember it. */
static gboolean
can_go_on (RedesNode *self, RedesTransfer *transfer)
{
  return self->config->data_dir != NULL ? redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE
                                        : !redes_transfer_is_over (transfer);
}

static RedesTransfer *
find_transfer (RedesNode *self, const RedesContentId *content)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->transfers_by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (can_go_on (self, value)
        && redes_content_id_equal (redes_transfer_get_content (value), content))
      return value;
  return NULL;
}

RedesTransfer *
redes_node_find_running (RedesNode *self, const RedesContentId *content)
{
  RedesTransfer *transfer = find_transfer (self, content);

  return transfer != NULL && !redes_transfer_is_over (transfer) ? transfer : NULL;
}

RedesTransfer *
redes_node_add_transfer (RedesNode *self, const RedesLink *link)
{
  RedesTransfer *transfer = redes_transfer_new (++self->last_transfer_id, link);

  g_hash_table_insert (self->transfers_by_id, GUINT_TO_POINTER (self->last_transfer_id),
                       g_object_ref (transfer));
  g_list_store_append (self->transfers, transfer);
  return transfer;
}

/* Whether both are wished for under one name: two names that a person chose are two files, whatever
 * is in them. */
static gboolean
has_same_name (RedesTransfer *transfer, const RedesLink *link)
{
  const char *name = redes_transfer_get_link (transfer)->name;

  return name == NULL || *name == '\0' || link->name == NULL || *link->name == '\0'
         || g_str_equal (name, link->name);
}

static RedesTransfer *
find_same (RedesNode *self, const RedesLink *link)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->transfers_by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (can_go_on (self, value) && has_same_name (value, link)
        && redes_content_id_equal (redes_transfer_get_content (value), &link->content))
      return value;
  return NULL;
}

gboolean
redes_node_compare_file (const RedesLink *link, const char *path, GCancellable *cancellable)
{
  return redes_content_matches_file (&link->content, path, cancellable);
}

/**
 * DownloadCall:
 * @folder: where it is put under a name that is found out
 * @target: (nullable): the exact path wanted, in @folder
 * @only: (nullable): patterns of files in a folder
 * @is_list: whether a folder is only to be listed
 */
typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  RedesLink *link;
  char *folder;
  char *target;
  char **only;
  gboolean is_list;
} DownloadCall;

static void
download_call_clear (gpointer data)
{
  DownloadCall *call = data;

  redes_link_free (call->link);
  g_free (call->folder);
  g_free (call->target);
  g_strfreev (call->only);
}

static void
run_download (gpointer data)
{
  DownloadCall *call = data;

  if (call->link->is_folder)
    redes_core_download_folder (call->base.node->core, call->transfer_id, call->link, call->folder,
                                call->target, (const char *const *)call->only, call->is_list);
  else
    redes_core_download (call->base.node->core, call->transfer_id, call->link, call->folder,
                         call->target);
  redes_node_message_free (call);
}

RedesTransfer *
redes_node_download (RedesNode *self, const RedesLink *link, const char *target)
{
  return redes_node_download_folder (self, link, target, NULL, FALSE);
}

RedesTransfer *
redes_node_download_folder (RedesNode *self,
                            const RedesLink *link,
                            const char *target,
                            const char *const *only,
                            gboolean is_list)
{
  RedesTransfer *transfer = find_same (self, link);
  g_autofree char *absolute = NULL;
  DownloadCall *call;

  g_return_val_if_fail (self->running, NULL);

  if (transfer != NULL)
    {
      redes_node_resume (self, transfer);
      return g_object_ref (transfer);
    }
  if (target != NULL)
    absolute = g_canonicalize_filename (target, NULL);
  transfer = redes_node_add_transfer (self, link);

  call = redes_node_message_new (DownloadCall, self, NULL, download_call_clear);
  call->transfer_id = redes_transfer_get_id (transfer);
  call->link = redes_link_copy (link);
  call->only = g_strdupv ((char **)only);
  call->is_list = is_list;
  call->folder
      = absolute != NULL ? g_path_get_dirname (absolute) : g_strdup (self->config->download_dir);
  call->target = g_steal_pointer (&absolute);
  redes_node_message_send_down (call, run_download);
  return transfer;
}

/* Listings. */

/* (nullable) */
static RedesTransfer *
find_listing (RedesNode *self, const RedesContentId *content)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->listings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (redes_content_id_equal (redes_transfer_get_content (value), content))
      return value;
  return NULL;
}

RedesTransfer *
redes_node_list_folder (RedesNode *self, const RedesLink *link)
{
  RedesTransfer *before = find_listing (self, &link->content);
  RedesTransfer *transfer;
  DownloadCall *call;

  g_return_val_if_fail (self->running, NULL);
  g_return_val_if_fail (link->is_folder, NULL);

  if (before != NULL)
    redes_node_remove (self, before);
  transfer = redes_transfer_new (++self->last_transfer_id, link);
  g_hash_table_insert (self->listings, GUINT_TO_POINTER (self->last_transfer_id),
                       g_object_ref (transfer));

  call = redes_node_message_new (DownloadCall, self, NULL, download_call_clear);
  call->transfer_id = redes_transfer_get_id (transfer);
  call->link = redes_link_copy (link);
  call->is_list = TRUE;
  call->folder = g_strdup (self->config->download_dir);
  redes_node_message_send_down (call, run_download);
  return transfer;
}

gboolean
redes_node_take_listing (RedesNode *self, RedesTransferSnapshot *snapshot)
{
  gpointer key = GUINT_TO_POINTER (snapshot->id);
  RedesTransfer *known = g_hash_table_lookup (self->listings, key);
  g_autoptr (RedesTransfer) transfer = known != NULL ? g_object_ref (known) : NULL;

  if (transfer == NULL)
    return FALSE;
  /* One that has failed could be tried again: nobody keeps it for that. */
  if (snapshot->state == REDES_TRANSFER_FAILED && self->running)
    redes_node_remove (self, transfer);
  if (snapshot->state == REDES_TRANSFER_DONE || snapshot->state == REDES_TRANSFER_FAILED)
    g_hash_table_remove (self->listings, key);
  redes_transfer_update (transfer, snapshot);
  return TRUE;
}

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  RedesPeerId publisher;
} AcceptPublisherCall;

static void
run_accept_publisher (gpointer data)
{
  AcceptPublisherCall *call = data;

  redes_core_accept_publisher (call->base.node->core, call->transfer_id, &call->publisher);
  redes_node_message_free (call);
}

void
redes_node_accept_publisher (RedesNode *self, RedesTransfer *transfer, const RedesPeerId *publisher)
{
  AcceptPublisherCall *call;

  g_return_if_fail (self->running);

  redes_transfer_set_wanted_publisher (transfer, publisher);
  call = redes_node_message_new (AcceptPublisherCall, self, NULL, NULL);
  call->transfer_id = redes_transfer_get_id (transfer);
  call->publisher = redes_transfer_get_link (transfer)->publisher;
  redes_node_message_send_down (call, run_accept_publisher);
}

/* To go on, or not. */

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
} TransferCall;

static void
run_pause (gpointer data)
{
  TransferCall *call = data;

  redes_core_pause (call->base.node->core, call->transfer_id);
  redes_node_message_free (call);
}

static void
run_resume (gpointer data)
{
  TransferCall *call = data;

  redes_core_resume (call->base.node->core, call->transfer_id);
  redes_node_message_free (call);
}

static void
run_remove (gpointer data)
{
  TransferCall *call = data;

  redes_core_remove (call->base.node->core, call->transfer_id);
  redes_node_message_free (call);
}

static void
send_down_for (RedesNode *self, RedesTransfer *transfer, void (*func) (gpointer data))
{
  TransferCall *call = redes_node_message_new (TransferCall, self, NULL, NULL);

  call->transfer_id = redes_transfer_get_id (transfer);
  redes_node_message_send_down (call, func);
}

void
redes_node_pause (RedesNode *self, RedesTransfer *transfer)
{
  g_return_if_fail (self->running);

  send_down_for (self, transfer, run_pause);
}

void
redes_node_resume (RedesNode *self, RedesTransfer *transfer)
{
  g_return_if_fail (self->running);

  send_down_for (self, transfer, run_resume);
}

void
redes_node_remove (RedesNode *self, RedesTransfer *transfer)
{
  g_return_if_fail (self->running);

  send_down_for (self, transfer, run_remove);
}

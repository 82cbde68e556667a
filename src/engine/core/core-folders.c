/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-folders-private.h"

#include "engine/core/core-publishers-private.h"
#include "engine/core/core-state-private.h"
#include "engine/core/folder-transfer-snapshot.h"
#include "engine/library/folder-build.h"

#include <glib/gstdio.h>

/* Downloads of folders. */

typedef struct
{
  RedesCore *core;
  RedesFolderDownload *download;
} FolderQuery;

static gboolean
is_source_wanted (const RedesPeerId *peer, gpointer user_data)
{
  FolderQuery *query = user_data;

  return redes_folder_download_wants_peer (query->download, peer);
}

static void
source_found_cb (const RedesEndpoint *source, gpointer user_data)
{
  FolderQuery *query = user_data;

  /* Of several trackers one may have answered when all ends. */
  if (query->core->swarm != NULL)
    redes_swarm_offer_folder_source (query->core->swarm, query->download, &source->id, source->host,
                                     source->port);
}

static void
sources_cb (RedesLookupResult *result, gpointer user_data)
{
  const RedesLookupTally *tally = result->tally;
  FolderQuery *query = user_data;

  redes_folder_download_query_answered (query->download, tally->trackers_asked + tally->peers_asked,
                                        tally->trackers_answered + tally->peers_answered,
                                        tally->reason);
  redes_folder_download_unref (query->download);
  g_free (query);
}

void
redes_core_on_want_folder_sources (RedesFolderDownload *download, gpointer user_data)
{
  const RedesLink *link = redes_folder_download_get_link (download);
  FolderQuery *query = g_new (FolderQuery, 1);

  query->core = user_data;
  query->download = redes_folder_download_ref (download);
  redes_lookup_find_sources (query->core->lookup, &link->content,
                             (const char *const *)link->trackers, is_source_wanted, source_found_cb,
                             sources_cb, query);
}

static gboolean
is_at_rest (RedesDownloadState state)
{
  return state == REDES_DOWNLOAD_DONE || state == REDES_DOWNLOAD_FAILED
         || state == REDES_DOWNLOAD_PAUSED;
}

static void
let_go (RedesCore *self, RedesFolderDownload *download)
{
  guint id = redes_folder_download_get_id (download);

  if (g_hash_table_remove (self->folder_transfers, GUINT_TO_POINTER (id)))
    redes_swarm_forget_folder (self->swarm, download);
  if (redes_folder_download_is_removed (download))
    self->events.transfer_removed (id, self->user_data);
}

/* What is in the folder goes along once, and at the end, when nobody can ask for it any more; how
 * much of it is there each time. */
static RedesTransferSnapshot *
make_snapshot (RedesCore *self, guint id, RedesFolderDownload *download)
{
  RedesTransferSnapshot *snapshot = redes_folder_snapshot_new_of_download (id, download);
  gboolean is_done = redes_folder_download_get_state (download) == REDES_DOWNLOAD_DONE;

  if (redes_folder_download_get_plan (download) == NULL || snapshot->tree != NULL)
    return snapshot;
  if (id != self->watched_transfer)
    {
      if (is_done && self->has_watcher)
        g_array_unref (redes_folder_snapshot_add_tree (snapshot, download));
      return snapshot;
    }
  if (self->watched_items == NULL)
    self->watched_items = redes_folder_snapshot_add_tree (snapshot, download);
  redes_folder_snapshot_add_fills (snapshot, download, self->watched_items);
  return snapshot;
}

void
redes_core_tell_watched_folder (RedesCore *self)
{
  RedesFolderDownload *download = redes_core_find_folder (self, self->watched_transfer);

  g_clear_pointer (&self->watched_items, g_array_unref);
  self->has_watcher = TRUE;
  if (download != NULL)
    self->events.transfer_changed (make_snapshot (self, self->watched_transfer, download),
                                   self->user_data);
}

void
redes_core_on_folder_changed (RedesFolderDownload *download, gboolean at_once, gpointer user_data)
{
  RedesCore *self = user_data;
  guint id = redes_folder_download_get_id (download);
  RedesDownloadState state = redes_folder_download_get_state (download);

  if (!g_hash_table_contains (self->folder_transfers, GUINT_TO_POINTER (id)))
    return;
  if (redes_core_refuse_blocked_folder (self, download))
    return;
  if (is_at_rest (state))
    redes_link_trackers_drop (self->link_trackers,
                              &redes_folder_download_get_link (download)->content);
  self->events.transfer_changed (make_snapshot (self, id, download), self->user_data);
  if (state == REDES_DOWNLOAD_DONE || redes_folder_download_is_removed (download)
      || (state == REDES_DOWNLOAD_FAILED && self->store == NULL))
    let_go (self, download);
}

void
redes_core_on_folder_resumed (RedesFolderDownload *download, guint n_files, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.transfer_resumed (redes_folder_download_get_id (download), n_files, 0,
                                 self->user_data);
}

RedesFolderDownload *
redes_core_find_folder (RedesCore *self, guint transfer_id)
{
  return g_hash_table_lookup (self->folder_transfers, GUINT_TO_POINTER (transfer_id));
}

/* Apart from downloads, for the hidden folder of a download has the same name. (nullable) */
static char *
dup_listings_folder (RedesCore *self)
{
  return self->config->data_dir != NULL ? g_build_filename (self->config->data_dir, "lists", NULL)
                                        : NULL;
}

static void
run_discard_listings (gpointer data)
{
  redes_folder_build_remove_all (data);
}

/* The folder gets another name at once, so that what is listed from now on is not removed. One that
 * has that name is what an earlier run did not come to the end with, and goes first. */
void
redes_core_discard_listings (RedesCore *self)
{
  g_autofree char *folder = dup_listings_folder (self);
  g_autofree char *old = NULL;

  if (folder == NULL)
    return;
  old = g_strconcat (folder, ".old", NULL);
  if (g_rename (folder, old) == 0 || g_file_test (old, G_FILE_TEST_IS_DIR))
    redes_workers_push (self->disk_workers, run_discard_listings, g_free, g_steal_pointer (&old));
}

void
redes_core_download_folder (RedesCore *self,
                            guint transfer_id,
                            const RedesLink *link,
                            const char *folder,
                            const char *target,
                            const char *const *only,
                            gboolean is_list)
{
  RedesFolderChoice choice = { .only = (char **)only, .is_list = is_list };
  g_autofree char *apart = is_list ? dup_listings_folder (self) : NULL;
  RedesFolderDownload *download = redes_swarm_download_folder (
      self->swarm, transfer_id, link, apart != NULL ? apart : folder, target, &choice);

  g_hash_table_insert (self->folder_transfers,
                       GUINT_TO_POINTER (redes_folder_download_get_id (download)), download);
}

void
redes_core_restore_folder (RedesCore *self, guint id, const RedesStoreTransfer *stored)
{
  RedesFolderDownload *download = redes_swarm_restore_folder (self->swarm, id, stored);

  if (download == NULL)
    return;
  if (!redes_folder_download_is_removed (download))
    {
      g_hash_table_insert (self->folder_transfers, GUINT_TO_POINTER (id), download);
      self->events.transfer_restored (redes_folder_download_get_link (download),
                                      redes_folder_snapshot_new_of_download (id, download),
                                      self->user_data);
    }
  redes_folder_download_start (download);
}

GPtrArray *
redes_core_list_folders (RedesCore *self)
{
  g_autoptr (GPtrArray) holdings = redes_library_list_folders (self->library);
  GPtrArray *manifests = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  for (guint i = 0; i < holdings->len; i++)
    g_ptr_array_add (manifests,
                     redes_manifest_ref (redes_holding_get_manifest (holdings->pdata[i])));
  return manifests;
}

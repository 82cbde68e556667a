/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-transfers-private.h"

#include "engine/base/text.h"
#include "engine/core/core-classic-private.h"
#include "engine/core/core-folders-private.h"
#include "engine/core/core-publishers-private.h"
#include "engine/core/core-state-private.h"
#include "engine/core/core-streams-private.h"
#include "engine/core/core-trackers-private.h"
#include "engine/core/download-snapshot.h"
#include "engine/library/final-name.h"
#include "engine/library/inspection.h"

static void
restore_transfer (RedesCore *self, const RedesStoreTransfer *stored)
{
  guint id = REDES_CORE_FIRST_RESTORED_ID + ++self->last_restored_id;
  g_autoptr (RedesLink) link = redes_link_parse (stored->link, NULL);
  RedesDownload *download;

  if (link != NULL && link->is_folder)
    {
      redes_core_restore_folder (self, id, stored);
      return;
    }
  download = redes_swarm_restore (self->swarm, id, stored);
  if (download == NULL)
    return;
  if (redes_download_is_removed (download))
    {
      redes_swarm_forget (self->swarm, download);
      return;
    }
  g_hash_table_insert (self->transfers, GUINT_TO_POINTER (id), download);
  self->events.transfer_restored (redes_download_get_link (download),
                                  redes_download_snapshot_new (id, download, FALSE),
                                  self->user_data);
}

void
redes_core_restore (RedesCore *self)
{
  g_autoptr (GPtrArray) transfers = NULL;
  g_autoptr (GError) error = NULL;

  if (self->store == NULL)
    return;
  redes_core_discard_listings (self);
  if (redes_core_restore_publishers (self, &error) && redes_library_restore (self->library, &error)
      && redes_swarm_restore_fetched (self->swarm, &error))
    transfers = redes_store_list_transfers (self->store, &error);
  for (guint i = 0; transfers != NULL && i < transfers->len; i++)
    restore_transfer (self, g_ptr_array_index (transfers, i));
  if (error != NULL)
    {
      g_autoptr (RedesNotice) notice = redes_notice_new_of_error (error);

      self->events.notice (notice, self->user_data);
    }
}

/* The same content under another name, wished for while it is still being fetched under the first:
 * it is copied from that, once it is there. Not remembered over a restart. */
typedef struct
{
  guint id;
  RedesLink *link;
  char *folder;
  char *target;
} Later;

static void
later_free (gpointer data)
{
  Later *later = data;

  redes_link_free (later->link);
  g_free (later->folder);
  g_free (later->target);
  g_free (later);
}

void
redes_core_clear_later (RedesCore *self)
{
  g_queue_clear_full (&self->later, later_free);
}

/* Whether a download of @link's content is under way, or rests, under another name. */
static gboolean
is_fetched_otherwise (RedesCore *self, const RedesLink *link)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const RedesLink *other = redes_download_get_link (value);

      if (redes_content_id_equal (&other->content, &link->content)
          && !redes_download_is_removed (value) && other->name != NULL && link->name != NULL
          && *other->name != '\0' && *link->name != '\0' && !g_str_equal (other->name, link->name))
        return TRUE;
    }
  return FALSE;
}

static void
put_off (RedesCore *self, guint id, const RedesLink *link, const char *folder, const char *target)
{
  Later *later = g_new (Later, 1);
  RedesTransferSnapshot *snapshot = g_new0 (RedesTransferSnapshot, 1);

  *later = (Later){ id, redes_link_copy (link), g_strdup (folder), g_strdup (target) };
  g_queue_push_tail (&self->later, later);
  snapshot->id = id;
  snapshot->state = REDES_TRANSFER_WAITING;
  snapshot->reason = redes_notice_new (REDES_NOTICE_UNDER_ANOTHER_NAME);
  snapshot->sources = redes_transfer_sources_new ();
  self->events.transfer_changed (snapshot, self->user_data);
}

static void
begin_later (RedesCore *self, const RedesContentId *content)
{
  for (GList *l = self->later.head; l != NULL; l = l->next)
    {
      Later *later = l->data;

      if (!redes_content_id_equal (&later->link->content, content))
        continue;
      g_queue_delete_link (&self->later, l);
      redes_core_download (self, later->id, later->link, later->folder, later->target);
      later_free (later);
      return;
    }
}

static gboolean
drop_later (RedesCore *self, guint id)
{
  for (GList *l = self->later.head; l != NULL; l = l->next)
    {
      Later *later = l->data;

      if (later->id != id)
        continue;
      g_queue_delete_link (&self->later, l);
      later_free (later);
      return TRUE;
    }
  return FALSE;
}

/**
 * Look:
 * @core: (nullable): %NULL once it is gone, or the transfer was removed meanwhile
 * @holding: the file as which the content was downloaded before
 * @path: where that is
 * @is_paused: what the person has asked for meanwhile
 * @is_there: what was found
 *
 * Whether what is asked for was downloaded before, to the place where it is wanted now, and is
 * still as it was left. Elsewhere, or under another name, it is another file. A worker looks, for
 * the disk may be slow.
 */
typedef struct
{
  RedesCore *core;
  guint id;
  RedesLink *link;
  char *folder;
  char *target;
  RedesHolding *holding;
  char *path;
  char *name;
  RedesInspection *inspection;
  gboolean is_paused;
  gboolean is_there;
} Look;

static void
look_free (Look *look)
{
  redes_link_free (look->link);
  g_free (look->folder);
  g_free (look->target);
  redes_holding_unref (look->holding);
  g_free (look->path);
  g_free (look->name);
  redes_inspection_free (look->inspection);
  g_free (look);
}

static void
run_look (gpointer data)
{
  Look *look = data;
  RedesVerdict verdict;
  const RedesNotice *reason;

  look->is_there = look->target != NULL
                       ? g_str_equal (look->path, look->target)
                       : redes_final_name_leads_to (look->folder, look->name, look->path);
  if (!look->is_there)
    return;
  redes_inspection_run (look->inspection);
  redes_inspection_get (look->inspection, 0, &verdict, &reason);
  look->is_there = verdict == REDES_VERDICT_UNCHANGED;
}

static void begin_download (
    RedesCore *self, guint id, const RedesLink *link, const char *folder, const char *target);
static void tell_downloaded (RedesCore *self, guint id, RedesHolding *holding);

static void
look_done (gpointer data)
{
  Look *look = data;
  RedesCore *self = look->core;

  if (self != NULL)
    {
      g_queue_remove (&self->looks, look);
      if (look->is_there)
        tell_downloaded (self, look->id, look->holding);
      else
        begin_download (self, look->id, look->link, look->folder, look->target);
      if (look->is_paused)
        redes_core_pause (self, look->id);
    }
  look_free (look);
}

/* (nullable) */
static Look *
find_look (RedesCore *self, guint id)
{
  for (GList *l = self->looks.head; l != NULL; l = l->next)
    if (((Look *)l->data)->id == id)
      return l->data;
  return NULL;
}

static gboolean
drop_look (RedesCore *self, guint id)
{
  Look *look = find_look (self, id);

  if (look == NULL)
    return FALSE;
  look->core = NULL;
  g_queue_remove (&self->looks, look);
  return TRUE;
}

void
redes_core_disown_looks (RedesCore *self)
{
  Look *look;

  while ((look = g_queue_pop_head (&self->looks)) != NULL)
    look->core = NULL;
}

/* Whether the content is here in a way that a worker has to look at first. */
static gboolean
look_for_downloaded (
    RedesCore *self, guint id, const RedesLink *link, const char *folder, const char *target)
{
  RedesHolding *holding = redes_library_lookup (self->library, &link->content);
  g_autofree char *path = NULL;
  g_autofree char *above = NULL;
  RedesManifest *manifest;
  Look *look;

  if (holding == NULL || !redes_holding_is_file (holding))
    return FALSE;
  manifest = redes_holding_get_manifest (holding);
  if (link->has_publisher
      && !redes_digest_equal (&link->publisher, redes_manifest_get_publisher (manifest)))
    return FALSE;
  path = redes_holding_dup_path (holding);
  above = g_path_get_dirname (path);
  if (target != NULL ? !g_str_equal (path, target) : !g_str_equal (above, folder))
    return FALSE;
  look = g_new0 (Look, 1);
  look->core = self;
  look->id = id;
  look->link = redes_link_copy (link);
  look->folder = g_strdup (folder);
  look->target = g_strdup (target);
  look->holding = redes_holding_ref (holding);
  look->path = g_steal_pointer (&path);
  look->name = g_strdup (
      link->name != NULL && *link->name != '\0' ? link->name : redes_manifest_get_name (manifest));
  look->inspection = redes_inspection_new (FALSE);
  redes_inspection_add (look->inspection, holding);
  g_queue_push_tail (&self->looks, look);
  redes_workers_push (self->disk_workers, run_look, look_done, look);
  return TRUE;
}

static void
tell_downloaded (RedesCore *self, guint id, RedesHolding *holding)
{
  RedesTransferSnapshot *snapshot = g_new0 (RedesTransferSnapshot, 1);
  RedesManifest *manifest = redes_holding_get_manifest (holding);
  const RedesGeometry *geometry = redes_manifest_get_geometry (manifest);

  snapshot->id = id;
  snapshot->state = REDES_TRANSFER_DONE;
  snapshot->was_there = TRUE;
  snapshot->name = g_strdup (redes_manifest_get_name (manifest));
  snapshot->has_publisher = TRUE;
  snapshot->publisher = *redes_manifest_get_publisher (manifest);
  snapshot->blocks = snapshot->blocks_done = redes_geometry_get_n_blocks (geometry);
  snapshot->bytes_done = geometry->file_size;
  snapshot->path = redes_holding_dup_path (holding);
  snapshot->sources = redes_transfer_sources_new ();
  self->events.transfer_changed (snapshot, self->user_data);
}

static void
begin_download (
    RedesCore *self, guint id, const RedesLink *link, const char *folder, const char *target)
{
  RedesDownload *download;

  if (is_fetched_otherwise (self, link))
    {
      put_off (self, id, link, folder, target);
      return;
    }
  download = redes_swarm_download (self->swarm, id, link, folder, target);
  g_hash_table_insert (self->transfers, GUINT_TO_POINTER (redes_download_get_id (download)),
                       download);
}

void
redes_core_download (RedesCore *self,
                     guint transfer_id,
                     const RedesLink *link,
                     const char *folder,
                     const char *target)
{
  if (link->is_folder)
    redes_core_download_folder (self, transfer_id, link, folder, target, NULL, FALSE);
  else if (!look_for_downloaded (self, transfer_id, link, folder, target))
    begin_download (self, transfer_id, link, folder, target);
}

static RedesDownload *
find_download (RedesCore *self, guint transfer_id)
{
  return g_hash_table_lookup (self->transfers, GUINT_TO_POINTER (transfer_id));
}

void
redes_core_accept_publisher (RedesCore *self, guint transfer_id, const RedesPeerId *publisher)
{
  RedesDownload *download = find_download (self, transfer_id);
  RedesFolderDownload *folder = redes_core_find_folder (self, transfer_id);

  if (folder != NULL)
    {
      redes_folder_download_accept_publisher (folder, publisher);
      redes_folder_download_resume (folder);
    }
  if (download == NULL)
    return;
  redes_download_accept_publisher (download, publisher);
  /* A download that failed because only another publisher was there goes on. */
  if (redes_download_get_state (download) == REDES_DOWNLOAD_FAILED)
    redes_download_resume (download);
}

void
redes_core_pause (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = find_download (self, transfer_id);
  RedesFolderDownload *folder = redes_core_find_folder (self, transfer_id);
  Look *look = find_look (self, transfer_id);

  if (look != NULL)
    look->is_paused = TRUE;
  if (folder != NULL)
    redes_folder_download_pause (folder);
  if (download != NULL)
    redes_download_pause (download);
}

void
redes_core_resume (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = find_download (self, transfer_id);
  RedesFolderDownload *folder = redes_core_find_folder (self, transfer_id);
  Look *look = find_look (self, transfer_id);

  if (look != NULL)
    look->is_paused = FALSE;
  if (folder != NULL)
    redes_folder_download_resume (folder);
  if (download != NULL)
    redes_download_resume (download);
}

void
redes_core_remove (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = find_download (self, transfer_id);
  RedesFolderDownload *folder = redes_core_find_folder (self, transfer_id);

  if (folder != NULL)
    {
      redes_folder_download_remove (folder);
      return;
    }
  if (redes_core_cancel_unsigned (self, transfer_id) || drop_later (self, transfer_id)
      || drop_look (self, transfer_id) || download == NULL)
    {
      redes_core_drop_stream (self, transfer_id);
      self->events.transfer_removed (transfer_id, self->user_data);
    }
  /* One that is being given its name is as good as done. */
  else if (redes_download_get_state (download) == REDES_DOWNLOAD_FINISHING)
    g_hash_table_add (self->leaving, GUINT_TO_POINTER (transfer_id));
  else
    redes_download_remove (download);
}

GPtrArray *
redes_core_list_history (
    RedesCore *self, gint64 above, gint64 below, guint max_rows, GError **error)
{
  if (self->store == NULL)
    return g_ptr_array_new ();
  return redes_store_list_history (self->store, above, below, max_rows, error);
}

void
redes_core_remove_history (RedesCore *self, GArray *ids, gint64 below)
{
  if (self->store != NULL)
    redes_store_remove_history (self->store, (const gint64 *)(void *)ids->data, ids->len, below);
}

void
redes_core_watch_blocks (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = g_hash_table_lookup (self->transfers, GUINT_TO_POINTER (transfer_id));

  self->watched_transfer = transfer_id;
  if (download != NULL)
    self->events.transfer_changed (redes_download_snapshot_new (transfer_id, download, TRUE),
                                   self->user_data);
  redes_core_tell_watched_folder (self);
}

/* What the swarm says of downloads, and asks for them. */

typedef struct
{
  RedesCore *core;
  RedesDownload *download;
} SourcesQuery;

/* One that is over, or has @peer as a source, learns nothing from it. */
static gboolean
is_source_wanted (const RedesPeerId *peer, gpointer user_data)
{
  SourcesQuery *query = user_data;

  return redes_download_wants_peer (query->download, peer);
}

static void
source_found_cb (const RedesEndpoint *source, gpointer user_data)
{
  SourcesQuery *query = user_data;

  /* Of several trackers one may have answered when all ends. */
  if (query->core->swarm != NULL)
    redes_swarm_offer_source (query->core->swarm, query->download, &source->id, source->host,
                              source->port);
}

static void
sources_cb (RedesLookupResult *result, gpointer user_data)
{
  const RedesLookupTally *tally = result->tally;
  SourcesQuery *query = user_data;

  redes_download_query_answered (query->download, tally->trackers_asked + tally->peers_asked,
                                 tally->trackers_answered + tally->peers_answered, tally->reason);
  redes_download_unref (query->download);
  g_free (query);
}

void
redes_core_on_want_sources (RedesDownload *download, gpointer user_data)
{
  SourcesQuery *query = g_new0 (SourcesQuery, 1);

  query->core = user_data;
  query->download = redes_download_ref (download);
  redes_lookup_find_sources (query->core->lookup, redes_download_get_content (download),
                             (const char *const *)redes_download_get_link (download)->trackers,
                             is_source_wanted, source_found_cb, sources_cb, query);
}

static gboolean
is_at_rest (RedesDownloadState state)
{
  return state == REDES_DOWNLOAD_DONE || state == REDES_DOWNLOAD_FAILED
         || state == REDES_DOWNLOAD_PAUSED;
}

/* A download is a source for others from its first block on, so the trackers hear of it early. */
static void
announce_download (RedesCore *self, RedesDownload *download)
{
  RedesDownloadState state = redes_download_get_state (download);
  RedesManifest *manifest = redes_download_get_manifest (download);

  if (manifest == NULL || redes_download_is_stream (download))
    return;
  if (state == REDES_DOWNLOAD_ACTIVE
      && redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)) > 1)
    {
      if (!g_hash_table_contains (self->announced, download))
        {
          g_hash_table_add (self->announced, redes_download_ref (download));
          redes_core_tell_trackers (self, manifest, redes_tracker_client_add_file);
        }
    }
  else if (is_at_rest (state) && g_hash_table_remove (self->announced, download)
           && state != REDES_DOWNLOAD_DONE)
    redes_core_tell_trackers (self, manifest, redes_tracker_client_remove_file);
}

/* Nobody will hear of it any more. */
static void
let_go (RedesCore *self, RedesDownload *download)
{
  guint id = redes_download_get_id (download);
  gboolean is_leaving = g_hash_table_remove (self->leaving, GUINT_TO_POINTER (id));

  if (g_hash_table_remove (self->transfers, GUINT_TO_POINTER (id)))
    redes_swarm_forget (self->swarm, download);
  if (is_leaving || redes_download_is_removed (download))
    redes_core_drop_stream (self, id);
  if (is_leaving || redes_download_is_removed (download))
    self->events.transfer_removed (id, self->user_data);
  begin_later (self, redes_download_get_content (download));
}

void
redes_core_on_download_changed (RedesDownload *download, gboolean at_once, gpointer user_data)
{
  RedesCore *self = user_data;
  guint id = redes_download_get_id (download);
  RedesDownloadState state = redes_download_get_state (download);

  if (!g_hash_table_contains (self->transfers, GUINT_TO_POINTER (id))
      || redes_core_refuse_blocked (self, download))
    return;
  /* It did not get its name after all. */
  if (state == REDES_DOWNLOAD_WAITING && g_hash_table_remove (self->leaving, GUINT_TO_POINTER (id)))
    {
      redes_download_remove (download);
      return;
    }
  if (at_once)
    announce_download (self, download);
  /* The last word has the blocks, too: nobody can be asked for them later. */
  if (is_at_rest (state) || redes_download_is_removed (download))
    redes_link_trackers_drop (self->link_trackers, redes_download_get_content (download));
  self->events.transfer_changed (
      redes_download_snapshot_new (id, download,
                                   id == self->watched_transfer || state == REDES_DOWNLOAD_DONE),
      self->user_data);
  /* With a store one that has failed may be tried again. */
  if (state == REDES_DOWNLOAD_DONE || redes_download_is_removed (download)
      || (state == REDES_DOWNLOAD_FAILED
          && (self->store == NULL || redes_download_is_stream (download))))
    let_go (self, download);
}

void
redes_core_on_download_resumed (RedesDownload *download,
                                guint32 n_kept,
                                guint32 n_doubtful,
                                gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.transfer_resumed (redes_download_get_id (download), n_kept, n_doubtful,
                                 self->user_data);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-private.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/classic/goodbye.h"
#include "engine/library/disk-error.h"
#include "engine/lookup/peer-provider.h"
#include "engine/lookup/tracker-provider.h"
#include "engine/platform/data-lock.h"

/* Disk work waits more than it computes, so there may be more of it than cores. */
#define MIN_DISK_THREADS 4u
#define GOODBYE_MS 400

typedef struct
{
  RedesCore *core;
  RedesDownload *download;
} SourcesQuery;

/* What the tracker clients say and ask. */

static GPtrArray *
list_files (gpointer user_data)
{
  RedesCore *self = user_data;
  GPtrArray *manifests = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autoptr (GPtrArray) holdings = redes_library_list (self->library);
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; i < holdings->len; i++)
    g_ptr_array_add (manifests, redes_manifest_ref (
                                    redes_holding_get_manifest (g_ptr_array_index (holdings, i))));
  g_hash_table_iter_init (&iter, self->announced);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (manifests, redes_manifest_ref (redes_download_get_manifest (key)));
  return manifests;
}

static void
on_tracker_state (RedesTrackerClient *client,
                  RedesTrackerState state,
                  const GError *error,
                  gpointer user_data)
{
  RedesCore *self = user_data;
  g_autoptr (RedesNotice) reason = NULL;

  if (state == REDES_TRACKER_REGISTERED)
    redes_core_on_registered (self, client);
  if (!redes_tracker_table_is_believed (self->trackers, client))
    return;
  reason = error != NULL ? redes_notice_new_of_error (error) : NULL;
  self->events.tracker_changed (redes_tracker_client_get_address (client), state, reason,
                                self->user_data);
}

/* Others are told of that address, so nobody can fetch from this peer. */
static void
on_reach_told (RedesTrackerClient *client,
               gboolean reachable,
               const char *host,
               guint16 port,
               gpointer user_data)
{
  RedesCore *self = user_data;
  g_autofree char *address = NULL;
  g_autoptr (RedesNotice) notice = NULL;

  if (reachable || !redes_tracker_table_is_believed (self->trackers, client))
    return;
  address = redes_text_format_address (host, port);
  notice = redes_notice_new (REDES_NOTICE_REACH_FAILED, redes_tracker_client_get_address (client),
                             address);
  self->events.notice (notice, self->user_data);
}

gboolean
redes_core_add_tracker (RedesCore *self,
                        const char *address,
                        const RedesPeerId *expected,
                        gboolean found,
                        gboolean register_peer,
                        GError **error)
{
  RedesTrackerClientParams params
      = { .identity = self->identity,
          .address = address,
          .expected = expected,
          .nickname = self->config->nickname,
          .listen_host = self->config->listen ? self->config->listen_host : NULL,
          .port = self->port,
          .register_peer = register_peer,
          .list_files = list_files,
          .state_changed = on_tracker_state,
          .reach_told = on_reach_told,
          .user_data = self };
  RedesTrackerClient *client;

  if (redes_tracker_table_lookup (self->trackers, address) != NULL)
    return TRUE;
  client = redes_tracker_client_new (&params, error);
  if (client == NULL)
    return FALSE;
  redes_tracker_table_add (self->trackers, client, found);
  return TRUE;
}

static void
tell_trackers (RedesCore *self,
               RedesManifest *manifest,
               void (*tell) (RedesTrackerClient *, RedesManifest *))
{
  GPtrArray *trackers = redes_tracker_table_get_all (self->trackers);

  for (guint i = 0; i < trackers->len; i++)
    tell (g_ptr_array_index (trackers, i), manifest);
}

/* What the library says. */

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_local_index_add (self->local_index, redes_holding_get_manifest (holding));
  if (self->classic != NULL)
    redes_classic_peer_add (self->classic, holding);
  tell_trackers (self, redes_holding_get_manifest (holding), redes_tracker_client_add_file);
  self->events.shared (holding, self->user_data);
}

static void
on_withdrawn (RedesHolding *holding, const RedesNotice *reason, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_local_index_remove (self->local_index, redes_holding_get_manifest (holding));
  if (self->classic != NULL)
    redes_classic_peer_remove (self->classic, holding);
  tell_trackers (self, redes_holding_get_manifest (holding), redes_tracker_client_remove_file);
  self->events.withdrawn (holding, reason, self->user_data);
}

static void
on_hashing (const RedesHashingProgress *progress, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.hashing (progress, self->user_data);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.skipped (path, error, self->user_data);
}

static void
on_library_notice (const RedesNotice *notice, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.notice (notice, self->user_data);
}

static void
on_idle (gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.idle (self->user_data);
}

/* What the swarm says and asks. */

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

static void
on_want_sources (RedesDownload *download, gpointer user_data)
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

  if (manifest == NULL)
    return;
  if (state == REDES_DOWNLOAD_ACTIVE
      && redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)) > 1)
    {
      if (!g_hash_table_contains (self->announced, download))
        {
          g_hash_table_add (self->announced, redes_download_ref (download));
          tell_trackers (self, manifest, redes_tracker_client_add_file);
        }
    }
  else if (is_at_rest (state) && g_hash_table_remove (self->announced, download)
           && state != REDES_DOWNLOAD_DONE)
    tell_trackers (self, manifest, redes_tracker_client_remove_file);
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
    self->events.transfer_removed (id, self->user_data);
  redes_core_begin_later (self, redes_download_get_content (download));
}

static void
on_download_changed (RedesDownload *download, gboolean at_once, gpointer user_data)
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
      || (state == REDES_DOWNLOAD_FAILED && self->store == NULL))
    let_go (self, download);
}

static void
on_download_resumed (RedesDownload *download,
                     guint32 n_kept,
                     guint32 n_doubtful,
                     gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.transfer_resumed (redes_download_get_id (download), n_kept, n_doubtful,
                                 self->user_data);
}

static void
on_swarm_noticed (const RedesNotice *notice, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.notice (notice, self->user_data);
}

static void
on_violation (const RedesPeerId *peer,
              const char *address,
              gint64 block,
              const char *reason,
              RedesDownload *download,
              gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.violation (peer, address, block, reason,
                          download != NULL ? redes_download_get_id (download) : 0, self->user_data);
}

void
redes_core_accept (GSocketConnection *connection, gpointer user_data)
{
  RedesCore *self = user_data;

  if (self->sniffer != NULL)
    redes_protocol_sniffer_add (self->sniffer, connection);
  else
    redes_swarm_accept (self->swarm, connection);
}

static RedesIdentity *
load_identity (RedesCore *self, GError **error)
{
  const RedesConfig *config = self->config;
  RedesIdentity *identity;
  g_autofree char *path = NULL;

  if (config->data_dir == NULL)
    return redes_identity_new (config->rsa_bits, error);
  path = g_build_filename (config->data_dir, "identity.pem", NULL);
  identity = redes_identity_load_or_create (path, config->rsa_bits, error);
  if (identity != NULL && redes_identity_file_is_exposed (path))
    {
      g_autofree char *name = redes_text_display_path (config->data_dir);
      g_autoptr (RedesNotice) notice = redes_notice_new (REDES_NOTICE_IDENTITY_EXPOSED, name);

      self->events.notice (notice, self->user_data);
    }
  return identity;
}

static void
on_store_trouble (const RedesNotice *trouble, gpointer user_data)
{
  RedesCore *self = user_data;
  g_autoptr (RedesNotice) notice = trouble != NULL ? redes_notice_ref (trouble)
                                                   : redes_notice_new (REDES_NOTICE_WRITTEN_AGAIN);

  self->events.notice (notice, self->user_data);
}

static gboolean
open_store (RedesCore *self, GError **error)
{
  g_autoptr (RedesNotice) notice = NULL;

  if (self->config->data_dir == NULL)
    return TRUE;
  self->store = redes_store_open (self->config->data_dir, g_main_context_get_thread_default (),
                                  on_store_trouble, self, &notice, error);
  if (self->store != NULL && notice != NULL)
    self->events.notice (notice, self->user_data);
  return self->store != NULL;
}

static void
put_together (RedesCore *self)
{
  static const RedesLibraryEvents library_events = { .shared = on_shared,
                                                     .withdrawn = on_withdrawn,
                                                     .hashing = on_hashing,
                                                     .skipped = on_skipped,
                                                     .notice = on_library_notice,
                                                     .idle = on_idle };
  static const RedesSwarmEvents swarm_events = { .want_sources = on_want_sources,
                                                 .download_changed = on_download_changed,
                                                 .download_resumed = on_download_resumed,
                                                 .noticed = on_swarm_noticed,
                                                 .violation = on_violation,
                                                 .met = redes_core_on_met,
                                                 .parted = redes_core_on_parted,
                                                 .query = redes_core_on_rpc_query };
  GMainContext *context = g_main_context_get_thread_default ();
  guint n_cores = g_get_num_processors ();
  RedesSwarmParams params = { .identity = self->identity,
                              .nickname = self->config->nickname,
                              .port = self->port,
                              .keeps_partial_files = self->config->keeps_partial_files,
                              .patience_s = self->config->patience_s,
                              .max_up_bytes_per_s = self->config->max_up_bytes_per_s,
                              .max_down_bytes_per_s = self->config->max_down_bytes_per_s };

  self->disk_workers = redes_workers_new ("redes-disk", MAX (n_cores, MIN_DISK_THREADS), context);
  self->hash_workers = redes_workers_new_gentle ("redes-hash", n_cores, context);
  self->local_index = redes_local_index_new ();
  self->library
      = redes_library_new (self->identity, self->hash_workers, self->store, &library_events, self);
  if (self->config->data_dir != NULL)
    redes_library_set_private_folder (self->library, self->config->data_dir);
  self->cache = redes_block_cache_new (self->config->cache_bytes, self->disk_workers);
  params.library = self->library;
  params.cache = self->cache;
  params.workers = self->disk_workers;
  params.store = self->store;
  params.listen_host = self->config->listen ? self->config->listen_host : NULL;
  self->swarm = redes_swarm_new (&params, &swarm_events, self);
}

/* Who is asked, and in this order. The original system comes and goes, see core-classic.c. */
static void
begin_lookup (RedesCore *self)
{
  self->lookup = redes_lookup_new (NULL);
  redes_lookup_add_provider (self->lookup,
                             redes_tracker_provider_new (self->trackers, self->link_trackers));
  redes_lookup_add_provider (self->lookup,
                             redes_peer_provider_new (self->swarm, self->peer_finder));
}

RedesCore *
redes_core_new (const RedesConfig *config,
                const RedesCoreEvents *events,
                gpointer user_data,
                GError **error)
{
  RedesCore *self = g_new0 (RedesCore, 1);

  self->events = *events;
  self->user_data = user_data;
  self->config = redes_config_copy (config);
  self->lock = -1;
  self->trackers = redes_tracker_table_new ();
  self->unsigned_transfers
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)redes_classic_download_free);
  self->transfers = g_hash_table_new (NULL, NULL);
  self->blocked = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->announced = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)redes_download_unref, NULL);

  self->leaving = g_hash_table_new (NULL, NULL);

  if (config->data_dir != NULL)
    {
      gint64 holder = 0;

      self->lock = redes_data_lock_take (config->data_dir, &holder);
      if (self->lock == -1)
        {
          redes_set_data_folder_error (error, config->data_dir, holder);
          goto failed;
        }
    }
  self->identity = load_identity (self, error);
  if (self->identity == NULL || !open_store (self, error))
    goto failed;
  if (config->listen)
    {
      self->listener = redes_listener_new (config->listen_host, config->listen_port,
                                           redes_core_accept, self, error);
      if (self->listener == NULL)
        goto failed;
      self->port = redes_listener_get_port (self->listener);
    }
  redes_debug ("starts: port %u, %u trackers set, local network %s", self->port,
               g_strv_length (config->trackers), config->lan ? "on" : "off");
  self->link_trackers = redes_link_trackers_new (self->identity);
  put_together (self);
  redes_core_look_around (self);
  begin_lookup (self);
  redes_core_join_classic (self);
  for (guint i = 0; config->trackers[i] != NULL; i++)
    if (!redes_core_add_tracker (self, config->trackers[i], NULL, FALSE, config->listen, error))
      goto failed;
  return self;

failed:
  redes_core_free (self);
  return NULL;
}

/* The last words to trackers leave in the background: give them a moment. */
static void
wait_for_goodbyes (void)
{
  GMainContext *context = g_main_context_get_thread_default ();
  gint64 end_us = g_get_monotonic_time () + GOODBYE_MS * 1000;

  while (redes_channel_count_finishing () + redes_classic_count_goodbyes () > 0
         && g_get_monotonic_time () < end_us)
    g_main_context_iteration (context, TRUE);
}

void
redes_core_free (RedesCore *self)
{
  redes_debug ("stops");
  g_clear_pointer (&self->listener, redes_listener_free);
  redes_core_leave_classic (self);
  g_clear_pointer (&self->swarm, redes_swarm_free);
  g_clear_pointer (&self->lookup, redes_lookup_free);
  g_clear_pointer (&self->peer_finder, redes_peer_finder_free);
  g_clear_pointer (&self->link_trackers, redes_link_trackers_free);
  redes_tracker_table_clear (self->trackers);
  wait_for_goodbyes ();
  g_clear_pointer (&self->cache, redes_block_cache_free);
  g_clear_pointer (&self->library, redes_library_free);
  g_clear_pointer (&self->local_index, redes_local_index_free);
  g_clear_pointer (&self->hash_workers, redes_workers_free);
  g_clear_pointer (&self->disk_workers, redes_workers_free);
  g_clear_pointer (&self->store, redes_store_free);
  redes_core_clear_later (self);
  g_hash_table_unref (self->leaving);
  redes_tracker_table_free (self->trackers);
  g_hash_table_unref (self->unsigned_transfers);
  g_hash_table_unref (self->transfers);
  g_hash_table_unref (self->announced);
  g_hash_table_unref (self->blocked);
  g_clear_pointer (&self->identity, redes_identity_unref);
  redes_data_lock_release (self->lock);
  redes_config_free (self->config);
  g_free (self);
}

const RedesPeerId *
redes_core_get_peer_id (RedesCore *self)
{
  return redes_identity_get_peer_id (self->identity);
}

const char *
redes_core_get_address (RedesCore *self)
{
  return self->listener != NULL ? redes_listener_get_address (self->listener) : NULL;
}

void
redes_core_share (RedesCore *self, const char *path)
{
  redes_library_share (self->library, path);
}

void
redes_core_unshare (RedesCore *self, const char *path)
{
  redes_library_unshare (self->library, path);
}

void
redes_core_set_hashing_paused (RedesCore *self, gboolean paused)
{
  redes_library_set_hashing_paused (self->library, paused);
}

void
redes_core_get_cache_stats (RedesCore *self, RedesBlockCacheStats *out)
{
  redes_block_cache_get_stats (self->cache, out);
}

RedesLookup *
redes_core_get_lookup (RedesCore *self)
{
  return self->lookup;
}

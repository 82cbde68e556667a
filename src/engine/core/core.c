/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/classic/goodbye.h"
#include "engine/core/core-classic-private.h"
#include "engine/core/core-folders-private.h"
#include "engine/core/core-lan-private.h"
#include "engine/core/core-listener-private.h"
#include "engine/core/core-state-private.h"
#include "engine/core/core-streams-private.h"
#include "engine/core/core-trackers-private.h"
#include "engine/core/core-transfers-private.h"
#include "engine/library/disk-error.h"
#include "engine/lookup/peer-provider.h"
#include "engine/lookup/tracker-provider.h"
#include "engine/platform/data-lock.h"

/* Disk work waits more than it computes, so there may be more of it than cores. */
#define MIN_DISK_THREADS 4u
#define GOODBYE_MS 400

/* What the library says. */

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_local_index_add (self->local_index, redes_holding_get_manifest (holding));
  if (self->classic != NULL)
    redes_classic_peer_add (self->classic, holding);
  redes_core_tell_trackers (self, redes_holding_get_manifest (holding),
                            redes_tracker_client_add_file);
  self->events.shared (holding, self->user_data);
}

static void
on_withdrawn (RedesHolding *holding, const RedesNotice *reason, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_local_index_remove (self->local_index, redes_holding_get_manifest (holding));
  if (self->classic != NULL)
    redes_classic_peer_remove (self->classic, holding);
  redes_core_tell_trackers (self, redes_holding_get_manifest (holding),
                            redes_tracker_client_remove_file);
  self->events.withdrawn (holding, reason, self->user_data);
}

/* Found by its name, as a file is. */
static void
on_folder_shared (RedesHolding *holding, const char *path, gboolean is_top, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_local_index_add (self->local_index, redes_holding_get_manifest (holding));
  redes_core_tell_trackers (self, redes_holding_get_manifest (holding),
                            redes_tracker_client_add_file);
}

static void
on_folder_withdrawn (RedesHolding *holding, const char *path, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_local_index_remove (self->local_index, redes_holding_get_manifest (holding));
  redes_core_tell_trackers (self, redes_holding_get_manifest (holding),
                            redes_tracker_client_remove_file);
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

/* What the swarm says. */

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
make_parts (RedesCore *self)
{
  static const RedesLibraryEvents library_events = { .shared = on_shared,
                                                     .withdrawn = on_withdrawn,
                                                     .folder_shared = on_folder_shared,
                                                     .folder_withdrawn = on_folder_withdrawn,
                                                     .hashing = on_hashing,
                                                     .skipped = on_skipped,
                                                     .notice = on_library_notice,
                                                     .idle = on_idle };
  static const RedesSwarmEvents swarm_events
      = { .want_sources = redes_core_on_want_sources,
          .download_changed = redes_core_on_download_changed,
          .download_resumed = redes_core_on_download_resumed,
          .want_folder_sources = redes_core_on_want_folder_sources,
          .folder_changed = redes_core_on_folder_changed,
          .folder_resumed = redes_core_on_folder_resumed,
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
                              .max_folder_entries = self->config->max_folder_entries,
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
  params.clock = self->clock;
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
  self->lookup = redes_lookup_new (self->clock);
  redes_lookup_add_provider (self->lookup,
                             redes_tracker_provider_new (self->trackers, self->link_trackers));
  redes_lookup_add_provider (self->lookup,
                             redes_peer_provider_new (self->swarm, self->peer_finder, self->clock));
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
  self->clock = redes_clock_get_system ();
  self->lock = -1;
  self->trackers = redes_tracker_table_new ();
  self->unsigned_transfers
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)redes_classic_download_free);
  self->transfers = g_hash_table_new (NULL, NULL);
  self->folder_transfers = g_hash_table_new (NULL, NULL);
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
  if (!redes_core_listen (self, error))
    goto failed;
  redes_debug ("starts: port %u, %u trackers set, local network %s", self->port,
               g_strv_length (config->trackers), config->lan ? "on" : "off");
  self->link_trackers = redes_link_trackers_new (self->identity);
  make_parts (self);
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
  redes_core_disown_looks (self);
  g_clear_pointer (&self->listener, redes_listener_free);
  redes_core_leave_classic (self);
  g_clear_pointer (&self->media_server, redes_media_server_free);
  g_clear_pointer (&self->swarm, redes_swarm_free);
  redes_core_end_streams (self);
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
  g_hash_table_unref (self->folder_transfers);
  g_clear_pointer (&self->watched_items, g_array_unref);
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

gboolean
redes_core_holds (RedesCore *self, const RedesContentId *content)
{
  RedesHolding *holding = redes_library_lookup (self->library, content);

  return holding != NULL && redes_holding_is_complete (holding);
}

void
redes_core_try_again_now (RedesCore *self)
{
  GPtrArray *trackers = redes_tracker_table_get_all (self->trackers);

  for (guint i = 0; i < trackers->len; i++)
    redes_tracker_client_try_again_now (g_ptr_array_index (trackers, i));
  redes_swarm_try_again_now (self->swarm);
}

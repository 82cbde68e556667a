/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/core-private.h"

#include "engine/net/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#ifdef G_OS_UNIX
#include <sys/file.h>
#include <unistd.h>
#endif

/* Disk work waits more than it computes, so there may be more of it than cores. */
#define MIN_DISK_THREADS 4u
/* Trackers that only links have named. */
#define MAX_LINK_TRACKERS 32u
#define GOODBYE_MS 400
/* A program that is just leaving takes a moment to let go of its folder. */
#define LOCK_TRIES 20u
#define LOCK_PAUSE_MS 50u

typedef struct
{
  RedesCore *core;
  RedesDownload *download;
} SourcesQuestion;

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

  if (state == REDES_TRACKER_REGISTERED)
    redes_core_on_registered (self, client);
  if (!redes_core_is_tracker_believed (self, client))
    return;
  self->events.tracker_changed (redes_tracker_client_get_address (client), state,
                                error != NULL ? error->message : NULL, self->user_data);
}

gboolean
redes_core_add_tracker (RedesCore *self,
             const char *address,
             const RedesPeerId *expected,
             gboolean register_peer,
             GError **error)
{
  RedesTrackerClientParams params = { .identity = self->identity,
                                      .address = address,
                                      .expected = expected,
                                      .nickname = self->config->nickname,
                                      .port = self->port,
                                      .register_peer = register_peer,
                                      .list_files = list_files,
                                      .state_changed = on_tracker_state,
                                      .user_data = self };
  RedesTrackerClient *client;

  if (g_hash_table_contains (self->trackers, address))
    return TRUE;
  client = redes_tracker_client_new (&params, error);
  if (client == NULL)
    return FALSE;
  g_hash_table_insert (self->trackers, g_strdup (address), client);
  g_ptr_array_add (self->tracker_order, client);
  return TRUE;
}

static void
tell_trackers (RedesCore *self,
               RedesManifest *manifest,
               void (*tell) (RedesTrackerClient *, RedesManifest *))
{
  for (guint i = 0; i < self->tracker_order->len; i++)
    tell (g_ptr_array_index (self->tracker_order, i), manifest);
}

/* What the library says. */

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  RedesCore *self = user_data;
  RedesManifest *manifest = redes_holding_get_manifest (holding);
  g_autofree char *path = redes_holding_dup_path (holding);

  redes_shelf_add (self->shelf, manifest);
  if (self->classic != NULL)
    redes_classic_peer_add (self->classic, holding);
  tell_trackers (self, manifest, redes_tracker_client_add_file);
  self->events.shared (manifest, path, self->user_data);
}

static void
on_withdrawn (RedesHolding *holding, gpointer user_data)
{
  RedesCore *self = user_data;

  redes_shelf_remove (self->shelf, redes_holding_get_manifest (holding));
  if (self->classic != NULL)
    redes_classic_peer_remove (self->classic, holding);
  tell_trackers (self, redes_holding_get_manifest (holding), redes_tracker_client_remove_file);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.skipped (path, error, self->user_data);
}

static void
on_idle (gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.idle (self->user_data);
}

/* What the swarm says and asks. */

static void
sources_cb (GPtrArray *rows,
            GPtrArray *origins,
            const RedesTally *tally,
            gpointer user_data)
{
  SourcesQuestion *question = user_data;

  for (guint i = 0; i < rows->len; i++)
    {
      const RedesTrackerPeer *peer = g_ptr_array_index (rows, i);

      redes_swarm_offer_source (question->core->swarm, question->download, &peer->id, peer->host,
                                peer->port);
    }
  redes_download_sources_answered (question->download, tally->trackers_asked + tally->peers_asked,
                                   tally->trackers_answered + tally->peers_answered, tally->words);
  g_ptr_array_unref (rows);
  g_ptr_array_unref (origins);
  redes_download_unref (question->download);
  g_free (question);
}

static void
on_want_sources (RedesDownload *download, gpointer user_data)
{
  SourcesQuestion *question = g_new0 (SourcesQuestion, 1);

  question->core = user_data;
  question->download = redes_download_ref (download);
  redes_core_find_sources (question->core, redes_download_get_content (download), sources_cb,
                           question);
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
  else if (redes_download_is_over (download) && g_hash_table_remove (self->announced, download)
           && state == REDES_DOWNLOAD_FAILED)
    tell_trackers (self, manifest, redes_tracker_client_remove_file);
}

static void
on_download_changed (RedesDownload *download, gboolean at_once, gpointer user_data)
{
  RedesCore *self = user_data;
  guint id = redes_download_get_id (download);

  if (at_once)
    announce_download (self, download);
  self->events.transfer_changed (redes_transfer_snapshot_new (id, download), self->user_data);
  if (redes_download_is_over (download)
      && g_hash_table_remove (self->transfers, GUINT_TO_POINTER (id)))
    redes_swarm_forget (self->swarm, download);
}

static void
on_offence (const RedesPeerId *peer,
            const char *address,
            gint64 block,
            const char *reason,
            RedesDownload *download,
            gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.offence (peer, address, block, reason,
                        download != NULL ? redes_download_get_id (download) : 0, self->user_data);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  RedesCore *self = user_data;

  if (self->sorter != NULL)
    redes_first_byte_sorter_add (self->sorter, connection);
  else
    redes_swarm_accept (self->swarm, connection);
}

static RedesIdentity *
load_identity (const RedesConfig *config, GError **error)
{
  g_autofree char *path = NULL;

  if (config->data_dir == NULL)
    return redes_identity_new (config->rsa_bits, error);
  path = g_build_filename (config->data_dir, "identity.pem", NULL);
  return redes_identity_load_or_create (path, config->rsa_bits, error);
}

#ifdef G_OS_UNIX

static gboolean
take_lock (int fd)
{
  for (guint i = 0; flock (fd, LOCK_EX | LOCK_NB) != 0; i++)
    {
      /* A file system without locks is no reason not to start. */
      if (errno != EWOULDBLOCK)
        return TRUE;
      if (i == LOCK_TRIES)
        return FALSE;
      g_usleep (LOCK_PAUSE_MS * 1000);
    }
  return TRUE;
}

/* Two peers with one identity would take turns in throwing each other out of every tracker. */
static gboolean
lock_data_dir (RedesCore *self, GError **error)
{
  g_autofree char *name = NULL;

  if (self->config->data_dir == NULL)
    return TRUE;
  self->lock_fd = open (self->config->data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->lock_fd < 0 || take_lock (self->lock_fd))
    return TRUE;
  name = g_filename_display_name (self->config->data_dir);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               "Another Redes uses the data folder “%s”: stop it, or choose another data folder",
               name);
  return FALSE;
}

static void
unlock_data_dir (RedesCore *self)
{
  if (self->lock_fd >= 0)
    close (self->lock_fd);
}

#else

static gboolean
lock_data_dir (RedesCore *self, GError **error)
{
  return TRUE;
}

static void
unlock_data_dir (RedesCore *self)
{
}

#endif

static void
open_stores (RedesCore *self)
{
  static const RedesLibraryEvents library_events
      = { .shared = on_shared, .withdrawn = on_withdrawn, .skipped = on_skipped, .idle = on_idle };
  static const RedesSwarmEvents swarm_events = { .want_sources = on_want_sources,
                                                 .download_changed = on_download_changed,
                                                 .offence = on_offence,
                                                 .met = redes_core_on_met,
                                                 .parted = redes_core_on_parted,
                                                 .question = redes_core_on_question };
  GMainContext *context = g_main_context_get_thread_default ();
  guint n_cores = g_get_num_processors ();
  RedesSwarmParams params = { .identity = self->identity,
                              .nickname = self->config->nickname,
                              .port = self->port,
                              .patience_s = self->config->patience_s,
                              .max_up_bytes_per_s = self->config->max_up_bytes_per_s,
                              .max_down_bytes_per_s = self->config->max_down_bytes_per_s };

  self->disk_workers = redes_workers_new ("redes-disk", MAX (n_cores, MIN_DISK_THREADS), context);
  self->hash_workers = redes_workers_new ("redes-hash", n_cores, context);
  self->shelf = redes_shelf_new ();
  self->library = redes_library_new (self->identity, self->hash_workers, &library_events, self);
  self->cache = redes_block_cache_new (self->config->cache_bytes, self->disk_workers);
  params.library = self->library;
  params.cache = self->cache;
  params.workers = self->disk_workers;
  self->swarm = redes_swarm_new (&params, &swarm_events, self);
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
  self->lock_fd = -1;
  self->trackers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)redes_tracker_client_free);
  self->tracker_order = g_ptr_array_new ();
  self->found_trackers = g_hash_table_new (NULL, NULL);
  self->unsigned_transfers = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify)redes_classic_download_free);
  self->transfers = g_hash_table_new (NULL, NULL);
  self->announced = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)redes_download_unref, NULL);

  self->identity = load_identity (config, error);
  if (self->identity == NULL || !lock_data_dir (self, error))
    goto failed;
  if (config->listen)
    {
      self->listener
          = redes_listener_new (config->listen_host, config->listen_port, on_accept, self, error);
      if (self->listener == NULL)
        goto failed;
      self->port = redes_listener_get_port (self->listener);
    }
  open_stores (self);
  redes_core_look_around (self);
  redes_core_join_classic (self);
  for (guint i = 0; config->trackers[i] != NULL; i++)
    if (!redes_core_add_tracker (self, config->trackers[i], NULL, config->listen, error))
      goto failed;
  return self;

failed:
  redes_core_free (self);
  return NULL;
}

/* The tracker clients' last words leave in the background: give them a moment. */
static void
wait_for_goodbyes (void)
{
  GMainContext *context = g_main_context_get_thread_default ();
  gint64 end_us = g_get_monotonic_time () + GOODBYE_MS * 1000;

  while (redes_channel_count_finishing () > 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (context, TRUE);
}

void
redes_core_free (RedesCore *self)
{
  g_clear_pointer (&self->listener, redes_listener_free);
  redes_core_leave_classic (self);
  g_clear_pointer (&self->swarm, redes_swarm_free);
  redes_core_end_questions (self);
  g_clear_pointer (&self->surroundings, redes_surroundings_free);
  g_ptr_array_set_size (self->tracker_order, 0);
  g_hash_table_remove_all (self->trackers);
  wait_for_goodbyes ();
  g_clear_pointer (&self->cache, redes_block_cache_free);
  g_clear_pointer (&self->library, redes_library_free);
  g_clear_pointer (&self->shelf, redes_shelf_free);
  g_clear_pointer (&self->hash_workers, redes_workers_free);
  g_clear_pointer (&self->disk_workers, redes_workers_free);
  g_hash_table_unref (self->trackers);
  g_ptr_array_unref (self->tracker_order);
  g_hash_table_unref (self->found_trackers);
  g_hash_table_unref (self->unsigned_transfers);
  g_hash_table_unref (self->transfers);
  g_hash_table_unref (self->announced);
  g_clear_pointer (&self->identity, redes_identity_unref);
  unlock_data_dir (self);
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

static void
use_trackers_of_link (RedesCore *self, const RedesLink *link)
{
  for (guint i = 0; link->trackers[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (self->tracker_order->len >= g_strv_length (self->config->trackers) + MAX_LINK_TRACKERS)
        return;
      /* Being named in a link is no reason to tell that tracker what this peer shares. */
      if (!redes_core_add_tracker (self, link->trackers[i], NULL, FALSE, &error))
        g_debug ("a link's tracker: %s", error->message);
    }
}

void
redes_core_download (RedesCore *self,
                     guint transfer_id,
                     const RedesLink *link,
                     const char *folder,
                     const char *target)
{
  RedesDownload *download;

  use_trackers_of_link (self, link);
  download = redes_swarm_download (self->swarm, transfer_id, link, folder, target);
  g_hash_table_insert (self->transfers, GUINT_TO_POINTER (transfer_id), download);
}

void
redes_core_cancel (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = g_hash_table_lookup (self->transfers, GUINT_TO_POINTER (transfer_id));

  if (redes_core_cancel_unsigned (self, transfer_id))
    return;
  /* One that is being given its name is as good as done. */
  if (download != NULL && redes_download_get_state (download) != REDES_DOWNLOAD_FINISHING)
    redes_download_fail (download, "cancelled");
}

void
redes_core_set_limits (RedesCore *self, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s)
{
  redes_swarm_set_limits (self->swarm, max_up_bytes_per_s, max_down_bytes_per_s);
}

void
redes_core_get_cache_stats (RedesCore *self, RedesBlockCacheStats *out)
{
  redes_block_cache_get_stats (self->cache, out);
}

GPtrArray *
redes_core_list_trackers (RedesCore *self)
{
  GPtrArray *trackers = g_ptr_array_new ();

  for (guint i = 0; i < self->tracker_order->len; i++)
    if (redes_core_is_tracker_believed (self, g_ptr_array_index (self->tracker_order, i)))
      g_ptr_array_add (trackers, g_ptr_array_index (self->tracker_order, i));
  return trackers;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-private.h"

#include "engine/base/error.h"

/* Drops a tracker client, which says goodbye in the background. */
static void
remove_tracker (RedesCore *self, const char *address)
{
  RedesTrackerClient *client = redes_tracker_table_lookup (self->trackers, address);

  if (client != NULL)
    redes_tracker_table_remove (self->trackers, client);
}

static void
add_tracker (RedesCore *self,
             const char *address,
             const RedesPeerId *expected,
             gboolean found,
             gboolean register_peer)
{
  g_autoptr (GError) error = NULL;

  if (!redes_core_add_tracker (self, address, expected, found, register_peer, &error))
    g_debug ("tracker: %s", error->message);
}

static gboolean
is_configured (RedesCore *self, const char *address)
{
  return g_strv_contains ((const char *const *)self->config->trackers, address);
}

/* A client says at its beginning who this peer is and where it listens. */
static void
meet_tracker_anew (RedesCore *self, const char *address)
{
  RedesTrackerClient *client = redes_tracker_table_lookup (self->trackers, address);
  gboolean found = redes_tracker_table_is_found (self->trackers, client);
  gboolean believed = redes_tracker_table_is_believed (self->trackers, client);
  g_autofree RedesPeerId *id = NULL;

  if (found)
    id = redes_digest_copy (redes_tracker_client_get_remote_id (client));
  remove_tracker (self, address);
  add_tracker (self, address, id, found,
               self->config->listen && (found || is_configured (self, address)));
  client = redes_tracker_table_lookup (self->trackers, address);
  if (believed && client != NULL)
    redes_tracker_table_believe (self->trackers, client);
}

static void
meet_all_anew (RedesCore *self)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *trackers = redes_tracker_table_get_all (self->trackers);

  for (guint i = 0; i < trackers->len; i++)
    g_ptr_array_add (addresses,
                     g_strdup (redes_tracker_client_get_address (g_ptr_array_index (trackers, i))));
  for (guint i = 0; i < addresses->len; i++)
    meet_tracker_anew (self, g_ptr_array_index (addresses, i));
  redes_peer_finder_announce_anew (self->peer_finder, self->port);
  if (self->classic != NULL)
    redes_classic_peer_set_port (self->classic, self->port);
}

static gboolean
move_port (RedesCore *self, GError **error)
{
  guint16 port = self->config->listen_port;
  RedesListener *listener;

  if (!self->config->listen || (port != 0 && port == self->port))
    return TRUE;
  listener = redes_listener_new (self->config->listen_host, port, redes_core_accept, self, error);
  if (listener == NULL)
    return FALSE;
  g_clear_pointer (&self->listener, redes_listener_free);
  self->listener = listener;
  self->port = redes_listener_get_port (listener);
  return TRUE;
}

static void
change_trackers (RedesCore *self, const char *const *old)
{
  const char *const *trackers = (const char *const *)self->config->trackers;

  for (guint i = 0; old[i] != NULL; i++)
    if (!is_configured (self, old[i]))
      remove_tracker (self, old[i]);
  for (guint i = 0; trackers[i] != NULL; i++)
    {
      /* One that was found may not be left any more when it is found no longer. */
      if (!g_strv_contains (old, trackers[i]))
        remove_tracker (self, trackers[i]);
      add_tracker (self, trackers[i], NULL, FALSE, self->config->listen);
    }
}

static gboolean
differ (char **a, char **b)
{
  return !g_strv_equal ((const char *const *)a, (const char *const *)b);
}

gboolean
redes_core_configure (RedesCore *self, const RedesConfig *config, GError **error)
{
  RedesConfig *now = self->config;
  g_autoptr (RedesConfig) old = redes_config_copy (now);
  guint16 old_port = self->port;
  gboolean moved = TRUE;

  /* Its parts have borrowed it: it changes in its place. */
  redes_config_assign (now, config);
  redes_config_keep_start_only (now, old);

  if (now->listen_port != old->listen_port)
    moved = move_port (self, error);
  if (now->max_up_bytes_per_s != old->max_up_bytes_per_s
      || now->max_down_bytes_per_s != old->max_down_bytes_per_s)
    redes_swarm_set_limits (self->swarm, now->max_up_bytes_per_s, now->max_down_bytes_per_s);
  if (now->cache_bytes != old->cache_bytes)
    redes_block_cache_set_budget (self->cache, now->cache_bytes);
  if (g_strcmp0 (now->nickname, old->nickname) != 0 || self->port != old_port)
    {
      redes_swarm_set_hello (self->swarm, now->nickname, self->port);
      meet_all_anew (self);
    }
  if (differ (now->trackers, old->trackers))
    change_trackers (self, (const char *const *)old->trackers);
  if (now->use_found_trackers != old->use_found_trackers)
    redes_peer_finder_find_trackers_anew (self->peer_finder);
  if (differ (now->refused_trackers, old->refused_trackers)
      || differ (now->accepted_trackers, old->accepted_trackers))
    redes_peer_finder_reconsider_trackers (self->peer_finder);
  if (now->lan != old->lan)
    redes_peer_finder_announce_anew (self->peer_finder, self->port);
  redes_core_configure_classic (self, old);
  return moved;
}

gboolean
redes_core_refuse_blocked (RedesCore *self, RedesDownload *download)
{
  g_autoptr (RedesNotice) reason = NULL;
  RedesManifest *manifest = redes_download_get_manifest (download);
  const RedesLink *link = redes_download_get_link (download);
  gboolean blocked
      = manifest != NULL
            ? g_hash_table_contains (self->blocked, redes_manifest_get_publisher (manifest))
            : link->has_publisher && g_hash_table_contains (self->blocked, &link->publisher);

  if (!blocked || redes_download_is_over (download))
    return FALSE;
  reason = redes_notice_new (REDES_NOTICE_PUBLISHER_BLOCKED);
  redes_download_fail (download, reason);
  return TRUE;
}

void
redes_core_set_publisher (RedesCore *self,
                          const RedesPeerId *id,
                          const char *name,
                          RedesPublisherTrust trust)
{
  g_autoptr (GList) downloads = NULL;

  if (self->store != NULL)
    redes_store_put_publisher (self->store, id, name, trust);
  if (trust != REDES_PUBLISHER_BLOCKED)
    {
      g_hash_table_remove (self->blocked, id);
      return;
    }
  g_hash_table_add (self->blocked, redes_digest_copy (id));
  downloads = g_hash_table_get_values (self->transfers);
  for (GList *l = downloads; l != NULL; l = l->next)
    redes_core_refuse_blocked (self, l->data);
}

static void
restore_publisher (const RedesPeerId *id,
                   const char *name,
                   RedesPublisherTrust trust,
                   gpointer user_data)
{
  RedesCore *self = user_data;

  if (trust == REDES_PUBLISHER_BLOCKED)
    g_hash_table_add (self->blocked, redes_digest_copy (id));
  self->events.publisher (id, name, trust, self->user_data);
}

gboolean
redes_core_restore_publishers (RedesCore *self, GError **error)
{
  return redes_store_each_publisher (self->store, restore_publisher, self, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/core-private.h"

/* Drops a tracker client, which says goodbye in the background. */
static void
remove_tracker (RedesCore *self, const char *address)
{
  RedesTrackerClient *client = g_hash_table_lookup (self->trackers, address);

  if (client == NULL)
    return;
  g_hash_table_remove (self->found_trackers, client);
  g_ptr_array_remove (self->tracker_order, client);
  g_hash_table_remove (self->trackers, address);
}

static void
add_tracker (RedesCore *self,
             const char *address,
             const RedesPeerId *expected,
             gboolean register_peer)
{
  g_autoptr (GError) error = NULL;

  if (!redes_core_add_tracker (self, address, expected, register_peer, &error))
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
  RedesTrackerClient *client = g_hash_table_lookup (self->trackers, address);
  gpointer believed = NULL;
  gboolean found = g_hash_table_lookup_extended (self->found_trackers, client, NULL, &believed);
  g_autofree RedesPeerId *id = NULL;

  if (found)
    id = redes_digest_copy (redes_tracker_client_get_remote_id (client));
  remove_tracker (self, address);
  add_tracker (self, address, id,
               self->config->listen && (found || is_configured (self, address)));
  client = g_hash_table_lookup (self->trackers, address);
  if (found && client != NULL)
    g_hash_table_insert (self->found_trackers, client, believed);
}

static void
meet_all_anew (RedesCore *self)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->tracker_order->len; i++)
    g_ptr_array_add (addresses, g_strdup (redes_tracker_client_get_address (
                                    g_ptr_array_index (self->tracker_order, i))));
  for (guint i = 0; i < addresses->len; i++)
    meet_tracker_anew (self, g_ptr_array_index (addresses, i));
  redes_surroundings_announce_anew (self->surroundings, self->port);
  if (self->classic != NULL)
    redes_classic_peer_set_port (self->classic, self->port);
}

void
redes_core_set_nickname (RedesCore *self, const char *nickname)
{
  g_free (self->config->nickname);
  self->config->nickname = g_strdup (nickname);
  redes_swarm_set_hello (self->swarm, nickname, self->port);
  meet_all_anew (self);
}

gboolean
redes_core_set_listen_port (RedesCore *self, guint16 port, GError **error)
{
  RedesListener *listener;

  if (!self->config->listen || (port != 0 && port == self->port))
    return TRUE;
  listener
      = redes_listener_new (self->config->listen_host, port, redes_core_accept, self, error);
  if (listener == NULL)
    return FALSE;
  g_clear_pointer (&self->listener, redes_listener_free);
  self->listener = listener;
  self->port = redes_listener_get_port (listener);
  redes_swarm_set_hello (self->swarm, self->config->nickname, self->port);
  meet_all_anew (self);
  return TRUE;
}

void
redes_core_set_trackers (RedesCore *self, const char *const *trackers)
{
  g_auto (GStrv) old = g_steal_pointer (&self->config->trackers);

  self->config->trackers = g_strdupv ((char **)trackers);
  for (guint i = 0; old[i] != NULL; i++)
    if (!is_configured (self, old[i]))
      remove_tracker (self, old[i]);
  for (guint i = 0; trackers[i] != NULL; i++)
    {
      /* One that only a link had named does not know yet what this peer shares. */
      if (!g_strv_contains ((const char *const *)old, trackers[i]))
        remove_tracker (self, trackers[i]);
      add_tracker (self, trackers[i], NULL, self->config->listen);
    }
}

void
redes_core_set_cache_bytes (RedesCore *self, guint64 bytes)
{
  self->config->cache_bytes = bytes;
  redes_block_cache_set_budget (self->cache, bytes);
}

void
redes_core_set_lan (RedesCore *self, gboolean lan)
{
  if (self->config->lan == lan)
    return;
  self->config->lan = lan;
  redes_surroundings_announce_anew (self->surroundings, self->port);
  /* Without names of trackers it looks for its own on the local network. */
  if (!redes_classic_is_any_named (self->config))
    redes_core_rejoin_classic (self);
}

void
redes_core_set_openness (RedesCore *self, gboolean use_found_trackers, gboolean browsable)
{
  gboolean finds_anew = self->config->use_found_trackers != use_found_trackers;

  self->config->use_found_trackers = use_found_trackers;
  self->config->browsable = browsable;
  if (finds_anew)
    redes_surroundings_find_trackers_anew (self->surroundings);
}

void
redes_core_set_refused_trackers (RedesCore *self, const char *const *ids)
{
  g_strfreev (self->config->refused_trackers);
  self->config->refused_trackers = g_strdupv ((char **)ids);
  redes_surroundings_reconsider_trackers (self->surroundings);
}

gboolean
redes_core_refuse_blocked (RedesCore *self, RedesDownload *download)
{
  RedesManifest *manifest = redes_download_get_manifest (download);
  const RedesLink *link = redes_download_get_link (download);
  gboolean blocked
      = manifest != NULL
            ? g_hash_table_contains (self->blocked, redes_manifest_get_publisher (manifest))
            : link->has_publisher && g_hash_table_contains (self->blocked, &link->publisher);

  if (!blocked || redes_download_is_over (download))
    return FALSE;
  redes_download_fail (download, "its publisher is blocked");
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-settings.h"

#include "engine/core/core-classic-private.h"
#include "engine/core/core-listener-private.h"
#include "engine/core/core-state-private.h"
#include "engine/core/core-trackers-private.h"
#include "engine/base/error.h"

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

/* Replaces the client of a tracker by a new one, because a client says who this peer is and where
 * it listens only when it connects. */
static void
replace_tracker_client (RedesCore *self, const char *address)
{
  RedesTrackerClient *client = redes_tracker_table_lookup (self->trackers, address);
  gboolean found = redes_tracker_table_is_found (self->trackers, client);
  gboolean believed = redes_tracker_table_is_believed (self->trackers, client);
  g_autofree RedesPeerId *id = NULL;

  if (found)
    id = redes_digest_copy (redes_tracker_client_get_remote_id (client));
  redes_core_remove_tracker (self, address);
  add_tracker (self, address, id, found,
               self->config->listen && (found || is_configured (self, address)));
  client = redes_tracker_table_lookup (self->trackers, address);
  if (believed && client != NULL)
    redes_tracker_table_believe (self->trackers, client);
}

static void
replace_all_tracker_clients (RedesCore *self)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *trackers = redes_tracker_table_get_all (self->trackers);

  for (guint i = 0; i < trackers->len; i++)
    g_ptr_array_add (addresses,
                     g_strdup (redes_tracker_client_get_address (g_ptr_array_index (trackers, i))));
  for (guint i = 0; i < addresses->len; i++)
    replace_tracker_client (self, g_ptr_array_index (addresses, i));
  redes_peer_finder_announce_anew (self->peer_finder, self->port);
  if (self->classic != NULL)
    redes_classic_peer_set_port (self->classic, self->port);
}

static void
change_trackers (RedesCore *self, const char *const *old)
{
  const char *const *trackers = (const char *const *)self->config->trackers;

  for (guint i = 0; old[i] != NULL; i++)
    if (!is_configured (self, old[i]))
      redes_core_remove_tracker (self, old[i]);
  for (guint i = 0; trackers[i] != NULL; i++)
    {
      /* It may have been found on the network before; one that a person has set stays when it is no
       * longer found there. */
      if (!g_strv_contains (old, trackers[i]))
        redes_core_remove_tracker (self, trackers[i]);
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
    moved = redes_core_move_port (self, error);
  if (now->max_up_bytes_per_s != old->max_up_bytes_per_s
      || now->max_down_bytes_per_s != old->max_down_bytes_per_s)
    redes_swarm_set_limits (self->swarm, now->max_up_bytes_per_s, now->max_down_bytes_per_s);
  if (now->cache_bytes != old->cache_bytes)
    redes_block_cache_set_budget (self->cache, now->cache_bytes);
  if (g_strcmp0 (now->nickname, old->nickname) != 0 || self->port != old_port)
    {
      redes_swarm_set_hello (self->swarm, now->nickname, self->port);
      replace_all_tracker_clients (self);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-private.h"

#include "engine/lookup/rpc-handler.h"

/* What the core has to do with those around it. */

static void
drop_tracker (RedesCore *self, RedesTrackerClient *client)
{
  g_autofree char *address = g_strdup (redes_tracker_client_get_address (client));

  redes_tracker_table_remove (self->trackers, client);
  self->events.tracker_dropped (address, self->user_data);
}

/* A tracker that was found may turn out to be one that is used anyway, by a name of its own: of two
 * clients each would be thrown out by the other's registration. */
void
redes_core_on_registered (RedesCore *self, RedesTrackerClient *client)
{
  const RedesPeerId *id = redes_tracker_client_get_remote_id (client);
  RedesTrackerClient *other
      = id != NULL ? redes_tracker_table_lookup_id (self->trackers, id, client) : NULL;

  if (other != NULL && redes_tracker_table_is_found (self->trackers, other)
      && !redes_tracker_table_is_found (self->trackers, client))
    drop_tracker (self, other);
  redes_tracker_table_believe (self->trackers, client);
  if (id != NULL && self->peer_finder != NULL)
    redes_peer_finder_tracker_answers (self->peer_finder, id);
}

static RedesTrackerUse
on_use_tracker (const char *address, const RedesPeerId *id, gpointer user_data)
{
  RedesCore *self = user_data;

  if (redes_tracker_table_lookup_id (self->trackers, id, NULL) != NULL)
    return REDES_TRACKER_KNOWN;
  if (redes_tracker_table_lookup (self->trackers, address) != NULL
      || !redes_core_add_tracker (self, address, id, TRUE, self->config->listen, NULL))
    return REDES_TRACKER_UNUSED;
  return REDES_TRACKER_USED;
}

static gboolean
on_knows_tracker (const RedesPeerId *id, gpointer user_data)
{
  RedesCore *self = user_data;

  return redes_tracker_table_lookup_id (self->trackers, id, NULL) != NULL;
}

static gboolean
on_drop_tracker (const char *address, gboolean at_once, gpointer user_data)
{
  RedesCore *self = user_data;
  RedesTrackerClient *client = redes_tracker_table_lookup (self->trackers, address);

  if (client == NULL || !redes_tracker_table_is_found (self->trackers, client))
    return TRUE;
  if (!at_once && redes_tracker_client_get_state (client) == REDES_TRACKER_REGISTERED)
    return FALSE;
  drop_tracker (self, client);
  return TRUE;
}

static void
on_found (const RedesSighting *sighting, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.found (sighting, self->user_data);
}

static void
on_lost (const RedesSighting *sighting, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.lost (sighting, self->user_data);
}

void
redes_core_on_met (RedesPeerSession *session, gpointer user_data)
{
  RedesCore *self = user_data;

  if (self->peer_finder != NULL)
    redes_peer_finder_meet (self->peer_finder, session);
  if (redes_swarm_get_n_sessions (self->swarm) == 1)
    self->events.connected (self->user_data);
}

void
redes_core_on_parted (const RedesPeerId *id, gpointer user_data)
{
  RedesCore *self = user_data;

  if (self->peer_finder != NULL)
    redes_peer_finder_part (self->peer_finder, id);
}

void
redes_core_on_rpc_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data)
{
  RedesCore *self = user_data;
  RedesRpcHandler handler = { .local_index = self->local_index,
                              .library = self->library,
                              .peer_finder = self->peer_finder,
                              .browsable = self->config->browsable };

  redes_rpc_handler_answer (&handler, session, query);
}

void
redes_core_look_around (RedesCore *self)
{
  RedesPeerFinderParams params = { .swarm = self->swarm,
                                   .config = self->config,
                                   .id = redes_identity_get_peer_id (self->identity),
                                   .port = self->port,
                                   .found = on_found,
                                   .lost = on_lost,
                                   .use_tracker = on_use_tracker,
                                   .knows_tracker = on_knows_tracker,
                                   .drop_tracker = on_drop_tracker,
                                   .user_data = self };

  self->peer_finder = redes_peer_finder_new (&params);
}

void
redes_core_refresh_lan (RedesCore *self)
{
  redes_peer_finder_refresh (self->peer_finder);
}

void
redes_core_try_again_now (RedesCore *self)
{
  GPtrArray *trackers = redes_tracker_table_get_all (self->trackers);

  for (guint i = 0; i < trackers->len; i++)
    redes_tracker_client_try_again_now (g_ptr_array_index (trackers, i));
  redes_swarm_try_again_now (self->swarm);
}

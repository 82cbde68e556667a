/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-lan-private.h"

#include "engine/core/core-state-private.h"
#include "engine/core/core-trackers-private.h"
#include "engine/lookup/rpc-handler.h"

/* What the core has to do with those around it. */

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
  redes_core_drop_tracker (self, client);
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

guint
redes_core_on_rpc_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data)
{
  RedesCore *self = user_data;
  RedesRpcHandler handler = { .local_index = self->local_index,
                              .library = self->library,
                              .peer_finder = self->peer_finder,
                              .browsable = self->config->browsable };

  return redes_rpc_handler_answer (&handler, session, query);
}

void
redes_core_look_around (RedesCore *self)
{
  RedesFinderParams params = { .swarm = self->swarm,
                               .config = self->config,
                               .clock = self->clock,
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

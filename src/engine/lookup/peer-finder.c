/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/peer-finder.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/discovery/lan.h"
#include "engine/discovery/lan-peers.h"
#include "engine/lookup/peer-exchange.h"
#include "engine/lookup/tracker-finder.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/peer-rpc.h"

#define VISIT_TIMEOUT_MS 8000
/* Of two that hear each other, one comes to the other, who waits for that. */
#define PATIENCE_US 400000
/* Most likely its own beacon is about to be heard. */
#define EXCHANGE_DELAY_US 700000
#define SETTLED_US 500000
#define SETTLED_ALONE_US 1500000
#define LEAST_PAUSE_US 20000
/* Whom a peer knows is asked no more often, in microseconds. */
#define ASK_AGAIN_US (30 * G_USEC_PER_SEC)

struct _RedesPeerFinder
{
  RedesFinderParams params;
  RedesPeerId id;
  gboolean ended;
  gint64 started_us;
  RedesLan *lan; /* NULL: no beacons */
  RedesLanPeers *lan_peers;
  RedesPeerTable *peer_table;
  RedesTrackerFinder *trackers;
  GSource *timer;
};

typedef struct
{
  RedesPeerFinder *self;
  RedesPeerId id;
} Visit;

static void arm (RedesPeerFinder *self);

/* What the table of known peers says. */

static gint64
get_now_us (RedesPeerFinder *self)
{
  return redes_clock_now_us (self->params.clock);
}

static RedesSighting
describe_peer (const RedesPeerRecord *record)
{
  return (RedesSighting){ .endpoint = &record->endpoint,
                          .how = (record->how & REDES_PEER_ORIGIN_LAN) != 0
                                     ? REDES_PEER_ORIGIN_LAN
                                     : REDES_PEER_ORIGIN_EXCHANGE };
}

static void
on_found (const RedesPeerRecord *record, gpointer user_data)
{
  RedesPeerFinder *self = user_data;
  RedesSighting sighting = describe_peer (record);

  self->params.found (&sighting, self->params.user_data);
}

static void
on_lost (const RedesPeerRecord *record, gpointer user_data)
{
  RedesPeerFinder *self = user_data;
  RedesSighting sighting = describe_peer (record);

  self->params.lost (&sighting, self->params.user_data);
}

/* Visits. */

static void
take_hints (RedesPeerFinder *self, GPtrArray *hints, const char *from)
{
  redes_peer_exchange_filter (hints, &self->id, from);
  for (guint i = 0; i < hints->len; i++)
    {
      const RedesEndpoint *peer = g_ptr_array_index (hints, i);

      redes_peer_table_hint (self->peer_table, &peer->id, peer->host, peer->port, peer->nickname,
                             REDES_PEER_ORIGIN_EXCHANGE, EXCHANGE_DELAY_US, get_now_us (self));
    }
}

/* It is there if it answers anything. */
static void
visit_cb (RedesMessage *answer, const GError *error, gpointer user_data)
{
  g_autofree Visit *visit = user_data;
  RedesPeerFinder *self = visit->self;
  RedesPeerSession *session;
  gboolean answered = error == NULL || g_error_matches (error, REDES_IO_ERROR, G_IO_ERROR_BUSY)
                      || g_error_matches (error, REDES_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  session = redes_swarm_find_session (self->params.swarm, &visit->id);
  if (answered && session != NULL)
    redes_peer_finder_meet (self, session);
  else
    redes_peer_table_miss (self->peer_table, &visit->id, get_now_us (self));
  /* Beacons may have been switched off since: nobody is looked for then. */
  if (answer != NULL && session != NULL && self->lan != NULL)
    take_hints (self, answer->peers_met.peers,
                redes_channel_get_host (redes_peer_session_get_channel (session)));
  arm (self);
}

/* To ask whom it knows shows that it is there, also when a connection stands that may be dead. */
static void
ask (RedesPeerFinder *self, const RedesPeerId *id, const char *host, guint16 port)
{
  RedesPeerRpc *rpc = redes_swarm_get_rpc (self->params.swarm);
  RedesPeerRecord *record = redes_peer_table_lookup (self->peer_table, id);
  Visit *visit = g_new0 (Visit, 1);

  visit->self = self;
  visit->id = *id;
  record->asked_us = get_now_us (self);
  redes_peer_rpc_ask (rpc, id, host, port, &(RedesMessage){ .type = REDES_MESSAGE_PEERS_GET },
                      VISIT_TIMEOUT_MS, visit_cb, visit);
}

/* Where to look for it: a neighbour's addresses in turn, one more after each failure. */
static void
choose_address (RedesPeerFinder *self,
                const RedesPeerRecord *record,
                const char **host,
                guint16 *port)
{
  RedesLanPeer *lan_peer = redes_lan_peers_lookup (self->lan_peers, &record->endpoint.id);
  guint turn = record->n_failures;

  *host = record->endpoint.host;
  *port = record->endpoint.port;
  for (guint i = 0; lan_peer != NULL && i < lan_peer->n_addresses; i++)
    {
      const RedesLanPeerAddress *address = &lan_peer->addresses[(i + turn) % lan_peer->n_addresses];

      if (address->port == 0)
        continue;
      *host = address->host;
      *port = address->port;
      return;
    }
}

static void
make_visits (RedesPeerFinder *self, gint64 now_us)
{
  const RedesPeerRecord *record;

  while ((record = redes_peer_table_visit (self->peer_table, now_us)) != NULL)
    {
      RedesPeerId id = record->endpoint.id;
      const char *host;
      guint16 port;

      choose_address (self, record, &host, &port);
      ask (self, &id, host, port);
    }
}

/* What the neighbourhood says. */

static void
hear_peer (RedesPeerFinder *self,
           RedesLanPeer *lan_peer,
           const RedesLanPeerAddress *address,
           gint64 now_us)
{
  gboolean we_go_first = redes_digest_compare (&self->id, &lan_peer->id) < 0;
  const RedesPeerRecord *record;

  /* Who does not listen cannot be come to. */
  redes_peer_table_hint (self->peer_table, &lan_peer->id, address->host, address->port,
                         lan_peer->nickname, REDES_PEER_ORIGIN_LAN,
                         we_go_first || self->params.port == 0 ? 0 : PATIENCE_US, now_us);
  record = redes_peer_table_lookup (self->peer_table, &lan_peer->id);
  if (record != NULL && record->present && record->endpoint.port == address->port
      && g_str_equal (record->endpoint.host, address->host))
    lan_peer->proven = TRUE;
}

static void
on_lan_peer_heard (RedesLanPeer *lan_peer, gpointer user_data)
{
  RedesPeerFinder *self = user_data;
  gint64 now_us = get_now_us (self);

  for (guint i = 0; i < lan_peer->n_addresses; i++)
    {
      const RedesLanPeerAddress *address = &lan_peer->addresses[i];

      if (address->tracker_port != 0)
        redes_tracker_finder_hear (self->trackers, lan_peer, now_us);
      if (address->port != 0 && !redes_digest_equal (&lan_peer->id, &self->id))
        hear_peer (self, lan_peer, address, now_us);
    }
}

static void
on_lan_peer_gone (RedesLanPeer *lan_peer, gpointer user_data)
{
  RedesPeerFinder *self = user_data;

  redes_peer_table_unhint (self->peer_table, &lan_peer->id, REDES_PEER_ORIGIN_LAN);
  redes_tracker_finder_unhear (self->trackers, lan_peer);
}

/* What the beacon says. */

static void
on_heard (const RedesBeacon *beacon, const char *host, gpointer user_data)
{
  RedesPeerFinder *self = user_data;
  gint64 now_us = get_now_us (self);

  redes_lan_peers_hear (self->lan_peers, beacon, host, now_us);
  if (beacon->kind != REDES_BEACON_LEAVING)
    redes_peer_table_see (self->peer_table, &beacon->id, host, beacon->port, now_us);
  arm (self);
}

static void
on_tick (gpointer user_data)
{
  RedesPeerFinder *self = user_data;
  gint64 now_us = get_now_us (self);

  redes_lan_peers_expire (self->lan_peers, now_us);
  redes_peer_table_expire (self->peer_table, now_us);
  redes_tracker_finder_tick (self->trackers, self->lan_peers, now_us);
  arm (self);
}

static gboolean
on_timer (gpointer user_data)
{
  RedesPeerFinder *self = user_data;
  gint64 now_us = get_now_us (self);

  redes_timer_clear (&self->timer);
  redes_tracker_finder_settle (self->trackers, self->lan_peers, now_us);
  make_visits (self, now_us);
  arm (self);
  return G_SOURCE_REMOVE;
}

/* For the next visit, or the next tracker's turn. */
static void
arm (RedesPeerFinder *self)
{
  gint64 next_us = MIN (redes_peer_table_get_next_us (self->peer_table),
                        redes_tracker_finder_get_next_us (self->trackers));
  gint64 now_us = get_now_us (self);

  redes_timer_clear (&self->timer);
  if (next_us == G_MAXINT64 || self->ended)
    return;
  redes_timer_set (&self->timer, NULL, (guint)(MAX (next_us - now_us, LEAST_PAUSE_US) / 1000 + 1),
                   on_timer, self);
}

static void
announce (RedesPeerFinder *self)
{
  const RedesConfig *config = self->params.config;
  RedesLanParams lan = { .id = &self->id,
                         .nickname = config->nickname,
                         .port = self->params.port,
                         .listen_host = config->listen ? config->listen_host : "",
                         .interfaces = (const char *const *)config->lan_interfaces,
                         .heard = on_heard,
                         .tick = on_tick,
                         .user_data = self };

  if (config->lan)
    self->lan = redes_lan_new (&lan);
}

static RedesLanPeers *
make_neighbourhood (RedesPeerFinder *self)
{
  static const RedesLanPeersEvents events
      = { .heard = on_lan_peer_heard, .gone = on_lan_peer_gone };

  return redes_lan_peers_new (&events, self);
}

/* Nothing would ever say of anybody found that he is gone. */
static void
lose_all (RedesPeerFinder *self)
{
  g_autoptr (RedesLanPeers) old = self->lan_peers;
  g_autoptr (GPtrArray) neighbours = redes_lan_peers_list (old);

  self->lan_peers = make_neighbourhood (self);
  for (guint i = 0; i < neighbours->len; i++)
    on_lan_peer_gone (g_ptr_array_index (neighbours, i), self);
  redes_tracker_finder_forget (self->trackers);
  redes_peer_table_forget_hints (self->peer_table);
  arm (self);
}

void
redes_peer_finder_announce_anew (RedesPeerFinder *self, guint16 port)
{
  gboolean announced = self->lan != NULL;

  self->params.port = port;
  g_clear_pointer (&self->lan, redes_lan_free);
  announce (self);
  if (announced && self->lan == NULL)
    lose_all (self);
  else if (!announced)
    self->started_us = get_now_us (self);
}

void
redes_peer_finder_find_trackers_anew (RedesPeerFinder *self)
{
  g_autoptr (GPtrArray) neighbours = redes_lan_peers_list (self->lan_peers);

  redes_tracker_finder_forget (self->trackers);
  for (guint i = 0; i < neighbours->len; i++)
    ((RedesLanPeer *)g_ptr_array_index (neighbours, i))->data = NULL;
  redes_tracker_finder_tick (self->trackers, self->lan_peers, get_now_us (self));
  arm (self);
}

void
redes_peer_finder_reconsider_trackers (RedesPeerFinder *self)
{
  redes_tracker_finder_reconsider (self->trackers, get_now_us (self));
  arm (self);
}

RedesPeerFinder *
redes_peer_finder_new (const RedesFinderParams *params)
{
  static const RedesPeerTableEvents peer_table_events = { .found = on_found, .lost = on_lost };
  RedesPeerFinder *self = g_new0 (RedesPeerFinder, 1);

  self->params = *params;
  if (self->params.clock == NULL)
    self->params.clock = redes_clock_get_system ();
  self->id = *params->id;
  self->started_us = get_now_us (self);
  self->lan_peers = make_neighbourhood (self);
  self->peer_table = redes_peer_table_new (&peer_table_events, self);
  self->trackers = redes_tracker_finder_new (&self->params);
  announce (self);
  return self;
}

void
redes_peer_finder_free (RedesPeerFinder *self)
{
  if (self == NULL)
    return;
  self->ended = TRUE;
  g_clear_pointer (&self->lan, redes_lan_free);
  redes_timer_clear (&self->timer);
  redes_lan_peers_free (self->lan_peers);
  redes_peer_table_free (self->peer_table);
  redes_tracker_finder_free (self->trackers);
  g_free (self);
}

void
redes_peer_finder_refresh (RedesPeerFinder *self)
{
  if (self->lan != NULL)
    redes_lan_refresh (self->lan);
}

/* Meetings. */

/* Who has just come is asked whom it knows, too. */
static void
ask_newcomer (RedesPeerFinder *self, const RedesPeerId *id, gint64 now_us)
{
  RedesPeerRecord *record = redes_peer_table_lookup (self->peer_table, id);

  if (self->lan != NULL && record != NULL
      && (record->asked_us == 0 || now_us - record->asked_us >= ASK_AGAIN_US))
    ask (self, id, "", 0);
}

void
redes_peer_finder_meet (RedesPeerFinder *self, RedesPeerSession *session)
{
  RedesChannel *channel = redes_peer_session_get_channel (session);
  const RedesPeerId *id = redes_peer_session_get_id (session);
  const RedesHello *hello = redes_channel_get_hello (channel);
  gint64 now_us = get_now_us (self);
  RedesLanPeer *lan_peer = redes_lan_peers_lookup (self->lan_peers, id);
  const char *host = redes_lan_peer_find_host (lan_peer, redes_channel_get_host (channel));

  if (self->ended || hello->port == 0)
    return;
  redes_peer_table_meet (self->peer_table, id, host, hello->port, hello->nickname, now_us);
  if (lan_peer != NULL)
    redes_lan_peers_prove (self->lan_peers, lan_peer, host, hello->port);
  ask_newcomer (self, id, now_us);
}

void
redes_peer_finder_tracker_answers (RedesPeerFinder *self, const RedesPeerId *id)
{
  redes_tracker_finder_answer (self->trackers, id);
}

void
redes_peer_finder_part (RedesPeerFinder *self, const RedesPeerId *id)
{
  redes_peer_table_doubt (self->peer_table, id, get_now_us (self));
  arm (self);
}

gboolean
redes_peer_finder_is_settled (RedesPeerFinder *self)
{
  gint64 age_us = get_now_us (self) - self->started_us;
  g_autoptr (GPtrArray) present = NULL;

  if (self->lan == NULL || age_us >= SETTLED_ALONE_US)
    return TRUE;
  present = redes_peer_finder_list (self, FALSE);
  return present->len > 0 && age_us >= SETTLED_US;
}

GPtrArray *
redes_peer_finder_list (RedesPeerFinder *self, gboolean met_too)
{
  return redes_peer_table_list (self->peer_table, met_too, get_now_us (self));
}

const RedesPeerRecord *
redes_peer_finder_lookup (RedesPeerFinder *self, const RedesPeerId *id)
{
  return redes_peer_table_lookup (self->peer_table, id);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/surroundings.h"

#include "engine/discovery/lan.h"
#include "engine/discovery/neighbourhood.h"
#include "engine/node/exchange.h"
#include "engine/node/found-trackers.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/talk.h"

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

struct _RedesSurroundings
{
  RedesSurroundingsParams params;
  RedesPeerId id;
  gboolean ended;
  gint64 started_us;
  RedesLan *lan; /* NULL: no beacons */
  RedesNeighbourhood *neighbourhood;
  RedesAcquaintances *acquaintances;
  RedesFoundTrackers *trackers;
  GSource *timer;
};

typedef struct
{
  RedesSurroundings *self;
  RedesPeerId id;
} Visit;

static void arm (RedesSurroundings *self);

/* What the table of acquaintances says. */

static RedesSighting
describe_peer (const RedesAcquaintance *acquaintance)
{
  return (RedesSighting){ .id = acquaintance->id,
                          .nickname = acquaintance->nickname,
                          .host = acquaintance->host,
                          .port = acquaintance->port,
                          .how = (acquaintance->how & REDES_HOW_LAN) != 0 ? REDES_HOW_LAN
                                                                          : REDES_HOW_EXCHANGE };
}

static void
on_found (const RedesAcquaintance *acquaintance, gpointer user_data)
{
  RedesSurroundings *self = user_data;
  RedesSighting sighting = describe_peer (acquaintance);

  self->params.found (&sighting, self->params.user_data);
}

static void
on_lost (const RedesAcquaintance *acquaintance, gpointer user_data)
{
  RedesSurroundings *self = user_data;
  RedesSighting sighting = describe_peer (acquaintance);

  self->params.lost (&sighting, self->params.user_data);
}

/* Visits. */

static void
take_hints (RedesSurroundings *self, GVariant *body, const char *from)
{
  g_autoptr (GPtrArray) hints = redes_exchange_read (body, &self->id, from);

  for (guint i = 0; i < hints->len; i++)
    {
      const RedesTrackerPeer *peer = g_ptr_array_index (hints, i);

      redes_acquaintances_hint (self->acquaintances, &peer->id, peer->host, peer->port,
                                peer->nickname, REDES_HOW_EXCHANGE, EXCHANGE_DELAY_US,
                                g_get_monotonic_time ());
    }
}

/* It is there if it answers anything. */
static void
visit_cb (GVariant *body, const GError *error, gpointer user_data)
{
  g_autofree Visit *visit = user_data;
  RedesSurroundings *self = visit->self;
  RedesPeerSession *session;
  gboolean answered = error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY)
                      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  session = redes_swarm_find_session (self->params.swarm, &visit->id);
  if (answered && session != NULL)
    redes_surroundings_meet (self, session);
  else
    redes_acquaintances_miss (self->acquaintances, &visit->id, g_get_monotonic_time ());
  /* Beacons may have been switched off since: nobody is looked for then. */
  if (body != NULL && session != NULL && self->lan != NULL)
    take_hints (self, body, redes_channel_get_host (redes_peer_session_get_channel (session)));
  arm (self);
}

/* To ask whom it knows shows that it is there, also when a connection stands that may be dead. */
static void
ask (RedesSurroundings *self, const RedesPeerId *id, const char *host, guint16 port)
{
  RedesTalk *talk = redes_swarm_get_talk (self->params.swarm);
  RedesAcquaintance *acquaintance = redes_acquaintances_lookup (self->acquaintances, id);
  Visit *visit = g_new0 (Visit, 1);

  visit->self = self;
  visit->id = *id;
  acquaintance->asked_us = g_get_monotonic_time ();
  redes_talk_ask (talk, id, host, port, REDES_MESSAGE_PEERS_GET,
                  g_variant_new ("(u)", redes_talk_next_serial (talk)), VISIT_TIMEOUT_MS, visit_cb,
                  visit);
}

/* Where to look for it: a neighbour's addresses in turn, one more after each failure. */
static void
choose_address (RedesSurroundings *self,
                const RedesAcquaintance *acquaintance,
                const char **host,
                guint16 *port)
{
  RedesNeighbour *neighbour = redes_neighbourhood_lookup (self->neighbourhood, &acquaintance->id);
  guint turn = acquaintance->n_failures;

  *host = acquaintance->host;
  *port = acquaintance->port;
  for (guint i = 0; neighbour != NULL && i < neighbour->n_addresses; i++)
    {
      const RedesNeighbourAddress *address
          = &neighbour->addresses[(i + turn) % neighbour->n_addresses];

      if (address->port == 0)
        continue;
      *host = address->host;
      *port = address->port;
      return;
    }
}

static void
make_visits (RedesSurroundings *self, gint64 now_us)
{
  const RedesAcquaintance *acquaintance;

  while ((acquaintance = redes_acquaintances_visit (self->acquaintances, now_us)) != NULL)
    {
      RedesPeerId id = acquaintance->id;
      const char *host;
      guint16 port;

      choose_address (self, acquaintance, &host, &port);
      ask (self, &id, host, port);
    }
}

/* What the neighbourhood says. */

static void
hear_peer (RedesSurroundings *self,
           RedesNeighbour *neighbour,
           const RedesNeighbourAddress *address,
           gint64 now_us)
{
  gboolean we_go_first = redes_digest_compare (&self->id, &neighbour->id) < 0;
  const RedesAcquaintance *acquaintance;

  /* Who does not listen cannot be come to. */
  redes_acquaintances_hint (self->acquaintances, &neighbour->id, address->host, address->port,
                            neighbour->nickname, REDES_HOW_LAN,
                            we_go_first || self->params.port == 0 ? 0 : PATIENCE_US, now_us);
  acquaintance = redes_acquaintances_lookup (self->acquaintances, &neighbour->id);
  if (acquaintance != NULL && acquaintance->present && acquaintance->port == address->port
      && g_str_equal (acquaintance->host, address->host))
    neighbour->proven = TRUE;
}

static void
on_neighbour_heard (RedesNeighbour *neighbour, gpointer user_data)
{
  RedesSurroundings *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < neighbour->n_addresses; i++)
    {
      const RedesNeighbourAddress *address = &neighbour->addresses[i];

      if (address->tracker_port != 0)
        redes_found_trackers_hear (self->trackers, neighbour, now_us);
      if (address->port != 0 && !redes_digest_equal (&neighbour->id, &self->id))
        hear_peer (self, neighbour, address, now_us);
    }
}

static void
on_neighbour_gone (RedesNeighbour *neighbour, gpointer user_data)
{
  RedesSurroundings *self = user_data;

  redes_acquaintances_unhint (self->acquaintances, &neighbour->id, REDES_HOW_LAN);
  redes_found_trackers_unhear (self->trackers, neighbour);
}

/* What the beacon says. */

static void
on_heard (const RedesBeacon *beacon, const char *host, gpointer user_data)
{
  RedesSurroundings *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  redes_neighbourhood_hear (self->neighbourhood, beacon, host, now_us);
  if (beacon->kind != REDES_BEACON_LEAVING)
    redes_acquaintances_see (self->acquaintances, &beacon->id, host, beacon->port, now_us);
  arm (self);
}

static void
on_tick (gpointer user_data)
{
  RedesSurroundings *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  redes_neighbourhood_expire (self->neighbourhood, now_us);
  redes_acquaintances_expire (self->acquaintances, now_us);
  redes_found_trackers_tick (self->trackers, self->neighbourhood, now_us);
  arm (self);
}

static gboolean
on_timer (gpointer user_data)
{
  RedesSurroundings *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  g_clear_pointer (&self->timer, g_source_unref);
  redes_found_trackers_settle (self->trackers, self->neighbourhood, now_us);
  make_visits (self, now_us);
  arm (self);
  return G_SOURCE_REMOVE;
}

/* For the next visit, or the next tracker's turn. */
static void
arm (RedesSurroundings *self)
{
  gint64 next_us = MIN (redes_acquaintances_get_next_us (self->acquaintances),
                        redes_found_trackers_get_next_us (self->trackers));
  gint64 now_us = g_get_monotonic_time ();

  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  if (next_us == G_MAXINT64 || self->ended)
    return;
  self->timer = g_timeout_source_new ((guint)(MAX (next_us - now_us, LEAST_PAUSE_US) / 1000 + 1));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

static void
announce (RedesSurroundings *self)
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

static RedesNeighbourhood *
make_neighbourhood (RedesSurroundings *self)
{
  static const RedesNeighbourhoodEvents events
      = { .heard = on_neighbour_heard, .gone = on_neighbour_gone };

  return redes_neighbourhood_new (&events, self);
}

/* Nothing would ever say of anybody found that he is gone. */
static void
lose_all (RedesSurroundings *self)
{
  g_autoptr (RedesNeighbourhood) old = self->neighbourhood;
  g_autoptr (GPtrArray) neighbours = redes_neighbourhood_list (old);

  self->neighbourhood = make_neighbourhood (self);
  for (guint i = 0; i < neighbours->len; i++)
    on_neighbour_gone (g_ptr_array_index (neighbours, i), self);
  redes_found_trackers_forget (self->trackers);
  redes_acquaintances_forget_hints (self->acquaintances);
  arm (self);
}

void
redes_surroundings_announce_anew (RedesSurroundings *self, guint16 port)
{
  gboolean announced = self->lan != NULL;

  self->params.port = port;
  g_clear_pointer (&self->lan, redes_lan_free);
  announce (self);
  if (announced && self->lan == NULL)
    lose_all (self);
  else if (!announced)
    self->started_us = g_get_monotonic_time ();
}

void
redes_surroundings_find_trackers_anew (RedesSurroundings *self)
{
  g_autoptr (GPtrArray) neighbours = redes_neighbourhood_list (self->neighbourhood);

  redes_found_trackers_forget (self->trackers);
  for (guint i = 0; i < neighbours->len; i++)
    ((RedesNeighbour *)g_ptr_array_index (neighbours, i))->data = NULL;
  redes_found_trackers_tick (self->trackers, self->neighbourhood, g_get_monotonic_time ());
  arm (self);
}

void
redes_surroundings_reconsider_trackers (RedesSurroundings *self)
{
  redes_found_trackers_reconsider (self->trackers, g_get_monotonic_time ());
  arm (self);
}

RedesSurroundings *
redes_surroundings_new (const RedesSurroundingsParams *params)
{
  static const RedesAcquaintancesEvents acquaintances_events
      = { .found = on_found, .lost = on_lost };
  RedesSurroundings *self = g_new0 (RedesSurroundings, 1);

  self->params = *params;
  self->id = *params->id;
  self->started_us = g_get_monotonic_time ();
  self->neighbourhood = make_neighbourhood (self);
  self->acquaintances = redes_acquaintances_new (&acquaintances_events, self);
  self->trackers = redes_found_trackers_new (&self->params);
  announce (self);
  return self;
}

void
redes_surroundings_free (RedesSurroundings *self)
{
  if (self == NULL)
    return;
  self->ended = TRUE;
  g_clear_pointer (&self->lan, redes_lan_free);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  redes_neighbourhood_free (self->neighbourhood);
  redes_acquaintances_free (self->acquaintances);
  redes_found_trackers_free (self->trackers);
  g_free (self);
}

void
redes_surroundings_refresh (RedesSurroundings *self)
{
  if (self->lan != NULL)
    redes_lan_refresh (self->lan);
}

/* Meetings. */

/* Who has just come is asked whom it knows, too. */
static void
ask_newcomer (RedesSurroundings *self, const RedesPeerId *id, gint64 now_us)
{
  RedesAcquaintance *acquaintance = redes_acquaintances_lookup (self->acquaintances, id);

  if (self->lan != NULL && acquaintance != NULL
      && (acquaintance->asked_us == 0 || now_us - acquaintance->asked_us >= ASK_AGAIN_US))
    ask (self, id, "", 0);
}

void
redes_surroundings_meet (RedesSurroundings *self, RedesPeerSession *session)
{
  RedesChannel *channel = redes_peer_session_get_channel (session);
  const RedesPeerId *id = redes_peer_session_get_id (session);
  const RedesHello *hello = redes_channel_get_hello (channel);
  gint64 now_us = g_get_monotonic_time ();
  RedesNeighbour *neighbour = redes_neighbourhood_lookup (self->neighbourhood, id);
  const char *host = redes_neighbour_find_host (neighbour, redes_channel_get_host (channel));

  if (self->ended || hello->port == 0)
    return;
  redes_acquaintances_meet (self->acquaintances, id, host, hello->port, hello->nickname, now_us);
  if (neighbour != NULL)
    redes_neighbourhood_prove (self->neighbourhood, neighbour, host, hello->port);
  ask_newcomer (self, id, now_us);
}

void
redes_surroundings_tracker_answers (RedesSurroundings *self, const RedesPeerId *id)
{
  redes_found_trackers_answer (self->trackers, id);
}

void
redes_surroundings_part (RedesSurroundings *self, const RedesPeerId *id)
{
  redes_acquaintances_doubt (self->acquaintances, id, g_get_monotonic_time ());
  arm (self);
}

gboolean
redes_surroundings_is_settled (RedesSurroundings *self)
{
  gint64 age_us = g_get_monotonic_time () - self->started_us;
  g_autoptr (GPtrArray) present = NULL;

  if (self->lan == NULL || age_us >= SETTLED_ALONE_US)
    return TRUE;
  present = redes_surroundings_list (self, FALSE);
  return present->len > 0 && age_us >= SETTLED_US;
}

GPtrArray *
redes_surroundings_list (RedesSurroundings *self, gboolean met_too)
{
  return redes_acquaintances_list (self->acquaintances, met_too, g_get_monotonic_time ());
}

const RedesAcquaintance *
redes_surroundings_lookup (RedesSurroundings *self, const RedesPeerId *id)
{
  return redes_acquaintances_lookup (self->acquaintances, id);
}

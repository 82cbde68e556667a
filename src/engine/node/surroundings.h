/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/acquaintances.h"
#include "engine/node/config.h"
#include "engine/swarm/swarm.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesSurroundings:
 *
 * Who is around: the beacon, those whose beacons are heard, those of whom others have told. A
 * beacon proves nothing, so whoever is heard is visited: only whom TLS has met is found. Trackers
 * that are heard are used. Engine's thread.
 */
typedef struct _RedesSurroundings RedesSurroundings;

/**
 * RedesSighting:
 * @is_tracker: a tracker, rather than a peer
 * @is_used: of a tracker: whether this node uses it because it was found
 * @host: numeric, perhaps with a zone
 */
typedef struct
{
  gboolean is_tracker;
  gboolean is_used;
  RedesPeerId id;
  const char *nickname;
  const char *host;
  guint16 port;
  RedesHow how;
} RedesSighting;

/* What is done about a tracker that was found: nothing; it is used; it is used anyway, by another
 * name. */
typedef enum
{
  REDES_TRACKER_UNUSED,
  REDES_TRACKER_USED,
  REDES_TRACKER_KNOWN,
} RedesTrackerUse;

/**
 * RedesSurroundingsParams:
 * @id: ours
 * @port: where this node listens; 0: it does not
 * @found, @lost: each sighting is lost once it was found
 * @use_tracker: a tracker was found that may be used
 * @drop_tracker: its beacon is silent; returns %FALSE while it is connected all the same, unless it
 *   has to go @at_once
 *
 * All is borrowed, but for @id, and must outlive it.
 */
typedef struct
{
  RedesSwarm *swarm;
  const RedesConfig *config;
  const RedesPeerId *id;
  guint16 port;
  void (*found) (const RedesSighting *sighting, gpointer user_data);
  void (*lost) (const RedesSighting *sighting, gpointer user_data);
  RedesTrackerUse (*use_tracker) (const char *address, const RedesPeerId *id, gpointer user_data);
  gboolean (*drop_tracker) (const char *address, gboolean at_once, gpointer user_data);
  gpointer user_data;
} RedesSurroundingsParams;

RedesSurroundings *redes_surroundings_new (const RedesSurroundingsParams *params);
/* Says good-bye. After the swarm's end. No event comes any more. */
void redes_surroundings_free (RedesSurroundings *self);

/* The nickname, the port (@port) or RedesConfig.lan has changed. When beacons are switched off,
 * whoever was found is lost. */
void redes_surroundings_announce_anew (RedesSurroundings *self, guint16 port);

/* RedesConfig.use_found_trackers has changed. */
void redes_surroundings_find_trackers_anew (RedesSurroundings *self);

/* RedesConfig.refused_trackers has. Trackers that it is not about stay as they are. */
void redes_surroundings_reconsider_trackers (RedesSurroundings *self);

/* The network may have changed: looks at once which interfaces there are. */
void redes_surroundings_refresh (RedesSurroundings *self);

/* A session is ready. */
void redes_surroundings_meet (RedesSurroundings *self, RedesPeerSession *session);
/* A tracker that was found is connected. */
void redes_surroundings_tracker_answers (RedesSurroundings *self, const RedesPeerId *id);
/* One has ended. */
void redes_surroundings_part (RedesSurroundings *self, const RedesPeerId *id);

/* Whether whoever is there has had the time to be found: half a second if anybody was, else one and
 * a half; at once without beacons. */
gboolean redes_surroundings_is_settled (RedesSurroundings *self);

/* (transfer container) (element-type RedesAcquaintance): those who are there now; with @met_too
 * those that came and went within two minutes as well. Valid until the main loop runs. */
GPtrArray *redes_surroundings_list (RedesSurroundings *self, gboolean met_too);
/* (nullable): where @id is, as far as is known here */
const RedesAcquaintance *redes_surroundings_lookup (RedesSurroundings *self, const RedesPeerId *id);

G_END_DECLS

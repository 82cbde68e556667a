/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/peer-table.h"
#include "engine/base/config.h"
#include "engine/swarm/swarm.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesPeerFinder:
 *
 * Who is around: the beacon, those whose beacons are heard, those of whom others have told. A
 * beacon proves nothing, so whoever is heard is visited: only whom TLS has met is found. Trackers
 * that are heard are used. Engine's thread.
 */
typedef struct _RedesPeerFinder RedesPeerFinder;

/**
 * RedesSighting:
 * @is_tracker: a tracker, rather than a peer
 * @is_used: of a tracker: whether this node uses it because it was found
 * @is_known: of a tracker: whether this node uses it anyway, by another name
 * @host: numeric, perhaps with a zone
 */
typedef struct
{
  gboolean is_tracker;
  gboolean is_used;
  gboolean is_known;
  RedesPeerId id;
  const char *nickname;
  const char *host;
  guint16 port;
  RedesPeerOrigin how;
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
 * RedesPeerFinderParams:
 * @id: ours
 * @port: where this node listens; 0: it does not
 * @found, @lost: each sighting is lost once it was found
 * @use_tracker: a tracker was found that may be used
 * @knows_tracker: whether it is used anyway
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
  gboolean (*knows_tracker) (const RedesPeerId *id, gpointer user_data);
  gboolean (*drop_tracker) (const char *address, gboolean at_once, gpointer user_data);
  gpointer user_data;
} RedesPeerFinderParams;

RedesPeerFinder *redes_peer_finder_new (const RedesPeerFinderParams *params);
/* Says good-bye. After the swarm's end. No event comes any more. */
void redes_peer_finder_free (RedesPeerFinder *self);

/* The nickname, the port (@port) or RedesConfig.lan has changed. When beacons are switched off,
 * whoever was found is lost. */
void redes_peer_finder_announce_anew (RedesPeerFinder *self, guint16 port);

/* RedesConfig.use_found_trackers has changed. */
void redes_peer_finder_find_trackers_anew (RedesPeerFinder *self);

/* RedesConfig.refused_trackers or .accepted_trackers has. Trackers that it is not about stay as
 * they are. */
void redes_peer_finder_reconsider_trackers (RedesPeerFinder *self);

/* The network may have changed: looks at once which interfaces there are. */
void redes_peer_finder_refresh (RedesPeerFinder *self);

/* A session is ready. */
void redes_peer_finder_meet (RedesPeerFinder *self, RedesPeerSession *session);
/* A tracker that was found is connected. */
void redes_peer_finder_tracker_answers (RedesPeerFinder *self, const RedesPeerId *id);
/* One has ended. */
void redes_peer_finder_part (RedesPeerFinder *self, const RedesPeerId *id);

/* Whether whoever is there has had the time to be found: half a second if anybody was, else one and
 * a half; at once without beacons. */
gboolean redes_peer_finder_is_settled (RedesPeerFinder *self);

/* (transfer container) (element-type RedesPeerRecord): those who are there now; with @met_too
 * those that came and went within two minutes as well. Valid until the main loop runs. */
GPtrArray *redes_peer_finder_list (RedesPeerFinder *self, gboolean met_too);
/* (nullable): where @id is, as far as is known here */
const RedesPeerRecord *redes_peer_finder_lookup (RedesPeerFinder *self, const RedesPeerId *id);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/sighting.h"

G_BEGIN_DECLS

/**
 * RedesPeerFinder:
 *
 * Who is around: the beacon, those whose beacons are heard, those of whom others have told. A
 * beacon proves nothing, so whoever is heard is visited: only whom TLS has met is found. Trackers
 * that are heard are used. Engine's thread.
 */
typedef struct _RedesPeerFinder RedesPeerFinder;

RedesPeerFinder *redes_peer_finder_new (const RedesFinderParams *params);
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

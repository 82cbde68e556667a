/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/lan-peers.h"
#include "engine/lookup/sighting.h"

G_BEGIN_DECLS

/**
 * RedesTrackerFinder:
 *
 * The trackers among the neighbours: which are tried, and whether each was ever reached. A beacon
 * proves nothing, so one that is used is told of when it answers. Part of RedesPeerFinder.
 */
typedef struct _RedesTrackerFinder RedesTrackerFinder;

/* @params: borrowed, as all in it; read again whenever it matters. */
RedesTrackerFinder *redes_tracker_finder_new (const RedesFinderParams *params);
/* Without a word of those who are in it. */
void redes_tracker_finder_free (RedesTrackerFinder *self);

/* Its beacon is heard. At most eight are kept. */
void redes_tracker_finder_hear (RedesTrackerFinder *self, RedesLanPeer *lan_peer, gint64 now_us);
/* @lan_peer is gone: so is its tracker, unless it is connected. */
void redes_tracker_finder_unhear (RedesTrackerFinder *self, RedesLanPeer *lan_peer);
/* It is connected, because it was found or by another name. */
void redes_tracker_finder_answer (RedesTrackerFinder *self, const RedesPeerId *id);

/* RedesConfig.refused_trackers or .accepted_trackers has changed: lets go at once those that are
 * not to be used any more, and has redes_tracker_finder_settle() take up those that are now. */
void redes_tracker_finder_reconsider (RedesTrackerFinder *self, gint64 now_us);

/* Chooses an address for each whose turn has come. */
void
redes_tracker_finder_settle (RedesTrackerFinder *self, RedesLanPeers *lan_peers, gint64 now_us);
/* When the next one's turn comes; G_MAXINT64: none waits. */
gint64 redes_tracker_finder_get_next_us (RedesTrackerFinder *self);

/* Lets go what has fallen silent or has never answered, and takes up those for which there was no
 * room; call it every second or so. */
void redes_tracker_finder_tick (RedesTrackerFinder *self, RedesLanPeers *lan_peers, gint64 now_us);
/* Lets go all at once, also those that are connected. */
void redes_tracker_finder_forget (RedesTrackerFinder *self);

G_END_DECLS

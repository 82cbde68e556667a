/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/neighbourhood.h"
#include "engine/node/surroundings.h"

G_BEGIN_DECLS

/**
 * RedesFoundTrackers:
 *
 * The trackers among the neighbours: which are tried, and whether each was ever reached. A beacon
 * proves nothing, so one that is used is told of when it answers. Part of RedesSurroundings.
 */
typedef struct _RedesFoundTrackers RedesFoundTrackers;

/* @params: borrowed, as all in it; read again whenever it matters. */
RedesFoundTrackers *redes_found_trackers_new (const RedesSurroundingsParams *params);
/* Without a word of those who are in it. */
void redes_found_trackers_free (RedesFoundTrackers *self);

/* Its beacon is heard. At most eight are kept. */
void
redes_found_trackers_hear (RedesFoundTrackers *self, RedesNeighbour *neighbour, gint64 now_us);
/* @neighbour is gone: so is its tracker, unless it is connected. */
void redes_found_trackers_unhear (RedesFoundTrackers *self, RedesNeighbour *neighbour);
/* It is connected. */
void redes_found_trackers_answer (RedesFoundTrackers *self, const RedesPeerId *id);

/* RedesConfig.refused_trackers has changed: lets go at once those that are refused now, and has
 * redes_found_trackers_settle() take up again those that are not any more. */
void redes_found_trackers_reconsider (RedesFoundTrackers *self, gint64 now_us);

/* Chooses an address for each whose turn has come. */
void redes_found_trackers_settle (RedesFoundTrackers *self,
                                  RedesNeighbourhood *neighbourhood,
                                  gint64 now_us);
/* When the next one's turn comes; G_MAXINT64: none waits. */
gint64 redes_found_trackers_get_next_us (RedesFoundTrackers *self);

/* Lets go what has fallen silent or has never answered, and takes up those for which there was no
 * room; call it every second or so. */
void redes_found_trackers_tick (RedesFoundTrackers *self,
                                RedesNeighbourhood *neighbourhood,
                                gint64 now_us);
/* Lets go all at once, also those that are connected. */
void redes_found_trackers_forget (RedesFoundTrackers *self);

G_END_DECLS

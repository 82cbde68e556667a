/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/config.h"
#include "engine/discovery/peer-table.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

/* What the peer finder and the tracker finder tell of those they find, and whom they ask. */

/**
 * RedesSighting:
 * @is_tracker: a tracker, rather than a peer
 * @is_used: of a tracker: whether this node uses it because it was found
 * @is_known: of a tracker: whether this node uses it anyway, by another name
 * @endpoint: its host is numeric, perhaps with a zone; borrowed while it is told
 */
typedef struct
{
  gboolean is_tracker;
  gboolean is_used;
  gboolean is_known;
  const RedesEndpoint *endpoint;
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
 * RedesFinderParams:
 * @clock: (nullable): %NULL: the system's
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
  const RedesClock *clock;
  const RedesPeerId *id;
  guint16 port;
  void (*found) (const RedesSighting *sighting, gpointer user_data);
  void (*lost) (const RedesSighting *sighting, gpointer user_data);
  RedesTrackerUse (*use_tracker) (const char *address, const RedesPeerId *id, gpointer user_data);
  gboolean (*knows_tracker) (const RedesPeerId *id, gpointer user_data);
  gboolean (*drop_tracker) (const char *address, gboolean at_once, gpointer user_data);
  gpointer user_data;
} RedesFinderParams;

G_END_DECLS

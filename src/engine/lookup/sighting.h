/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/config.h"
#include "engine/discovery/peer-table.h"
#include "engine/swarm/swarm.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/* What the peer finder and the tracker finder tell of those they find, and whom they ask. */

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

G_END_DECLS

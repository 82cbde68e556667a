/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/cache/block-cache.h"
#include "engine/library/library.h"
#include "engine/net/throttle.h"
#include "engine/classic/search.h"
#include "engine/base/config.h"
#include "engine/base/tracker-state.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicPeer:
 *
 * This peer among those of the original system: registers at their trackers, keeps the heartbeat,
 * hands out the bytes of what is shared, and asks who else has a name. What comes from there is
 * signed by nobody. Engine's thread.
 */
typedef struct _RedesClassicPeer RedesClassicPeer;

/**
 * RedesClassicPeerEvents:
 * @tracker_changed: how it stands with a tracker: REGISTERED: it has shown that it speaks the
 *   protocol; WAITING: it is asked again in some seconds, with @reason. @found: looked for
 *   on the local network, and not named
 * @tracker_dropped: it is not among them any more, be it that all of this ends
 */
typedef struct
{
  void (*tracker_changed) (const char *address,
                           RedesTrackerState state,
                           const RedesNotice *reason,
                           gboolean found,
                           gpointer user_data);
  void (*tracker_dropped) (const char *address, gpointer user_data);
} RedesClassicPeerEvents;

/* @up: the limit for all that is sent; @port: where this node listens; 0: it only asks. @config,
 * @cache, @events: borrowed */
RedesClassicPeer *redes_classic_peer_new (const RedesConfig *config,
                                          RedesBlockCache *cache,
                                          RedesThrottle *up,
                                          guint16 port,
                                          const RedesClassicPeerEvents *events,
                                          gpointer user_data);
/* Takes its leave: UNREGISTER goes out in the background. @self: (nullable) */
void redes_classic_peer_free (RedesClassicPeer *self);

/* Where this node listens has changed. */
void redes_classic_peer_set_port (RedesClassicPeer *self, guint16 port);

/* Whether RedesConfig.classic_trackers names any: what is no address does not. */
gboolean redes_classic_is_any_named (const RedesConfig *config);
/* RedesConfig.classic_trackers has changed. Those that stay do not notice. */
void redes_classic_peer_set_trackers (RedesClassicPeer *self);

/* What is shared; a name with spaces or commas in it cannot be spoken of there. */
void redes_classic_peer_add (RedesClassicPeer *self, RedesHolding *holding);
void redes_classic_peer_remove (RedesClassicPeer *self, RedesHolding *holding);

/* Takes a connection whose first byte is not TLS's. */
void redes_classic_peer_accept (RedesClassicPeer *self, GSocketConnection *connection);

/* Asks every original tracker for the exact @name; @func is called once, perhaps before this
 * returns, and not when the peer is freed before. */
void redes_classic_peer_search (RedesClassicPeer *self,
                                const char *name,
                                RedesClassicSearchFunc func,
                                gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/cache/block-cache.h"
#include "engine/library/library.h"
#include "engine/net/throttle.h"
#include "engine/classic/list.h"
#include "engine/classic/search.h"
#include "engine/base/config.h"
#include "engine/base/tracker-state.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicPeer:
 *
 * This peer as a member of the original system: it registers at its trackers, sends heartbeats,
 * serves the bytes of shared files, and searches for the peers that have a name. Nothing that comes
 * from there is signed. Engine's thread.
 */
typedef struct _RedesClassicPeer RedesClassicPeer;

/**
 * RedesClassicPeerEvents:
 * @tracker_changed: the state of a tracker has changed. REGISTERED: its answer was one of the
 *   protocol; WAITING: another attempt follows in some seconds, and @reason says why. @found:
 * whether it was found on the local network, and is not one that the configuration names
 * @tracker_dropped: the tracker is not used any more, also because the object is freed
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

/* @config, @cache, @clock, @events: (transfer none): they must outlive the object; @up: the limit
 * for sent bytes; @clock: says when a tracker is told all anew; @port: the port at which this peer
 * listens; 0: it does not, and only searches and fetches
 */
RedesClassicPeer *redes_classic_peer_new (const RedesConfig *config,
                                          RedesBlockCache *cache,
                                          RedesThrottle *up,
                                          const RedesClock *clock,
                                          guint16 port,
                                          const RedesClassicPeerEvents *events,
                                          gpointer user_data);
/* Sends UNREGISTER in the background, see redes_classic_goodbye(). @self: (nullable) */
void redes_classic_peer_free (RedesClassicPeer *self);

/* Changes the port at which this peer listens. */
void redes_classic_peer_set_port (RedesClassicPeer *self, guint16 port);

/* Whether RedesConfig.classic_trackers has at least one valid address. */
gboolean redes_classic_is_any_named (const RedesConfig *config);
/* To be called when RedesConfig.classic_trackers has changed. Trackers that stay are not contacted
 * anew. */
void redes_classic_peer_set_trackers (RedesClassicPeer *self);

/* Adds a shared file. A name with spaces or commas cannot be written in this protocol; such a file
 * is ignored. */
void redes_classic_peer_add (RedesClassicPeer *self, RedesHolding *holding);
void redes_classic_peer_remove (RedesClassicPeer *self, RedesHolding *holding);

/* Takes over a connection whose first byte is not that of TLS. @connection: (transfer none) */
void redes_classic_peer_accept (RedesClassicPeer *self, GSocketConnection *connection);

/* Asks every tracker of the original system for the exact @name. @func is called once, perhaps
 * before this function returns, but not after the object was freed. */
void redes_classic_peer_search (RedesClassicPeer *self,
                                const char *name,
                                RedesClassicSearchFunc func,
                                gpointer user_data);
/* Asks @peers how long the file @name is, see redes_classic_ask_size(); @func as above. */
void redes_classic_peer_ask_size (RedesClassicPeer *self,
                                  const char *name,
                                  const char *const *peers,
                                  RedesClassicSearchFunc func,
                                  gpointer user_data);
/* Asks every original tracker who is there; @func as above. */
void
redes_classic_peer_list (RedesClassicPeer *self, RedesClassicListFunc func, gpointer user_data);
/* Whether any original tracker has shown that it is one. */
gboolean redes_classic_peer_has_tracker (RedesClassicPeer *self);

G_END_DECLS

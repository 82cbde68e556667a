/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cache/block-cache.h"
#include "engine/library/library.h"
#include "engine/net/throttle.h"
#include "engine/node/config.h"

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

/* @up: the limit for all that is sent; @port: where this node listens; 0: it only asks. @config,
 * @cache: borrowed */
RedesClassicPeer *redes_classic_peer_new (const RedesConfig *config,
                                          RedesBlockCache *cache,
                                          RedesThrottle *up,
                                          guint16 port);
/* Takes its leave: UNREGISTER goes out in the background. @self: (nullable) */
void redes_classic_peer_free (RedesClassicPeer *self);

/* Where this node listens has changed. */
void redes_classic_peer_set_port (RedesClassicPeer *self, guint16 port);

/* What is shared; a name with spaces or commas in it cannot be spoken of there. */
void redes_classic_peer_add (RedesClassicPeer *self, RedesHolding *holding);
void redes_classic_peer_remove (RedesClassicPeer *self, RedesHolding *holding);

/* Takes a connection whose first byte is not TLS's. */
void redes_classic_peer_accept (RedesClassicPeer *self, GSocketConnection *connection);

/**
 * RedesClassicFile:
 * @peers: (array zero-terminated=1): `HOST:PORT` of original peers that say they have it
 * @size: in bytes, as one of them says
 */
typedef struct
{
  char *name;
  guint64 size;
  char **peers;
} RedesClassicFile;

RedesClassicFile *redes_classic_file_copy (const RedesClassicFile *file);
void redes_classic_file_free (RedesClassicFile *file);

/* @file: (nullable) (transfer full): %NULL when nobody has it */
typedef void (*RedesClassicSearchFunc) (RedesClassicFile *file, gpointer user_data);

/* Asks every original tracker for the exact @name; @func is called once, perhaps before this
 * returns, and not when the peer is freed before. */
void redes_classic_peer_search (RedesClassicPeer *self,
                                const char *name,
                                RedesClassicSearchFunc func,
                                gpointer user_data);

G_END_DECLS

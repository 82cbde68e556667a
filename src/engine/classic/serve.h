/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cache/block-cache.h"
#include "engine/library/holding.h"
#include "engine/net/throttle.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicServer:
 *
 * Answers `GET name offset size` of original peers, block after block through the cache. At most 32
 * at a time; who comes then is closed. Engine's thread.
 */
typedef struct _RedesClassicServer RedesClassicServer;

/* @cache: borrowed; @up: the limit for all that is sent */
RedesClassicServer *redes_classic_server_new (RedesBlockCache *cache, RedesThrottle *up);
/* Ends what is being sent. */
void redes_classic_server_free (RedesClassicServer *self);

/* Sends @size bytes of @holding from @offset on, and closes @connection. A size of 0 is answered
 * with the file's length in decimal. */
void redes_classic_server_send (RedesClassicServer *self,
                                GSocketConnection *connection,
                                RedesHolding *holding,
                                guint64 offset,
                                guint64 size);

G_END_DECLS

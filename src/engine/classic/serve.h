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
 * Answers `GET name offset size` of original peers, block by block through the cache. It serves at
 * most 32 connections at a time, and closes further ones. Engine's thread.
 */
typedef struct _RedesClassicServer RedesClassicServer;

/* @cache: (transfer none): it must outlive the server; @up: the limit for sent bytes */
RedesClassicServer *redes_classic_server_new (RedesBlockCache *cache, RedesThrottle *up);
/* Closes the connections that are being served. */
void redes_classic_server_free (RedesClassicServer *self);

/* Sends @size bytes of @holding from @offset on, and closes @connection. If @size is 0, the file's
 * size is sent in decimal digits. */
void redes_classic_server_send (RedesClassicServer *self,
                                GSocketConnection *connection,
                                RedesHolding *holding,
                                guint64 offset,
                                guint64 size);

G_END_DECLS

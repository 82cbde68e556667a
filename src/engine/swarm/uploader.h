/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/cache/block-cache.h"
#include "engine/library/library.h"
#include "engine/swarm/remote.h"

G_BEGIN_DECLS

/**
 * RedesUploader:
 *
 * Serves blocks: each peer that asks has a lane, and the lanes take turns, a block at a time, so
 * that who asks for much takes nothing from who asks for little. A lane gets no further than the
 * socket takes: at most two blocks, or 512 KiB, wait in memory for each, and at most 32 MiB for
 * all, 16 MiB for those of one address (see RedesBudget). While others wait for that memory, each
 * has one block, and a peer that takes less than 4 KiB a second of it for 15 s loses its
 * connection. Blocks come through the cache. Engine's thread.
 */
typedef struct _RedesUploader RedesUploader;

/* @library: (nullable): told of files that cannot be read. @max_reads: at once, for all peers. All
 * is borrowed. */
RedesUploader *redes_uploader_new (RedesLibrary *library,
                                   RedesBlockCache *cache,
                                   const RedesClock *clock,
                                   guint max_reads);
void redes_uploader_free (RedesUploader *self);

/* Every request gets exactly one answer, BLOCK or REJECT. @holding: what it is served from. */
void redes_uploader_request (RedesUploader *self,
                             RedesRemote *remote,
                             RedesHolding *holding,
                             guint32 index);
/* If its block is not on the way yet, it is rejected as cancelled. */
void redes_uploader_cancel (RedesUploader *self,
                            RedesRemote *remote,
                            const RedesContentId *content,
                            guint32 index);
/* @remote's socket has taken most of what was queued, or a block of it. */
void redes_uploader_drained (RedesUploader *self, RedesRemote *remote);
/* The conversation has ended. */
void redes_uploader_remove (RedesUploader *self, RedesRemote *remote);
/* Whether anything is queued or being read for it. */
gboolean redes_uploader_is_serving (RedesUploader *self, RedesRemote *remote);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cache/block-cache.h"
#include "engine/library/library.h"
#include "engine/swarm/types.h"
#include "engine/wire/message.h"

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
RedesUploader *redes_uploader_new (RedesLibrary *library, RedesBlockCache *cache, guint max_reads);
void redes_uploader_free (RedesUploader *self);

/* Every request gets exactly one answer, BLOCK or REJECT. @holding: what it is served from. */
void redes_uploader_request (RedesUploader *self,
                             RedesPeerSession *session,
                             RedesHolding *holding,
                             guint32 index);
/* If its block is not on the way yet, it is rejected as cancelled. */
void redes_uploader_cancel (RedesUploader *self,
                            RedesPeerSession *session,
                            const RedesContentId *content,
                            guint32 index);
/* The session's socket has taken most of what was queued, or a block of it. */
void redes_uploader_drained (RedesUploader *self, RedesPeerSession *session);
/* The session has ended. */
void redes_uploader_remove (RedesUploader *self, RedesPeerSession *session);
/* Whether anything is queued or being read for it. */
gboolean redes_uploader_is_serving (RedesUploader *self, RedesPeerSession *session);

G_END_DECLS

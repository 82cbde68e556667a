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
 * Serves blocks. Each peer has a queue of its requests, and the queues are served in turn, a block
 * at a time, so that a peer with many requests does not delay one with few. At most two blocks, or
 * 512 KiB, wait in memory for the socket of each peer, and at most 32 MiB for all, 16 MiB for those
 * of one address (see RedesBudget). While peers wait for that memory, each has one block, and a
 * peer that receives less than 4 KiB a second for 15 s is disconnected. Blocks are read through the
 * cache. Engine's thread.
 */
typedef struct _RedesUploader RedesUploader;

/* @library: (nullable): it is told of files that cannot be read; @max_reads: the most reads at a
 * time, for all peers. All arguments must outlive the uploader. */
RedesUploader *redes_uploader_new (RedesLibrary *library,
                                   RedesBlockCache *cache,
                                   const RedesClock *clock,
                                   guint max_reads);
void redes_uploader_free (RedesUploader *self);

/* Adds a request of @remote, which gets exactly one answer, BLOCK or REJECT. @holding: the content
 * to serve it from */
void redes_uploader_request (RedesUploader *self,
                             RedesRemote *remote,
                             RedesHolding *holding,
                             guint32 index);
/* Rejects the request as cancelled, unless its block is being sent already. */
void redes_uploader_cancel (RedesUploader *self,
                            RedesRemote *remote,
                            const RedesContentId *content,
                            guint32 index);
/* To be called when the socket of @remote has accepted a block, or most of its queue. */
void redes_uploader_drained (RedesUploader *self, RedesRemote *remote);
/* Removes all requests of @remote, because its session has ended. */
void redes_uploader_remove (RedesUploader *self, RedesRemote *remote);
/* Whether anything is queued or being read for it. */
gboolean redes_uploader_is_serving (RedesUploader *self, RedesRemote *remote);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/base/workers.h"

G_BEGIN_DECLS

/**
 * RedesBlockCache:
 *
 * A cache of blocks between disk and upload. A hash table finds a block, a queue orders the blocks
 * by last use, and those unused for longest are evicted when the budget in bytes is exceeded.
 * Concurrent requests for one block cost one read. All functions are called in the thread of the
 * workers' context.
 */
typedef struct _RedesBlockCache RedesBlockCache;

/**
 * RedesBlockReadFunc:
 * @data: the argument of redes_block_cache_get()
 *
 * Reads a block from disk, in a worker thread.
 *
 * Returns: (transfer full): %NULL with @error set
 */
typedef GBytes *(*RedesBlockReadFunc) (gpointer data, GError **error);

/**
 * RedesBlockCacheFunc:
 * @bytes: (nullable) (transfer none): %NULL on error
 */
typedef void (*RedesBlockCacheFunc) (GBytes *bytes, const GError *error, gpointer user_data);

typedef struct
{
  guint64 hits;   /* requests answered from memory, or by a read that had begun already */
  guint64 misses; /* reads from disk */
  guint64 evictions;
  gsize bytes; /* in the cache now */
  gsize budget_bytes;
  guint blocks;
} RedesBlockCacheStats;

RedesBlockCache *redes_block_cache_new (gsize budget_bytes, RedesWorkers *workers);
/* Requests that are not answered yet fail with G_IO_ERROR_CANCELLED. */
void redes_block_cache_free (RedesBlockCache *self);

void redes_block_cache_set_budget (RedesBlockCache *self, gsize budget_bytes);
void redes_block_cache_get_stats (RedesBlockCache *self, RedesBlockCacheStats *out);

/**
 * redes_block_cache_get:
 * @read: reads the block if it is not in the cache
 * @data: (transfer full): the argument of @read; it is freed with @data_free after the read, or if
 *   there is none
 * @func: called exactly once, possibly before this function returns
 *
 * Requests a block. Its bytes are not verified here; the peer that receives them does that.
 */
void redes_block_cache_get (RedesBlockCache *self,
                            const RedesContentId *content,
                            guint32 index,
                            RedesBlockReadFunc read,
                            gpointer data,
                            GDestroyNotify data_free,
                            RedesBlockCacheFunc func,
                            gpointer user_data);

/* Adds a block that was just received and verified, so that it can be uploaded without a read. */
void redes_block_cache_put (RedesBlockCache *self,
                            const RedesContentId *content,
                            guint32 index,
                            GBytes *bytes);

/* Removes all blocks of @content. */
void redes_block_cache_drop (RedesBlockCache *self, const RedesContentId *content);

G_END_DECLS

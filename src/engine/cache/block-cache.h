/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/base/workers.h"

G_BEGIN_DECLS

/**
 * RedesBlockCache:
 *
 * The most used blocks, kept in memory between disk and upload: a GHashTable finds a block, a queue
 * orders them by last use, a budget in bytes decides who leaves. Concurrent wishes for one block
 * cost one read. One thread: that of its workers' context.
 */
typedef struct _RedesBlockCache RedesBlockCache;

/**
 * RedesBlockReadFunc:
 * @data: what redes_block_cache_get() was given
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
  guint64 hits;   /* wishes met from memory, or by a read that was under way */
  guint64 misses; /* reads from disk */
  guint64 evictions;
  gsize bytes; /* held now */
  gsize budget_bytes;
  guint blocks;
} RedesBlockCacheStats;

RedesBlockCache *redes_block_cache_new (gsize budget_bytes, RedesWorkers *workers);
/* Wishes that wait are answered with G_IO_ERROR_CANCELLED. */
void redes_block_cache_free (RedesBlockCache *self);

void redes_block_cache_set_budget (RedesBlockCache *self, gsize budget_bytes);
void redes_block_cache_get_stats (RedesBlockCache *self, RedesBlockCacheStats *out);

/**
 * redes_block_cache_get:
 * @read: how to read the block if it is not held
 * @data: (transfer full): for @read; freed with @data_free when it is of no more use
 * @func: called exactly once, possibly before this returns
 *
 * The bytes are as they came from disk: whoever receives them verifies them.
 */
void redes_block_cache_get (RedesBlockCache *self,
                            const RedesContentId *content,
                            guint32 index,
                            RedesBlockReadFunc read,
                            gpointer data,
                            GDestroyNotify data_free,
                            RedesBlockCacheFunc func,
                            gpointer user_data);

/* Puts a block in that was just verified, so that others can be served without a read. */
void redes_block_cache_put (RedesBlockCache *self,
                            const RedesContentId *content,
                            guint32 index,
                            GBytes *bytes);

/* Forgets all blocks of @content. */
void redes_block_cache_drop (RedesBlockCache *self, const RedesContentId *content);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"

G_BEGIN_DECLS

/**
 * RedesLocalIndex:
 *
 * What this peer shares, for others to look at: searched by words and browsed page by page, without
 * a tracker. The words of all names stand in one piece of memory that is searched from end to end:
 * a few milliseconds for a hundred thousand names, and nothing to keep in order. Engine's thread.
 */
typedef struct _RedesLocalIndex RedesLocalIndex;

RedesLocalIndex *redes_local_index_new (void);
void redes_local_index_free (RedesLocalIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesLocalIndex, redes_local_index_free)

void redes_local_index_add (RedesLocalIndex *self, RedesManifest *manifest);
/* The first of that content and name. It costs the same however many there are, in any order. */
void redes_local_index_remove (RedesLocalIndex *self, RedesManifest *manifest);
/* For tests: how often additions and removals in this thread have compared two files so far. */
guint64 redes_local_index_get_n_compared (void);
guint redes_local_index_get_size (RedesLocalIndex *self);

/**
 * redes_local_index_search:
 * @first, @n_rows, @total: as redes_directory_search() has them
 *
 * Each content once, under the name that fits best; ranked as a tracker ranks, with one source.
 *
 * Returns: (transfer full) (element-type RedesResultEntry): %NULL if there is no word in @words
 */
GPtrArray *redes_local_index_search (
    RedesLocalIndex *self, const char *words, guint first, guint n_rows, guint *total);

/* In the order in which they were shared; every name. (transfer full) */
GPtrArray *
redes_local_index_browse (RedesLocalIndex *self, guint first, guint n_rows, guint *total);

G_END_DECLS

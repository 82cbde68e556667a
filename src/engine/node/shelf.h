/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"

G_BEGIN_DECLS

/**
 * RedesShelf:
 *
 * What this peer shares, for others to look at: searched by words and browsed page by page, without
 * a tracker. The words of all names stand in one piece of memory that is searched from end to end:
 * a few milliseconds for a hundred thousand names, and nothing to keep in order. Engine's thread.
 */
typedef struct _RedesShelf RedesShelf;

RedesShelf *redes_shelf_new (void);
void redes_shelf_free (RedesShelf *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesShelf, redes_shelf_free)

void redes_shelf_add (RedesShelf *self, RedesManifest *manifest);
/* The first of that content and name. */
void redes_shelf_remove (RedesShelf *self, RedesManifest *manifest);
guint redes_shelf_get_size (RedesShelf *self);

/**
 * redes_shelf_search:
 * @first, @n_rows, @total: as redes_directory_search() has them
 *
 * Each content once, under the name that fits best; ranked as a tracker ranks, with one source.
 *
 * Returns: (transfer full) (element-type RedesDirectoryRow): %NULL if there is no word in @words
 */
GPtrArray *
redes_shelf_search (RedesShelf *self, const char *words, guint first, guint n_rows, guint *total);

/* In the order in which they were shared; every name. (transfer full) */
GPtrArray *redes_shelf_browse (RedesShelf *self, guint first, guint n_rows, guint *total);

G_END_DECLS

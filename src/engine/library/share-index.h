/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/holding.h"

G_BEGIN_DECLS

/**
 * RedesShareIndex:
 *
 * A set of holdings, found by content and, if they are files, by path and in the order they came.
 * A holding is in one index at most, of one path there is one file at most. Adding, finding and
 * removing one cost the same however many there are. Belongs to one thread.
 */
typedef struct _RedesShareIndex RedesShareIndex;

RedesShareIndex *redes_share_index_new (void);
void redes_share_index_free (RedesShareIndex *self);

/* Takes a reference. Nothing if it, or a file of that path, is there. */
gboolean redes_share_index_add (RedesShareIndex *self, RedesHolding *holding);
/* Gives the reference back. Returns: %FALSE if it is not there */
gboolean redes_share_index_remove (RedesShareIndex *self, RedesHolding *holding);
gboolean redes_share_index_contains (RedesShareIndex *self, RedesHolding *holding);

/* (nullable) (transfer none): the file of @content that came first, or else a folder's list or
 * a member of one, or else a partial one. */
RedesHolding *redes_share_index_lookup_content (RedesShareIndex *self,
                                                const RedesContentId *content);
/* (nullable) (transfer none) */
RedesHolding *redes_share_index_lookup_path (RedesShareIndex *self, const char *path);

/* Files in it. */
guint redes_share_index_get_n_files (RedesShareIndex *self);
/* (transfer full) (element-type RedesHolding): the files, in the order they came. */
GPtrArray *redes_share_index_list (RedesShareIndex *self);
/* (transfer full) (element-type RedesHolding): the files whose path is @path, or below it. It costs
 * a walk through all files, unless @path is one of them. */
GPtrArray *redes_share_index_list_below (RedesShareIndex *self, const char *path);

/* For a walk in pieces: files may be added and removed between them. */
guint redes_share_index_get_n_positions (RedesShareIndex *self);
/* (nullable) (transfer none): %NULL where a file was removed */
RedesHolding *redes_share_index_get_at (RedesShareIndex *self, guint position);
/* Closes the gaps that removed files have left: changes positions. */
void redes_share_index_compact (RedesShareIndex *self);

G_END_DECLS

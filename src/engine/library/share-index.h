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

/* Takes a reference. Returns: %FALSE, and nothing is changed, if the index has @holding or a file
 * of the same path already */
gboolean redes_share_index_add (RedesShareIndex *self, RedesHolding *holding);
/* Drops the reference. Returns: %FALSE if the index does not have @holding */
gboolean redes_share_index_remove (RedesShareIndex *self, RedesHolding *holding);
gboolean redes_share_index_contains (RedesShareIndex *self, RedesHolding *holding);

/* (nullable) (transfer none): the file of @content that came first, or else a folder's list or
 * a member of one, or else a partial one. */
RedesHolding *redes_share_index_lookup_content (RedesShareIndex *self,
                                                const RedesContentId *content);
/* (nullable) (transfer none) */
RedesHolding *redes_share_index_lookup_path (RedesShareIndex *self, const char *path);

/* Returns: the number of files in the index */
guint redes_share_index_get_n_files (RedesShareIndex *self);
/* (transfer full) (element-type RedesHolding): the files, in the order they came. */
GPtrArray *redes_share_index_list (RedesShareIndex *self);
/* (transfer full) (element-type RedesHolding): the files whose path is @path, or below it. It costs
 * a walk through all files, unless @path is one of them. */
GPtrArray *redes_share_index_list_below (RedesShareIndex *self, const char *path);

/* Positions are for a walk in several parts, between which files may be added and removed. Returns:
 * one more than the last position */
guint redes_share_index_get_n_positions (RedesShareIndex *self);
/* (nullable) (transfer none): %NULL where a file was removed */
RedesHolding *redes_share_index_get_at (RedesShareIndex *self, guint position);
/* Closes the gaps that removed files have left: changes positions. */
void redes_share_index_compact (RedesShareIndex *self);

G_END_DECLS

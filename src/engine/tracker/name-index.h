/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesNameIndex:
 *
 * Which words stand in which name, so that a search finds its first rows without looking at all
 * that match. For each word, and for the first one to four characters of each longer word, it keeps
 * the rows of the names that have it: apart by rank, and within one rank by age. A search walks
 * through the ranks, the best first, and stops when it has enough.
 *
 * The rank of a name is its number of words (fewer are better: more of the name was asked for),
 * then its level (higher is better). The index knows neither files nor peers; what it is given as
 * an item is the caller's. One thread at a time.
 */
typedef struct _RedesNameIndex RedesNameIndex;

/* The number of words, and the level, above which no difference is made. */
#define REDES_NAME_INDEX_MAX_WORDS 255u
#define REDES_NAME_INDEX_MAX_LEVEL 255u

/* @item has another row from now on. */
typedef void (*RedesNameMovedFunc) (gpointer item, guint32 row);

/**
 * redes_name_index_new:
 * @max_row: the last row that is given out before all are numbered anew, which takes some seconds
 * for a million names; 0: as many as there can be, four thousand million
 * @moved: called for each item then
 */
RedesNameIndex *redes_name_index_new (guint32 max_row, RedesNameMovedFunc moved);
/* @self: (nullable) */
void redes_name_index_free (RedesNameIndex *self);

/**
 * redes_name_index_add:
 * @words: as redes_words_fold() gives them
 * @n_words: of @words
 * @item: not %NULL
 *
 * Returns: the row of @item, 1 or more: with it, and with the very same words and rank, it is
 * removed
 */
guint32 redes_name_index_add (
    RedesNameIndex *self, const char *words, guint n_words, guint level, gpointer item);
void redes_name_index_remove (
    RedesNameIndex *self, guint32 row, const char *words, guint n_words, guint level);
/* A look says of an item with a mark that it has one, without touching the item: whoever looks for
 * many knows so which of them need no look of its own. The mark goes with the row. */
void redes_name_index_mark (RedesNameIndex *self, guint32 row);

/**
 * RedesNameLook:
 *
 * A look for the names that have all words of a query, in steps, between which the index may
 * change: a name that comes, goes or changes its rank meanwhile is met or not, and perhaps twice.
 * First come those that have all words whole; then, each by rank, those in which the last word is
 * only the beginning of one. To be freed before the index.
 */
typedef struct _RedesNameLook RedesNameLook;

/* @rank: smaller is better; the same for names that are alike. @is_marked: see
 * redes_name_index_mark(). Returns: whether others are wanted */
typedef gboolean (*RedesNameFoundFunc) (gpointer item,
                                        guint rank,
                                        gboolean is_marked,
                                        gpointer user_data);

/* @words: (array zero-terminated=1): as redes_words_split_query() gives them, at least one; copied
 */
RedesNameLook *redes_name_look_new (RedesNameIndex *index, const char *const *words);
/* @self: (nullable) */
void redes_name_look_free (RedesNameLook *self);

/**
 * redes_name_look_step:
 * @max_work: how many rows to look at in this step, about
 *
 * Goes on, and calls @found for each item that is met.
 *
 * Of a beginning of five characters and more that is the beginning of very many words, it looks at
 * 4,096 of these, and at 65,536 names of one rank.
 *
 * Returns: whether it is at its end
 */
gboolean redes_name_look_step (RedesNameLook *self,
                               guint max_work,
                               RedesNameFoundFunc found,
                               gpointer user_data);

G_END_DECLS

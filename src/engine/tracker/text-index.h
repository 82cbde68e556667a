/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTextIndex:
 *
 * Finds the rows that have given words: an SQLite FTS5 table in memory that keeps only the words of
 * a text. It may be used by one thread at a time.
 */
typedef struct _RedesTextIndex RedesTextIndex;

RedesTextIndex *redes_text_index_new (GError **error);
void redes_text_index_free (RedesTextIndex *self);

/* Begins and ends a transaction, in which many changes cost far less than each by itself. */
gboolean redes_text_index_begin (RedesTextIndex *self, GError **error);
gboolean redes_text_index_commit (RedesTextIndex *self, GError **error);

/* @words: folded, apart by spaces. Rows are best added with rising ids. */
gboolean
redes_text_index_insert (RedesTextIndex *self, gint64 row, const GString *words, GError **error);
/* @words: the very words that the row was inserted with. */
gboolean
redes_text_index_delete (RedesTextIndex *self, gint64 row, const GString *words, GError **error);

/**
 * RedesTextMatch:
 *
 * A search for the rows that an expression matches, in steps between which the index may change. A
 * row that is added or removed meanwhile may be among the results or not. It has to be freed before
 * the index.
 */
typedef struct _RedesTextMatch RedesTextMatch;

/* @expression: of FTS5; copied. Returns: (nullable): %NULL on an error */
RedesTextMatch *
redes_text_match_new (RedesTextIndex *index, const char *expression, GError **error);
void redes_text_match_free (RedesTextMatch *self);

/* Appends up to @max_rows more to @rows (element-type gint64), by rising ids; @is_at_end: (out):
 * whether there are no others. Returns: %FALSE on an error */
gboolean redes_text_match_step (
    RedesTextMatch *self, guint max_rows, GArray *rows, gboolean *is_at_end, GError **error);

G_END_DECLS

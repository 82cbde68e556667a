/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTextIndex:
 *
 * Which words stand in which row: an SQLite FTS5 table in memory that keeps the words only, not the
 * texts. One thread at a time.
 */
typedef struct _RedesTextIndex RedesTextIndex;

RedesTextIndex *redes_text_index_new (GError **error);
void redes_text_index_free (RedesTextIndex *self);

/* Many changes between the two cost far less than each by itself. */
gboolean redes_text_index_begin (RedesTextIndex *self, GError **error);
gboolean redes_text_index_commit (RedesTextIndex *self, GError **error);

/* @words: folded, apart by spaces. Rows are best added with rising ids. */
gboolean
redes_text_index_insert (RedesTextIndex *self, gint64 row, const GString *words, GError **error);
/* @words: the very words that the row was inserted with. */
gboolean
redes_text_index_delete (RedesTextIndex *self, gint64 row, const GString *words, GError **error);

typedef void (*RedesTextIndexFunc) (gint64 row, gpointer user_data);

/* Calls @func for each row that @expression (of FTS5) matches, by rising ids. */
gboolean redes_text_index_match (RedesTextIndex *self,
                                 const char *expression,
                                 RedesTextIndexFunc func,
                                 gpointer user_data,
                                 GError **error);

G_END_DECLS

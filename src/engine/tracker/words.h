/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a word is, for names and for queries alike: a run of messages and digits, without case,
 * accents and compatibility forms (Unicode's compatibility caseless match, chapter 3.13). One
 * function folds both, and not FTS5's unicode61 tokenizer: were there two opinions of what a word
 * is, a name could stand in the index under words that no query can ask for.
 */

/**
 * redes_words_fold:
 * @text: anything; what is not UTF-8 has no words
 * @n_words: (out)
 *
 * Returns: (transfer full): the words, each with a space before it: "Ação_1.PDF" gives " acao 1
 * pdf"
 */
GString *redes_words_fold (const char *text, guint *n_words);

/**
 * RedesQuery:
 * @folded: as redes_words_fold() gives them
 * @whole: the FTS5 expression for all words as they are
 * @prefix: the same, with the last word as the beginning of one
 *
 * What somebody typed, made safe for a text index.
 */
typedef struct
{
  guint n_words;
  char *folded;
  char *whole;
  char *prefix;
} RedesQuery;

/* %FALSE, with @query all zeroes, if there is no word in @text. */
gboolean redes_query_init (RedesQuery *query, const char *text);
void redes_query_clear (RedesQuery *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesQuery, redes_query_clear)

G_END_DECLS

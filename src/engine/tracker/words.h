/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a word is, for names and for queries alike: a run of letters and digits, without case,
 * accents and compatibility forms (Unicode's compatibility caseless match, chapter 3.13). One
 * function folds both, and not FTS5's unicode61 tokenizer: were there two opinions of what a word
 * is, a name could stand in the index under words that no query can ask for.
 *
 * Scripts that put no blanks between words (Chinese characters, kana, Thai and its neighbours), and
 * Hangul, whose words grow by particles and compounds, have no runs to go by. There each character
 * and the one after it are a word, and the last character is one: any part of such a run is then
 * found by words alone. No dictionary is asked, which would part a name and a query differently.
 *
 * Symbols such as 🎉 are words too, and, in a name that has nothing else before its extension (or a
 * query that has nothing else), so are punctuation marks.
 */

/**
 * redes_words_fold:
 * @text: anything; what is not UTF-8 has no words
 * @n_words: (out)
 *
 * Returns: (transfer full): the words of a name, each with a space before it: "Ação_1.PDF" gives
 *   " acao 1 pdf", "東京都" gives " 東京 京都 都"
 */
GString *redes_words_fold (const char *text, guint *n_words);

/* (transfer full): the words that a name must have to be found by what somebody typed, perhaps
 * none. */
char **redes_words_split_query (const char *text);

/* Whether @word, of a query, is a single character of those scripts, or a symbol: the beginning of
 * a word counts as that word, wherever it stands in the query. */
gboolean redes_words_is_open (const char *word);

/**
 * RedesQuery:
 * @n_words: of @folded
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a word is, for names and for queries alike: a run of letters and digits, without case,
 * accents and compatibility forms (Unicode's compatibility caseless match, chapter 3.13). One
 * function folds both: were there two opinions of what a word is, a name could stand in the index
 * under words that no query can ask for.
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

/* Returns: (transfer full) (array zero-terminated=1): the words that a name must have to be found
 * by
 * @text, which somebody typed; perhaps none */
char **redes_words_split_query (const char *text);

/* Whether @word, of a query, is a single character of those scripts, or a symbol: the beginning of
 * a word counts as that word, wherever it stands in the query. */
gboolean redes_words_is_open (const char *word);

typedef enum
{
  REDES_WORDS_NO_MATCH,
  REDES_WORDS_MATCH_PREFIX, /* the last word is the beginning of one */
  REDES_WORDS_MATCH_WHOLE,
} RedesWordsMatch;

/* Whether a name has all words of a query. @folded: the name's, as redes_words_fold() gives them;
 * @words: as redes_words_split_query() gives them */
RedesWordsMatch redes_words_match (const char *folded, const char *const *words);

G_END_DECLS

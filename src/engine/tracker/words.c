/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/words.h"

#include <string.h>

/* Punctuation marks of ASCII stand in the index as their full-width forms, which nothing else folds
 * to: the tokenizer parts words at them. */
#define FULL_WIDTH_OFFSET 0xfee0u

/* Folding case can bring back composed letters, so that they are taken apart twice. Accents, once
 * taken apart, are marks that take no room. What is left is put together again, because a syllable
 * of Hangul is one character only then. */
static char *
fold (const char *text)
{
  g_autofree char *decomposed = NULL;
  g_autofree char *caseless = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GString) bare = NULL;

  /* Most names, and nothing but case is left to fold in them. */
  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);
  decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  if (decomposed == NULL)
    return NULL;
  bare = g_string_new (NULL);
  caseless = g_utf8_casefold (decomposed, -1);
  again = g_utf8_normalize (caseless, -1, G_NORMALIZE_ALL);
  for (const char *p = again; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (type != G_UNICODE_NON_SPACING_MARK && type != G_UNICODE_ENCLOSING_MARK)
        g_string_append_unichar (bare, c);
    }
  return g_utf8_normalize (bare->str, -1, G_NORMALIZE_ALL_COMPOSE);
}

/**
 * Kind:
 * @KIND_NONE: parts words
 * @KIND_LETTER: of a script with blanks between words
 * @KIND_DENSE: of one without
 * @KIND_SYMBOL: a word by itself, with those beside it
 * @KIND_MARK: a word only where there is nothing else
 */
typedef enum
{
  KIND_NONE,
  KIND_LETTER,
  KIND_DENSE,
  KIND_SYMBOL,
  KIND_MARK,
} Kind;

static gboolean
is_dense (gunichar c)
{
  switch (g_unichar_get_script (c))
    {
    case G_UNICODE_SCRIPT_HAN:
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA:
    case G_UNICODE_SCRIPT_BOPOMOFO:
    case G_UNICODE_SCRIPT_HANGUL:
    case G_UNICODE_SCRIPT_YI:
    case G_UNICODE_SCRIPT_THAI:
    case G_UNICODE_SCRIPT_LAO:
    case G_UNICODE_SCRIPT_KHMER:
    case G_UNICODE_SCRIPT_MYANMAR:
    case G_UNICODE_SCRIPT_TIBETAN:
    case G_UNICODE_SCRIPT_TAI_LE:
    case G_UNICODE_SCRIPT_NEW_TAI_LUE:
    case G_UNICODE_SCRIPT_TAI_THAM:
    case G_UNICODE_SCRIPT_TAI_VIET:
    case G_UNICODE_SCRIPT_JAVANESE:
    case G_UNICODE_SCRIPT_BALINESE:
      return TRUE;
    default:
      /* The mark of a long vowel belongs to both kinds of kana. */
      return c == 0x30fc;
    }
}

static Kind
get_kind (gunichar c)
{
  GUnicodeType type;

  if (c < 0x80)
    return g_ascii_isalnum (c) ? KIND_LETTER : g_ascii_ispunct (c) ? KIND_MARK : KIND_NONE;
  type = g_unichar_type (c);
  if (g_unichar_isalnum (c) || type == G_UNICODE_SPACING_MARK)
    return is_dense (c) ? KIND_DENSE : KIND_LETTER;
  if (type == G_UNICODE_OTHER_SYMBOL)
    return KIND_SYMBOL;
  if (g_unichar_ispunct (c))
    return KIND_MARK;
  return KIND_NONE;
}

static gboolean
has_letters (const char *start, const char *end)
{
  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      Kind kind = get_kind (g_utf8_get_char (p));

      if (kind == KIND_LETTER || kind == KIND_DENSE)
        return TRUE;
    }
  return FALSE;
}

/**
 * Words:
 * @text: so far, each with a space before it
 * @run: kind of the characters that belong to the last one
 * @previous: the last of them, if @run is not KIND_LETTER
 * @run_length: so far
 * @with_last: whether the last character of a run is a word by itself
 */
typedef struct
{
  GString *text;
  guint n_words;
  Kind run;
  gunichar previous;
  guint run_length;
  gboolean with_last;
} Words;

static void
begin_word (Words *self)
{
  g_string_append_c (self->text, ' ');
  self->n_words++;
}

static void
append (Words *self, gunichar c)
{
  g_string_append_unichar (self->text,
                           c < 0x80 && !g_ascii_isalnum (c) ? c + FULL_WIDTH_OFFSET : c);
}

static void
end_run (Words *self)
{
  if (self->run > KIND_LETTER && (self->with_last || self->run_length == 1))
    {
      begin_word (self);
      append (self, self->previous);
    }
  self->run = KIND_NONE;
  self->run_length = 0;
}

static void
take (Words *self, gunichar c, Kind kind)
{
  if (kind != self->run)
    end_run (self);
  if (kind == KIND_NONE)
    return;
  if (kind == KIND_LETTER && self->run_length == 0)
    begin_word (self);
  if (kind == KIND_LETTER)
    append (self, c);
  else if (self->run_length > 0)
    {
      begin_word (self);
      append (self, self->previous);
      append (self, c);
    }
  self->run = kind;
  self->previous = c;
  self->run_length++;
}

/* @marks_end: (nullable): up to there punctuation marks are words */
static void
take_all (Words *self, const char *folded, gboolean with_symbols, const char *marks_end)
{
  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      Kind kind = get_kind (c);

      /* What joins and varies symbols is not seen. */
      if (c >= 0x80 && g_unichar_type (c) == G_UNICODE_FORMAT)
        continue;
      if ((kind == KIND_SYMBOL && !with_symbols)
          || (kind == KIND_MARK && (marks_end == NULL || p >= marks_end)))
        kind = KIND_NONE;
      take (self, c, kind);
    }
  end_run (self);
}

GString *
redes_words_fold (const char *text, guint *n_words)
{
  g_autofree char *folded = fold (text);
  Words words = { .text = g_string_new (NULL), .with_last = TRUE };

  if (folded != NULL)
    {
      const char *dot = strrchr (folded, '.');
      const char *end = dot != NULL && dot > folded ? dot : folded + strlen (folded);

      take_all (&words, folded, TRUE, has_letters (folded, end) ? NULL : end);
    }
  *n_words = words.n_words;
  return words.text;
}

char **
redes_words_split_query (const char *text)
{
  g_autofree char *folded = fold (text);
  g_autoptr (GString) all = g_string_new (NULL);
  Words words = { .text = all };

  if (folded != NULL)
    {
      const char *end = folded + strlen (folded);
      gboolean only_symbols = !has_letters (folded, end);

      take_all (&words, folded, only_symbols, only_symbols ? end : NULL);
    }
  if (words.n_words == 0)
    return g_new0 (char *, 1);
  return g_strsplit (all->str + 1, " ", -1);
}

gboolean
redes_words_is_open (const char *word)
{
  return *word != '\0' && *g_utf8_next_char (word) == '\0'
         && get_kind (g_utf8_get_char (word)) > KIND_LETTER;
}

/* Whether @word is a word of @folded, or (@is_prefix) the beginning of one. */
static gboolean
has_word (const char *folded, const char *word, gboolean is_prefix)
{
  gsize len = strlen (word);

  for (const char *p = folded; (p = strstr (p, word)) != NULL; p++)
    if (p > folded && p[-1] == ' ' && (is_prefix || p[len] == ' ' || p[len] == '\0'))
      return TRUE;
  return FALSE;
}

RedesWordsMatch
redes_words_match (const char *folded, const char *const *words)
{
  gboolean is_whole = TRUE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (has_word (folded, words[i], redes_words_is_open (words[i])))
        continue;
      if (words[i + 1] != NULL || !has_word (folded, words[i], TRUE))
        return REDES_WORDS_NO_MATCH;
      is_whole = FALSE;
    }
  return is_whole ? REDES_WORDS_MATCH_WHOLE : REDES_WORDS_MATCH_PREFIX;
}

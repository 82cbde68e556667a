/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/words.h"

/* Folding case can bring back composed messages, so that they are taken apart twice. */
static char *
fold (const char *text)
{
  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *caseless = NULL;

  if (decomposed == NULL)
    return NULL;
  caseless = g_utf8_casefold (decomposed, -1);
  return g_utf8_normalize (caseless, -1, G_NORMALIZE_ALL);
}

GString *
redes_words_fold (const char *text, guint *n_words)
{
  g_autofree char *folded = fold (text);
  GString *words = g_string_new (NULL);
  gboolean inside = FALSE;

  *n_words = 0;
  for (const char *p = folded; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      /* Accents, once decomposed, are marks that take no room. */
      if (type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK)
        continue;
      if (!g_unichar_isalnum (c) && type != G_UNICODE_SPACING_MARK)
        {
          inside = FALSE;
          continue;
        }
      if (!inside)
        {
          g_string_append_c (words, ' ');
          *n_words += 1;
        }
      inside = TRUE;
      g_string_append_unichar (words, c);
    }
  return words;
}

gboolean
redes_query_init (RedesQuery *query, const char *text)
{
  guint n_words;
  g_autoptr (GString) words = redes_words_fold (text, &n_words);
  g_auto (GStrv) each = NULL;
  g_autofree char *joined = NULL;

  *query = (RedesQuery){ 0 };
  if (n_words == 0)
    return FALSE;
  /* Each word in quotes: "or" and "near" are words here, not operators. Inside are only messages
   * and digits. */
  each = g_strsplit (words->str + 1, " ", -1);
  joined = g_strjoinv ("\" \"", each);
  query->n_words = n_words;
  query->folded = g_strdup (words->str);
  query->whole = g_strdup_printf ("\"%s\"", joined);
  query->prefix = g_strdup_printf ("\"%s\"*", joined);
  return TRUE;
}

void
redes_query_clear (RedesQuery *query)
{
  g_clear_pointer (&query->folded, g_free);
  g_clear_pointer (&query->whole, g_free);
  g_clear_pointer (&query->prefix, g_free);
}

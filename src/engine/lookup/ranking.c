/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/ranking.h"

#include "engine/tracker/words.h"

#include <string.h>

/* As the directory: what was found only by the beginning of a word comes after all else. */
#define PREFIX_PENALTY 0x10000u

gboolean
redes_ranking_init (RedesRanking *self, const char *text)
{
  guint n_words;
  GString *folded = redes_words_fold (text, &n_words);

  *self = (RedesRanking){ 0 };
  if (n_words == 0)
    {
      g_string_free (folded, TRUE);
      return FALSE;
    }
  self->n_words = n_words;
  self->words = g_strsplit (folded->str + 1, " ", -1);
  self->folded = g_string_free (folded, FALSE);
  for (guint i = 0; self->words[i] != NULL; i++)
    {
      char *word = self->words[i];

      self->words[i] = g_strconcat (" ", word, NULL);
      g_free (word);
    }
  return TRUE;
}

void
redes_ranking_clear (RedesRanking *self)
{
  g_clear_pointer (&self->folded, g_free);
  g_clear_pointer (&self->words, g_strfreev);
}

/* Where @word stands in @text: as a whole word, if there is one; *@whole says whether. */
static gboolean
find_word (const char *text, gsize len, const char *word, gboolean *whole)
{
  gsize word_len = strlen (word);
  const char *end = text + len;
  const char *at = text;
  gboolean found = FALSE;

  *whole = FALSE;
  while ((at = memmem (at, (gsize)(end - at), word, word_len)) != NULL)
    {
      const char *after = at + word_len;

      found = TRUE;
      if (after == end || *after == ' ')
        {
          *whole = TRUE;
          return TRUE;
        }
      at++;
    }
  return found;
}

static guint
count_words (const char *folded, gsize len)
{
  guint n = 0;

  for (gsize i = 0; i < len; i++)
    n += folded[i] == ' ';
  return n;
}

guint
redes_ranking_score (const RedesRanking *self, const char *folded, gsize len)
{
  guint penalty = 0;

  if (strlen (self->folded) == len && memcmp (self->folded, folded, len) == 0)
    return 0;
  for (guint i = 0; i < self->n_words; i++)
    {
      gboolean whole;

      if (!find_word (folded, len, self->words[i], &whole))
        return REDES_RANKING_NO_MATCH;
      /* Only the last may be the beginning of one. */
      if (!whole && i + 1 < self->n_words)
        return REDES_RANKING_NO_MATCH;
      if (!whole)
        penalty = PREFIX_PENALTY;
    }
  return penalty + count_words (folded, len);
}

/* Merging. */

typedef struct
{
  RedesDirectoryRow *row;
  guint score;
  guint n_peers;
} Entry;

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *one = *(Entry *const *)a;
  const Entry *other = *(Entry *const *)b;
  int order;

  if (one->score != other->score)
    return one->score < other->score ? -1 : 1;
  if (one->row->sources != other->row->sources)
    return one->row->sources > other->row->sources ? -1 : 1;
  order = strcmp (one->row->name, other->row->name);
  return order != 0 ? order : redes_content_id_compare (&one->row->content, &other->row->content);
}

/* Of two names that a content goes by, the one that fits better is shown. */
static void
add_to_entry (Entry *entry, RedesDirectoryRow *row, guint score, gboolean from_peer)
{
  guint sources = from_peer ? 0 : row->sources;

  entry->n_peers += from_peer;
  sources = MAX (sources, entry->row != row ? entry->row->sources : 0);
  if (score < entry->score)
    {
      if (entry->row != row)
        redes_directory_row_free (entry->row);
      entry->row = row;
      entry->score = score;
    }
  else if (entry->row != row)
    redes_directory_row_free (row);
  entry->row->sources = MAX (MAX (sources, entry->n_peers), 1);
}

GPtrArray *
redes_ranking_merge (const RedesRanking *self, GPtrArray *rows, GPtrArray *origins)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) by_content
      = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);
  GPtrArray *merged = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_directory_row_free);

  g_ptr_array_set_free_func (rows, NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      RedesDirectoryRow *row = g_ptr_array_index (rows, i);
      guint n_words;
      g_autoptr (GString) folded = redes_words_fold (row->name, &n_words);
      /* What does not fit as we see it was found all the same, by somebody. */
      guint score = MIN (redes_ranking_score (self, folded->str, folded->len), G_MAXUINT - 1);
      RedesContentId content = row->content;
      Entry *entry = g_hash_table_lookup (by_content, &content);

      if (entry == NULL)
        {
          entry = g_new0 (Entry, 1);
          entry->row = row;
          entry->score = G_MAXUINT;
          g_ptr_array_add (entries, entry);
        }
      add_to_entry (entry, row, score, *(const char *)g_ptr_array_index (origins, i) == '\0');
      /* With the key of the row that is kept. */
      g_hash_table_replace (by_content, &entry->row->content, entry);
    }
  g_ptr_array_unref (rows);
  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (merged, ((Entry *)g_ptr_array_index (entries, i))->row);
  return merged;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/ranking.h"

#include "engine/tracker/words.h"

#include <string.h>

/* As the directory: what was found only by the beginning of a word comes after all else. */
#define PREFIX_PENALTY 0x10000u
/* Names of one content that answers are merged by. */
#define MAX_NAMES 64u

gboolean
redes_ranking_init (RedesRanking *self, const char *text)
{
  g_auto (GStrv) words = redes_words_split_query (text);
  guint n_words_in_all;

  *self = (RedesRanking){ 0 };
  if (words[0] == NULL)
    return FALSE;
  self->n_words = g_strv_length (words);
  self->words = g_new0 (char *, self->n_words + 1);
  for (guint i = 0; i < self->n_words; i++)
    self->words[i] = g_strconcat (" ", words[i], NULL);
  self->folded = g_string_free (redes_words_fold (text, &n_words_in_all), FALSE);
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
      if (redes_words_is_open (self->words[i] + 1))
        continue;
      /* Of the others only the last may be the beginning of one. */
      if (!whole && i + 1 < self->n_words)
        return REDES_RANKING_NO_MATCH;
      if (!whole)
        penalty = PREFIX_PENALTY;
    }
  return penalty + count_words (folded, len);
}

/* Merging. */

/* A name that somebody gives a content. @told: the most that a tracker counts */
typedef struct
{
  const char *text; /* the row's it came with */
  const RedesResultEntry *row;
  RedesPeerId publisher;
  guint score;
  guint told;
  guint n_peers;
} Called;

/* @score: of the name that fits best */
typedef struct
{
  RedesContentId content;
  GArray *names; /* of Called */
  guint score;
  guint told;
  guint n_peers;
  RedesResultEntry *row;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_array_unref (entry->names);
  g_free (entry);
}

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
  return order != 0 ? order : redes_content_id_compare (&one->content, &other->content);
}

static guint
count_sources (const Called *name)
{
  return MAX (MAX (name->told, name->n_peers), 1);
}

/* Those that fit the query first; of them what most call it, then what fits better. */
static gint
compare_called (gconstpointer a, gconstpointer b)
{
  const Called *one = a;
  const Called *other = b;
  gboolean one_fits = one->score < G_MAXUINT - 1;
  gboolean other_fits = other->score < G_MAXUINT - 1;

  if (one_fits != other_fits)
    return one_fits ? -1 : 1;
  if (count_sources (one) != count_sources (other))
    return count_sources (one) > count_sources (other) ? -1 : 1;
  if (one->score != other->score)
    return one->score < other->score ? -1 : 1;
  return strcmp (one->text, other->text);
}

static void
add_called (const RedesRanking *self,
            Entry *entry,
            const RedesResultEntry *row,
            const char *text,
            guint sources,
            const RedesPeerId *publisher,
            gboolean from_peer)
{
  Called *called = NULL;
  guint n_words;

  for (guint i = 0; i < entry->names->len && called == NULL; i++)
    if (g_str_equal (g_array_index (entry->names, Called, i).text, text))
      called = &g_array_index (entry->names, Called, i);
  if (called == NULL)
    {
      g_autoptr (GString) folded = NULL;

      /* Whoever invents names does not fill memory with them. */
      if (entry->names->len == MAX_NAMES)
        return;
      folded = redes_words_fold (text, &n_words);
      g_array_set_size (entry->names, entry->names->len + 1);
      called = &g_array_index (entry->names, Called, entry->names->len - 1);
      called->text = text;
      called->row = row;
      called->publisher = *publisher;
      /* What does not fit as we see it was found all the same, by somebody. */
      called->score = MIN (redes_ranking_score (self, folded->str, folded->len), G_MAXUINT - 1);
      entry->score = MIN (entry->score, called->score);
    }
  if (from_peer)
    called->n_peers++;
  else
    called->told = MAX (called->told, sources);
}

static void
add_to_entry (const RedesRanking *self,
              Entry *entry,
              const RedesResultEntry *row,
              gboolean from_peer)
{
  if (from_peer)
    entry->n_peers++;
  else
    entry->told = MAX (entry->told, row->sources);
  /* A row without names goes by its one name alone. */
  if (row->names == NULL)
    add_called (self, entry, row, row->name, row->sources, &row->publisher, from_peer);
  for (guint i = 0; row->names != NULL && i < row->names->len; i++)
    {
      const RedesResultName *name = g_ptr_array_index (row->names, i);

      add_called (self, entry, row, name->name, name->sources, &name->publisher, from_peer);
    }
}

static void
make_row (Entry *entry)
{
  const Called *first;
  RedesResultEntry *row = g_new0 (RedesResultEntry, 1);

  g_array_sort (entry->names, compare_called);
  first = &g_array_index (entry->names, Called, 0);
  row->content = entry->content;
  row->name = g_strdup (first->text);
  row->publisher = first->publisher;
  row->is_folder = first->row->is_folder;
  row->totals = first->row->totals;
  row->sources = MAX (MAX (entry->told, entry->n_peers), 1);
  for (guint i = 0; i < entry->names->len; i++)
    {
      const Called *called = &g_array_index (entry->names, Called, i);

      redes_result_entry_add_name (row, called->text, count_sources (called), &called->publisher);
    }
  entry->row = row;
}

GPtrArray *
redes_ranking_merge (const RedesRanking *self, GPtrArray *rows, GPtrArray *origins)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GHashTable) by_content
      = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);
  GPtrArray *merged = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);

  for (guint i = 0; i < rows->len; i++)
    {
      const RedesResultEntry *row = g_ptr_array_index (rows, i);
      Entry *entry = g_hash_table_lookup (by_content, &row->content);

      if (entry == NULL)
        {
          entry = g_new0 (Entry, 1);
          entry->content = row->content;
          entry->names = g_array_new (FALSE, TRUE, sizeof (Called));
          entry->score = G_MAXUINT;
          g_ptr_array_add (entries, entry);
          g_hash_table_insert (by_content, &entry->content, entry);
        }
      add_to_entry (self, entry, row, *(const char *)g_ptr_array_index (origins, i) == '\0');
    }
  for (guint i = 0; i < entries->len; i++)
    make_row (g_ptr_array_index (entries, i));
  g_ptr_array_unref (rows);
  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (merged, ((Entry *)g_ptr_array_index (entries, i))->row);
  return merged;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/local-index.h"

#include "engine/lookup/ranking.h"
#include "engine/tracker/top-k.h"
#include "engine/tracker/result-cache.h"
#include "engine/tracker/words.h"

#include <string.h>

#define MAX_ROWS 200u

/**
 * RedesLocalIndex:
 * @text: each name's folded words and a newline; a removed name's are overwritten with newlines
 * @entries: of Book, in the order of @text, the removed too
 * @n_gone: those removed
 * @firsts: set of Book, by content and name: of those that have both in common the first, which
 *   leads to the others. It makes a removal cost the same whatever was shared before
 * @pages: of RedesManifest
 */
struct _RedesLocalIndex
{
  GString *text;
  GPtrArray *entries;
  guint n_gone;
  GHashTable *firsts;
  RedesResultCache *pages;
};

/**
 * Entry:
 * @manifest: %NULL once it was removed
 * @start, @len: of its words in the text
 * @next: (nullable): the next of the same content and name
 * @last: of the first one of a content and name: the last one
 */
typedef struct _Entry Entry;
struct _Entry
{
  RedesManifest *manifest;
  gsize start;
  gsize len;
  Entry *next;
  Entry *last;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->manifest, redes_manifest_unref);
  g_free (entry);
}

/* For tests: comparisons of two books by this thread. */
static _Thread_local guint64 n_compared;

static guint
book_hash (gconstpointer key)
{
  RedesManifest *manifest = ((const Entry *)key)->manifest;

  return redes_content_id_hash (redes_manifest_get_content (manifest))
         ^ g_str_hash (redes_manifest_get_name (manifest));
}

static gboolean
book_equal (gconstpointer a, gconstpointer b)
{
  RedesManifest *one = ((const Entry *)a)->manifest;
  RedesManifest *other = ((const Entry *)b)->manifest;

  n_compared++;
  return redes_content_id_equal (redes_manifest_get_content (one),
                                 redes_manifest_get_content (other))
         && g_str_equal (redes_manifest_get_name (one), redes_manifest_get_name (other));
}

RedesLocalIndex *
redes_local_index_new (void)
{
  RedesLocalIndex *self = g_new0 (RedesLocalIndex, 1);

  self->text = g_string_new (NULL);
  self->firsts = g_hash_table_new (book_hash, book_equal);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->pages = redes_result_cache_new ();
  return self;
}

void
redes_local_index_free (RedesLocalIndex *self)
{
  if (self == NULL)
    return;
  g_string_free (self->text, TRUE);
  g_hash_table_unref (self->firsts);
  g_ptr_array_unref (self->entries);
  redes_result_cache_free (self->pages);
  g_free (self);
}

static void
link_book (RedesLocalIndex *self, Entry *entry)
{
  Entry *first = g_hash_table_lookup (self->firsts, entry);

  if (first == NULL)
    {
      entry->last = entry;
      g_hash_table_add (self->firsts, entry);
      return;
    }
  first->last->next = entry;
  first->last = entry;
}

/* (nullable): the first of that content and name, which is the first no longer */
static Entry *
unlink_first (RedesLocalIndex *self, RedesManifest *manifest)
{
  const Entry probe = { .manifest = manifest };
  Entry *first = g_hash_table_lookup (self->firsts, &probe);

  if (first == NULL)
    return NULL;
  g_hash_table_remove (self->firsts, first);
  if (first->next != NULL)
    {
      first->next->last = first->last;
      g_hash_table_add (self->firsts, first->next);
    }
  first->next = first->last = NULL;
  return first;
}

void
redes_local_index_add (RedesLocalIndex *self, RedesManifest *manifest)
{
  guint n_words;
  g_autoptr (GString) folded = redes_words_fold (redes_manifest_get_name (manifest), &n_words);
  Entry *entry = g_new0 (Entry, 1);

  redes_result_cache_forget (self->pages);
  entry->manifest = redes_manifest_ref (manifest);
  entry->start = self->text->len;
  entry->len = folded->len;
  g_string_append_len (self->text, folded->str, folded->len);
  g_string_append_c (self->text, '\n');
  g_ptr_array_add (self->entries, entry);
  link_book (self, entry);
}

/* When half of it is holes. */
static void
compact (RedesLocalIndex *self)
{
  g_autoptr (GPtrArray) old_entries = g_steal_pointer (&self->entries);
  GString *old = self->text;

  self->text = g_string_sized_new (old->len / 2);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  g_ptr_array_set_free_func (old_entries, NULL);
  for (guint i = 0; i < old_entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (old_entries, i);

      if (entry->manifest == NULL)
        {
          entry_free (entry);
          continue;
        }
      g_string_append_len (self->text, old->str + entry->start, entry->len);
      entry->start = self->text->len - entry->len;
      g_string_append_c (self->text, '\n');
      g_ptr_array_add (self->entries, entry);
    }
  g_string_free (old, TRUE);
  self->n_gone = 0;
}

void
redes_local_index_remove (RedesLocalIndex *self, RedesManifest *manifest)
{
  Entry *entry = unlink_first (self, manifest);

  if (entry == NULL)
    return;
  redes_result_cache_forget (self->pages);
  memset (self->text->str + entry->start, '\n', entry->len);
  g_clear_pointer (&entry->manifest, redes_manifest_unref);
  if (++self->n_gone > self->entries->len / 2)
    compact (self);
}

guint64
redes_local_index_get_n_compared (void)
{
  return n_compared;
}

guint
redes_local_index_get_size (RedesLocalIndex *self)
{
  return self->entries->len - self->n_gone;
}

static RedesResultEntry *
make_row (RedesManifest *manifest)
{
  RedesResultEntry *row = g_new0 (RedesResultEntry, 1);

  row->content = *redes_manifest_get_content (manifest);
  row->publisher = *redes_manifest_get_publisher (manifest);
  row->name = g_strdup (redes_manifest_get_name (manifest));
  row->sources = 1;
  row->is_folder = redes_manifest_get_folder (manifest, &row->totals);
  return row;
}

/* Searching. */

typedef struct
{
  RedesManifest *manifest;
  guint score;
} Hit;

static gint
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *one = *(Hit *const *)a;
  const Hit *other = *(Hit *const *)b;
  int order;

  if (one->score != other->score)
    return one->score < other->score ? -1 : 1;
  order
      = strcmp (redes_manifest_get_name (one->manifest), redes_manifest_get_name (other->manifest));
  return order != 0 ? order
                    : redes_content_id_compare (redes_manifest_get_content (one->manifest),
                                                redes_manifest_get_content (other->manifest));
}

/* The book whose text holds @offset: they stand in its order. */
static guint
find_entry (RedesLocalIndex *self, gsize offset)
{
  guint low = 0;
  guint high = self->entries->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (((Entry *)g_ptr_array_index (self->entries, middle))->start <= offset)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* The one word of the query to look for in all the text: the longest stands in the fewest names. */
static const char *
choose_word (const RedesRanking *query)
{
  const char *longest = query->words[0];

  for (guint i = 1; i < query->n_words; i++)
    if (strlen (query->words[i]) > strlen (longest))
      longest = query->words[i];
  return longest;
}

/* Each content once, under the name that fits best. */
static void
add_hit (GHashTable *hits, RedesManifest *manifest, guint score)
{
  Hit *hit = g_hash_table_lookup (hits, redes_manifest_get_content (manifest));

  if (hit == NULL)
    {
      hit = g_new0 (Hit, 1);
      hit->score = REDES_RANKING_NO_MATCH;
    }
  else if (score >= hit->score)
    return;
  else
    g_hash_table_steal (hits, redes_manifest_get_content (hit->manifest));
  hit->manifest = manifest;
  hit->score = score;
  g_hash_table_insert (hits, (gpointer)redes_manifest_get_content (manifest), hit);
}

static void
find_hits (RedesLocalIndex *self, const RedesRanking *query, GHashTable *hits)
{
  const char *word = choose_word (query);
  gsize word_len = strlen (word);
  gsize offset = 0;

  while (offset < self->text->len)
    {
      const char *at = memmem (self->text->str + offset, self->text->len - offset, word, word_len);
      const Entry *entry;
      guint score;

      if (at == NULL)
        return;
      entry = g_ptr_array_index (self->entries, find_entry (self, (gsize)(at - self->text->str)));
      score = redes_ranking_score (query, self->text->str + entry->start, entry->len);
      if (score != REDES_RANKING_NO_MATCH)
        add_hit (hits, entry->manifest, score);
      offset = entry->start + entry->len + 1;
    }
}

/* The manifests of the @n hits that come first, in order. */
static GPtrArray *
find_manifests (RedesLocalIndex *self, const RedesRanking *query, guint n, guint *total)
{
  g_autoptr (GHashTable) hits
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, g_free);
  GPtrArray *ordered = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  find_hits (self, query, hits);
  g_hash_table_iter_init (&iter, hits);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (ordered, value);
  *total = ordered->len;
  redes_top_k (ordered, n, compare_hits);
  for (guint i = 0; i < ordered->len; i++)
    ordered->pdata[i] = redes_manifest_ref (((Hit *)ordered->pdata[i])->manifest);
  g_ptr_array_set_free_func (ordered, (GDestroyNotify)redes_manifest_unref);
  return ordered;
}

static GPtrArray *
ensure_pages (RedesLocalIndex *self, const RedesRanking *query)
{
  GPtrArray *hits = redes_result_cache_lookup (self->pages, query->folded);
  guint total;

  if (hits != NULL)
    return hits;
  hits = find_manifests (self, query, G_MAXUINT, &total);
  redes_result_cache_keep (self->pages, query->folded, hits);
  return hits;
}

GPtrArray *
redes_local_index_search (
    RedesLocalIndex *self, const char *words, guint first, guint n_rows, guint *total)
{
  g_auto (RedesRanking) query = { 0 };
  g_autoptr (GPtrArray) hits = NULL;
  GPtrArray *rows;

  *total = 0;
  if (!redes_ranking_init (&query, words))
    return NULL;
  n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  if (first > 0)
    {
      hits = g_ptr_array_ref (ensure_pages (self, &query));
      *total = hits->len;
    }
  else
    hits = find_manifests (self, &query, n_rows, total);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);
  for (guint i = first; i < hits->len && i - first < n_rows; i++)
    g_ptr_array_add (rows, make_row (g_ptr_array_index (hits, i)));
  return rows;
}

GPtrArray *
redes_local_index_browse (RedesLocalIndex *self, guint first, guint n_rows, guint *total)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);
  guint place = 0;

  *total = redes_local_index_get_size (self);
  n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  for (guint i = 0; i < self->entries->len && rows->len < n_rows; i++)
    {
      const Entry *entry = g_ptr_array_index (self->entries, i);

      if (entry->manifest != NULL && place++ >= first)
        g_ptr_array_add (rows, make_row (entry->manifest));
    }
  return rows;
}

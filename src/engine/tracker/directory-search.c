/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory-private.h"

#include "engine/tracker/top-k.h"
#include "engine/tracker/words.h"

/*
 * FTS5's own ranking (bm25) visits every match several times, 350 ms for 100,000 of them; the rank
 * here needs only a few numbers that each name carries with it.
 */

#define MAX_ROWS 200
#define MAX_SOURCES 200
/* Files of a content that are looked at for its names: one that thousands have takes no longer. */
#define MAX_LOOKS 256
/* A name holds fewer words than that, so more of them match nothing. */
#define MAX_QUERY_WORDS 128
/* Added to the score of a name in which the last word was found only as a beginning. */
#define PREFIX_PENALTY 0x10000u

/**
 * Search:
 * @penalty: added to the score of what is found
 * @hits: of Content, each once
 *
 * A search under way.
 */
typedef struct
{
  RedesDirectory *directory;
  const RedesQuery *query;
  gsize folded_len;
  guint penalty;
  GPtrArray *hits;
} Search;

static guint
score_name (const Name *name, const Search *search)
{
  if (name->n_words == search->query->n_words && name->folded_len == search->folded_len)
    {
      guint n_words;
      g_autoptr (GString) words = redes_words_fold (name->text, &n_words);

      if (g_str_equal (words->str, search->query->folded))
        return 0;
    }
  return search->penalty + name->n_words;
}

/* What one peer calls a content is shown only when others do not call it something else: one who
 * lies about a name must not be the one that is believed. */
static gboolean
is_preferred (const Name *name, guint score, const Content *content)
{
  const Name *best = content->best;

  if (name == best)
    return score < content->best_score;
  if (name->n_files != best->n_files)
    return name->n_files > best->n_files;
  if (score != content->best_score)
    return score < content->best_score;
  return strcmp (name->text, best->text) < 0;
}

/* Takes a row's content as a hit, with the best of its names so far. */
static void
on_match (gint64 row, gpointer user_data)
{
  Search *search = user_data;
  RedesDirectory *self = search->directory;
  Name *name = g_hash_table_lookup (self->names_by_id, GSIZE_TO_POINTER (row));
  Content *content;
  guint score;

  if (name == NULL)
    return;
  content = name->content;
  score = score_name (name, search);
  if (content->search != self->last_search)
    {
      content->search = self->last_search;
      content->best = name;
      content->score = score;
      content->best_score = score;
      g_ptr_array_add (search->hits, content);
      return;
    }
  content->score = MIN (content->score, score);
  if (is_preferred (name, score, content))
    {
      content->best = name;
      content->best_score = score;
    }
}

static void
match (Search *search, const char *expression, guint penalty)
{
  g_autoptr (GError) error = NULL;

  search->penalty = penalty;
  if (!redes_text_index_match (search->directory->index, expression, on_match, search, &error))
    g_warning ("%s", error->message);
}

static gint
compare_hits (gconstpointer a, gconstpointer b)
{
  const Content *one = *(Content *const *)a;
  const Content *other = *(Content *const *)b;
  int order;

  if (one->score != other->score)
    return one->score < other->score ? -1 : 1;
  if (one->sources != other->sources)
    return one->sources > other->sources ? -1 : 1;
  order = strcmp (one->best->text, other->best->text);
  return order != 0 ? order : redes_content_id_compare (&one->id, &other->id);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  const File *one = *(File *const *)a;
  const File *other = *(File *const *)b;

  if (one->name->n_files != other->name->n_files)
    return one->name->n_files > other->name->n_files ? -1 : 1;
  return strcmp (one->name->text, other->name->text);
}

/* @best first, each with the publisher of the peer that has given it the longest. */
static void
add_names (RedesDirectoryRow *row, const Name *best)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) firsts = g_ptr_array_new ();
  guint n_looks = 0;

  redes_directory_row_add_name (row, best->text, best->n_files, &row->publisher);
  g_hash_table_add (seen, (gpointer)best);
  for (const GList *l = best->content->files.head; l != NULL && n_looks < MAX_LOOKS;
       l = l->next, n_looks++)
    {
      File *file = l->data;

      if (g_hash_table_add (seen, file->name))
        g_ptr_array_add (firsts, file);
    }
  g_ptr_array_sort (firsts, compare_names);
  for (guint i = 0; i < firsts->len; i++)
    {
      const File *file = g_ptr_array_index (firsts, i);

      redes_directory_row_add_name (row, file->name->text, file->name->n_files, &file->publisher);
    }
}

static RedesDirectoryRow *
make_row (const Name *name)
{
  const Content *content = name->content;
  RedesDirectoryRow *row = g_new0 (RedesDirectoryRow, 1);

  row->content = content->id;
  row->sources = content->sources;
  row->name = g_strdup (name->text);
  /* The publisher as the one says who has it under this name the longest. */
  for (const GList *l = content->files.head; l != NULL; l = l->next)
    {
      const File *file = l->data;

      if (file->name != name)
        continue;
      row->publisher = file->publisher;
      break;
    }
  add_names (row, name);
  return row;
}

/* All contents that match @query, in no order, each with its best name and score. */
static GPtrArray *
find_hits (RedesDirectory *self, const RedesQuery *query)
{
  GPtrArray *hits = g_ptr_array_new ();
  Search search = { .directory = self, .query = query, .hits = hits };

  if (query->n_words > MAX_QUERY_WORDS)
    return hits;
  self->last_search++;
  search.folded_len = strlen (query->folded);
  match (&search, query->whole, 0);
  match (&search, query->prefix, PREFIX_PENALTY);
  return hits;
}

/* Of Content to Name: another search may find another name to be the best. */
static void
take_names (GPtrArray *hits)
{
  for (guint i = 0; i < hits->len; i++)
    hits->pdata[i] = ((Content *)hits->pdata[i])->best;
}

/* Only who wants more than the first page is likely to want a third. */
static GPtrArray *
ensure_pages (RedesDirectory *self, const RedesQuery *query)
{
  GPtrArray *hits = redes_result_cache_lookup (self->pages, query->folded);

  if (hits != NULL)
    return hits;
  hits = find_hits (self, query);
  g_ptr_array_sort (hits, compare_hits);
  take_names (hits);
  redes_result_cache_keep (self->pages, query->folded, hits);
  return hits;
}

GPtrArray *
redes_directory_search (
    RedesDirectory *self, const char *words, guint first, guint n_rows, guint *total)
{
  g_auto (RedesQuery) query = { 0 };
  g_autoptr (GPtrArray) hits = NULL;
  GPtrArray *rows;

  *total = 0;
  if (!redes_query_init (&query, words))
    return NULL;
  n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  hits = first > 0 ? g_ptr_array_ref (ensure_pages (self, &query)) : find_hits (self, &query);
  *total = hits->len;
  if (first == 0)
    {
      redes_top_k (hits, n_rows, compare_hits);
      take_names (hits);
    }
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_directory_row_free);
  for (guint i = first; i < hits->len && i - first < n_rows; i++)
    g_ptr_array_add (rows, make_row (g_ptr_array_index (hits, i)));
  return rows;
}

GPtrArray *
redes_directory_sources (RedesDirectory *self, const RedesContentId *content)
{
  Content *held = g_hash_table_lookup (self->contents, content);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_free);

  for (GList *l = held != NULL ? held->files.head : NULL; l != NULL; l = l->next)
    {
      const File *file = l->data;

      if (g_hash_table_add (seen, file->peer))
        g_ptr_array_add (peers, redes_digest_copy (&file->peer->id));
    }
  /* A different order for each who asks, so that load spreads when there are more than fit. */
  for (guint i = 0; i < peers->len && i < MAX_SOURCES; i++)
    {
      guint other = g_random_int_range (i, peers->len);
      gpointer swapped = peers->pdata[i];

      peers->pdata[i] = peers->pdata[other];
      peers->pdata[other] = swapped;
    }
  if (peers->len > MAX_SOURCES)
    g_ptr_array_set_size (peers, MAX_SOURCES);
  return g_steal_pointer (&peers);
}

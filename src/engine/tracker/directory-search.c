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

/* Names looked at in one step: some milliseconds. */
#define NAMES_A_STEP 4096u
#define MATCHES_A_STEP 4096u
/* Rows that can be asked for, page by page. */
#define MAX_PAGED_ROWS 100000u

/**
 * Hit:
 * @best: of the names that match, the one that most peers give
 * @score: of the name that fits best; smaller is better
 * @best_score: of @best
 *
 * A content that was found.
 */
typedef struct
{
  Name *best;
  guint score;
  guint best_score;
} Hit;

/**
 * RedesDirectorySearch:
 * @number: of all searches of the directory
 * @version: of the directory when it began
 * @is_whole_matched, @is_matched: whether @wholes, and @prefixes, are complete
 * @match: (nullable): the look into the index that goes on
 * @prefixes: rows of the index in which the last word was found as the beginning of one, ascending:
 *   all that match
 * @wholes: those in which it was found whole
 * @n_looked_at: of @prefixes
 * @n_wholes_passed: of @wholes: smaller than what comes next in @prefixes
 * @hits: of Hit: contents with one name; once they are many, only those that come first
 * @n_hits: those and the ones that came later
 * @several: of Hit: contents with several names
 * @several_places: Content to its place in @several, counted from 1
 * @pages: (nullable): what was kept of an earlier search for the same words
 */
struct _RedesDirectorySearch
{
  RedesDirectory *directory;
  GList link;
  guint64 number;
  guint64 version;
  RedesQuery query;
  gsize folded_len;
  guint folded_hash;
  guint first;
  guint n_rows;

  gboolean is_whole_matched;
  gboolean is_matched;
  RedesTextMatch *match;
  GArray *prefixes;
  GArray *wholes;
  guint n_looked_at;
  guint n_wholes_passed;
  GArray *hits;
  guint n_hits;
  GArray *several;
  GHashTable *several_places;
  GPtrArray *pages;
};

static guint
score_name (const Name *name, const RedesDirectorySearch *search, gboolean is_whole)
{
  if (name->n_words == search->query.n_words && name->folded_len == search->folded_len
      && name->folded_hash == search->folded_hash)
    {
      guint n_words;
      g_autoptr (GString) words = redes_words_fold (name->text, &n_words);

      if (g_str_equal (words->str, search->query.folded))
        return 0;
    }
  return (is_whole ? 0 : PREFIX_PENALTY) + name->n_words;
}

/* Goes on with a look into the index. Returns: whether it is at its end */
static gboolean
match_some (RedesDirectorySearch *search, const char *expression, GArray *rows)
{
  gboolean is_at_end = TRUE;
  g_autoptr (GError) error = NULL;

  if (search->match == NULL)
    search->match = redes_text_match_new (search->directory->index, expression, &error);
  if (search->match != NULL)
    redes_text_match_step (search->match, MATCHES_A_STEP, rows, &is_at_end, &error);
  if (error != NULL)
    g_warning ("%s", error->message);
  if (is_at_end)
    g_clear_pointer (&search->match, redes_text_match_free);
  return is_at_end;
}

/* First those that match whole, then all. */
static void
match (RedesDirectorySearch *search)
{
  if (!search->is_whole_matched)
    search->is_whole_matched = match_some (search, search->query.whole, search->wholes);
  else
    search->is_matched = match_some (search, search->query.prefix, search->prefixes);
}

static gint
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *one = a;
  const Hit *other = b;
  const Content *content = one->best->content;
  const Content *other_content = other->best->content;
  int order;

  if (one->score != other->score)
    return one->score < other->score ? -1 : 1;
  if (content->sources != other_content->sources)
    return content->sources > other_content->sources ? -1 : 1;
  order = strcmp (one->best->text, other->best->text);
  return order != 0 ? order : redes_content_id_compare (&content->id, &other_content->id);
}

/* What one peer calls a content is shown only when others do not call it something else: one who
 * lies about a name must not be the one that is believed. */
static gboolean
is_preferred (const Name *name, guint score, const Hit *hit)
{
  const Name *best = hit->best;

  if (name == best)
    return score < hit->best_score;
  if (name->n_files != best->n_files)
    return name->n_files > best->n_files;
  if (score != hit->best_score)
    return score < hit->best_score;
  return strcmp (name->text, best->text) < 0;
}

/* Rows that may still be wanted of this search. */
static guint
get_n_wanted (RedesDirectorySearch *search)
{
  return search->first == 0 ? search->n_rows : MAX_PAGED_ROWS;
}

static void
add_hit (RedesDirectorySearch *search, Name *name, guint score)
{
  guint n_wanted = get_n_wanted (search);
  Hit hit = { .best = name, .score = score, .best_score = score };

  g_array_append_val (search->hits, hit);
  search->n_hits++;
  if (search->hits->len >= 2 * n_wanted + NAMES_A_STEP)
    redes_top_k_values (search->hits, n_wanted, compare_hits);
}

/* Another of the names of a content that has several. */
static void
add_one_of_several (RedesDirectorySearch *search, Name *name, guint score)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (search->several_places, name->content));
  Hit *hit;

  if (place == 0)
    {
      Hit first = { .best = name, .score = score, .best_score = score };

      g_array_append_val (search->several, first);
      g_hash_table_insert (search->several_places, name->content,
                           GUINT_TO_POINTER (search->several->len));
      return;
    }
  hit = &g_array_index (search->several, Hit, place - 1);
  hit->score = MIN (hit->score, score);
  if (is_preferred (name, score, hit))
    {
      hit->best = name;
      hit->best_score = score;
    }
}

static void
look_at (RedesDirectorySearch *search, gint64 row, gboolean is_whole)
{
  Name *name = g_hash_table_lookup (search->directory->names_by_id, GSIZE_TO_POINTER (row));
  guint score;

  if (name == NULL || name->n_files == 0)
    return;
  score = score_name (name, search, is_whole);
  if (name->content->n_names == 1)
    add_hit (search, name, score);
  else
    add_one_of_several (search, name, score);
}

static void
look_at_next (RedesDirectorySearch *search)
{
  gint64 row = g_array_index (search->prefixes, gint64, search->n_looked_at++);
  GArray *wholes = search->wholes;

  while (search->n_wholes_passed < wholes->len
         && g_array_index (wholes, gint64, search->n_wholes_passed) < row)
    search->n_wholes_passed++;
  look_at (search, row,
           search->n_wholes_passed < wholes->len
               && g_array_index (wholes, gint64, search->n_wholes_passed) == row);
}

guint64
redes_directory_get_oldest_search (RedesDirectory *self)
{
  const RedesDirectorySearch *oldest = g_queue_peek_head (&self->searches);

  return oldest != NULL ? oldest->number : self->last_search + 1;
}

RedesDirectorySearch *
redes_directory_search_begin (RedesDirectory *self, const char *words, guint first, guint n_rows)
{
  g_auto (RedesQuery) query = { 0 };
  RedesDirectorySearch *search;
  GPtrArray *pages;

  if (!redes_query_init (&query, words))
    return NULL;
  search = g_new0 (RedesDirectorySearch, 1);
  search->directory = self;
  search->number = ++self->last_search;
  search->version = self->version;
  search->query = query;
  query = (RedesQuery){ 0 };
  search->folded_len = MIN (strlen (search->query.folded), G_MAXUINT16);
  search->folded_hash = g_str_hash (search->query.folded);
  search->first = first;
  search->n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  search->prefixes = g_array_new (FALSE, FALSE, sizeof (gint64));
  /* A single character of a dense script is the beginning of a word in any case. */
  search->wholes = g_str_equal (search->query.whole, search->query.prefix)
                       ? g_array_ref (search->prefixes)
                       : g_array_new (FALSE, FALSE, sizeof (gint64));
  search->is_whole_matched = search->wholes == search->prefixes;
  search->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  search->several = g_array_new (FALSE, FALSE, sizeof (Hit));
  search->several_places = g_hash_table_new (NULL, NULL);
  search->link.data = search;
  g_queue_push_tail_link (&self->searches, &search->link);
  search->is_matched = search->query.n_words > MAX_QUERY_WORDS;
  /* Results are kept from the second page on, because most searches ask for the first page only. */
  pages = first > 0 ? redes_result_cache_lookup (self->pages, search->query.folded) : NULL;
  if (pages != NULL)
    search->pages = g_ptr_array_ref (pages);
  return search;
}

gboolean
redes_directory_search_step (RedesDirectorySearch *search)
{
  guint end;

  if (search->pages != NULL)
    return TRUE;
  if (!search->is_matched)
    {
      match (search);
      return FALSE;
    }
  end = MIN (search->n_looked_at + NAMES_A_STEP, search->prefixes->len);
  while (search->n_looked_at < end)
    look_at_next (search);
  return search->n_looked_at == search->prefixes->len;
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
add_names (RedesResultEntry *row, const Name *best)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) firsts = g_ptr_array_new ();
  guint n_looks = 0;

  redes_result_entry_add_name (row, best->text, best->n_files, &row->publisher);
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

      redes_result_entry_add_name (row, file->name->text, file->name->n_files, &file->publisher);
    }
}

static void
note_totals (RedesDirectory *self, const File *file, RedesResultEntry *row)
{
  const RedesFolderTotals *totals = g_hash_table_lookup (self->folders, file);

  row->is_folder = totals != NULL;
  if (totals != NULL)
    row->totals = *totals;
}

static RedesResultEntry *
make_row (RedesDirectory *self, const Name *name)
{
  const Content *content = name->content;
  RedesResultEntry *row = g_new0 (RedesResultEntry, 1);

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
      note_totals (self, file, row);
      break;
    }
  add_names (row, name);
  return row;
}

/* Of Name, in order: all that may be asked for. */
static GPtrArray *
order_hits (RedesDirectorySearch *search)
{
  GPtrArray *names;

  g_array_append_vals (search->hits, search->several->data, search->several->len);
  search->n_hits += search->several->len;
  redes_top_k_values (search->hits, get_n_wanted (search), compare_hits);
  names = g_ptr_array_sized_new (search->hits->len);
  for (guint i = 0; i < search->hits->len; i++)
    g_ptr_array_add (names, g_array_index (search->hits, Hit, i).best);
  return names;
}

/* In order, and kept if they are still true and somebody turns pages. */
static GPtrArray *
take_pages (RedesDirectorySearch *search)
{
  RedesDirectory *self = search->directory;
  GPtrArray *names;

  if (search->pages != NULL)
    {
      search->n_hits = search->pages->len;
      /* Of another moment than this search's beginning, perhaps. */
      return search->version == self->version ? g_ptr_array_ref (search->pages)
                                              : g_ptr_array_new ();
    }
  names = order_hits (search);
  if (search->first > 0 && search->version == self->version)
    redes_result_cache_keep (self->pages, search->query.folded, g_ptr_array_ref (names));
  return names;
}

GPtrArray *
redes_directory_search_finish (RedesDirectorySearch *search, guint *total)
{
  RedesDirectory *self = search->directory;
  g_autoptr (GPtrArray) names = take_pages (search);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);

  for (guint i = search->first; i < names->len && rows->len < search->n_rows; i++)
    {
      const Name *name = g_ptr_array_index (names, i);

      if (name->n_files > 0)
        g_ptr_array_add (rows, make_row (self, name));
    }
  *total = search->n_hits;
  redes_directory_search_free (search);
  return rows;
}

void
redes_directory_search_free (RedesDirectorySearch *search)
{
  if (search == NULL)
    return;
  g_queue_unlink (&search->directory->searches, &search->link);
  redes_text_match_free (search->match);
  redes_query_clear (&search->query);
  g_array_unref (search->prefixes);
  g_array_unref (search->wholes);
  g_array_unref (search->hits);
  g_array_unref (search->several);
  g_hash_table_unref (search->several_places);
  g_clear_pointer (&search->pages, g_ptr_array_unref);
  g_free (search);
}

GPtrArray *
redes_directory_search (
    RedesDirectory *self, const char *words, guint first, guint n_rows, guint *total)
{
  RedesDirectorySearch *search = redes_directory_search_begin (self, words, first, n_rows);

  *total = 0;
  if (search == NULL)
    return NULL;
  while (!redes_directory_search_step (search))
    {
    }
  return redes_directory_search_finish (search, total);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory-private.h"

#include "engine/tracker/top-k.h"
#include "engine/tracker/words.h"

/*
 * The index gives names by their rank, so that a search ends when it has its page and has counted
 * up to REDES_DIRECTORY_MAX_COUNTED. If there are no more than REDES_DIRECTORY_MAX_ORDERED, those
 * of one rank are put in the order of their names; otherwise they stay in the order of their age.
 *
 * The index marks the names that need a look before they are counted: those that nobody uses any
 * more, and those of contents that have several names.
 */

#define MAX_ROWS 200
#define MAX_SOURCES 200
/* Files of a content that are looked at for its names: one that thousands have takes no longer. */
#define MAX_LOOKS 256
/* A name holds fewer words than that, so more of them match nothing. */
#define MAX_QUERY_WORDS 128
/* Added to the score of a name in which the last word was found only as a beginning. */
#define PREFIX_PENALTY 0x10000u

/* Rows of the index looked at in one step: a millisecond or two. */
#define ROWS_A_STEP 4096u
/* Rows that can be asked for, page by page. */
#define MAX_PAGED_ROWS 100000u

/* A content that was met, under one of its names. */
typedef struct
{
  Name *name;
  guint rank;
} Hit;

/**
 * RedesDirectorySearch:
 * @number: of all searches of the directory
 * @version: of the directory when it began
 * @words: as redes_words_split_query() gives them
 * @folded: as redes_words_fold() gives them
 * @look: (nullable): %NULL if nothing can match
 * @hits: (element-type Hit): one for each content, by their ranks, as many as may be asked for or
 *   are counted
 * @several: (element-type Content): those in @hits that have several names
 * @n_hits: contents that were met
 * @pages: (nullable): what was kept of an earlier search for the same words
 */
struct _RedesDirectorySearch
{
  RedesDirectory *directory;
  GList link;
  guint64 number;
  guint64 version;
  char **words;
  char *folded;
  guint first;
  guint n_rows;

  RedesNameLook *look;
  GArray *hits;
  GHashTable *several;
  guint n_hits;
  GPtrArray *pages;
};

/* Rows that may still be wanted of this search. */
static guint
get_n_wanted (RedesDirectorySearch *search)
{
  return search->first == 0 ? search->n_rows : MAX_PAGED_ROWS;
}

/* Whether @name is used and no other name of its content was met. */
static gboolean
is_first_of_content (RedesDirectorySearch *search, const Name *name)
{
  return name->n_files > 0
         && (name->content->n_names == 1 || g_hash_table_add (search->several, name->content));
}

/* Most names are not touched here, since they are all over the memory of a large tracker. */
static gboolean
found_cb (gpointer item, guint rank, gboolean is_marked, gpointer user_data)
{
  RedesDirectorySearch *search = user_data;
  Hit hit = { item, rank };
  guint n_kept = MAX (get_n_wanted (search), REDES_DIRECTORY_MAX_COUNTED);

  if (is_marked && !is_first_of_content (search, hit.name))
    return TRUE;
  search->n_hits++;
  if (search->hits->len < n_kept)
    g_array_append_val (search->hits, hit);
  /* One more than is kept says that there are others. */
  return search->n_hits <= n_kept;
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
  g_auto (GStrv) split = redes_words_split_query (words);
  RedesDirectorySearch *search;
  GPtrArray *pages;
  guint n_words;

  if (split[0] == NULL)
    return NULL;
  search = g_new0 (RedesDirectorySearch, 1);
  search->directory = self;
  search->number = ++self->last_search;
  search->version = self->version;
  search->words = g_steal_pointer (&split);
  search->folded = g_string_free (redes_words_fold (words, &n_words), FALSE);
  search->first = first;
  search->n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  search->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  search->several = g_hash_table_new (NULL, NULL);
  search->link.data = search;
  g_queue_push_tail_link (&self->searches, &search->link);
  /* Results are kept from the second page on, because most searches ask for the first page only. */
  pages = first > 0 ? redes_result_cache_lookup (self->pages, search->folded) : NULL;
  if (pages != NULL)
    search->pages = g_ptr_array_ref (pages);
  else if (n_words <= MAX_QUERY_WORDS)
    search->look = redes_name_look_new (self->index, (const char *const *)search->words);
  return search;
}

gboolean
redes_directory_search_step (RedesDirectorySearch *search)
{
  return search->look == NULL || redes_name_look_step (search->look, ROWS_A_STEP, found_cb, search);
}

/* Which of a content's names is shown. */

/* G_MAXUINT: it does not match. Smaller is better. */
static guint
score_name (const RedesDirectorySearch *search, const Name *name)
{
  guint n_words;
  g_autoptr (GString) folded = redes_words_fold (name->text, &n_words);
  RedesWordsMatch match = redes_words_match (folded->str, (const char *const *)search->words);

  if (match == REDES_WORDS_NO_MATCH)
    return G_MAXUINT;
  if (g_str_equal (folded->str, search->folded))
    return 0;
  return (match == REDES_WORDS_MATCH_WHOLE ? 0 : PREFIX_PENALTY) + n_words;
}

/* What one peer calls a content is shown only when others do not call it something else: one who
 * lies about a name must not be the one that is believed. */
static gboolean
is_preferred (const Name *name, guint score, const Name *best, guint best_score)
{
  if (name->n_files != best->n_files)
    return name->n_files > best->n_files;
  if (score != best_score)
    return score < best_score;
  return strcmp (name->text, best->text) < 0;
}

/* Of the names of @met's content that match, the one that most peers give. */
static const Name *
choose_name (const RedesDirectorySearch *search, const Name *met)
{
  g_autoptr (GHashTable) seen = NULL;
  const Name *best = met;
  guint best_score;
  guint n_looks = 0;

  if (met->content->n_names == 1)
    return met;
  seen = g_hash_table_new (NULL, NULL);
  g_hash_table_add (seen, (gpointer)met);
  best_score = score_name (search, met);
  for (const GList *l = met->content->files.head; l != NULL && n_looks < MAX_LOOKS;
       l = l->next, n_looks++)
    {
      const Name *name = ((const File *)l->data)->name;
      guint score;

      if (!g_hash_table_add (seen, (gpointer)name))
        continue;
      score = score_name (search, name);
      if (score == G_MAXUINT || !is_preferred (name, score, best, best_score))
        continue;
      best = name;
      best_score = score;
    }
  return best;
}

/* Rows. */

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

static gint
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *one = a;
  const Hit *other = b;
  int order;

  if (one->rank != other->rank)
    return one->rank < other->rank ? -1 : 1;
  order = strcmp (one->name->text, other->name->text);
  return order != 0 ? order
                    : redes_content_id_compare (&one->name->content->id, &other->name->content->id);
}

/* (transfer full) (element-type Name): in order: all that may be asked for. */
static GPtrArray *
order_hits (RedesDirectorySearch *search)
{
  guint n_wanted = get_n_wanted (search);
  GPtrArray *names = g_ptr_array_sized_new (MIN (n_wanted, search->hits->len));

  if (search->n_hits <= REDES_DIRECTORY_MAX_ORDERED)
    redes_top_k_values (search->hits, n_wanted, compare_hits);
  for (guint i = 0; i < search->hits->len && i < n_wanted; i++)
    g_ptr_array_add (names, g_array_index (search->hits, Hit, i).name);
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
    redes_result_cache_keep (self->pages, search->folded, g_ptr_array_ref (names));
  return names;
}

GPtrArray *
redes_directory_search_finish (RedesDirectorySearch *search, guint *total)
{
  RedesDirectory *self = search->directory;
  g_autoptr (GPtrArray) names = take_pages (search);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);

  for (guint i = search->first; i < names->len && rows->len < search->n_rows; i++)
    {
      const Name *name = g_ptr_array_index (names, i);

      /* What changed its rank between two steps may have been met twice. */
      if (name->n_files > 0 && g_hash_table_add (seen, name->content))
        g_ptr_array_add (rows, make_row (self, choose_name (search, name)));
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
  redes_name_look_free (search->look);
  g_strfreev (search->words);
  g_free (search->folded);
  g_array_unref (search->hits);
  g_hash_table_unref (search->several);
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

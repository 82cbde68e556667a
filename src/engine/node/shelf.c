/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/shelf.h"

#include "engine/node/ranking.h"
#include "engine/tracker/keep-first.h"
#include "engine/tracker/kept-hits.h"
#include "engine/tracker/words.h"

#include <string.h>

#define MAX_ROWS 200u

/**
 * RedesShelf:
 * @text: each name's folded words and a newline; a removed name's are overwritten with newlines
 * @books: of Book, in the order of @text, the removed too
 * @n_gone: those removed
 * @pages: of RedesManifest
 */
struct _RedesShelf
{
  GString *text;
  GPtrArray *books;
  guint n_gone;
  RedesKeptHits *pages;
};

/**
 * Book:
 * @manifest: %NULL once it was removed
 * @start, @len: of its words in the text
 */
typedef struct
{
  RedesManifest *manifest;
  gsize start;
  gsize len;
} Book;

static void
book_free (gpointer data)
{
  Book *book = data;

  g_clear_pointer (&book->manifest, redes_manifest_unref);
  g_free (book);
}

RedesShelf *
redes_shelf_new (void)
{
  RedesShelf *self = g_new0 (RedesShelf, 1);

  self->text = g_string_new (NULL);
  self->books = g_ptr_array_new_with_free_func (book_free);
  self->pages = redes_kept_hits_new ();
  return self;
}

void
redes_shelf_free (RedesShelf *self)
{
  if (self == NULL)
    return;
  g_string_free (self->text, TRUE);
  g_ptr_array_unref (self->books);
  redes_kept_hits_free (self->pages);
  g_free (self);
}

void
redes_shelf_add (RedesShelf *self, RedesManifest *manifest)
{
  guint n_words;
  g_autoptr (GString) folded = redes_words_fold (redes_manifest_get_name (manifest), &n_words);
  Book *book = g_new0 (Book, 1);

  redes_kept_hits_forget (self->pages);
  book->manifest = redes_manifest_ref (manifest);
  book->start = self->text->len;
  book->len = folded->len;
  g_string_append_len (self->text, folded->str, folded->len);
  g_string_append_c (self->text, '\n');
  g_ptr_array_add (self->books, book);
}

/* When half of it is holes. */
static void
compact (RedesShelf *self)
{
  g_autoptr (GPtrArray) old_books = g_steal_pointer (&self->books);
  GString *old = self->text;

  self->text = g_string_sized_new (old->len / 2);
  self->books = g_ptr_array_new_with_free_func (book_free);
  g_ptr_array_set_free_func (old_books, NULL);
  for (guint i = 0; i < old_books->len; i++)
    {
      Book *book = g_ptr_array_index (old_books, i);

      if (book->manifest == NULL)
        {
          book_free (book);
          continue;
        }
      g_string_append_len (self->text, old->str + book->start, book->len);
      book->start = self->text->len - book->len;
      g_string_append_c (self->text, '\n');
      g_ptr_array_add (self->books, book);
    }
  g_string_free (old, TRUE);
  self->n_gone = 0;
}

static gboolean
is_same (RedesManifest *one, RedesManifest *other)
{
  return redes_digest_equal (redes_manifest_get_content (one), redes_manifest_get_content (other))
         && g_str_equal (redes_manifest_get_name (one), redes_manifest_get_name (other));
}

void
redes_shelf_remove (RedesShelf *self, RedesManifest *manifest)
{
  for (guint i = 0; i < self->books->len; i++)
    {
      Book *book = g_ptr_array_index (self->books, i);

      if (book->manifest == NULL || !is_same (book->manifest, manifest))
        continue;
      redes_kept_hits_forget (self->pages);
      memset (self->text->str + book->start, '\n', book->len);
      g_clear_pointer (&book->manifest, redes_manifest_unref);
      if (++self->n_gone > self->books->len / 2)
        compact (self);
      return;
    }
}

guint
redes_shelf_get_size (RedesShelf *self)
{
  return self->books->len - self->n_gone;
}

static RedesDirectoryRow *
make_row (RedesManifest *manifest)
{
  RedesDirectoryRow *row = g_new0 (RedesDirectoryRow, 1);

  row->content = *redes_manifest_get_content (manifest);
  row->publisher = *redes_manifest_get_publisher (manifest);
  row->name = g_strdup (redes_manifest_get_name (manifest));
  row->size = redes_manifest_get_geometry (manifest)->file_size;
  row->sources = 1;
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
                    : redes_digest_compare (redes_manifest_get_content (one->manifest),
                                            redes_manifest_get_content (other->manifest));
}

/* The book whose text holds @offset: they stand in its order. */
static guint
find_book (RedesShelf *self, gsize offset)
{
  guint low = 0;
  guint high = self->books->len;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (((Book *)g_ptr_array_index (self->books, middle))->start <= offset)
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
find_hits (RedesShelf *self, const RedesRanking *query, GHashTable *hits)
{
  const char *word = choose_word (query);
  gsize word_len = strlen (word);
  gsize offset = 0;

  while (offset < self->text->len)
    {
      const char *at = memmem (self->text->str + offset, self->text->len - offset, word, word_len);
      const Book *book;
      guint score;

      if (at == NULL)
        return;
      book = g_ptr_array_index (self->books, find_book (self, (gsize)(at - self->text->str)));
      score = redes_ranking_score (query, self->text->str + book->start, book->len);
      if (score != REDES_RANKING_NO_MATCH)
        add_hit (hits, book->manifest, score);
      offset = book->start + book->len + 1;
    }
}

/* The manifests of the @n hits that come first, in order. */
static GPtrArray *
find_manifests (RedesShelf *self, const RedesRanking *query, guint n, guint *total)
{
  g_autoptr (GHashTable) hits
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_free);
  GPtrArray *ordered = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  find_hits (self, query, hits);
  g_hash_table_iter_init (&iter, hits);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (ordered, value);
  *total = ordered->len;
  redes_keep_first (ordered, n, compare_hits);
  for (guint i = 0; i < ordered->len; i++)
    ordered->pdata[i] = redes_manifest_ref (((Hit *)ordered->pdata[i])->manifest);
  g_ptr_array_set_free_func (ordered, (GDestroyNotify)redes_manifest_unref);
  return ordered;
}

static GPtrArray *
ensure_pages (RedesShelf *self, const RedesRanking *query)
{
  GPtrArray *hits = redes_kept_hits_lookup (self->pages, query->folded);
  guint total;

  if (hits != NULL)
    return hits;
  hits = find_manifests (self, query, G_MAXUINT, &total);
  redes_kept_hits_keep (self->pages, query->folded, hits);
  return hits;
}

GPtrArray *
redes_shelf_search (RedesShelf *self, const char *words, guint first, guint n_rows, guint *total)
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
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_directory_row_free);
  for (guint i = first; i < hits->len && i - first < n_rows; i++)
    g_ptr_array_add (rows, make_row (g_ptr_array_index (hits, i)));
  return rows;
}

GPtrArray *
redes_shelf_browse (RedesShelf *self, guint first, guint n_rows, guint *total)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_directory_row_free);
  guint place = 0;

  *total = redes_shelf_get_size (self);
  n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  for (guint i = 0; i < self->books->len && rows->len < n_rows; i++)
    {
      const Book *book = g_ptr_array_index (self->books, i);

      if (book->manifest != NULL && place++ >= first)
        g_ptr_array_add (rows, make_row (book->manifest));
    }
  return rows;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory.h"

#include "engine/tracker/keep-first.h"
#include "engine/tracker/text-index.h"
#include "engine/tracker/words.h"

/*
 * Who has what is kept in hash tables; the text index only knows which words stand in which name.
 * FTS5's own ranking (bm25) visits every match several times, 350 ms for 100,000 of them; the rank
 * here needs only a few numbers that each name carries with it.
 */

#define MAX_ROWS 200
#define MAX_SOURCES 200
/* A name holds fewer words than that, so more of them match nothing. */
#define MAX_QUERY_WORDS 128
/* Added to the score of a name in which the last word was found only as a beginning. */
#define PREFIX_PENALTY 0x10000u

typedef struct _Name Name;

/**
 * Content:
 * @sources: distinct peers among @files
 * @files: of File, by their links, oldest first
 * @search: the search that @best and @score belong to
 * @score: smaller is better
 */
typedef struct
{
  RedesContentId id;
  guint sources;
  GQueue files;
  guint64 search;
  Name *best;
  guint score;
} Content;

/**
 * Name:
 * @id: its row in the text index
 *
 * A name that at least one peer gives to a content.
 */
struct _Name
{
  guint64 id;
  Content *content;
  char *text;
  guint n_files;
  guint16 n_words;
  guint16 folded_len;
};

/**
 * Peer:
 * @files: Name to File
 * @contents: Content to how many of @files it has
 */
typedef struct
{
  RedesPeerId id;
  GHashTable *files;
  GHashTable *contents;
} Peer;

typedef struct
{
  Peer *peer;
  Name *name;
  RedesPeerId publisher;
  guint64 size;
  GList link;
} File;

struct _RedesDirectory
{
  RedesTextIndex *index;
  GHashTable *peers;
  GHashTable *contents;
  GHashTable *names;
  GHashTable *names_by_id;
  guint64 last_name_id;
  guint64 last_search;
};

static guint
name_hash (gconstpointer key)
{
  const Name *name = key;

  return g_str_hash (name->text) ^ redes_digest_hash (&name->content->id);
}

static gboolean
name_equal (gconstpointer a, gconstpointer b)
{
  const Name *one = a;
  const Name *other = b;

  return one->content == other->content && g_str_equal (one->text, other->text);
}

static void
name_free (Name *name)
{
  g_free (name->text);
  g_free (name);
}

static void
peer_free (Peer *peer)
{
  g_hash_table_unref (peer->files);
  g_hash_table_unref (peer->contents);
  g_free (peer);
}

void
redes_directory_row_free (RedesDirectoryRow *row)
{
  g_free (row->name);
  g_free (row);
}

static Peer *
ensure_peer (RedesDirectory *self, const RedesPeerId *id)
{
  Peer *peer = g_hash_table_lookup (self->peers, id);

  if (peer != NULL)
    return peer;
  peer = g_new0 (Peer, 1);
  peer->id = *id;
  peer->files = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  peer->contents = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (self->peers, &peer->id, peer);
  return peer;
}

static Content *
ensure_content (RedesDirectory *self, const RedesContentId *id)
{
  Content *content = g_hash_table_lookup (self->contents, id);

  if (content != NULL)
    return content;
  content = g_new0 (Content, 1);
  content->id = *id;
  g_hash_table_insert (self->contents, &content->id, content);
  return content;
}

static Name *
lookup_name (RedesDirectory *self, Content *content, const char *text)
{
  Name key = { .content = content, .text = (char *)text };

  return g_hash_table_lookup (self->names, &key);
}

static Name *
ensure_name (RedesDirectory *self, Content *content, const char *text, GError **error)
{
  Name *name = lookup_name (self, content, text);
  g_autoptr (GString) words = NULL;
  guint n_words;

  if (name != NULL)
    return name;
  words = redes_words_fold (text, &n_words);
  name = g_new0 (Name, 1);
  name->id = ++self->last_name_id;
  name->content = content;
  name->text = g_strdup (text);
  name->n_words = n_words;
  name->folded_len = words->len;
  if (!redes_text_index_insert (self->index, name->id, words, error))
    {
      name_free (name);
      return NULL;
    }
  g_hash_table_add (self->names, name);
  g_hash_table_insert (self->names_by_id, GSIZE_TO_POINTER (name->id), name);
  return name;
}

static void
drop_name (RedesDirectory *self, Name *name)
{
  guint n_words;
  g_autoptr (GString) words = redes_words_fold (name->text, &n_words);
  g_autoptr (GError) error = NULL;

  /* A row left behind would do no harm: a search skips rows without a name. */
  if (!redes_text_index_delete (self->index, name->id, words, &error))
    g_warning ("%s", error->message);
  g_hash_table_remove (self->names_by_id, GSIZE_TO_POINTER (name->id));
  g_hash_table_remove (self->names, name);
}

static void
drop_content_if_unused (RedesDirectory *self, Content *content)
{
  if (g_queue_is_empty (&content->files))
    g_hash_table_remove (self->contents, &content->id);
}

/* Adds @delta (1 or -1) to how many names @peer has for @content. */
static void
count_content (Peer *peer, Content *content, int delta)
{
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (peer->contents, content));
  guint after = before + delta;

  if (before == 0)
    content->sources++;
  if (after == 0)
    {
      content->sources--;
      g_hash_table_remove (peer->contents, content);
    }
  else
    g_hash_table_insert (peer->contents, content, GUINT_TO_POINTER (after));
}

static gboolean
add_file (RedesDirectory *self, Peer *peer, RedesManifest *manifest, GError **error)
{
  Content *content = ensure_content (self, redes_manifest_get_content (manifest));
  Name *name = ensure_name (self, content, redes_manifest_get_name (manifest), error);
  File *file;

  if (name == NULL)
    {
      drop_content_if_unused (self, content);
      return FALSE;
    }
  file = g_hash_table_lookup (peer->files, name);
  if (file == NULL)
    {
      file = g_new0 (File, 1);
      file->peer = peer;
      file->name = name;
      file->link.data = file;
      g_hash_table_insert (peer->files, name, file);
      g_queue_push_tail_link (&content->files, &file->link);
      name->n_files++;
      count_content (peer, content, 1);
    }
  file->publisher = *redes_manifest_get_publisher (manifest);
  file->size = redes_manifest_get_geometry (manifest)->file_size;
  return TRUE;
}

/* Takes @file away from everything but its peer's table. */
static void
detach_file (RedesDirectory *self, File *file)
{
  Name *name = file->name;
  Content *content = name->content;

  g_queue_unlink (&content->files, &file->link);
  count_content (file->peer, content, -1);
  name->n_files--;
  if (name->n_files == 0)
    drop_name (self, name);
  drop_content_if_unused (self, content);
}

/* By the row of their names. */
static gint
compare_files (gconstpointer a, gconstpointer b)
{
  const File *one = *(File *const *)a;
  const File *other = *(File *const *)b;

  return one->name->id < other->name->id ? -1 : one->name->id > other->name->id;
}

static void
remove_file (RedesDirectory *self, File *file)
{
  Peer *peer = file->peer;
  Name *name = file->name;

  detach_file (self, file);
  g_hash_table_remove (peer->files, name);
}

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
      g_ptr_array_add (search->hits, content);
    }
  else if (score >= content->score)
    return;
  content->best = name;
  content->score = score;
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
  return order != 0 ? order : redes_digest_compare (&one->id, &other->id);
}

static RedesDirectoryRow *
make_row (const Content *content)
{
  RedesDirectoryRow *row = g_new0 (RedesDirectoryRow, 1);

  row->content = content->id;
  row->sources = content->sources;
  row->name = g_strdup (content->best->text);
  /* Size and publisher as the one says who has it under this name the longest. */
  for (const GList *l = content->files.head; l != NULL; l = l->next)
    {
      const File *file = l->data;

      if (file->name != content->best)
        continue;
      row->publisher = file->publisher;
      row->size = file->size;
      break;
    }
  return row;
}

RedesDirectory *
redes_directory_new (GError **error)
{
  RedesTextIndex *index = redes_text_index_new (error);
  RedesDirectory *self;

  if (index == NULL)
    return NULL;
  self = g_new0 (RedesDirectory, 1);
  self->index = index;
  self->peers = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL,
                                       (GDestroyNotify)peer_free);
  self->contents = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_free);
  self->names = g_hash_table_new_full (name_hash, name_equal, (GDestroyNotify)name_free, NULL);
  self->names_by_id = g_hash_table_new (NULL, NULL);
  return self;
}

void
redes_directory_free (RedesDirectory *self)
{
  if (self == NULL)
    return;
  redes_text_index_free (self->index);
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->names_by_id);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->contents);
  g_free (self);
}

gboolean
redes_directory_add (RedesDirectory *self,
                     const RedesPeerId *peer,
                     GPtrArray *manifests,
                     GError **error)
{
  Peer *entry = NULL;
  gboolean done = TRUE;

  if (redes_directory_count_files (self, peer) + (gsize)manifests->len > REDES_DIRECTORY_MAX_FILES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "One peer can share at most %u files by this tracker: share fewer",
                   REDES_DIRECTORY_MAX_FILES);
      return FALSE;
    }
  if (manifests->len == 0)
    return TRUE;

  if (!redes_text_index_begin (self->index, error))
    return FALSE;
  entry = ensure_peer (self, peer);
  for (guint i = 0; i < manifests->len && done; i++)
    done = add_file (self, entry, g_ptr_array_index (manifests, i), error);
  /* What was taken before a failure stays: index and tables agree then, and a caller that wants
   * none of it removes the peer. */
  return redes_text_index_commit (self->index, done ? error : NULL) && done;
}

void
redes_directory_remove (RedesDirectory *self,
                        const RedesPeerId *peer,
                        const RedesContentId *content,
                        const char *name)
{
  Peer *entry = g_hash_table_lookup (self->peers, peer);
  Content *held = g_hash_table_lookup (self->contents, content);
  GList *next;

  if (entry == NULL || held == NULL)
    return;
  if (name != NULL)
    {
      Name *known = lookup_name (self, held, name);
      File *file = known != NULL ? g_hash_table_lookup (entry->files, known) : NULL;

      if (file != NULL)
        remove_file (self, file);
      return;
    }
  for (GList *l = held->files.head; l != NULL; l = next)
    {
      File *file = l->data;

      next = l->next;
      if (file->peer == entry)
        remove_file (self, file);
    }
}

void
redes_directory_remove_peer (RedesDirectory *self, const RedesPeerId *peer)
{
  Peer *entry = g_hash_table_lookup (self->peers, peer);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer file;

  if (entry == NULL)
    return;
  g_hash_table_iter_init (&iter, entry->files);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    g_ptr_array_add (files, file);
  /* FTS5 writes out what it has gathered whenever a row's id is lower than the one before: in any
   * other order this would take ten times as long. */
  g_ptr_array_sort (files, compare_files);
  redes_text_index_begin (self->index, NULL);
  for (guint i = 0; i < files->len; i++)
    detach_file (self, g_ptr_array_index (files, i));
  redes_text_index_commit (self->index, NULL);
  g_hash_table_remove (self->peers, peer);
}

guint
redes_directory_count_files (RedesDirectory *self, const RedesPeerId *peer)
{
  Peer *entry = g_hash_table_lookup (self->peers, peer);

  return entry != NULL ? g_hash_table_size (entry->files) : 0;
}

GPtrArray *
redes_directory_search (
    RedesDirectory *self, const char *words, guint first, guint n_rows, guint *total)
{
  g_auto (RedesQuery) query = { 0 };
  g_autoptr (GPtrArray) hits = g_ptr_array_new ();
  g_autoptr (GPtrArray) rows
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_directory_row_free);
  Search search = { .directory = self, .query = &query, .hits = hits };

  *total = 0;
  if (!redes_query_init (&query, words))
    return NULL;
  if (query.n_words <= MAX_QUERY_WORDS)
    {
      self->last_search++;
      search.folded_len = strlen (query.folded);
      match (&search, query.whole, 0);
      match (&search, query.prefix, PREFIX_PENALTY);
    }
  *total = hits->len;
  n_rows = CLAMP (n_rows, 1, MAX_ROWS);
  redes_keep_first (hits, first < hits->len ? first + n_rows : 0, compare_hits);
  for (guint i = first; i < hits->len && i - first < n_rows; i++)
    g_ptr_array_add (rows, make_row (g_ptr_array_index (hits, i)));
  return g_steal_pointer (&rows);
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

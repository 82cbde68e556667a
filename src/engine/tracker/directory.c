/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory-private.h"

#include "engine/base/error.h"
#include "engine/tracker/words.h"

/*
 * Who has what is kept in hash tables; the index of names only knows which words stand in which
 * name.
 */

static guint
name_hash (gconstpointer key)
{
  const Name *name = key;

  return g_str_hash (name->text) ^ redes_content_id_hash (&name->content->id);
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
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->name);
  g_free (group);
}

static void
peer_free (Peer *peer)
{
  g_hash_table_unref (peer->files);
  g_hash_table_unref (peer->contents);
  g_free (peer);
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

/* Contents that more peers have come first; few of many make no difference. */
static guint8
get_level (guint sources)
{
  return sources <= 3 ? (guint8)MAX (sources, 1)
                      : (guint8)MIN (2 + g_bit_storage (sources) - 1, 15);
}

static Content *
ensure_content (RedesDirectory *self, const RedesContentId *id)
{
  Content *content = g_hash_table_lookup (self->contents, id);

  if (content != NULL)
    return content;
  content = g_new0 (Content, 1);
  content->id = *id;
  content->level = get_level (0);
  g_hash_table_insert (self->contents, &content->id, content);
  return content;
}

static Name *
lookup_name (RedesDirectory *self, Content *content, const char *text)
{
  Name key = { .content = content, .text = (char *)text };

  return g_hash_table_lookup (self->names, &key);
}

static void
on_moved (gpointer item, guint32 row)
{
  ((Name *)item)->row = row;
}

static void
index_name (RedesDirectory *self, Name *name)
{
  guint n_words;
  g_autoptr (GString) words = redes_words_fold (name->text, &n_words);

  name->level = get_level (name->content->sources);
  name->row = redes_name_index_add (self->index, words->str, n_words, name->level, name);
  if (name->content->n_names > 1)
    redes_name_index_mark (self->index, name->row);
}

static void
unindex_name (RedesDirectory *self, Name *name)
{
  guint n_words;
  g_autoptr (GString) words = redes_words_fold (name->text, &n_words);

  redes_name_index_remove (self->index, name->row, words->str, n_words, name->level);
}

static Name *
ensure_name (RedesDirectory *self, Content *content, const char *text)
{
  Name *name = lookup_name (self, content, text);

  if (name != NULL)
    return name;
  name = g_new0 (Name, 1);
  name->content = content;
  name->text = g_strdup (text);
  content->n_names++;
  index_name (self, name);
  g_hash_table_add (self->names, name);
  /* The first name was alone until now; one that no file has is marked. */
  if (content->n_names == 2 && !g_queue_is_empty (&content->files))
    redes_name_index_mark (self->index, ((File *)content->files.head->data)->name->row);
  return name;
}

static void
drop_name (RedesDirectory *self, Name *name)
{
  unindex_name (self, name);
  name->content->n_names--;
  g_hash_table_remove (self->names, name);
}

/* A name that nobody used for a while has stayed where it was. */
static void
follow_content (RedesDirectory *self, Name *name)
{
  if (name->level == name->content->level)
    return;
  unindex_name (self, name);
  index_name (self, name);
}

/* Puts the names of @content where its sources are. Names that nobody uses stay where they are. */
static void
follow_sources (RedesDirectory *self, Content *content)
{
  guint8 level = get_level (content->sources);

  if (content->level == level)
    return;
  content->level = level;
  for (GList *l = content->files.head; l != NULL; l = l->next)
    follow_content (self, ((File *)l->data)->name);
}

static void
drop_content_if_unused (RedesDirectory *self, Content *content)
{
  if (g_queue_is_empty (&content->files) && content->n_names == 0)
    g_hash_table_remove (self->contents, &content->id);
}

static void
note_unused (RedesDirectory *self, Name *name)
{
  redes_name_index_mark (self->index, name->row);
  name->unused_search = self->last_search + 1;
  if (name->is_unused)
    return;
  name->is_unused = TRUE;
  g_queue_push_tail (&self->unused, name);
}

/* Adds @delta (1 or -1) to how many names @peer has for @content. */
static void
count_content (RedesDirectory *self, Peer *peer, Content *content, int delta)
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
  follow_sources (self, content);
}

static void
note_change (RedesDirectory *self)
{
  redes_result_cache_forget (self->pages);
  self->version++;
}

static void
note_folder (RedesDirectory *self, File *file, RedesManifest *manifest)
{
  RedesFolderTotals totals;

  if (redes_manifest_get_folder (manifest, &totals))
    g_hash_table_replace (self->folders, file, g_memdup2 (&totals, sizeof totals));
  else
    g_hash_table_remove (self->folders, file);
}

static void
add_file (RedesDirectory *self, Peer *peer, RedesManifest *manifest)
{
  Content *content = ensure_content (self, redes_manifest_get_content (manifest));
  Name *name = ensure_name (self, content, redes_manifest_get_name (manifest));
  File *file;

  note_change (self);
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
      count_content (self, peer, content, 1);
      self->n_files++;
      if (peer->group != NULL)
        peer->group->n_files++;
      follow_content (self, name);
    }
  file->publisher = *redes_manifest_get_publisher (manifest);
  note_folder (self, file, manifest);
}

/* Takes @file away from everything but its peer's table. */
static void
detach_file (RedesDirectory *self, File *file)
{
  Name *name = file->name;
  Content *content = name->content;

  note_change (self);
  g_hash_table_remove (self->folders, file);
  g_queue_unlink (&content->files, &file->link);
  count_content (self, file->peer, content, -1);
  self->n_files--;
  if (file->peer->group != NULL)
    file->peer->group->n_files--;
  name->n_files--;
  if (name->n_files == 0)
    note_unused (self, name);
}

static void
remove_file (RedesDirectory *self, File *file)
{
  Peer *peer = file->peer;
  Name *name = file->name;

  detach_file (self, file);
  g_hash_table_remove (peer->files, name);
}

RedesDirectory *
redes_directory_new (void)
{
  RedesDirectory *self = g_new0 (RedesDirectory, 1);

  self->index = redes_name_index_new (0, on_moved);
  self->pages = redes_result_cache_new ();
  self->peers = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL,
                                       (GDestroyNotify)peer_free);
  self->contents
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, g_free);
  self->names = g_hash_table_new_full (name_hash, name_equal, (GDestroyNotify)name_free, NULL);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, group_free);
  self->folders = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  redes_directory_set_limits (self, &(RedesDirectoryLimits){ 0 });
  return self;
}

void
redes_directory_free (RedesDirectory *self)
{
  if (self == NULL)
    return;
  while (!g_queue_is_empty (&self->searches))
    redes_directory_search_free (g_queue_peek_head (&self->searches));
  g_queue_clear (&self->unused);
  redes_name_index_free (self->index);
  redes_result_cache_free (self->pages);
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->contents);
  g_hash_table_unref (self->groups);
  g_hash_table_unref (self->folders);
  g_free (self);
}

void
redes_directory_set_limits (RedesDirectory *self, const RedesDirectoryLimits *limits)
{
  self->limits = *limits;
  if (self->limits.files_a_peer == 0)
    self->limits.files_a_peer = REDES_DIRECTORY_MAX_FILES;
  if (self->limits.files_an_address == 0)
    self->limits.files_an_address = REDES_DIRECTORY_MAX_FILES_AN_ADDRESS;
  if (self->limits.files_in_all == 0)
    self->limits.files_in_all = REDES_DIRECTORY_MAX_FILES_IN_ALL;
}

/* What stands in the way of @n_files more of a peer that has @n_held: (nullable) (transfer full) */
static RedesNotice *
describe_limit (RedesDirectory *self, guint64 n_held, const Group *group, guint64 n_files)
{
  if (n_held + n_files > self->limits.files_a_peer)
    return redes_notice_new (REDES_NOTICE_LIMIT_OF_PEER, self->limits.files_a_peer);
  if (group != NULL && group->n_files + n_files > self->limits.files_an_address)
    return redes_notice_new (REDES_NOTICE_LIMIT_OF_ADDRESS, self->limits.files_an_address);
  /* Names that nobody uses take their room until they are out of the index. */
  if (self->n_files + (guint64)self->unused.length + n_files > self->limits.files_in_all)
    return redes_notice_new (REDES_NOTICE_LIMIT_IN_ALL, self->limits.files_in_all);
  return NULL;
}

gboolean
redes_directory_reserve (RedesDirectory *self,
                         const RedesPeerId *peer,
                         const char *address,
                         guint n_files,
                         GError **error)
{
  Peer *entry = g_hash_table_lookup (self->peers, peer);
  guint of_peer = entry != NULL ? g_hash_table_size (entry->files) : 0;
  Group *group = NULL;
  RedesNotice *refusal;

  if (entry != NULL)
    group = entry->group;
  else if (address != NULL)
    group = g_hash_table_lookup (self->groups, address);
  refusal = describe_limit (self, of_peer, group, n_files);
  if (refusal != NULL)
    {
      redes_set_error_take (error, REDES_IO_ERROR, G_IO_ERROR_NO_SPACE, refusal);
      return FALSE;
    }
  if (n_files == 0)
    return TRUE;
  entry = ensure_peer (self, peer);
  if (entry->group != NULL || address == NULL)
    return TRUE;
  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->name = g_strdup (address);
      g_hash_table_insert (self->groups, group->name, group);
    }
  group->n_peers++;
  group->n_files += of_peer;
  entry->group = group;
  return TRUE;
}

void
redes_directory_add_some (
    RedesDirectory *self, const RedesPeerId *peer, GPtrArray *manifests, guint first, guint n)
{
  Peer *entry;

  if (first >= manifests->len)
    return;
  entry = ensure_peer (self, peer);
  n = MIN (n, manifests->len - first);
  for (guint i = 0; i < n; i++)
    add_file (self, entry, g_ptr_array_index (manifests, first + i));
}

gboolean
redes_directory_add (RedesDirectory *self,
                     const RedesPeerId *peer,
                     GPtrArray *manifests,
                     GError **error)
{
  if (!redes_directory_reserve (self, peer, NULL, manifests->len, error))
    return FALSE;
  redes_directory_add_some (self, peer, manifests, 0, manifests->len);
  return TRUE;
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

guint
redes_directory_remove_peer (RedesDirectory *self, const RedesPeerId *peer)
{
  Peer *entry = g_hash_table_lookup (self->peers, peer);
  Group *group;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer file;

  if (entry == NULL)
    return 0;
  g_hash_table_iter_init (&iter, entry->files);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    g_ptr_array_add (files, file);
  for (guint i = 0; i < files->len; i++)
    detach_file (self, g_ptr_array_index (files, i));
  group = entry->group;
  g_hash_table_remove (self->peers, peer);
  if (group != NULL && --group->n_peers == 0)
    g_hash_table_remove (self->groups, group->name);
  return files->len;
}

gboolean
redes_directory_tidy (RedesDirectory *self, guint max_names)
{
  guint64 oldest = redes_directory_get_oldest_search (self);

  for (guint i = 0; i < max_names; i++)
    {
      Name *name = g_queue_peek_head (&self->unused);
      Content *content;

      if (name == NULL || name->unused_search > oldest)
        break;
      g_queue_pop_head (&self->unused);
      name->is_unused = FALSE;
      if (name->n_files > 0)
        continue;
      content = name->content;
      drop_name (self, name);
      drop_content_if_unused (self, content);
    }
  return !g_queue_is_empty (&self->unused)
         && ((Name *)g_queue_peek_head (&self->unused))->unused_search <= oldest;
}

guint
redes_directory_count_files (RedesDirectory *self, const RedesPeerId *peer)
{
  Peer *entry = g_hash_table_lookup (self->peers, peer);

  return entry != NULL ? g_hash_table_size (entry->files) : 0;
}

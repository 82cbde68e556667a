/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/cache/block-cache.h"

#include <gio/gio.h>

typedef struct
{
  RedesContentId content;
  guint32 index;
} Key;

typedef struct
{
  /* First, so that an entry is its own key in the table. */
  Key key;
  GList by_use_link;
  GList of_content_link;
  GBytes *bytes;
} Entry;

/* The entries of one content, so that it can be dropped without a look at all the others. */
typedef struct
{
  RedesContentId content;
  GQueue entries;
} Group;

typedef struct
{
  RedesBlockCacheFunc func;
  gpointer user_data;
} Waiter;

/* A read under way, and all who wait for it. */
typedef struct
{
  Key key;
  /* (nullable): %NULL when the cache is gone */
  RedesBlockCache *cache;
  /* Its content was dropped meanwhile: hand it out, but do not keep it. */
  gboolean dropped;
  GArray *waiters;
  RedesBlockReadFunc read;
  gpointer data;
  GDestroyNotify data_free;
  GBytes *bytes;
  GError *error;
} Load;

struct _RedesBlockCache
{
  RedesWorkers *workers;
  /* Sets of Entry and of Load, by key. A block is in both only if it was put in while it was read.
   */
  GHashTable *entries;
  GHashTable *loads;
  /* A set of Group, by content; none of them is empty. */
  GHashTable *groups;
  /* Entries, the one used last at the head. */
  GQueue by_use;
  RedesBlockCacheStats stats;
};

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return redes_content_id_hash (&key->content) ^ (key->index * 2654435761u);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *key_a = a;
  const Key *key_b = b;

  return key_a->index == key_b->index && redes_content_id_equal (&key_a->content, &key_b->content);
}

static void
join_group (RedesBlockCache *self, Entry *entry)
{
  Group *group = g_hash_table_lookup (self->groups, &entry->key.content);

  if (group == NULL)
    {
      group = g_new (Group, 1);
      group->content = entry->key.content;
      g_queue_init (&group->entries);
      g_hash_table_add (self->groups, group);
    }
  g_queue_push_tail_link (&group->entries, &entry->of_content_link);
}

static void
leave_group (RedesBlockCache *self, Entry *entry)
{
  Group *group = g_hash_table_lookup (self->groups, &entry->key.content);

  g_queue_unlink (&group->entries, &entry->of_content_link);
  if (g_queue_is_empty (&group->entries))
    g_hash_table_remove (self->groups, group);
}

static void
remove_entry (RedesBlockCache *self, Entry *entry)
{
  g_hash_table_remove (self->entries, &entry->key);
  g_queue_unlink (&self->by_use, &entry->by_use_link);
  leave_group (self, entry);
  self->stats.bytes -= g_bytes_get_size (entry->bytes);
  self->stats.blocks--;
  g_bytes_unref (entry->bytes);
  g_free (entry);
}

static void
evict_down_to (RedesBlockCache *self, gsize max_bytes)
{
  while (self->stats.bytes > max_bytes)
    {
      remove_entry (self, self->by_use.tail->data);
      self->stats.evictions++;
    }
}

static void
touch (RedesBlockCache *self, Entry *entry)
{
  g_queue_unlink (&self->by_use, &entry->by_use_link);
  g_queue_push_head_link (&self->by_use, &entry->by_use_link);
}

/* Keeps what is not held yet, if it fits at all: a block larger than the budget must not drive out
 * all the others on its way through. */
static void
insert (RedesBlockCache *self, const Key *key, GBytes *bytes)
{
  gsize size = g_bytes_get_size (bytes);
  Entry *entry;

  if (size > self->stats.budget_bytes)
    return;

  /* Room is made first, so that the budget holds at every moment. */
  evict_down_to (self, self->stats.budget_bytes - size);

  entry = g_new (Entry, 1);
  entry->key = *key;
  entry->by_use_link = (GList){ .data = entry };
  entry->of_content_link = (GList){ .data = entry };
  entry->bytes = g_bytes_ref (bytes);
  g_hash_table_add (self->entries, entry);
  g_queue_push_head_link (&self->by_use, &entry->by_use_link);
  join_group (self, entry);
  self->stats.bytes += size;
  self->stats.blocks++;
}

static void
load_free (Load *load)
{
  if (load->data_free != NULL)
    load->data_free (load->data);
  g_array_unref (load->waiters);
  g_clear_pointer (&load->bytes, g_bytes_unref);
  g_clear_error (&load->error);
  g_free (load);
}

static void
run_load (gpointer data)
{
  Load *load = data;

  load->bytes = load->read (load->data, &load->error);
}

static void
answer_waiters (Load *load, GBytes *bytes, const GError *error)
{
  for (guint i = 0; i < load->waiters->len; i++)
    {
      Waiter waiter = g_array_index (load->waiters, Waiter, i);

      waiter.func (bytes, error, waiter.user_data);
    }
}

static void
load_done (gpointer data)
{
  Load *load = data;
  RedesBlockCache *self = load->cache;

  if (self != NULL)
    {
      /* A waiter may ask for the same block again, or free the cache: all is settled first. A block
       * that was put in meanwhile was verified, so it stays rather than this one. */
      g_hash_table_remove (self->loads, &load->key);
      if (load->bytes != NULL && !load->dropped
          && !g_hash_table_contains (self->entries, &load->key))
        insert (self, &load->key, load->bytes);
      answer_waiters (load, load->bytes, load->error);
    }

  load_free (load);
}

static void
start_load (RedesBlockCache *self,
            const Key *key,
            RedesBlockReadFunc read,
            gpointer data,
            GDestroyNotify data_free,
            const Waiter *waiter)
{
  Load *load = g_new0 (Load, 1);

  load->key = *key;
  load->cache = self;
  load->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_append_val (load->waiters, *waiter);
  load->read = read;
  load->data = data;
  load->data_free = data_free;

  g_hash_table_add (self->loads, load);
  redes_workers_push (self->workers, run_load, load_done, load);
}

RedesBlockCache *
redes_block_cache_new (gsize budget_bytes, RedesWorkers *workers)
{
  RedesBlockCache *self = g_new0 (RedesBlockCache, 1);

  self->workers = workers;
  self->entries = g_hash_table_new (key_hash, key_equal);
  self->loads = g_hash_table_new (key_hash, key_equal);
  self->groups
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  g_queue_init (&self->by_use);
  self->stats.budget_bytes = budget_bytes;
  return self;
}

void
redes_block_cache_free (RedesBlockCache *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The block cache is gone");
  g_autoptr (GList) loads = g_hash_table_get_keys (self->loads);

  /* The reads that run end by themselves and then find nobody who waits. */
  for (GList *link = loads; link != NULL; link = link->next)
    ((Load *)link->data)->cache = NULL;

  while (self->by_use.tail != NULL)
    remove_entry (self, self->by_use.tail->data);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->loads);
  g_hash_table_unref (self->groups);
  g_free (self);

  for (GList *link = loads; link != NULL; link = link->next)
    answer_waiters (link->data, NULL, error);
}

void
redes_block_cache_set_budget (RedesBlockCache *self, gsize budget_bytes)
{
  self->stats.budget_bytes = budget_bytes;
  evict_down_to (self, budget_bytes);
}

void
redes_block_cache_get_stats (RedesBlockCache *self, RedesBlockCacheStats *out)
{
  *out = self->stats;
}

void
redes_block_cache_get (RedesBlockCache *self,
                       const RedesContentId *content,
                       guint32 index,
                       RedesBlockReadFunc read,
                       gpointer data,
                       GDestroyNotify data_free,
                       RedesBlockCacheFunc func,
                       gpointer user_data)
{
  Key key = { *content, index };
  Waiter waiter = { func, user_data };
  Entry *entry = g_hash_table_lookup (self->entries, &key);
  Load *load;

  if (entry != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_ref (entry->bytes);

      self->stats.hits++;
      touch (self, entry);
      if (data_free != NULL)
        data_free (data);
      func (bytes, NULL, user_data);
      return;
    }

  load = g_hash_table_lookup (self->loads, &key);
  if (load != NULL)
    {
      self->stats.hits++;
      g_array_append_val (load->waiters, waiter);
      if (data_free != NULL)
        data_free (data);
      return;
    }

  self->stats.misses++;
  start_load (self, &key, read, data, data_free, &waiter);
}

void
redes_block_cache_put (RedesBlockCache *self,
                       const RedesContentId *content,
                       guint32 index,
                       GBytes *bytes)
{
  Key key = { *content, index };
  Entry *entry = g_hash_table_lookup (self->entries, &key);

  if (entry != NULL)
    remove_entry (self, entry);
  insert (self, &key, bytes);
}

void
redes_block_cache_drop (RedesBlockCache *self, const RedesContentId *content)
{
  Group *group = g_hash_table_lookup (self->groups, content);
  guint n_entries = group != NULL ? group->entries.length : 0;
  GHashTableIter iter;
  gpointer load;

  /* The group ends with its last entry. */
  for (; n_entries > 0; n_entries--)
    remove_entry (self, group->entries.head->data);

  g_hash_table_iter_init (&iter, self->loads);
  while (g_hash_table_iter_next (&iter, &load, NULL))
    if (redes_content_id_equal (&((Load *)load)->key.content, content))
      ((Load *)load)->dropped = TRUE;
}

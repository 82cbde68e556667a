/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/share-index.h"

#include "engine/library/holding-private.h"

struct _RedesShareIndex
{
  /* Content id (its manifest's) -> the last holding of that content; the others follow it in a
   * ring, in the order they came. */
  GHashTable *by_content;
  /* Set of the files, by path. */
  GHashTable *by_path;
  /* The files by position, with gaps. */
  GPtrArray *order;
};

static const RedesContentId *
get_content (RedesHolding *holding)
{
  return redes_manifest_get_content (holding->manifest);
}

static void
set_last (RedesShareIndex *self, RedesHolding *last)
{
  /* With the key too: the one before may be about to go. */
  g_hash_table_replace (self->by_content, (gpointer)get_content (last), last);
}

RedesShareIndex *
redes_share_index_new (void)
{
  RedesShareIndex *self = g_new (RedesShareIndex, 1);

  self->by_content = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);
  self->by_path = g_hash_table_new (redes_holding_path_hash, redes_holding_path_equal);
  self->order = g_ptr_array_new ();
  return self;
}

void
redes_share_index_free (RedesShareIndex *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_unref (self->by_path);
  g_hash_table_iter_init (&iter, self->by_content);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesHolding *last = value;
      RedesHolding *holding = g_steal_pointer (&last->next);

      while (holding != NULL)
        {
          RedesHolding *next = g_steal_pointer (&holding->next);

          holding->previous = NULL;
          redes_holding_unref (holding);
          holding = next;
        }
    }
  g_hash_table_unref (self->by_content);
  g_ptr_array_unref (self->order);
  g_free (self);
}

gboolean
redes_share_index_add (RedesShareIndex *self, RedesHolding *holding)
{
  RedesHolding *last = g_hash_table_lookup (self->by_content, get_content (holding));

  if (redes_holding_is_file (holding))
    {
      if (g_hash_table_contains (self->by_path, holding))
        return FALSE;
      g_hash_table_add (self->by_path, holding);
      holding->position = self->order->len;
      g_ptr_array_add (self->order, holding);
    }
  else if (redes_share_index_contains (self, holding))
    return FALSE;

  redes_holding_ref (holding);
  holding->next = last != NULL ? last->next : holding;
  holding->previous = last != NULL ? last : holding;
  holding->previous->next = holding;
  holding->next->previous = holding;
  set_last (self, holding);
  return TRUE;
}

gboolean
redes_share_index_contains (RedesShareIndex *self, RedesHolding *holding)
{
  if (redes_holding_is_file (holding))
    return g_hash_table_lookup (self->by_path, holding) == holding;

  /* It is in a ring, and there is no other index that it could be in. */
  return holding->next != NULL;
}

gboolean
redes_share_index_remove (RedesShareIndex *self, RedesHolding *holding)
{
  if (!redes_share_index_contains (self, holding))
    return FALSE;

  if (holding->next == holding)
    g_hash_table_remove (self->by_content, get_content (holding));
  else if (g_hash_table_lookup (self->by_content, get_content (holding)) == holding)
    set_last (self, holding->previous);
  holding->previous->next = holding->next;
  holding->next->previous = holding->previous;
  holding->next = holding->previous = NULL;

  if (redes_holding_is_file (holding))
    {
      g_hash_table_remove (self->by_path, holding);
      self->order->pdata[holding->position] = NULL;
    }
  redes_holding_unref (holding);
  return TRUE;
}

RedesHolding *
redes_share_index_lookup_content (RedesShareIndex *self, const RedesContentId *content)
{
  RedesHolding *last = g_hash_table_lookup (self->by_content, content);
  RedesHolding *holding = last;
  RedesHolding *whole = NULL;

  if (last == NULL)
    return NULL;

  do
    {
      holding = holding->next;
      if (redes_holding_is_file (holding))
        return holding;
      if (whole == NULL
          && (redes_holding_get_folder (holding) != NULL || redes_holding_is_member (holding)))
        whole = holding;
    }
  while (holding != last);

  return whole != NULL ? whole : last->next;
}

RedesHolding *
redes_share_index_lookup_path (RedesShareIndex *self, const char *path)
{
  const RedesHolding probe = { .place = (GRefString *)path };

  return g_hash_table_lookup (self->by_path, &probe);
}

guint
redes_share_index_get_n_files (RedesShareIndex *self)
{
  return g_hash_table_size (self->by_path);
}

GPtrArray *
redes_share_index_list (RedesShareIndex *self)
{
  GPtrArray *files = g_ptr_array_new_full (redes_share_index_get_n_files (self),
                                           (GDestroyNotify)redes_holding_unref);

  for (guint i = 0; i < self->order->len; i++)
    if (self->order->pdata[i] != NULL)
      g_ptr_array_add (files, redes_holding_ref (self->order->pdata[i]));

  return files;
}

/* Whether the folder that @holding is in is @path or below it; of a file whose name is in its
 * place, whether it is. No file in a folder that is not can be below @path: it could only be @path.
 */
static gboolean
is_folder_below (const RedesHolding *holding, const char *path)
{
  RedesHolding probe = { .place = holding->place };

  return redes_holding_is_below (&probe, path);
}

GPtrArray *
redes_share_index_list_below (RedesShareIndex *self, const char *path)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  RedesHolding *only = redes_share_index_lookup_path (self, path);
  const GRefString *place = NULL;
  gboolean is_below = FALSE;

  /* There is nothing below a file: many of them can be asked for one by one. */
  if (only != NULL)
    {
      g_ptr_array_add (files, redes_holding_ref (only));
      return files;
    }

  for (guint i = 0; i < self->order->len; i++)
    {
      RedesHolding *holding = self->order->pdata[i];

      if (holding == NULL)
        continue;
      /* Files of one folder mostly come together, and hold the same place in memory: it is compared
       * once for all of them. */
      if (place == NULL || holding->place != place)
        {
          is_below = is_folder_below (holding, path);
          place = holding->place;
        }
      if (is_below)
        g_ptr_array_add (files, redes_holding_ref (holding));
    }

  return files;
}

guint
redes_share_index_get_n_positions (RedesShareIndex *self)
{
  return self->order->len;
}

RedesHolding *
redes_share_index_get_at (RedesShareIndex *self, guint position)
{
  return position < self->order->len ? self->order->pdata[position] : NULL;
}

void
redes_share_index_compact (RedesShareIndex *self)
{
  guint n = 0;

  for (guint i = 0; i < self->order->len; i++)
    {
      RedesHolding *holding = self->order->pdata[i];

      if (holding == NULL)
        continue;
      holding->position = n;
      self->order->pdata[n++] = holding;
    }
  g_ptr_array_set_size (self->order, (gint)n);
}

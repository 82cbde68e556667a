/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/fetched-folder.h"

#include "engine/library/folder-snapshot.h"
#include "engine/library/holding-private.h"

#include <string.h>

#define SECOND_NS G_GINT64_CONSTANT (1000000000)
/* Of a list that has no manifest of its own: it is never told. */
#define LIST_NAME "list"

struct _RedesFetchedFolder
{
  gatomicrefcount refs;
  char *path;
  RedesHolding *top;
  GHashTable *holdings; /* set of RedesHolding, and @top */
};

RedesFetchedFolder *
redes_fetched_folder_new (const char *path, RedesHolding *top)
{
  RedesFetchedFolder *self = g_new0 (RedesFetchedFolder, 1);

  g_atomic_ref_count_init (&self->refs);
  self->path = g_strdup (path);
  self->top = redes_holding_ref (top);
  self->holdings = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)redes_holding_unref, NULL);
  redes_fetched_folder_add (self, top);
  return self;
}

RedesFetchedFolder *
redes_fetched_folder_ref (RedesFetchedFolder *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_fetched_folder_unref (RedesFetchedFolder *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_hash_table_unref (self->holdings);
  redes_holding_unref (self->top);
  g_free (self->path);
  g_free (self);
}

const char *
redes_fetched_folder_get_path (RedesFetchedFolder *self)
{
  return self->path;
}

RedesHolding *
redes_fetched_folder_get_top (RedesFetchedFolder *self)
{
  return self->top;
}

void
redes_fetched_folder_add (RedesFetchedFolder *self, RedesHolding *holding)
{
  if (!g_hash_table_contains (self->holdings, holding))
    g_hash_table_add (self->holdings, redes_holding_ref (holding));
}

gboolean
redes_fetched_folder_remove (RedesFetchedFolder *self, RedesHolding *holding)
{
  return g_hash_table_remove (self->holdings, holding);
}

GPtrArray *
redes_fetched_folder_list (RedesFetchedFolder *self)
{
  GPtrArray *all = g_ptr_array_sized_new (g_hash_table_size (self->holdings));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (all, key);
  return all;
}

gboolean
redes_fetched_folder_contains (RedesFetchedFolder *self, RedesHolding *holding)
{
  return g_hash_table_contains (self->holdings, holding);
}

RedesStoreFetched *
redes_fetched_folder_describe (RedesFetchedFolder *self, const char *inside, char *const *only)
{
  RedesStoreFetched *stored
      = redes_store_fetched_new (self->path, redes_holding_get_manifest (self->top), inside, only);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      RedesFolderSnapshot *snapshot = redes_holding_get_folder (key);
      RedesFolder *list = snapshot != NULL ? redes_folder_snapshot_get_list (snapshot) : NULL;
      RedesHashTree *tree = redes_holding_is_member (key) ? redes_holding_get_tree (key) : NULL;

      if (list != NULL)
        g_ptr_array_add (stored->lists, g_bytes_ref (redes_folder_get_list (list)));
      if (tree != NULL)
        g_ptr_array_add (stored->trees, redes_hash_tree_ref (tree));
    }
  return stored;
}

RedesFetchedFolder *
redes_fetched_folder_new_moved (RedesFetchedFolder *self, const char *path)
{
  RedesFetchedFolder *moved = redes_fetched_folder_new (path, self->top);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autoptr (RedesHolding) member = NULL;

      if (redes_holding_is_member (key))
        {
          member = redes_holding_new_moved (key, path);
          redes_fetched_folder_add (moved, member);
        }
      else if (redes_holding_get_folder (key) != NULL)
        redes_fetched_folder_add (moved, key);
    }
  return moved;
}

/* ---- Holdings ---- */

RedesHolding *
redes_fetched_folder_make_list (RedesFolder *list,
                                const RedesContentId *content,
                                RedesManifest *manifest)
{
  g_autoptr (RedesManifest) own
      = manifest != NULL ? redes_manifest_ref (manifest)
                         : redes_manifest_new_unsigned (LIST_NAME, content,
                                                        redes_folder_get_totals (list), NULL);
  g_autoptr (RedesFolderSnapshot) snapshot = NULL;
  g_autoptr (RedesHashTree) tree = NULL;

  if (own == NULL)
    return NULL;
  snapshot = redes_folder_snapshot_new_of_list (redes_manifest_get_name (own), content, list);
  tree = redes_folder_make_tree (list);
  return redes_holding_new_folder (snapshot, own, tree);
}

RedesManifest *
redes_fetched_folder_make_manifest (const char *path, const RedesContentId *content)
{
  const char *slash = strrchr (path, '/');

  return redes_manifest_new_unsigned (slash != NULL ? slash + 1 : path, content, NULL, NULL);
}

RedesHolding *
redes_fetched_folder_make_member (const char *root,
                                  const char *path,
                                  const RedesContentId *content,
                                  gint64 time_s,
                                  RedesHashTree *tree)
{
  g_autoptr (RedesManifest) manifest = redes_fetched_folder_make_manifest (path, content);

  if (manifest == NULL)
    return NULL;
  return redes_holding_new_member (root, path, time_s * SECOND_NS, manifest, tree);
}

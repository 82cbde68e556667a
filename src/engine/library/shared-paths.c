/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/shared-paths.h"

#include <string.h>

struct _RedesSharedPaths
{
  RedesStore *store;
  /* Of Root, in the order given; there may be thousands. */
  GPtrArray *roots;
  GHashTable *by_path; /* path as given -> Root */
  GHashTable *by_real; /* real path -> one of the Roots that are there */
  /* Set of paths. */
  GHashTable *exclusions;
};

typedef struct
{
  char *path; /* as it was given */
  char *real; /* with all links followed; the same until that is known */
  gboolean was_there;
} Root;

static Root *
root_new (const char *path, gboolean was_there)
{
  Root *root = g_new (Root, 1);

  root->path = g_strdup (path);
  root->real = g_strdup (path);
  root->was_there = was_there;
  return root;
}

static void
root_free (gpointer data)
{
  Root *root = data;

  g_free (root->path);
  g_free (root->real);
  g_free (root);
}

gboolean
redes_path_is_below (const char *path, const char *folder)
{
  gsize len = strlen (folder);

  if (strncmp (path, folder, len) != 0)
    return FALSE;

  return path[len] == '\0' || path[len] == G_DIR_SEPARATOR
         || (len > 0 && folder[len - 1] == G_DIR_SEPARATOR);
}

RedesSharedPaths *
redes_shared_paths_new (RedesStore *store)
{
  RedesSharedPaths *self = g_new (RedesSharedPaths, 1);

  self->store = store;
  self->roots = g_ptr_array_new_with_free_func (root_free);
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_real = g_hash_table_new (g_str_hash, g_str_equal);
  self->exclusions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
redes_shared_paths_free (RedesSharedPaths *self)
{
  g_hash_table_unref (self->by_path);
  g_hash_table_unref (self->by_real);
  g_ptr_array_unref (self->roots);
  g_hash_table_unref (self->exclusions);
  g_free (self);
}

static void
add_root (RedesSharedPaths *self, const char *path, gboolean was_there)
{
  Root *root;

  if (g_hash_table_contains (self->by_path, path))
    return;

  root = root_new (path, was_there);
  g_ptr_array_add (self->roots, root);
  g_hash_table_insert (self->by_path, root->path, root);
  /* With the key, which is that root's. */
  g_hash_table_replace (self->by_real, root->real, root);
}

/* Another root may be called the same. */
static void
release_real_path (RedesSharedPaths *self, Root *root)
{
  if (g_hash_table_lookup (self->by_real, root->real) != root)
    return;

  g_hash_table_remove (self->by_real, root->real);
  for (guint i = 0; i < self->roots->len; i++)
    {
      Root *other = self->roots->pdata[i];

      if (other != root && g_str_equal (other->real, root->real))
        g_hash_table_replace (self->by_real, other->real, other);
    }
}

gboolean
redes_shared_paths_load (RedesSharedPaths *self, GError **error)
{
  g_autoptr (GPtrArray) roots = redes_store_list_roots (self->store, error);
  g_autoptr (GPtrArray) exclusions = NULL;

  if (roots == NULL)
    return FALSE;
  exclusions = redes_store_list_exclusions (self->store, error);
  if (exclusions == NULL)
    return FALSE;

  for (guint i = 0; i < roots->len; i++)
    add_root (self, roots->pdata[i], TRUE);
  for (guint i = 0; i < exclusions->len; i++)
    g_hash_table_add (self->exclusions, g_strdup (exclusions->pdata[i]));
  return TRUE;
}

static void
lift_exclusions (RedesSharedPaths *self, const char *path)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->exclusions);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (!redes_path_is_below (key, path))
        continue;
      if (self->store != NULL)
        redes_store_remove_exclusion (self->store, key);
      g_hash_table_iter_remove (&iter);
    }
}

void
redes_shared_paths_share (RedesSharedPaths *self, const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  g_autofree char *real = redes_shared_paths_resolve (self, path);

  lift_exclusions (self, real);
  add_root (self, canonical, FALSE);
}

static void
remove_root (RedesSharedPaths *self, Root *root)
{
  if (self->store != NULL && root->was_there)
    redes_store_remove_root (self->store, root->path);
  g_hash_table_remove (self->by_path, root->path);
  release_real_path (self, root);
  g_ptr_array_remove (self->roots, root);
}

void
redes_shared_paths_unshare (RedesSharedPaths *self, const char *path)
{
  g_autofree char *real = redes_shared_paths_resolve (self, path);
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);

  for (guint i = self->roots->len; i > 0; i--)
    {
      Root *root = self->roots->pdata[i - 1];

      if (redes_path_is_below (root->real, real) || redes_path_is_below (root->path, canonical))
        remove_root (self, root);
    }

  lift_exclusions (self, real);
  if (!redes_shared_paths_want (self, real))
    return;
  if (self->store != NULL)
    redes_store_put_exclusion (self->store, real);
  g_hash_table_add (self->exclusions, g_steal_pointer (&real));
}

gboolean
redes_shared_paths_set_real_path (RedesSharedPaths *self, const char *path, const char *real)
{
  Root *root = g_hash_table_lookup (self->by_path, path);
  gboolean is_news;

  if (root == NULL)
    return FALSE;
  if (real == NULL)
    {
      if (!root->was_there)
        remove_root (self, root);
      return FALSE;
    }

  is_news = !root->was_there || !g_str_equal (root->real, real);
  if (!root->was_there && self->store != NULL)
    redes_store_put_root (self->store, root->path);
  root->was_there = TRUE;
  if (!g_str_equal (root->real, real))
    {
      release_real_path (self, root);
      g_free (root->real);
      root->real = g_strdup (real);
      g_hash_table_replace (self->by_real, root->real, root);
    }

  return is_news;
}

char *
redes_shared_paths_resolve (RedesSharedPaths *self, const char *path)
{
  char *canonical = g_canonicalize_filename (path, NULL);

  for (guint i = 0; i < self->roots->len; i++)
    {
      const Root *root = self->roots->pdata[i];

      if (redes_path_is_below (canonical, root->path) && !g_str_equal (root->path, root->real))
        {
          char *resolved = g_build_filename (root->real, canonical + strlen (root->path), NULL);

          g_free (canonical);
          return resolved;
        }
    }

  return canonical;
}

gboolean
redes_shared_paths_want (RedesSharedPaths *self, const char *path)
{
  g_autofree char *above = g_strdup (path);

  /* From the path up: what is found first is the longest. */
  for (gsize len = strlen (above); len > 0; len--)
    {
      if (above[len] != '\0' && above[len] != G_DIR_SEPARATOR)
        continue;
      above[len] = '\0';
      /* A root that is called as an exclusion was shared later than that. */
      if (g_hash_table_contains (self->by_real, above))
        return TRUE;
      if (g_hash_table_contains (self->exclusions, above))
        return FALSE;
    }

  return g_hash_table_contains (self->by_real, G_DIR_SEPARATOR_S);
}

GPtrArray *
redes_shared_paths_list_roots (RedesSharedPaths *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->roots->len; i++)
    g_ptr_array_add (paths, g_strdup (((Root *)self->roots->pdata[i])->path));

  return paths;
}

GPtrArray *
redes_shared_paths_list_real_paths (RedesSharedPaths *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->roots->len; i++)
    g_ptr_array_add (paths, g_strdup (((Root *)self->roots->pdata[i])->real));

  return paths;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/shared-paths.h"

#include <string.h>

/*
 * There may be many thousands of roots, for each file that is dropped on the window is one: so what
 * is done for one of them must not be a walk through all.
 */
struct _RedesSharedPaths
{
  RedesStore *store;
  /* Of Root, in the order given; it owns them. */
  GQueue order;
  /* Set of Root: by path, and by real path and then path. */
  GTree *by_path;
  GTree *by_real;
  /* Roots whose path is not their real path. */
  guint n_links;
  /* Set of paths. */
  GTree *exclusions;
};

typedef struct
{
  GList link; /* in the order */
  char *path; /* as it was given */
  char *real; /* with all links followed; the same until that is known */
  gboolean was_there;
  gboolean is_folder;
  /* As RedesScanRoot has them; both 0 until they are known. */
  guint64 device;
  guint64 inode;
  /* The path leads to something else than what was shared: nothing is shared from it until that is
   * over, or a person shares it again. */
  gboolean is_suspended;
  gboolean is_told; /* that it is suspended, in this run */
  /* A person has just shared it: whatever it leads to is what is meant. */
  gboolean is_asked;
} Root;

static gint
compare_paths (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Root *)a)->path, ((const Root *)b)->path);
}

static gint
compare_real_paths (gconstpointer a, gconstpointer b, gpointer user_data)
{
  int order = strcmp (((const Root *)a)->real, ((const Root *)b)->real);

  return order != 0 ? order : compare_paths (a, b, user_data);
}

static gint
compare_strings (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
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
  RedesSharedPaths *self = g_new0 (RedesSharedPaths, 1);

  self->store = store;
  self->by_path = g_tree_new_with_data (compare_paths, NULL);
  self->by_real = g_tree_new_with_data (compare_real_paths, NULL);
  self->exclusions = g_tree_new_full (compare_strings, NULL, g_free, NULL);
  return self;
}

void
redes_shared_paths_free (RedesSharedPaths *self)
{
  GList *link;

  g_tree_unref (self->by_path);
  g_tree_unref (self->by_real);
  g_tree_unref (self->exclusions);
  while ((link = g_queue_pop_head_link (&self->order)) != NULL)
    root_free (link->data);
  g_free (self);
}

/* (nullable) */
static Root *
lookup_root (RedesSharedPaths *self, const char *path)
{
  Root probe = { .path = (char *)path };

  return g_tree_lookup (self->by_path, &probe);
}

static gboolean
is_link (const Root *root)
{
  return !g_str_equal (root->path, root->real);
}

static Root *
add_root (RedesSharedPaths *self, const char *path, const char *real, gboolean was_there)
{
  Root *root = lookup_root (self, path);

  if (root != NULL)
    return root;

  root = g_new0 (Root, 1);
  root->link.data = root;
  root->path = g_strdup (path);
  root->real = g_strdup (real);
  root->was_there = was_there;
  g_queue_push_tail_link (&self->order, &root->link);
  g_tree_insert (self->by_path, root, root);
  g_tree_insert (self->by_real, root, root);
  self->n_links += is_link (root);
  return root;
}

static void
set_real (RedesSharedPaths *self, Root *root, const char *real)
{
  if (g_str_equal (root->real, real))
    return;
  self->n_links -= is_link (root);
  g_tree_remove (self->by_real, root);
  g_free (root->real);
  root->real = g_strdup (real);
  g_tree_insert (self->by_real, root, root);
  self->n_links += is_link (root);
}

gboolean
redes_shared_paths_load (RedesSharedPaths *self, GError **error)
{
  g_autoptr (GPtrArray) roots = redes_store_list_root_places (self->store, error);
  g_autoptr (GPtrArray) exclusions = NULL;

  if (roots == NULL)
    return FALSE;
  exclusions = redes_store_list_exclusions (self->store, error);
  if (exclusions == NULL)
    return FALSE;

  for (guint i = 0; i < roots->len; i++)
    {
      const RedesStoreRoot *stored = roots->pdata[i];
      Root *root
          = add_root (self, stored->path, stored->real != NULL ? stored->real : stored->path, TRUE);

      root->is_folder = stored->is_folder;
      root->device = stored->device;
      root->inode = stored->inode;
      root->is_suspended = stored->is_suspended;
      /* An older program remembered no more than the path. */
      root->is_asked = stored->real == NULL;
    }
  for (guint i = 0; i < exclusions->len; i++)
    g_tree_insert (self->exclusions, g_strdup (exclusions->pdata[i]), NULL);
  return TRUE;
}

/* ---- What is below a path ---- */

/* Paths in a tree that is sorted by their bytes: @path itself, and then, from @path with "/" at its
 * end on, all that are below it. */
static char *
dup_with_slash (const char *path)
{
  return g_str_has_suffix (path, G_DIR_SEPARATOR_S) ? g_strdup (path)
                                                    : g_strconcat (path, G_DIR_SEPARATOR_S, NULL);
}

/* (transfer full): the exclusions that are @path or below it */
static GPtrArray *
list_exclusions_below (RedesSharedPaths *self, const char *path)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *below = dup_with_slash (path);

  if (!g_str_equal (below, path) && g_tree_lookup_extended (self->exclusions, path, NULL, NULL))
    g_ptr_array_add (found, g_strdup (path));
  for (GTreeNode *node = g_tree_lower_bound (self->exclusions, below);
       node != NULL && g_str_has_prefix (g_tree_node_key (node), below);
       node = g_tree_node_next (node))
    g_ptr_array_add (found, g_strdup (g_tree_node_key (node)));
  return found;
}

/* Adds to @found the roots that are @path, by their paths as given or by their real ones, or below
 * it. */
static void
collect_roots_below (GTree *tree, gboolean by_real, const char *path, GHashTable *found)
{
  g_autofree char *below = dup_with_slash (path);
  const char *const starts[] = { path, below };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      Root probe = { .path = (char *)(by_real ? "" : starts[i]), .real = (char *)starts[i] };

      for (GTreeNode *node = g_tree_lower_bound (tree, &probe); node != NULL;
           node = g_tree_node_next (node))
        {
          Root *root = g_tree_node_key (node);
          const char *where = by_real ? root->real : root->path;

          if (i == 0 ? !g_str_equal (where, path) : !g_str_has_prefix (where, below))
            break;
          g_hash_table_add (found, root);
        }
    }
}

static void
lift_exclusions (RedesSharedPaths *self, const char *path)
{
  g_autoptr (GPtrArray) lifted = list_exclusions_below (self, path);

  for (guint i = 0; i < lifted->len; i++)
    {
      if (self->store != NULL)
        redes_store_remove_exclusion (self->store, lifted->pdata[i]);
      g_tree_remove (self->exclusions, lifted->pdata[i]);
    }
}

/* ---- What a person shares and takes out ---- */

void
redes_shared_paths_share (RedesSharedPaths *self, const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  g_autofree char *real = redes_shared_paths_resolve (self, path);

  lift_exclusions (self, real);
  add_root (self, canonical, canonical, FALSE)->is_asked = TRUE;
}

static void
remove_root (RedesSharedPaths *self, Root *root)
{
  if (self->store != NULL && root->was_there)
    redes_store_remove_root (self->store, root->path);
  self->n_links -= is_link (root);
  g_tree_remove (self->by_path, root);
  g_tree_remove (self->by_real, root);
  g_queue_unlink (&self->order, &root->link);
  root_free (root);
}

guint
redes_shared_paths_unshare (RedesSharedPaths *self, const char *path)
{
  g_autofree char *real = redes_shared_paths_resolve (self, path);
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);
  g_autoptr (GHashTable) gone = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer key;
  guint n;

  collect_roots_below (self->by_path, FALSE, canonical, gone);
  collect_roots_below (self->by_real, TRUE, real, gone);
  n = g_hash_table_size (gone);
  g_hash_table_iter_init (&iter, gone);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    remove_root (self, key);

  lift_exclusions (self, real);
  if (!redes_shared_paths_want (self, real))
    return n;
  if (self->store != NULL)
    redes_store_put_exclusion (self->store, real);
  g_tree_insert (self->exclusions, g_steal_pointer (&real), NULL);
  return n + 1;
}

/* ---- What roots turn out to be ---- */

static void
put_in_store (RedesSharedPaths *self, const Root *root)
{
  const RedesStoreRoot stored = { .path = root->path,
                                  .real = root->real,
                                  .is_folder = root->is_folder,
                                  .is_suspended = root->is_suspended,
                                  .device = root->device,
                                  .inode = root->inode };

  if (self->store != NULL)
    redes_store_put_root_place (self->store, &stored);
}

static gboolean
is_recorded (const Root *root, const RedesScanRoot *found)
{
  return root->was_there && !root->is_suspended && g_str_equal (root->real, found->real_path)
         && root->is_folder == found->is_folder && root->device == found->device
         && root->inode == found->inode;
}

static void
record (RedesSharedPaths *self, Root *root, const RedesScanRoot *found)
{
  root->is_asked = FALSE;
  root->is_told = FALSE;
  if (is_recorded (root, found))
    return;
  root->was_there = TRUE;
  root->is_suspended = FALSE;
  root->is_folder = found->is_folder;
  root->device = found->device;
  root->inode = found->inode;
  set_real (self, root, found->real_path);
  put_in_store (self, root);
}

/* A file is often replaced as a whole when it is edited, so it is known by its path alone. */
static gboolean
is_another (const Root *root, const RedesScanRoot *found)
{
  if (!g_str_equal (root->real, found->real_path) || root->is_folder != found->is_folder)
    return TRUE;
  return root->is_folder && root->inode != 0 && found->inode != 0 && root->inode != found->inode;
}

RedesSharedPathsFinding
redes_shared_paths_take_root (RedesSharedPaths *self,
                              const char *path,
                              const RedesScanRoot *found,
                              gboolean is_same_drive)
{
  Root *root = lookup_root (self, path);
  gboolean was_suspended;
  gboolean was_told;

  if (root == NULL)
    return REDES_SHARED_PATHS_NOT_WANTED;
  if (found == NULL)
    {
      if (!root->was_there)
        remove_root (self, root);
      return REDES_SHARED_PATHS_MISSING;
    }

  if (root->is_asked || !root->was_there)
    {
      gboolean is_news = !root->was_there || is_another (root, found) || root->is_suspended;

      record (self, root, found);
      return is_news ? REDES_SHARED_PATHS_NEW : REDES_SHARED_PATHS_KNOWN;
    }

  was_suspended = root->is_suspended;
  if (is_another (root, found)
      || (root->is_folder && root->device != found->device && !is_same_drive))
    {
      was_told = root->is_told;
      root->is_suspended = root->is_told = TRUE;
      if (!was_suspended)
        put_in_store (self, root);
      return was_told ? REDES_SHARED_PATHS_STILL_ANOTHER : REDES_SHARED_PATHS_ANOTHER;
    }
  record (self, root, found);
  return was_suspended ? REDES_SHARED_PATHS_NEW : REDES_SHARED_PATHS_KNOWN;
}

gboolean
redes_shared_paths_is_on_other_device (RedesSharedPaths *self,
                                       const char *path,
                                       const RedesScanRoot *found)
{
  const Root *root = lookup_root (self, path);

  return root != NULL && root->was_there && !root->is_asked && root->is_folder
         && !is_another (root, found) && root->device != found->device;
}

char *
redes_shared_paths_dup_real_path (RedesSharedPaths *self, const char *path)
{
  const Root *root = lookup_root (self, path);

  return root != NULL ? g_strdup (root->real) : NULL;
}

/* ---- Asking ---- */

/* Cuts the last component off @path, of @len bytes; returns the new length, 0 at the end. */
static gsize
cut (char *path, gsize len)
{
  while (len > 0 && path[--len] != G_DIR_SEPARATOR)
    ;
  path[len] = '\0';
  return len;
}

char *
redes_shared_paths_resolve (RedesSharedPaths *self, const char *path)
{
  char *canonical = g_canonicalize_filename (path, NULL);
  g_autofree char *above = g_strdup (canonical);

  if (self->n_links == 0)
    return canonical;
  for (gsize len = strlen (above); len > 0; len = cut (above, len))
    {
      const Root *root = lookup_root (self, above);

      if (root != NULL && is_link (root))
        {
          char *resolved = g_build_filename (root->real, canonical + len, NULL);

          g_free (canonical);
          return resolved;
        }
    }

  return canonical;
}

static gboolean
is_root (RedesSharedPaths *self, const char *real, gboolean or_suspended)
{
  Root probe = { .path = (char *)"", .real = (char *)real };

  for (GTreeNode *node = g_tree_lower_bound (self->by_real, &probe); node != NULL;
       node = g_tree_node_next (node))
    {
      const Root *root = g_tree_node_key (node);

      if (!g_str_equal (root->real, real))
        return FALSE;
      if (!root->is_suspended || or_suspended)
        return TRUE;
    }
  return FALSE;
}

static gboolean
find_wish (RedesSharedPaths *self, const char *path, gboolean or_suspended)
{
  g_autofree char *above = g_strdup (path);

  /* From the path up: what is found first is the longest. */
  for (gsize len = strlen (above); len > 0; len = cut (above, len))
    {
      /* A root that is called as an exclusion was shared later than that. */
      if (is_root (self, above, or_suspended))
        return TRUE;
      if (g_tree_lookup_extended (self->exclusions, above, NULL, NULL))
        return FALSE;
    }

  return is_root (self, G_DIR_SEPARATOR_S, or_suspended);
}

gboolean
redes_shared_paths_want (RedesSharedPaths *self, const char *path)
{
  return find_wish (self, path, FALSE);
}

gboolean
redes_shared_paths_remembers (RedesSharedPaths *self, const char *path)
{
  return find_wish (self, path, TRUE);
}

gboolean
redes_shared_paths_has_exclusions (RedesSharedPaths *self)
{
  return g_tree_nnodes (self->exclusions) > 0;
}

GPtrArray *
redes_shared_paths_list_roots (RedesSharedPaths *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (GList *link = self->order.head; link != NULL; link = link->next)
    g_ptr_array_add (paths, g_strdup (((Root *)link->data)->path));

  return paths;
}

GPtrArray *
redes_shared_paths_list_real_paths (RedesSharedPaths *self)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (GList *link = self->order.head; link != NULL; link = link->next)
    g_ptr_array_add (paths, g_strdup (((Root *)link->data)->real));

  return paths;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-plan.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

#include <string.h>

#define NONE G_MAXUINT
#define MAX_NAME_BYTES 255

/* A folder of the tree. @list: (nullable): until it is there */
typedef struct
{
  RedesContentId content;
  RedesFolderTotals totals;
  RedesFolder *list;
  guint parent; /* NONE: the top */
  guint child;  /* its line in the list of the folder above */
  gboolean is_wanted;
} Branch;

/* @next: another file with the same content; NONE: there is none */
typedef struct
{
  guint branch;
  guint child;
  guint next;
} Leaf;

struct _RedesFolderPlan
{
  char **inside; /* (nullable): what is left of the way to the part that is meant */
  char *part_name;
  char *single;
  GPtrArray *patterns;    /* (nullable): of GPatternSpec */
  GArray *branches;       /* of Branch; the first is the top */
  GArray *leaves;         /* of Leaf */
  GArray *items;          /* of guint: the first leaf of each */
  GHashTable *by_content; /* (nullable): RedesContentId -> item + 1, until all lists are there */
  GHashTable *lists;      /* RedesContentId -> RedesFolder */
  GQueue missing;         /* of branches (+ 1) without a list */
  guint64 bytes;
};

static Branch *
get_branch (RedesFolderPlan *self, guint index)
{
  return &g_array_index (self->branches, Branch, index);
}

static void
add_branch (RedesFolderPlan *self,
            const RedesContentId *content,
            const RedesFolderTotals *totals,
            guint parent,
            guint child)
{
  Branch branch = { .content = *content, .totals = *totals, .parent = parent, .child = child };

  g_array_append_val (self->branches, branch);
  g_queue_push_tail (&self->missing, GUINT_TO_POINTER (self->branches->len));
}

RedesFolderPlan *
redes_folder_plan_new (const RedesContentId *top,
                       const RedesFolderTotals *totals,
                       const char *inside,
                       const char *const *only)
{
  RedesFolderPlan *self = g_new0 (RedesFolderPlan, 1);

  self->branches = g_array_new (FALSE, FALSE, sizeof (Branch));
  self->leaves = g_array_new (FALSE, FALSE, sizeof (Leaf));
  self->items = g_array_new (FALSE, FALSE, sizeof (guint));
  self->by_content
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  self->lists = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free,
                                       (GDestroyNotify)redes_folder_unref);
  if (inside != NULL)
    self->inside = g_strsplit (inside, "/", -1);
  if (only != NULL && only[0] != NULL)
    {
      self->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify)g_pattern_spec_free);
      for (guint i = 0; only[i] != NULL; i++)
        g_ptr_array_add (self->patterns, g_pattern_spec_new (only[i]));
    }
  add_branch (self, top, totals, NONE, 0);
  return self;
}

void
redes_folder_plan_free (RedesFolderPlan *self)
{
  for (guint i = 0; i < self->branches->len; i++)
    g_clear_pointer (&get_branch (self, i)->list, redes_folder_unref);
  g_strfreev (self->inside);
  g_free (self->part_name);
  g_free (self->single);
  g_clear_pointer (&self->patterns, g_ptr_array_unref);
  g_array_unref (self->branches);
  g_array_unref (self->leaves);
  g_array_unref (self->items);
  g_clear_pointer (&self->by_content, g_hash_table_unref);
  g_hash_table_unref (self->lists);
  g_queue_clear (&self->missing);
  g_free (self);
}

/* ---- Lists ---- */

gboolean
redes_folder_plan_next_list (RedesFolderPlan *self,
                             GHashTable *asked,
                             RedesContentId *content,
                             RedesFolderTotals *totals)
{
  for (GList *link = self->missing.head; link != NULL; link = link->next)
    {
      const Branch *branch = get_branch (self, GPOINTER_TO_UINT (link->data) - 1);

      if (g_hash_table_contains (asked, &branch->content))
        continue;
      *content = branch->content;
      *totals = branch->totals;
      return TRUE;
    }
  return FALSE;
}

/* The path of a child of @branch below the top, in the publisher's words or made safe. */
static char *make_path (RedesFolderPlan *self, guint branch, guint child, gboolean is_safe);

static gboolean
is_chosen (RedesFolderPlan *self, guint branch, const RedesFolderChild *child, guint index)
{
  g_autofree char *path = NULL;

  if (self->patterns == NULL)
    return TRUE;
  path = make_path (self, branch, index, FALSE);
  for (guint i = 0; i < self->patterns->len; i++)
    if (g_pattern_spec_match_string (self->patterns->pdata[i], child->name)
        || g_pattern_spec_match_string (self->patterns->pdata[i], path))
      return TRUE;
  return FALSE;
}

static void
want_branch (RedesFolderPlan *self, guint index)
{
  for (; index != NONE && !get_branch (self, index)->is_wanted;
       index = get_branch (self, index)->parent)
    get_branch (self, index)->is_wanted = TRUE;
}

static void
add_leaf (RedesFolderPlan *self, guint branch, guint index, const RedesFolderChild *child)
{
  Leaf leaf = { .branch = branch, .child = index, .next = NONE };
  guint number = self->leaves->len;
  guint item = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_content, &child->content));

  want_branch (self, branch);
  self->bytes += child->content.size_bytes;
  if (item == 0)
    {
      g_array_append_val (self->items, number);
      g_hash_table_insert (self->by_content, redes_content_id_copy (&child->content),
                           GUINT_TO_POINTER (self->items->len));
    }
  else
    {
      guint *first = &g_array_index (self->items, guint, item - 1);

      leaf.next = *first;
      *first = number;
    }
  g_array_append_val (self->leaves, leaf);
}

static void
expand (RedesFolderPlan *self, guint branch)
{
  RedesFolder *list = get_branch (self, branch)->list;
  guint n = redes_folder_get_n_children (list);

  if (self->patterns == NULL)
    want_branch (self, branch);
  for (guint i = 0; i < n; i++)
    {
      RedesFolderChild child;

      redes_folder_get_child (list, i, &child);
      if (child.kind == REDES_FOLDER_KIND_FOLDER)
        add_branch (self, &child.content, &child.totals, branch, i);
      else if (is_chosen (self, branch, &child, i))
        add_leaf (self, branch, i, &child);
    }
}

/* One step on the way to the part that is meant. */
static gboolean
step_inside (RedesFolderPlan *self, GError **error)
{
  RedesFolder *list = get_branch (self, 0)->list;
  guint n = redes_folder_get_n_children (list);
  g_autofree char *name = g_strdup (self->inside[0]);
  g_auto (GStrv) rest = g_strdupv (self->inside + 1);
  gboolean is_last = rest[0] == NULL;

  for (guint i = 0; i < n; i++)
    {
      RedesFolderChild child;

      redes_folder_get_child (list, i, &child);
      if (!g_str_equal (child.name, name))
        continue;
      g_clear_pointer (&self->inside, g_strfreev);
      g_free (self->part_name);
      self->part_name = g_strdup (name);
      if (child.kind != REDES_FOLDER_KIND_FOLDER && is_last)
        {
          add_leaf (self, 0, i, &child);
          self->single = make_path (self, 0, i, TRUE);
          return TRUE;
        }
      if (child.kind != REDES_FOLDER_KIND_FOLDER)
        break;
      redes_folder_unref (list);
      g_array_set_size (self->branches, 0);
      if (!is_last)
        self->inside = g_steal_pointer (&rest);
      add_branch (self, &child.content, &child.totals, NONE, 0);
      return TRUE;
    }
  {
    g_autofree char *shown = redes_text_display_name (name);

    redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND, REDES_NOTICE_FOLDER_NO_SUCH_PART,
                     shown);
  }
  return FALSE;
}

/* Lists that came before may be wanted in further places. */
static gboolean
use_lists (RedesFolderPlan *self, GError **error)
{
  GList *link = self->missing.head;

  while (link != NULL)
    {
      guint index = GPOINTER_TO_UINT (link->data) - 1;
      RedesFolder *list = g_hash_table_lookup (self->lists, &get_branch (self, index)->content);
      GList *next;

      if (list == NULL)
        {
          link = link->next;
          continue;
        }
      get_branch (self, index)->list = redes_folder_ref (list);
      if (self->inside != NULL)
        {
          g_queue_delete_link (&self->missing, link);
          if (!step_inside (self, error))
            return FALSE;
          link = self->missing.head;
          continue;
        }
      expand (self, index);
      /* What it has added stands behind it. */
      next = link->next;
      g_queue_delete_link (&self->missing, link);
      link = next;
    }
  return TRUE;
}

gboolean
redes_folder_plan_take_list (RedesFolderPlan *self,
                             const RedesContentId *content,
                             RedesFolder *list,
                             GError **error)
{
  g_hash_table_insert (self->lists, redes_content_id_copy (content), redes_folder_ref (list));
  if (!use_lists (self, error))
    return FALSE;
  if (!redes_folder_plan_is_whole (self))
    return TRUE;
  g_hash_table_remove_all (self->lists);
  g_clear_pointer (&self->by_content, g_hash_table_unref);
  if (self->patterns == NULL || self->items->len > 0)
    return TRUE;
  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND, REDES_NOTICE_FOLDER_NOTHING_CHOSEN);
  return FALSE;
}

gboolean
redes_folder_plan_is_whole (RedesFolderPlan *self)
{
  return g_queue_is_empty (&self->missing);
}

const char *
redes_folder_plan_get_single (RedesFolderPlan *self)
{
  return self->single;
}

const char *
redes_folder_plan_get_part_name (RedesFolderPlan *self)
{
  return self->part_name;
}

/* ---- Places ---- */

/* A name as it comes onto the disk. One that had to be changed may now be another's in the same
 * folder, so it gets the number of its line. */
static char *
make_safe (RedesFolder *list, guint index, const char *name)
{
  g_autofree char *safe = redes_text_make_safe_file_name (name, MAX_NAME_BYTES);
  RedesFolderChild other;

  if (g_str_equal (safe, name) || !redes_folder_find_child (list, safe, &other))
    return g_steal_pointer (&safe);
  return redes_text_numbered_file_name (safe, index + 2);
}

static char *
make_path (RedesFolderPlan *self, guint branch, guint child, gboolean is_safe)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *path = g_string_new (NULL);

  for (;;)
    {
      const Branch *of = get_branch (self, branch);
      RedesFolderChild found;

      redes_folder_get_child (of->list, child, &found);
      g_ptr_array_add (names,
                       is_safe ? make_safe (of->list, child, found.name) : g_strdup (found.name));
      if (of->parent == NONE)
        break;
      child = of->child;
      branch = of->parent;
    }
  for (guint i = names->len; i > 0; i--)
    {
      g_string_append (path, names->pdata[i - 1]);
      if (i > 1)
        g_string_append_c (path, '/');
    }
  return g_string_free (path, FALSE);
}

guint
redes_folder_plan_get_n_files (RedesFolderPlan *self)
{
  return self->leaves->len;
}

guint64
redes_folder_plan_get_bytes (RedesFolderPlan *self)
{
  return self->bytes;
}

guint
redes_folder_plan_get_n_items (RedesFolderPlan *self)
{
  return self->items->len;
}

static void
get_child (RedesFolderPlan *self, guint leaf, RedesFolderChild *out)
{
  const Leaf *at = &g_array_index (self->leaves, Leaf, leaf);

  redes_folder_get_child (get_branch (self, at->branch)->list, at->child, out);
}

void
redes_folder_plan_get_item (RedesFolderPlan *self, guint item, RedesContentId *out)
{
  RedesFolderChild child;

  get_child (self, g_array_index (self->items, guint, item), &child);
  *out = child.content;
}

void
redes_folder_place_free (gpointer data)
{
  RedesFolderPlace *place = data;

  g_free (place->path);
  g_free (place);
}

GPtrArray *
redes_folder_plan_list_places (RedesFolderPlan *self, guint item)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (redes_folder_place_free);

  for (guint leaf = g_array_index (self->items, guint, item); leaf != NONE;)
    {
      const Leaf *at = &g_array_index (self->leaves, Leaf, leaf);
      RedesFolderPlace *place = g_new (RedesFolderPlace, 1);
      RedesFolderChild child;

      get_child (self, leaf, &child);
      *place = (RedesFolderPlace){ .path = make_path (self, at->branch, at->child, TRUE),
                                   .content = child.content,
                                   .time_s = child.time_s,
                                   .is_executable = child.kind == REDES_FOLDER_KIND_EXECUTABLE };
      g_ptr_array_add (places, place);
      leaf = at->next;
    }
  return places;
}

guint
redes_folder_plan_count_places (RedesFolderPlan *self, guint item)
{
  guint n = 0;

  for (guint leaf = g_array_index (self->items, guint, item); leaf != NONE;
       leaf = g_array_index (self->leaves, Leaf, leaf).next)
    n++;
  return n;
}

GPtrArray *
redes_folder_plan_list_folders (RedesFolderPlan *self)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);

  /* A folder stands behind the one it is in. */
  for (guint i = 1; i < self->branches->len && self->single == NULL; i++)
    {
      const Branch *branch = get_branch (self, i);

      if (branch->is_wanted)
        g_ptr_array_add (folders, make_path (self, branch->parent, branch->child, TRUE));
    }
  return folders;
}

/* ---- Telling ---- */

typedef struct
{
  RedesFolderPlan *plan;
  GHashTable *by_line; /* "branch child" -> branch + 1 */
  void (*func) (const char *path, gboolean is_folder, guint64 size, gpointer user_data);
  gpointer user_data;
} Telling;

static gint64 *
make_line (guint branch, guint child)
{
  gint64 *line = g_new (gint64, 1);

  *line = (gint64)((guint64)branch << 32 | child);
  return line;
}

static void
tell_branch (const Telling *self, guint branch, const char *above)
{
  RedesFolder *list = get_branch (self->plan, branch)->list;
  g_autofree guint32 *order = redes_folder_dup_natural_order (list);
  guint n = redes_folder_get_n_children (list);

  for (guint i = 0; i < n; i++)
    {
      guint index = order[i];
      g_autofree char *path = NULL;
      g_autofree gint64 *line = make_line (branch, index);
      RedesFolderChild child;
      guint below;

      redes_folder_get_child (list, index, &child);
      path = *above != '\0' ? g_strconcat (above, "/", child.name, NULL) : g_strdup (child.name);
      if (child.kind != REDES_FOLDER_KIND_FOLDER)
        {
          if (is_chosen (self->plan, branch, &child, index))
            self->func (path, FALSE, child.content.size_bytes, self->user_data);
          continue;
        }
      below = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_line, line));
      if (below == 0 || !get_branch (self->plan, below - 1)->is_wanted)
        continue;
      self->func (path, TRUE, child.totals.bytes, self->user_data);
      tell_branch (self, below - 1, path);
    }
}

void
redes_folder_plan_each (
    RedesFolderPlan *self,
    void (*func) (const char *path, gboolean is_folder, guint64 size, gpointer user_data),
    gpointer user_data)
{
  Telling telling = { self, NULL, func, user_data };

  if (self->single != NULL)
    {
      RedesFolderChild child;

      get_child (self, 0, &child);
      func (child.name, FALSE, child.content.size_bytes, user_data);
      return;
    }
  telling.by_line = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 1; i < self->branches->len; i++)
    {
      const Branch *branch = get_branch (self, i);

      g_hash_table_insert (telling.by_line, make_line (branch->parent, branch->child),
                           GUINT_TO_POINTER (i + 1));
    }
  tell_branch (&telling, 0, "");
  g_hash_table_unref (telling.by_line);
}

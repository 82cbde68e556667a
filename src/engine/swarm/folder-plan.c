/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-plan.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/content/folder-names.h"

#include <string.h>

#define NONE G_MAXUINT
/* What is tried to make a name on the disk differ from all others. */
#define MAX_NUMBERS 16u
/* As of a file that is fetched by itself: what is kept of each block takes memory. 16 TiB. */
#define MAX_BLOCKS (1u << 22)
#define MIB (1024u * 1024)
/* See RedesFolderLimits. */
#define LIST_BYTES_PER_ENTRY 96u
#define LIST_OVERHEAD_BYTES 256u
#define MIN_BYTES (16u * MIB)
#define PATH_BYTES_PER_ENTRY 192u

/* A folder of the tree; content and totals are in the list of the folder above.
 * @list: (nullable): until it is there
 * @next: another folder that waits for the same list; NONE: there is none
 * @path_bytes: how long its path below the top is */
typedef struct
{
  RedesFolder *list;
  guint parent; /* NONE: the top */
  guint child;  /* its line in the list of the folder above */
  guint next;
  guint path_bytes;
  gboolean is_wanted;
} Branch;

/* A list that is not there, or has just come. @first: a folder that waits for it; NONE: no more.
 * @list: (nullable): once it is there. @link: in the queue that it is in */
typedef struct
{
  RedesContentId content;
  guint first;
  RedesFolder *list;
  GList link;
} Missing;

/* @next: another file with the same content; NONE: there is none */
typedef struct
{
  guint branch;
  guint child;
  guint next;
} Leaf;

struct _RedesFolderPlan
{
  RedesContentId top;
  RedesFolderTotals top_totals;
  RedesFolderLimits limits;
  guint64 list_bytes; /* of all lists that were named, see RedesFolderLimits */
  guint64 path_bytes;
  GError *refusal; /* nullable */
  gboolean blames_manifest;

  char **inside; /* (nullable): what is left of the way to the part that is meant */
  char *part_name;
  char *single;
  GPtrArray *patterns;    /* (nullable): of GPatternSpec */
  GHashTable *chosen;     /* (nullable): paths of files, and of folders with a `/` behind */
  GArray *branches;       /* of Branch; the first is the top */
  GArray *leaves;         /* of Leaf */
  GArray *items;          /* of guint: the first leaf of each */
  GHashTable *by_content; /* (nullable): RedesContentId -> item + 1, until all lists are there */
  GHashTable *lists;      /* RedesContentId -> RedesFolder: those that came */
  GHashTable *waiting;    /* RedesContentId -> Missing */
  GQueue missing;         /* of Missing, in the order in which they were named */
  GQueue came;            /* of Missing: not all folders that waited have their list yet */
  GQueue ready;           /* of branches (+ 1) with a list that was not read to its end */
  guint next_child;       /* of the first of them */
  guint64 bytes;
  RedesNameForm name_form;
  gboolean depends_on_form;
  GMutex names_lock;
  GHashTable *names; /* RedesFolder -> GArray of DiskName, guarded by names_lock */
};

/* The name of a child on the disk. @hash: of its key: equal for names that are alike, and hardly
 * ever for others. */
typedef struct
{
  guint32 hash;
  guint32 index;
  gboolean is_changed; /* it is not the name in the list */
} DiskName;

static Branch *
get_branch (RedesFolderPlan *self, guint index)
{
  return &g_array_index (self->branches, Branch, index);
}

/* What was said of the list of a folder. */
static void
get_said (RedesFolderPlan *self, guint branch, RedesContentId *content, RedesFolderTotals *totals)
{
  const Branch *of = get_branch (self, branch);
  RedesFolderChild child;

  if (of->parent == NONE)
    {
      *content = self->top;
      *totals = self->top_totals;
      return;
    }
  redes_folder_get_child (get_branch (self, of->parent)->list, of->child, &child);
  *content = child.content;
  *totals = child.totals;
}

static void
missing_free (gpointer data)
{
  Missing *missing = data;

  g_clear_pointer (&missing->list, redes_folder_unref);
  g_free (missing);
}

/* ---- Limits ---- */

void
redes_folder_limits_init (RedesFolderLimits *self, guint64 max_entries)
{
  guint64 entries = max_entries != 0 ? max_entries : REDES_FOLDER_DEFAULT_ENTRIES;

  *self = (RedesFolderLimits){ .entries = entries,
                               .list_bytes = MAX (entries * LIST_BYTES_PER_ENTRY, MIN_BYTES),
                               .path_bytes = MAX (entries * PATH_BYTES_PER_ENTRY, MIN_BYTES) };
}

/* The first reason stays. */
static gboolean
refuse (RedesFolderPlan *self, GError *reason)
{
  if (self->refusal == NULL)
    self->refusal = reason;
  else
    g_error_free (reason);
  return FALSE;
}

/* All of it is fetched, not only the way to a part. */
static gboolean
check_entries (RedesFolderPlan *self)
{
  guint64 n = (guint64)self->top_totals.n_files + self->top_totals.n_folders;

  if (self->inside != NULL || n <= self->limits.entries)
    return TRUE;
  return refuse (self, redes_error_new (REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_ENTRIES,
                                        REDES_NOTICE_FOLDER_OVER_ENTRIES, n, self->limits.entries));
}

static gboolean
count_list (RedesFolderPlan *self, const RedesContentId *content)
{
  self->list_bytes += content->size_bytes + LIST_OVERHEAD_BYTES;
  if (self->list_bytes <= self->limits.list_bytes)
    return TRUE;
  return refuse (self, redes_error_new (REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_LISTS,
                                        REDES_NOTICE_FOLDER_OVER_LISTS,
                                        redes_notice_arg_size (self->limits.list_bytes)));
}

/* @branch: the folder that @name is in. */
static gboolean
count_path (RedesFolderPlan *self, guint branch, const char *name, guint *path_bytes)
{
  const Branch *of = get_branch (self, branch);

  *path_bytes = (of->path_bytes > 0 ? of->path_bytes + 1 : 0) + (guint)strlen (name);
  self->path_bytes += *path_bytes;
  if (*path_bytes > REDES_FOLDER_MAX_PATH_BYTES)
    return refuse (self,
                   redes_error_new (REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_PATH,
                                    REDES_NOTICE_FOLDER_OVER_PATH, REDES_FOLDER_MAX_PATH_BYTES));
  if (self->path_bytes > self->limits.path_bytes)
    return refuse (self, redes_error_new (REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_PATHS,
                                          REDES_NOTICE_FOLDER_OVER_PATHS,
                                          redes_notice_arg_size (self->limits.path_bytes)));
  return TRUE;
}

static gboolean
check_file (RedesFolderPlan *self, const RedesFolderChild *child)
{
  guint64 size = child->content.size_bytes;
  guint32 block_size = redes_block_size_for (size);

  if ((size + block_size - 1) / block_size <= MAX_BLOCKS)
    return TRUE;
  return refuse (self, redes_error_new (REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_CHILD_SIZE,
                                        REDES_NOTICE_DOWNLOAD_TOO_LARGE));
}

/* ---- The tree ---- */

/* Whether the manifest says what is in this folder, and no list above it. */
static gboolean
is_of_manifest (RedesFolderPlan *self, guint branch)
{
  return get_branch (self, branch)->parent == NONE && self->part_name == NULL;
}

/* A list that came before may be wanted in further places, and then what is said of it here has to
 * be true, too. Otherwise a folder could name one list many times, say little of each but the
 * first, and hold far more than its totals. */
static gboolean
use_list (RedesFolderPlan *self, guint branch, RedesFolder *list)
{
  RedesFolderTotals totals;
  RedesContentId content;
  GError *error = NULL;

  get_said (self, branch, &content, &totals);
  if (!redes_folder_check_totals (list, &totals, &error))
    {
      if (self->refusal == NULL)
        self->blames_manifest = is_of_manifest (self, branch);
      return refuse (self, error);
    }
  get_branch (self, branch)->list = redes_folder_ref (list);
  g_queue_push_tail (&self->ready, GUINT_TO_POINTER (branch + 1));
  return TRUE;
}

static gboolean
add_branch (RedesFolderPlan *self,
            const RedesContentId *content,
            guint parent,
            guint child,
            guint path_bytes)
{
  Branch branch = { .parent = parent, .child = child, .next = NONE, .path_bytes = path_bytes };
  guint index = self->branches->len;
  RedesFolder *list = g_hash_table_lookup (self->lists, content);
  Missing *missing = g_hash_table_lookup (self->waiting, content);

  if (missing != NULL)
    {
      branch.next = missing->first;
      missing->first = index;
    }
  g_array_append_val (self->branches, branch);
  if (list != NULL)
    return use_list (self, index, list);
  if (missing != NULL)
    return TRUE;

  missing = g_new0 (Missing, 1);
  missing->content = *content;
  missing->first = index;
  missing->link.data = missing;
  g_queue_push_tail_link (&self->missing, &missing->link);
  g_hash_table_insert (self->waiting, &missing->content, missing);
  return count_list (self, content);
}

RedesFolderPlan *
redes_folder_plan_new (const RedesContentId *top,
                       const RedesFolderTotals *totals,
                       const char *inside,
                       const char *const *only,
                       const RedesFolderLimits *limits)
{
  RedesFolderPlan *self = g_new0 (RedesFolderPlan, 1);

  self->top = *top;
  self->top_totals = *totals;
  self->limits = *limits;
  g_mutex_init (&self->names_lock);
  self->names = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
  self->branches = g_array_new (FALSE, FALSE, sizeof (Branch));
  self->leaves = g_array_new (FALSE, FALSE, sizeof (Leaf));
  self->items = g_array_new (FALSE, FALSE, sizeof (guint));
  self->by_content
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  self->lists = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free,
                                       (GDestroyNotify)redes_folder_unref);
  self->waiting
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, missing_free);
  if (inside != NULL)
    self->inside = g_strsplit (inside, "/", -1);
  if (only != NULL && only[0] != NULL)
    {
      self->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify)g_pattern_spec_free);
      self->chosen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (guint i = 0; only[i] != NULL; i++)
        if (only[i][0] == '/')
          g_hash_table_add (self->chosen, g_strdup (only[i] + 1));
        else
          g_ptr_array_add (self->patterns, g_pattern_spec_new (only[i]));
    }
  self->blames_manifest = !check_entries (self);
  if (!self->blames_manifest)
    add_branch (self, top, NONE, 0, 0);
  return self;
}

void
redes_folder_plan_free (RedesFolderPlan *self)
{
  g_hash_table_unref (self->names);
  g_mutex_clear (&self->names_lock);
  for (guint i = 0; i < self->branches->len; i++)
    g_clear_pointer (&get_branch (self, i)->list, redes_folder_unref);
  g_strfreev (self->inside);
  g_free (self->part_name);
  g_free (self->single);
  g_clear_pointer (&self->patterns, g_ptr_array_unref);
  g_clear_pointer (&self->chosen, g_hash_table_unref);
  g_array_unref (self->branches);
  g_array_unref (self->leaves);
  g_array_unref (self->items);
  g_clear_pointer (&self->by_content, g_hash_table_unref);
  g_hash_table_unref (self->lists);
  /* The links of these two queues are parts of what is freed. */
  g_hash_table_unref (self->waiting);
  while (!g_queue_is_empty (&self->came))
    missing_free (g_queue_pop_head_link (&self->came)->data);
  g_queue_clear (&self->ready);
  g_clear_error (&self->refusal);
  g_free (self);
}

void
redes_folder_plan_set_name_form (RedesFolderPlan *self, RedesNameForm form)
{
  g_mutex_lock (&self->names_lock);
  self->name_form = form;
  g_hash_table_remove_all (self->names);
  g_mutex_unlock (&self->names_lock);
}

gboolean
redes_folder_plan_depends_on_name_form (RedesFolderPlan *self)
{
  return self->depends_on_form;
}

/* ---- Lists ---- */

gboolean
redes_folder_plan_next_list (RedesFolderPlan *self,
                             GHashTable *asked,
                             RedesContentId *content,
                             RedesFolderTotals *totals)
{
  for (GList *link = self->missing.head; link != NULL && self->refusal == NULL; link = link->next)
    {
      const Missing *missing = link->data;

      if (g_hash_table_contains (asked, &missing->content))
        continue;
      get_said (self, missing->first, content, totals);
      return TRUE;
    }
  return FALSE;
}

/* The path of a child of @branch below the top, in the publisher's words or made safe. */
static char *make_path (RedesFolderPlan *self, guint branch, guint child, gboolean is_safe);

/* Whether @path, or a folder that it is in, was chosen as it is: however many were, each takes a
 * look. */
static gboolean
is_path_chosen (RedesFolderPlan *self, char *path)
{
  if (g_hash_table_contains (self->chosen, path))
    return TRUE;
  for (char *slash = strrchr (path, '/'); slash != NULL; slash = strrchr (path, '/'))
    {
      slash[1] = '\0';
      if (g_hash_table_contains (self->chosen, path))
        return TRUE;
      *slash = '\0';
    }
  return FALSE;
}

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
  return g_hash_table_size (self->chosen) > 0 && is_path_chosen (self, path);
}

static void
want_branch (RedesFolderPlan *self, guint index)
{
  for (; index != NONE && !get_branch (self, index)->is_wanted;
       index = get_branch (self, index)->parent)
    get_branch (self, index)->is_wanted = TRUE;
}

static gboolean
add_leaf (RedesFolderPlan *self, guint branch, guint index, const RedesFolderChild *child)
{
  guint path_bytes;
  Leaf leaf = { .branch = branch, .child = index, .next = NONE };
  guint number = self->leaves->len;
  guint item = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_content, &child->content));

  if (!check_file (self, child) || !count_path (self, branch, child->name, &path_bytes))
    return FALSE;
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
  return TRUE;
}

static gboolean
add_child (RedesFolderPlan *self, guint branch, guint index)
{
  RedesFolderChild child;
  guint path_bytes;

  redes_folder_get_child (get_branch (self, branch)->list, index, &child);
  self->depends_on_form = self->depends_on_form || redes_final_name_depends_on_form (child.name);
  if (child.kind == REDES_FOLDER_KIND_FOLDER)
    return count_path (self, branch, child.name, &path_bytes)
           && add_branch (self, &child.content, branch, index, path_bytes);
  return !is_chosen (self, branch, &child, index) || add_leaf (self, branch, index, &child);
}

/* One step on the way to the part that is meant. */
static gboolean
step_inside (RedesFolderPlan *self)
{
  g_autoptr (RedesFolder) list = redes_folder_ref (get_branch (self, 0)->list);
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
          self->depends_on_form = redes_final_name_depends_on_form (name);
          self->single = make_path (self, 0, i, TRUE);
          return add_leaf (self, 0, i, &child);
        }
      if (child.kind != REDES_FOLDER_KIND_FOLDER)
        break;
      redes_folder_unref (get_branch (self, 0)->list);
      g_array_set_size (self->branches, 0);
      if (!is_last)
        self->inside = g_steal_pointer (&rest);
      self->top = child.content;
      self->top_totals = child.totals;
      return check_entries (self) && add_branch (self, &child.content, NONE, 0, 0);
    }
  {
    g_autofree char *shown = redes_text_display_name (name);

    return refuse (self, redes_error_new (REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                          REDES_NOTICE_FOLDER_NO_SUCH_PART, shown));
  }
}

void
redes_folder_plan_take_list (RedesFolderPlan *self,
                             const RedesContentId *content,
                             RedesFolder *list)
{
  Missing *missing = g_hash_table_lookup (self->waiting, content);

  if (missing == NULL || self->refusal != NULL)
    return;
  g_hash_table_steal (self->waiting, content);
  g_hash_table_insert (self->lists, redes_content_id_copy (content), redes_folder_ref (list));
  missing->list = redes_folder_ref (list);
  g_queue_unlink (&self->missing, &missing->link);
  g_queue_push_tail_link (&self->came, &missing->link);
}

gboolean
redes_folder_plan_has_work (RedesFolderPlan *self)
{
  return self->refusal == NULL
         && (!g_queue_is_empty (&self->ready) || !g_queue_is_empty (&self->came));
}

/* The next folder that waited for the list that came first gets it. */
static void
hand_out_list (RedesFolderPlan *self)
{
  Missing *missing = self->came.head->data;
  guint branch = missing->first;

  missing->first = get_branch (self, branch)->next;
  use_list (self, branch, missing->list);
  if (missing->first != NONE)
    return;
  g_queue_unlink (&self->came, &missing->link);
  missing_free (missing);
}

/* Reads on in the first list that was not read to its end. */
static guint
read_some (RedesFolderPlan *self, guint max_children)
{
  guint branch = GPOINTER_TO_UINT (self->ready.head->data) - 1;
  guint n = redes_folder_get_n_children (get_branch (self, branch)->list);
  guint n_read = 0;

  if (self->inside != NULL)
    {
      g_queue_pop_head (&self->ready);
      step_inside (self);
      return max_children;
    }
  if (self->patterns == NULL)
    want_branch (self, branch);
  while (self->next_child < n && n_read < max_children)
    {
      n_read++;
      if (!add_child (self, branch, self->next_child++))
        return n_read;
    }
  if (self->next_child < n)
    return n_read;
  self->next_child = 0;
  g_queue_pop_head (&self->ready);
  return n_read + 1;
}

gboolean
redes_folder_plan_work (RedesFolderPlan *self, guint max_children, GError **error)
{
  guint n_read = 0;

  while (n_read < max_children && redes_folder_plan_has_work (self))
    if (!g_queue_is_empty (&self->ready))
      n_read += read_some (self, max_children - n_read);
    else
      {
        hand_out_list (self);
        n_read++;
      }
  if (redes_folder_plan_is_whole (self))
    {
      g_hash_table_remove_all (self->lists);
      g_clear_pointer (&self->by_content, g_hash_table_unref);
      if (self->patterns != NULL && self->items->len == 0)
        refuse (self, redes_error_new (REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                       REDES_NOTICE_FOLDER_NOTHING_CHOSEN));
    }
  if (self->refusal == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->refusal));
  return FALSE;
}

gboolean
redes_folder_plan_blames_manifest (RedesFolderPlan *self)
{
  return self->blames_manifest;
}

gboolean
redes_folder_plan_is_whole (RedesFolderPlan *self)
{
  return self->refusal == NULL && g_queue_is_empty (&self->missing)
         && g_queue_is_empty (&self->came) && g_queue_is_empty (&self->ready);
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

static guint32
hash_disk_name (const char *name)
{
  g_autofree char *key = redes_folder_dup_name_key (name);

  return g_str_hash (key);
}

static gint
compare_disk_names (gconstpointer a, gconstpointer b)
{
  const DiskName *name_a = a;
  const DiskName *name_b = b;

  if (name_a->hash != name_b->hash)
    return name_a->hash < name_b->hash ? -1 : 1;
  return name_a->index < name_b->index ? -1 : name_a->index > name_b->index;
}

/* The names in @list on the disk, sorted; @self is locked. */
static GArray *
get_disk_names (RedesFolderPlan *self, RedesFolder *list)
{
  GArray *names = g_hash_table_lookup (self->names, list);
  guint n = redes_folder_get_n_children (list);

  if (names != NULL)
    return names;
  names = g_array_sized_new (FALSE, FALSE, sizeof (DiskName), n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *disk_name = NULL;
      RedesFolderChild child;
      DiskName entry;

      redes_folder_get_child (list, i, &child);
      disk_name = redes_final_name_make (child.name, self->name_form);
      entry = (DiskName){ hash_disk_name (disk_name), i, !g_str_equal (disk_name, child.name) };
      g_array_append_val (names, entry);
    }
  g_array_sort (names, compare_disk_names);
  g_hash_table_insert (self->names, list, names);
  return names;
}

/* Whether a child of another line than @index has such a name. @or_later: also one whose name was
 * changed, too, and which comes after @index: it is not asked otherwise, as it gives way. */
static gboolean
is_anothers (GArray *names, const char *name, guint32 index, gboolean or_later)
{
  guint32 hash = hash_disk_name (name);
  guint first = 0;
  guint end = names->len;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;

      if (g_array_index (names, DiskName, middle).hash < hash)
        first = middle + 1;
      else
        end = middle;
    }
  for (; first < names->len && g_array_index (names, DiskName, first).hash == hash; first++)
    {
      const DiskName *other = &g_array_index (names, DiskName, first);

      if (other->index != index && (or_later || !other->is_changed || other->index < index))
        return TRUE;
    }
  return FALSE;
}

/* A name as it comes onto the disk. One that had to be changed may now be another's in the same
 * folder, also on a disk that knows no case, so it gets the number of its line. */
static char *
make_safe (RedesFolderPlan *self, RedesFolder *list, guint index, const char *name)
{
  g_autofree char *safe = redes_final_name_make (name, self->name_form);
  guint n = redes_folder_get_n_children (list);
  GArray *names;
  char *free_name;

  if (g_str_equal (safe, name))
    return g_steal_pointer (&safe);
  g_mutex_lock (&self->names_lock);
  names = get_disk_names (self, list);
  free_name = is_anothers (names, safe, index, FALSE) ? NULL : g_strdup (safe);
  for (guint i = 0; free_name == NULL; i++)
    {
      g_autofree char *numbered = redes_text_numbered_file_name (safe, index + 2 + i * (n + 2));

      if (i >= MAX_NUMBERS || !is_anothers (names, numbered, index, TRUE))
        free_name = g_steal_pointer (&numbered);
    }
  g_mutex_unlock (&self->names_lock);
  return free_name;
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
      g_ptr_array_add (names, is_safe ? make_safe (self, of->list, child, found.name)
                                      : g_strdup (found.name));
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

guint
redes_folder_plan_get_first_place (RedesFolderPlan *self, guint item)
{
  return g_array_index (self->items, guint, item);
}

gboolean
redes_folder_plan_place_depends_on_name_form (RedesFolderPlan *self, guint place)
{
  const Leaf *leaf = &g_array_index (self->leaves, Leaf, place);
  guint child = leaf->child;
  guint branch = leaf->branch;

  while (branch != NONE)
    {
      const Branch *of = get_branch (self, branch);
      RedesFolderChild found;

      redes_folder_get_child (of->list, child, &found);
      if (redes_final_name_depends_on_form (found.name))
        return TRUE;
      child = of->child;
      branch = of->parent;
    }
  return FALSE;
}

RedesFolderPlace *
redes_folder_plan_next_place (RedesFolderPlan *self, guint *place)
{
  RedesFolderPlace *next;
  RedesFolderChild child;
  const Leaf *at;

  if (*place == NONE)
    return NULL;
  at = &g_array_index (self->leaves, Leaf, *place);
  next = g_new (RedesFolderPlace, 1);
  get_child (self, *place, &child);
  *next = (RedesFolderPlace){ .path = make_path (self, at->branch, at->child, TRUE),
                              .content = child.content,
                              .time_s = child.time_s,
                              .is_executable = child.kind == REDES_FOLDER_KIND_EXECUTABLE };
  *place = at->next;
  return next;
}

GPtrArray *
redes_folder_plan_list_places (RedesFolderPlan *self, guint item)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (redes_folder_place_free);
  guint at = redes_folder_plan_get_first_place (self, item);
  RedesFolderPlace *place;

  while ((place = redes_folder_plan_next_place (self, &at)) != NULL)
    g_ptr_array_add (places, place);
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

char *
redes_folder_plan_next_folder (RedesFolderPlan *self, guint *folder)
{
  /* A folder stands behind the one it is in; the first is the top. */
  while (++*folder < self->branches->len && self->single == NULL)
    {
      const Branch *branch = get_branch (self, *folder);

      if (branch->is_wanted)
        return make_path (self, branch->parent, branch->child, TRUE);
    }
  return NULL;
}

/* ---- Telling ---- */

typedef struct
{
  RedesFolderPlan *plan;
  GHashTable *by_line; /* "branch child" -> branch + 1, or item + 1 */
  RedesFolderLineFunc func;
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
      below = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_line, line));
      if (child.kind != REDES_FOLDER_KIND_FOLDER)
        {
          /* One that was not chosen is no item. */
          if (below > 0)
            self->func (path, FALSE, child.content.size_bytes, below - 1, self->user_data);
          continue;
        }
      if (below == 0 || !get_branch (self->plan, below - 1)->is_wanted)
        continue;
      self->func (path, TRUE, child.totals.bytes, 0, self->user_data);
      tell_branch (self, below - 1, path);
    }
}

void
redes_folder_plan_each (RedesFolderPlan *self, RedesFolderLineFunc func, gpointer user_data)
{
  Telling telling = { self, NULL, func, user_data };

  if (self->single != NULL)
    {
      RedesFolderChild child;

      get_child (self, 0, &child);
      func (child.name, FALSE, child.content.size_bytes, 0, user_data);
      return;
    }
  telling.by_line = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 1; i < self->branches->len; i++)
    {
      const Branch *branch = get_branch (self, i);

      g_hash_table_insert (telling.by_line, make_line (branch->parent, branch->child),
                           GUINT_TO_POINTER (i + 1));
    }
  for (guint i = 0; i < self->items->len; i++)
    for (guint at = g_array_index (self->items, guint, i); at != NONE;
         at = g_array_index (self->leaves, Leaf, at).next)
      {
        const Leaf *leaf = &g_array_index (self->leaves, Leaf, at);

        g_hash_table_insert (telling.by_line, make_line (leaf->branch, leaf->child),
                             GUINT_TO_POINTER (i + 1));
      }
  tell_branch (&telling, 0, "");
  g_hash_table_unref (telling.by_line);
}

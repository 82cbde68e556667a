/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/folder-tree.h"

#include "engine/base/natural-order.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/library/holding-private.h"
#include "engine/library/shared-paths.h"
#include "engine/library/signer.h"

#include <glib/gstdio.h>
#include <string.h>

/* What one job of a worker makes: so many lists, or a few more children than so many. */
#define JOB_FOLDERS 64
#define JOB_CHILDREN 20000
/* Lists of before a change that are handed out: so many, with so many children in all. */
#define MAX_KEPT 256
#define MAX_KEPT_CHILDREN (1u << 18)
/* Names of which is remembered that they were told to be left out. */
#define MAX_TOLD 4096

typedef struct _Node Node;
typedef struct _SignRequest SignRequest;

/**
 * Node:
 * @path: its key
 * @name: in the list of the folder above
 * @parent: (nullable): %NULL for one that is in no other
 * @folders: (nullable): of Node
 * @added: (nullable): of RedesHolding: files that came since the snapshot
 * @snapshot: (nullable): what it holds, as far as no file has come or gone
 * @tree: (nullable): of the snapshot's list, until it is signed
 * @holding: (nullable): its list, signed, in the share index
 * @request: (nullable): while it is being signed
 * @seen_by: the last scan that has met it
 * @is_there: the folder was met on the disk
 * @is_scanned: (of a top): all below it was met once
 * @is_queued: it is in a bucket, or postponed
 * @has_failed: no list can hold what is in it
 * @forgets: what is unshared is handed out no more: the next list replaces this one at once
 */
struct _Node
{
  char *path;
  char *name;
  Node *parent;
  GPtrArray *folders;
  GPtrArray *added;
  RedesFolderSnapshot *snapshot;
  RedesHashTree *tree;
  RedesHolding *holding;
  SignRequest *request;
  guint seen_by;
  guint depth;
  guint is_there : 1;
  guint is_scanned : 1;
  guint is_queued : 1;
  guint has_failed : 1;
  guint forgets : 1;
};

/* A list that is to be signed. It holds what a worker reads: the node may be gone before the end.
 */
struct _SignRequest
{
  Node *node; /* (nullable): %NULL when it is not wanted any more */
  char *name;
  RedesFolderSnapshot *snapshot;
  RedesHashTree *tree;
};

/* A list that was replaced. */
typedef struct
{
  RedesHolding *holding;
  char *path;
  gint64 until_us;
} Kept;

/* One folder in a worker's hands. */
typedef struct
{
  Node *node;
  char *path;
  RedesFolderDraft *draft;
  GPtrArray *added; /* what the node had; back to it if nothing comes of this */
  gboolean is_there;
  RedesFolderSnapshot *snapshot;
  RedesHashTree *tree;
  GPtrArray *left_out;
  GError *error;
} JobItem;

typedef struct
{
  RedesFolderTree *owner; /* (nullable): %NULL when the tree is gone */
  GPtrArray *items;
} Job;

struct _RedesFolderTree
{
  RedesWorkers *workers;
  RedesShareIndex *present;
  RedesFolderTreeEvents events;
  gpointer user_data;
  RedesFolderTreePeriods periods;
  GMainContext *context;
  RedesSigner *signer;

  GHashTable *nodes;     /* path -> Node */
  GPtrArray *buckets;    /* by depth: GPtrArray of Node: lists that have to be made */
  GPtrArray *postponed;  /* of Node: those that have to wait for a scan or for what is hashed */
  GHashTable *unsigned_; /* set of Node: their lists are not signed yet */
  Job *job;              /* (nullable) */
  guint n_signing;
  GSource *timer;
  gboolean waits_for_time; /* some of those postponed are looked at again by the timer */

  GQueue kept; /* of Kept */
  guint n_kept_children;
  GSource *kept_timer;
  GHashTable *told;
  GHashTable *remembered; /* path -> RedesManifest: what was signed in an earlier run */
};

static void go_on (RedesFolderTree *self);

/* ---- Nodes ---- */

static void
node_free (gpointer data)
{
  Node *node = data;

  if (node->request != NULL)
    node->request->node = NULL;
  g_free (node->path);
  g_free (node->name);
  g_clear_pointer (&node->folders, g_ptr_array_unref);
  g_clear_pointer (&node->added, g_ptr_array_unref);
  g_clear_pointer (&node->snapshot, redes_folder_snapshot_unref);
  g_clear_pointer (&node->tree, redes_hash_tree_unref);
  g_clear_pointer (&node->holding, redes_holding_unref);
  g_free (node);
}

static char *
make_name (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (redes_folder_check_name (name, strlen (name), NULL))
    return g_steal_pointer (&name);
  return redes_text_make_safe_file_name (name, REDES_FOLDER_MAX_NAME_BYTES);
}

static guint
count_levels (const char *path)
{
  guint n = 0;

  for (; *path != '\0'; path++)
    n += *path == G_DIR_SEPARATOR;
  return n;
}

static gboolean
on_timer (gpointer data)
{
  RedesFolderTree *self = data;

  redes_timer_clear (&self->timer);
  go_on (self);
  return G_SOURCE_REMOVE;
}

static void
start_timer (RedesFolderTree *self)
{
  if (self->timer == NULL)
    redes_timer_set (&self->timer, self->context, self->periods.wait_ms, on_timer, self);
}

static void
enqueue (RedesFolderTree *self, Node *node)
{
  while (self->buckets->len <= node->depth)
    g_ptr_array_add (self->buckets, g_ptr_array_new ());
  g_ptr_array_add (self->buckets->pdata[node->depth], node);
}

/* The list of @node has to be made anew. */
static void
mark (RedesFolderTree *self, Node *node)
{
  if (!node->is_queued)
    {
      node->is_queued = TRUE;
      enqueue (self, node);
    }
  start_timer (self);
}

static void
link_to_parent (RedesFolderTree *self, Node *node, Node *parent)
{
  node->parent = parent;
  if (parent->folders == NULL)
    parent->folders = g_ptr_array_new ();
  g_ptr_array_add (parent->folders, node);
  mark (self, parent);
}

/* (nullable): %NULL if that folder is not shared */
static Node *
ensure_node (RedesFolderTree *self, const char *path)
{
  Node *node = g_hash_table_lookup (self->nodes, path);
  g_autofree char *above = NULL;
  Node *parent;

  /* Only a scan tells that there is a folder above one that had none. */
  if (node != NULL)
    return node;
  if (!self->events.wants (path, self->user_data))
    return NULL;

  node = g_new0 (Node, 1);
  node->path = g_strdup (path);
  node->name = make_name (path);
  node->depth = count_levels (path);
  g_hash_table_insert (self->nodes, node->path, node);
  mark (self, node);

  above = g_path_get_dirname (path);
  parent = g_str_equal (above, path) ? NULL : ensure_node (self, above);
  if (parent != NULL)
    link_to_parent (self, node, parent);
  return node;
}

static Node *
get_top (Node *node)
{
  while (node->parent != NULL)
    node = node->parent;
  return node;
}

static Node *
find_node_of (RedesFolderTree *self, RedesHolding *holding)
{
  g_autofree char *path = redes_holding_dup_path (holding);
  g_autofree char *folder = g_path_get_dirname (path);

  return g_hash_table_lookup (self->nodes, folder);
}

/* ---- Lists that were replaced ---- */

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  redes_holding_unref (kept->holding);
  g_free (kept->path);
  g_free (kept);
}

static void
drop_kept (RedesFolderTree *self, GList *link)
{
  Kept *kept = link->data;

  self->n_kept_children
      -= redes_folder_snapshot_get_n_children (redes_holding_get_folder (kept->holding));
  redes_share_index_remove (self->present, kept->holding);
  g_queue_delete_link (&self->kept, link);
  kept_free (kept);
}

static gboolean
on_kept_timer (gpointer data)
{
  RedesFolderTree *self = data;
  gint64 now_us = g_get_monotonic_time ();
  Kept *first;

  while ((first = g_queue_peek_head (&self->kept)) != NULL && first->until_us <= now_us)
    drop_kept (self, self->kept.head);
  if (first != NULL)
    return G_SOURCE_CONTINUE;
  redes_timer_clear (&self->kept_timer);
  return G_SOURCE_REMOVE;
}

/* The list that @node had is not what is shared any more, but somebody may be fetching it. */
static void
retire (RedesFolderTree *self, Node *node, gboolean is_kept)
{
  g_autoptr (RedesHolding) holding = g_steal_pointer (&node->holding);
  guint n_children;
  Kept *kept;

  if (holding == NULL)
    return;
  self->events.gone (holding, node->path, self->user_data);
  n_children = redes_folder_snapshot_get_n_children (redes_holding_get_folder (holding));
  if (!is_kept || n_children > MAX_KEPT_CHILDREN)
    {
      redes_share_index_remove (self->present, holding);
      return;
    }

  kept = g_new (Kept, 1);
  kept->holding = g_steal_pointer (&holding);
  kept->path = g_strdup (node->path);
  kept->until_us = g_get_monotonic_time () + (gint64)self->periods.keep_ms * 1000;
  g_queue_push_tail (&self->kept, kept);
  self->n_kept_children += n_children;
  while (self->kept.length > MAX_KEPT || self->n_kept_children > MAX_KEPT_CHILDREN)
    drop_kept (self, self->kept.head);
  if (self->kept_timer == NULL)
    redes_timer_set (&self->kept_timer, self->context, MAX (self->periods.keep_ms / 4, 1),
                     on_kept_timer, self);
}

/* ---- Removing a node ---- */

/* @node: in no bucket, and in no job. */
static void
remove_node (RedesFolderTree *self, Node *node, gboolean is_kept)
{
  retire (self, node, is_kept && !node->forgets);
  g_hash_table_remove (self->unsigned_, node);
  if (node->parent != NULL)
    {
      g_ptr_array_remove_fast (node->parent->folders, node);
      mark (self, node->parent);
    }
  for (guint i = 0; node->folders != NULL && i < node->folders->len; i++)
    {
      Node *child = node->folders->pdata[i];

      child->parent = NULL;
      mark (self, child);
    }
  g_hash_table_remove (self->nodes, node->path);
}

static gboolean
has_folders (Node *node)
{
  return node->folders != NULL && node->folders->len > 0;
}

/* ---- Making lists ---- */

/* Told once: the list is made anew at each change. */
static void
tell_left_out (RedesFolderTree *self, const JobItem *item)
{
  for (guint i = 0; item->left_out != NULL && i < item->left_out->len; i += 2)
    {
      g_autofree char *path = g_build_filename (item->path, item->left_out->pdata[i], NULL);
      g_autofree char *shown = redes_text_display_path (path);
      g_autofree char *other = redes_text_display_name (item->left_out->pdata[i + 1]);
      g_autoptr (RedesNotice) notice = NULL;

      if (g_hash_table_contains (self->told, path))
        continue;
      if (g_hash_table_size (self->told) >= MAX_TOLD)
        g_hash_table_remove_all (self->told);
      g_hash_table_add (self->told, g_strdup (path));
      notice = redes_notice_new (REDES_NOTICE_FOLDER_LEAVES_OUT, shown, other);
      self->events.notice (notice, self->user_data);
    }
}

static void
tell_failed (RedesFolderTree *self, const JobItem *item)
{
  g_autofree char *shown = redes_text_display_path (item->path);
  g_autoptr (RedesNotice) notice
      = redes_notice_new (REDES_NOTICE_FOLDER_NOT_SHARED, shown, item->error);

  if (!item->node->has_failed)
    self->events.notice (notice, self->user_data);
}

static void
job_item_free (gpointer data)
{
  JobItem *item = data;

  g_free (item->path);
  g_clear_pointer (&item->draft, redes_folder_draft_free);
  g_clear_pointer (&item->added, g_ptr_array_unref);
  g_clear_pointer (&item->snapshot, redes_folder_snapshot_unref);
  g_clear_pointer (&item->tree, redes_hash_tree_unref);
  g_clear_pointer (&item->left_out, g_ptr_array_unref);
  g_clear_error (&item->error);
  g_free (item);
}

static void
run_job (gpointer data)
{
  Job *job = data;

  for (guint i = 0; i < job->items->len; i++)
    {
      JobItem *item = job->items->pdata[i];
      GStatBuf info;

      /* With a drive that was taken away all files go one after the other: that is no change of the
       * folder, and nothing to make lists of. */
      item->is_there = g_lstat (item->path, &info) == 0 && S_ISDIR (info.st_mode);
      if (!item->is_there)
        continue;
      item->left_out = g_ptr_array_new_with_free_func (g_free);
      item->snapshot
          = redes_folder_draft_make (item->draft, item->left_out, &item->tree, &item->error);
    }
}

static void
add_back (Node *node, GPtrArray *added)
{
  if (added == NULL)
    return;
  if (node->added == NULL)
    node->added = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  for (guint i = 0; i < added->len; i++)
    g_ptr_array_add (node->added, redes_holding_ref (added->pdata[i]));
}

/* ---- Lists of an earlier run ---- */

void
redes_folder_tree_remember (RedesFolderTree *self, const char *path, RedesManifest *manifest)
{
  g_hash_table_insert (self->remembered, g_strdup (path), redes_manifest_ref (manifest));
}

/* (nullable) (transfer full): what was signed for @node, if it is of the list that it has now. What
 * was signed for another list of it is forgotten. */
static RedesManifest *
take_remembered (RedesFolderTree *self, Node *node)
{
  g_autoptr (RedesManifest) manifest = NULL;
  g_autofree char *path = NULL;
  RedesFolderTotals totals;

  if (!g_hash_table_steal_extended (self->remembered, node->path, (gpointer *)&path,
                                    (gpointer *)&manifest))
    return NULL;
  if (redes_manifest_get_folder (manifest, &totals)
      && redes_content_id_equal (redes_manifest_get_content (manifest),
                                 redes_folder_snapshot_get_content (node->snapshot))
      && redes_folder_totals_equal (&totals, redes_folder_snapshot_get_totals (node->snapshot))
      && g_str_equal (redes_manifest_get_name (manifest), node->name))
    return g_steal_pointer (&manifest);
  self->events.forgotten (path, manifest, self->user_data);
  return NULL;
}

/* All at @path and below was seen, and what is remembered of folders that are not there is of no
 * use any more. */
static void
forget_missing (RedesFolderTree *self, const char *path)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->remembered);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (redes_path_is_below (key, path) && !g_hash_table_contains (self->nodes, key))
      {
        self->events.forgotten (key, value, self->user_data);
        g_hash_table_iter_remove (&iter);
      }
}

static gboolean
is_same_content (const RedesFolderSnapshot *snapshot, RedesHolding *holding)
{
  return holding != NULL
         && redes_content_id_equal (
             redes_folder_snapshot_get_content ((RedesFolderSnapshot *)snapshot),
             redes_manifest_get_content (redes_holding_get_manifest (holding)));
}

/* @manifest is of the list that @node has now. */
static void
give_list (RedesFolderTree *self,
           Node *node,
           RedesManifest *manifest,
           RedesFolderSnapshot *snapshot,
           RedesHashTree *tree)
{
  g_autoptr (RedesHolding) holding = redes_holding_new_folder (snapshot, manifest, tree);
  g_autofree char *path = g_strdup (node->path);

  redes_share_index_add (self->present, holding);
  self->events.made (holding, path, node->parent == NULL, self->user_data);
  retire (self, node, !node->forgets);
  node->forgets = FALSE;
  node->holding = g_steal_pointer (&holding);
}

static void
take_snapshot (RedesFolderTree *self, Node *node, JobItem *item)
{
  gboolean is_new = node->has_failed || node->snapshot == NULL
                    || !redes_content_id_equal (redes_folder_snapshot_get_content (node->snapshot),
                                                redes_folder_snapshot_get_content (item->snapshot));

  if (node->request != NULL && is_new)
    g_steal_pointer (&node->request)->node = NULL;
  node->has_failed = FALSE;
  node->is_there = TRUE;
  g_clear_pointer (&node->snapshot, redes_folder_snapshot_unref);
  node->snapshot = g_steal_pointer (&item->snapshot);
  if (!is_new)
    return;

  g_clear_pointer (&node->tree, redes_hash_tree_unref);
  if (is_same_content (node->snapshot, node->holding))
    g_hash_table_remove (self->unsigned_, node);
  else
    {
      g_autoptr (RedesManifest) manifest = take_remembered (self, node);

      node->tree = g_steal_pointer (&item->tree);
      if (manifest != NULL)
        {
          g_hash_table_remove (self->unsigned_, node);
          give_list (self, node, manifest, node->snapshot, node->tree);
          g_clear_pointer (&node->tree, redes_hash_tree_unref);
        }
      else
        g_hash_table_add (self->unsigned_, node);
    }
  if (node->parent != NULL)
    mark (self, node->parent);
}

static void
take_failure (RedesFolderTree *self, Node *node, JobItem *item)
{
  add_back (node, item->added);
  if (!item->is_there)
    {
      node->is_there = FALSE;
      /* An empty folder in it is gone, too, and nothing else would tell. */
      for (guint i = 0; node->folders != NULL && i < node->folders->len; i++)
        mark (self, node->folders->pdata[i]);
      if (!node->is_queued && redes_folder_draft_get_n_children (item->draft) == 0)
        remove_node (self, node, TRUE);
      return;
    }

  tell_failed (self, item);
  if (node->request != NULL)
    g_steal_pointer (&node->request)->node = NULL;
  g_hash_table_remove (self->unsigned_, node);
  retire (self, node, !node->forgets);
  if (!node->has_failed && node->parent != NULL)
    mark (self, node->parent);
  node->has_failed = TRUE;
}

static void
job_done (gpointer data)
{
  Job *job = data;
  RedesFolderTree *self = job->owner;

  if (self != NULL)
    {
      self->job = NULL;
      for (guint i = 0; i < job->items->len; i++)
        {
          JobItem *item = job->items->pdata[i];

          tell_left_out (self, item);
          if (item->snapshot != NULL)
            take_snapshot (self, item->node, item);
          else
            take_failure (self, item->node, item);
        }
      go_on (self);
    }
  g_ptr_array_unref (job->items);
  g_free (job);
}

static void
gather_files (RedesFolderTree *self, Node *node, RedesFolderDraft *draft)
{
  for (guint i = 0;
       node->snapshot != NULL && i < redes_folder_snapshot_get_n_children (node->snapshot); i++)
    {
      RedesHolding *holding = redes_folder_snapshot_get_file (node->snapshot, i);

      if (holding != NULL && redes_share_index_contains (self->present, holding))
        redes_folder_draft_add_file (draft, holding);
    }
  for (guint i = 0; node->added != NULL && i < node->added->len; i++)
    {
      RedesHolding *holding = node->added->pdata[i];

      if (redes_share_index_contains (self->present, holding)
          && redes_folder_snapshot_get_file_name (holding) != NULL)
        redes_folder_draft_add_file (draft, holding);
    }
}

/* (nullable): %NULL if the node is gone */
static JobItem *
begin_item (RedesFolderTree *self, Node *node)
{
  g_autoptr (RedesFolderDraft) draft = NULL;
  JobItem *item;

  if (!self->events.wants (node->path, self->user_data))
    {
      remove_node (self, node, FALSE);
      return NULL;
    }

  draft = redes_folder_draft_new (node->name);
  gather_files (self, node, draft);
  if (!node->is_there && !has_folders (node) && redes_folder_draft_get_n_children (draft) == 0)
    {
      remove_node (self, node, TRUE);
      return NULL;
    }
  for (guint i = 0; node->folders != NULL && i < node->folders->len; i++)
    {
      const Node *child = node->folders->pdata[i];

      if (child->snapshot != NULL && !child->has_failed)
        redes_folder_draft_add_folder (draft, child->snapshot);
    }

  item = g_new0 (JobItem, 1);
  item->node = node;
  item->path = g_strdup (node->path);
  item->draft = g_steal_pointer (&draft);
  item->added = g_steal_pointer (&node->added);
  return item;
}

/* Whether it is worth while to make the list of @node; else it waits. */
static gboolean
is_ready (RedesFolderTree *self, Node *node, GHashTable *settled)
{
  Node *top = get_top (node);
  gpointer known;

  /* What is not wanted goes at once. */
  if (!self->events.wants (node->path, self->user_data))
    return TRUE;
  if (!top->is_scanned)
    return node->snapshot == NULL && node->added == NULL && !has_folders (node) && !node->is_there;
  if (!g_hash_table_lookup_extended (settled, top, NULL, &known))
    {
      known = GINT_TO_POINTER (self->events.is_settled (top->path, self->user_data));
      g_hash_table_insert (settled, top, known);
    }
  self->waits_for_time = self->waits_for_time || !GPOINTER_TO_INT (known);
  return GPOINTER_TO_INT (known);
}

/* The lowest folders of those whose lists have to be made; %NULL when there are none. */
static GPtrArray *
find_lowest (RedesFolderTree *self)
{
  for (guint depth = self->buckets->len; depth > 0; depth--)
    if (((GPtrArray *)self->buckets->pdata[depth - 1])->len > 0)
      return self->buckets->pdata[depth - 1];
  return NULL;
}

/* Folders of one depth do not depend on each other. */
static GPtrArray *
choose_items (RedesFolderTree *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (job_item_free);
  g_autoptr (GHashTable) settled = g_hash_table_new (NULL, NULL);
  guint n_children = 0;
  GPtrArray *bucket;

  while (items->len == 0 && (bucket = find_lowest (self)) != NULL)
    while (bucket->len > 0 && items->len < JOB_FOLDERS && n_children < JOB_CHILDREN)
      {
        Node *node = g_ptr_array_steal_index_fast (bucket, bucket->len - 1);
        JobItem *item;

        if (!is_ready (self, node, settled))
          {
            g_ptr_array_add (self->postponed, node);
            continue;
          }
        node->is_queued = FALSE;
        item = begin_item (self, node);
        if (item == NULL)
          continue;
        n_children += redes_folder_draft_get_n_children (item->draft);
        g_ptr_array_add (items, item);
      }
  return items;
}

/* ---- Signing ---- */

static void
sign_request_free (gpointer data)
{
  SignRequest *request = data;

  redes_folder_snapshot_unref (request->snapshot);
  redes_hash_tree_unref (request->tree);
  g_free (request->name);
  g_free (request);
}

static void
on_signed (RedesManifest *manifest, const GError *error, gpointer data, gpointer user_data)
{
  SignRequest *request = data;
  RedesFolderTree *self = user_data;
  Node *node = request->node;

  self->n_signing--;
  if (node != NULL)
    {
      node->request = NULL;
      if (manifest == NULL)
        {
          g_autoptr (RedesNotice) notice = redes_notice_new_of_error (error);

          self->events.notice (notice, self->user_data);
        }
      else
        give_list (self, node, manifest, request->snapshot, request->tree);
    }
  sign_request_free (request);
}

static void
sign_all (RedesFolderTree *self)
{
  GHashTableIter iter;
  gpointer key;

  if (g_hash_table_size (self->unsigned_) == 0)
    return;

  g_hash_table_iter_init (&iter, self->unsigned_);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Node *node = key;
      SignRequest *request;

      g_hash_table_iter_remove (&iter);
      request = g_new (SignRequest, 1);
      request->node = node;
      request->name = g_strdup (node->name);
      request->snapshot = redes_folder_snapshot_ref (node->snapshot);
      request->tree = g_steal_pointer (&node->tree);
      if (node->request != NULL)
        node->request->node = NULL;
      node->request = request;
      self->n_signing++;
      redes_signer_add (self->signer, request->name, request->tree,
                        redes_folder_snapshot_get_totals (request->snapshot), request);
    }
  redes_signer_hurry (self->signer);
}

/* ---- One step after the other ---- */

static void
requeue_postponed (RedesFolderTree *self)
{
  for (guint i = 0; i < self->postponed->len; i++)
    enqueue (self, self->postponed->pdata[i]);
  g_ptr_array_set_size (self->postponed, 0);
  self->waits_for_time = FALSE;
}

static void
go_on (RedesFolderTree *self)
{
  g_autoptr (GPtrArray) items = NULL;

  if (self->job != NULL)
    return;
  if (find_lowest (self) == NULL)
    requeue_postponed (self);
  redes_timer_clear (&self->timer);

  items = choose_items (self);
  if (items->len > 0)
    {
      self->job = g_new (Job, 1);
      self->job->owner = self;
      self->job->items = g_steal_pointer (&items);
      redes_workers_push (self->workers, run_job, job_done, self->job);
      return;
    }
  sign_all (self);
  if (self->waits_for_time)
    start_timer (self);
}

/* ---- The tree ---- */

RedesFolderTree *
redes_folder_tree_new (RedesIdentity *identity,
                       RedesWorkers *workers,
                       RedesShareIndex *present,
                       const RedesFolderTreeEvents *events,
                       gpointer user_data)
{
  RedesFolderTree *self = g_new0 (RedesFolderTree, 1);

  self->workers = workers;
  self->present = present;
  self->events = *events;
  self->user_data = user_data;
  self->periods = (RedesFolderTreePeriods){ .wait_ms = 300, .keep_ms = 10 * 60 * 1000 };
  self->context = g_main_context_ref_thread_default ();
  self->signer = redes_signer_new (identity, workers, on_signed, sign_request_free, self);
  self->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, node_free);
  self->buckets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  self->postponed = g_ptr_array_new ();
  self->unsigned_ = g_hash_table_new (NULL, NULL);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->remembered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)redes_manifest_unref);
  return self;
}

void
redes_folder_tree_free (RedesFolderTree *self)
{
  if (self->job != NULL)
    self->job->owner = NULL;
  redes_timer_clear (&self->timer);
  redes_timer_clear (&self->kept_timer);
  redes_signer_free (self->signer);
  g_queue_clear_full (&self->kept, kept_free);
  g_hash_table_unref (self->unsigned_);
  g_ptr_array_unref (self->postponed);
  g_ptr_array_unref (self->buckets);
  g_hash_table_unref (self->nodes);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->remembered);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_folder_tree_set_periods (RedesFolderTree *self, const RedesFolderTreePeriods *periods)
{
  self->periods = *periods;
}

void
redes_folder_tree_add_file (RedesFolderTree *self, RedesHolding *holding)
{
  g_autofree char *path = redes_holding_dup_path (holding);
  g_autofree char *folder = g_path_get_dirname (path);
  Node *node;

  if (!self->events.wants (path, self->user_data))
    return;
  node = ensure_node (self, folder);
  /* A file that is shared by itself is in no folder. */
  if (node == NULL)
    return;
  if (node->added == NULL)
    node->added = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  g_ptr_array_add (node->added, redes_holding_ref (holding));
  mark (self, node);
}

void
redes_folder_tree_remove_file (RedesFolderTree *self, RedesHolding *holding)
{
  redes_folder_tree_touch_file (self, holding);
}

void
redes_folder_tree_touch_file (RedesFolderTree *self, RedesHolding *holding)
{
  Node *node = find_node_of (self, holding);

  if (node != NULL)
    mark (self, node);
}

void
redes_folder_tree_see (RedesFolderTree *self, const char *path, guint scan)
{
  Node *node = ensure_node (self, path);
  g_autofree char *above = NULL;
  Node *parent;

  if (node == NULL)
    return;
  node->seen_by = MAX (node->seen_by, scan);
  if (!node->is_there)
    {
      node->is_there = TRUE;
      mark (self, node);
    }
  if (node->parent != NULL)
    return;

  /* What was shared by itself may be in a folder that is shared now. */
  above = g_path_get_dirname (path);
  parent = g_str_equal (above, path) ? NULL : ensure_node (self, above);
  if (parent != NULL && node->parent == NULL)
    link_to_parent (self, node, parent);
}

void
redes_folder_tree_seen_all (RedesFolderTree *self, const char *path, guint scan)
{
  Node *top = g_hash_table_lookup (self->nodes, path);
  GHashTableIter iter;
  gpointer value;

  forget_missing (self, path);
  if (top == NULL)
    return;
  top->is_scanned = TRUE;
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Node *node = value;

      if (node->seen_by < scan && node->is_there && redes_path_is_below (node->path, path))
        {
          node->is_there = FALSE;
          mark (self, node);
        }
    }
  if (self->postponed->len > 0)
    {
      requeue_postponed (self);
      start_timer (self);
    }
}

void
redes_folder_tree_reconsider (RedesFolderTree *self, const char *path)
{
  GHashTableIter iter;
  gpointer value;
  GList *next;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Node *node = value;
      gboolean is_below = redes_path_is_below (node->path, path);

      if (is_below || redes_path_is_below (path, node->path))
        node->forgets = TRUE;
      if (is_below)
        mark (self, node);
    }
  for (GList *link = self->kept.head; link != NULL; link = next)
    {
      const Kept *kept = link->data;

      next = link->next;
      if (redes_path_is_below (kept->path, path) || redes_path_is_below (path, kept->path))
        drop_kept (self, link);
    }
}

gboolean
redes_folder_tree_is_busy (RedesFolderTree *self)
{
  return self->job != NULL || self->n_signing > 0 || self->timer != NULL
         || g_hash_table_size (self->unsigned_) > 0;
}

/* ---- Looking ---- */

typedef struct
{
  char *key;
  RedesHolding *holding;
} Top;

static gint
compare_tops (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Top *)a)->key, ((const Top *)b)->key);
}

GPtrArray *
redes_folder_tree_list_tops (RedesFolderTree *self)
{
  GPtrArray *tops = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Top));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Node *node = value;
      Top top;

      if (node->parent != NULL || node->holding == NULL)
        continue;
      top.key = redes_natural_order_make_key (node->name);
      top.holding = node->holding;
      g_array_append_val (found, top);
    }
  g_array_sort (found, compare_tops);
  for (guint i = 0; i < found->len; i++)
    {
      g_ptr_array_add (tops, redes_holding_ref (g_array_index (found, Top, i).holding));
      g_free (g_array_index (found, Top, i).key);
    }
  return tops;
}

GPtrArray *
redes_folder_tree_list (RedesFolderTree *self)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((const Node *)value)->holding != NULL)
      g_ptr_array_add (all, redes_holding_ref (((const Node *)value)->holding));
  return all;
}

RedesHolding *
redes_folder_tree_lookup (RedesFolderTree *self, const char *path)
{
  const Node *node = g_hash_table_lookup (self->nodes, path);

  return node != NULL ? node->holding : NULL;
}

guint
redes_folder_tree_get_n_kept (RedesFolderTree *self)
{
  return self->kept.length;
}

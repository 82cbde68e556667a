/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/folder-snapshot.h"

#include "engine/library/holding-private.h"
#include "engine/platform/file-time.h"

#include <string.h>

#define SECOND_NS G_GINT64_CONSTANT (1000000000)

/* A child: a pointer to a RedesHolding or a RedesFolderSnapshot, in whose lowest bits, which are 0
 * in every address that malloc() gives, is its RedesFolderKind. */
typedef guintptr Child;

#define KIND_BITS ((guintptr)3)

G_STATIC_ASSERT (REDES_FOLDER_KIND_FILE <= 3 && REDES_FOLDER_KIND_EXECUTABLE <= 3
                 && REDES_FOLDER_KIND_FOLDER <= 3);

struct _RedesFolderSnapshot
{
  gatomicrefcount refs;
  guint n_children;
  char *name;
  RedesContentId content;
  RedesFolderTotals totals;
  RedesFolder *list; /* (nullable): of a folder that was fetched, whose children are not here */
  Child children[];
};

struct _RedesFolderDraft
{
  char *name;
  GArray *children; /* of Child */
};

static RedesFolderKind
get_kind (Child child)
{
  return (RedesFolderKind)(child & KIND_BITS);
}

static gpointer
get_pointer (Child child)
{
  return (gpointer)(child & ~KIND_BITS);
}

static void
child_release (Child child)
{
  if (get_kind (child) == REDES_FOLDER_KIND_FOLDER)
    redes_folder_snapshot_unref (get_pointer (child));
  else
    redes_holding_unref (get_pointer (child));
}

/* ---- One line of the list ---- */

const char *
redes_folder_snapshot_get_file_name (RedesHolding *holding)
{
  const char *own = redes_holding_get_base_name (holding);
  const char *said = redes_manifest_get_name (redes_holding_get_manifest (holding));

  if (redes_folder_check_name (own, strlen (own), NULL))
    return own;
  /* What was shared with a name that is no text has one that is in its manifest. */
  return redes_folder_check_name (said, strlen (said), NULL) ? said : NULL;
}

static gint64
get_time_s (RedesHolding *holding)
{
  gint64 mtime_ns = redes_holding_get_mtime_ns (holding);

  if (mtime_ns == REDES_FILE_TIME_UNKNOWN || mtime_ns < 0)
    return 0;
  return MIN (mtime_ns / SECOND_NS, REDES_MAX_TIME_S);
}

static void
describe (Child child, RedesFolderChild *out)
{
  memset (out, 0, sizeof *out);
  out->kind = get_kind (child);
  out->data = (gpointer)child;
  if (out->kind == REDES_FOLDER_KIND_FOLDER)
    {
      const RedesFolderSnapshot *folder = get_pointer (child);

      out->name = folder->name;
      out->content = folder->content;
      out->totals = folder->totals;
    }
  else
    {
      RedesHolding *holding = get_pointer (child);

      out->name = redes_folder_snapshot_get_file_name (holding);
      out->content = *redes_manifest_get_content (redes_holding_get_manifest (holding));
      out->time_s = get_time_s (holding);
    }
}

/* ---- Making one ---- */

RedesFolderDraft *
redes_folder_draft_new (const char *name)
{
  RedesFolderDraft *self = g_new (RedesFolderDraft, 1);

  self->name = g_strdup (name);
  self->children = g_array_new (FALSE, FALSE, sizeof (Child));
  return self;
}

void
redes_folder_draft_free (RedesFolderDraft *self)
{
  for (guint i = 0; i < self->children->len; i++)
    child_release (g_array_index (self->children, Child, i));
  g_array_unref (self->children);
  g_free (self->name);
  g_free (self);
}

static void
add (RedesFolderDraft *self, gpointer pointer, RedesFolderKind kind)
{
  Child child = (guintptr)pointer | (guintptr)kind;

  g_array_append_val (self->children, child);
}

void
redes_folder_draft_add_file (RedesFolderDraft *self, RedesHolding *holding)
{
  add (self, redes_holding_ref (holding),
       redes_holding_is_executable (holding) ? REDES_FOLDER_KIND_EXECUTABLE
                                             : REDES_FOLDER_KIND_FILE);
}

void
redes_folder_draft_add_folder (RedesFolderDraft *self, RedesFolderSnapshot *folder)
{
  add (self, redes_folder_snapshot_ref (folder), REDES_FOLDER_KIND_FOLDER);
}

guint
redes_folder_draft_get_n_children (RedesFolderDraft *self)
{
  return self->children->len;
}

static void
note_left_out (const RedesFolderChild *child, const RedesFolderChild *kept, gpointer user_data)
{
  GPtrArray *left_out = user_data;

  /* A file that went and came again in between is here twice. */
  if (child->data == kept->data)
    return;
  g_ptr_array_add (left_out, g_strdup (child->name));
  g_ptr_array_add (left_out, g_strdup (kept->name));
}

RedesFolderSnapshot *
redes_folder_draft_make (RedesFolderDraft *self,
                         GPtrArray *left_out,
                         RedesHashTree **tree,
                         GError **error)
{
  g_autoptr (GArray) children
      = g_array_sized_new (FALSE, FALSE, sizeof (RedesFolderChild), self->children->len);
  g_autoptr (RedesFolder) folder = NULL;
  RedesFolderSnapshot *snapshot;

  g_array_set_size (children, self->children->len);
  for (guint i = 0; i < children->len; i++)
    describe (g_array_index (self->children, Child, i),
              &g_array_index (children, RedesFolderChild, i));
  redes_folder_put_in_order (children, note_left_out, left_out);
  folder
      = redes_folder_new ((const RedesFolderChild *)(gpointer)children->data, children->len, error);
  if (folder == NULL)
    return NULL;

  *tree = redes_folder_make_tree (folder);
  snapshot = g_malloc (sizeof *snapshot + children->len * sizeof (Child));
  g_atomic_ref_count_init (&snapshot->refs);
  snapshot->list = NULL;
  snapshot->name = g_strdup (self->name);
  snapshot->totals = *redes_folder_get_totals (folder);
  snapshot->content = (RedesContentId){ *redes_hash_tree_get_root (*tree),
                                        g_bytes_get_size (redes_folder_get_list (folder)) };
  snapshot->n_children = children->len;
  for (guint i = 0; i < children->len; i++)
    {
      Child child = (Child)g_array_index (children, RedesFolderChild, i).data;

      if (get_kind (child) == REDES_FOLDER_KIND_FOLDER)
        redes_folder_snapshot_ref (get_pointer (child));
      else
        redes_holding_ref (get_pointer (child));
      snapshot->children[i] = child;
    }
  return snapshot;
}

/* ---- Snapshots ---- */

RedesFolderSnapshot *
redes_folder_snapshot_new_of_list (const char *name,
                                   const RedesContentId *content,
                                   RedesFolder *list)
{
  RedesFolderSnapshot *self = g_new0 (RedesFolderSnapshot, 1);

  g_atomic_ref_count_init (&self->refs);
  self->name = g_strdup (name);
  self->content = *content;
  self->totals = *redes_folder_get_totals (list);
  self->n_children = redes_folder_get_n_children (list);
  self->list = redes_folder_ref (list);
  return self;
}

RedesFolder *
redes_folder_snapshot_get_list (RedesFolderSnapshot *self)
{
  return self->list;
}

RedesFolderSnapshot *
redes_folder_snapshot_ref (RedesFolderSnapshot *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_folder_snapshot_unref (RedesFolderSnapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  for (guint i = 0; i < self->n_children && self->list == NULL; i++)
    child_release (self->children[i]);
  g_clear_pointer (&self->list, redes_folder_unref);
  g_free (self->name);
  g_free (self);
}

const char *
redes_folder_snapshot_get_name (RedesFolderSnapshot *self)
{
  return self->name;
}

const RedesContentId *
redes_folder_snapshot_get_content (RedesFolderSnapshot *self)
{
  return &self->content;
}

const RedesFolderTotals *
redes_folder_snapshot_get_totals (RedesFolderSnapshot *self)
{
  return &self->totals;
}

guint
redes_folder_snapshot_get_n_children (RedesFolderSnapshot *self)
{
  return self->n_children;
}

RedesHolding *
redes_folder_snapshot_get_file (RedesFolderSnapshot *self, guint index)
{
  Child child = self->children[index];

  return get_kind (child) != REDES_FOLDER_KIND_FOLDER ? get_pointer (child) : NULL;
}

RedesFolderSnapshot *
redes_folder_snapshot_get_folder (RedesFolderSnapshot *self, guint index)
{
  Child child = self->children[index];

  return get_kind (child) == REDES_FOLDER_KIND_FOLDER ? get_pointer (child) : NULL;
}

/* ---- Its bytes ---- */

/**
 * Window:
 * @at: where the next piece stands in the list
 *
 * The part of the list that is asked for, filled piece by piece.
 */
typedef struct
{
  guint64 at;
  guint64 begin;
  guint64 end;
  guint8 *buffer;
} Window;

static void
window_add (Window *self, const guint8 *piece, gsize len)
{
  guint64 begin = MAX (self->at, self->begin);
  guint64 end = MIN (self->at + len, self->end);

  if (begin < end)
    memcpy (self->buffer + (begin - self->begin), piece + (begin - self->at), end - begin);
  self->at += len;
}

/* How long a child's entry is, without writing it. */
static gsize
get_entry_length (Child child)
{
  const char *name = get_kind (child) == REDES_FOLDER_KIND_FOLDER
                         ? ((const RedesFolderSnapshot *)get_pointer (child))->name
                         : redes_folder_snapshot_get_file_name (get_pointer (child));

  return redes_folder_get_child_length (get_kind (child), strlen (name));
}

void
redes_folder_snapshot_read (RedesFolderSnapshot *self, guint64 offset, guint8 *buffer, gsize len)
{
  Window window = { .begin = offset, .end = offset + len, .buffer = buffer };
  guint8 piece[REDES_FOLDER_MAX_CHILD_BYTES];

  g_return_if_fail (offset + len <= self->content.size_bytes);

  if (self->list != NULL)
    {
      memcpy (buffer,
              (const guint8 *)g_bytes_get_data (redes_folder_get_list (self->list), NULL) + offset,
              len);
      return;
    }
  redes_folder_write_header (self->n_children, piece);
  window_add (&window, piece, REDES_FOLDER_MIN_LIST_BYTES);
  for (guint i = 0; i < self->n_children && window.at < window.end; i++)
    {
      gsize length = get_entry_length (self->children[i]);
      RedesFolderChild child;

      if (window.at + length <= window.begin)
        {
          window.at += length;
          continue;
        }
      describe (self->children[i], &child);
      redes_folder_write_child (&child, piece);
      window_add (&window, piece, length);
    }
}

RedesFolder *
redes_folder_snapshot_make_folder (RedesFolderSnapshot *self)
{
  gsize len = self->content.size_bytes;
  g_autoptr (GBytes) list = NULL;
  guint8 *buffer;

  if (self->list != NULL)
    return redes_folder_ref (self->list);
  buffer = g_malloc (len);
  redes_folder_snapshot_read (self, 0, buffer, len);
  list = g_bytes_new_take (buffer, len);
  return redes_folder_parse (list, NULL);
}

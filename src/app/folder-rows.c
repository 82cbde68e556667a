/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/folder-rows.h"

#include <string.h>

/* See row-model.c. Behind those that GTK makes widgets of at once more are told of at a time: they
 * cost it a node of a tree each. */
#define FIRST_ROWS 20u
#define STEP_ROWS 8u
#define LIVE_ROWS 240u
#define MANY_ROWS 2000u
/* How long is searched before anything else has its turn, in microseconds. */
#define STEP_US 4000
/* Kept, more than GTK has widgets for: what a widget shows of an entry it follows, but it does not
 * hold the entry. */
#define RECENT_ENTRIES 512u
/* A look at the clock costs as much as some names. */
#define NAMES_A_LOOK 16u

struct _RedesFolderRows
{
  GObject parent_instance;
  RedesListedFolder *tree;
  guint folder;
  char **words;     /* (nullable): folded; looked for in all paths */
  guint next_entry; /* to be looked at */
  GArray *found;    /* (nullable): of guint: what is in the list; NULL until somebody asks */
  guint n_told;
  guint tell_id;
  GHashTable *made;  /* entry -> RedesFolderEntry: those that anybody holds */
  GPtrArray *recent; /* RedesFolderEntry: those that were asked for last, or NULL */
  guint next_recent;
};

static void redes_folder_rows_init_list (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RedesFolderRows,
                               redes_folder_rows,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      redes_folder_rows_init_list))

static gboolean
fits (RedesFolderRows *self, guint entry)
{
  g_autofree char *folded = g_utf8_casefold (redes_listed_folder_get_path (self->tree, entry), -1);

  for (guint i = 0; self->words[i] != NULL; i++)
    if (strstr (folded, self->words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
has_searched_all (RedesFolderRows *self)
{
  return self->words == NULL || self->next_entry >= redes_listed_folder_get_n_entries (self->tree);
}

/* Until enough is found for what is told next, or it is time for something else. */
static void
search_some (RedesFolderRows *self, guint n_wanted)
{
  gint64 end_us = g_get_monotonic_time () + STEP_US;

  while (!has_searched_all (self) && self->found->len < n_wanted)
    {
      if (fits (self, self->next_entry))
        g_array_append_val (self->found, self->next_entry);
      self->next_entry++;
      if (self->next_entry % NAMES_A_LOOK == 0 && g_get_monotonic_time () >= end_us)
        return;
    }
}

static guint
get_step (RedesFolderRows *self)
{
  return self->n_told < FIRST_ROWS ? FIRST_ROWS : self->n_told < LIVE_ROWS ? STEP_ROWS : MANY_ROWS;
}

static gboolean
tell_more (gpointer user_data)
{
  RedesFolderRows *self = user_data;
  guint before = self->n_told;
  guint wanted = before + get_step (self);

  search_some (self, wanted);
  self->n_told = MIN (wanted, self->found->len);
  if (redes_folder_rows_are_all_told (self))
    self->tell_id = 0;
  /* Who finds nothing hears of that, too. */
  if (self->n_told > before || self->tell_id == 0)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, self->n_told - before);
  return self->tell_id != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* What is in a folder is listed when somebody asks how much it is: who only wants to know whether a
 * row can be expanded does not. */
static void
ensure_found (RedesFolderRows *self)
{
  if (self->found != NULL)
    return;
  self->found = redes_listed_folder_list_children (self->tree, self->folder);
  self->n_told = MIN (self->found->len, FIRST_ROWS);
  if (!redes_folder_rows_are_all_told (self))
    self->tell_id = g_idle_add (tell_more, self);
}

static GType
redes_folder_rows_get_item_type (GListModel *list)
{
  return REDES_TYPE_FOLDER_ENTRY;
}

static guint
redes_folder_rows_get_n_items (GListModel *list)
{
  RedesFolderRows *self = REDES_FOLDER_ROWS (list);

  ensure_found (self);
  return self->n_told;
}

static gboolean
is_entry (gpointer key, gpointer value, gpointer entry)
{
  return value == entry;
}

/* There are as many as rows in sight. */
static void
on_entry_gone (gpointer data, GObject *entry)
{
  g_hash_table_foreach_remove (REDES_FOLDER_ROWS (data)->made, is_entry, entry);
}

static void
clear_entry (gpointer entry)
{
  if (entry != NULL)
    g_object_unref (entry);
}

static void
keep (RedesFolderRows *self, RedesFolderEntry *entry)
{
  gpointer *place = &self->recent->pdata[self->next_recent];
  RedesFolderEntry *before = *place;

  *place = g_object_ref (entry);
  self->next_recent = (self->next_recent + 1) % RECENT_ENTRIES;
  if (before != NULL)
    g_object_unref (before);
}

/* The same one again as long as anybody holds it: a row asks for each of its properties. */
static RedesFolderEntry *
ref_entry (RedesFolderRows *self, guint number)
{
  RedesFolderEntry *entry = g_hash_table_lookup (self->made, GUINT_TO_POINTER (number));

  if (entry != NULL)
    return g_object_ref (entry);
  entry = redes_folder_entry_new (self->tree, number, self->words != NULL);
  g_hash_table_insert (self->made, GUINT_TO_POINTER (number), entry);
  g_object_weak_ref (G_OBJECT (entry), on_entry_gone, self);
  keep (self, entry);
  return entry;
}

static gpointer
redes_folder_rows_get_item (GListModel *list, guint position)
{
  RedesFolderRows *self = REDES_FOLDER_ROWS (list);

  if (position >= redes_folder_rows_get_n_items (list))
    return NULL;
  return ref_entry (self, g_array_index (self->found, guint, position));
}

static void
redes_folder_rows_init_list (GListModelInterface *iface)
{
  iface->get_item_type = redes_folder_rows_get_item_type;
  iface->get_n_items = redes_folder_rows_get_n_items;
  iface->get_item = redes_folder_rows_get_item;
}

static void
redes_folder_rows_dispose (GObject *object)
{
  RedesFolderRows *self = REDES_FOLDER_ROWS (object);

  GHashTableIter iter;
  gpointer entry;

  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->made);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    {
      g_object_weak_unref (entry, on_entry_gone, self);
      g_hash_table_iter_remove (&iter);
    }
  G_OBJECT_CLASS (redes_folder_rows_parent_class)->dispose (object);
}

static void
redes_folder_rows_finalize (GObject *object)
{
  RedesFolderRows *self = REDES_FOLDER_ROWS (object);

  g_strfreev (self->words);
  g_hash_table_unref (self->made);
  g_ptr_array_unref (self->recent);
  g_clear_pointer (&self->found, g_array_unref);
  g_object_unref (self->tree);
  G_OBJECT_CLASS (redes_folder_rows_parent_class)->finalize (object);
}

static void
redes_folder_rows_class_init (RedesFolderRowsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = redes_folder_rows_dispose;
  object_class->finalize = redes_folder_rows_finalize;
}

static void
redes_folder_rows_init (RedesFolderRows *self)
{
  self->made = g_hash_table_new (NULL, NULL);
  self->recent = g_ptr_array_new_with_free_func (clear_entry);
  g_ptr_array_set_size (self->recent, RECENT_ENTRIES);
}

RedesFolderRows *
redes_folder_rows_new (RedesListedFolder *tree, guint folder)
{
  RedesFolderRows *self = g_object_new (REDES_TYPE_FOLDER_ROWS, NULL);

  self->tree = g_object_ref (tree);
  self->folder = folder;
  return self;
}

GListModel *
redes_folder_rows_make_children (gpointer item, gpointer user_data)
{
  RedesListedFolder *tree = redes_folder_entry_get_tree (item);
  guint entry = redes_folder_entry_get_entry (item);

  return redes_listed_folder_is_folder (tree, entry)
             ? G_LIST_MODEL (redes_folder_rows_new (tree, entry))
             : NULL;
}

RedesFolderRows *
redes_folder_rows_new_of_words (RedesListedFolder *tree, const char *words)
{
  RedesFolderRows *self = g_object_new (REDES_TYPE_FOLDER_ROWS, NULL);
  g_autofree char *folded = g_utf8_casefold (words, -1);

  self->tree = g_object_ref (tree);
  self->words = g_strsplit_set (folded, " \t", -1);
  self->next_entry = REDES_LISTED_FOLDER_TOP + 1;
  self->found = g_array_new (FALSE, FALSE, sizeof (guint));
  self->tell_id = g_idle_add (tell_more, self);
  return self;
}

gboolean
redes_folder_rows_are_all_told (RedesFolderRows *self)
{
  return self->found != NULL && self->n_told == self->found->len && has_searched_all (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/row-model.h"

/* Most of those seen at once; as many as are made within half a frame; and more than GTK ever keeps
 * as widgets. */
#define FIRST_ROWS 20
#define STEP_ROWS 8
#define LIVE_ROWS 240
/* This number of rows is filled anew within a few frames. */
#define FEW_ROWS 64

struct _RedesRowModel
{
  GObject parent_instance;
  GListModel *model;
  GtkMapListModelMapFunc func;
  gpointer user_data;
  GHashTable *made; /* item -> MadeRow */
  guint n_items;    /* of the model, as far as it has told */
  guint limit;      /* how many of them are told of; G_MAXUINT: all */
  guint unfold_id;
  gboolean folded;
};

enum
{
  SIGNAL_UNFOLDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  RedesRowModel *owner;
  GObject *item;
  GObject *row; /* weak */
} MadeRow;

static void redes_row_model_init_list (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RedesRowModel,
                               redes_row_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, redes_row_model_init_list))

static void
on_row_gone (gpointer data, GObject *row)
{
  MadeRow *made = data;

  made->row = NULL;
  g_hash_table_remove (made->owner->made, made->item);
}

static void
made_row_free (gpointer data)
{
  MadeRow *made = data;

  if (made->row != NULL)
    g_object_weak_unref (made->row, on_row_gone, made);
  g_object_unref (made->item);
  g_free (made);
}

static GType
redes_row_model_get_item_type (GListModel *list)
{
  return G_TYPE_OBJECT;
}

static guint
redes_row_model_get_n_items (GListModel *list)
{
  RedesRowModel *self = REDES_ROW_MODEL (list);

  return MIN (self->n_items, self->limit);
}

static gpointer
redes_row_model_get_item (GListModel *list, guint position)
{
  RedesRowModel *self = REDES_ROW_MODEL (list);
  g_autoptr (GObject) item = position < redes_row_model_get_n_items (list)
                                 ? g_list_model_get_item (self->model, position)
                                 : NULL;
  MadeRow *made = item != NULL ? g_hash_table_lookup (self->made, item) : NULL;

  if (item == NULL)
    return NULL;
  if (made != NULL)
    return g_object_ref (made->row);
  made = g_new0 (MadeRow, 1);
  made->owner = self;
  made->item = g_object_ref (item);
  made->row = self->func (g_steal_pointer (&item), self->user_data);
  g_object_weak_ref (made->row, on_row_gone, made);
  g_hash_table_insert (self->made, made->item, made);
  return made->row;
}

static void
redes_row_model_init_list (GListModelInterface *iface)
{
  iface->get_item_type = redes_row_model_get_item_type;
  iface->get_n_items = redes_row_model_get_n_items;
  iface->get_item = redes_row_model_get_item;
}

static void
redes_row_model_dispose (GObject *object)
{
  RedesRowModel *self = REDES_ROW_MODEL (object);

  g_clear_handle_id (&self->unfold_id, g_source_remove);
  g_hash_table_remove_all (self->made);
  G_OBJECT_CLASS (redes_row_model_parent_class)->dispose (object);
}

static void
redes_row_model_finalize (GObject *object)
{
  RedesRowModel *self = REDES_ROW_MODEL (object);

  g_hash_table_unref (self->made);
  g_object_unref (self->model);
  G_OBJECT_CLASS (redes_row_model_parent_class)->finalize (object);
}

static void
redes_row_model_class_init (RedesRowModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = redes_row_model_dispose;
  object_class->finalize = redes_row_model_finalize;

  signals[SIGNAL_UNFOLDED] = g_signal_new ("unfolded", REDES_TYPE_ROW_MODEL, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_row_model_init (RedesRowModel *self)
{
  self->made = g_hash_table_new_full (NULL, NULL, NULL, made_row_free);
  self->limit = FIRST_ROWS;
}

static gboolean
unfold (gpointer user_data)
{
  RedesRowModel *self = user_data;
  guint before = redes_row_model_get_n_items (G_LIST_MODEL (self));
  guint added;

  /* Each step of a long sorting would move the rows. */
  if (GTK_IS_SORT_LIST_MODEL (self->model)
      && gtk_sort_list_model_get_pending (GTK_SORT_LIST_MODEL (self->model)) > 0)
    return G_SOURCE_CONTINUE;
  self->limit = MAX (self->limit + STEP_ROWS, FIRST_ROWS);
  if (self->limit >= LIVE_ROWS)
    self->limit = G_MAXUINT;
  added = redes_row_model_get_n_items (G_LIST_MODEL (self)) - before;
  if (self->n_items <= self->limit)
    self->unfold_id = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), before, 0, added);
  if (self->unfold_id != 0)
    return G_SOURCE_CONTINUE;
  g_signal_emit (self, signals[SIGNAL_UNFOLDED], 0);
  return G_SOURCE_REMOVE;
}

/* After what is drawn, and what is typed. */
static void
unfold_later (RedesRowModel *self)
{
  if (!self->folded && self->unfold_id == 0 && self->n_items > self->limit)
    self->unfold_id = g_idle_add (unfold, self);
}

static void
on_items_changed (
    GListModel *model, guint position, guint removed, guint added, RedesRowModel *self)
{
  guint before = self->n_items;
  guint after = before - removed + added;

  /* Counted, not asked for: a GtkSortListModel says how many its own model has, even when it has
   * not told of the last of them. */
  self->n_items = after;
  /* A list that begins anew. */
  if (before <= FIRST_ROWS && self->limit > FIRST_ROWS)
    self->limit = FIRST_ROWS;
  if (self->limit == G_MAXUINT)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  else if (position < self->limit)
    g_list_model_items_changed (G_LIST_MODEL (self), position, MIN (before, self->limit) - position,
                                MIN (after, self->limit) - position);
  unfold_later (self);
}

RedesRowModel *
redes_row_model_new (GListModel *model, GtkMapListModelMapFunc func, gpointer user_data)
{
  RedesRowModel *self = g_object_new (REDES_TYPE_ROW_MODEL, NULL);

  self->model = g_object_ref (model);
  self->n_items = g_list_model_get_n_items (model);
  self->func = func;
  self->user_data = user_data;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  unfold_later (self);
  return self;
}

gpointer
redes_row_model_find_item (RedesRowModel *self, gpointer row)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->made);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((MadeRow *)value)->row == row)
      return ((MadeRow *)value)->item;
  return NULL;
}

gboolean
redes_row_model_fold (RedesRowModel *self)
{
  guint before = redes_row_model_get_n_items (G_LIST_MODEL (self));

  self->folded = TRUE;
  g_clear_handle_id (&self->unfold_id, g_source_remove);
  if (before <= FEW_ROWS)
    return FALSE;
  self->limit = 0;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, 0);
  return TRUE;
}

void
redes_row_model_unfold (RedesRowModel *self)
{
  self->folded = FALSE;
  unfold_later (self);
}

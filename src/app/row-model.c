/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/row-model.h"

struct _RedesRowModel
{
  GObject parent_instance;
  GListModel *model;
  GtkMapListModelMapFunc func;
  gpointer user_data;
  GHashTable *made; /* item -> MadeRow */
};

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
  return g_list_model_get_n_items (REDES_ROW_MODEL (list)->model);
}

static gpointer
redes_row_model_get_item (GListModel *list, guint position)
{
  RedesRowModel *self = REDES_ROW_MODEL (list);
  g_autoptr (GObject) item = g_list_model_get_item (self->model, position);
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
}

static void
redes_row_model_init (RedesRowModel *self)
{
  self->made = g_hash_table_new_full (NULL, NULL, NULL, made_row_free);
}

static void
on_items_changed (
    GListModel *model, guint position, guint removed, guint added, RedesRowModel *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

RedesRowModel *
redes_row_model_new (GListModel *model, GtkMapListModelMapFunc func, gpointer user_data)
{
  RedesRowModel *self = g_object_new (REDES_TYPE_ROW_MODEL, NULL);

  self->model = g_object_ref (model);
  self->func = func;
  self->user_data = user_data;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  return self;
}

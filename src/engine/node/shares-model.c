/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/shares-model-private.h"

#include "engine/node/items-private.h"

struct _RedesSharesModel
{
  GObject parent_instance;
  GPtrArray *holdings;
  GHashTable *items; /* RedesHolding -> RedesSharedItem, not referenced: those that are in use */
  GPtrArray *trackers;
};

/* Tells the model that an item is gone. */
typedef struct
{
  RedesSharesModel *model;
  RedesHolding *holding;
} Link;

static GType
get_item_type (GListModel *model)
{
  return REDES_TYPE_SHARED_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return REDES_SHARES_MODEL (model)->holdings->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  RedesSharesModel *self = REDES_SHARES_MODEL (model);

  if (position >= self->holdings->len)
    return NULL;
  return redes_shares_model_dup_item (self, g_ptr_array_index (self->holdings, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RedesSharesModel,
                               redes_shares_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
on_item_gone (gpointer data, GObject *item)
{
  Link *link = data;

  g_hash_table_remove (link->model->items, link->holding);
  g_object_unref (link->model);
  g_free (link);
}

static void
redes_shares_model_finalize (GObject *object)
{
  RedesSharesModel *self = REDES_SHARES_MODEL (object);

  g_hash_table_unref (self->items);
  g_ptr_array_unref (self->holdings);
  g_ptr_array_unref (self->trackers);
  G_OBJECT_CLASS (redes_shares_model_parent_class)->finalize (object);
}

static void
redes_shares_model_class_init (RedesSharesModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_shares_model_finalize;
}

static void
redes_shares_model_init (RedesSharesModel *self)
{
  self->holdings = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  self->items = g_hash_table_new (NULL, NULL);
}

RedesSharesModel *
redes_shares_model_new (GPtrArray *trackers)
{
  RedesSharesModel *self = g_object_new (REDES_TYPE_SHARES_MODEL, NULL);

  self->trackers = g_ptr_array_ref (trackers);
  return self;
}

RedesSharedItem *
redes_shares_model_dup_item (RedesSharesModel *self, RedesHolding *holding)
{
  RedesSharedItem *item = g_hash_table_lookup (self->items, holding);
  Link *link;

  if (item != NULL)
    return g_object_ref (item);
  item = redes_shared_item_new (holding, self->trackers);
  link = g_new (Link, 1);
  link->model = g_object_ref (self);
  link->holding = holding;
  g_object_weak_ref (G_OBJECT (item), on_item_gone, link);
  g_hash_table_insert (self->items, holding, item);
  return item;
}

void
redes_shares_model_add (RedesSharesModel *self, GPtrArray *holdings)
{
  guint position = self->holdings->len;

  if (holdings->len == 0)
    return;
  for (guint i = 0; i < holdings->len; i++)
    g_ptr_array_add (self->holdings, redes_holding_ref (g_ptr_array_index (holdings, i)));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, holdings->len);
}

void
redes_shares_model_remove (RedesSharesModel *self, GPtrArray *holdings)
{
  g_autoptr (GHashTable) gone = g_hash_table_new (NULL, NULL);
  guint i = self->holdings->len;

  for (guint k = 0; k < holdings->len; k++)
    g_hash_table_add (gone, g_ptr_array_index (holdings, k));
  /* From the end, a run at a time, so that what is told is true at that moment. */
  while (i > 0)
    {
      guint end = i;

      while (i > 0 && g_hash_table_contains (gone, g_ptr_array_index (self->holdings, i - 1)))
        i--;
      if (i == end)
        i--;
      else
        {
          g_ptr_array_remove_range (self->holdings, i, end - i);
          g_list_model_items_changed (G_LIST_MODEL (self), i, end - i, 0);
        }
    }
}

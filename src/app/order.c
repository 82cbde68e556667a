/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/order.h"

#include "app/sort-key.h"

/* This number of rows is sorted at once within a few milliseconds; more in steps, which keeps the
 * window answering. */
#define MANY_ROWS 500
/* Up to so many added items are inserted one by one instead of sorting the list again. */
#define FEW_ROWS 64
/* How long keys are made before anything else has its turn. */
#define STEP_US 3000
/* So many are selected again; each takes a look at the rows that are there. */
#define MAX_SELECTED 1000u

/**
 * Order:
 * @columns: those of the view
 * @sorter: what their headers say
 * @current: (nullable): items that are selected, where that may be many: when the order changes
 * nobody can tell from their places any more
 * @selected: (nullable): items, while their rows are not there
 * @prepared: the items whose keys are made, so that those stay; empty once they are sorted
 * @prepare_id: while keys are made: @sorted has no sorter then
 *
 * What a change of the order has to know; it goes with the selection.
 */
typedef struct
{
  GListModel *columns;
  GtkSorter *sorter;
  GListModel *model;
  GtkSortListModel *sorted;
  RedesRowModel *rows;
  GtkSelectionModel *selection;
  GHashTable *current;
  GHashTable *selected;
  GPtrArray *prepared;
  guint prepare_id;
} Order;

static void
order_free (gpointer data)
{
  Order *self = data;

  g_clear_handle_id (&self->prepare_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->sorter, self);
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_signal_handlers_disconnect_by_data (self->rows, self);
  g_ptr_array_unref (self->prepared);
  g_clear_pointer (&self->current, g_hash_table_unref);
  g_clear_pointer (&self->selected, g_hash_table_unref);
  g_object_unref (self->rows);
  g_object_unref (self->sorted);
  g_object_unref (self->model);
  g_object_unref (self->sorter);
  g_object_unref (self->columns);
  g_free (self);
}

static void
add_item_of (Order *self, GHashTable *items, gpointer row)
{
  gpointer item = row != NULL ? redes_row_model_find_item (self->rows, row) : NULL;

  if (item != NULL)
    g_hash_table_add (items, g_object_ref (item));
}

static void
on_selection_changed (Order *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  guint64 n = gtk_bitset_get_size (selected);

  g_clear_pointer (&self->current, g_hash_table_unref);
  self->current = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  for (guint i = 0; i < n && n <= MAX_SELECTED; i++)
    {
      g_autoptr (GObject) row
          = g_list_model_get_item (G_LIST_MODEL (self->rows), gtk_bitset_get_nth (selected, i));

      add_item_of (self, self->current, row);
    }
}

/* (transfer full): a set of items. The places in the sorted model cannot be used, as that may not
 * know yet what was added or removed. */
static GHashTable *
list_selected (Order *self)
{
  GHashTable *items;

  if (self->current != NULL)
    return g_hash_table_ref (self->current);
  items = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  if (GTK_IS_SINGLE_SELECTION (self->selection))
    add_item_of (self, items,
                 gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (self->selection)));
  return items;
}

/* Called before the order of many rows changes. */
static void
fold (Order *self)
{
  g_autoptr (GHashTable) items = list_selected (self);

  if (redes_row_model_fold (self->rows) && g_hash_table_size (items) > 0)
    {
      g_clear_pointer (&self->selected, g_hash_table_unref);
      self->selected = g_steal_pointer (&items);
    }
}

static gboolean
has_selected (Order *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);

  return !gtk_bitset_is_empty (selected);
}

static void
on_unfolded (Order *self)
{
  g_autoptr (GHashTable) selected = g_steal_pointer (&self->selected);
  guint n = selected != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) : 0;
  guint n_left = selected != NULL ? g_hash_table_size (selected) : 0;

  /* Whoever has chosen another meanwhile wants that. */
  if (has_selected (self))
    n = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (g_hash_table_contains (selected, item))
        {
          gtk_selection_model_select_item (self->selection, i, FALSE);
          n_left--;
        }
      if (n_left == 0)
        break;
    }
  g_ptr_array_set_size (self->prepared, 0);
}

/* Sorting. */

static gboolean
is_long (Order *self)
{
  return g_list_model_get_n_items (self->model) > MANY_ROWS;
}

static gboolean
is_ordered (Order *self)
{
  return gtk_sorter_get_order (self->sorter) != GTK_SORTER_ORDER_NONE;
}

static void
sort (Order *self)
{
  gtk_sort_list_model_set_sorter (self->sorted, self->sorter);
  redes_row_model_unfold (self->rows);
}

static void
prepare_item (Order *self, guint position)
{
  GObject *item = g_list_model_get_item (self->model, position);

  for (guint i = 0; i < g_list_model_get_n_items (self->columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (self->columns, i);
      GtkSorter *sorter = gtk_column_view_column_get_sorter (column);

      if (sorter != NULL)
        redes_sorter_prepare (sorter, item);
    }
  g_ptr_array_add (self->prepared, item);
}

static gboolean
prepare (gpointer user_data)
{
  Order *self = user_data;
  gint64 end_us = g_get_monotonic_time () + STEP_US;

  while (self->prepared->len < g_list_model_get_n_items (self->model))
    {
      prepare_item (self, self->prepared->len);
      if (g_get_monotonic_time () >= end_us)
        return G_SOURCE_CONTINUE;
    }
  self->prepare_id = 0;
  sort (self);
  return G_SOURCE_REMOVE;
}

/* The first sort compares all items at once, so their sort keys are made before it. */
static void
sort_later (Order *self)
{
  fold (self);
  gtk_sort_list_model_set_sorter (self->sorted, NULL);
  if (self->prepare_id == 0)
    self->prepare_id = g_idle_add (prepare, self);
}

/* Both are heard of before the sorted model hears of it. */

static void
on_order_changed (Order *self)
{
  if (is_long (self) && is_ordered (self))
    {
      sort_later (self);
      return;
    }
  fold (self);
  g_clear_handle_id (&self->prepare_id, g_source_remove);
  sort (self);
}

static void
on_items_changed (Order *self, guint position, guint removed, guint added)
{
  /* Items that went, or came between: the keys of the others are found again at once. */
  if (position < self->prepared->len)
    g_ptr_array_set_size (self->prepared, position);
  if (is_long (self))
    gtk_sort_list_model_set_incremental (self->sorted, TRUE);
  if (added <= FEW_ROWS || !is_ordered (self))
    return;
  /* The sorted model tells of items that it still has in order when it is to sort no more: they
   * must be there. */
  if (is_long (self) && removed == 0)
    {
      sort_later (self);
      return;
    }
  /* Otherwise the rows in sight would stay there, and what comes before them be out of it. */
  fold (self);
  if (self->prepare_id == 0)
    redes_row_model_unfold (self->rows);
}

/* Heard of after the sorted model has: what it sorts in steps comes to its end here. */
static void
on_items_sorted (Order *self)
{
  gtk_sort_list_model_set_incremental (self->sorted, is_long (self));
}

/* @selection: without a model yet; borrowed, and has what is returned */
static Order *
order_new (GtkSelectionModel *selection,
           GtkColumnView *view,
           GListModel *model,
           GtkMapListModelMapFunc map,
           gpointer user_data)
{
  Order *self = g_new0 (Order, 1);

  self->columns = g_object_ref (gtk_column_view_get_columns (view));
  self->sorter = g_object_ref (gtk_column_view_get_sorter (view));
  self->model = g_object_ref (model);
  self->selection = selection;
  self->prepared = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_swapped (self->sorter, "changed", G_CALLBACK (on_order_changed), self);
  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (on_items_changed), self);
  self->sorted = gtk_sort_list_model_new (g_object_ref (model), NULL);
  gtk_sort_list_model_set_incremental (self->sorted, is_long (self));
  g_signal_connect_swapped (model, "items-changed", G_CALLBACK (on_items_sorted), self);
  self->rows = redes_row_model_new (G_LIST_MODEL (self->sorted), map, user_data);
  g_signal_connect_swapped (self->rows, "unfolded", G_CALLBACK (on_unfolded), self);
  on_order_changed (self);
  g_object_set_data_full (G_OBJECT (selection), "redes-order", self, order_free);
  return self;
}

GtkSingleSelection *
redes_order_new_selection (GtkColumnView *view,
                           GListModel *model,
                           GtkMapListModelMapFunc map,
                           gpointer user_data)
{
  GtkSingleSelection *selection = gtk_single_selection_new (NULL);
  Order *self = order_new (GTK_SELECTION_MODEL (selection), view, model, map, user_data);

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (self->rows));
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  return selection;
}

GtkMultiSelection *
redes_order_new_multi_selection (GtkColumnView *view,
                                 GListModel *model,
                                 GtkMapListModelMapFunc map,
                                 gpointer user_data)
{
  GtkMultiSelection *selection = gtk_multi_selection_new (NULL);
  Order *self = order_new (GTK_SELECTION_MODEL (selection), view, model, map, user_data);

  gtk_multi_selection_set_model (selection, G_LIST_MODEL (self->rows));
  g_signal_connect_swapped (selection, "selection-changed", G_CALLBACK (on_selection_changed),
                            self);
  return selection;
}

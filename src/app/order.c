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

/**
 * Order:
 * @columns: those of the view
 * @sorter: what their headers say
 * @selected: (nullable): an item, while its row is not there
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
  GtkSingleSelection *selection;
  GObject *selected;
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
  g_clear_object (&self->selected);
  g_object_unref (self->rows);
  g_object_unref (self->sorted);
  g_object_unref (self->model);
  g_object_unref (self->sorter);
  g_object_unref (self->columns);
  g_free (self);
}

/* Called before the order of many rows changes. */
static void
fold (Order *self)
{
  gpointer row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (GObject) item = NULL;

  /* The place in the sorted model cannot be used, as that may not know yet what was added or
   * removed. */
  if (row != NULL)
    g_set_object (&item, redes_row_model_find_item (self->rows, row));
  if (redes_row_model_fold (self->rows) && item != NULL)
    g_set_object (&self->selected, item);
}

static void
on_unfolded (Order *self)
{
  guint n = self->selected != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) : 0;

  /* Whoever has chosen another meanwhile wants that. */
  if (gtk_single_selection_get_selected (self->selection) != GTK_INVALID_LIST_POSITION)
    n = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (item != self->selected)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      break;
    }
  g_clear_object (&self->selected);
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

GtkSingleSelection *
redes_order_new_selection (GtkColumnView *view,
                           GListModel *model,
                           GtkMapListModelMapFunc map,
                           gpointer user_data)
{
  GtkSingleSelection *selection = gtk_single_selection_new (NULL);
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

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (self->rows));
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  g_object_set_data_full (G_OBJECT (selection), "redes-order", self, order_free);
  return selection;
}

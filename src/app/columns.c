/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/columns.h"

#include "app/cell.h"
#include "app/row-model.h"

/* Below this width a table has no room, in pixels. */
#define NARROW_WIDTH 680

typedef struct
{
  GType row_type;
  char *property;
  gboolean numeric;
} TextColumn;

static void
text_column_free (gpointer data, GClosure *closure)
{
  TextColumn *text = data;

  g_free (text->property);
  g_free (text);
}

static void
bind_to_list_item (gpointer target,
                   const char *target_property,
                   gpointer list_item,
                   const char *property)
{
  GtkExpression *expression = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, property);

  gtk_expression_bind (expression, target, target_property, list_item);
}

static void
on_setup_text (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  TextColumn *text = user_data;
  GtkExpression *item = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  GtkExpression *value = gtk_property_expression_new (text->row_type, item, text->property);
  GtkWidget *cell = g_object_new (REDES_TYPE_CELL, NULL);
  GtkWidget *inscription = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (inscription), text->numeric ? 1 : 0);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (inscription),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  if (text->numeric)
    gtk_widget_add_css_class (inscription, "numeric");
  adw_bin_set_child (ADW_BIN (cell), inscription);
  gtk_expression_bind (value, inscription, "text", list_item);
  bind_to_list_item (cell, "item", list_item, "item");
  bind_to_list_item (cell, "position", list_item, "position");
  gtk_list_item_set_child (list_item, cell);
}

void
redes_column_show_text (GtkColumnViewColumn *column,
                        GType row_type,
                        const char *property,
                        gboolean numeric)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  TextColumn *text = g_new0 (TextColumn, 1);

  text->row_type = row_type;
  text->property = g_strdup (property);
  text->numeric = numeric;
  g_signal_connect_data (factory, "setup", G_CALLBACK (on_setup_text), text, text_column_free, 0);
  gtk_column_view_column_set_factory (column, factory);
}

void
redes_column_sort_by_text (GtkColumnViewColumn *column, RedesColumnTextFunc func)
{
  GtkExpression *text
      = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (func), NULL, NULL);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_string_sorter_new (text));

  gtk_column_view_column_set_sorter (column, sorter);
}

void
redes_column_sort_by_number (GtkColumnViewColumn *column, RedesColumnNumberFunc func)
{
  GtkExpression *number
      = gtk_cclosure_expression_new (G_TYPE_UINT64, NULL, 0, NULL, G_CALLBACK (func), NULL, NULL);
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_numeric_sorter_new (number));

  gtk_numeric_sorter_set_sort_order (GTK_NUMERIC_SORTER (sorter), GTK_SORT_DESCENDING);
  gtk_column_view_column_set_sorter (column, sorter);
}

/* GTK 4.8 gives a hidden column its fixed width all the same, so that is taken from it. */
static void
set_visible (GtkColumnViewColumn *column, gboolean visible)
{
  int width = gtk_column_view_column_get_fixed_width (column);

  if (visible == gtk_column_view_column_get_visible (column))
    return;
  if (visible)
    width = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (column), "redes-width")) - 1;
  else
    g_object_set_data (G_OBJECT (column), "redes-width", GINT_TO_POINTER (width + 1));
  gtk_column_view_column_set_fixed_width (column, visible ? width : -1);
  gtk_column_view_column_set_visible (column, visible);
}

/* From the main loop: columns must not come and go while their view is being given its size. */
static gboolean
apply_width (gpointer user_data)
{
  GtkColumnView *view = user_data;
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));
  gdouble width = adjustment != NULL ? gtk_adjustment_get_page_size (adjustment) : 0;
  GListModel *columns = gtk_column_view_get_columns (view);

  if (width <= 1)
    return G_SOURCE_REMOVE;
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const char *title = gtk_column_view_column_get_title (column);

      if (title != NULL && *title != '\0')
        set_visible (column, (width < NARROW_WIDTH) == (i == 0));
    }
  return G_SOURCE_REMOVE;
}

static void
on_page_size_changed (GtkColumnView *view)
{
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, apply_width, g_object_ref (view), g_object_unref);
}

static void
on_adjustment_changed (GtkColumnView *view)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  if (adjustment != NULL)
    g_signal_connect_object (adjustment, "notify::page-size", G_CALLBACK (on_page_size_changed),
                             view, G_CONNECT_SWAPPED);
}

void
redes_columns_adapt (GtkColumnView *view)
{
  g_signal_connect (view, "notify::hadjustment", G_CALLBACK (on_adjustment_changed), NULL);
  on_adjustment_changed (view);
}

/* So many are sorted at once within a few milliseconds; more in steps, which keeps the window
 * answering. */
#define MANY_ROWS 500

static void
choose_way_to_sort (
    GListModel *model, guint position, guint removed, guint added, GtkSortListModel *sorted)
{
  gtk_sort_list_model_set_incremental (sorted, g_list_model_get_n_items (model) > MANY_ROWS);
}

/* What a change of the order has to know; it goes with the selection. */
typedef struct
{
  GtkSortListModel *sorted;
  RedesRowModel *rows;
  GObject *selected; /* an item, while its row is not there */
} Order;

static void
order_free (gpointer data)
{
  Order *self = data;

  g_clear_object (&self->selected);
  g_object_unref (self->sorted);
  g_object_unref (self->rows);
  g_free (self);
}

static void
on_order_changes (GtkSingleSelection *selection)
{
  Order *self = g_object_get_data (G_OBJECT (selection), "redes-order");
  guint position = gtk_single_selection_get_selected (selection);
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sorted), position);

  if (redes_row_model_fold (self->rows) && item != NULL)
    g_set_object (&self->selected, item);
}

static void
on_unfolded (GtkSingleSelection *selection)
{
  Order *self = g_object_get_data (G_OBJECT (selection), "redes-order");
  guint n = self->selected != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (item != self->selected)
        continue;
      gtk_single_selection_set_selected (selection, i);
      break;
    }
  g_clear_object (&self->selected);
}

static void
follow_order (GtkSingleSelection *selection, GtkSortListModel *sorted, RedesRowModel *rows)
{
  Order *order = g_new0 (Order, 1);

  order->sorted = g_object_ref (sorted);
  order->rows = g_object_ref (rows);
  g_object_set_data_full (G_OBJECT (selection), "redes-order", order, order_free);
  g_signal_connect_object (rows, "unfolded", G_CALLBACK (on_unfolded), selection,
                           G_CONNECT_SWAPPED);
}

GtkSingleSelection *
redes_columns_set_model (GtkColumnView *view,
                         GListModel *model,
                         GtkMapListModelMapFunc map,
                         gpointer user_data)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (view);
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (NULL);
  g_autoptr (GtkSortListModel) sorted = NULL;
  g_autoptr (GListModel) rows = NULL;

  /* Heard of before the sorted model hears of it. */
  if (map != NULL)
    g_signal_connect_object (sorter, "changed", G_CALLBACK (on_order_changes), selection,
                             G_CONNECT_SWAPPED);
  sorted = gtk_sort_list_model_new (model != NULL ? g_object_ref (model) : NULL,
                                    g_object_ref (sorter));
  if (model != NULL)
    {
      g_signal_connect_object (model, "items-changed", G_CALLBACK (choose_way_to_sort), sorted, 0);
      choose_way_to_sort (model, 0, 0, 0, sorted);
    }
  rows = map != NULL
             ? G_LIST_MODEL (redes_row_model_new (G_LIST_MODEL (sorted), map, user_data))
             : G_LIST_MODEL (g_object_ref (sorted));
  if (map != NULL)
    follow_order (selection, sorted, REDES_ROW_MODEL (rows));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, rows);
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (selection));
  return selection;
}

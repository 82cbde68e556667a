/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/columns.h"

#include "app/cell.h"
#include "app/order.h"

/* A view narrower than this, in pixels, shows one column instead of a table. */
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
redes_column_sort_by_text (GtkColumnViewColumn *column, RedesSortTextFunc func)
{
  g_autoptr (GtkSorter) sorter = redes_sorter_new_by_text (func);

  gtk_column_view_column_set_sorter (column, sorter);
}

void
redes_column_sort_by_number (GtkColumnViewColumn *column, RedesSortNumberFunc func)
{
  g_autoptr (GtkSorter) sorter = redes_sorter_new_by_number (func);

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

/* Called from the main loop, because columns must not be added or removed while their view is
 * being laid out. */
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

GtkSingleSelection *
redes_columns_set_model (GtkColumnView *view,
                         GListModel *model,
                         GtkMapListModelMapFunc map,
                         gpointer user_data)
{
  g_autoptr (GtkSingleSelection) selection
      = redes_order_new_selection (view, model, map, user_data);

  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (selection));
  return selection;
}

GtkMultiSelection *
redes_columns_set_multi_model (GtkColumnView *view,
                               GListModel *model,
                               GtkMapListModelMapFunc map,
                               gpointer user_data)
{
  g_autoptr (GtkMultiSelection) selection
      = redes_order_new_multi_selection (view, model, map, user_data);

  gtk_column_view_set_model (view, GTK_SELECTION_MODEL (selection));
  return selection;
}

guint
redes_columns_count_selected (GtkSelectionModel *selection)
{
  g_autoptr (GtkBitset) selected
      = selection != NULL ? gtk_selection_model_get_selection (selection) : NULL;

  return selected != NULL ? (guint)gtk_bitset_get_size (selected) : 0;
}

void
redes_columns_select_near (GtkColumnView *view, guint position)
{
  GtkSelectionModel *selection = gtk_column_view_get_model (view);
  guint n_rows = selection != NULL ? g_list_model_get_n_items (G_LIST_MODEL (selection)) : 0;

  if (n_rows == 0)
    return;
  position = MIN (position, n_rows - 1);
  gtk_selection_model_select_item (selection, position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (gtk_widget_get_last_child (GTK_WIDGET (view))),
                              "list.scroll-to-item", "u", position);
  if (gtk_widget_get_mapped (GTK_WIDGET (view)))
    gtk_widget_grab_focus (GTK_WIDGET (view));
}

GPtrArray *
redes_columns_list_selected (GtkSelectionModel *selection)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) selected
      = selection != NULL ? gtk_selection_model_get_selection (selection) : gtk_bitset_new_empty ();
  GtkBitsetIter iter;
  guint position;

  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      gpointer row = g_list_model_get_item (G_LIST_MODEL (selection), position);

      if (row != NULL)
        g_ptr_array_add (rows, row);
    }
  return rows;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sort-key.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a column of a list shows, and how it sorts. The functions to sort by are given an item of
 * the model that is sorted. */

/**
 * redes_column_show_text:
 * @row_type: of the objects in the view's model
 * @property: of @row_type, a string
 * @numeric: at the end of the cell, with digits of one width
 *
 * Makes @column show @property, and follow it.
 */
void redes_column_show_text (GtkColumnViewColumn *column,
                             GType row_type,
                             const char *property,
                             gboolean numeric);

void redes_column_sort_by_text (GtkColumnViewColumn *column, RedesSortTextFunc func);
void redes_column_sort_by_number (GtkColumnViewColumn *column, RedesSortNumberFunc func);

/* Where @view has no room for a table, only its first column is shown, which tells all that matters
 * in one cell; elsewhere all but that. A column without a title is always there. @view is in a
 * scrolled window. */
void redes_columns_adapt (GtkColumnView *view);

/**
 * redes_columns_set_model:
 * @model: of what is shown
 * @map: makes what a row shows of an item of @model, for the rows that are in sight
 *
 * Gives @view a sorted model with a single selection, which is empty at first.
 *
 * Returns: (transfer none)
 */
GtkSingleSelection *redes_columns_set_model (GtkColumnView *view,
                                             GListModel *model,
                                             GtkMapListModelMapFunc map,
                                             gpointer user_data);
/* The same, of which many rows can be selected. (transfer none) */
GtkMultiSelection *redes_columns_set_multi_model (GtkColumnView *view,
                                                  GListModel *model,
                                                  GtkMapListModelMapFunc map,
                                                  gpointer user_data);

/* How many rows are selected. @selection: (nullable) */
guint redes_columns_count_selected (GtkSelectionModel *selection);

/* Selects the row at @position, or the last one if there are fewer, and gives it the keyboard's
 * focus: for who has removed those that were selected, and goes on from there. */
void redes_columns_select_near (GtkColumnView *view, guint position);

/* (transfer full) (element-type GObject): the rows that are selected. @selection: (nullable) */
GPtrArray *redes_columns_list_selected (GtkSelectionModel *selection);

G_END_DECLS

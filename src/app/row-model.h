/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_ROW_MODEL (redes_row_model_get_type ())
/**
 * RedesRowModel:
 *
 * The rows for the items of another model, in its order. A row is made when it is asked for, and
 * goes when nobody holds it any more; until then an item's row is always the same.
 *
 * What GtkMapListModel is for, but that of GTK 4.8 takes a row for another as soon as something
 * comes before it.
 *
 * A long list is told of a few rows at a time, from the main loop: GTK makes the widgets of some
 * two hundred rows at once, which takes longer than a person's typing may wait.
 */
G_DECLARE_FINAL_TYPE (RedesRowModel, redes_row_model, REDES, ROW_MODEL, GObject)

/* @model: referenced; @func: takes an item of it, and gives its row: (transfer full) both */
RedesRowModel *
redes_row_model_new (GListModel *model, GtkMapListModelMapFunc func, gpointer user_data);

/* (nullable) (transfer none): what @row was made of, wherever that is in the model now */
gpointer redes_row_model_find_item (RedesRowModel *self, gpointer row);

/* Before the order of many rows changes: tells that they are gone, if they are more than a few, and
 * of no others until redes_row_model_unfold().
 *
 * Returns: whether any went */
gboolean redes_row_model_fold (RedesRowModel *self);
/* Tells of the rows from the main loop, when a GtkSortListModel below has come to its end. The
 * signal `unfolded` comes when all are there. */
void redes_row_model_unfold (RedesRowModel *self);

G_END_DECLS

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
 * GtkMapListModel is not used, because that of GTK 4.8 confuses rows when an item is inserted
 * before them.
 *
 * The rows of a long list are announced a few at a time, from the main loop, because GTK makes the
 * widgets of about 200 rows at once, which would delay a person's typing.
 */
G_DECLARE_FINAL_TYPE (RedesRowModel, redes_row_model, REDES, ROW_MODEL, GObject)

/* @model: referenced; @func: takes an item of it, and gives its row: (transfer full) both */
RedesRowModel *
redes_row_model_new (GListModel *model, GtkMapListModelMapFunc func, gpointer user_data);

/* (nullable) (transfer none): what @row was made of, wherever that is in the model now */
gpointer redes_row_model_find_item (RedesRowModel *self, gpointer row);

/* To be called before the order of many rows changes. If there are more than a few, the model
 * announces that they were removed, and no others until redes_row_model_unfold().
 *
 * Returns: whether rows were removed */
gboolean redes_row_model_fold (RedesRowModel *self);
/* Announces the rows again from the main loop, after an underlying GtkSortListModel has finished.
 * The signal `unfolded` is emitted when all are there. */
void redes_row_model_unfold (RedesRowModel *self);

G_END_DECLS

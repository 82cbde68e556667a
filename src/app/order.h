/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/row-model.h"

G_BEGIN_DECLS

/**
 * redes_order_new_selection:
 * @view: whose headers are clicked; its sorters are those of sort-key.h
 * @model: what is sorted
 * @map: makes a row of an item, as redes_row_model_new() has it
 *
 * A list that is sorted as the headers of @view say, whose rows go and come again when the order of
 * many changes: the window answers meanwhile, and what was selected is selected again.
 *
 * Returns: (transfer full): a selection that is empty at first
 */
GtkSingleSelection *redes_order_new_selection (GtkColumnView *view,
                                               GListModel *model,
                                               GtkMapListModelMapFunc map,
                                               gpointer user_data);
/* The same, of which many rows can be selected. More than a thousand of them are not selected
 * again. (transfer full) */
GtkMultiSelection *redes_order_new_multi_selection (GtkColumnView *view,
                                                    GListModel *model,
                                                    GtkMapListModelMapFunc map,
                                                    gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_CELL (redes_cell_get_type ())
/**
 * RedesCell:
 *
 * The widget around each cell of a list, which knows its row: the list view has no function that
 * finds the row at a point.
 */
G_DECLARE_FINAL_TYPE (RedesCell, redes_cell, REDES, CELL, AdwBin)

/* (nullable): the cell at a point of @view, in its coordinates. */
RedesCell *redes_cell_pick (GtkWidget *view, gdouble x, gdouble y);

/* (nullable) (transfer none): the row's object. */
gpointer redes_cell_get_item (RedesCell *self);
guint redes_cell_get_position (RedesCell *self);

G_END_DECLS

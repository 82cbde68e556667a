/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (nullable) (transfer full): the file that @item of a list stands for, if it can be dragged out.
 */
typedef char *(*RedesDragPathFunc) (gpointer item);

/* Lets rows of @view, whose cells are #RedesCell, be dragged to other programs as files. */
void redes_drag_out_attach (GtkColumnView *view, RedesDragPathFunc func);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * redes_list_menu_attach:
 * @view: whose cells are #RedesCell
 * @owner: the widget whose child the menu becomes: an ancestor of @view
 * @menu: what it shows
 *
 * Gives the rows of @view a menu: right click, long press, Menu key. The row is selected first, if
 * it is not yet, so the menu's actions are those of the selection.
 *
 * Returns: (transfer none): the popover, for gtk_widget_unparent() when @owner is disposed
 */
GtkWidget *redes_list_menu_attach (GtkColumnView *view, GtkWidget *owner, GMenuModel *menu);

G_END_DECLS

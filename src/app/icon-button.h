/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_ICON_BUTTON (redes_icon_button_get_type ())
/**
 * RedesIconButton:
 *
 * A button with an icon, in a row of a list. Its property `icon` is the icon's name; its property
 * `words` says what the button does, as the tooltip (made when it is needed, as in RedesMark) and
 * as the accessible label; its property `id` is the target of its action, of type `u`.
 */
G_DECLARE_FINAL_TYPE (RedesIconButton, redes_icon_button, REDES, ICON_BUTTON, GtkButton)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_ICON_BUTTON (redes_icon_button_get_type ())
/**
 * RedesIconButton:
 *
 * A button with an icon, in a row of a list. Its property `icon` names that; its property `words`
 * says what it does, in a tooltip (made when asked for, as RedesMark's) and to who does not see it;
 * its property `id` goes with its action, as `u`.
 */
G_DECLARE_FINAL_TYPE (RedesIconButton, redes_icon_button, REDES, ICON_BUTTON, GtkButton)

G_END_DECLS

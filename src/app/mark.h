/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_MARK (redes_mark_get_type ())
/**
 * RedesMark:
 *
 * A small icon with a meaning, in a row of a list. Its property `icon` is the icon's name, or
 * %NULL; its property `words` is the meaning, as the tooltip and as the accessible label.
 *
 * The tooltip is made when somebody asks for it: GTK looks for the pointer whenever a widget's
 * tooltip is set, and on X11 that is a query to the display, which a list would ask for each of
 * its rows.
 */
G_DECLARE_FINAL_TYPE (RedesMark, redes_mark, REDES, MARK, AdwBin)

G_END_DECLS

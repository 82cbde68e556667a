/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The colour that stands for the source with that number (see RedesBlockCell), told apart from its
 * neighbours by people who see few colours too; @dark: on a dark ground. */
void redes_palette_get (guint8 number, gboolean dark, GdkRGBA *out);

G_END_DECLS

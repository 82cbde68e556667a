/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/palette.h"

/* From the desktop's palette, in an order in which lightness changes with each step. */
static const char *const light_colors[]
    = { "#3584e4", "#e66100", "#26a269", "#9141ac", "#e5a50a", "#1a5fb4", "#c01c28", "#33d17a" };
static const char *const dark_colors[]
    = { "#78aeed", "#ffa348", "#57e389", "#c061cb", "#f8e45c", "#3584e4", "#f66151", "#8ff0a4" };
#define UNKNOWN_COLOR "#9a9996"

void
redes_palette_get (guint8 number, gboolean dark, GdkRGBA *out)
{
  const char *const *colors = dark ? dark_colors : light_colors;

  gdk_rgba_parse (out,
                  number == 0 ? UNKNOWN_COLOR : colors[(number - 1) % G_N_ELEMENTS (light_colors)]);
}

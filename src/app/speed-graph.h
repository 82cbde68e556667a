/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_SPEED_GRAPH (redes_speed_graph_get_type ())
/**
 * RedesSpeedGraph:
 *
 * A speed over the last two minutes, a point a second.
 */
G_DECLARE_FINAL_TYPE (RedesSpeedGraph, redes_speed_graph, REDES, SPEED_GRAPH, GtkWidget)

/* Forgets all points. */
void redes_speed_graph_clear (RedesSpeedGraph *self);
/* One more point, a second after the last. */
void redes_speed_graph_add (RedesSpeedGraph *self, gdouble bytes_per_s);
/* The fastest of those shown. */
gdouble redes_speed_graph_get_peak (RedesSpeedGraph *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/speed-graph.h"

#include <adwaita.h>

#define N_POINTS 120
#define HEIGHT 64
#define NATURAL_WIDTH 240

struct _RedesSpeedGraph
{
  GtkWidget parent_instance;
  gdouble points[N_POINTS]; /* a ring */
  guint n_points;
  guint next;
};

G_DEFINE_FINAL_TYPE (RedesSpeedGraph, redes_speed_graph, GTK_TYPE_WIDGET)

static void
redes_speed_graph_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 48;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : NATURAL_WIDTH;
}

/* @ago: 0 is the newest. */
static gdouble
get_point (RedesSpeedGraph *self, guint ago)
{
  return ago < self->n_points ? self->points[(self->next + N_POINTS - 1 - ago) % N_POINTS] : 0;
}

static void
trace (RedesSpeedGraph *self, cairo_t *cr, int width, int height)
{
  gdouble peak = redes_speed_graph_get_peak (self);
  gdouble step = (gdouble)width / (N_POINTS - 1);

  for (guint i = 0; i < self->n_points; i++)
    {
      gdouble y = height - 1 - get_point (self, i) / peak * (height - 3);

      cairo_line_to (cr, width - i * step, y);
    }
}

static void
redes_speed_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RedesSpeedGraph *self = REDES_SPEED_GRAPH (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  AdwStyleManager *style = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  GdkRGBA line, ground;
  cairo_t *cr;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ground);
  ground.alpha *= adw_style_manager_get_high_contrast (style) ? 0.5f : 0.15f;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  /* Time goes the way that people read. */
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      cairo_translate (cr, width, 0);
      cairo_scale (cr, -1, 1);
    }
  gdk_cairo_set_source_rgba (cr, &ground);
  cairo_rectangle (cr, 0, height - 1, width, 1);
  cairo_fill (cr);
  if (self->n_points > 1 && redes_speed_graph_get_peak (self) > 0)
    {
      gdouble step = (gdouble)width / (N_POINTS - 1);

      gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_color", &line);
      trace (self, cr, width, height);
      cairo_line_to (cr, width - (self->n_points - 1) * step, height - 1);
      cairo_line_to (cr, width, height - 1);
      cairo_close_path (cr);
      cairo_set_source_rgba (cr, line.red, line.green, line.blue, 0.2);
      cairo_fill (cr);
      trace (self, cr, width, height);
      gdk_cairo_set_source_rgba (cr, &line);
      cairo_set_line_width (cr, 2);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
}

static void
redes_speed_graph_class_init (RedesSpeedGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = redes_speed_graph_measure;
  widget_class->snapshot = redes_speed_graph_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "speedgraph");
}

static void
redes_speed_graph_init (RedesSpeedGraph *self)
{
}

void
redes_speed_graph_clear (RedesSpeedGraph *self)
{
  self->n_points = 0;
  self->next = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
redes_speed_graph_add (RedesSpeedGraph *self, gdouble bytes_per_s)
{
  self->points[self->next] = bytes_per_s;
  self->next = (self->next + 1) % N_POINTS;
  self->n_points = MIN (self->n_points + 1, N_POINTS);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gdouble
redes_speed_graph_get_peak (RedesSpeedGraph *self)
{
  gdouble peak = 0;

  for (guint i = 0; i < self->n_points; i++)
    peak = MAX (peak, get_point (self, i));
  return peak;
}

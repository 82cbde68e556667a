/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/block-map.h"

#include "app/palette.h"

#include <adwaita.h>
#include <math.h>

#define MIN_HEIGHT 48
#define NATURAL_HEIGHT 96
#define NATURAL_WIDTH 240
/* A square with its gap: as large as fits, in pixels. */
#define MAX_PITCH 14
#define MIN_PITCH 3

struct _RedesBlockMap
{
  GtkWidget parent_instance;
  GBytes *cells;
};

G_DEFINE_FINAL_TYPE (RedesBlockMap, redes_block_map, GTK_TYPE_WIDGET)

static void
redes_block_map_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? NATURAL_HEIGHT : NATURAL_WIDTH;
}

static int
find_pitch (int width, int height, guint n_cells)
{
  int pitch = MAX_PITCH;

  while (pitch > MIN_PITCH && (guint)(width / pitch) * (guint)(height / pitch) < n_cells)
    pitch--;
  return pitch;
}

/* What stands in for the cells of one place, when there are more of them than places. */
static RedesBlockCell
merge (const RedesBlockCell *cells, guint first, guint end)
{
  RedesBlockCell merged = cells[first];
  guint sum = 0;

  for (guint i = first; i < end; i++)
    {
      sum += cells[i].fill;
      if (cells[i].fill > merged.fill)
        merged = cells[i];
    }
  merged.fill = (guint8)(sum / (end - first));
  return merged;
}

static void
redes_block_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  RedesBlockMap *self = REDES_BLOCK_MAP (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  AdwStyleManager *style
      = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  gboolean dark = adw_style_manager_get_dark (style);
  const RedesBlockCell *cells;
  GdkRGBA empty;
  gsize len;
  guint n_cells, n_columns, n_places;
  int pitch;

  if (self->cells == NULL)
    return;
  cells = g_bytes_get_data (self->cells, &len);
  n_cells = len / sizeof *cells;
  pitch = find_pitch (width, height, n_cells);
  n_columns = MAX (width / pitch, 1);
  n_places = MIN (n_cells, n_columns * MAX (height / pitch, 1));
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &empty);
  empty.alpha *= adw_style_manager_get_high_contrast (style) ? 0.4f : 0.12f;

  for (guint i = 0; i < n_places; i++)
    {
      guint first = (guint)((guint64)i * n_cells / n_places);
      guint end = (guint)((guint64)(i + 1) * n_cells / n_places);
      RedesBlockCell cell = merge (cells, first, MAX (end, first + 1));
      guint column = i % n_columns;
      float x = (rtl ? n_columns - 1 - column : column) * pitch;
      graphene_rect_t square
          = GRAPHENE_RECT_INIT (x, (float)(i / n_columns) * pitch, pitch - 1, pitch - 1);
      GdkRGBA color;

      gtk_snapshot_append_color (snapshot, &empty, &square);
      if (cell.fill == 0)
        continue;
      redes_palette_get (cell.sender, dark, &color);
      color.alpha = 0.25f + 0.75f * cell.fill / 255;
      gtk_snapshot_append_color (snapshot, &color, &square);
    }
}

static void
redes_block_map_finalize (GObject *object)
{
  g_clear_pointer (&REDES_BLOCK_MAP (object)->cells, g_bytes_unref);
  G_OBJECT_CLASS (redes_block_map_parent_class)->finalize (object);
}

static void
redes_block_map_class_init (RedesBlockMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = redes_block_map_finalize;
  widget_class->measure = redes_block_map_measure;
  widget_class->snapshot = redes_block_map_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "blockmap");
}

static void
redes_block_map_init (RedesBlockMap *self)
{
}

void
redes_block_map_set_cells (RedesBlockMap *self, GBytes *cells, const char *words)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (cells == self->cells
      || (cells != NULL && self->cells != NULL && g_bytes_equal (cells, self->cells)))
    return;
  g_clear_pointer (&self->cells, g_bytes_unref);
  if (cells != NULL)
    self->cells = g_bytes_ref (cells);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

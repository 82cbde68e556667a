/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/block-map.h"

#include "app/palette.h"

#include <adwaita.h>
#include <math.h>

#define MIN_WIDTH 48
#define NATURAL_WIDTH 240
#define MAX_HEIGHT 96
/* A square with its gap: as large as fits, in pixels. */
#define MAX_PITCH 14
#define MIN_PITCH 3

struct _RedesBlockMap
{
  GtkWidget parent_instance;
  GBytes *cells;
};

G_DEFINE_FINAL_TYPE (RedesBlockMap, redes_block_map, GTK_TYPE_WIDGET)

static int
find_pitch (int width, int height, guint n_cells)
{
  int pitch = MAX_PITCH;

  while (pitch > MIN_PITCH && (guint)(width / pitch) * (guint)(height / pitch) < n_cells)
    pitch--;
  return pitch;
}

static guint
get_n_cells (RedesBlockMap *self)
{
  return self->cells != NULL ? g_bytes_get_size (self->cells) / sizeof (RedesBlockCell) : 0;
}

static GtkSizeRequestMode
redes_block_map_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* No higher than its squares need. */
static int
find_height (RedesBlockMap *self, int width)
{
  guint n_cells = MAX (get_n_cells (self), 1);
  int pitch = find_pitch (width, MAX_HEIGHT, n_cells);
  int n_columns = MAX (width / pitch, 1);

  return MIN ((int)(n_cells + n_columns - 1) / n_columns * pitch, MAX_HEIGHT);
}

static void
redes_block_map_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
    }
  else
    *minimum = *natural
        = find_height (REDES_BLOCK_MAP (widget), for_size > 0 ? for_size : NATURAL_WIDTH);
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
  AdwStyleManager *style = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  gboolean dark = adw_style_manager_get_dark (style);
  const RedesBlockCell *cells;
  GdkRGBA empty;
  guint n_cells = get_n_cells (self);
  guint n_columns, n_places;
  int pitch;

  if (self->cells == NULL)
    return;
  cells = g_bytes_get_data (self->cells, NULL);
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
      guint row = i / n_columns;
      guint column = i % n_columns;
      float x = (rtl ? n_columns - 1 - column : column) * pitch;
      graphene_rect_t square = GRAPHENE_RECT_INIT (x, row * pitch, pitch - 1, pitch - 1);
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
  widget_class->get_request_mode = redes_block_map_get_request_mode;
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
  guint n_before;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (cells == self->cells
      || (cells != NULL && self->cells != NULL && g_bytes_equal (cells, self->cells)))
    return;
  n_before = get_n_cells (self);
  g_clear_pointer (&self->cells, g_bytes_unref);
  if (cells != NULL)
    self->cells = g_bytes_ref (cells);
  if (get_n_cells (self) != n_before)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

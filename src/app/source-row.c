/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/source-row.h"

#include "app/format.h"
#include "app/palette.h"

#include <glib/gi18n.h>

#define SWATCH_SIZE 12

struct _RedesSourceRow
{
  AdwActionRow parent_instance;
  GtkWidget *swatch;
  GtkLabel *rate;
  guint8 number;
};

G_DEFINE_FINAL_TYPE (RedesSourceRow, redes_source_row, ADW_TYPE_ACTION_ROW)

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  RedesSourceRow *self = user_data;
  GdkRGBA color;

  redes_palette_get (self->number,
                     adw_style_manager_get_dark (adw_style_manager_get_for_display (
                         gtk_widget_get_display (GTK_WIDGET (area)))),
                     &color);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

static void
redes_source_row_class_init (RedesSourceRowClass *klass)
{
}

static void
redes_source_row_init (RedesSourceRow *self)
{
  self->swatch = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->swatch), SWATCH_SIZE);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->swatch), SWATCH_SIZE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->swatch), draw_swatch, self, NULL);
  gtk_widget_set_valign (self->swatch, GTK_ALIGN_CENTER);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), self->swatch);

  self->rate = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->rate), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->rate), "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->rate));
}

RedesSourceRow *
redes_source_row_new (void)
{
  return g_object_new (REDES_TYPE_SOURCE_ROW, NULL);
}

void
redes_source_row_show (RedesSourceRow *self, const RedesTransferSource *source)
{
  g_autofree char *short_id = redes_format_short_id (&source->sender.peer);
  g_autofree char *title = g_markup_escape_text (
      *source->sender.nickname != '\0' ? source->sender.nickname : short_id, -1);
  g_autofree char *blocks = g_strdup_printf (
      ngettext ("%'u block", "%'u blocks", source->sender.blocks), source->sender.blocks);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", blocks, source->sender.address);
  g_autofree char *rate = redes_format_rate (source->rate_bytes_per_s);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_label_set_label (self->rate, source->connected ? rate : _ ("gone"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), short_id);
  if (self->number == source->number)
    return;
  self->number = source->number;
  gtk_widget_queue_draw (self->swatch);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/drag-out.h"

#include "app/cell.h"

static GdkContentProvider *
on_prepare (GtkDragSource *source, gdouble x, gdouble y, gpointer user_data)
{
  RedesDragPathFunc get_path = (RedesDragPathFunc)user_data;
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  RedesCell *cell = redes_cell_pick (view, x, y);
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  GdkFileList *files;
  GdkContentProvider *provider;

  if (cell == NULL || redes_cell_get_item (cell) == NULL)
    return NULL;
  path = get_path (redes_cell_get_item (cell));
  if (path == NULL)
    return NULL;
  file = g_file_new_for_path (path);
  files = gdk_file_list_new_from_array (&file, 1);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);
  g_boxed_free (GDK_TYPE_FILE_LIST, files);
  return provider;
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, gpointer user_data)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (view));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, "text-x-generic", NULL, 32, gtk_widget_get_scale_factor (view), GTK_TEXT_DIR_NONE, 0);

  gtk_drag_source_set_icon (source, GDK_PAINTABLE (icon), 0, 0);
}

void
redes_drag_out_attach (GtkColumnView *view, RedesDragPathFunc func)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), (gpointer)func);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), NULL);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (source));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/history-page.h"

#include "app/columns.h"
#include "app/downloads.h"
#include "app/drag-out.h"
#include "app/history-list.h"
#include "app/history-pane.h"
#include "app/history-row.h"
#include "app/list-menu.h"

#include <glib/gi18n.h>

struct _RedesHistoryPage
{
  AdwBin parent_instance;

  GtkSearchEntry *entry;
  GtkStack *stack;
  AdwFlap *flap;
  RedesHistoryPane *pane;
  GtkLabel *summary;
  GtkColumnView *view;
  GtkColumnViewColumn *narrow_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *size_column;
  GtkColumnViewColumn *when_column;
  GtkColumnViewColumn *peers_column;
  GtkColumnViewColumn *duration_column;
  GtkColumnViewColumn *speed_column;
  GMenuModel *row_menu;
  GtkWidget *menu;

  RedesService *service;
  RedesHistoryList *list;
  GtkStringFilter *filter;
  GListModel *listed;
  GtkSingleSelection *selection;
  GFileMonitor *monitor; /* of the selected file */
};

G_DEFINE_FINAL_TYPE (RedesHistoryPage, redes_history_page, ADW_TYPE_BIN)

static RedesHistoryItem *
get_selected (RedesHistoryPage *self)
{
  RedesHistoryRow *row
      = self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return row != NULL ? redes_history_row_get_item (row) : NULL;
}

static gboolean
is_there (RedesHistoryItem *item)
{
  return g_file_test (redes_history_item_get_path (item), G_FILE_TEST_EXISTS);
}

static void
show_selected (RedesHistoryPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  RedesHistoryItem *item = get_selected (self);
  gboolean there = item != NULL && is_there (item);

  redes_history_pane_show (self->pane, item, there);
  gtk_widget_action_set_enabled (widget, "history.open", there);
  gtk_widget_action_set_enabled (widget, "history.show-in-folder", there);
  gtk_widget_action_set_enabled (widget, "history.download", item != NULL && !there);
  gtk_widget_action_set_enabled (widget, "history.copy-link", item != NULL);
  gtk_widget_action_set_enabled (widget, "history.remove", item != NULL);
}

static void
on_file_changed (RedesHistoryPage *self,
                 GFile *file,
                 GFile *other,
                 GFileMonitorEvent event,
                 GFileMonitor *monitor)
{
  if (event == G_FILE_MONITOR_EVENT_CREATED || event == G_FILE_MONITOR_EVENT_DELETED)
    show_selected (self);
}

static void
on_selected (RedesHistoryPage *self)
{
  RedesHistoryItem *item = get_selected (self);

  g_clear_object (&self->monitor);
  if (item != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (redes_history_item_get_path (item));

      /* Where nothing can be watched it is looked at whenever something is done. */
      self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
    }
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_file_changed), self,
                             G_CONNECT_SWAPPED);
  show_selected (self);
}

/* What is done with a row. */

/* Its publisher is not remembered: its content alone says what the file is. */
static RedesLink *
make_link (RedesHistoryItem *item)
{
  g_autoptr (RedesLink) link = g_new0 (RedesLink, 1);

  link->content = *redes_history_item_get_content (item);
  link->name = g_strdup (redes_history_item_get_name (item));
  link->trackers = g_new0 (char *, 1);
  return g_steal_pointer (&link);
}

static void
history_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesHistoryItem *item = get_selected (REDES_HISTORY_PAGE (widget));

  if (item == NULL)
    return;
  if (g_str_equal (name, "history.open"))
    redes_downloads_open_file (widget, redes_history_item_get_path (item));
  else
    redes_downloads_show_in_folder (widget, redes_history_item_get_path (item));
  show_selected (REDES_HISTORY_PAGE (widget));
}

static void
history_download_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesHistoryPage *self = REDES_HISTORY_PAGE (widget);
  RedesHistoryItem *item = get_selected (self);
  g_autoptr (RedesLink) link = item != NULL ? make_link (item) : NULL;

  if (link != NULL)
    redes_downloads_begin (widget, self->service, link, NULL);
}

static void
history_copy_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesHistoryItem *item = get_selected (REDES_HISTORY_PAGE (widget));
  g_autoptr (RedesLink) link = item != NULL ? make_link (item) : NULL;
  g_autofree char *text = link != NULL ? redes_link_format (link) : NULL;

  if (text != NULL)
    redes_downloads_copy_text (widget, text, _ ("Link copied"));
}

static void
history_remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesHistoryPage *self = REDES_HISTORY_PAGE (widget);
  RedesHistoryItem *item = get_selected (self);

  if (item != NULL)
    redes_history_list_remove (self->list, widget, item);
}

static void
history_clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  redes_history_list_clear (REDES_HISTORY_PAGE (widget)->list, widget);
}

static void
on_row_activated (RedesHistoryPage *self, guint position)
{
  g_autoptr (RedesHistoryRow) row
      = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  redes_downloads_open_file (GTK_WIDGET (self),
                             redes_history_item_get_path (redes_history_row_get_item (row)));
}

/* (nullable) (transfer full) */
static char *
get_path (gpointer item)
{
  RedesHistoryItem *download = redes_history_row_get_item (item);

  return is_there (download) ? g_strdup (redes_history_item_get_path (download)) : NULL;
}

/* The list. */

static void
update_stack (RedesHistoryPage *self)
{
  guint n_all = g_list_model_get_n_items (redes_history_list_get_model (self->list));
  guint n = g_list_model_get_n_items (self->listed);
  g_autofree char *words
      = g_strdup_printf (ngettext ("%'u download finished", "%'u downloads finished", n), n);

  gtk_label_set_label (self->summary, words);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.clear", n_all > 0);
  gtk_stack_set_visible_child_name (self->stack, n_all == 0 ? "empty"
                                                 : n == 0   ? "nothing"
                                                            : "list");
}

static void
on_history_grew (RedesHistoryPage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    redes_history_list_refresh (self->list, GTK_WIDGET (self));
}

static void
on_search_changed (RedesHistoryPage *self)
{
  gtk_string_filter_set_search (self->filter, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* Escape: first the words go, then the page. */
static void
on_stop_search (RedesHistoryPage *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "transfers.show-list", NULL);
}

/* Back is where the arrow of the button points. */
static gboolean
on_back_key (GtkWidget *widget, GVariant *direction, gpointer user_data)
{
  if (gtk_widget_get_direction (widget) != (GtkTextDirection)g_variant_get_int32 (direction))
    return FALSE;
  return gtk_widget_activate_action (widget, "transfers.show-list", NULL);
}

static gpointer
map_item (gpointer item, gpointer user_data)
{
  g_autoptr (RedesHistoryItem) download = item;

  return redes_history_row_new (download);
}

static const char *
get_name (gpointer item)
{
  return redes_history_item_get_name (item);
}

/* For an expression, whose values are its own. */
static char *
dup_name (gpointer item, gpointer user_data)
{
  return g_strdup (redes_history_item_get_name (item));
}

static guint64
get_size (gpointer item)
{
  return redes_history_item_get_size (item);
}

static guint64
get_when (gpointer item)
{
  return MAX (redes_history_item_get_finished_s (item), 0);
}

static guint64
get_peers (gpointer item)
{
  return redes_history_item_get_n_peers (item);
}

static guint64
get_duration (gpointer item)
{
  return (guint64)(redes_history_item_get_seconds (item) * 1000);
}

static guint64
get_speed (gpointer item)
{
  return (guint64)redes_history_row_get_rate (item);
}

static void
redes_history_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_history_page_parent_class)->map (widget);
  show_selected (REDES_HISTORY_PAGE (widget));
  on_history_grew (REDES_HISTORY_PAGE (widget));
}

static void
redes_history_page_dispose (GObject *object)
{
  RedesHistoryPage *self = REDES_HISTORY_PAGE (object);

  /* First of all: columns that go end the sorting, which would move rows and what is selected. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  self->selection = NULL;
  g_clear_object (&self->monitor);
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_HISTORY_PAGE);
  self->view = NULL;
  g_clear_object (&self->listed);
  g_clear_object (&self->filter);
  if (self->list != NULL)
    redes_history_list_settle (self->list);
  g_clear_object (&self->list);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_history_page_parent_class)->dispose (object);
}

static void
redes_history_page_class_init (RedesHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_history_page_dispose;
  widget_class->map = redes_history_page_map;

  g_type_ensure (REDES_TYPE_HISTORY_PANE);
  g_type_ensure (REDES_TYPE_HISTORY_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, entry);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, flap);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, pane);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, summary);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, narrow_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, size_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, when_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, peers_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, duration_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, speed_column);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPage, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);

  gtk_widget_class_install_action (widget_class, "history.open", NULL, history_open_action);
  gtk_widget_class_install_action (widget_class, "history.show-in-folder", NULL,
                                   history_open_action);
  gtk_widget_class_install_action (widget_class, "history.download", NULL, history_download_action);
  gtk_widget_class_install_action (widget_class, "history.copy-link", NULL,
                                   history_copy_link_action);
  gtk_widget_class_install_action (widget_class, "history.remove", NULL, history_remove_action);
  gtk_widget_class_install_action (widget_class, "history.clear", NULL, history_clear_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "history.remove", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "transfers.show-list",
                                       NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_ALT_MASK, on_back_key, "i",
                                GTK_TEXT_DIR_LTR);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, GDK_ALT_MASK, on_back_key, "i",
                                GTK_TEXT_DIR_RTL);
}

static void
redes_history_page_init (RedesHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  redes_column_show_text (self->name_column, REDES_TYPE_HISTORY_ROW, "name", FALSE);
  redes_column_show_text (self->size_column, REDES_TYPE_HISTORY_ROW, "size", TRUE);
  redes_column_show_text (self->when_column, REDES_TYPE_HISTORY_ROW, "when", TRUE);
  redes_column_show_text (self->peers_column, REDES_TYPE_HISTORY_ROW, "peers", TRUE);
  redes_column_show_text (self->duration_column, REDES_TYPE_HISTORY_ROW, "duration", TRUE);
  redes_column_show_text (self->speed_column, REDES_TYPE_HISTORY_ROW, "speed", TRUE);
  redes_columns_adapt (self->view);
  redes_column_sort_by_text (self->narrow_column, get_name);
  redes_column_sort_by_text (self->name_column, get_name);
  redes_column_sort_by_number (self->size_column, get_size);
  redes_column_sort_by_number (self->when_column, get_when);
  redes_column_sort_by_number (self->peers_column, get_peers);
  redes_column_sort_by_number (self->duration_column, get_duration);
  redes_column_sort_by_number (self->speed_column, get_speed);
  redes_drag_out_attach (self->view, get_path);
  self->menu = redes_list_menu_attach (self->view, GTK_WIDGET (self), self->row_menu);

  self->filter = gtk_string_filter_new (gtk_cclosure_expression_new (
      G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (dup_name), NULL, NULL));
  show_selected (self);
}

void
redes_history_page_set_service (RedesHistoryPage *self, RedesService *service)
{
  GListModel *all;

  self->service = g_object_ref (service);
  self->list = redes_history_list_new (service);
  all = redes_history_list_get_model (self->list);
  self->listed = G_LIST_MODEL (
      gtk_filter_list_model_new (g_object_ref (all), GTK_FILTER (g_object_ref (self->filter))));
  self->selection = redes_columns_set_model (self->view, self->listed, map_item, NULL);
  gtk_single_selection_set_autoselect (self->selection, TRUE);
  g_signal_connect_object (all, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->listed, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-finished", G_CALLBACK (on_history_grew), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "changed", G_CALLBACK (on_history_grew), self,
                           G_CONNECT_SWAPPED);
  update_stack (self);
  on_selected (self);
}

void
redes_history_page_focus (RedesHistoryPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/tracker-page.h"

#include "app/columns.h"
#include "app/downloads.h"
#include "app/format.h"
#include "app/registered-peer-row.h"

#include <glib/gi18n.h>

struct _RedesTrackerPage
{
  AdwBin parent_instance;

  GtkLabel *address;
  GtkStack *stack;
  GtkColumnView *view;
  GtkColumnViewColumn *narrow_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *address_column;
  GtkColumnViewColumn *files_column;
  GtkColumnViewColumn *heard_column;
  GtkListView *log_view;
  GtkLabel *summary;

  RedesService *service;
  RedesTrackerHost *host; /* that is shown */
  gboolean watching;
};

G_DEFINE_FINAL_TYPE (RedesTrackerPage, redes_tracker_page, ADW_TYPE_BIN)

static RedesTrackerMode *
get_mode (RedesTrackerPage *self)
{
  return redes_service_get_tracker_mode (self->service);
}

static void
on_copy_clicked (RedesTrackerPage *self)
{
  const char *address = redes_tracker_mode_get_addresses (get_mode (self))[0];

  if (address != NULL)
    redes_downloads_copy_text (GTK_WIDGET (self), address, _ ("Address copied"));
}

static void
on_guests_changed (RedesTrackerPage *self)
{
  guint n = self->host != NULL
                ? g_list_model_get_n_items (redes_tracker_host_get_registered_peers (self->host))
                : 0;
  g_autofree char *words
      = g_strdup_printf (ngettext ("%'u peer registered", "%'u peers registered", n), n);

  gtk_label_set_label (self->summary, words);
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
}

/* As soon as the page can be seen and the tracker runs. */
static void
update_watch (RedesTrackerPage *self)
{
  gboolean watch = self->host != NULL && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (watch == self->watching)
    return;
  self->watching = watch;
  if (watch)
    redes_tracker_host_watch (self->host);
  else
    redes_tracker_host_unwatch (self->host);
}

static gpointer
map_guest (gpointer item, gpointer user_data)
{
  g_autoptr (RedesRegisteredPeerItem) peer = item;

  return redes_registered_peer_row_new (peer);
}

/* The newest line is the one to see. */
static void
on_log_changed (GListModel *log, guint position, guint removed, guint added, RedesTrackerPage *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->log_view));
  gdouble bottom
      = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (added > 0 && gtk_adjustment_get_value (adjustment) >= bottom - 40)
    gtk_widget_activate_action (GTK_WIDGET (self->log_view), "list.scroll-to-item", "u",
                                g_list_model_get_n_items (log) - 1);
}

static void
show_host (RedesTrackerPage *self, RedesTrackerHost *host)
{
  g_autoptr (GtkNoSelection) lines = NULL;
  GListModel *log;

  if (self->watching)
    redes_tracker_host_unwatch (self->host);
  self->watching = FALSE;
  if (self->host != NULL)
    {
      g_signal_handlers_disconnect_by_data (redes_tracker_host_get_registered_peers (self->host),
                                            self);
      g_signal_handlers_disconnect_by_data (redes_tracker_host_get_log (self->host), self);
    }
  g_set_object (&self->host, host);
  if (host == NULL)
    return;
  redes_columns_set_model (self->view, redes_tracker_host_get_registered_peers (host), map_guest,
                           NULL);
  log = redes_tracker_host_get_log (host);
  lines = gtk_no_selection_new (g_object_ref (log));
  gtk_list_view_set_model (self->log_view, GTK_SELECTION_MODEL (lines));
  g_signal_connect_object (redes_tracker_host_get_registered_peers (host), "items-changed",
                           G_CALLBACK (on_guests_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (log, "items-changed", G_CALLBACK (on_log_changed), self,
                           G_CONNECT_AFTER);
}

static void
on_mode_changed (RedesTrackerPage *self)
{
  const char *const *addresses = redes_tracker_mode_get_addresses (get_mode (self));
  g_autofree char *all = g_strjoinv ("   ", (char **)addresses);

  gtk_label_set_label (self->address, all);
  show_host (self, redes_tracker_mode_get_host (get_mode (self)));
  on_guests_changed (self);
  update_watch (self);
}

static void
on_log_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (list_item, label);
}

static void
on_log_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  RedesLogLine *line = gtk_list_item_get_item (list_item);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (redes_log_line_get_time_s (line));
  g_autofree char *clock = g_date_time_format (time, "%X");
  g_autofree char *event = redes_format_notice (redes_log_line_get_event (line));
  g_autofree char *words = g_strdup_printf ("%s  %s", clock, event);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)), words);
}

static const char *
get_name (gpointer item)
{
  return redes_registered_peer_item_get_nickname (item);
}

static guint64
get_files (gpointer item)
{
  return redes_registered_peer_item_get_n_files (item);
}

static void
redes_tracker_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_tracker_page_parent_class)->map (widget);
  update_watch (REDES_TRACKER_PAGE (widget));
}

static void
redes_tracker_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_tracker_page_parent_class)->unmap (widget);
  update_watch (REDES_TRACKER_PAGE (widget));
}

static void
redes_tracker_page_dispose (GObject *object)
{
  RedesTrackerPage *self = REDES_TRACKER_PAGE (object);

  if (self->host != NULL)
    show_host (self, NULL);
  /* First of all: columns that go end the sorting, which would move rows. */
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_TRACKER_PAGE);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_tracker_page_parent_class)->dispose (object);
}

static void
redes_tracker_page_class_init (RedesTrackerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_tracker_page_dispose;
  widget_class->map = redes_tracker_page_map;
  widget_class->unmap = redes_tracker_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/tracker-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, address);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, narrow_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, address_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, files_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, heard_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, log_view);
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerPage, summary);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_log_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_log_bind);
}

static void
redes_tracker_page_init (RedesTrackerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  redes_column_show_text (self->address_column, REDES_TYPE_REGISTERED_PEER_ROW, "address", FALSE);
  redes_column_show_text (self->files_column, REDES_TYPE_REGISTERED_PEER_ROW, "files", TRUE);
  redes_column_show_text (self->heard_column, REDES_TYPE_REGISTERED_PEER_ROW, "heard", TRUE);
  redes_columns_adapt (self->view);
  redes_column_sort_by_text (self->narrow_column, get_name);
  redes_column_sort_by_text (self->name_column, get_name);
  redes_column_sort_by_number (self->files_column, get_files);
}

void
redes_tracker_page_set_service (RedesTrackerPage *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (get_mode (self), "changed", G_CALLBACK (on_mode_changed), self,
                           G_CONNECT_SWAPPED);
  on_mode_changed (self);
}

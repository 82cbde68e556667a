/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/preferences-window.h"

#include "app/classic-rows.h"
#include "app/network-rows.h"
#include "app/publisher-rows.h"
#include "app/setting-rows.h"
#include "app/toast.h"
#include "app/tracker-rows.h"

#include "engine/node/own-addresses.h"

#include <glib/gi18n.h>

#define CACHE_REFRESH_S 2

struct _RedesPreferencesWindow
{
  AdwPreferencesWindow parent_instance;
  AdwPreferencesPage *general_page;
  AdwPreferencesPage *network_page;
  AdwEntryRow *nickname_row;
  AdwActionRow *folder_row;
  RedesTrackerRows *tracker_rows;
  RedesNetworkRows *network_rows;
  RedesClassicRows *classic_rows;
  RedesPublisherRows *publisher_rows;
  AdwActionRow *tracker_mode_row;
  AdwActionRow *tracker_address_row;
  AdwActionRow *port_row;
  AdwActionRow *cache_row;

  RedesService *service;
  guint cache_source;
};

G_DEFINE_FINAL_TYPE (RedesPreferencesWindow, redes_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static GSettings *
get_settings (RedesPreferencesWindow *self)
{
  return redes_service_get_settings (self->service);
}

/* ---- Who this peer is ---- */

static void
on_nickname_apply (RedesPreferencesWindow *self)
{
  g_settings_set_string (get_settings (self), "nickname",
                         gtk_editable_get_text (GTK_EDITABLE (self->nickname_row)));
}

static void
show_folder (RedesPreferencesWindow *self)
{
  g_autoptr (RedesConfig) defaults = redes_config_new ();
  g_autofree char *folder = g_settings_get_string (get_settings (self), "download-folder");
  g_autofree char *name
      = g_filename_display_name (*folder != '\0' ? folder : defaults->download_dir);

  redes_setting_row_say (self->folder_row, NULL, name);
}

static void
on_folder_response (GtkNativeDialog *dialog, gint response, RedesPreferencesWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (folder);

      if (path != NULL)
        g_settings_set_string (get_settings (self), "download-folder", path);
      else
        redes_setting_row_say (self->folder_row, _ ("A folder of this computer is needed"), NULL);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_folder_clicked (RedesPreferencesWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Download Folder"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
      _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_folder_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* ---- Network ---- */

static void
show_port (RedesPreferencesWindow *self)
{
  const char *address = redes_node_get_address (redes_service_get_node (self->service));
  g_autofree char *words = NULL;

  /* Where it listens may stand for all addresses; and whether a router lets others in is not known.
   */
  if (address != NULL)
    {
      g_auto (GStrv) addresses = redes_list_own_addresses (address);
      g_autofree char *list = g_strjoinv (", ", addresses);

      /* Translators: addresses, with commas between them. */
      words = g_strdup_printf (_ ("On its networks this peer is at %s"), list);
    }
  redes_setting_row_say (self->port_row, redes_service_get_problem (self->service),
                         words != NULL ? words : "");
}

static void
show_tracker_mode (RedesPreferencesWindow *self)
{
  RedesTrackerMode *mode = redes_service_get_tracker_mode (self->service);
  g_autofree char *addresses = g_strjoinv ("\n", (char **)redes_tracker_mode_get_addresses (mode));

  redes_setting_row_say (self->tracker_mode_row, redes_tracker_mode_get_problem (mode),
                         _ ("Others can find peers and files through this computer"));
  redes_setting_row_say (self->tracker_address_row, NULL, addresses);
  gtk_widget_set_visible (GTK_WIDGET (self->tracker_address_row),
                          redes_tracker_mode_is_running (mode));
}

static void
on_copy_address_clicked (RedesPreferencesWindow *self)
{
  RedesTrackerMode *mode = redes_service_get_tracker_mode (self->service);
  const char *address = redes_tracker_mode_get_addresses (mode)[0];

  if (address == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), address);
  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self),
                                    redes_toast_new (_ ("Address copied")));
}

/* The cache's numbers, as long as somebody can see them. */

static void
cache_stats_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesPreferencesWindow) self = user_data;
  RedesCacheStats stats;
  g_autofree char *held = NULL;
  g_autofree char *words = NULL;

  if (!redes_node_get_cache_stats_finish (REDES_NODE (object), result, &stats, NULL)
      || self->cache_row == NULL)
    return;
  held = g_format_size (stats.bytes);
  if (stats.hits + stats.misses == 0)
    /* Translators: %s is a size: what the cache holds now. */
    words = g_strdup_printf (_ ("Holds %s; nobody has asked for a block yet"), held);
  else
    /* Translators: %s is a size; then how many blocks of 100 that peers asked for were in memory.
     */
    words = g_strdup_printf (_ ("Holds %s; %.0f %% of the blocks asked for came from memory"), held,
                             100.0 * stats.hits / (stats.hits + stats.misses));
  redes_setting_row_say (self->cache_row, NULL, words);
}

static gboolean
on_cache_refresh (gpointer user_data)
{
  RedesPreferencesWindow *self = user_data;

  redes_node_get_cache_stats_async (redes_service_get_node (self->service), cache_stats_cb,
                                    g_object_ref (self));
  return G_SOURCE_CONTINUE;
}

static void
on_network_page_mapped (RedesPreferencesWindow *self)
{
  if (self->cache_source != 0)
    return;
  self->cache_source = g_timeout_add_seconds (CACHE_REFRESH_S, on_cache_refresh, self);
  on_cache_refresh (self);
}

static void
on_network_page_unmapped (RedesPreferencesWindow *self)
{
  g_clear_handle_id (&self->cache_source, g_source_remove);
}

static void
redes_preferences_window_dispose (GObject *object)
{
  RedesPreferencesWindow *self = REDES_PREFERENCES_WINDOW (object);

  g_clear_handle_id (&self->cache_source, g_source_remove);
  self->cache_row = NULL;
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_preferences_window_parent_class)->dispose (object);
}

static void
redes_preferences_window_class_init (RedesPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_preferences_window_dispose;

  g_type_ensure (REDES_TYPE_SWITCH_ROW);
  g_type_ensure (REDES_TYPE_SPIN_ROW);
  g_type_ensure (REDES_TYPE_TRACKER_ROWS);
  g_type_ensure (REDES_TYPE_NETWORK_ROWS);
  g_type_ensure (REDES_TYPE_CLASSIC_ROWS);
  g_type_ensure (REDES_TYPE_PUBLISHER_ROWS);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/redes_p2p/Redes/ui/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, general_page);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, network_page);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, nickname_row);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, folder_row);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, tracker_rows);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, network_rows);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, classic_rows);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, publisher_rows);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, tracker_mode_row);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, tracker_address_row);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, port_row);
  gtk_widget_class_bind_template_child (widget_class, RedesPreferencesWindow, cache_row);
  gtk_widget_class_bind_template_callback (widget_class, on_nickname_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_address_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_network_page_mapped);
  gtk_widget_class_bind_template_callback (widget_class, on_network_page_unmapped);
}

static void
redes_preferences_window_init (RedesPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RedesPreferencesWindow *
redes_preferences_window_new (RedesService *service)
{
  RedesPreferencesWindow *self = g_object_new (REDES_TYPE_PREFERENCES_WINDOW, NULL);
  g_autofree char *nickname = NULL;

  self->service = g_object_ref (service);
  nickname = g_settings_get_string (get_settings (self), "nickname");
  gtk_editable_set_text (GTK_EDITABLE (self->nickname_row), nickname);
  redes_tracker_rows_set_service (self->tracker_rows, service);
  redes_network_rows_set_service (self->network_rows, service);
  redes_classic_rows_set_service (self->classic_rows, service);
  redes_publisher_rows_set_service (self->publisher_rows, service);
  g_signal_connect_object (get_settings (self), "changed::download-folder",
                           G_CALLBACK (show_folder), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "changed", G_CALLBACK (show_port), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_service_get_tracker_mode (service), "changed",
                           G_CALLBACK (show_tracker_mode), self, G_CONNECT_SWAPPED);
  show_folder (self);
  show_port (self);
  show_tracker_mode (self);
  return self;
}

void
redes_preferences_window_add_tracker (RedesPreferencesWindow *self)
{
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (self), self->network_page);
  redes_tracker_rows_focus (self->tracker_rows);
}

void
redes_preferences_window_choose_nickname (RedesPreferencesWindow *self)
{
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (self), self->general_page);
  gtk_widget_grab_focus (GTK_WIDGET (self->nickname_row));
}

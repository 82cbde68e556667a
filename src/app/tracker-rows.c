/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/tracker-rows.h"

#include "engine/base/text.h"

#include <glib/gi18n.h>

struct _RedesTrackerRows
{
  AdwPreferencesGroup parent_instance;
  AdwEntryRow *entry;

  RedesService *service;
  GHashTable *rows; /* address -> AdwActionRow */
};

G_DEFINE_FINAL_TYPE (RedesTrackerRows, redes_tracker_rows, ADW_TYPE_PREFERENCES_GROUP)

static GListModel *
get_trackers (RedesTrackerRows *self)
{
  return redes_node_get_trackers (redes_service_get_node (self->service));
}

static const char *
get_words (RedesTrackerItem *item)
{
  switch (redes_tracker_item_get_state (item))
    {
    case REDES_TRACKER_REGISTERED:
      return _ ("Connected");
    case REDES_TRACKER_WAITING:
      return redes_tracker_item_get_error_message (item);
    default:
      return _ ("Connecting…");
    }
}

static const char *
get_icon (RedesTrackerItem *item)
{
  switch (redes_tracker_item_get_state (item))
    {
    case REDES_TRACKER_REGISTERED:
      return "network-transmit-receive-symbolic";
    case REDES_TRACKER_WAITING:
      return "network-error-symbolic";
    default:
      return "network-idle-symbolic";
    }
}

static void
show_state (RedesTrackerRows *self, RedesTrackerItem *item)
{
  GtkWidget *row = g_hash_table_lookup (self->rows, redes_tracker_item_get_address (item));
  g_autofree char *markup = NULL;

  if (row == NULL)
    return;
  markup = g_markup_escape_text (get_words (item), -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), get_icon (item));
}

static void
on_trackers_changed (
    GListModel *model, guint position, guint removed, guint added, RedesTrackerRows *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (model, i);

      show_state (self, item);
    }
}

/* The rows are those of the setting. */

static void
set_trackers (RedesTrackerRows *self, const char *add, const char *remove)
{
  GSettings *settings = redes_service_get_settings (self->service);
  g_auto (GStrv) old = g_settings_get_strv (settings, "trackers");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) trackers = NULL;

  for (guint i = 0; old[i] != NULL; i++)
    if (g_strcmp0 (old[i], remove) != 0)
      g_strv_builder_add (builder, old[i]);
  if (add != NULL && !g_strv_contains ((const char *const *)old, add))
    g_strv_builder_add (builder, add);
  trackers = g_strv_builder_end (builder);
  g_settings_set_strv (settings, "trackers", (const char *const *)trackers);
}

static void
on_remove_clicked (GtkButton *button, RedesTrackerRows *self)
{
  g_autofree char *address = g_strdup (g_object_get_data (G_OBJECT (button), "address"));

  set_trackers (self, NULL, address);
}

static GtkWidget *
make_row (RedesTrackerRows *self, const char *address)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *words = g_strdup_printf (_ ("Remove %s"), address);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  g_object_set_data_full (G_OBJECT (button), "address", g_strdup (address), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove_clicked), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
remove_gone (RedesTrackerRows *self, const char *const *trackers)
{
  GHashTableIter iter;
  gpointer address, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &address, &row))
    if (!g_strv_contains (trackers, address))
      {
        adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
        g_hash_table_iter_remove (&iter);
      }
}

static void
on_setting_changed (RedesTrackerRows *self)
{
  GSettings *settings = redes_service_get_settings (self->service);
  g_auto (GStrv) trackers = g_settings_get_strv (settings, "trackers");

  remove_gone (self, (const char *const *)trackers);
  /* The entry stays last. */
  g_object_ref (self->entry);
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->entry));
  for (guint i = 0; trackers[i] != NULL; i++)
    if (!g_hash_table_contains (self->rows, trackers[i]))
      {
        GtkWidget *row = make_row (self, trackers[i]);

        g_hash_table_insert (self->rows, g_strdup (trackers[i]), row);
        adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->entry));
  g_object_unref (self->entry);
  on_trackers_changed (get_trackers (self), 0, 0, g_list_model_get_n_items (get_trackers (self)),
                       self);
}

static void
say (RedesTrackerRows *self, const char *trouble)
{
  g_autofree char *markup = trouble != NULL ? g_markup_escape_text (trouble, -1) : NULL;

  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self),
      markup != NULL ? markup : _ ("They know who is there and find files by their names"));
  if (trouble != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static void
on_apply (RedesTrackerRows *self)
{
  g_autofree char *typed = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_autofree char *host = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port;

  if (!redes_text_parse_address (g_strstrip (typed), REDES_TRACKER_DEFAULT_PORT, &host, &port,
                                 &error))
    {
      say (self, error->message);
      return;
    }
  say (self, NULL);
  address = redes_text_format_address (*host != '\0' ? host : "127.0.0.1", port);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  set_trackers (self, address, NULL);
}

static void
on_entry_changed (RedesTrackerRows *self)
{
  say (self, NULL);
}

static void
redes_tracker_rows_dispose (GObject *object)
{
  RedesTrackerRows *self = REDES_TRACKER_ROWS (object);

  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_tracker_rows_parent_class)->dispose (object);
}

static void
redes_tracker_rows_class_init (RedesTrackerRowsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_tracker_rows_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/tracker-rows.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesTrackerRows, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
}

static void
redes_tracker_rows_init (RedesTrackerRows *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  say (self, NULL);
}

void
redes_tracker_rows_set_service (RedesTrackerRows *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (redes_service_get_settings (service), "changed::trackers",
                           G_CALLBACK (on_setting_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_trackers (self), "items-changed",
                           G_CALLBACK (on_trackers_changed), self, 0);
  on_setting_changed (self);
}

void
redes_tracker_rows_focus (RedesTrackerRows *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

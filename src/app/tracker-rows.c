/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/tracker-rows.h"

#include "engine/base/text.h"

#include <glib/gi18n.h>

struct _RedesTrackerRows
{
  AdwPreferencesGroup parent_instance;
  AdwEntryRow *entry;

  RedesService *service;
  GHashTable *rows; /* address -> AdwActionRow: those that were set */
  GHashTable *found_rows; /* the same: those that the local network told of */
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
  gboolean found = redes_tracker_item_is_found (item);
  GtkWidget *row = g_hash_table_lookup (found ? self->found_rows : self->rows,
                                        redes_tracker_item_get_address (item));
  g_autofree char *words = NULL;
  g_autofree char *markup = NULL;

  if (row == NULL)
    return;
  /* Translators: how a tracker became known, then its state. */
  words = found ? g_strdup_printf (_ ("Found on the local network · %s"), get_words (item))
                : g_strdup (get_words (item));
  markup = g_markup_escape_text (words, -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), get_icon (item));
}

static void
show_states (RedesTrackerRows *self)
{
  GListModel *trackers = get_trackers (self);

  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, i);

      show_state (self, item);
    }
}

/* The rows are those of the setting, then those that were found. */

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

/* One that was found comes back as long as it is there: so all such are refused. */
static void
on_refuse_clicked (GtkButton *button, RedesTrackerRows *self)
{
  g_settings_set_boolean (redes_service_get_settings (self->service), "use-found-trackers", FALSE);
}

static GtkWidget *
make_row (const char *address, const char *icon_name, const char *words, GtkWidget **button)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), address);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  *button = gtk_button_new_from_icon_name (icon_name);
  g_object_set_data_full (G_OBJECT (*button), "address", g_strdup (address), g_free);
  gtk_widget_set_valign (*button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (*button, "flat");
  gtk_widget_set_tooltip_text (*button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (*button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), *button);
  return row;
}

static GtkWidget *
make_set_row (RedesTrackerRows *self, const char *address)
{
  g_autofree char *words = g_strdup_printf (_ ("Remove %s"), address);
  GtkWidget *button;
  GtkWidget *row = make_row (address, "user-trash-symbolic", words, &button);

  g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove_clicked), self, 0);
  return row;
}

static GtkWidget *
make_found_row (RedesTrackerRows *self, const char *address)
{
  GtkWidget *button;
  GtkWidget *row = make_row (address, "action-unavailable-symbolic",
                             _ ("Use No Trackers Found on the Local Network"), &button);

  g_signal_connect_object (button, "clicked", G_CALLBACK (on_refuse_clicked), self, 0);
  return row;
}

static void
remove_gone (RedesTrackerRows *self, GHashTable *rows, const char *const *addresses)
{
  GHashTableIter iter;
  gpointer address, row;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &address, &row))
    if (!g_strv_contains (addresses, address))
      {
        adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
        g_hash_table_iter_remove (&iter);
      }
}

typedef GtkWidget *(*MakeRowFunc) (RedesTrackerRows *self, const char *address);

/* Returns: whether any were new */
static gboolean
add_new (RedesTrackerRows *self, GHashTable *rows, const char *const *addresses, MakeRowFunc make)
{
  guint n_before = g_hash_table_size (rows);

  for (guint i = 0; addresses[i] != NULL; i++)
    if (!g_hash_table_contains (rows, addresses[i]))
      {
        GtkWidget *row = make (self, addresses[i]);

        g_hash_table_insert (rows, g_strdup (addresses[i]), row);
        adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      }
  return g_hash_table_size (rows) > n_before;
}

/* The entry stays last, and somebody who types into it goes on typing. */
static void
move_entry_down (RedesTrackerRows *self)
{
  GtkWidget *entry = GTK_WIDGET (self->entry);
  GtkRoot *root = gtk_widget_get_root (entry);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean typing = focus != NULL && gtk_widget_is_ancestor (focus, entry);
  int cursor = gtk_editable_get_position (GTK_EDITABLE (entry));

  g_object_ref (entry);
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), entry);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), entry);
  g_object_unref (entry);
  if (!typing)
    return;
  gtk_widget_grab_focus (entry);
  gtk_editable_set_position (GTK_EDITABLE (entry), cursor);
}

/* (transfer full) (array zero-terminated=1) */
static char **
list_found (RedesTrackerRows *self)
{
  GListModel *trackers = get_trackers (self);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, i);

      if (redes_tracker_item_is_found (item))
        g_strv_builder_add (builder, redes_tracker_item_get_address (item));
    }
  return g_strv_builder_end (builder);
}

static void
update_rows (RedesTrackerRows *self)
{
  GSettings *settings = redes_service_get_settings (self->service);
  g_auto (GStrv) set = g_settings_get_strv (settings, "trackers");
  g_auto (GStrv) found = list_found (self);
  gboolean any_set, any_found;

  remove_gone (self, self->rows, (const char *const *)set);
  any_set = add_new (self, self->rows, (const char *const *)set, make_set_row);
  /* Those that were found go behind. */
  if (any_set)
    {
      const char *const none[] = { NULL };

      remove_gone (self, self->found_rows, none);
    }
  remove_gone (self, self->found_rows, (const char *const *)found);
  any_found = add_new (self, self->found_rows, (const char *const *)found, make_found_row);
  if (any_set || any_found)
    move_entry_down (self);
  show_states (self);
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
  g_clear_pointer (&self->found_rows, g_hash_table_unref);
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
  self->found_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  say (self, NULL);
}

void
redes_tracker_rows_set_service (RedesTrackerRows *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (redes_service_get_settings (service), "changed::trackers",
                           G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_trackers (self), "items-changed", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
  update_rows (self);
}

void
redes_tracker_rows_focus (RedesTrackerRows *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

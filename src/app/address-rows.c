/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/address-rows.h"

#include "app/format.h"
#include "engine/base/text.h"

#include <glib/gi18n.h>

#define ADDRESS_KEY "redes-address"

static void
add_button (GtkWidget *row,
            const char *address,
            const char *icon_name,
            const char *words,
            GCallback clicked,
            gpointer data)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  g_object_set_data_full (G_OBJECT (button), ADDRESS_KEY, g_strdup (address), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  g_signal_connect_object (button, "clicked", clicked, data, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

GtkWidget *
redes_address_row_new (
    const char *address, const char *icon_name, const char *words, GCallback clicked, gpointer data)
{
  GtkWidget *row = adw_action_row_new ();
  /* Who writes a setting by hand may write anything. */
  g_autofree char *markup = g_markup_escape_text (address, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  if (icon_name != NULL)
    add_button (row, address, icon_name, words, clicked, data);
  return row;
}

const char *
redes_address_row_get (GtkButton *button)
{
  return g_object_get_data (G_OBJECT (button), ADDRESS_KEY);
}

/* (transfer full) */
static char *
format_state (RedesTrackerItem *item)
{
  switch (redes_tracker_item_get_state (item))
    {
    case REDES_TRACKER_REGISTERED:
      return g_strdup (_ ("Connected"));
    case REDES_TRACKER_WAITING:
      return redes_format_notice (redes_tracker_item_get_reason (item));
    default:
      return g_strdup (_ ("Connecting…"));
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

void
redes_address_row_show (GtkWidget *row, RedesTrackerItem *item)
{
  g_autofree char *state = format_state (item);
  g_autofree char *words = NULL;
  g_autofree char *markup = NULL;

  /* Translators: how a tracker became known, then its state. */
  words = redes_tracker_item_is_found (item)
              ? g_strdup_printf (_ ("Found on the local network · %s"), state)
              : g_strdup (state);
  markup = g_markup_escape_text (words, -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), get_icon (item));
}

static void
remove_gone (AdwPreferencesGroup *group, GHashTable *rows, const char *const *addresses)
{
  GHashTableIter iter;
  gpointer address, row;

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &address, &row))
    if (!g_strv_contains (addresses, address))
      {
        adw_preferences_group_remove (group, row);
        g_hash_table_iter_remove (&iter);
      }
}

gboolean
redes_address_rows_update (AdwPreferencesGroup *group,
                           GHashTable *rows,
                           const char *const *addresses,
                           RedesAddressRowFunc make,
                           gboolean anew)
{
  const char *const none[] = { NULL };
  guint n_before;

  remove_gone (group, rows, anew ? none : addresses);
  n_before = g_hash_table_size (rows);
  for (guint i = 0; addresses[i] != NULL; i++)
    if (!g_hash_table_contains (rows, addresses[i]))
      {
        GtkWidget *row = make (group, addresses[i]);

        g_hash_table_insert (rows, g_strdup (addresses[i]), row);
        adw_preferences_group_add (group, row);
      }
  return g_hash_table_size (rows) > n_before;
}

void
redes_address_rows_move_down (AdwPreferencesGroup *group, AdwEntryRow *entry)
{
  GtkWidget *widget = GTK_WIDGET (entry);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean typing = focus != NULL && gtk_widget_is_ancestor (focus, widget);
  int cursor = gtk_editable_get_position (GTK_EDITABLE (entry));

  g_object_ref (entry);
  adw_preferences_group_remove (group, widget);
  adw_preferences_group_add (group, widget);
  g_object_unref (entry);
  if (!typing)
    return;
  gtk_widget_grab_focus (widget);
  gtk_editable_set_position (GTK_EDITABLE (entry), cursor);
}

void
redes_address_rows_say (AdwPreferencesGroup *group,
                        AdwEntryRow *entry,
                        const char *trouble,
                        const char *usual)
{
  g_autofree char *markup = g_markup_escape_text (trouble != NULL ? trouble : usual, -1);

  adw_preferences_group_set_description (group, markup);
  if (trouble != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
}

void
redes_address_rows_change (GSettings *settings,
                           const char *key,
                           const char *add,
                           const char *remove)
{
  g_auto (GStrv) old = g_settings_get_strv (settings, key);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wanted = NULL;

  for (guint i = 0; old[i] != NULL; i++)
    if (g_strcmp0 (old[i], remove) != 0)
      g_strv_builder_add (builder, old[i]);
  if (add != NULL && !g_strv_contains ((const char *const *)old, add))
    g_strv_builder_add (builder, add);
  wanted = g_strv_builder_end (builder);
  g_settings_set_strv (settings, key, (const char *const *)wanted);
}

void
redes_address_rows_take (AdwPreferencesGroup *group,
                         AdwEntryRow *entry,
                         guint16 default_port,
                         GSettings *settings,
                         const char *key)
{
  g_autofree char *typed = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));
  g_autofree char *host = NULL;
  g_autofree char *address = NULL;
  g_autofree char *trouble = NULL;
  guint16 port;

  /* The engine says more exactly what is wrong, but only in English. */
  if (!redes_text_parse_address (g_strstrip (typed), default_port, &host, &port, NULL))
    {
      trouble = g_strdup_printf (_ ("“%s” is not an address: that is a computer’s name or number, "
                                    "and perhaps a port, such as 192.0.2.7:5000"),
                                 typed);
      redes_address_rows_say (group, entry, trouble, NULL);
      return;
    }
  address = redes_text_format_address (*host != '\0' ? host : "127.0.0.1", port);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  redes_address_rows_change (settings, key, address, NULL);
}

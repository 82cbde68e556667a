/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/tracker-rows.h"

#include "app/address-rows.h"
#include "engine/node/node-lan.h"

#include <glib/gi18n.h>

/* In the order in which they are listed: those that the person set, those that the local network
 * told of, and those of them that the person does not want. */
typedef enum
{
  KIND_SET,
  KIND_FOUND,
  KIND_REFUSED,
  N_KINDS
} Kind;

struct _RedesTrackerRows
{
  AdwPreferencesGroup parent_instance;
  AdwEntryRow *entry;

  RedesService *service;
  GHashTable *rows[N_KINDS]; /* address -> AdwActionRow */
};

G_DEFINE_FINAL_TYPE (RedesTrackerRows, redes_tracker_rows, ADW_TYPE_PREFERENCES_GROUP)

static RedesNode *
get_node (RedesTrackerRows *self)
{
  return redes_service_get_node (self->service);
}

static GSettings *
get_settings (RedesTrackerRows *self)
{
  return redes_service_get_settings (self->service);
}

static void
show_states (RedesTrackerRows *self)
{
  GListModel *trackers = redes_node_get_trackers (get_node (self));

  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, i);
      Kind kind = redes_tracker_item_is_found (item) ? KIND_FOUND : KIND_SET;
      GtkWidget *row
          = g_hash_table_lookup (self->rows[kind], redes_tracker_item_get_address (item));

      if (row != NULL)
        redes_address_row_show (row, item);
    }
}

/* Refusing. */

static char *
dup_identity (RedesFound *found)
{
  return redes_digest_dup_hex (redes_found_get_id (found));
}

/* (nullable) (transfer full): who the tracker at @address is */
static char *
find_identity (RedesTrackerRows *self, const char *address)
{
  GListModel *all = redes_node_get_found (get_node (self));

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (RedesFound) found = g_list_model_get_item (all, i);

      if (redes_found_is_tracker (found) && g_str_equal (redes_found_get_address (found), address))
        return dup_identity (found);
    }
  return NULL;
}

/* By who it is: another time it may be found elsewhere. */
static void
on_refuse_clicked (GtkButton *button, RedesTrackerRows *self)
{
  g_autofree char *identity = find_identity (self, redes_address_row_get (button));

  if (identity != NULL)
    redes_address_rows_change (get_settings (self), "refused-trackers", identity, NULL);
}

static void
on_use_clicked (GtkButton *button, RedesTrackerRows *self)
{
  g_autofree char *identity = find_identity (self, redes_address_row_get (button));

  if (identity == NULL)
    return;
  redes_networks_answer (redes_service_get_networks (self->service), redes_address_row_get (button),
                         TRUE);
  redes_address_rows_change (get_settings (self), "refused-trackers", NULL, identity);
}

static void
on_remove_clicked (GtkButton *button, RedesTrackerRows *self)
{
  g_autofree char *address = g_strdup (redes_address_row_get (button));

  redes_address_rows_change (get_settings (self), "trackers", NULL, address);
}

/* The rows. */

static GtkWidget *
make_set_row (gpointer group, const char *address)
{
  g_autofree char *words = g_strdup_printf (_ ("Remove %s"), address);

  return redes_address_row_new (address, "user-trash-symbolic", words,
                                G_CALLBACK (on_remove_clicked), group);
}

static GtkWidget *
make_found_row (gpointer group, const char *address)
{
  /* Translators: %s is a tracker's address. */
  g_autofree char *words = g_strdup_printf (_ ("Stop Using %s"), address);

  return redes_address_row_new (address, "action-unavailable-symbolic", words,
                                G_CALLBACK (on_refuse_clicked), group);
}

static GtkWidget *
make_refused_row (gpointer group, const char *address)
{
  /* Translators: %s is a tracker's address. */
  g_autofree char *words = g_strdup_printf (_ ("Use %s"), address);
  GtkWidget *row = redes_address_row_new (address, "list-add-symbolic", words,
                                          G_CALLBACK (on_use_clicked), group);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("Found on the local network · Not used"));
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "network-offline-symbolic");
  return row;
}

/* (transfer full) (array zero-terminated=1) */
static char **
list_found (RedesTrackerRows *self)
{
  GListModel *trackers = redes_node_get_trackers (get_node (self));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, i);

      if (redes_tracker_item_is_found (item))
        g_strv_builder_add (builder, redes_tracker_item_get_address (item));
    }
  return g_strv_builder_end (builder);
}

/* Those that are there now and not used: refused, or on a network where none is, or none yet. With
 * all of them switched off, or by another name in use, there is nothing to say of one. (transfer
 * full) (array zero-terminated=1) */
static char **
list_refused (RedesTrackerRows *self, const char *const *set)
{
  GListModel *all = redes_node_get_found (get_node (self));
  gboolean any = g_settings_get_boolean (get_settings (self), "use-found-trackers");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; any && i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (RedesFound) found = g_list_model_get_item (all, i);

      if (redes_found_is_tracker (found) && !redes_found_is_used (found)
          && !redes_found_is_known (found)
          && !g_strv_contains (set, redes_found_get_address (found)))
        g_strv_builder_add (builder, redes_found_get_address (found));
    }
  return g_strv_builder_end (builder);
}

static void
update_rows (RedesTrackerRows *self)
{
  static const RedesAddressRowFunc makers[N_KINDS]
      = { make_set_row, make_found_row, make_refused_row };
  g_auto (GStrv) set = g_settings_get_strv (get_settings (self), "trackers");
  g_auto (GStrv) found = list_found (self);
  g_auto (GStrv) refused = list_refused (self, (const char *const *)set);
  char **addresses[N_KINDS] = { set, found, refused };
  gboolean any_new = FALSE;

  for (guint i = 0; i < N_KINDS; i++)
    any_new |= redes_address_rows_update (ADW_PREFERENCES_GROUP (self), self->rows[i],
                                          (const char *const *)addresses[i], makers[i], any_new);
  if (any_new)
    redes_address_rows_move_down (ADW_PREFERENCES_GROUP (self), self->entry);
  show_states (self);
}

static void
say (RedesTrackerRows *self, const char *trouble)
{
  redes_address_rows_say (ADW_PREFERENCES_GROUP (self), self->entry, trouble,
                          _ ("They know who is there and find files by their names"));
}

static void
on_apply (RedesTrackerRows *self)
{
  redes_address_rows_take (ADW_PREFERENCES_GROUP (self), self->entry, REDES_TRACKER_DEFAULT_PORT,
                           get_settings (self), "trackers");
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

  for (guint i = 0; i < N_KINDS; i++)
    g_clear_pointer (&self->rows[i], g_hash_table_unref);
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
  for (guint i = 0; i < N_KINDS; i++)
    self->rows[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  say (self, NULL);
}

void
redes_tracker_rows_set_service (RedesTrackerRows *self, RedesService *service)
{
  static const char *const settings[]
      = { "changed::trackers", "changed::refused-trackers", "changed::use-found-trackers" };

  self->service = g_object_ref (service);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    g_signal_connect_object (get_settings (self), settings[i], G_CALLBACK (update_rows), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_node_get_trackers (get_node (self)), "items-changed",
                           G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_node_get_found (get_node (self)), "items-changed",
                           G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  update_rows (self);
}

void
redes_tracker_rows_focus (RedesTrackerRows *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

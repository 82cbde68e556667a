/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/classic-rows.h"

#include "app/address-rows.h"
#include "app/setting-rows.h"
#include "engine/node/node-classic.h"

#include <glib/gi18n.h>

struct _RedesClassicRows
{
  AdwPreferencesGroup parent_instance;
  AdwEntryRow *entry;

  RedesService *service;
  GHashTable *set_rows;   /* address -> AdwActionRow */
  GHashTable *found_rows; /* the same */
};

G_DEFINE_FINAL_TYPE (RedesClassicRows, redes_classic_rows, ADW_TYPE_PREFERENCES_GROUP)

static GListModel *
get_trackers (RedesClassicRows *self)
{
  return redes_node_get_classic_trackers (redes_service_get_node (self->service));
}

static GSettings *
get_settings (RedesClassicRows *self)
{
  return redes_service_get_settings (self->service);
}

static void
on_remove_clicked (GtkButton *button, RedesClassicRows *self)
{
  g_autofree char *address = g_strdup (redes_address_row_get (button));

  redes_address_rows_change (get_settings (self), "classic-trackers", NULL, address);
}

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
  return redes_address_row_new (address, NULL, NULL, NULL, NULL);
}

static void
show_states (RedesClassicRows *self)
{
  GListModel *trackers = get_trackers (self);

  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, i);
      GHashTable *rows = redes_tracker_item_is_found (item) ? self->found_rows : self->set_rows;
      GtkWidget *row = g_hash_table_lookup (rows, redes_tracker_item_get_address (item));

      if (row != NULL)
        redes_address_row_show (row, item);
    }
}

/* (transfer full) (array zero-terminated=1) */
static char **
list_found (RedesClassicRows *self)
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

/* While there is nothing to do with them none is shown, and none is forgotten. */
static void
update_rows (RedesClassicRows *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);
  gboolean wanted = g_settings_get_boolean (get_settings (self), "classic");
  g_auto (GStrv) set
      = wanted ? g_settings_get_strv (get_settings (self), "classic-trackers") : g_new0 (char *, 1);
  g_auto (GStrv) found = list_found (self);
  gboolean any_new;

  gtk_widget_set_visible (GTK_WIDGET (self->entry), wanted);
  any_new = redes_address_rows_update (group, self->set_rows, (const char *const *)set,
                                       make_set_row, FALSE);
  any_new |= redes_address_rows_update (group, self->found_rows, (const char *const *)found,
                                        make_found_row, any_new);
  if (any_new)
    redes_address_rows_move_down (group, self->entry);
  show_states (self);
}

static void
say (RedesClassicRows *self, const char *trouble)
{
  redes_address_rows_say (
      ADW_PREFERENCES_GROUP (self), self->entry, trouble,
      _ ("Unless one is named here, a tracker is looked for on the local network"));
}

static void
on_apply (RedesClassicRows *self)
{
  /* The default port is that of Redes trackers. */
  redes_address_rows_take (ADW_PREFERENCES_GROUP (self), self->entry, REDES_TRACKER_DEFAULT_PORT,
                           get_settings (self), "classic-trackers");
}

static void
on_entry_changed (RedesClassicRows *self)
{
  say (self, NULL);
}

static void
redes_classic_rows_dispose (GObject *object)
{
  RedesClassicRows *self = REDES_CLASSIC_ROWS (object);

  g_clear_pointer (&self->set_rows, g_hash_table_unref);
  g_clear_pointer (&self->found_rows, g_hash_table_unref);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_classic_rows_parent_class)->dispose (object);
}

static void
redes_classic_rows_class_init (RedesClassicRowsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_classic_rows_dispose;
  g_type_ensure (REDES_TYPE_SWITCH_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/classic-rows.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesClassicRows, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
}

static void
redes_classic_rows_init (RedesClassicRows *self)
{
  self->set_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->found_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  say (self, NULL);
}

void
redes_classic_rows_set_service (RedesClassicRows *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (get_settings (self), "changed::classic", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_settings (self), "changed::classic-trackers",
                           G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_trackers (self), "items-changed", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
  update_rows (self);
}

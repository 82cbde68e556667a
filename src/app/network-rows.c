/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/network-rows.h"

#define KEY "redes-network"

struct _RedesNetworkRows
{
  AdwPreferencesGroup parent_instance;
  RedesService *service;
  GHashTable *switches; /* the network's key -> GtkSwitch */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (RedesNetworkRows, redes_network_rows, ADW_TYPE_PREFERENCES_GROUP)

static void
on_switched (RedesNetworkRows *self, GParamSpec *pspec, GtkSwitch *control)
{
  if (!self->updating)
    redes_networks_set (redes_service_get_networks (self->service),
                        g_object_get_data (G_OBJECT (control), KEY),
                        gtk_switch_get_active (control));
}

static GtkSwitch *
add_row (RedesNetworkRows *self, const char *key, const char *name)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", name, NULL);
  GtkWidget *control = gtk_switch_new ();

  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (control), KEY, g_strdup (key), g_free);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  g_signal_connect_object (control, "notify::active", G_CALLBACK (on_switched), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_hash_table_insert (self->switches, g_strdup (key), control);
  return GTK_SWITCH (control);
}

static void
update_rows (RedesNetworkRows *self)
{
  g_autoptr (GVariant) all
      = g_settings_get_value (redes_service_get_settings (self->service), "networks");
  GVariantIter iter;
  const char *key, *name;
  gboolean use;

  self->updating = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (self), g_variant_n_children (all) > 0);
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "(&s&sb)", &key, &name, &use))
    {
      GtkSwitch *control = g_hash_table_lookup (self->switches, key);

      if (control == NULL)
        control = add_row (self, key, name);
      gtk_switch_set_active (control, use);
    }
  self->updating = FALSE;
}

static void
redes_network_rows_dispose (GObject *object)
{
  RedesNetworkRows *self = REDES_NETWORK_ROWS (object);

  g_clear_pointer (&self->switches, g_hash_table_unref);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_network_rows_parent_class)->dispose (object);
}

static void
redes_network_rows_class_init (RedesNetworkRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = redes_network_rows_dispose;
}

static void
redes_network_rows_init (RedesNetworkRows *self)
{
  self->switches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
redes_network_rows_set_service (RedesNetworkRows *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (redes_service_get_settings (service), "changed::networks",
                           G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  update_rows (self);
}

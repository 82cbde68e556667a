/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/publisher-rows.h"

#include "app/mark.h"
#include "app/publishers.h"
#include "engine/base/peer-id.h"

#include <glib/gi18n.h>

struct _RedesPublisherRows
{
  AdwPreferencesGroup parent_instance;
  AdwActionRow *empty;

  RedesService *service;
  GPtrArray *rows;
};

G_DEFINE_FINAL_TYPE (RedesPublisherRows, redes_publisher_rows, ADW_TYPE_PREFERENCES_GROUP)

static void
on_button_clicked (GtkButton *button, RedesPublisherRows *self)
{
  const RedesPeerId *id = g_object_get_data (G_OBJECT (button), "id");
  const char *what = g_object_get_data (G_OBJECT (button), "what");
  RedesNode *node = redes_service_get_node (self->service);

  if (redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  if (g_str_equal (what, "rename"))
    redes_publishers_ask_name (GTK_WIDGET (self), self->service, id);
  else
    redes_node_set_publisher (node, id, NULL, REDES_PUBLISHER_NEW);
}

static void
add_button (RedesPublisherRows *self,
            AdwActionRow *row,
            const RedesPeerId *id,
            const char *icon,
            const char *words,
            const char *what)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "id", redes_digest_copy (id), g_free);
  g_object_set_data (G_OBJECT (button), "what", (gpointer)what);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_button_clicked), self, 0);
  adw_action_row_add_suffix (row, button);
}

static GtkWidget *
make_row (RedesPublisherRows *self, RedesPublisherItem *item)
{
  const RedesPeerId *id = redes_publisher_item_get_id (item);
  gboolean blocked = redes_publisher_item_get_trust (item) == REDES_PUBLISHER_BLOCKED;
  g_autofree char *name = redes_service_dup_publisher_name (self->service, id);
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *short_id = redes_peer_id_dup_short (id, 4);
  g_autofree char *subtitle = NULL;
  GtkWidget *row = adw_action_row_new ();

  subtitle = g_strdup_printf ("%s · %s", blocked ? _ ("Blocked") : _ ("Known"), short_id);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row),
                                blocked ? "action-unavailable-symbolic" : "redes-known-symbolic");
  if (!blocked)
    add_button (self, ADW_ACTION_ROW (row), id, "document-edit-symbolic", _ ("Rename"), "rename");
  add_button (self, ADW_ACTION_ROW (row), id, "user-trash-symbolic",
              blocked ? _ ("Unblock") : _ ("Forget"), "forget");
  return row;
}

static void
on_publishers_changed (RedesPublisherRows *self)
{
  GListModel *model = redes_node_get_publishers (redes_service_get_node (self->service));
  guint n = g_list_model_get_n_items (model);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RedesPublisherItem) item = g_list_model_get_item (model, i);
      GtkWidget *row = make_row (self, item);

      g_ptr_array_add (self->rows, row);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->empty), n == 0);
}

static void
redes_publisher_rows_dispose (GObject *object)
{
  RedesPublisherRows *self = REDES_PUBLISHER_ROWS (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_publisher_rows_parent_class)->dispose (object);
}

static void
redes_publisher_rows_class_init (RedesPublisherRowsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_publisher_rows_dispose;
  g_type_ensure (REDES_TYPE_MARK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/publisher-rows.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesPublisherRows, empty);
}

static void
redes_publisher_rows_init (RedesPublisherRows *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
redes_publisher_rows_set_service (RedesPublisherRows *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (redes_node_get_publishers (redes_service_get_node (service)),
                           "items-changed", G_CALLBACK (on_publishers_changed), self,
                           G_CONNECT_SWAPPED);
  on_publishers_changed (self);
}

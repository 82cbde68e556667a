/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/flow-label.h"

#include "app/format.h"

#include "engine/node/node-peers.h"

#include <glib/gi18n.h>

#define REFRESH_S 1
#define IDLE_REFRESH_S 5

struct _RedesFlowLabel
{
  AdwBin parent_instance;
  GtkLabel *label;
  RedesService *service;
  guint refresh_id;
  gboolean flows;
};

G_DEFINE_FINAL_TYPE (RedesFlowLabel, redes_flow_label, ADW_TYPE_BIN)

static gboolean on_refresh (gpointer user_data);

static void
refresh_in (RedesFlowLabel *self, guint seconds)
{
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_id = g_timeout_add_seconds (seconds, on_refresh, self);
}

/* Those of the original system have no connection that lasts. */
static gboolean
may_begin (RedesFlowLabel *self, const RedesFlow *flow)
{
  GSettings *settings = redes_service_get_settings (self->service);

  return flow->n_connections > 0 || g_settings_get_boolean (settings, "classic");
}

static void
flow_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesFlowLabel) self = user_data;
  g_autofree char *up = NULL;
  g_autofree char *down = NULL;
  g_autofree char *connections = NULL;
  g_autofree char *words = NULL;
  RedesFlow flow;

  if (!redes_node_get_flow_finish (REDES_NODE (object), result, &flow, NULL)
      || self->service == NULL)
    return;
  up = redes_format_rate (flow.up_bytes_per_s);
  down = redes_format_rate (flow.down_bytes_per_s);
  connections = g_strdup_printf (ngettext ("%'u connection", "%'u connections", flow.n_connections),
                                 flow.n_connections);
  /* Translators: what comes in and goes out a second. */
  words = g_strdup_printf (_ ("↓ %s   ↑ %s   %s"), *down != '\0' ? down : "0",
                           *up != '\0' ? up : "0", connections);
  if (g_strcmp0 (gtk_label_get_label (self->label), words) != 0)
    gtk_label_set_label (self->label, words);
  self->flows = *up != '\0' || *down != '\0';
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->flows)
    refresh_in (self, REFRESH_S);
  else if (may_begin (self, &flow))
    refresh_in (self, IDLE_REFRESH_S);
}

static gboolean
on_refresh (gpointer user_data)
{
  RedesFlowLabel *self = user_data;

  self->refresh_id = 0;
  /* In case that there is no answer: the node may be starting. */
  refresh_in (self, REFRESH_S);
  redes_node_get_flow_async (redes_service_get_node (self->service), NULL, flow_cb,
                             g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* What begins is seen at once. */
static void
on_stirred (RedesFlowLabel *self)
{
  if (self->flows)
    return;
  self->flows = TRUE;
  refresh_in (self, REFRESH_S);
}

static void
redes_flow_label_map (GtkWidget *widget)
{
  RedesFlowLabel *self = REDES_FLOW_LABEL (widget);

  GTK_WIDGET_CLASS (redes_flow_label_parent_class)->map (widget);
  if (self->service != NULL)
    on_refresh (self);
}

static void
redes_flow_label_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_flow_label_parent_class)->unmap (widget);
  g_clear_handle_id (&REDES_FLOW_LABEL (widget)->refresh_id, g_source_remove);
}

static void
redes_flow_label_dispose (GObject *object)
{
  RedesFlowLabel *self = REDES_FLOW_LABEL (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_flow_label_parent_class)->dispose (object);
}

static void
redes_flow_label_class_init (RedesFlowLabelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_flow_label_dispose;
  widget_class->map = redes_flow_label_map;
  widget_class->unmap = redes_flow_label_unmap;
}

static void
redes_flow_label_init (RedesFlowLabel *self)
{
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
}

void
redes_flow_label_set_service (RedesFlowLabel *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (service, "transfer-state-changed", G_CALLBACK (on_stirred), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_service_get_node (service), "connected", G_CALLBACK (on_stirred),
                           self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_refresh (self);
}

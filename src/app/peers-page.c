/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/peers-page.h"

#include "app/columns.h"
#include "app/downloads.h"
#include "app/list-menu.h"
#include "app/peer-row.h"
#include "app/publishers.h"
#include "app/question-bar.h"

#include <glib/gi18n.h>

struct _RedesPeersPage
{
  AdwBin parent_instance;

  RedesQuestionBar *name_bar;
  GtkStack *stack;
  GtkColumnView *view;
  GtkColumnViewColumn *narrow_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *address_column;
  GtkColumnViewColumn *found_column;
  GtkColumnViewColumn *down_column;
  GtkColumnViewColumn *up_column;
  GtkColumnViewColumn *seen_column;
  GtkLabel *summary;
  GMenuModel *row_menu;
  GtkWidget *menu;

  RedesService *service;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (RedesPeersPage, redes_peers_page, ADW_TYPE_BIN)

static RedesPeer *
get_selected (RedesPeersPage *self)
{
  RedesPeerRow *row
      = self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return row != NULL ? redes_peer_row_get_peer (row) : NULL;
}

static void
update_actions (RedesPeersPage *self)
{
  static const char *const names[]
      = { "peers.browse", "peers.copy-address", "peers.copy-id", "peers.know", "peers.block" };
  gboolean any = get_selected (self) != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], any);
}

static void
peers_copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesPeer *peer = get_selected (REDES_PEERS_PAGE (widget));

  if (peer == NULL)
    return;
  if (g_str_equal (name, "peers.copy-id"))
    {
      g_autofree char *hex = redes_digest_dup_hex (redes_peer_get_id (peer));

      redes_downloads_copy_text (widget, hex, _ ("Peer id copied"));
    }
  else
    redes_downloads_copy_text (widget, redes_peer_get_address (peer), _ ("Address copied"));
}

static void
browse (RedesPeersPage *self, RedesPeer *peer)
{
  g_autofree char *hex = redes_digest_dup_hex (redes_peer_get_id (peer));
  /* One that only its connection tells of may have called from any port. */
  const char *address = redes_peer_get_how (peer) != 0 ? redes_peer_get_address (peer) : "";

  gtk_widget_activate_action (GTK_WIDGET (self), "win.browse", "(sss)", hex,
                              redes_peer_get_nickname (peer), address);
}

static void
peers_browse_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesPeer *peer = get_selected (REDES_PEERS_PAGE (widget));

  if (peer != NULL)
    browse (REDES_PEERS_PAGE (widget), peer);
}

static void
on_row_activated (RedesPeersPage *self, guint position)
{
  g_autoptr (RedesPeerRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row != NULL)
    browse (self, redes_peer_row_get_peer (row));
}

static void
peers_know_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesPeersPage *self = REDES_PEERS_PAGE (widget);
  RedesPeer *peer = get_selected (self);

  if (peer == NULL)
    return;
  if (g_str_equal (name, "peers.know"))
    redes_publishers_ask_name (widget, self->service, redes_peer_get_id (peer));
  else
    redes_publishers_block (widget, self->service, redes_peer_get_id (peer));
}

static void
update_stack (RedesPeersPage *self)
{
  GListModel *peers = redes_node_get_peers (redes_service_get_node (self->service));
  guint n = g_list_model_get_n_items (peers);
  g_autofree char *words
      = g_strdup_printf (ngettext ("%'u peer is here now", "%'u peers are here now", n), n);

  gtk_label_set_label (self->summary, n > 0 ? words : "");
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
}

static gpointer
map_peer (gpointer item, gpointer user_data)
{
  g_autoptr (RedesPeer) peer = item;

  return redes_peer_row_new (peer);
}

static const char *
get_name (gpointer item)
{
  return redes_peer_get_nickname (item);
}

static const char *
get_address (gpointer item)
{
  return redes_peer_get_address (item);
}

static guint64
get_down (gpointer item)
{
  return redes_peer_get_bytes_down (item);
}

static guint64
get_up (gpointer item)
{
  return redes_peer_get_bytes_up (item);
}

/* A name. */

static void
update_name_bar (RedesPeersPage *self)
{
  GSettings *settings = redes_service_get_settings (self->service);
  g_autofree char *nickname = g_settings_get_string (settings, "nickname");

  if (*nickname == '\0' && !g_settings_get_boolean (settings, "nickname-asked"))
    redes_question_bar_ask (self->name_bar, _ ("You have no name here: others see a short code"));
  else
    redes_question_bar_withdraw (self->name_bar);
}

static void
on_name_accepted (RedesPeersPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.choose-nickname", NULL);
  /* It stays until one was chosen. */
  update_name_bar (self);
}

static void
on_name_refused (RedesPeersPage *self)
{
  g_settings_set_boolean (redes_service_get_settings (self->service), "nickname-asked", TRUE);
}

/* Trackers are asked who is there only while somebody looks. */

static void
redes_peers_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_peers_page_parent_class)->map (widget);
  redes_node_watch_peers (redes_service_get_node (REDES_PEERS_PAGE (widget)->service));
}

static void
redes_peers_page_unmap (GtkWidget *widget)
{
  redes_node_unwatch_peers (redes_service_get_node (REDES_PEERS_PAGE (widget)->service));
  GTK_WIDGET_CLASS (redes_peers_page_parent_class)->unmap (widget);
}

static void
redes_peers_page_dispose (GObject *object)
{
  RedesPeersPage *self = REDES_PEERS_PAGE (object);

  /* First of all: columns that go end the sorting, which would move rows and what is selected. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  self->selection = NULL;
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_PEERS_PAGE);
  G_OBJECT_CLASS (redes_peers_page_parent_class)->dispose (object);
}

static void
redes_peers_page_finalize (GObject *object)
{
  g_clear_object (&REDES_PEERS_PAGE (object)->service);
  G_OBJECT_CLASS (redes_peers_page_parent_class)->finalize (object);
}

static void
redes_peers_page_class_init (RedesPeersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_peers_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = redes_peers_page_finalize;
  widget_class->map = redes_peers_page_map;
  widget_class->unmap = redes_peers_page_unmap;

  g_type_ensure (REDES_TYPE_QUESTION_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/peers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, name_bar);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, narrow_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, address_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, found_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, down_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, up_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, seen_column);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, summary);
  gtk_widget_class_bind_template_child (widget_class, RedesPeersPage, row_menu);

  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_name_accepted);
  gtk_widget_class_bind_template_callback (widget_class, on_name_refused);

  gtk_widget_class_install_action (widget_class, "peers.browse", NULL, peers_browse_action);
  gtk_widget_class_install_action (widget_class, "peers.copy-address", NULL, peers_copy_action);
  gtk_widget_class_install_action (widget_class, "peers.copy-id", NULL, peers_copy_action);
  gtk_widget_class_install_action (widget_class, "peers.know", NULL, peers_know_action);
  gtk_widget_class_install_action (widget_class, "peers.block", NULL, peers_know_action);
}

static void
redes_peers_page_init (RedesPeersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  redes_column_show_text (self->address_column, REDES_TYPE_PEER_ROW, "address", FALSE);
  redes_column_show_text (self->found_column, REDES_TYPE_PEER_ROW, "found", FALSE);
  redes_column_show_text (self->down_column, REDES_TYPE_PEER_ROW, "down", TRUE);
  redes_column_show_text (self->up_column, REDES_TYPE_PEER_ROW, "up", TRUE);
  redes_column_show_text (self->seen_column, REDES_TYPE_PEER_ROW, "seen", TRUE);
  redes_columns_adapt (self->view);
  redes_column_sort_by_text (self->narrow_column, get_name);
  redes_column_sort_by_text (self->name_column, get_name);
  redes_column_sort_by_text (self->address_column, get_address);
  redes_column_sort_by_number (self->down_column, get_down);
  redes_column_sort_by_number (self->up_column, get_up);
  self->menu = redes_list_menu_attach (self->view, GTK_WIDGET (self), self->row_menu);
  update_actions (self);
}

void
redes_peers_page_set_service (RedesPeersPage *self, RedesService *service)
{
  GListModel *peers = redes_node_get_peers (redes_service_get_node (service));

  self->service = g_object_ref (service);
  self->selection = redes_columns_set_model (self->view, peers, map_peer, NULL);
  g_signal_connect_object (redes_service_get_settings (service), "changed::nickname",
                           G_CALLBACK (update_name_bar), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peers, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (update_actions),
                           self, G_CONNECT_SWAPPED);
  update_stack (self);
  update_name_bar (self);
}

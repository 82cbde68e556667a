/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/transfers-page.h"

#include "app/columns.h"
#include "app/downloads.h"
#include "app/drag-out.h"
#include "app/flow-label.h"
#include "app/history-page.h"
#include "app/icon-button.h"
#include "app/link-window.h"
#include "app/list-menu.h"
#include "app/toast.h"
#include "app/transfer-pane.h"
#include "app/transfer-row.h"

#include <glib/gi18n.h>

struct _RedesTransfersPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwBin *history_place;
  AdwFlap *flap;
  RedesTransferPane *pane;
  RedesFlowLabel *flow;
  GtkColumnView *view;
  GtkColumnViewColumn *narrow_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *size_column;
  GtkColumnViewColumn *speed_column;
  GtkColumnViewColumn *left_column;
  GtkColumnViewColumn *sources_column;
  GMenuModel *row_menu;
  GtkWidget *menu;

  RedesService *service;
  GtkSingleSelection *selection;
  GtkFilter *shown;
  GListModel *listed;
  RedesHistoryPage *history; /* NULL until somebody wants to see it */
  gboolean shows_history;
  /* RedesTransfer -> whether it ran: removed by the person, who may still undo that. */
  GHashTable *leaving;
};

G_DEFINE_FINAL_TYPE (RedesTransfersPage, redes_transfers_page, ADW_TYPE_BIN)

static RedesNode *
get_node (RedesTransfersPage *self)
{
  return redes_service_get_node (self->service);
}

static RedesTransfer *
get_selected (RedesTransfersPage *self)
{
  RedesTransferRow *row
      = self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return row != NULL ? redes_transfer_row_get_transfer (row) : NULL;
}

static void
update_actions (RedesTransfersPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  RedesTransfer *transfer = get_selected (self);
  RedesTransferState state
      = transfer != NULL ? redes_transfer_get_state (transfer) : REDES_TRANSFER_DONE;
  gboolean done = transfer != NULL && state == REDES_TRANSFER_DONE;
  gboolean stopped = state == REDES_TRANSFER_PAUSED || state == REDES_TRANSFER_FAILED;

  /* What nobody has signed is fetched in one go, and has no link. */
  gboolean is_signed = transfer != NULL && !redes_transfer_is_unsigned (transfer);
  RedesPeerId other;

  gtk_widget_action_set_enabled (widget, "transfers.pause",
                                 is_signed && !stopped && state != REDES_TRANSFER_DONE
                                     && state != REDES_TRANSFER_FINISHING);
  gtk_widget_action_set_enabled (widget, "transfers.resume", is_signed && stopped);
  gtk_widget_action_set_enabled (widget, "transfers.accept-publisher",
                                 transfer != NULL
                                     && redes_transfer_get_other_publisher (transfer, &other));
  gtk_widget_action_set_enabled (widget, "transfers.remove", transfer != NULL);
  gtk_widget_action_set_enabled (widget, "transfers.open", done);
  gtk_widget_action_set_enabled (widget, "transfers.show-in-folder", done);
  gtk_widget_action_set_enabled (widget, "transfers.copy-link", is_signed);
  gtk_widget_action_set_enabled (widget, "transfers.show-qr", is_signed);
}

static void
on_selected (RedesTransfersPage *self)
{
  redes_transfer_pane_set_transfer (self->pane, get_selected (self));
  update_actions (self);
}

/* Pause, resume, remove. */

static void
toggle (RedesTransfersPage *self, RedesTransfer *transfer)
{
  RedesTransferState state = redes_transfer_get_state (transfer);

  if (state == REDES_TRANSFER_PAUSED || state == REDES_TRANSFER_FAILED)
    redes_node_resume (get_node (self), transfer);
  else if (state != REDES_TRANSFER_DONE && state != REDES_TRANSFER_FINISHING)
    redes_node_pause (get_node (self), transfer);
}

static void
transfers_toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);
  RedesTransfer *transfer = get_selected (self);

  if (transfer != NULL)
    toggle (self, transfer);
}

static void
on_toggle_clicked (RedesTransfersPage *self, guint id)
{
  GListModel *model = redes_node_get_transfers (get_node (self));

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (model, i);

      if (redes_transfer_get_id (transfer) == id)
        toggle (self, transfer);
    }
}

static void
transfers_toggle_one_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  on_toggle_clicked (REDES_TRANSFERS_PAGE (widget), g_variant_get_uint32 (parameter));
}

typedef struct
{
  RedesTransfersPage *page; /* weak */
  RedesTransfer *transfer;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_clear_weak_pointer (&removal->page);
  g_object_unref (removal->transfer);
  g_free (removal);
}

static void
finish_removing (RedesTransfersPage *self, RedesTransfer *transfer)
{
  g_autoptr (RedesTransfer) guard = g_object_ref (transfer);

  if (!g_hash_table_remove (self->leaving, transfer))
    return;
  if (redes_service_get_state (self->service) == REDES_SERVICE_RUNNING)
    redes_node_remove (get_node (self), transfer);
}

static void
forget_removal (gpointer data)
{
  Removal *removal = data;

  if (removal->page != NULL && removal->page->service != NULL)
    finish_removing (removal->page, removal->transfer);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;
  RedesTransfersPage *self = removal->page;

  if (self == NULL || !g_hash_table_contains (self->leaving, removal->transfer))
    return;
  if (GPOINTER_TO_INT (g_hash_table_lookup (self->leaving, removal->transfer)))
    redes_node_resume (get_node (self), removal->transfer);
  g_hash_table_remove (self->leaving, removal->transfer);
  gtk_filter_changed (self->shown, GTK_FILTER_CHANGE_LESS_STRICT);
}

static void
transfers_remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);
  RedesTransfer *transfer = get_selected (self);
  RedesTransferState state;
  g_autofree char *words = NULL;
  Removal *removal;
  gboolean runs;

  if (transfer == NULL)
    return;
  state = redes_transfer_get_state (transfer);
  runs = !redes_transfer_is_over (transfer) && state != REDES_TRANSFER_PAUSED;
  if (runs)
    redes_node_pause (get_node (self), transfer);
  g_hash_table_insert (self->leaving, g_object_ref (transfer), GINT_TO_POINTER (runs));
  removal = g_new0 (Removal, 1);
  g_set_weak_pointer (&removal->page, self);
  removal->transfer = g_object_ref (transfer);
  words = g_strdup_printf (_ ("“%s” removed"), redes_transfer_get_name (transfer));
  redes_toast_show_undo (widget, words, G_CALLBACK (undo_removal), G_CALLBACK (forget_removal),
                         removal, removal_free);
  gtk_filter_changed (self->shown, GTK_FILTER_CHANGE_MORE_STRICT);
}

/* What else is done with a row. */

static void
transfers_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfer *transfer = get_selected (REDES_TRANSFERS_PAGE (widget));

  if (transfer == NULL || redes_transfer_get_path (transfer) == NULL)
    return;
  if (g_str_equal (name, "transfers.open"))
    redes_downloads_open_file (widget, redes_transfer_get_path (transfer));
  else
    redes_downloads_show_in_folder (widget, redes_transfer_get_path (transfer));
}

static void
transfers_copy_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfer *transfer = get_selected (REDES_TRANSFERS_PAGE (widget));
  g_autofree char *text = NULL;

  if (transfer == NULL)
    return;
  text = redes_link_format (redes_transfer_get_link (transfer));
  redes_downloads_copy_text (widget, text, _ ("Link copied"));
}

static void
transfers_accept_publisher_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);
  RedesTransfer *transfer = get_selected (self);
  RedesPeerId other;

  if (transfer != NULL && redes_transfer_get_other_publisher (transfer, &other))
    redes_node_accept_publisher (get_node (self), transfer, &other);
}

static void
transfers_show_qr_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfer *transfer = get_selected (REDES_TRANSFERS_PAGE (widget));
  g_autofree char *text = NULL;

  if (transfer == NULL)
    return;
  text = redes_link_format (redes_transfer_get_link (transfer));
  redes_link_window_present (widget, redes_transfer_get_name (transfer), text);
}

/* (nullable) (transfer full) */
static char *
get_finished_path (gpointer item)
{
  RedesTransfer *transfer = redes_transfer_row_get_transfer (item);

  if (redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE)
    return NULL;
  return g_strdup (redes_transfer_get_path (transfer));
}

static void
on_row_activated (RedesTransfersPage *self, guint position)
{
  g_autoptr (RedesTransferRow) row
      = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  RedesTransfer *transfer = redes_transfer_row_get_transfer (row);

  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    redes_downloads_open_file (GTK_WIDGET (self), redes_transfer_get_path (transfer));
  else
    toggle (self, transfer);
}

/* The list. */

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  RedesTransfersPage *self = user_data;

  return !g_hash_table_contains (self->leaving, item);
}

static void
update_stack (RedesTransfersPage *self)
{
  gboolean any = g_list_model_get_n_items (self->listed) > 0;

  gtk_stack_set_visible_child_name (self->stack, self->shows_history ? "history"
                                                 : any               ? "list"
                                                                     : "empty");
}

static void
show_history (RedesTransfersPage *self, gboolean shows_history)
{
  if (shows_history && self->history == NULL)
    {
      self->history = g_object_new (REDES_TYPE_HISTORY_PAGE, NULL);
      redes_history_page_set_service (self->history, self->service);
      adw_bin_set_child (self->history_place, GTK_WIDGET (self->history));
    }
  self->shows_history = shows_history;
  update_stack (self);
  if (shows_history)
    redes_history_page_focus (self->history);
  else
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
transfers_show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_history (REDES_TRANSFERS_PAGE (widget), g_str_equal (name, "transfers.show-history"));
}

static gpointer
map_transfer (gpointer item, gpointer user_data)
{
  g_autoptr (RedesTransfer) transfer = item;

  return redes_transfer_row_new (transfer);
}

static void
redes_transfers_page_unmap (GtkWidget *widget)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);

  GTK_WIDGET_CLASS (redes_transfers_page_parent_class)->unmap (widget);
  /* Whoever comes back looks for what is going on. */
  self->shows_history = FALSE;
  update_stack (self);
}

static const char *
get_name (gpointer item)
{
  return redes_transfer_get_name (item);
}

static guint64
get_size (gpointer item)
{
  return redes_transfer_get_size (item);
}

static guint64
get_speed (gpointer item)
{
  return (guint64)redes_transfer_get_rate_bytes_per_s (item);
}

static guint64
get_left (gpointer item)
{
  gdouble seconds = redes_transfer_row_get_seconds_left (item);

  return seconds < 0 ? G_MAXUINT64 : (guint64)seconds;
}

static guint64
get_sources (gpointer item)
{
  return redes_transfer_get_sources (item)->len;
}

static void
redes_transfers_page_dispose (GObject *object)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (object);

  if (self->service != NULL)
    {
      g_autoptr (GList) leaving = g_hash_table_get_keys (self->leaving);

      for (GList *l = leaving; l != NULL; l = l->next)
        finish_removing (self, l->data);
    }
  /* First of all: columns that go end the sorting, which would move rows and what is selected. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  self->selection = NULL;
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_TRANSFERS_PAGE);
  g_clear_object (&self->listed);
  g_clear_object (&self->shown);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_transfers_page_parent_class)->dispose (object);
}

static void
redes_transfers_page_finalize (GObject *object)
{
  g_hash_table_unref (REDES_TRANSFERS_PAGE (object)->leaving);
  G_OBJECT_CLASS (redes_transfers_page_parent_class)->finalize (object);
}

static void
redes_transfers_page_class_init (RedesTransfersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_transfers_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = redes_transfers_page_finalize;
  widget_class->unmap = redes_transfers_page_unmap;

  g_type_ensure (REDES_TYPE_TRANSFER_PANE);
  g_type_ensure (REDES_TYPE_TRANSFER_ROW);
  g_type_ensure (REDES_TYPE_ICON_BUTTON);
  g_type_ensure (REDES_TYPE_FLOW_LABEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/transfers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, history_place);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, flap);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, pane);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, flow);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, narrow_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, size_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, speed_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, left_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, sources_column);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);

  gtk_widget_class_install_action (widget_class, "transfers.pause", NULL, transfers_toggle_action);
  gtk_widget_class_install_action (widget_class, "transfers.resume", NULL, transfers_toggle_action);
  gtk_widget_class_install_action (widget_class, "transfers.toggle", "u",
                                   transfers_toggle_one_action);
  gtk_widget_class_install_action (widget_class, "transfers.remove", NULL, transfers_remove_action);
  gtk_widget_class_install_action (widget_class, "transfers.open", NULL, transfers_open_action);
  gtk_widget_class_install_action (widget_class, "transfers.show-in-folder", NULL,
                                   transfers_open_action);
  gtk_widget_class_install_action (widget_class, "transfers.copy-link", NULL,
                                   transfers_copy_link_action);
  gtk_widget_class_install_action (widget_class, "transfers.accept-publisher", NULL,
                                   transfers_accept_publisher_action);
  gtk_widget_class_install_action (widget_class, "transfers.show-qr", NULL,
                                   transfers_show_qr_action);
  gtk_widget_class_install_action (widget_class, "transfers.show-history", NULL,
                                   transfers_show_action);
  gtk_widget_class_install_action (widget_class, "transfers.show-list", NULL,
                                   transfers_show_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "transfers.remove", NULL);
}

static void
redes_transfers_page_init (RedesTransfersPage *self)
{
  self->leaving = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  redes_column_show_text (self->size_column, REDES_TYPE_TRANSFER_ROW, "size", TRUE);
  redes_column_show_text (self->speed_column, REDES_TYPE_TRANSFER_ROW, "speed", TRUE);
  redes_column_show_text (self->left_column, REDES_TYPE_TRANSFER_ROW, "left", TRUE);
  redes_column_show_text (self->sources_column, REDES_TYPE_TRANSFER_ROW, "sources", TRUE);
  redes_columns_adapt (self->view);
  redes_column_sort_by_text (self->narrow_column, get_name);
  redes_column_sort_by_text (self->name_column, get_name);
  redes_column_sort_by_number (self->size_column, get_size);
  redes_column_sort_by_number (self->speed_column, get_speed);
  redes_column_sort_by_number (self->left_column, get_left);
  redes_column_sort_by_number (self->sources_column, get_sources);
  redes_drag_out_attach (self->view, get_finished_path);
  self->menu = redes_list_menu_attach (self->view, GTK_WIDGET (self), self->row_menu);
  update_actions (self);
}

void
redes_transfers_page_set_service (RedesTransfersPage *self, RedesService *service)
{
  GListModel *transfers = redes_node_get_transfers (redes_service_get_node (service));

  self->service = g_object_ref (service);
  self->shown = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  self->listed = G_LIST_MODEL (
      gtk_filter_list_model_new (g_object_ref (transfers), g_object_ref (self->shown)));
  self->selection = redes_columns_set_model (self->view, self->listed, map_transfer, NULL);
  g_signal_connect_object (self->listed, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  gtk_single_selection_set_autoselect (self->selection, TRUE);
  redes_transfer_pane_set_service (self->pane, service);
  g_settings_bind (redes_service_get_settings (service), "details-shown", self->flap, "reveal-flap",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-state-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  redes_flow_label_set_service (self->flow, service);
  update_stack (self);
}

void
redes_transfers_page_show_list (RedesTransfersPage *self)
{
  if (self->shows_history)
    show_history (self, FALSE);
}

void
redes_transfers_page_show_history (RedesTransfersPage *self)
{
  show_history (self, TRUE);
}

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

/* Of more selected transfers nobody looks at each whenever the state of one changes. */
#define MAX_LOOKED_AT 500

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
  GtkActionBar *many_bar;
  GtkLabel *many_words;
  GMenuModel *row_menu;
  GtkWidget *menu;

  RedesService *service;
  GtkMultiSelection *selection;
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

/* (transfer full) (element-type RedesTransfer) */
static GPtrArray *
list_selected (RedesTransfersPage *self)
{
  g_autoptr (GPtrArray) rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  GPtrArray *transfers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (transfers, g_object_ref (redes_transfer_row_get_transfer (rows->pdata[i])));
  return transfers;
}

/* (nullable) (transfer none): the only one that is selected, which the node has */
static RedesTransfer *
get_selected (RedesTransfersPage *self)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (redes_columns_count_selected (GTK_SELECTION_MODEL (self->selection)) != 1)
    return NULL;
  rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  return rows->len == 1 ? redes_transfer_row_get_transfer (rows->pdata[0]) : NULL;
}

/* What nobody has signed is fetched in one go, and has no link. */

static gboolean
can_pause (RedesTransfer *transfer)
{
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_PAUSED:
    case REDES_TRANSFER_FAILED:
    case REDES_TRANSFER_DONE:
    case REDES_TRANSFER_FINISHING:
      return FALSE;
    default:
      return !redes_transfer_is_unsigned (transfer);
    }
}

static gboolean
can_resume (RedesTransfer *transfer)
{
  RedesTransferState state = redes_transfer_get_state (transfer);

  return !redes_transfer_is_unsigned (transfer)
         && (state == REDES_TRANSFER_PAUSED || state == REDES_TRANSFER_FAILED);
}

static gboolean
has_link (RedesTransfer *transfer)
{
  return !redes_transfer_is_unsigned (transfer);
}

/* @transfers: (nullable): too many to look at */
static gboolean
any_fits (GPtrArray *transfers, gboolean (*fits) (RedesTransfer *transfer))
{
  if (transfers == NULL)
    return TRUE;
  for (guint i = 0; i < transfers->len; i++)
    if (fits (transfers->pdata[i]))
      return TRUE;
  return FALSE;
}

static void
show_many (RedesTransfersPage *self, guint n)
{
  g_autofree char *words = g_strdup_printf (ngettext ("%'u selected", "%'u selected", n), n);

  gtk_label_set_label (self->many_words, words);
  gtk_action_bar_set_revealed (self->many_bar, n > 1);
}

static void
update_actions (RedesTransfersPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  RedesTransfer *transfer = get_selected (self);
  guint n = redes_columns_count_selected (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GPtrArray) all = n <= MAX_LOOKED_AT ? list_selected (self) : NULL;
  RedesPeerId other;

  show_many (self, n);
  gtk_widget_action_set_enabled (widget, "transfers.pause", any_fits (all, can_pause));
  gtk_widget_action_set_enabled (widget, "transfers.resume", any_fits (all, can_resume));
  gtk_widget_action_set_enabled (widget, "transfers.accept-publisher",
                                 transfer != NULL
                                     && redes_transfer_get_other_publisher (transfer, &other));
  gtk_widget_action_set_enabled (widget, "transfers.remove", n > 0);
  gtk_widget_action_set_enabled (widget, "transfers.open",
                                 transfer != NULL && redes_downloads_can_open (transfer));
  gtk_widget_action_set_enabled (widget, "transfers.show-in-folder",
                                 transfer != NULL
                                     && redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE);
  gtk_widget_action_set_enabled (widget, "transfers.copy-link", any_fits (all, has_link));
  gtk_widget_action_set_enabled (widget, "transfers.show-qr",
                                 transfer != NULL && has_link (transfer));
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
  if (can_resume (transfer))
    redes_node_resume (get_node (self), transfer);
  else if (can_pause (transfer))
    redes_node_pause (get_node (self), transfer);
}

static void
transfers_pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);
  g_autoptr (GPtrArray) all = list_selected (self);
  gboolean pause = g_str_equal (name, "transfers.pause");

  for (guint i = 0; i < all->len; i++)
    if (pause ? can_pause (all->pdata[i]) : can_resume (all->pdata[i]))
      toggle (self, all->pdata[i]);
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
  GPtrArray *transfers;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_clear_weak_pointer (&removal->page);
  g_ptr_array_unref (removal->transfers);
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

  for (guint i = 0; i < removal->transfers->len; i++)
    if (removal->page != NULL && removal->page->service != NULL)
      finish_removing (removal->page, removal->transfers->pdata[i]);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;
  RedesTransfersPage *self = removal->page;

  if (self == NULL)
    return;
  for (guint i = 0; i < removal->transfers->len; i++)
    {
      RedesTransfer *transfer = removal->transfers->pdata[i];

      if (GPOINTER_TO_INT (g_hash_table_lookup (self->leaving, transfer)))
        redes_node_resume (get_node (self), transfer);
      g_hash_table_remove (self->leaving, transfer);
    }
  gtk_filter_changed (self->shown, GTK_FILTER_CHANGE_LESS_STRICT);
}

/* One message, and one way back, for all that are selected. */
static void
transfers_remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);
  g_autoptr (GPtrArray) all = list_selected (self);
  g_autoptr (GtkBitset) selected = NULL;
  g_autofree char *words = NULL;
  Removal *removal;
  guint first;

  if (all->len == 0)
    return;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  first = gtk_bitset_get_minimum (selected);
  for (guint i = 0; i < all->len; i++)
    {
      RedesTransfer *transfer = all->pdata[i];
      gboolean runs = !redes_transfer_is_over (transfer)
                      && redes_transfer_get_state (transfer) != REDES_TRANSFER_PAUSED;

      if (runs)
        redes_node_pause (get_node (self), transfer);
      g_hash_table_insert (self->leaving, g_object_ref (transfer), GINT_TO_POINTER (runs));
    }
  words = all->len == 1
              ? g_strdup_printf (_ ("“%s” removed"), redes_transfer_get_name (all->pdata[0]))
              : g_strdup_printf (
                  ngettext ("%'u transfer removed", "%'u transfers removed", all->len), all->len);
  removal = g_new0 (Removal, 1);
  g_set_weak_pointer (&removal->page, self);
  removal->transfers = g_ptr_array_ref (all);
  redes_toast_show_undo (widget, words, G_CALLBACK (undo_removal), G_CALLBACK (forget_removal),
                         removal, removal_free);
  gtk_filter_changed (self->shown, GTK_FILTER_CHANGE_MORE_STRICT);
  redes_columns_select_near (self->view, first);
}

/* What else is done with a row. */

static void
transfers_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesTransfersPage *self = REDES_TRANSFERS_PAGE (widget);
  RedesTransfer *transfer = get_selected (self);

  if (transfer == NULL)
    return;
  if (g_str_equal (name, "transfers.open"))
    redes_downloads_open (widget, self->service, transfer);
  else if (redes_transfer_get_path (transfer) != NULL)
    redes_downloads_show_in_folder (widget, redes_transfer_get_path (transfer));
}

static void
transfers_copy_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) all = list_selected (REDES_TRANSFERS_PAGE (widget));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *words = NULL;
  guint n = 0;

  for (guint i = 0; i < all->len; i++)
    if (has_link (all->pdata[i]))
      {
        g_autofree char *link = redes_link_format (redes_transfer_get_link (all->pdata[i]));

        g_string_append_printf (text, "%s%s", n++ > 0 ? "\n" : "", link);
      }
  words = n == 1 ? g_strdup (_ ("Link copied"))
                 : g_strdup_printf (ngettext ("%u link copied", "%u links copied", n), n);
  if (n > 0)
    redes_downloads_copy_text (widget, text->str, words);
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

  if (redes_downloads_can_open (transfer))
    redes_downloads_open (GTK_WIDGET (self), self->service, transfer);
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

/* Details of one are always shown, of the first if no other was chosen; and rows that go take their
 * selection with them silently. */
static void
on_listed_changed (RedesTransfersPage *self)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);

  update_stack (self);
  if (selection == NULL)
    return;
  if (redes_columns_count_selected (selection) == 0
      && g_list_model_get_n_items (G_LIST_MODEL (selection)) > 0)
    gtk_selection_model_select_item (selection, 0, TRUE);
  else
    on_selected (self);
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
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, many_bar);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, many_words);
  gtk_widget_class_bind_template_child (widget_class, RedesTransfersPage, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);

  gtk_widget_class_install_action (widget_class, "transfers.pause", NULL, transfers_pause_action);
  gtk_widget_class_install_action (widget_class, "transfers.resume", NULL, transfers_pause_action);
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
  self->selection = redes_columns_set_multi_model (self->view, self->listed, map_transfer, NULL);
  g_signal_connect_object (self->listed, "items-changed", G_CALLBACK (on_listed_changed), self,
                           G_CONNECT_SWAPPED);
  redes_transfer_pane_set_service (self->pane, service);
  g_settings_bind (redes_service_get_settings (service), "details-shown", self->flap, "reveal-flap",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-state-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  redes_flow_label_set_service (self->flow, service);
  on_listed_changed (self);
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/folder-page.h"

#include "app/downloads.h"
#include "app/entry-check.h"
#include "app/folder-rows.h"
#include "app/format.h"
#include "app/transfer-row.h"
#include "engine/base/text.h"

#include <glib/gi18n.h>

struct _RedesFolderPage
{
  AdwBin parent_instance;

  GtkLabel *name;
  GtkLabel *summary;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *waiting_words;
  AdwStatusPage *trouble;
  GtkSearchEntry *filter;
  GtkStack *list_stack;
  GtkListView *view;
  GtkCheckButton *all_check;
  GtkLabel *chosen;

  RedesService *service;
  RedesLink *link;         /* nullable */
  RedesTransfer *listing;  /* nullable: until the list is there */
  RedesListedFolder *tree; /* nullable: from then on */
  RedesFolderRows *rows;   /* nullable: what is shown of it */
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (RedesFolderPage, redes_folder_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_BACK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The rows. */

static void
update_list_stack (RedesFolderPage *self)
{
  const char *shown = "list";

  if (self->rows != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->rows)) == 0
      && redes_folder_rows_are_all_told (self->rows))
    shown = redes_listed_folder_get_n_entries (self->tree) > 1 ? "nothing" : "empty";
  gtk_stack_set_visible_child_name (self->list_stack, shown);
}

static void
show_rows (RedesFolderPage *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->filter));
  GtkTreeListModel *expanded;

  if (self->rows != NULL)
    g_signal_handlers_disconnect_by_data (self->rows, self);
  g_set_object (&self->rows, NULL);
  self->rows = *words != '\0' ? redes_folder_rows_new_of_words (self->tree, words)
                              : redes_folder_rows_new (self->tree, REDES_LISTED_FOLDER_TOP);
  g_signal_connect_swapped (self->rows, "items-changed", G_CALLBACK (update_list_stack), self);
  expanded = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->rows)), FALSE, FALSE,
                                      redes_folder_rows_make_children, NULL, NULL);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (expanded));
  g_object_unref (expanded);
  update_list_stack (self);
}

/* (nullable) (transfer full) */
static GtkTreeListRow *
ref_row (RedesFolderPage *self, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (self->selection), position);
}

static void
toggle_row (RedesFolderPage *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = ref_row (self, position);
  g_autoptr (RedesFolderEntry) entry = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (entry != NULL)
    redes_folder_entry_toggle (entry);
}

static void
on_row_activated (RedesFolderPage *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = ref_row (self, position);

  if (gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    toggle_row (self, position);
}

/* Before the row takes it, which would select what is selected. */
static gboolean
on_space (GtkWidget *view, GVariant *args, gpointer user_data)
{
  RedesFolderPage *self = user_data;
  guint selected = gtk_single_selection_get_selected (self->selection);

  if (selected == GTK_INVALID_LIST_POSITION)
    return FALSE;
  toggle_row (self, selected);
  return TRUE;
}

static void
on_filter_changed (RedesFolderPage *self)
{
  if (self->tree != NULL)
    show_rows (self);
}

static void
on_stop_filter (RedesFolderPage *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->filter)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  else
    g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

/* What is chosen. */

static void on_all_toggled (RedesFolderPage *self);

static void
show_chosen (RedesFolderPage *self)
{
  guint n = redes_listed_folder_get_n_files (self->tree, REDES_LISTED_FOLDER_TOP);
  guint n_chosen = redes_listed_folder_get_n_chosen (self->tree);
  g_autofree char *size = redes_format_size (redes_listed_folder_get_chosen_size (self->tree));
  /* Translators: how many files of a folder are chosen, of how many, and their size together. */
  g_autofree char *words = g_strdup_printf (
      ngettext ("%'u of %'u file chosen · %s", "%'u of %'u files chosen · %s", n), n_chosen, n,
      size);

  gtk_label_set_label (self->chosen, words);
  g_signal_handlers_block_by_func (self->all_check, on_all_toggled, self);
  gtk_check_button_set_active (self->all_check, n_chosen == n);
  gtk_check_button_set_inconsistent (self->all_check, n_chosen > 0 && n_chosen < n);
  g_signal_handlers_unblock_by_func (self->all_check, on_all_toggled, self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "folder.download", n_chosen > 0 || n == 0);
}

static void
on_all_toggled (RedesFolderPage *self)
{
  if (self->tree != NULL)
    redes_listed_folder_choose (self->tree, REDES_LISTED_FOLDER_TOP,
                                gtk_check_button_get_active (self->all_check));
}

static void
folder_download_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesFolderPage *self = REDES_FOLDER_PAGE (widget);
  g_auto (GStrv) only = NULL;

  if (self->tree == NULL)
    return;
  only = redes_listed_folder_dup_choice (self->tree);
  redes_downloads_begin_folder (widget, self->service, self->link, (const char *const *)only,
                                redes_listed_folder_get_n_chosen (self->tree));
  g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

/* The list. */

static void
drop_tree (RedesFolderPage *self)
{
  gtk_single_selection_set_model (self->selection, NULL);
  if (self->rows != NULL)
    g_signal_handlers_disconnect_by_data (self->rows, self);
  g_clear_object (&self->rows);
  if (self->tree != NULL)
    g_signal_handlers_disconnect_by_data (self->tree, self);
  g_clear_object (&self->tree);
}

static void
drop_listing (RedesFolderPage *self)
{
  g_autoptr (RedesTransfer) listing = g_steal_pointer (&self->listing);

  if (listing == NULL)
    return;
  g_signal_handlers_disconnect_by_data (listing, self);
  if (!redes_transfer_is_over (listing)
      && redes_service_get_state (self->service) == REDES_SERVICE_RUNNING)
    redes_node_remove (redes_service_get_node (self->service), listing);
}

static void
show_summary (RedesFolderPage *self)
{
  guint n = redes_listed_folder_get_n_files (self->tree, REDES_LISTED_FOLDER_TOP);
  g_autofree char *files = g_strdup_printf (ngettext ("%'u file", "%'u files", n), n);
  g_autofree char *size
      = redes_format_size (redes_listed_folder_get_size (self->tree, REDES_LISTED_FOLDER_TOP));
  g_autofree char *publisher = NULL;
  g_autofree char *words = NULL;
  RedesPeerId id;

  if (redes_transfer_get_publisher (self->listing, &id))
    publisher = redes_service_dup_publisher_name (self->service, &id);
  words = publisher != NULL ? g_strdup_printf ("%s · %s · %s", files, size, publisher)
                            : g_strdup_printf ("%s · %s", files, size);
  gtk_label_set_label (self->summary, words);
}

static void
show_name (RedesFolderPage *self)
{
  const char *name = redes_transfer_get_name (self->listing);
  g_autofree char *shown = redes_text_display_name (*name != '\0' ? name : _ ("A folder"));

  gtk_label_set_label (self->name, shown);
}

static void
show_tree (RedesFolderPage *self)
{
  self->tree = redes_listed_folder_new (redes_transfer_get_tree (self->listing));
  g_signal_connect_swapped (self->tree, "chosen-changed", G_CALLBACK (show_chosen), self);
  gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  show_summary (self);
  show_rows (self);
  show_chosen (self);
  gtk_stack_set_visible_child_name (self->stack, "files");
  gtk_widget_grab_focus (GTK_WIDGET (self->filter));
}

static void
on_listing_changed (RedesFolderPage *self)
{
  g_autofree char *words = redes_transfer_row_format_status (self->listing);

  show_name (self);
  switch (redes_transfer_get_state (self->listing))
    {
    case REDES_TRANSFER_DONE:
      gtk_spinner_stop (self->spinner);
      if (redes_transfer_get_tree (self->listing) != NULL)
        show_tree (self);
      drop_listing (self);
      break;
    case REDES_TRANSFER_FAILED:
      gtk_spinner_stop (self->spinner);
      adw_status_page_set_description (self->trouble, words);
      gtk_stack_set_visible_child_name (self->stack, "trouble");
      drop_listing (self);
      break;
    case REDES_TRANSFER_FINDING:
    case REDES_TRANSFER_WAITING:
      gtk_label_set_label (self->waiting_words, words);
      break;
    case REDES_TRANSFER_ACTIVE:
    case REDES_TRANSFER_FINISHING:
    case REDES_TRANSFER_PAUSED:
    default:
      gtk_label_set_label (self->waiting_words, _ ("Fetching the list of files"));
      break;
    }
}

static void
list (RedesFolderPage *self)
{
  drop_listing (self);
  drop_tree (self);
  if (self->link == NULL || redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  self->listing = redes_node_list_folder (redes_service_get_node (self->service), self->link);
  g_signal_connect_swapped (self->listing, "changed", G_CALLBACK (on_listing_changed), self);
  gtk_label_set_label (self->summary, "");
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "waiting");
  on_listing_changed (self);
}

static void
folder_list_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  list (REDES_FOLDER_PAGE (widget));
}

static void
folder_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_BACK], 0);
}

static void
redes_folder_page_dispose (GObject *object)
{
  RedesFolderPage *self = REDES_FOLDER_PAGE (object);

  if (self->service != NULL)
    drop_listing (self);
  if (self->selection != NULL)
    drop_tree (self);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_FOLDER_PAGE);
  g_clear_object (&self->selection);
  g_clear_object (&self->service);
  g_clear_pointer (&self->link, redes_link_free);
  G_OBJECT_CLASS (redes_folder_page_parent_class)->dispose (object);
}

static void
redes_folder_page_class_init (RedesFolderPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_folder_page_dispose;

  g_type_ensure (REDES_TYPE_FOLDER_ENTRY);
  g_type_ensure (REDES_TYPE_ENTRY_CHECK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/folder-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, name);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, summary);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, waiting_words);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, filter);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, all_check);
  gtk_widget_class_bind_template_child (widget_class, RedesFolderPage, chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_all_toggled);

  signals[SIGNAL_BACK] = g_signal_new ("back", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "folder.back", NULL, folder_back_action);
  gtk_widget_class_install_action (widget_class, "folder.list", NULL, folder_list_action);
  gtk_widget_class_install_action (widget_class, "folder.download", NULL, folder_download_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "folder.back",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "folder.back", NULL);
}

static void
redes_folder_page_init (RedesFolderPage *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0),
                        gtk_callback_action_new (on_space, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}

void
redes_folder_page_set_service (RedesFolderPage *self, RedesService *service)
{
  self->service = g_object_ref (service);
}

void
redes_folder_page_show (RedesFolderPage *self, const RedesLink *link)
{
  g_clear_pointer (&self->link, redes_link_free);
  self->link = redes_link_copy (link);
  list (self);
}

void
redes_folder_page_leave (RedesFolderPage *self)
{
  drop_listing (self);
  drop_tree (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/search-page.h"

#include "app/columns.h"
#include "app/downloads.h"
#include "app/folder-page.h"
#include "app/format.h"
#include "app/link-dialog.h"
#include "app/link-window.h"
#include "app/list-menu.h"
#include "app/publishers.h"
#include "app/mark.h"
#include "app/result-row.h"
#include "app/results-bar.h"
#include "app/toast.h"

#include "engine/node/node-lan.h"

#include <glib/gi18n.h>

/* What is asked for while somebody types: one message of each. */
#define FIRST_ROWS 200

struct _RedesSearchPage
{
  AdwBin parent_instance;

  GtkStack *levels;
  AdwBin *folder_place;
  GtkSearchEntry *entry;
  GtkStack *stack;
  AdwStatusPage *trouble;
  GtkSpinner *spinner;
  RedesResultsBar *bar;
  GtkActionBar *many_bar;
  GtkLabel *many_words;
  GtkScrolledWindow *scrolled;
  GtkColumnView *view;
  GtkColumnViewColumn *narrow_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *size_column;
  GtkColumnViewColumn *sources_column;
  GMenuModel *row_menu;
  GtkWidget *menu;

  RedesService *service;
  GtkMultiSelection *selection;
  RedesFolderPage *folder;   /* NULL until somebody wants to see one */
  gpointer results;          /* whose rows are in @selection; not to be used */
  GCancellable *cancellable; /* of the query that is under way */
  char *asked;               /* (nullable): the words that were asked for last */
  char *browsed;             /* whose files were asked for last */
};

G_DEFINE_FINAL_TYPE (RedesSearchPage, redes_search_page, ADW_TYPE_BIN)

/* The selected rows. */

static guint
count_selected (RedesSearchPage *self)
{
  return redes_columns_count_selected (GTK_SELECTION_MODEL (self->selection));
}

/* (nullable) (transfer none): the only one that is selected, which the results have. */
static RedesResult *
get_selected (RedesSearchPage *self)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (count_selected (self) != 1)
    return NULL;
  rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  return rows->len == 1 ? redes_result_row_get_result (rows->pdata[0]) : NULL;
}

static gboolean
is_here (RedesSearchPage *self, RedesResult *result)
{
  RedesTransfer *transfer
      = redes_service_lookup_transfer (self->service, redes_result_get_content (result));

  return redes_result_is_held (result)
         || (transfer != NULL && redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE);
}

/* (transfer full) (element-type RedesLink): of those that are selected and signed. @missing_only:
 * only of what is neither here nor on its way */
static GPtrArray *
list_links (RedesSearchPage *self, gboolean missing_only)
{
  g_autoptr (GPtrArray) rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);

  for (guint i = 0; i < rows->len; i++)
    {
      RedesResult *result = redes_result_row_get_result (rows->pdata[i]);
      gboolean is_known
          = redes_result_is_held (result)
            || redes_service_lookup_transfer (self->service, redes_result_get_content (result))
                   != NULL;

      if (!redes_result_is_unsigned (result) && !(missing_only && is_known))
        g_ptr_array_add (links, redes_result_dup_link (result));
    }
  return links;
}

static void
show_many (RedesSearchPage *self, guint n)
{
  g_autofree char *words = g_strdup_printf (ngettext ("%'u selected", "%'u selected", n), n);

  gtk_label_set_label (self->many_words, words);
  gtk_action_bar_set_revealed (self->many_bar, n > 1);
}

static void
update_actions (RedesSearchPage *self)
{
  guint n_selected = count_selected (self);
  RedesResult *result = get_selected (self);
  gboolean is_signed = result != NULL && !redes_result_is_unsigned (result);
  gboolean others
      = is_signed && !redes_publishers_is_own (self->service, redes_result_get_publisher (result));

  show_many (self, n_selected);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "search.download", n_selected > 0);
  gtk_widget_action_set_enabled (
      GTK_WIDGET (self), "search.open",
      is_signed && !redes_result_is_folder (result)
          && (is_here (self, result)
              || redes_downloads_is_readable_early (redes_result_get_name (result))));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "search.list-folder",
                                 is_signed && redes_result_is_folder (result));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "search.copy-link",
                                 is_signed || n_selected > 1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "search.show-qr", is_signed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "search.know", others);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "search.block", others);
}

static void
download (RedesSearchPage *self, RedesResult *result)
{
  g_autoptr (RedesLink) link = NULL;

  if (redes_result_is_unsigned (result))
    {
      redes_downloads_begin_unsigned (GTK_WIDGET (self), self->service, result);
      return;
    }
  link = redes_result_dup_link (result);
  if (redes_result_is_held (result)
      && redes_service_lookup_transfer (self->service, &link->content) == NULL)
    {
      redes_toast_printf (GTK_WIDGET (self), _ ("You have “%s” already"), link->name);
      return;
    }
  redes_downloads_begin (GTK_WIDGET (self), self->service, link, NULL);
}

static void
search_download_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (widget);
  RedesResult *result = get_selected (self);

  if (result != NULL)
    {
      download (self, result);
      return;
    }
  if (self->selection != NULL)
    {
      g_autoptr (GPtrArray) links = list_links (self, TRUE);

      if (links->len > 0)
        redes_downloads_begin_all (widget, self->service, links);
      else
        redes_toast_say (widget, _ ("You have all of these already"));
    }
}

static void
open_result (RedesSearchPage *self, RedesResult *result)
{
  g_autoptr (RedesLink) link = redes_result_dup_link (result);

  redes_downloads_open_link (GTK_WIDGET (self), self->service, link);
}

static void
search_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (widget);
  RedesResult *result = get_selected (self);

  if (result != NULL)
    open_result (self, result);
}

/* A folder, which is shown in the place of the results until the person goes back to them. */

static void
show_search (RedesSearchPage *self)
{
  gtk_stack_set_visible_child_name (self->levels, "search");
  if (self->folder != NULL)
    redes_folder_page_leave (self->folder);
}

static void
on_folder_back (RedesSearchPage *self)
{
  show_search (self);
  if (get_selected (self) != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->view));
  else
    redes_search_page_focus (self);
}

void
redes_search_page_list_folder (RedesSearchPage *self, const RedesLink *link)
{
  if (redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  if (self->folder == NULL)
    {
      self->folder = g_object_new (REDES_TYPE_FOLDER_PAGE, NULL);
      redes_folder_page_set_service (self->folder, self->service);
      g_signal_connect_object (self->folder, "back", G_CALLBACK (on_folder_back), self,
                               G_CONNECT_SWAPPED);
      adw_bin_set_child (self->folder_place, GTK_WIDGET (self->folder));
    }
  redes_folder_page_show (self->folder, link);
  gtk_stack_set_visible_child_name (self->levels, "folder");
}

static void
list_folder (RedesSearchPage *self, RedesResult *result)
{
  g_autoptr (RedesLink) link = redes_result_dup_link (result);

  redes_search_page_list_folder (self, link);
}

static void
search_list_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (widget);
  RedesResult *result = get_selected (self);

  if (result != NULL)
    list_folder (self, result);
}

static void
search_copy_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (widget);
  g_autoptr (GPtrArray) links = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *words = NULL;

  if (self->selection == NULL)
    return;
  links = list_links (self, FALSE);
  for (guint i = 0; i < links->len; i++)
    {
      g_autofree char *link = redes_link_format (links->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", link);
    }
  words = g_strdup_printf (ngettext ("%u link copied", "%u links copied", links->len), links->len);
  if (links->len > 0)
    redes_downloads_copy_text (widget, text->str, words);
}

static void
search_show_qr_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesResult *result = get_selected (REDES_SEARCH_PAGE (widget));
  g_autoptr (RedesLink) link = NULL;
  g_autofree char *text = NULL;

  if (result == NULL)
    return;
  link = redes_result_dup_link (result);
  text = redes_link_format (link);
  redes_link_window_present (widget, redes_result_get_name (result), text);
}

static void
search_publisher_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (widget);
  RedesResult *result = get_selected (self);

  if (result == NULL)
    return;
  if (g_str_equal (name, "search.know"))
    redes_publishers_ask_name (widget, self->service, redes_result_get_publisher (result));
  else
    redes_publishers_block (widget, self->service, redes_result_get_publisher (result));
}

static void
on_row_activated (RedesSearchPage *self, guint position)
{
  g_autoptr (RedesResultRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (row == NULL)
    return;
  if (redes_result_is_folder (redes_result_row_get_result (row)))
    list_folder (self, redes_result_row_get_result (row));
  else if (!redes_result_is_unsigned (redes_result_row_get_result (row))
           && is_here (self, redes_result_row_get_result (row)))
    open_result (self, redes_result_row_get_result (row));
  else
    download (self, redes_result_row_get_result (row));
}

/* Asking. */

static void
show_start (RedesSearchPage *self)
{
  redes_results_bar_say (self->bar, "");
  gtk_stack_set_visible_child_name (self->stack, "start");
}

/* (transfer full): who was asked. */
static char *
describe_asked (guint n_trackers, guint n_peers, guint n_silent)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (n_trackers > 0 || n_peers == 0)
    g_string_append_printf (words, ngettext ("asked %u tracker", "asked %u trackers", n_trackers),
                            n_trackers);
  if (n_peers > 0)
    {
      if (n_trackers > 0)
        g_string_append (words, " · ");
      g_string_append_printf (
          words, ngettext ("asked %u peer directly", "asked %u peers directly", n_peers), n_peers);
    }
  if (n_silent > 0)
    {
      g_string_append (words, "; ");
      g_string_append_printf (words, ngettext ("%u did not answer", "%u did not answer", n_silent),
                              n_silent);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static gpointer
map_result (gpointer item, gpointer user_data)
{
  g_autoptr (RedesResult) result = item;
  RedesSearchPage *self = user_data;

  return redes_result_row_new (result, self->service);
}

/* At first all may be from publishers that are blocked, and others come later. */
static void
show_list (RedesSearchPage *self, GListModel *results)
{
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (results) > 0 ? "results" : "nothing");
}

static void
on_results_changed (
    GListModel *results, guint position, guint removed, guint added, RedesSearchPage *self)
{
  if (results == self->results
      && g_str_equal (gtk_stack_get_visible_child_name (self->stack), "nothing"))
    show_list (self, results);
}

static void
show_results (RedesSearchPage *self, GListModel *results)
{
  self->selection = redes_columns_set_multi_model (self->view, results, map_result, self);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  update_actions (self);
  self->results = results;
  g_signal_connect_object (results, "items-changed", G_CALLBACK (on_results_changed), self, 0);
  show_list (self, results);
  if (g_list_model_get_n_items (results) == 0)
    redes_results_bar_fetch (self->bar);
}

static void
show_trouble (RedesSearchPage *self, const GError *error)
{
  GListModel *trackers = redes_node_get_trackers (redes_service_get_node (self->service));
  gboolean none = g_list_model_get_n_items (trackers) == 0;
  g_autofree char *reason = redes_format_error (error);

  redes_results_bar_say (self->bar, "");
  if (g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_QUERY))
    {
      show_start (self);
      return;
    }
  adw_status_page_set_title (self->trouble,
                             none ? _ ("No Tracker Yet") : _ ("No Tracker Answered"));
  adw_status_page_set_description (
      self->trouble,
      none ? _ ("Redes finds files through trackers. Add the address of one that somebody gave "
                "you, or be a tracker yourself and give your address to others.")
           : reason);
  gtk_stack_set_visible_child_name (self->stack, "trouble");
}

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesSearchPage) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_asked = 0, n_answered = 0;
  guint n_peers_asked = 0, n_peers_answered = 0;
  g_autofree char *asked = NULL;
  g_autoptr (GListModel) results
      = redes_node_search_finish (REDES_NODE (object), result, &n_asked, &n_answered, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->entry == NULL)
    return;
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  if (results == NULL)
    {
      show_trouble (self, error);
      return;
    }
  redes_node_search_get_peers (result, &n_peers_asked, &n_peers_answered);
  asked = describe_asked (n_asked, n_peers_asked,
                          n_asked - n_answered + n_peers_asked - n_peers_answered);
  redes_results_bar_show (self->bar, self->service, gtk_column_view_get_sorter (self->view),
                          REDES_RESULTS (results), asked);
  show_results (self, results);
}

static void
cancel (RedesSearchPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
search (RedesSearchPage *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  cancel (self);
  g_clear_pointer (&self->asked, g_free);
  if (*words == '\0' || redes_link_looks_like (words)
      || redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    {
      gtk_spinner_stop (self->spinner);
      if (*words == '\0')
        show_start (self);
      return;
    }
  self->asked = g_strdup (words);
  self->cancellable = g_cancellable_new ();
  gtk_spinner_start (self->spinner);
  redes_node_search_async (redes_service_get_node (self->service), words, FIRST_ROWS,
                           self->cancellable, searched_cb, g_object_ref (self));
}

/* Who comes to the end of the list wants to see what comes next. In an order of its own that would
 * come anywhere, and take the rows in sight away; and a list that begins anew is at its beginning,
 * however short it is at first. */
static void
on_scrolled (GtkAdjustment *adjustment, RedesSearchPage *self)
{
  gdouble page = gtk_adjustment_get_page_size (adjustment);
  gdouble value = gtk_adjustment_get_value (adjustment);
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);

  if (value > 0 && value + 2 * page > gtk_adjustment_get_upper (adjustment)
      && gtk_sorter_get_order (sorter) == GTK_SORTER_ORDER_NONE)
    redes_results_bar_fetch (self->bar);
}

/* What was typed before there was anybody to ask; what is shown already stays. */
static void
on_service_changed (RedesSearchPage *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  const char *shown = gtk_stack_get_visible_child_name (self->stack);

  if (*words != '\0' && (self->asked == NULL || g_strcmp0 (shown, "trouble") == 0))
    search (self);
}

/* The entry says so a moment after the last key. Who pressed Return meanwhile has been answered,
 * and may have chosen a row. */
static void
on_search_changed (RedesSearchPage *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  if (*words == '\0' || g_strcmp0 (words, self->asked) != 0)
    search (self);
}

static void
browsed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesSearchPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  g_autoptr (GListModel) results = redes_node_browse_finish (REDES_NODE (object), result, &error);
  guint n;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->entry == NULL)
    return;
  g_clear_object (&self->cancellable);
  gtk_spinner_stop (self->spinner);
  if (results == NULL)
    {
      g_autofree char *reason = redes_format_error (error);

      redes_toast_printf (GTK_WIDGET (self), _ ("“%s” shows nothing: %s"), self->browsed, reason);
      show_start (self);
      return;
    }
  n = g_list_model_get_n_items (results);
  /* Translators: how many files, and who shares them. */
  words = g_strdup_printf (ngettext ("%'u file shared by %s", "%'u files shared by %s", n), n,
                           self->browsed);
  redes_results_bar_say (self->bar, words);
  show_results (self, results);
}

void
redes_search_page_browse (RedesSearchPage *self,
                          const RedesPeerId *id,
                          const char *nickname,
                          const char *address)
{
  if (redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  show_search (self);
  /* That says at once that nothing is searched for. */
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  cancel (self);
  g_free (self->browsed);
  self->browsed = g_strdup (*nickname != '\0' ? nickname : _ ("Someone"));
  self->cancellable = g_cancellable_new ();
  gtk_spinner_start (self->spinner);
  redes_node_browse_async (redes_service_get_node (self->service), id, address, self->cancellable,
                           browsed_cb, g_object_ref (self));
}

static void
on_activate (RedesSearchPage *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  if (!redes_link_looks_like (words))
    search (self);
  else if (redes_link_dialog_ask_text (GTK_WIDGET (self), self->service, words))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
on_stop_search (RedesSearchPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

/* What a publisher signed that was just blocked has no place in the list any more. */
static void
on_publishers_changed (
    GListModel *model, guint position, guint removed, guint added, RedesSearchPage *self)
{
  const char *shown = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (shown, "results") != 0 && g_strcmp0 (shown, "nothing") != 0)
    return;
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (RedesPublisherItem) item = g_list_model_get_item (model, i);

      if (redes_publisher_item_get_trust (item) == REDES_PUBLISHER_BLOCKED)
        search (self);
    }
  if (removed > added)
    search (self);
}

static const char *
get_name (gpointer item)
{
  return redes_result_get_name (item);
}

static guint64
get_size (gpointer item)
{
  return redes_result_get_size (item);
}

static guint64
get_sources (gpointer item)
{
  return redes_result_get_sources (item);
}

/* Whoever comes here wants to type, or to go on choosing in a folder. */
static void
redes_search_page_map (GtkWidget *widget)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (widget);

  GTK_WIDGET_CLASS (redes_search_page_parent_class)->map (widget);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->levels), "search") == 0)
    redes_search_page_focus (self);
}

static void
redes_search_page_dispose (GObject *object)
{
  RedesSearchPage *self = REDES_SEARCH_PAGE (object);

  cancel (self);
  /* First of all: columns that go end the sorting, which would move rows and what is selected. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  self->selection = NULL;
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->browsed, g_free);
  g_clear_object (&self->service);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_SEARCH_PAGE);
  G_OBJECT_CLASS (redes_search_page_parent_class)->dispose (object);
}

static void
redes_search_page_class_init (RedesSearchPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_search_page_dispose;
  widget_class->map = redes_search_page_map;

  g_type_ensure (REDES_TYPE_MARK);
  g_type_ensure (REDES_TYPE_RESULTS_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/search-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, levels);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, folder_place);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, entry);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, bar);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, many_bar);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, many_words);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, narrow_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, size_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, sources_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSearchPage, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);

  gtk_widget_class_install_action (widget_class, "search.download", NULL, search_download_action);
  gtk_widget_class_install_action (widget_class, "search.open", NULL, search_open_action);
  gtk_widget_class_install_action (widget_class, "search.list-folder", NULL,
                                   search_list_folder_action);
  gtk_widget_class_install_action (widget_class, "search.copy-link", NULL, search_copy_link_action);
  gtk_widget_class_install_action (widget_class, "search.show-qr", NULL, search_show_qr_action);
  gtk_widget_class_install_action (widget_class, "search.know", NULL, search_publisher_action);
  gtk_widget_class_install_action (widget_class, "search.block", NULL, search_publisher_action);
}

static void
redes_search_page_init (RedesSearchPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  redes_column_show_text (self->size_column, REDES_TYPE_RESULT_ROW, "size", TRUE);
  redes_column_show_text (self->sources_column, REDES_TYPE_RESULT_ROW, "sources", TRUE);
  redes_columns_adapt (self->view);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scrolled), "value-changed",
                           G_CALLBACK (on_scrolled), self, 0);
  redes_column_sort_by_text (self->narrow_column, get_name);
  redes_column_sort_by_text (self->name_column, get_name);
  redes_column_sort_by_number (self->size_column, get_size);
  redes_column_sort_by_number (self->sources_column, get_sources);
  self->menu = redes_list_menu_attach (self->view, GTK_WIDGET (self), self->row_menu);
  update_actions (self);
}

void
redes_search_page_set_service (RedesSearchPage *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (service, "changed", G_CALLBACK (on_service_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-state-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_node_get_publishers (redes_service_get_node (service)),
                           "items-changed", G_CALLBACK (on_publishers_changed), self, 0);
}

void
redes_search_page_focus (RedesSearchPage *self)
{
  show_search (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

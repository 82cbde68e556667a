/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/shared-page.h"

#include "app/columns.h"
#include "app/downloads.h"
#include "app/format.h"
#include "app/drag-out.h"
#include "app/link-window.h"
#include "app/list-menu.h"
#include "app/question-bar.h"
#include "app/shared-row.h"
#include "app/sharing.h"
#include "app/toast-gatherer.h"
#include "app/toast.h"

#include <glib/gi18n.h>

struct _RedesSharedPage
{
  AdwBin parent_instance;

  RedesQuestionBar *browse_bar;
  GtkStack *stack;
  GtkColumnView *view;
  GtkColumnViewColumn *narrow_column;
  GtkColumnViewColumn *name_column;
  GtkColumnViewColumn *size_column;
  GtkColumnViewColumn *folder_column;
  GtkRevealer *hashing;
  GtkLabel *hashing_label;
  GtkProgressBar *hashing_bar;
  GtkButton *hashing_button;
  GtkLabel *summary;
  GtkActionBar *many_bar;
  GtkLabel *many_words;
  GMenuModel *row_menu;
  GtkWidget *menu;

  RedesService *service;
  GtkMultiSelection *selection;
  guint unshared_at; /* where the first row was that leaves, or GTK_INVALID_LIST_POSITION */
  gboolean paused;
  RedesToastGatherer *skipped;   /* files that could not be shared */
  RedesToastGatherer *withdrawn; /* files that were, and cannot any more */
};

G_DEFINE_FINAL_TYPE (RedesSharedPage, redes_shared_page, ADW_TYPE_BIN)

/* (nullable) (transfer none): the only one that is selected, which the node has */
static RedesSharedItem *
get_selected (RedesSharedPage *self)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (redes_columns_count_selected (GTK_SELECTION_MODEL (self->selection)) != 1)
    return NULL;
  rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  return rows->len == 1 ? redes_shared_row_get_item (rows->pdata[0]) : NULL;
}

static void
update_actions (RedesSharedPage *self)
{
  static const char *const of_one[] = { "shared.show-qr", "shared.open", "shared.show-in-folder" };
  static const char *const of_many[] = { "shared.copy-link", "shared.unshare" };
  guint n = redes_columns_count_selected (GTK_SELECTION_MODEL (self->selection));
  g_autofree char *words = g_strdup_printf (ngettext ("%'u selected", "%'u selected", n), n);

  for (guint i = 0; i < G_N_ELEMENTS (of_one); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_one[i], n == 1);
  for (guint i = 0; i < G_N_ELEMENTS (of_many); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), of_many[i], n > 0);
  gtk_label_set_label (self->many_words, words);
  gtk_action_bar_set_revealed (self->many_bar, n > 1);
}

static void
shared_copy_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSharedPage *self = REDES_SHARED_PAGE (widget);
  g_autoptr (GPtrArray) rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *words
      = rows->len == 1 ? g_strdup (_ ("Link copied"))
                       : g_strdup_printf (ngettext ("%u link copied", "%u links copied", rows->len),
                                          rows->len);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? "\n" : "",
        redes_shared_item_get_link (redes_shared_row_get_item (rows->pdata[i])));
  if (rows->len > 0)
    redes_downloads_copy_text (widget, text->str, words);
}

static void
shared_show_qr_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSharedItem *item = get_selected (REDES_SHARED_PAGE (widget));

  if (item != NULL)
    redes_link_window_present (widget, redes_shared_item_get_name (item),
                               redes_shared_item_get_link (item));
}

/* (transfer full) */
static char *
get_path (gpointer item)
{
  return g_strdup (redes_shared_item_get_path (redes_shared_row_get_item (item)));
}

static void
shared_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSharedItem *item = get_selected (REDES_SHARED_PAGE (widget));

  if (item == NULL)
    return;
  if (g_str_equal (name, "shared.open"))
    redes_downloads_open_file (widget, redes_shared_item_get_path (item));
  else
    redes_downloads_show_in_folder (widget, redes_shared_item_get_path (item));
}

typedef struct
{
  RedesService *service;
  GPtrArray *paths;
} Unsharing;

static void
unsharing_free (gpointer data)
{
  Unsharing *unsharing = data;

  g_object_unref (unsharing->service);
  g_ptr_array_unref (unsharing->paths);
  g_free (unsharing);
}

static void
undo_unsharing (gpointer data)
{
  Unsharing *unsharing = data;

  if (redes_service_get_state (unsharing->service) == REDES_SERVICE_RUNNING)
    for (guint i = 0; i < unsharing->paths->len; i++)
      redes_node_share (redes_service_get_node (unsharing->service), unsharing->paths->pdata[i]);
}

/* At once, as who stops sharing may have a reason; to undo it is to share it again. One message,
 * and one way back, for all that are selected. */
static void
shared_unshare_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesSharedPage *self = REDES_SHARED_PAGE (widget);
  g_autoptr (GPtrArray) rows = redes_columns_list_selected (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GtkBitset) selected = NULL;
  g_autofree char *words = NULL;
  Unsharing *unsharing;

  if (rows->len == 0 || redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  self->unshared_at = gtk_bitset_get_minimum (selected);
  unsharing = g_new0 (Unsharing, 1);
  unsharing->service = g_object_ref (self->service);
  unsharing->paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < rows->len; i++)
    {
      RedesSharedItem *item = redes_shared_row_get_item (rows->pdata[i]);

      g_ptr_array_add (unsharing->paths, g_strdup (redes_shared_item_get_path (item)));
      redes_node_unshare (redes_service_get_node (self->service),
                          redes_shared_item_get_path (item));
    }
  if (rows->len == 1)
    words
        = g_strdup_printf (_ ("“%s” is not shared any more"),
                           redes_shared_item_get_name (redes_shared_row_get_item (rows->pdata[0])));
  else
    words = g_strdup_printf (ngettext ("%'u file is not shared any more",
                                       "%'u files are not shared any more", rows->len),
                             rows->len);
  redes_toast_show_undo (widget, words, G_CALLBACK (undo_unsharing), NULL, unsharing,
                         unsharing_free);
}

static void
on_row_activated (RedesSharedPage *self, guint position)
{
  g_autoptr (RedesSharedRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  redes_downloads_open_file (GTK_WIDGET (self),
                             redes_shared_item_get_path (redes_shared_row_get_item (row)));
}

/* Hashing. */

static void
on_hashing (RedesNode *node,
            guint64 bytes_done,
            guint64 bytes_total,
            guint files_done,
            guint files_total,
            gdouble seconds_left,
            gboolean paused,
            RedesSharedPage *self)
{
  g_autofree char *done = redes_format_size (bytes_done);
  g_autofree char *total = redes_format_size (bytes_total);
  g_autofree char *words = NULL;

  self->paused = paused;
  /* Translators: files prepared for sharing, of how many, then the same in bytes. */
  words = g_strdup_printf (ngettext ("Preparing %'u of %'u file · %s of %s",
                                     "Preparing %'u of %'u files · %s of %s", files_total),
                           MIN (files_done + 1, files_total), files_total, done, total);
  if (seconds_left >= 0 && !paused)
    {
      g_autofree char *duration = redes_format_duration (seconds_left);
      g_autofree char *shorter = g_steal_pointer (&words);

      /* Translators: %s is what is going on, then the time it still takes. */
      words = g_strdup_printf (_ ("%s · %s left"), shorter, duration);
    }
  gtk_label_set_label (self->hashing_label, words);
  gtk_progress_bar_set_fraction (self->hashing_bar,
                                 bytes_total > 0 ? (gdouble)bytes_done / bytes_total : 0);
  gtk_button_set_icon_name (self->hashing_button, paused ? "media-playback-start-symbolic"
                                                         : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->hashing_button),
                               paused ? _ ("Go On") : _ ("Pause"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->hashing_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, paused ? _ ("Go On") : _ ("Pause"),
                                  -1);
  gtk_revealer_set_reveal_child (self->hashing, TRUE);
}

static void
on_sharing_idle (RedesNode *node, RedesSharedPage *self)
{
  gtk_revealer_set_reveal_child (self->hashing, FALSE);
}

static void
on_hashing_button_clicked (RedesSharedPage *self)
{
  redes_node_set_hashing_paused (redes_service_get_node (self->service), !self->paused);
}

static char *
say_skipped (guint n_files, const char *path, const char *folder, const char *reason)
{
  g_autofree char *name = g_filename_display_basename (n_files > 1 ? folder : path);

  if (n_files == 1)
    /* Translators: a file that could not be shared, and why. */
    return g_strdup_printf (_ ("“%s” is not shared: %s"), name, reason);
  /* Translators: how many files, the folder that they are in, and why. */
  return g_strdup_printf (ngettext ("%'u file in “%s” is not shared: %s",
                                    "%'u files in “%s” are not shared: %s", n_files),
                          n_files, name, reason);
}

static char *
say_withdrawn (guint n_files, const char *path, const char *folder, const char *reason)
{
  g_autofree char *name = g_filename_display_basename (n_files > 1 ? folder : path);

  if (n_files == 1)
    return g_strdup_printf (_ ("“%s” is not shared any more: %s"), name, reason);
  /* Translators: how many files, the folder that they are in, and why. */
  return g_strdup_printf (ngettext ("%'u file in “%s” is not shared any more: %s",
                                    "%'u files in “%s” are not shared any more: %s", n_files),
                          n_files, name, reason);
}

static void
on_share_skipped (RedesNode *node, const char *path, const GError *error, RedesSharedPage *self)
{
  g_autofree char *reason = redes_format_error (error);

  redes_toast_gatherer_add (self->skipped, path, reason);
}

static void
on_withdrawn (RedesNode *node,
              RedesSharedItem *item,
              const RedesNotice *notice,
              RedesSharedPage *self)
{
  g_autofree char *reason = redes_format_notice (notice);

  if (reason == NULL
      || redes_sharing_say_grant_lost (GTK_WIDGET (self), redes_shared_item_get_path (item)))
    return;
  redes_toast_gatherer_add (self->withdrawn, redes_shared_item_get_path (item), reason);
}

/* The list. */

/* Whether others may browse is asked when there is something to see. */
static void
update_browse_bar (RedesSharedPage *self)
{
  GSettings *settings = redes_service_get_settings (self->service);
  GListModel *shares = redes_node_get_shares (redes_service_get_node (self->service));

  if (g_list_model_get_n_items (shares) > 0 && !g_settings_get_boolean (settings, "browsable")
      && !g_settings_get_boolean (settings, "browsable-asked"))
    redes_question_bar_ask (self->browse_bar, _ ("Others find your files by searching. May they "
                                                 "also look through all that you share?"));
  else
    redes_question_bar_withdraw (self->browse_bar);
}

static void
on_browse_refused (RedesSharedPage *self)
{
  g_settings_set_boolean (redes_service_get_settings (self->service), "browsable-asked", TRUE);
}

static void
on_browse_accepted (RedesSharedPage *self)
{
  on_browse_refused (self);
  g_settings_set_boolean (redes_service_get_settings (self->service), "browsable", TRUE);
}

static void
update_stack (RedesSharedPage *self)
{
  GListModel *shares = redes_node_get_shares (redes_service_get_node (self->service));
  guint n = g_list_model_get_n_items (shares);
  g_autofree char *words = g_strdup_printf (ngettext ("%'u file shared", "%'u files shared", n), n);

  gtk_label_set_label (self->summary, n > 0 ? words : "");
  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "list" : "empty");
}

/* Rows that go take their selection with them silently. Who has removed them goes on with the next.
 */
static void
on_shares_changed (RedesSharedPage *self)
{
  update_stack (self);
  if (self->selection == NULL)
    return;
  if (self->unshared_at != GTK_INVALID_LIST_POSITION
      && redes_columns_count_selected (GTK_SELECTION_MODEL (self->selection)) == 0)
    {
      redes_columns_select_near (self->view, self->unshared_at);
      self->unshared_at = GTK_INVALID_LIST_POSITION;
    }
  update_actions (self);
}

static gpointer
map_item (gpointer item, gpointer user_data)
{
  g_autoptr (RedesSharedItem) shared = item;

  return redes_shared_row_new (shared);
}

static const char *
get_name (gpointer item)
{
  return redes_shared_item_get_name (item);
}

/* By folder, and in it by name. */
static const char *
get_place (gpointer item)
{
  return redes_shared_item_get_path (item);
}

static guint64
get_size (gpointer item)
{
  return redes_shared_item_get_size (item);
}

static void
redes_shared_page_dispose (GObject *object)
{
  RedesSharedPage *self = REDES_SHARED_PAGE (object);

  /* First of all: columns that go end the sorting, which would move rows and what is selected. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  self->selection = NULL;
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_SHARED_PAGE);
  g_clear_object (&self->service);
  g_clear_pointer (&self->skipped, redes_toast_gatherer_free);
  g_clear_pointer (&self->withdrawn, redes_toast_gatherer_free);
  G_OBJECT_CLASS (redes_shared_page_parent_class)->dispose (object);
}

static void
redes_shared_page_class_init (RedesSharedPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_shared_page_dispose;

  g_type_ensure (REDES_TYPE_QUESTION_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/shared-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, browse_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_browse_accepted);
  gtk_widget_class_bind_template_callback (widget_class, on_browse_refused);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, view);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, narrow_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, size_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, folder_column);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, hashing);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, hashing_label);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, hashing_bar);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, hashing_button);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, summary);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, many_bar);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, many_words);
  gtk_widget_class_bind_template_child (widget_class, RedesSharedPage, row_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_hashing_button_clicked);

  gtk_widget_class_install_action (widget_class, "shared.copy-link", NULL, shared_copy_link_action);
  gtk_widget_class_install_action (widget_class, "shared.show-qr", NULL, shared_show_qr_action);
  gtk_widget_class_install_action (widget_class, "shared.unshare", NULL, shared_unshare_action);
  gtk_widget_class_install_action (widget_class, "shared.open", NULL, shared_open_action);
  gtk_widget_class_install_action (widget_class, "shared.show-in-folder", NULL, shared_open_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "shared.unshare", NULL);
}

static void
redes_shared_page_init (RedesSharedPage *self)
{
  self->unshared_at = GTK_INVALID_LIST_POSITION;
  self->skipped = redes_toast_gatherer_new (GTK_WIDGET (self), say_skipped);
  self->withdrawn = redes_toast_gatherer_new (GTK_WIDGET (self), say_withdrawn);
  gtk_widget_init_template (GTK_WIDGET (self));
  redes_column_show_text (self->name_column, REDES_TYPE_SHARED_ROW, "name", FALSE);
  redes_column_show_text (self->size_column, REDES_TYPE_SHARED_ROW, "size", TRUE);
  redes_column_show_text (self->folder_column, REDES_TYPE_SHARED_ROW, "folder", FALSE);
  redes_columns_adapt (self->view);
  redes_column_sort_by_text (self->narrow_column, get_name);
  redes_column_sort_by_text (self->name_column, get_name);
  redes_column_sort_by_number (self->size_column, get_size);
  redes_column_sort_by_text (self->folder_column, get_place);
  redes_drag_out_attach (self->view, get_path);
  self->menu = redes_list_menu_attach (self->view, GTK_WIDGET (self), self->row_menu);
  update_actions (self);
}

void
redes_shared_page_set_service (RedesSharedPage *self, RedesService *service)
{
  RedesNode *node = redes_service_get_node (service);
  GListModel *shares = redes_node_get_shares (node);

  self->service = g_object_ref (service);
  self->selection = redes_columns_set_multi_model (self->view, shares, map_item, NULL);
  g_signal_connect_object (shares, "items-changed", G_CALLBACK (on_shares_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (node, "hashing", G_CALLBACK (on_hashing), self, 0);
  g_signal_connect_object (node, "sharing-idle", G_CALLBACK (on_sharing_idle), self, 0);
  g_signal_connect_object (node, "share-skipped", G_CALLBACK (on_share_skipped), self, 0);
  g_signal_connect_object (node, "withdrawn", G_CALLBACK (on_withdrawn), self, 0);
  g_signal_connect_object (redes_service_get_settings (service), "changed::browsable",
                           G_CALLBACK (update_browse_bar), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shares, "items-changed", G_CALLBACK (update_browse_bar), self,
                           G_CONNECT_SWAPPED);
  update_browse_bar (self);
  update_stack (self);
}

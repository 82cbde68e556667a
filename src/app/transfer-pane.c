/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/transfer-pane.h"

#include "app/block-map.h"
#include "app/downloads.h"
#include "app/folder-rows.h"
#include "app/format.h"
#include "app/mark.h"
#include "app/publishers.h"
#include "app/source-row.h"
#include "app/speed-graph.h"
#include "app/transfer-row.h"
#include "engine/node/node-peers.h"

#include <glib/gi18n.h>

struct _RedesTransferPane
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkLabel *name;
  GtkLabel *status;
  AdwPreferencesGroup *blocks;
  RedesBlockMap *block_map;
  GtkWidget *files_scroller;
  GtkListView *files_view;
  GtkLabel *block_words;
  GtkWidget *speed;
  RedesSpeedGraph *speed_graph;
  GtkLabel *speed_words;
  AdwPreferencesGroup *sources;
  AdwActionRow *no_source;
  AdwActionRow *publisher;
  GtkWidget *use_button;
  GtkWidget *know_button;
  GtkWidget *block_button;

  RedesService *service;
  RedesTransfer *transfer;
  RedesListedFolder *tree; /* (nullable): of a folder whose files are known */
  GPtrArray *source_rows;
  gboolean watching;
  guint tick_source;
};

G_DEFINE_FINAL_TYPE (RedesTransferPane, redes_transfer_pane, ADW_TYPE_BIN)

static void
show_sources (RedesTransferPane *self)
{
  GPtrArray *sources = redes_transfer_get_sources (self->transfer);

  while (self->source_rows->len < sources->len)
    {
      GtkWidget *row = GTK_WIDGET (redes_source_row_new ());

      g_ptr_array_add (self->source_rows, row);
      adw_preferences_group_add (self->sources, row);
    }
  for (guint i = 0; i < self->source_rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->source_rows, i);

      gtk_widget_set_visible (row, i < sources->len);
      if (i < sources->len)
        redes_source_row_show (REDES_SOURCE_ROW (row), g_ptr_array_index (sources, i));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->no_source), sources->len == 0);
}

static void
show_publisher (RedesTransferPane *self)
{
  RedesPeerId id;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;
  gboolean known = redes_transfer_get_publisher (self->transfer, &id);
  gboolean others = known && !redes_publishers_is_own (self->service, &id);
  gboolean asks = !known && redes_transfer_get_other_publisher (self->transfer, &id);

  gtk_widget_set_visible (self->use_button, asks);
  gtk_widget_set_visible (self->know_button, others);
  gtk_widget_set_visible (self->block_button, others);
  if (asks)
    {
      g_autofree char *words = NULL;

      name = redes_service_dup_publisher_name (self->service, &id);
      /* Translators: %s is a publisher; another one was chosen, whose signature nobody has. */
      words = g_strdup_printf (_ ("Signed by %s instead"), name);
      title = g_markup_escape_text (words, -1);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->publisher), title);
      adw_action_row_set_subtitle (self->publisher,
                                   _ ("The file is the same; the publisher that you chose has not "
                                      "signed what is there"));
      adw_action_row_set_icon_name (self->publisher,
                                    redes_publishers_get_icon (self->service, &id));
      return;
    }
  if (!known)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->publisher), _ ("Not known yet"));
      adw_action_row_set_subtitle (self->publisher, "");
      return;
    }
  name = redes_service_dup_publisher_name (self->service, &id);
  title = g_markup_escape_text (name, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->publisher), title);
  adw_action_row_set_subtitle (self->publisher, redes_publishers_get_words (self->service, &id));
  adw_action_row_set_icon_name (self->publisher, redes_publishers_get_icon (self->service, &id));
}

static void
show_blocks (RedesTransferPane *self)
{
  gboolean is_folder = redes_transfer_is_folder (self->transfer);
  guint n = is_folder ? redes_transfer_get_n_files (self->transfer)
                      : redes_transfer_get_blocks (self->transfer);
  guint done = is_folder ? redes_transfer_get_n_files_done (self->transfer)
                         : redes_transfer_get_blocks_done (self->transfer);
  g_autofree char *words
      = is_folder
            ? g_strdup_printf (ngettext ("%'u of %'u file is there, each block verified",
                                         "%'u of %'u files are there, each block verified", n),
                               done, n)
            : g_strdup_printf (ngettext ("%'u of %'u block is there, each verified",
                                         "%'u of %'u blocks are there, each verified", n),
                               done, n);

  if (redes_transfer_is_unsigned (self->transfer))
    gtk_label_set_label (self->block_words, _ ("Unsigned, not verified"));
  else
    gtk_label_set_label (self->block_words, n > 0 ? words : _ ("Not known yet"));
  redes_block_map_set_cells (self->block_map, redes_transfer_get_block_map (self->transfer), words);
}

/* Files of a folder. */

static void
drop_tree (RedesTransferPane *self)
{
  gtk_list_view_set_model (self->files_view, NULL);
  g_clear_object (&self->tree);
}

static void
make_tree (RedesTransferPane *self, GPtrArray *lines)
{
  GListModel *rows;
  GtkTreeListModel *expanded;
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (NULL);

  self->tree = redes_listed_folder_new (lines);
  rows = G_LIST_MODEL (redes_folder_rows_new (self->tree, REDES_LISTED_FOLDER_TOP));
  expanded
      = gtk_tree_list_model_new (rows, FALSE, FALSE, redes_folder_rows_make_children, NULL, NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (expanded));
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  g_object_unref (expanded);
  gtk_list_view_set_model (self->files_view, GTK_SELECTION_MODEL (selection));
}

static void
show_files (RedesTransferPane *self)
{
  gboolean is_folder = redes_transfer_is_folder (self->transfer);
  GPtrArray *lines = redes_transfer_get_tree (self->transfer);
  GBytes *fills = redes_transfer_get_fills (self->transfer);
  gboolean is_done = redes_transfer_get_state (self->transfer) == REDES_TRANSFER_DONE;

  adw_preferences_group_set_title (self->blocks, is_folder ? _ ("Files") : _ ("Blocks"));
  gtk_widget_set_visible (GTK_WIDGET (self->block_map), !is_folder);
  if (is_folder && self->tree == NULL && lines != NULL)
    make_tree (self, lines);
  gtk_widget_set_visible (self->files_scroller, self->tree != NULL);
  if (self->tree != NULL && (is_done || fills != NULL))
    redes_listed_folder_set_fills (self->tree, is_done ? NULL : fills);
}

/* A name that no disk should get is another one there: then the folder is what can be opened. */
static void
on_file_activated (RedesTransferPane *self, guint position)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (self->files_view));
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (model, position);
  g_autoptr (RedesFolderEntry) entry = gtk_tree_list_row_get_item (row);
  const char *folder = redes_transfer_get_path (self->transfer);
  g_autofree char *path = NULL;

  if (gtk_tree_list_row_is_expandable (row))
    {
      gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
      return;
    }
  if (folder == NULL)
    return;
  path = g_build_filename (
      folder, redes_listed_folder_get_path (self->tree, redes_folder_entry_get_entry (entry)),
      NULL);
  redes_downloads_open_file (GTK_WIDGET (self),
                             g_file_test (path, G_FILE_TEST_EXISTS) ? path : folder);
}

static void
show_speed (RedesTransferPane *self)
{
  g_autofree char *peak = redes_format_rate (redes_speed_graph_get_peak (self->speed_graph));
  /* Translators: %s is a speed. */
  g_autofree char *words = g_strdup_printf (_ ("At most %s in the last two minutes"), peak);

  gtk_label_set_label (self->speed_words, *peak != '\0' ? words : "");
  /* Nobody saw how quick it was. */
  gtk_widget_set_visible (self->speed, *peak != '\0' || !redes_transfer_is_over (self->transfer));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->speed_graph), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

static void
show_transfer (RedesTransferPane *self)
{
  g_autofree char *status = redes_transfer_row_format_status (self->transfer);

  gtk_label_set_label (self->name, redes_transfer_get_name (self->transfer));
  gtk_label_set_label (self->status, status);
  show_blocks (self);
  show_files (self);
  show_sources (self);
  show_speed (self);
  show_publisher (self);
}

static gboolean
on_tick (gpointer user_data)
{
  RedesTransferPane *self = user_data;
  gboolean active = redes_transfer_get_state (self->transfer) == REDES_TRANSFER_ACTIVE;

  redes_speed_graph_add (self->speed_graph,
                         active ? redes_transfer_get_rate_bytes_per_s (self->transfer) : 0);
  show_speed (self);
  return G_SOURCE_CONTINUE;
}

/* Nothing is refreshed that nobody sees, or that does not change any more. */
static void
update_watch (RedesTransferPane *self)
{
  gboolean watch = self->transfer != NULL && gtk_widget_get_mapped (GTK_WIDGET (self));
  gboolean tick = watch && !redes_transfer_is_over (self->transfer);

  if (watch || self->watching)
    redes_node_watch_blocks (redes_service_get_node (self->service), watch ? self->transfer : NULL);
  self->watching = watch;
  if (!tick)
    g_clear_handle_id (&self->tick_source, g_source_remove);
  else if (self->tick_source == 0)
    self->tick_source = g_timeout_add_seconds (1, on_tick, self);
}

static void
on_changed (RedesTransferPane *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  show_transfer (self);
  if (redes_transfer_is_over (self->transfer) != (self->tick_source == 0))
    update_watch (self);
}

static void
on_know_clicked (RedesTransferPane *self)
{
  RedesPeerId id;

  if (redes_transfer_get_publisher (self->transfer, &id))
    redes_publishers_ask_name (GTK_WIDGET (self), self->service, &id);
}

static void
on_block_clicked (RedesTransferPane *self)
{
  RedesPeerId id;

  if (redes_transfer_get_publisher (self->transfer, &id))
    redes_publishers_block (GTK_WIDGET (self), self->service, &id);
}

static void
on_publishers_changed (RedesTransferPane *self)
{
  if (self->transfer != NULL)
    show_publisher (self);
}

static void
redes_transfer_pane_map (GtkWidget *widget)
{
  RedesTransferPane *self = REDES_TRANSFER_PANE (widget);

  GTK_WIDGET_CLASS (redes_transfer_pane_parent_class)->map (widget);
  if (self->transfer != NULL)
    show_transfer (self);
  update_watch (self);
}

static void
redes_transfer_pane_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (redes_transfer_pane_parent_class)->unmap (widget);
  update_watch (REDES_TRANSFER_PANE (widget));
}

static void
redes_transfer_pane_dispose (GObject *object)
{
  RedesTransferPane *self = REDES_TRANSFER_PANE (object);

  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_clear_object (&self->transfer);
  if (self->files_view != NULL)
    drop_tree (self);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_TRANSFER_PANE);
  g_clear_object (&self->service);
  g_clear_pointer (&self->source_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (redes_transfer_pane_parent_class)->dispose (object);
}

static void
redes_transfer_pane_class_init (RedesTransferPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_transfer_pane_dispose;
  widget_class->map = redes_transfer_pane_map;
  widget_class->unmap = redes_transfer_pane_unmap;

  g_type_ensure (REDES_TYPE_BLOCK_MAP);
  g_type_ensure (REDES_TYPE_FOLDER_ENTRY);
  g_type_ensure (REDES_TYPE_MARK);
  g_type_ensure (REDES_TYPE_SPEED_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/transfer-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, name);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, status);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, blocks);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, block_map);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, files_scroller);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, files_view);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, block_words);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, speed);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, speed_graph);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, speed_words);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, sources);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, no_source);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, publisher);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, use_button);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, know_button);
  gtk_widget_class_bind_template_child (widget_class, RedesTransferPane, block_button);
  gtk_widget_class_bind_template_callback (widget_class, on_file_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_know_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_block_clicked);
}

static void
redes_transfer_pane_init (RedesTransferPane *self)
{
  self->source_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
redes_transfer_pane_set_service (RedesTransferPane *self, RedesService *service)
{
  self->service = g_object_ref (service);
  g_signal_connect_object (redes_node_get_publishers (redes_service_get_node (service)),
                           "items-changed", G_CALLBACK (on_publishers_changed), self,
                           G_CONNECT_SWAPPED);
}

void
redes_transfer_pane_set_transfer (RedesTransferPane *self, RedesTransfer *transfer)
{
  if (self->transfer == transfer)
    return;
  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_set_object (&self->transfer, transfer);
  drop_tree (self);
  redes_speed_graph_clear (self->speed_graph);
  gtk_stack_set_visible_child_name (self->stack, transfer != NULL ? "transfer" : "none");
  if (transfer != NULL)
    {
      g_signal_connect_swapped (transfer, "changed", G_CALLBACK (on_changed), self);
      show_transfer (self);
    }
  update_watch (self);
}

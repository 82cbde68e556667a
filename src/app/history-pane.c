/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/history-pane.h"

#include "app/format.h"
#include "app/history-row.h"

#include <glib/gi18n.h>

struct _RedesHistoryPane
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkLabel *name;
  GtkLabel *summary;
  GtkLabel *finished;
  AdwActionRow *place;
  AdwPreferencesGroup *peers;

  GPtrArray *peer_rows; /* GtkWidget: those in @peers */
};

G_DEFINE_FINAL_TYPE (RedesHistoryPane, redes_history_pane, ADW_TYPE_BIN)

static GtkWidget *
make_peer_row (RedesHistoryItem *item, guint index)
{
  const char *nickname;
  guint blocks;
  const RedesPeerId *id = redes_history_item_get_peer (item, index, &nickname, &blocks);
  guint all = MAX (redes_history_item_get_blocks (item), 1);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *share = gtk_label_new (NULL);
  g_autofree char *short_id = redes_format_short_id (id);
  g_autofree char *title
      = g_markup_escape_text (nickname != NULL && *nickname != '\0' ? nickname : short_id, -1);
  g_autofree char *words = g_strdup_printf (ngettext ("%'u block", "%'u blocks", blocks), blocks);
  /* Translators: how much of a file a peer sent. */
  g_autofree char *percent = g_strdup_printf (_ ("%.0f %%"), 100.0 * blocks / all);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  gtk_widget_set_tooltip_text (row, short_id);
  gtk_label_set_label (GTK_LABEL (share), percent);
  gtk_widget_add_css_class (share, "numeric");
  gtk_widget_add_css_class (share, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), share);
  return row;
}

static void
show_peers (RedesHistoryPane *self, RedesHistoryItem *item)
{
  for (guint i = 0; i < self->peer_rows->len; i++)
    adw_preferences_group_remove (self->peers, g_ptr_array_index (self->peer_rows, i));
  g_ptr_array_set_size (self->peer_rows, 0);
  for (guint i = 0; i < redes_history_item_get_n_peers (item); i++)
    {
      GtkWidget *row = make_peer_row (item, i);

      g_ptr_array_add (self->peer_rows, row);
      adw_preferences_group_add (self->peers, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->peers), self->peer_rows->len > 0);
}

static void
redes_history_pane_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), REDES_TYPE_HISTORY_PANE);
  G_OBJECT_CLASS (redes_history_pane_parent_class)->dispose (object);
}

static void
redes_history_pane_finalize (GObject *object)
{
  g_ptr_array_unref (REDES_HISTORY_PANE (object)->peer_rows);
  G_OBJECT_CLASS (redes_history_pane_parent_class)->finalize (object);
}

static void
redes_history_pane_class_init (RedesHistoryPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_history_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = redes_history_pane_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/history-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPane, stack);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPane, name);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPane, summary);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPane, finished);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPane, place);
  gtk_widget_class_bind_template_child (widget_class, RedesHistoryPane, peers);
}

static void
redes_history_pane_init (RedesHistoryPane *self)
{
  self->peer_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
redes_history_pane_show (RedesHistoryPane *self, RedesHistoryItem *item, gboolean is_there)
{
  g_autofree char *summary = NULL;
  g_autofree char *when = NULL;
  g_autofree char *finished = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *display = NULL;
  g_autofree char *markup = NULL;

  gtk_stack_set_visible_child_name (self->stack, item != NULL ? "download" : "none");
  if (item == NULL)
    return;
  summary = redes_history_row_format_summary (item);
  when = redes_format_when (redes_history_item_get_finished_s (item));
  /* Translators: when a download ended: a time, or a day. */
  finished = g_strdup_printf (_ ("Finished: %s"), when);
  folder = g_path_get_dirname (redes_history_item_get_path (item));
  display = g_filename_display_name (folder);
  markup = g_markup_escape_text (display, -1);
  gtk_label_set_label (self->name, redes_history_item_get_name (item));
  gtk_label_set_label (self->summary, summary);
  gtk_label_set_label (self->finished, finished);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->place),
                                 is_there ? _ ("Folder") : _ ("Not There Any More"));
  if (!is_there)
    {
      g_free (markup);
      /* Translators: %s is a folder. */
      markup = g_markup_printf_escaped (_ ("It was moved or removed from %s"), display);
    }
  adw_action_row_set_subtitle (self->place, markup);
  adw_action_row_set_icon_name (self->place,
                                is_there ? "folder-symbolic" : "dialog-warning-symbolic");
  show_peers (self, item);
}

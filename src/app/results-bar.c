/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/results-bar.h"

#include "app/format.h"
#include "app/toast.h"

#include <glib/gi18n.h>

/* The number of rows that are made within a frame. */
#define STEP_ROWS 1000
/* More than anybody looks through, and as many as keep to a fair share of the memory. */
#define MAX_ROWS 100000

struct _RedesResultsBar
{
  AdwBin parent_instance;

  GtkLabel *explanation;
  GtkButton *more_button;

  RedesService *service;
  GtkSorter *sorter;
  RedesResults *results; /* (nullable) */
  char *asked;
  GCancellable *cancellable; /* (nullable): while a request for more results is under way */
  gboolean all;              /* those after them, too */
};

G_DEFINE_FINAL_TYPE (RedesResultsBar, redes_results_bar, ADW_TYPE_BIN)

static gboolean
has_more (RedesResultsBar *self)
{
  return self->results != NULL && redes_results_has_more (self->results)
         && redes_results_get_n_found (self->results) < MAX_ROWS;
}

/* Whoever pressed it last is not to lose the keyboard's focus to anything far away: it goes to what
 * stands above. */
static void
show_button (RedesResultsBar *self, gboolean visible)
{
  GtkWidget *above = gtk_widget_get_prev_sibling (GTK_WIDGET (self));

  if (!visible && gtk_widget_has_focus (GTK_WIDGET (self->more_button)) && above != NULL)
    gtk_widget_child_focus (above, GTK_DIR_TAB_BACKWARD);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), visible);
}

static void
update (RedesResultsBar *self)
{
  guint n = redes_results_get_n_found (self->results);
  guint total = redes_results_get_total (self->results);
  g_autoptr (GString) words = g_string_new (NULL);

  /* Of several that were asked none may have as many as all of them together. */
  if (n > 0 && n == total && has_more (self))
    g_string_printf (words, ngettext ("The best match", "The best %'u matches", n), n);
  else if (n > 0 && has_more (self) && !redes_results_is_total_exact (self->results))
    /* Translators: how many of all files that were found are shown; both are always many. */
    g_string_printf (words, _ ("The best %'u of more than %'u matches"), n,
                     MAX (n, REDES_RESULTS_MAX_COUNTED));
  else if (n > 0 && (has_more (self) || total > MAX_ROWS))
    /* Translators: how many of all files that were found are shown. */
    g_string_printf (words,
                     ngettext ("The best %'u of %'u match", "The best %'u of %'u matches", total),
                     n, total);
  else
    g_string_printf (words, ngettext ("%'u file found", "%'u files found", n), n);
  g_string_append_printf (words, " · %s", self->asked);
  gtk_label_set_label (self->explanation, words->str);
  gtk_button_set_label (self->more_button, self->all ? _ ("_Stop") : _ ("_Show All"));
  show_button (self, has_more (self));
}

/* A list in an order of its own has all of them at the end. */
static void
set_all (RedesResultsBar *self, gboolean all)
{
  self->all = all;
  redes_results_set_held_back (self->results,
                               all && gtk_sorter_get_order (self->sorter) != GTK_SORTER_ORDER_NONE);
}

static void
stop (RedesResultsBar *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->all = FALSE;
}

static void
more_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesResultsBar) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = redes_node_search_more_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->results == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (!done)
    {
      g_autofree char *reason = redes_format_error (error);

      redes_toast_printf (GTK_WIDGET (self), _ ("The other files cannot be shown: %s"), reason);
    }
  set_all (self, self->all && done && has_more (self));
  if (self->all)
    redes_results_bar_fetch (self);
  update (self);
}

void
redes_results_bar_fetch (RedesResultsBar *self)
{
  if (self->cancellable != NULL || !has_more (self)
      || redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  self->cancellable = g_cancellable_new ();
  redes_node_search_more_async (redes_service_get_node (self->service), self->results, STEP_ROWS,
                                self->cancellable, more_cb, g_object_ref (self));
}

static void
on_more_clicked (RedesResultsBar *self)
{
  /* What is on its way still comes. */
  set_all (self, !self->all);
  if (self->all)
    redes_results_bar_fetch (self);
  update (self);
}

void
redes_results_bar_say (RedesResultsBar *self, const char *words)
{
  stop (self);
  g_clear_object (&self->results);
  gtk_label_set_label (self->explanation, words);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), FALSE);
}

void
redes_results_bar_show (RedesResultsBar *self,
                        RedesService *service,
                        GtkSorter *sorter,
                        RedesResults *results,
                        const char *asked)
{
  stop (self);
  g_set_object (&self->service, service);
  g_set_object (&self->sorter, sorter);
  g_set_object (&self->results, results);
  g_free (self->asked);
  self->asked = g_strdup (asked);
  update (self);
}

static void
redes_results_bar_dispose (GObject *object)
{
  RedesResultsBar *self = REDES_RESULTS_BAR (object);

  stop (self);
  g_clear_object (&self->results);
  g_clear_object (&self->service);
  g_clear_object (&self->sorter);
  g_clear_pointer (&self->asked, g_free);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_RESULTS_BAR);
  G_OBJECT_CLASS (redes_results_bar_parent_class)->dispose (object);
}

static void
redes_results_bar_class_init (RedesResultsBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_results_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/results-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesResultsBar, explanation);
  gtk_widget_class_bind_template_child (widget_class, RedesResultsBar, more_button);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
}

static void
redes_results_bar_init (RedesResultsBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

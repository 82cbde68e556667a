/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/window.h"

#include "app/downloads.h"
#include "app/drop-zone.h"
#include "app/format.h"
#include "app/link-dialog.h"
#include "app/link-entry.h"
#include "app/peers-page.h"
#include "app/question-bar.h"
#include "app/search-page.h"
#include "app/shared-page.h"
#include "app/sharing.h"
#include "app/toast.h"
#include "app/tracker-page.h"
#include "app/transfers-page.h"
#include "engine/base/text.h"

#include <glib/gi18n.h>

struct _RedesWindow
{
  AdwApplicationWindow parent_instance;

  AdwViewStack *pages;
  AdwViewSwitcherTitle *switcher_title;
  AdwViewStackPage *transfers_stack_page;
  AdwViewStackPage *tracker_stack_page;
  GtkRevealer *problem;
  GtkLabel *problem_label;
  GtkStack *main;
  AdwStatusPage *failure;
  RedesDropZone *drop_zone;
  RedesQuestionBar *tracker_bar;
  char *asked_about; /* the tracker's address */

  RedesService *service;
  RedesMetered *metered;
  GPtrArray *waiting; /* GFile: what came before the service ran */
  guint pages_source;
};

G_DEFINE_FINAL_TYPE (RedesWindow, redes_window, ADW_TYPE_APPLICATION_WINDOW)

/* The pages. */

/* The pages, in the order of their shortcuts, Alt+1 and so on. */
static const char *const page_names[] = { "search", "transfers", "shared", "peers", "tracker" };

static GtkWidget *
make_page (const char *name, RedesService *service)
{
  GtkWidget *page;

  if (g_str_equal (name, "search"))
    {
      page = g_object_new (REDES_TYPE_SEARCH_PAGE, NULL);
      redes_search_page_set_service (REDES_SEARCH_PAGE (page), service);
    }
  else if (g_str_equal (name, "transfers"))
    {
      page = g_object_new (REDES_TYPE_TRANSFERS_PAGE, NULL);
      redes_transfers_page_set_service (REDES_TRANSFERS_PAGE (page), service);
    }
  else if (g_str_equal (name, "shared"))
    {
      page = g_object_new (REDES_TYPE_SHARED_PAGE, NULL);
      redes_shared_page_set_service (REDES_SHARED_PAGE (page), service);
    }
  else if (g_str_equal (name, "peers"))
    {
      page = g_object_new (REDES_TYPE_PEERS_PAGE, NULL);
      redes_peers_page_set_service (REDES_PEERS_PAGE (page), service);
    }
  else
    {
      page = g_object_new (REDES_TYPE_TRACKER_PAGE, NULL);
      redes_tracker_page_set_service (REDES_TRACKER_PAGE (page), service);
    }
  return page;
}

/* Returns: (transfer none): the page of that name, which is made if it is not there yet */
static gpointer
get_page (RedesWindow *self, const char *name)
{
  AdwBin *place = ADW_BIN (adw_view_stack_get_child_by_name (self->pages, name));

  if (adw_bin_get_child (place) == NULL)
    adw_bin_set_child (place, make_page (name, self->service));
  return adw_bin_get_child (place);
}

static void
on_visible_page_changed (RedesWindow *self)
{
  get_page (self, adw_view_stack_get_visible_child_name (self->pages));
}

/* Those that are not seen yet come when the window is there, one a turn of the main loop. */
static gboolean
make_another_page (gpointer user_data)
{
  RedesWindow *self = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (page_names); i++)
    if (adw_bin_get_child (ADW_BIN (adw_view_stack_get_child_by_name (self->pages, page_names[i])))
        == NULL)
      {
        get_page (self, page_names[i]);
        return G_SOURCE_CONTINUE;
      }
  self->pages_source = 0;
  return G_SOURCE_REMOVE;
}

/* What the service says. */

static void
take_waiting (RedesWindow *self)
{
  g_autoptr (GPtrArray) files = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  redes_window_take_files (self, (GFile **)files->pdata, files->len);
}

static void
on_service_changed (RedesWindow *self)
{
  RedesServiceState state = redes_service_get_state (self->service);
  const char *problem = redes_service_get_problem (self->service);

  gtk_stack_set_visible_child_name (self->main,
                                    state == REDES_SERVICE_FAILED ? "failure" : "pages");
  if (state == REDES_SERVICE_FAILED)
    adw_status_page_set_description (self->failure, problem);
  else if (problem == NULL && redes_metered_is_sparing (self->metered))
    problem = _ ("This connection is metered, so downloads wait");
  if (problem != NULL)
    gtk_label_set_label (self->problem_label, problem);
  gtk_revealer_set_reveal_child (self->problem, state == REDES_SERVICE_RUNNING && problem != NULL);
  if (state == REDES_SERVICE_RUNNING && self->waiting->len > 0)
    take_waiting (self);
}

static void
on_service_say (RedesService *service, const char *words, RedesWindow *self)
{
  redes_toast_say (GTK_WIDGET (self->pages), words);
}

/* Trackers that were found. */

static void
update_tracker_bar (RedesWindow *self)
{
  g_autoptr (RedesFound) found
      = redes_networks_dup_question (redes_service_get_networks (self->service));
  g_autofree char *name = NULL;
  g_autofree char *code = NULL;
  g_autofree char *words = NULL;

  g_clear_pointer (&self->asked_about, g_free);
  if (found == NULL)
    {
      redes_question_bar_withdraw (self->tracker_bar);
      return;
    }
  self->asked_about = g_strdup (redes_found_get_address (found));
  name = redes_text_make_printable (redes_found_get_nickname (found), 40);
  code = redes_format_short_id (redes_found_get_id (found));
  /* Translators: %1$s is a tracker's name, or its short code, %2$s its address. */
  words
      = g_strdup_printf (_ ("A tracker was found on this network: %1$s (%2$s). It would hear what "
                            "you share and search."),
                         *name != '\0' ? name : code, self->asked_about);
  redes_question_bar_ask (self->tracker_bar, words);
}

static void
answer_tracker (RedesWindow *self, gboolean use)
{
  g_autofree char *address = g_steal_pointer (&self->asked_about);

  if (address != NULL)
    redes_networks_answer (redes_service_get_networks (self->service), address, use);
}

static void
on_tracker_accepted (RedesWindow *self)
{
  answer_tracker (self, TRUE);
}

static void
on_tracker_refused (RedesWindow *self)
{
  answer_tracker (self, FALSE);
}

static void
on_transfer_state_changed (RedesService *service, RedesTransfer *transfer, RedesWindow *self)
{
  adw_view_stack_page_set_badge_number (self->transfers_stack_page,
                                        redes_service_count_running (service));
}

/* Actions. */

static void
win_show_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);
  const char *page = g_variant_get_string (parameter, NULL);

  redes_window_show_page (self, page);
  if (g_str_equal (page, "transfers"))
    redes_transfers_page_show_list (get_page (self, page));
}

static void
win_show_history_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);

  redes_window_show_page (self, "transfers");
  redes_transfers_page_show_history (get_page (self, "transfers"));
}

static void
win_find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);

  redes_window_show_page (self, "search");
  redes_search_page_focus (get_page (self, "search"));
}

/* Who: an id in hexadecimal, a nickname, and where it listens ("" if that is not known). */
static void
win_browse_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);
  const char *hex, *nickname, *address;
  RedesPeerId id;

  g_variant_get (parameter, "(&s&s&s)", &hex, &nickname, &address);
  if (!redes_digest_from_text (hex, -1, &id))
    return;
  redes_window_show_page (self, "search");
  redes_search_page_browse (get_page (self, "search"), &id, nickname,
                            *address != '\0' ? address : NULL);
}

/* A folder's link. */
static void
win_list_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);
  g_autoptr (RedesLink) link = redes_link_parse (g_variant_get_string (parameter, NULL), NULL);

  if (link == NULL || !link->is_folder)
    return;
  redes_window_show_page (self, "search");
  redes_search_page_list_folder (get_page (self, "search"), link);
}

static void
win_share_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);

  redes_sharing_choose (GTK_WIDGET (self->pages), self->service,
                        g_str_equal (name, "win.share-folder"));
}

static void
win_open_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);

  redes_link_entry_present (GTK_WIDGET (self->pages), self->service);
}

static void
win_be_tracker_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RedesWindow *self = REDES_WINDOW (widget);

  g_settings_set_boolean (redes_service_get_settings (self->service), "tracker-mode", TRUE);
  redes_window_show_page (self, "tracker");
}

static void
win_retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  redes_service_start (REDES_WINDOW (widget)->service);
}

static void
win_undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  redes_toast_undo (GTK_WIDGET (REDES_WINDOW (widget)->pages));
}

static void
win_dismiss_problem_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_revealer_set_reveal_child (REDES_WINDOW (widget)->problem, FALSE);
}

static void
on_dropped (RedesWindow *self, GPtrArray *files)
{
  redes_window_take_files (self, (GFile **)files->pdata, files->len);
}

static void
on_link_dropped (RedesWindow *self, const char *text)
{
  redes_link_dialog_ask_text (GTK_WIDGET (self->pages), self->service, text);
}

/* Some portals hand a sandboxed program files, but no folders. */
static void
on_drop_failed (RedesWindow *self)
{
  redes_toast_say (GTK_WIDGET (self->pages),
                   _ ("That could not be dropped here: choose it with “Share Files…” or “Share a "
                      "Folder…”"));
}

static gboolean
redes_window_close_request (GtkWindow *window)
{
  redes_window_remember (REDES_WINDOW (window));
  return GTK_WINDOW_CLASS (redes_window_parent_class)->close_request (window);
}

static void
redes_window_dispose (GObject *object)
{
  RedesWindow *self = REDES_WINDOW (object);

  g_clear_handle_id (&self->pages_source, g_source_remove);
  /* No page is made any more while they go. */
  if (self->pages != NULL)
    g_signal_handlers_disconnect_by_func (self->pages, on_visible_page_changed, self);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_WINDOW);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_clear_pointer (&self->asked_about, g_free);
  g_clear_object (&self->metered);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_window_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.show-page", "s", win_show_page_action);
  gtk_widget_class_install_action (widget_class, "win.show-history", NULL, win_show_history_action);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, win_find_action);
  gtk_widget_class_install_action (widget_class, "win.browse", "(sss)", win_browse_action);
  gtk_widget_class_install_action (widget_class, "win.list-folder", "s", win_list_folder_action);
  gtk_widget_class_install_action (widget_class, "win.share-files", NULL, win_share_action);
  gtk_widget_class_install_action (widget_class, "win.share-folder", NULL, win_share_action);
  gtk_widget_class_install_action (widget_class, "win.open-link", NULL, win_open_link_action);
  gtk_widget_class_install_action (widget_class, "win.be-tracker", NULL, win_be_tracker_action);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, win_retry_action);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, win_undo_action);
  gtk_widget_class_install_action (widget_class, "win.dismiss-problem", NULL,
                                   win_dismiss_problem_action);
  /* Behind what an entry makes of that key. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (page_names); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK, "win.show-page",
                                         "s", page_names[i]);
}

static void
redes_window_class_init (RedesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = redes_window_close_request;

  g_type_ensure (REDES_TYPE_DROP_ZONE);
  g_type_ensure (REDES_TYPE_QUESTION_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, switcher_title);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, transfers_stack_page);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, tracker_stack_page);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, problem_label);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, main);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, drop_zone);
  gtk_widget_class_bind_template_child (widget_class, RedesWindow, tracker_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_tracker_accepted);
  gtk_widget_class_bind_template_callback (widget_class, on_tracker_refused);
  gtk_widget_class_bind_template_callback (widget_class, on_dropped);
  gtk_widget_class_bind_template_callback (widget_class, on_link_dropped);
  gtk_widget_class_bind_template_callback (widget_class, on_drop_failed);
  install_actions (widget_class);
}

static void
redes_window_init (RedesWindow *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

RedesWindow *
redes_window_new (GtkApplication *application, RedesService *service, RedesMetered *metered)
{
  RedesWindow *self = g_object_new (REDES_TYPE_WINDOW, "application", application, NULL);
  GSettings *settings = redes_service_get_settings (service);
  g_autofree char *page = g_settings_get_string (settings, "page");

  self->service = g_object_ref (service);
  self->metered = g_object_ref (metered);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_settings_bind (settings, "tracker-mode", self->tracker_stack_page, "visible",
                   G_SETTINGS_BIND_GET);
  redes_window_show_page (self, page);
  on_visible_page_changed (self);
  g_signal_connect_object (self->pages, "notify::visible-child",
                           G_CALLBACK (on_visible_page_changed), self, G_CONNECT_SWAPPED);
  self->pages_source = g_idle_add_full (G_PRIORITY_LOW, make_another_page, self, NULL);

  g_signal_connect_object (service, "changed", G_CALLBACK (on_service_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (metered, "changed", G_CALLBACK (on_service_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "say", G_CALLBACK (on_service_say), self, 0);
  g_signal_connect_object (service, "transfer-state-changed",
                           G_CALLBACK (on_transfer_state_changed), self, 0);
  g_signal_connect_object (redes_service_get_networks (service), "changed",
                           G_CALLBACK (update_tracker_bar), self, G_CONNECT_SWAPPED);
  update_tracker_bar (self);
  on_service_changed (self);
  on_transfer_state_changed (service, NULL, self);
  return self;
}

void
redes_window_show_page (RedesWindow *self, const char *name)
{
  GtkWidget *page = adw_view_stack_get_child_by_name (self->pages, name);

  if (page != NULL && adw_view_stack_page_get_visible (adw_view_stack_get_page (self->pages, page)))
    adw_view_stack_set_visible_child (self->pages, page);
}

void
redes_window_take_files (RedesWindow *self, GFile **files, guint n_files)
{
  GtkWidget *where = GTK_WIDGET (self->pages);
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);
  guint n_taken = 0;

  if (redes_service_get_state (self->service) == REDES_SERVICE_STARTING)
    {
      for (guint i = 0; i < n_files; i++)
        g_ptr_array_add (self->waiting, g_object_ref (files[i]));
      return;
    }
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);
      g_autofree char *trouble = NULL;
      RedesLink *link;

      if (!redes_link_looks_like (uri))
        {
          n_taken += redes_sharing_share_file (where, self->service, files[i]);
          continue;
        }
      link = redes_downloads_parse_link (uri, &trouble);
      if (link != NULL)
        g_ptr_array_add (links, link);
      else
        redes_toast_say (where, trouble);
    }
  if (links->len > 0)
    redes_link_dialog_ask (where, self->service, links);
  redes_sharing_say_taken (where, n_taken);
}

void
redes_window_remember (RedesWindow *self)
{
  GSettings *settings = redes_service_get_settings (self->service);
  const char *page = adw_view_stack_get_visible_child_name (self->pages);
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (settings, "window-width", width);
  g_settings_set_int (settings, "window-height", height);
  g_settings_set_boolean (settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  if (page != NULL)
    g_settings_set_string (settings, "page", page);
}

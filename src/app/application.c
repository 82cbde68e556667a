/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application.h"

#include "app/downloads.h"
#include "app/metered.h"
#include "app/preferences-window.h"
#include "app/presence.h"
#include "app/service.h"
#include "app/window.h"
#include "engine/platform/termination.h"

#include <glib/gi18n.h>

/* When this is over, the program says what it still waits for before it ends. */
#define STOP_PATIENCE_MS 10000
/* How long a program that D-Bus has started waits to hear what for. */
#define SERVICE_PATIENCE_S 10
#define STILL_ENDING_ID "still-ending"
#define WEBSITE "https://github.com/redes-p2p/redes"
#define SHORTCUTS_RESOURCE "/io/github/redes_p2p/Redes/shortcuts-window.ui"

struct _RedesApplication
{
  AdwApplication parent_instance;
  GSettings *settings;
  RedesService *service;
  RedesPresence *presence; /* (nullable): until the program ends */
  RedesMetered *metered;   /* (nullable): until the program ends */
  gboolean is_ending;      /* no window opens any more, and the service is being stopped */
  gboolean is_wanted;      /* somebody started Redes again meanwhile */
  gboolean is_over;        /* the main loop has ended */
  GPtrArray *waiting;      /* GFile: what is to be opened then */
};

G_DEFINE_FINAL_TYPE (RedesApplication, redes_application, ADW_TYPE_APPLICATION)

static RedesWindow *
get_window (RedesApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (REDES_IS_WINDOW (l->data))
      return l->data;
  return redes_window_new (GTK_APPLICATION (self), self->service, self->metered);
}

/* To begin and to end. While the service runs the application is held, so that its main loop goes
 * on until the engine has written everything and has left its trackers. */

static void begin (RedesApplication *self);

static void
on_stop_delayed (RedesService *service, const char *words, GApplication *application)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Redes is still ending"));

  g_printerr ("redes: %s\n", words);
  g_notification_set_body (notification, words);
  g_application_send_notification (application, STILL_ENDING_ID, notification);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesApplication) self = user_data;
  g_autoptr (GPtrArray) waiting = NULL;

  redes_service_stop_finish (REDES_SERVICE (object), result);
  g_application_withdraw_notification (G_APPLICATION (self), STILL_ENDING_ID);
  if (!self->is_wanted)
    {
      g_application_quit (G_APPLICATION (self));
      return;
    }
  self->is_ending = FALSE;
  self->is_wanted = FALSE;
  waiting = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  begin (self);
  g_application_activate (G_APPLICATION (self));
  if (waiting->len > 0)
    g_application_open (G_APPLICATION (self), (GFile **)waiting->pdata, waiting->len, "");
}

/* Each window remembers its size, and lets go of the service's models. */
static void
close_windows (RedesApplication *self)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    {
      GtkWindow *window = windows->data;

      if (REDES_IS_WINDOW (window))
        redes_window_remember (REDES_WINDOW (window));
      gtk_window_destroy (window);
    }
}

static gboolean
stop_service_cb (gpointer user_data)
{
  RedesApplication *self = user_data;

  redes_service_stop_async (self->service, STOP_PATIENCE_MS, stopped_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Ends the program as soon as the service has stopped. Asking for it once more changes nothing. */
static void
end (RedesApplication *self)
{
  if (self->is_ending)
    return;
  self->is_ending = TRUE;
  /* It would say that the program goes on without a window. */
  g_clear_object (&self->presence);
  close_windows (self);
  g_clear_object (&self->metered);
  /* GTK keeps the pages while it handles the key that was pressed in one of them. What a page does
   * at its end, such as removing what could be brought back until then, needs the service. */
  g_idle_add_full (G_PRIORITY_DEFAULT, stop_service_cb, g_object_ref (self), g_object_unref);
}

static void
quit (RedesApplication *self)
{
  self->is_wanted = FALSE;
  end (self);
}

static void
end_if_not_needed (RedesApplication *self)
{
  if (!self->is_ending && gtk_application_get_windows (GTK_APPLICATION (self)) == NULL
      && !redes_presence_is_staying (self->presence))
    end (self);
}

static gboolean
end_later_cb (gpointer user_data)
{
  end_if_not_needed (user_data);
  return G_SOURCE_REMOVE;
}

/* The window is still being taken apart, and what it does at its end needs the service. */
static void
on_window_removed (RedesApplication *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, end_later_cb, g_object_ref (self), g_object_unref);
}

static void
begin (RedesApplication *self)
{
  g_clear_object (&self->service);
  self->service = redes_service_new (self->settings);
  g_signal_connect_object (self->service, "stop-delayed", G_CALLBACK (on_stop_delayed), self, 0);
  self->presence = redes_presence_new (GTK_APPLICATION (self), self->service);
  self->metered = redes_metered_new (self->service);
  redes_service_start (self->service);
}

/* Actions. */

/* Returns: whether the program is about to end; then it begins again afterwards */
static gboolean
is_too_late (RedesApplication *self)
{
  self->is_wanted = self->is_ending && !self->is_over;
  return self->is_ending;
}

static void
app_quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  quit (user_data);
}

static RedesPreferencesWindow *
present_preferences (RedesApplication *self)
{
  RedesPreferencesWindow *preferences = NULL;

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (REDES_IS_PREFERENCES_WINDOW (l->data))
      preferences = l->data;
  if (preferences == NULL)
    {
      preferences = redes_preferences_window_new (self->service);
      gtk_window_set_transient_for (GTK_WINDOW (preferences), GTK_WINDOW (get_window (self)));
      gtk_window_set_application (GTK_WINDOW (preferences), GTK_APPLICATION (self));
    }
  gtk_window_present (GTK_WINDOW (preferences));
  return preferences;
}

static void
app_preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (is_too_late (user_data))
    return;
  present_preferences (user_data);
}

static void
app_add_tracker_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (is_too_late (user_data))
    return;
  redes_preferences_window_add_tracker (present_preferences (user_data));
}

static void
app_choose_nickname_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (is_too_late (user_data))
    return;
  redes_preferences_window_choose_nickname (present_preferences (user_data));
}

/* The window is made each time, and not left to GtkApplication, which would keep it hidden: while a
 * program has a hidden window that was never shown, GTK 4.18 crashes when a screen reader asks for
 * a window that has just been closed. */
static void
app_shortcuts_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  RedesApplication *self = user_data;
  g_autoptr (GtkBuilder) builder = NULL;
  GtkWindow *window;

  if (is_too_late (self))
    return;
  builder = gtk_builder_new_from_resource (SHORTCUTS_RESOURCE);
  window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  gtk_window_set_transient_for (window, gtk_application_get_active_window (GTK_APPLICATION (self)));
  gtk_window_present (window);
}

static void
app_about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Redes authors", NULL };
  RedesApplication *self = user_data;

  if (is_too_late (self))
    return;
  adw_show_about_window (
      gtk_application_get_active_window (GTK_APPLICATION (self)), "application-name", "Redes",
      "application-icon", REDES_APP_ID, "version", REDES_VERSION, "developer-name",
      _ ("The Redes authors"), "website", WEBSITE, "issue-url", WEBSITE "/issues", "developers",
      developers, "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _ ("Share and fetch files from peer to peer. A downloaded file is always the one that its "
         "publisher signed."),
      /* Translators: your names, one a line. */
      "translator-credits", _ ("translator-credits"), "copyright",
      /* Translators: leave as it is. */
      "© The Redes authors", NULL);
}

static void
app_activate_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_activate (user_data);
}

static void
app_show_page_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  RedesWindow *window;

  if (is_too_late (user_data))
    return;
  window = get_window (user_data);
  redes_window_show_page (window, g_variant_get_string (parameter, NULL));
  gtk_window_present (GTK_WINDOW (window));
}

static void
app_open_file_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (is_too_late (user_data))
    return;
  redes_downloads_open_file (GTK_WIDGET (get_window (user_data)),
                             g_variant_get_string (parameter, NULL));
}

static const GActionEntry app_actions[] = {
  { "activate", app_activate_action },
  { "show-page", app_show_page_action, "s" },
  { "open-file", app_open_file_action, "s" },
  { "quit", app_quit_action },
  { "preferences", app_preferences_action },
  { "add-tracker", app_add_tracker_action },
  { "choose-nickname", app_choose_nickname_action },
  { "shortcuts", app_shortcuts_action },
  { "about", app_about_action },
};

static void
set_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } table[] = {
    { "app.quit", { "<Control>q" } },
    { "app.preferences", { "<Control>comma" } },
    { "window.close", { "<Control>w" } },
    { "win.find", { "<Control>f" } },
    { "win.share-files", { "<Control>o" } },
    { "win.share-folder", { "<Control><Shift>o" } },
    { "win.open-link", { "<Control>l" } },
    { "win.show-history", { "<Control>h" } },
    { "app.shortcuts", { "<Control>question", "F1" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (application, table[i].action, table[i].accels);
}

static gboolean
on_terminate (gpointer user_data)
{
  quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
redes_application_startup (GApplication *application)
{
  RedesApplication *self = REDES_APPLICATION (application);

  G_APPLICATION_CLASS (redes_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), app_actions, G_N_ELEMENTS (app_actions),
                                   self);
  set_accels (GTK_APPLICATION (self));
  gtk_window_set_default_icon_name (REDES_APP_ID);
  self->settings = g_settings_new (REDES_APP_ID);
  redes_termination_watch (on_terminate, self);
  g_application_hold (application);
  g_signal_connect (self, "window-removed", G_CALLBACK (on_window_removed), NULL);
  g_signal_connect_object (self->settings, "changed::run-in-background",
                           G_CALLBACK (end_if_not_needed), self, G_CONNECT_SWAPPED);
  if (g_application_get_flags (application) & G_APPLICATION_IS_SERVICE)
    g_timeout_add_seconds (SERVICE_PATIENCE_S, end_later_cb, self);
  begin (self);
}

static void
redes_application_activate (GApplication *application)
{
  if (is_too_late (REDES_APPLICATION (application)))
    return;
  gtk_window_present (GTK_WINDOW (get_window (REDES_APPLICATION (application))));
}

static void
redes_application_open (GApplication *application, GFile **files, gint n_files, const char *hint)
{
  RedesApplication *self = REDES_APPLICATION (application);
  RedesWindow *window;

  if (is_too_late (self))
    {
      for (int i = 0; i < n_files; i++)
        g_ptr_array_add (self->waiting, g_object_ref (files[i]));
      return;
    }
  window = get_window (self);
  gtk_window_present (GTK_WINDOW (window));
  redes_window_take_files (window, files, n_files);
}

static void
redes_application_shutdown (GApplication *application)
{
  RedesApplication *self = REDES_APPLICATION (application);

  /* Only a session that ends stops the main loop without end(). As no main loop runs any more, the
   * service is waited for here. */
  self->is_over = TRUE;
  quit (self);
  while (redes_service_get_state (self->service) != REDES_SERVICE_STOPPED)
    g_main_context_iteration (NULL, TRUE);
  G_APPLICATION_CLASS (redes_application_parent_class)->shutdown (application);
}

static void
redes_application_dispose (GObject *object)
{
  RedesApplication *self = REDES_APPLICATION (object);

  g_clear_object (&self->metered);
  g_clear_object (&self->presence);
  g_clear_object (&self->service);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  G_OBJECT_CLASS (redes_application_parent_class)->dispose (object);
}

static void
redes_application_class_init (RedesApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_application_dispose;
  application_class->startup = redes_application_startup;
  application_class->activate = redes_application_activate;
  application_class->open = redes_application_open;
  application_class->shutdown = redes_application_shutdown;
}

static void
redes_application_init (RedesApplication *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  /* For --help alone: main() answers it, as it needs no display. */
  g_application_add_main_option (G_APPLICATION (self), "version", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Show the version"), NULL);
}

RedesApplication *
redes_application_new (void)
{
  return g_object_new (REDES_TYPE_APPLICATION, "application-id", REDES_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path",
                       "/io/github/redes_p2p/Redes", NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application.h"

#include "app/downloads.h"
#include "app/metered.h"
#include "app/preferences-window.h"
#include "app/presence.h"
#include "app/service.h"
#include "app/window.h"

#include <glib/gi18n.h>
#ifdef G_OS_UNIX
#include <glib-unix.h>
#include <signal.h>
#endif

struct _RedesApplication
{
  AdwApplication parent_instance;
  GSettings *settings;
  RedesService *service;
  RedesPresence *presence;
  RedesMetered *metered;
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

/* Actions. */

static void
app_quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
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
  present_preferences (user_data);
}

static void
app_add_tracker_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  redes_preferences_window_add_tracker (present_preferences (user_data));
}

static void
app_choose_nickname_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  redes_preferences_window_choose_nickname (present_preferences (user_data));
}

static void
app_about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Redes authors", NULL };
  RedesApplication *self = user_data;

  adw_show_about_window (
      gtk_application_get_active_window (GTK_APPLICATION (self)), "application-name", "Redes",
      "application-icon", REDES_APP_ID, "version", REDES_VERSION, "developer-name",
      _ ("The Redes authors"), "developers", developers, "license-type", GTK_LICENSE_GPL_3_0,
      "comments",
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
  RedesWindow *window = get_window (user_data);

  redes_window_show_page (window, g_variant_get_string (parameter, NULL));
  gtk_window_present (GTK_WINDOW (window));
}

static void
app_open_file_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
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
    { "win.show-help-overlay", { "<Control>question", "F1" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_application_set_accels_for_action (application, table[i].action, table[i].accels);
}

#ifdef G_OS_UNIX
static gboolean
on_terminate (gpointer user_data)
{
  g_application_quit (user_data);
  return G_SOURCE_CONTINUE;
}
#endif

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
  self->service = redes_service_new (self->settings);
  self->presence = redes_presence_new (GTK_APPLICATION (self), self->service);
  self->metered = redes_metered_new (self->service);
#ifdef G_OS_UNIX
  g_unix_signal_add (SIGTERM, on_terminate, self);
  g_unix_signal_add (SIGINT, on_terminate, self);
#endif
  redes_service_start (self->service);
}

static void
redes_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (REDES_APPLICATION (application))));
}

static void
redes_application_open (GApplication *application, GFile **files, gint n_files, const char *hint)
{
  RedesWindow *window = get_window (REDES_APPLICATION (application));

  gtk_window_present (GTK_WINDOW (window));
  redes_window_take_files (window, files, n_files);
}

static void
redes_application_shutdown (GApplication *application)
{
  RedesApplication *self = REDES_APPLICATION (application);
  GList *windows;

  /* So that each remembers its size, and lets go of the service's models. */
  while ((windows = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    {
      GtkWindow *window = windows->data;

      if (REDES_IS_WINDOW (window))
        redes_window_remember (REDES_WINDOW (window));
      gtk_window_destroy (window);
    }
  redes_service_stop (self->service);
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

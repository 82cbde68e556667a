/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/presence.h"

#include "app/background.h"
#include "app/format.h"
#include "app/toast.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define BACKGROUND_ID "background"

struct _RedesPresence
{
  GObject parent_instance;
  GtkApplication *application; /* unowned: it owns this */
  RedesService *service;
  RedesBackground *background;
};

G_DEFINE_FINAL_TYPE (RedesPresence, redes_presence, G_TYPE_OBJECT)

/* In the background. */

gboolean
redes_presence_is_staying (RedesPresence *self)
{
  return g_settings_get_boolean (redes_service_get_settings (self->service), "run-in-background");
}

/* (transfer full): what goes on while no window shows it */
static char *
describe_doings (RedesPresence *self)
{
  guint n = redes_service_count_running (self->service);

  if (n == 0)
    return g_strdup (_ ("What you share can still be fetched"));
  return g_strdup_printf (ngettext ("%u download goes on", "%u downloads go on", n), n);
}

static gboolean
runs_without_window (RedesPresence *self)
{
  return redes_presence_is_staying (self) && gtk_application_get_windows (self->application) == NULL
         && redes_service_get_state (self->service) == REDES_SERVICE_RUNNING;
}

static void
update_status (RedesPresence *self)
{
  g_autofree char *status = NULL;

  if (!runs_without_window (self))
    return;
  status = describe_doings (self);
  redes_background_set_status (self->background, status);
}

static void
say_that_it_runs_on (RedesPresence *self)
{
  g_autofree char *doings = describe_doings (self);
  g_autoptr (GNotification) notification
      = g_notification_new (_ ("Redes keeps running in the background"));

  g_notification_set_body (notification, doings);
  g_notification_set_default_action (notification, "app.activate");
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  g_application_send_notification (G_APPLICATION (self->application), BACKGROUND_ID, notification);
}

typedef struct
{
  RedesPresence *presence;
  GtkWindow *window;
} Closing;

static void
closing_free (Closing *closing)
{
  g_object_unref (closing->presence);
  g_object_unref (closing->window);
  g_free (closing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Closing, closing_free)

static void
ask_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Closing) closing = user_data;
  RedesPresence *self = closing->presence;
  g_autoptr (GError) error = NULL;

  if (redes_background_ask_finish (self->background, result, &error))
    gtk_window_close (closing->window);
  else
    {
      /* The window stays, so that nothing ends by surprise; the next time it is closed, all ends.
       */
      g_settings_set_boolean (redes_service_get_settings (self->service), "run-in-background",
                              FALSE);
      redes_toast_say (
          adw_application_window_get_content (ADW_APPLICATION_WINDOW (closing->window)),
          _ ("Your system does not let Redes run in the background: close the window "
             "again to quit"));
    }
}

/* What ends with the program. (nullable) (transfer full) */
static char *
describe_loss (RedesPresence *self)
{
  RedesTrackerMode *mode = redes_service_get_tracker_mode (self->service);
  guint n = redes_service_count_running (self->service);

  if (n > 0)
    return g_strdup_printf (ngettext ("%u download is not finished. It goes on if Redes keeps "
                                      "running, otherwise when you start Redes again.",
                                      "%u downloads are not finished. They go on if Redes keeps "
                                      "running, otherwise when you start Redes again.",
                                      n),
                            n);
  if (redes_tracker_mode_is_running (mode))
    return g_strdup (_ ("This is a tracker: others find each other through it only while Redes "
                        "runs."));
  return NULL;
}

static void
on_closing_answered (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Closing *closing = user_data;
  GSettings *settings = redes_service_get_settings (closing->presence->service);

  if (g_str_equal (response, "cancel"))
    return;
  g_settings_set_boolean (settings, "closing-asked", TRUE);
  if (g_str_equal (response, "keep"))
    g_settings_set_boolean (settings, "run-in-background", TRUE);
  gtk_window_close (closing->window);
}

static void
closing_closure_free (gpointer data, GClosure *closure)
{
  closing_free (data);
}

/* Once: afterwards the preference holds that was chosen. Returns: whether it asks */
static gboolean
ask_what_closing_means (RedesPresence *self, GtkWindow *window)
{
  GSettings *settings = redes_service_get_settings (self->service);
  g_autofree char *loss = NULL;
  GtkWidget *dialog;
  Closing *closing;

  if (redes_presence_is_staying (self) || g_settings_get_boolean (settings, "closing-asked"))
    return FALSE;
  loss = describe_loss (self);
  if (loss == NULL)
    return FALSE;
  closing = g_new0 (Closing, 1);
  closing->presence = g_object_ref (self);
  closing->window = g_object_ref (window);
  dialog = adw_message_dialog_new (window, _ ("Keep Redes Running?"), loss);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "quit",
                                    _ ("_Quit"), "keep", _ ("_Keep Running"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "keep",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_closing_answered), closing,
                         closing_closure_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* The window waits for the desktop's leave. Returns: whether it stays for now */
static gboolean
on_close_request (GtkWindow *window, RedesPresence *self)
{
  Closing *closing;

  if (ask_what_closing_means (self, window))
    return TRUE;
  if (!redes_presence_is_staying (self) || !redes_background_has_to_ask (self->background))
    return FALSE;
  if (redes_background_is_asking (self->background))
    return TRUE;
  closing = g_new0 (Closing, 1);
  closing->presence = g_object_ref (self);
  closing->window = g_object_ref (window);
  redes_background_ask (self->background,
                        _ ("Downloads go on and what you share can be fetched while the window is "
                           "closed"),
                        ask_cb, closing);
  return TRUE;
}

static void
on_window_removed (RedesPresence *self)
{
  if (!runs_without_window (self))
    return;
  say_that_it_runs_on (self);
  update_status (self);
}

static void
on_window_added (RedesPresence *self, GtkWindow *window)
{
  g_application_withdraw_notification (G_APPLICATION (self->application), BACKGROUND_ID);
  if (ADW_IS_APPLICATION_WINDOW (window))
    g_signal_connect_object (window, "close-request", G_CALLBACK (on_close_request), self, 0);
}

/* Notifications of finished downloads. */

static gboolean
is_somebody_looking (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_is_active (window))
        return TRUE;
    }
  return FALSE;
}

static void
on_transfer_finished (RedesService *service, RedesTransfer *transfer, RedesPresence *self)
{
  g_autofree char *id = g_strdup_printf ("finished-%u", redes_transfer_get_id (transfer));
  g_autofree char *title = NULL;
  g_autofree char *size = NULL;
  g_autoptr (GNotification) notification = NULL;

  if (is_somebody_looking ()
      || !g_settings_get_boolean (redes_service_get_settings (service), "notify-finished"))
    return;
  /* Translators: a download has ended; %s is the file’s name. */
  title = g_strdup_printf (_ ("“%s” is here"), redes_transfer_get_name (transfer));
  size = redes_format_size (redes_transfer_get_size (transfer));
  notification = g_notification_new (title);
  g_notification_set_body (notification, size);
  g_notification_set_default_action_and_target (notification, "app.show-page", "s", "transfers");
  g_notification_add_button_with_target (notification, _ ("Open"), "app.open-file", "s",
                                         redes_transfer_get_path (transfer));
  g_application_send_notification (G_APPLICATION (self->application), id, notification);
}

static void
redes_presence_dispose (GObject *object)
{
  RedesPresence *self = REDES_PRESENCE (object);

  g_clear_object (&self->background);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_presence_parent_class)->dispose (object);
}

static void
redes_presence_class_init (RedesPresenceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = redes_presence_dispose;
}

static void
redes_presence_init (RedesPresence *self)
{
  self->background = redes_background_new ();
}

RedesPresence *
redes_presence_new (GtkApplication *application, RedesService *service)
{
  RedesPresence *self = g_object_new (REDES_TYPE_PRESENCE, NULL);

  self->application = application;
  self->service = g_object_ref (service);
  g_signal_connect_object (application, "window-removed", G_CALLBACK (on_window_removed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-finished", G_CALLBACK (on_transfer_finished), self,
                           0);
  return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/presence.h"

#include "app/format.h"

#include <glib/gi18n.h>

#define BACKGROUND_ID "background"

struct _RedesPresence
{
  GObject parent_instance;
  GtkApplication *application; /* unowned: it owns this */
  RedesService *service;
  gboolean held;
};

G_DEFINE_FINAL_TYPE (RedesPresence, redes_presence, G_TYPE_OBJECT)

/* In the background. */

static void
update_hold (RedesPresence *self)
{
  gboolean hold
      = g_settings_get_boolean (redes_service_get_settings (self->service), "run-in-background");

  if (hold == self->held)
    return;
  self->held = hold;
  if (hold)
    g_application_hold (G_APPLICATION (self->application));
  else
    g_application_release (G_APPLICATION (self->application));
}

static void
say_that_it_runs_on (RedesPresence *self)
{
  guint n = redes_service_count_running (self->service);
  g_autoptr (GNotification) notification
      = g_notification_new (_ ("Redes keeps running in the background"));
  g_autofree char *transfers
      = g_strdup_printf (ngettext ("%u download goes on", "%u downloads go on", n), n);

  g_notification_set_body (notification,
                           n > 0 ? transfers : _ ("What you share can still be fetched"));
  g_notification_set_default_action (notification, "app.activate");
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  g_application_send_notification (G_APPLICATION (self->application), BACKGROUND_ID,
                                   notification);
}

static void
on_window_removed (RedesPresence *self)
{
  if (self->held && gtk_application_get_windows (self->application) == NULL
      && redes_service_get_state (self->service) == REDES_SERVICE_RUNNING)
    say_that_it_runs_on (self);
}

static void
on_window_added (RedesPresence *self)
{
  g_application_withdraw_notification (G_APPLICATION (self->application), BACKGROUND_ID);
}

/* Told. */

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
  g_clear_object (&REDES_PRESENCE (object)->service);
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
}

RedesPresence *
redes_presence_new (GtkApplication *application, RedesService *service)
{
  RedesPresence *self = g_object_new (REDES_TYPE_PRESENCE, NULL);

  self->application = application;
  self->service = g_object_ref (service);
  g_signal_connect_object (redes_service_get_settings (service), "changed::run-in-background",
                           G_CALLBACK (update_hold), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-removed", G_CALLBACK (on_window_removed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-finished", G_CALLBACK (on_transfer_finished), self,
                           0);
  update_hold (self);
  return self;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/tracker-mode.h"

#include "app/format.h"
#include "engine/node/own-addresses.h"

#define RSA_BITS 3072

struct _RedesTrackerMode
{
  GObject parent_instance;
  GSettings *settings;
  char *data_dir;
  RedesTrackerHost *host; /* on its way up, running, or on its way down */
  gboolean busy;          /* starting or stopping */
  gboolean running;
  GTask *stopping; /* (nullable): redes_tracker_mode_stop_async() waits */
  gboolean ended;
  guint port;
  gboolean lan;
  gboolean classic; /* @port, @lan and @classic: the settings with which @host was started */
  char *problem;
  char **addresses;
};

G_DEFINE_FINAL_TYPE (RedesTrackerMode, redes_tracker_mode, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void consider (RedesTrackerMode *self);

static void
answer_stopping (RedesTrackerMode *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->busy || self->running)
    return;
  task = g_steal_pointer (&self->stopping);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
set_running (RedesTrackerMode *self, gboolean running, const char *problem)
{
  g_autofree char *old = self->problem;

  self->busy = FALSE;
  self->running = running;
  self->problem = g_strdup (problem);
  g_strfreev (self->addresses);
  self->addresses = running ? redes_list_own_addresses (redes_tracker_host_get_address (self->host))
                            : g_new0 (char *, 1);
  if (!running)
    g_clear_object (&self->host);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  answer_stopping (self);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesTrackerMode) self = user_data;
  g_autoptr (GError) error = NULL;

  if (redes_tracker_host_start_finish (REDES_TRACKER_HOST (object), result, &error))
    set_running (self, TRUE, NULL);
  else
    {
      g_autofree char *problem = redes_format_error (error);

      set_running (self, FALSE, problem);
    }
  if (error == NULL)
    consider (self);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesTrackerMode) self = user_data;

  redes_tracker_host_stop_finish (REDES_TRACKER_HOST (object), result, NULL);
  set_running (self, FALSE, NULL);
  consider (self);
}

/* Starts or stops the tracker if the settings ask for it; called again when that is done. */
static void
consider (RedesTrackerMode *self)
{
  gboolean wanted = !self->ended && g_settings_get_boolean (self->settings, "tracker-mode");
  guint port = g_settings_get_uint (self->settings, "tracker-port");
  gboolean lan = g_settings_get_boolean (self->settings, "lan");
  gboolean classic = g_settings_get_boolean (self->settings, "classic");

  if (self->busy)
    return;
  if (self->running
      && (!wanted || port != self->port || lan != self->lan || classic != self->classic))
    {
      self->busy = TRUE;
      redes_tracker_host_stop_async (self->host, stopped_cb, g_object_ref (self));
    }
  else if (!self->running && wanted)
    {
      g_autofree char *host = g_settings_get_string (self->settings, "listen-host");
      g_autofree char *nickname = g_settings_get_string (self->settings, "nickname");
      g_auto (GStrv) interfaces = g_settings_get_strv (self->settings, "lan-interfaces");

      self->busy = TRUE;
      self->port = port;
      self->lan = lan;
      self->classic = classic;
      self->host = redes_tracker_host_new (self->data_dir, host, port, 0, RSA_BITS);
      redes_tracker_host_set_lan (self->host, lan, (const char *const *)interfaces, nickname);
      redes_tracker_host_set_classic (self->host, classic);
      redes_tracker_host_start_async (self->host, NULL, started_cb, g_object_ref (self));
    }
  else if (self->problem != NULL && !wanted)
    set_running (self, FALSE, NULL);
}

static void
redes_tracker_mode_finalize (GObject *object)
{
  RedesTrackerMode *self = REDES_TRACKER_MODE (object);

  g_object_unref (self->settings);
  g_clear_object (&self->host);
  g_free (self->data_dir);
  g_free (self->problem);
  g_strfreev (self->addresses);
  G_OBJECT_CLASS (redes_tracker_mode_parent_class)->finalize (object);
}

static void
redes_tracker_mode_class_init (RedesTrackerModeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_tracker_mode_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_tracker_mode_init (RedesTrackerMode *self)
{
  self->addresses = g_new0 (char *, 1);
}

RedesTrackerMode *
redes_tracker_mode_new (GSettings *settings, const char *data_dir)
{
  RedesTrackerMode *self = g_object_new (REDES_TYPE_TRACKER_MODE, NULL);

  self->settings = g_object_ref (settings);
  self->data_dir = g_strdup (data_dir);
  g_signal_connect_object (settings, "changed::tracker-mode", G_CALLBACK (consider), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::tracker-port", G_CALLBACK (consider), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::lan", G_CALLBACK (consider), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::classic", G_CALLBACK (consider), self,
                           G_CONNECT_SWAPPED);
  consider (self);
  return self;
}

void
redes_tracker_mode_stop_async (RedesTrackerMode *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (!self->ended);

  self->ended = TRUE;
  self->stopping = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stopping, redes_tracker_mode_stop_async);
  consider (self);
  answer_stopping (self);
}

gboolean
redes_tracker_mode_stop_finish (RedesTrackerMode *self, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

gboolean
redes_tracker_mode_is_running (RedesTrackerMode *self)
{
  return self->running;
}

const char *
redes_tracker_mode_get_problem (RedesTrackerMode *self)
{
  return self->problem;
}

RedesTrackerHost *
redes_tracker_mode_get_host (RedesTrackerMode *self)
{
  return self->running ? self->host : NULL;
}

const char *const *
redes_tracker_mode_get_addresses (RedesTrackerMode *self)
{
  return (const char *const *)self->addresses;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/background.h"

#include "app/sandbox.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"
#define REQUEST_INTERFACE "org.freedesktop.portal.Request"
/* A longer status is an error to the portal. */
#define MAX_STATUS_CHARS 96

/* The first value of a portal's Response signal. */
enum
{
  RESPONSE_SUCCESS = 0,
  RESPONSE_CANCELLED = 1,
};

struct _RedesBackground
{
  GObject parent_instance;
  gboolean is_allowed;
  GTask *asking; /* (nullable) */
  guint response_id;
  char *status; /* (nullable): the last one told */
};

G_DEFINE_FINAL_TYPE (RedesBackground, redes_background, G_TYPE_OBJECT)

/* Takes the task that waits, so that it is answered once. */
static GTask *
steal_asking (RedesBackground *self, GDBusConnection *bus)
{
  if (self->response_id != 0)
    g_dbus_connection_signal_unsubscribe (bus, self->response_id);
  self->response_id = 0;
  return g_steal_pointer (&self->asking);
}

static void
allow (RedesBackground *self, GTask *task)
{
  self->is_allowed = TRUE;
  g_task_return_boolean (task, TRUE);
}

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  RedesBackground *self = user_data;
  g_autoptr (GTask) task = steal_asking (self, bus);
  g_autoptr (GVariant) results = NULL;
  guint32 response;
  gboolean runs = TRUE;

  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &runs);
  if (response == RESPONSE_CANCELLED || (response == RESPONSE_SUCCESS && !runs))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                             "the desktop does not allow it");
  else
    allow (self, task);
}

static void
request_background_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusConnection *bus = G_DBUS_CONNECTION (source);
  g_autoptr (GTask) task = user_data;
  RedesBackground *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (bus, result, &error);
  g_autoptr (GTask) asking = NULL;

  /* The answer may have come already. */
  if (reply != NULL || self->asking != task)
    return;
  asking = steal_asking (self, bus);
  g_debug ("no background portal: %s", error->message);
  allow (self, asking);
}

/* The object path of the answer. It is computed before the request is sent, so that no answer is
 * missed. */
static char *
make_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  g_strdelimit (sender, ".", '_');
  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static void
redes_background_dispose (GObject *object)
{
  RedesBackground *self = REDES_BACKGROUND (object);

  g_clear_pointer (&self->status, g_free);
  G_OBJECT_CLASS (redes_background_parent_class)->dispose (object);
}

static void
redes_background_class_init (RedesBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = redes_background_dispose;
}

static void
redes_background_init (RedesBackground *self)
{
  self->is_allowed = !redes_sandbox_is_around ();
}

RedesBackground *
redes_background_new (void)
{
  return g_object_new (REDES_TYPE_BACKGROUND, NULL);
}

gboolean
redes_background_has_to_ask (RedesBackground *self)
{
  return !self->is_allowed;
}

gboolean
redes_background_is_asking (RedesBackground *self)
{
  return self->asking != NULL;
}

void
redes_background_ask (RedesBackground *self,
                      const char *reason,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GDBusConnection) bus = NULL;
  g_autofree char *token = g_strdup_printf ("redes%u", g_random_int ());
  g_autofree char *path = NULL;
  GVariantBuilder options;

  g_return_if_fail (self->asking == NULL);

  /* GApplication has connected long ago. */
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (!redes_background_has_to_ask (self) || bus == NULL)
    {
      allow (self, task);
      return;
    }
  path = make_request_path (bus, token);
  self->asking = g_object_ref (task);
  self->response_id = g_dbus_connection_signal_subscribe (
      bus, PORTAL_NAME, REQUEST_INTERFACE, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_response, self, NULL);

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (reason));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "RequestBackground",
                          g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, request_background_cb,
                          g_object_ref (task));
}

gboolean
redes_background_ask_finish (RedesBackground *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
redes_background_set_status (RedesBackground *self, const char *status)
{
  g_autoptr (GDBusConnection) bus = NULL;
  g_autofree char *message = NULL;
  GVariantBuilder options;

  if (!redes_sandbox_is_around () || g_strcmp0 (status, self->status) == 0)
    return;
  g_free (self->status);
  self->status = g_strdup (status);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (bus == NULL)
    return;
  message = g_utf8_substring (status, 0, MIN (g_utf8_strlen (status, -1), MAX_STATUS_CHARS));
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "message", g_variant_new_string (message));
  /* Older portals do not have this method; the error is ignored. */
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "SetStatus",
                          g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, NULL, NULL);
}

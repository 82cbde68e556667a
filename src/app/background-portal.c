/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/background-portal.h"

#ifdef HAVE_LIBPORTAL
#include <libportal/portal.h>
#endif

/* Both ways below end here. */
static void
allow (GTask *task)
{
  g_task_return_boolean (task, TRUE);
}

static void
refuse (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                           "the desktop does not allow it");
}

static void
allow_without_portal (GTask *task, const GError *error)
{
  g_debug ("no background portal: %s", error->message);
  allow (task);
}

gboolean
redes_background_portal_request_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

#ifdef HAVE_LIBPORTAL

/* (nullable) (transfer full): %NULL without a session bus, for which xdp_portal_new() would print a
 * critical warning. */
static XdpPortal *
make_portal (GError **error)
{
  /* This does not block: GApplication has made the connection at its start. */
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);

  return bus != NULL ? xdp_portal_new () : NULL;
}

static void
request_background_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (xdp_portal_request_background_finish (XDP_PORTAL (source), result, &error))
    allow (task);
  else if (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    refuse (task);
  else
    allow_without_portal (task, error);
}

void
redes_background_portal_request_async (const char *reason,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (XdpPortal) portal = make_portal (&error);

  g_task_set_source_tag (task, redes_background_portal_request_async);
  if (portal == NULL)
    allow_without_portal (task, error);
  else
    xdp_portal_request_background (portal, NULL, (char *)reason, NULL, XDP_BACKGROUND_FLAG_NONE,
                                   NULL, request_background_cb, g_steal_pointer (&task));
}

#else

#define REQUEST_INTERFACE "org.freedesktop.portal.Request"

/* The first value of a portal's Response signal. */
enum
{
  RESPONSE_SUCCESS = 0,
  RESPONSE_CANCELLED = 1,
};

#endif

#ifndef HAVE_LIBPORTAL_STATUS

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"

#endif

#ifndef HAVE_LIBPORTAL

typedef struct
{
  GDBusConnection *bus;
  guint response_id; /* the subscription to the answer, or 0 once there is one */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->bus);
  g_free (request);
}

/* Whether there was no answer before this one. The subscription's reference to the task is dropped
 * later, by the main loop. */
static gboolean
end_request (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  guint id = request->response_id;

  request->response_id = 0;
  if (id != 0)
    g_dbus_connection_signal_unsubscribe (request->bus, id);
  return id != 0;
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
  g_autoptr (GTask) task = g_object_ref (user_data);
  g_autoptr (GVariant) results = NULL;
  guint32 response;
  gboolean runs = TRUE;

  if (!end_request (task))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &runs);
  if (response == RESPONSE_CANCELLED || (response == RESPONSE_SUCCESS && !runs))
    refuse (task);
  else
    allow (task);
}

static void
request_background_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL && end_request (task))
    allow_without_portal (task, error);
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

void
redes_background_portal_request_async (const char *reason,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autoptr (GError) error = NULL;
  /* This does not block: GApplication has made the connection at its start. */
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autofree char *token = g_strdup_printf ("redes%u", g_random_int ());
  g_autofree char *path = NULL;
  Request *request;
  GVariantBuilder options;

  g_task_set_source_tag (task, redes_background_portal_request_async);
  if (bus == NULL)
    {
      allow_without_portal (task, error);
      return;
    }
  path = make_request_path (bus, token);
  request = g_new0 (Request, 1);
  request->bus = g_object_ref (bus);
  g_task_set_task_data (task, request, request_free);
  request->response_id = g_dbus_connection_signal_subscribe (
      bus, PORTAL_NAME, REQUEST_INTERFACE, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_response, g_object_ref (task), g_object_unref);

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (reason));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (FALSE));
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "RequestBackground",
                          g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, request_background_cb,
                          g_object_ref (task));
}

#endif

#ifdef HAVE_LIBPORTAL_STATUS

void
redes_background_portal_set_status (const char *status)
{
  g_autoptr (XdpPortal) portal = make_portal (NULL);

  if (portal != NULL)
    xdp_portal_set_background_status (portal, status, NULL, NULL, NULL);
}

#else

/* libportal has this since 0.7. */
void
redes_background_portal_set_status (const char *status)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  GVariantBuilder options;

  if (bus == NULL)
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "message", g_variant_new_string (status));
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, "SetStatus",
                          g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, NULL, NULL);
}

#endif

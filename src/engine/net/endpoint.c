/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/endpoint.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"

#include <string.h>

/* When accept() fails for want of descriptors or memory, trying again at once would only spin. */
#define ACCEPT_PAUSE_MS 200
#define ACCEPTS_PER_TURN 16
/* The original system's client opens a connection for every 50 bytes, hundreds at once. */
#define BACKLOG 1024

struct _RedesListener
{
  GSocket *socket;
  GMainContext *context;
  GSource *source;
  RedesAcceptFunc func;
  gpointer user_data;
  char *address;
  guint16 port;
};

static void watch (RedesListener *self);

static gboolean
on_pause_over (gpointer user_data)
{
  RedesListener *self = user_data;

  redes_timer_clear (&self->source);
  watch (self);
  return G_SOURCE_REMOVE;
}

static void
pause_accepting (RedesListener *self)
{
  redes_timer_clear (&self->source);
  redes_timer_set (&self->source, self->context, ACCEPT_PAUSE_MS, on_pause_over, self);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RedesListener *self = user_data;

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnection) connection = NULL;
      g_autoptr (GSocket) accepted = g_socket_accept (self->socket, NULL, &error);

      if (accepted == NULL)
        {
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            return G_SOURCE_CONTINUE;
          /* A connection that broke before it was accepted is no trouble of ours. */
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
            continue;
          g_debug ("%s: %s", self->address, error->message);
          pause_accepting (self);
          return G_SOURCE_REMOVE;
        }
      connection = g_socket_connection_factory_create_connection (accepted);
      self->func (connection, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

static void
watch (RedesListener *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, self->context);
}

static GSocket *
open_socket (const char *host, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) inet = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;

  inet = g_inet_address_new_from_string (host);
  if (inet == NULL)
    {
      redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       REDES_NOTICE_NOT_OWN_ADDRESS, host);
      return NULL;
    }
  address = g_inet_socket_address_new (inet, port);
  socket = g_socket_new (g_inet_address_get_family (inet), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static void
explain (GError **error, const char *host, guint16 port)
{
  g_autofree char *address = redes_text_format_address (*host != '\0' ? host : "0.0.0.0", port);

  if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_clear_error (error);
      redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, REDES_NOTICE_PORT_IN_USE,
                       port, address);
    }
  else if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    {
      g_clear_error (error);
      redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                       REDES_NOTICE_PORT_NOT_ALLOWED, address);
    }
  else
    {
      g_autoptr (GError) reason = g_steal_pointer (error);

      g_propagate_error (
          error, redes_error_new_from (reason, REDES_NOTICE_CANNOT_LISTEN, address, reason));
    }
}

RedesListener *
redes_listener_new (
    const char *host, guint16 port, RedesAcceptFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;
  GError *local_error = NULL;
  RedesListener *self;

  if (*host == '\0')
    {
      /* One IPv6 socket takes both families where the system has both. */
      socket = open_socket ("::", port, &local_error);
      if (socket == NULL && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          g_clear_error (&local_error);
          socket = open_socket ("0.0.0.0", port, &local_error);
        }
    }
  else
    socket = open_socket (host, port, &local_error);

  if (socket != NULL)
    bound = g_socket_get_local_address (socket, &local_error);
  if (bound == NULL)
    {
      explain (&local_error, host, port);
      g_propagate_error (error, local_error);
      return NULL;
    }

  self = g_new0 (RedesListener, 1);
  self->socket = g_steal_pointer (&socket);
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->address = redes_text_format_address (*host != '\0' ? host : "0.0.0.0", self->port);
  watch (self);
  return self;
}

void
redes_listener_free (RedesListener *self)
{
  if (self == NULL)
    return;
  redes_timer_clear (&self->source);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_main_context_unref (self->context);
  g_free (self->address);
  g_free (self);
}

guint16
redes_listener_get_port (RedesListener *self)
{
  return self->port;
}

const char *
redes_listener_get_address (RedesListener *self)
{
  return self->address;
}

char *
redes_socket_dup_remote_host (GSocket *socket, guint16 *port)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);
  GInetSocketAddress *inet;
  char *host;

  if (port != NULL)
    *port = 0;
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("");
  inet = G_INET_SOCKET_ADDRESS (address);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  if (port != NULL)
    *port = g_inet_socket_address_get_port (inet);
  /* An IPv4 peer that came in on an IPv6 socket is an IPv4 peer. */
  if (g_str_has_prefix (host, "::ffff:") && strchr (host, '.') != NULL)
    memmove (host, host + 7, strlen (host + 7) + 1);
  return host;
}

/**
 * Call:
 * @address: for words
 * @is_bound: whether it is made from a chosen address to a name, and is made again from any if that
 *   fails: the name may have addresses of the other family only
 */
typedef struct
{
  char *address;
  char *host;
  guint16 port;
  guint timeout_s;
  gboolean is_bound;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->address);
  g_free (call->host);
  g_free (call);
}

static void start_call (GTask *task, GSocketAddress *local);

static void
connect_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GSocketConnection) connection = NULL;
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);
  if (connection == NULL && call->is_bound
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      call->is_bound = FALSE;
      g_clear_error (&error);
      start_call (g_steal_pointer (&task), NULL);
      return;
    }
  if (connection == NULL)
    {
      g_task_return_error (task,
                           redes_error_new_from (error, REDES_NOTICE_WITHIN, call->address, error));
      g_error_free (error);
      return;
    }
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 0);
  g_task_return_pointer (task, g_steal_pointer (&connection), g_object_unref);
}

/* Takes the task. */
static void
start_call (GTask *task, GSocketAddress *local)
{
  const Call *call = g_task_get_task_data (task);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GInetAddress) numeric = g_inet_address_new_from_string (call->host);
  g_autoptr (GSocketConnectable) where = NULL;

  if (numeric != NULL)
    where = G_SOCKET_CONNECTABLE (g_inet_socket_address_new (numeric, call->port));
  else
    where = g_network_address_new (call->host, call->port);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, call->timeout_s);
  g_socket_client_set_local_address (client, local);
  if (local != NULL)
    g_socket_client_set_family (client, g_socket_address_get_family (local));
  g_socket_client_connect_async (client, where, g_task_get_cancellable (task), connect_cb, task);
}

/* Where a call to @to, %NULL for a name, is made from: (nullable) (transfer full) */
static GSocketAddress *
choose_local_address (const char *local_host, GInetAddress *to)
{
  g_autoptr (GInetAddress) local = NULL;

  if (local_host == NULL || *local_host == '\0')
    return NULL;
  local = g_inet_address_new_from_string (local_host);
  if (local == NULL || g_inet_address_get_is_any (local) || g_inet_address_get_is_link_local (local)
      || (to != NULL && g_inet_address_get_family (local) != g_inet_address_get_family (to))
      || (g_inet_address_get_is_loopback (local)
          && (to == NULL || !g_inet_address_get_is_loopback (to))))
    return NULL;
  return g_inet_socket_address_new (local, 0);
}

void
redes_dial_from_async (const char *local_host,
                       const char *host,
                       guint16 port,
                       guint timeout_s,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GInetAddress) numeric = g_inet_address_new_from_string (host);
  g_autoptr (GSocketAddress) local = choose_local_address (local_host, numeric);
  Call *call = g_new0 (Call, 1);

  call->address = redes_text_format_address (host, port);
  call->host = g_strdup (host);
  call->port = port;
  call->timeout_s = timeout_s;
  call->is_bound = local != NULL && numeric == NULL;
  g_task_set_source_tag (task, redes_dial_async);
  g_task_set_task_data (task, call, call_free);
  start_call (task, local);
}

void
redes_dial_async (const char *host,
                  guint16 port,
                  guint timeout_s,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  redes_dial_from_async (NULL, host, port, timeout_s, cancellable, callback, user_data);
}

GSocketConnection *
redes_dial_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/metrics-server.h"

#include "engine/net/endpoint.h"

#include <libsoup/soup.h>
#include <string.h>

#define PATH "/metrics"
/* Each takes a descriptor, of which the tracker has one for each peer. */
#define MAX_CONNECTIONS 16u
#define TIMEOUT_S 10u
#define CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct _RedesMetricsServer
{
  RedesListener *listener;
  SoupServer *http;
  GPtrArray *streams; /* (element-type GSocketConnection): borrowed, watched by weak references */
  RedesMetricsFunc func;
  gpointer user_data;
};

gboolean
redes_metrics_server_is_built (void)
{
  return TRUE;
}

static void
on_request (SoupServer *http,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  RedesMetricsServer *self = user_data;
  const char *method = soup_server_message_get_method (message);
  char *text;

  /* Each question has a connection of its own, so that nobody keeps one open. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
  if (!g_str_equal (path, PATH))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (!g_str_equal (method, SOUP_METHOD_GET) && !g_str_equal (method, SOUP_METHOD_HEAD))
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  else
    {
      text = self->func (self->user_data);
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, CONTENT_TYPE, SOUP_MEMORY_TAKE, text,
                                        strlen (text));
    }
}

static void
on_stream_gone (gpointer user_data, GObject *stream)
{
  RedesMetricsServer *self = user_data;

  g_ptr_array_remove_fast (self->streams, stream);
}

/* Whoever asks for nothing is let go after a while, and makes room. */
static void
on_accept (GSocketConnection *stream, gpointer user_data)
{
  RedesMetricsServer *self = user_data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (stream, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (stream, NULL);
  g_autoptr (GError) error = NULL;

  if (self->streams->len >= MAX_CONNECTIONS)
    {
      g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);
      return;
    }
  g_socket_set_timeout (g_socket_connection_get_socket (stream), TIMEOUT_S);
  g_ptr_array_add (self->streams, stream);
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, self);
  if (!soup_server_accept_iostream (self->http, G_IO_STREAM (stream), local, remote, &error))
    g_debug ("a connection that asked for metrics: %s", error->message);
}

RedesMetricsServer *
redes_metrics_server_new (
    const char *host, guint16 port, RedesMetricsFunc func, gpointer user_data, GError **error)
{
  RedesMetricsServer *self = g_new0 (RedesMetricsServer, 1);

  self->func = func;
  self->user_data = user_data;
  self->streams = g_ptr_array_new ();
  self->http = soup_server_new ("server-header", NULL, NULL);
  soup_server_add_handler (self->http, NULL, on_request, self, NULL);
  self->listener = redes_listener_new (host, port, on_accept, self, error);
  if (self->listener == NULL)
    g_clear_pointer (&self, redes_metrics_server_free);
  return self;
}

void
redes_metrics_server_free (RedesMetricsServer *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->listener, redes_listener_free);
  soup_server_disconnect (self->http);
  g_object_unref (self->http);
  for (guint i = 0; i < self->streams->len; i++)
    g_object_weak_unref (g_ptr_array_index (self->streams, i), on_stream_gone, self);
  g_ptr_array_unref (self->streams);
  g_free (self);
}

const char *
redes_metrics_server_get_address (RedesMetricsServer *self)
{
  return redes_listener_get_address (self->listener);
}

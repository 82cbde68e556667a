/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/goodbye.h"

#include "engine/net/endpoint.h"
#include "engine/classic/protocol.h"

#include <string.h>

#define TIMEOUT_S 1

typedef struct
{
  guint16 port;
  GSocketConnection *connection;
  char *text;
} Goodbye;

/* Each thread's own: a number, and nothing to be freed. */
static GPrivate n_under_way;

static void
count (gint change)
{
  g_private_set (&n_under_way, GUINT_TO_POINTER (redes_classic_count_goodbyes () + change));
}

guint
redes_classic_count_goodbyes (void)
{
  return GPOINTER_TO_UINT (g_private_get (&n_under_way));
}

static void
goodbye_free (Goodbye *self)
{
  count (-1);
  g_clear_object (&self->connection);
  g_free (self->text);
  g_free (self);
}

static void
said_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, NULL);
  goodbye_free (user_data);
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Goodbye *self = user_data;
  RedesClassicCommand command = { .verb = REDES_CLASSIC_UNREGISTER, .port = self->port };
  g_autoptr (GSocketAddress) own = NULL;
  g_autofree char *host = NULL;

  self->connection = redes_dial_finish (result, NULL);
  if (self->connection != NULL)
    own = g_socket_connection_get_local_address (self->connection, NULL);
  if (own == NULL)
    {
      goodbye_free (self);
      return;
    }
  host = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (own)));
  command.host = host;
  self->text = redes_classic_command_format (&command);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)),
                                   self->text, strlen (self->text), G_PRIORITY_DEFAULT, NULL,
                                   said_cb, self);
}

void
redes_classic_goodbye (const char *host, guint16 tracker_port, guint16 port)
{
  Goodbye *self = g_new0 (Goodbye, 1);

  self->port = port;
  count (1);
  redes_dial_async (host, tracker_port, TIMEOUT_S, NULL, dial_cb, self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/seek.h"

#include "engine/base/timer.h"
#include "engine/platform/interfaces.h"
#include "engine/classic/protocol.h"

#include <string.h>

#define READS_PER_TURN 16

struct _RedesClassicSeeker
{
  char **interfaces;
  char *listen_host;
  GSocket *socket; /* NULL: this machine gives none */
  GSource *source;
  RedesClassicSeekerFunc found;
  gpointer user_data;
};

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RedesClassicSeeker *self = user_data;

  for (guint i = 0; i < READS_PER_TURN; i++)
    {
      g_autofree char *host = NULL;
      char buffer[128];
      guint16 port;
      gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

      if (n < 0)
        break;
      if (redes_classic_parse_tracker_here (buffer, (gsize)n, &host, &port))
        self->found (host, port, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

RedesClassicSeeker *
redes_classic_seeker_new (const char *const *interfaces,
                          const char *listen_host,
                          RedesClassicSeekerFunc found,
                          gpointer user_data)
{
  RedesClassicSeeker *self = g_new0 (RedesClassicSeeker, 1);

  self->interfaces = g_strdupv ((char **)interfaces);
  self->listen_host = g_strdup (listen_host);
  self->found = found;
  self->user_data = user_data;
  self->socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  if (self->socket == NULL)
    return self;
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_broadcast (self->socket, TRUE);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  redes_classic_seeker_ask (self);
  return self;
}

void
redes_classic_seeker_free (RedesClassicSeeker *self)
{
  if (self == NULL)
    return;
  redes_timer_clear (&self->source);
  g_clear_object (&self->socket);
  g_strfreev (self->interfaces);
  g_free (self->listen_host);
  g_free (self);
}

void
redes_classic_seeker_ask (RedesClassicSeeker *self)
{
  g_autoptr (GPtrArray) interfaces
      = redes_interfaces_list ((const char *const *)self->interfaces, self->listen_host);

  for (guint i = 0; i < interfaces->len && self->socket != NULL; i++)
    {
      RedesInterface *interface = g_ptr_array_index (interfaces, i);
      GInetAddress *where = interface->broadcast != NULL ? interface->broadcast : interface->ipv4;
      g_autoptr (GSocketAddress) address = NULL;

      if (where == NULL)
        continue;
      address = g_inet_socket_address_new (where, REDES_CLASSIC_UDP_PORT);
      g_socket_send_to (self->socket, address, REDES_CLASSIC_DISCOVER,
                        strlen (REDES_CLASSIC_DISCOVER), NULL, NULL);
    }
}

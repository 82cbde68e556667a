/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-listener-private.h"

#include "engine/core/core-state-private.h"

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  RedesCore *self = user_data;

  if (self->sniffer != NULL)
    redes_protocol_sniffer_add (self->sniffer, connection);
  else
    redes_swarm_accept (self->swarm, connection);
}

static gboolean
open_port (RedesCore *self, guint16 port, GError **error)
{
  RedesListener *listener
      = redes_listener_new (self->config->listen_host, port, on_accept, self, error);

  if (listener == NULL)
    return FALSE;
  g_clear_pointer (&self->listener, redes_listener_free);
  self->listener = listener;
  self->port = redes_listener_get_port (listener);
  return TRUE;
}

gboolean
redes_core_listen (RedesCore *self, GError **error)
{
  return !self->config->listen || open_port (self, self->config->listen_port, error);
}

gboolean
redes_core_move_port (RedesCore *self, GError **error)
{
  guint16 port = self->config->listen_port;

  if (!self->config->listen || (port != 0 && port == self->port))
    return TRUE;
  return open_port (self, port, error);
}

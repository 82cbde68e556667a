/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/tracker-listener.h"

#include "engine/net/protocol-sniffer.h"
#include "engine/classic/host.h"
#include "engine/classic/protocol.h"

struct _RedesTrackerListener
{
  RedesListener *listener;
  char *host;
  RedesAcceptFunc accept;
  gpointer user_data;
  RedesProtocolSniffer *sniffer; /* NULL: no guests */
  RedesClassicHost *classic;
};

static void
on_sorted (GSocketConnection *connection, guint8 byte, gpointer user_data)
{
  RedesTrackerListener *self = user_data;

  if (byte == REDES_FIRST_BYTE_TLS)
    self->accept (connection, self->user_data);
  else
    redes_classic_host_accept (self->classic, connection);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  RedesTrackerListener *self = user_data;

  if (self->sniffer != NULL)
    redes_protocol_sniffer_add (self->sniffer, connection);
  else
    self->accept (connection, self->user_data);
}

RedesTrackerListener *
redes_tracker_listener_new (
    const char *host, guint16 port, RedesAcceptFunc accept, gpointer user_data, GError **error)
{
  RedesTrackerListener *self = g_new0 (RedesTrackerListener, 1);

  self->host = g_strdup (host);
  self->accept = accept;
  self->user_data = user_data;
  self->listener = redes_listener_new (host, port, on_accept, self, error);
  if (self->listener == NULL)
    g_clear_pointer (&self, redes_tracker_listener_free);
  return self;
}

void
redes_tracker_listener_free (RedesTrackerListener *self)
{
  if (self == NULL)
    return;
  redes_listener_free (self->listener);
  redes_protocol_sniffer_free (self->sniffer);
  redes_classic_host_free (self->classic);
  g_free (self->host);
  g_free (self);
}

void
redes_tracker_listener_accept_classic (RedesTrackerListener *self,
                                       guint16 udp_port,
                                       guint timeout_s,
                                       RedesEventLog *log)
{
  self->classic
      = redes_classic_host_new (self->host, redes_tracker_listener_get_port (self),
                                udp_port != 0 ? udp_port : REDES_CLASSIC_UDP_PORT, timeout_s, log);
  self->sniffer = redes_protocol_sniffer_new (on_sorted, self);
}

guint16
redes_tracker_listener_get_port (RedesTrackerListener *self)
{
  return redes_listener_get_port (self->listener);
}

const char *
redes_tracker_listener_get_address (RedesTrackerListener *self)
{
  return redes_listener_get_address (self->listener);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/door.h"

#include "engine/net/first-byte.h"
#include "engine/tracker/classic/host.h"
#include "engine/tracker/classic/protocol.h"

struct _RedesTrackerDoor
{
  RedesListener *listener;
  char *host;
  RedesAcceptFunc accept;
  gpointer user_data;
  RedesFirstByteSorter *sorter; /* NULL: no guests */
  RedesClassicHost *classic;
};

static void
on_sorted (GSocketConnection *connection, guint8 byte, gpointer user_data)
{
  RedesTrackerDoor *self = user_data;

  if (byte == REDES_FIRST_BYTE_TLS)
    self->accept (connection, self->user_data);
  else
    redes_classic_host_accept (self->classic, connection);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  RedesTrackerDoor *self = user_data;

  if (self->sorter != NULL)
    redes_first_byte_sorter_add (self->sorter, connection);
  else
    self->accept (connection, self->user_data);
}

RedesTrackerDoor *
redes_tracker_door_new (
    const char *host, guint16 port, RedesAcceptFunc accept, gpointer user_data, GError **error)
{
  RedesTrackerDoor *self = g_new0 (RedesTrackerDoor, 1);

  self->host = g_strdup (host);
  self->accept = accept;
  self->user_data = user_data;
  self->listener = redes_listener_new (host, port, on_accept, self, error);
  if (self->listener == NULL)
    g_clear_pointer (&self, redes_tracker_door_free);
  return self;
}

void
redes_tracker_door_free (RedesTrackerDoor *self)
{
  if (self == NULL)
    return;
  redes_listener_free (self->listener);
  redes_first_byte_sorter_free (self->sorter);
  redes_classic_host_free (self->classic);
  g_free (self->host);
  g_free (self);
}

void
redes_tracker_door_welcome_guests (RedesTrackerDoor *self,
                                   guint16 udp_port,
                                   guint timeout_s,
                                   RedesEventLog *log)
{
  self->classic
      = redes_classic_host_new (self->host, redes_tracker_door_get_port (self),
                                udp_port != 0 ? udp_port : REDES_CLASSIC_UDP_PORT, timeout_s, log);
  self->sorter = redes_first_byte_sorter_new (on_sorted, self);
}

guint16
redes_tracker_door_get_port (RedesTrackerDoor *self)
{
  return redes_listener_get_port (self->listener);
}

const char *
redes_tracker_door_get_address (RedesTrackerDoor *self)
{
  return redes_listener_get_address (self->listener);
}

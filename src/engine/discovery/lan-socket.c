/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/lan-socket.h"

#include "engine/base/timer.h"
#include "engine/wire/beacon.h"
#include "engine/platform/multicast.h"

#include <string.h>

#define READS_PER_TURN 64
#define READS_PER_TICK 1000u
#define TICK_MS 100

struct _RedesLanSocket
{
  GSocket *in;
  GSocket *out;
  GSocketAddress *group;
  GMainContext *context;
  GSource *source; /* of @in, or a pause */
  gint64 tick_us;
  guint n_read; /* in this tick */
  RedesLanSocketFunc heard;
  gpointer user_data;
};

static void watch (RedesLanSocket *self);

/* The port of the beacons. REDES_TEST_BEACON_PORT is for tests alone: where the system gives a test
 * no network of its own, the port keeps it apart from the other programs of the machine. */
static guint16
get_beacon_port (void)
{
  const char *text = g_getenv ("REDES_TEST_BEACON_PORT");
  guint64 port;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL))
    return (guint16)port;
  return REDES_BEACON_PORT;
}

static void
set_source (RedesLanSocket *self, GSource *source, GSourceFunc func)
{
  redes_timer_clear (&self->source);
  self->source = source;
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
}

static gboolean
on_pause_over (gpointer user_data)
{
  watch (user_data);
  return G_SOURCE_REMOVE;
}

/* Whether more may be read in this tick. */
static gboolean
count_read (RedesLanSocket *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->tick_us >= TICK_MS * 1000)
    {
      self->tick_us = now_us;
      self->n_read = 0;
    }
  return ++self->n_read <= READS_PER_TICK;
}

/* With the zone of a link-local address, without which nobody can be reached there. */
static char *
dup_host (GSocketAddress *from)
{
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (from);
  GInetAddress *address = g_inet_socket_address_get_address (inet);
  g_autofree char *host = g_inet_address_to_string (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
      && g_inet_address_get_is_link_local (address))
    return g_strdup_printf ("%s%%%u", host, g_inet_socket_address_get_scope_id (inet));
  return g_steal_pointer (&host);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RedesLanSocket *self = user_data;

  for (guint i = 0; i < READS_PER_TURN; i++)
    {
      /* One byte more than the longest, so that a longer one shows. */
      guint8 buffer[REDES_BEACON_MAX_BYTES + 1];
      g_autoptr (GSocketAddress) from = NULL;
      g_autofree char *host = NULL;
      gssize len;

      if (!count_read (self))
        {
          set_source (self, g_timeout_source_new (TICK_MS), on_pause_over);
          return G_SOURCE_REMOVE;
        }
      len = g_socket_receive_from (self->in, &from, (char *)buffer, sizeof buffer, NULL, NULL);
      if (len < 0)
        return G_SOURCE_CONTINUE;
      if (from == NULL || !G_IS_INET_SOCKET_ADDRESS (from))
        continue;
      host = dup_host (from);
      self->heard (buffer, (gsize)len, host, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

static void
watch (RedesLanSocket *self)
{
  set_source (self, g_socket_create_source (self->in, G_IO_IN, NULL), G_SOURCE_FUNC (on_readable));
}

static GSocket *
open_in (const RedesInterface *interface, GSocketFamily family, GInetAddress *group, GError **error)
{
  g_autoptr (GSocket) socket
      = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  g_autoptr (GInetAddress) where = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  if (socket == NULL)
    return NULL;
  where = redes_multicast_dup_bind_address (group);
  if (family == G_SOCKET_FAMILY_IPV6)
    address = g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", where, "port",
                            (guint)get_beacon_port (), "scope-id", interface->index, NULL);
  else
    address = g_inet_socket_address_new (where, get_beacon_port ());
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_bind (socket, address, TRUE, error)
      || !redes_multicast_hear_only_joined (socket, family, error)
      || !g_socket_join_multicast_group (socket, group, FALSE,
                                         *interface->name != '\0' ? interface->name : NULL, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static GSocket *
open_out (const RedesInterface *interface, GSocketFamily family, GError **error)
{
  g_autoptr (GSocket) socket
      = g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_multicast_ttl (socket, 1);
  g_socket_set_multicast_loopback (socket, TRUE);
  if (!redes_multicast_send_from (socket, interface, family, error))
    return NULL;
  return g_steal_pointer (&socket);
}

RedesLanSocket *
redes_lan_socket_new (const RedesInterface *interface,
                      GSocketFamily family,
                      RedesLanSocketFunc heard,
                      gpointer user_data,
                      GError **error)
{
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (
      family == G_SOCKET_FAMILY_IPV6 ? REDES_BEACON_GROUP_IPV6 : REDES_BEACON_GROUP_IPV4);
  g_autoptr (GSocket) in = open_in (interface, family, group, error);
  g_autoptr (GSocket) out = in != NULL ? open_out (interface, family, error) : NULL;
  RedesLanSocket *self;

  if (out == NULL)
    return NULL;
  self = g_new0 (RedesLanSocket, 1);
  self->in = g_steal_pointer (&in);
  self->out = g_steal_pointer (&out);
  self->group = g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", group, "port",
                              (guint)get_beacon_port (), "scope-id",
                              family == G_SOCKET_FAMILY_IPV6 ? interface->index : 0, NULL);
  self->context = g_main_context_ref_thread_default ();
  self->heard = heard;
  self->user_data = user_data;
  watch (self);
  return self;
}

void
redes_lan_socket_free (RedesLanSocket *self)
{
  if (self == NULL)
    return;
  redes_timer_clear (&self->source);
  g_socket_close (self->in, NULL);
  g_socket_close (self->out, NULL);
  g_object_unref (self->in);
  g_object_unref (self->out);
  g_object_unref (self->group);
  g_main_context_unref (self->context);
  g_free (self);
}

gboolean
redes_lan_socket_send (RedesLanSocket *self, GBytes *datagram, GError **error)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (datagram, &len);

  return g_socket_send_to (self->out, self->group, data, len, NULL, error) >= 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/host.h"

#include "engine/base/timer.h"
#include "engine/classic/registry.h"
#include "engine/classic/reader.h"

#include <string.h>

#define TICK_MS 500
#define COMMANDS_PER_S 200
#define READS_PER_TURN 16
/* Anybody can ask in another's name: no more answers than that in a tick. */
#define ANSWERS_PER_TICK 25u

struct _RedesClassicHost
{
  const RedesClock *clock;
  RedesEventLog *log;
  RedesClassicReader *reader;
  RedesClassicRegistry *registry;
  GSocket *udp;
  GSource *udp_source;
  GSource *timer;
  char *listen_host;
  guint16 port;
  guint n_answers;
};

static void
on_command (const RedesClassicCommand *command,
            GSocketConnection *connection,
            const char *from,
            gpointer user_data)
{
  RedesClassicHost *self = user_data;
  RedesNotice *event = NULL;
  char *answer = redes_classic_registry_answer (self->registry, command, from,
                                                redes_clock_now_us (self->clock), &event);

  if (event != NULL)
    redes_event_log_add_violation (self->log, event);
  redes_classic_reply (connection, g_bytes_new_take (answer, strlen (answer)));
}

static gboolean
on_tick (gpointer user_data)
{
  RedesClassicHost *self = user_data;
  g_auto (GStrv) gone
      = redes_classic_registry_expire (self->registry, redes_clock_now_us (self->clock));

  self->n_answers = 0;
  for (guint i = 0; gone[i] != NULL; i++)
    redes_event_log_add_violation (self->log,
                                   redes_notice_new (REDES_NOTICE_LOG_CLASSIC_TIMED_OUT, gone[i]));
  return G_SOURCE_CONTINUE;
}

/* Our address on the way to @to: (nullable) */
static char *
find_own_address (GSocketAddress *to)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (to),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) own = NULL;

  /* Connecting a datagram socket sends nothing, and chooses. */
  if (socket == NULL || !g_socket_connect (socket, to, NULL, NULL))
    return NULL;
  own = g_socket_get_local_address (socket, NULL);
  if (own == NULL)
    return NULL;
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (own)));
}

static gboolean
on_datagram (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RedesClassicHost *self = user_data;

  for (guint i = 0; i < READS_PER_TURN; i++)
    {
      g_autoptr (GSocketAddress) from = NULL;
      g_autofree char *own = NULL;
      g_autofree char *answer = NULL;
      char buffer[64];
      gssize n = g_socket_receive_from (socket, &from, buffer, sizeof buffer, NULL, NULL);

      if (n < 0)
        return G_SOURCE_CONTINUE;
      while (n > 0 && g_ascii_isspace (buffer[n - 1]))
        n--;
      if ((gsize)n != strlen (REDES_CLASSIC_DISCOVER)
          || memcmp (buffer, REDES_CLASSIC_DISCOVER, (gsize)n) != 0
          || ++self->n_answers > ANSWERS_PER_TICK)
        continue;
      own = find_own_address (from);
      if (own == NULL || (*self->listen_host != '\0' && !g_str_equal (own, self->listen_host)))
        continue;
      answer = redes_classic_format_tracker_here (own, self->port);
      g_socket_send_to (socket, from, answer, strlen (answer), NULL, NULL);
    }
  return G_SOURCE_CONTINUE;
}

static void
listen_for_seekers (RedesClassicHost *self, const char *listen_host, guint16 udp_port)
{
  g_autoptr (GInetAddress) only = g_inet_address_new_from_string (listen_host);
  /* What is sent to all reaches only a socket that is bound to all. */
  gboolean here = only != NULL && g_inet_address_get_is_loopback (only);
  g_autoptr (GInetAddress) inet
      = here ? g_object_ref (only) : g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  address = g_inet_socket_address_new (inet, udp_port);
  self->udp = g_socket_new (g_inet_address_get_family (inet), G_SOCKET_TYPE_DATAGRAM,
                            G_SOCKET_PROTOCOL_UDP, &error);
  if (self->udp == NULL || !g_socket_bind (self->udp, address, FALSE, &error))
    {
      redes_event_log_add (self->log,
                           redes_notice_new (REDES_NOTICE_LOG_CLASSIC_NO_SEARCH, udp_port, error));
      g_clear_object (&self->udp);
      return;
    }
  g_socket_set_blocking (self->udp, FALSE);
  self->udp_source = g_socket_create_source (self->udp, G_IO_IN, NULL);
  g_source_set_callback (self->udp_source, G_SOURCE_FUNC (on_datagram), self, NULL);
  g_source_attach (self->udp_source, g_main_context_get_thread_default ());
}

RedesClassicHost *
redes_classic_host_new (const char *listen_host,
                        guint16 port,
                        guint16 udp_port,
                        guint timeout_s,
                        RedesClassicFoldFunc fold,
                        const RedesClock *clock,
                        RedesEventLog *log)
{
  RedesClassicHost *self = g_new0 (RedesClassicHost, 1);

  self->clock = clock;
  self->log = log;
  self->listen_host = g_strdup (listen_host);
  self->port = port;
  self->registry = redes_classic_registry_new (
      (gint64)(timeout_s != 0 ? timeout_s : REDES_CLASSIC_TIMEOUT_S) * G_USEC_PER_SEC, fold);
  self->reader = redes_classic_reader_new (clock, COMMANDS_PER_S, on_command, self);
  listen_for_seekers (self, listen_host, udp_port);
  redes_timer_set (&self->timer, NULL, TICK_MS, on_tick, self);
  return self;
}

void
redes_classic_host_free (RedesClassicHost *self)
{
  if (self == NULL)
    return;
  redes_timer_clear (&self->timer);
  redes_timer_clear (&self->udp_source);
  g_clear_object (&self->udp);
  redes_classic_reader_free (self->reader);
  redes_classic_registry_free (self->registry);
  g_free (self->listen_host);
  g_free (self);
}

RedesClassicRegistry *
redes_classic_host_get_registry (RedesClassicHost *self)
{
  return self->registry;
}

void
redes_classic_host_accept (RedesClassicHost *self, GSocketConnection *connection)
{
  redes_classic_reader_add (self->reader, connection);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/lan.h"

#include "engine/base/timer.h"
#include "engine/discovery/announcer.h"
#include "engine/platform/interfaces.h"
#include "engine/discovery/lan-socket.h"

#include <string.h>

#define TICK_US G_USEC_PER_SEC
/* A machine with more interfaces has them for others (containers, say). */
#define MAX_INTERFACES 32u

/**
 * Leg:
 * @sockets: IPv4 and IPv6; one may be %NULL
 *
 * An interface that is in use.
 */
typedef struct
{
  RedesInterface *interface;
  RedesLanSocket *sockets[2];
} Leg;

struct _RedesLan
{
  RedesBeacon beacon;
  RedesDigest secret;
  RedesDigest run;
  char *listen_host;
  char **names;
  void (*heard) (const RedesBeacon *beacon, const char *host, gpointer user_data);
  void (*tick) (gpointer user_data);
  gpointer user_data;

  GMainContext *context;
  GPtrArray *legs;
  RedesAnnouncer announcer;
  gint64 looked_us;
  GSource *timer;
};

static void arm (RedesLan *self);

static void
leg_free (gpointer data)
{
  Leg *leg = data;

  for (guint i = 0; i < G_N_ELEMENTS (leg->sockets); i++)
    g_clear_pointer (&leg->sockets[i], redes_lan_socket_free);
  redes_interface_free (leg->interface);
  g_free (leg);
}

static void
on_heard (const guint8 *data, gsize len, const char *host, gpointer user_data)
{
  RedesLan *self = user_data;
  RedesBeacon beacon;

  if (!redes_beacon_parse (data, len, &beacon, NULL))
    return;
  /* Our own comes back to us. */
  if (redes_digest_equal (&beacon.run, &self->run)
      || redes_digest_equal (&beacon.run, &self->secret))
    return;
  if (beacon.kind == REDES_BEACON_ASK && (self->beacon.port != 0 || self->beacon.tracker_port != 0))
    {
      redes_announcer_asked (&self->announcer, g_get_monotonic_time (), g_random_double ());
      arm (self);
    }
  self->heard (&beacon, host, self->user_data);
}

static Leg *
leg_new (RedesLan *self, RedesInterface *interface)
{
  static const GSocketFamily families[] = { G_SOCKET_FAMILY_IPV4, G_SOCKET_FAMILY_IPV6 };
  Leg *leg = g_new0 (Leg, 1);

  leg->interface = interface;
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autoptr (GError) error = NULL;

      if (families[i] == G_SOCKET_FAMILY_IPV6 ? !interface->has_ipv6 : interface->ipv4 == NULL)
        continue;
      leg->sockets[i] = redes_lan_socket_new (interface, families[i], on_heard, self, &error);
      if (leg->sockets[i] == NULL)
        g_debug ("no beacons on %s: %s", interface->name, error->message);
    }
  return leg;
}

static gboolean
steal_if_there (GPtrArray *interfaces, const RedesInterface *interface)
{
  for (guint i = 0; i < interfaces->len; i++)
    if (redes_interface_equal (g_ptr_array_index (interfaces, i), interface))
      {
        g_ptr_array_remove_index_fast (interfaces, i);
        return TRUE;
      }
  return FALSE;
}

/* Legs for the interfaces that are there now, and only for those. */
static void
look (RedesLan *self, gint64 now_us)
{
  g_autoptr (GPtrArray) interfaces
      = redes_interfaces_list ((const char *const *)self->names, self->listen_host);
  gboolean grown = FALSE;

  self->looked_us = now_us;
  for (guint i = self->legs->len; i > 0; i--)
    {
      Leg *leg = g_ptr_array_index (self->legs, i - 1);

      if (!steal_if_there (interfaces, leg->interface))
        g_ptr_array_remove_index_fast (self->legs, i - 1);
    }
  while (interfaces->len > 0)
    {
      RedesInterface *interface = g_ptr_array_steal_index_fast (interfaces, interfaces->len - 1);

      if (self->legs->len >= MAX_INTERFACES)
        {
          redes_interface_free (interface);
          continue;
        }
      g_ptr_array_add (self->legs, leg_new (self, interface));
      grown = TRUE;
    }
  if (grown)
    redes_announcer_start (&self->announcer, now_us);
}

static void
send_all (RedesLan *self, RedesBeaconKind kind)
{
  RedesBeacon beacon = self->beacon;
  g_autoptr (GBytes) datagram = NULL;

  beacon.kind = kind;
  beacon.run = kind == REDES_BEACON_LEAVING ? self->secret : self->run;
  datagram = redes_beacon_encode (&beacon);
  for (guint i = 0; i < self->legs->len; i++)
    {
      Leg *leg = g_ptr_array_index (self->legs, i);

      for (guint j = 0; j < G_N_ELEMENTS (leg->sockets); j++)
        {
          g_autoptr (GError) error = NULL;

          if (leg->sockets[j] != NULL && !redes_lan_socket_send (leg->sockets[j], datagram, &error))
            g_debug ("no beacon sent on %s: %s", leg->interface->name, error->message);
        }
    }
}

static gboolean
on_timer (gpointer user_data)
{
  RedesLan *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  redes_timer_clear (&self->timer);
  if (now_us - self->looked_us >= TICK_US)
    {
      look (self, now_us);
      if (self->tick != NULL)
        self->tick (self->user_data);
    }
  if (redes_announcer_is_due (&self->announcer, now_us))
    {
      RedesBeaconKind kind = redes_announcer_send (&self->announcer, now_us, g_random_double ());

      /* Who only looks around has nothing to say but the query. */
      if (kind == REDES_BEACON_ASK || self->beacon.port != 0 || self->beacon.tracker_port != 0)
        send_all (self, kind);
    }
  arm (self);
  return G_SOURCE_REMOVE;
}

/* One timer for the next beacon and the next look, whichever comes first. */
static void
arm (RedesLan *self)
{
  gint64 next_us = MIN (self->announcer.next_us, self->looked_us + TICK_US);

  redes_timer_clear (&self->timer);
  redes_timer_set (&self->timer, self->context,
                   (guint)((MAX (next_us - g_get_monotonic_time (), 0) + 999) / 1000), on_timer,
                   self);
}

RedesLan *
redes_lan_new (const RedesLanParams *params)
{
  RedesLan *self = g_new0 (RedesLan, 1);
  gint64 now_us = g_get_monotonic_time ();

  self->beacon.id = *params->id;
  self->beacon.port = params->port;
  self->beacon.tracker_port = params->tracker_port;
  redes_beacon_set_nickname (&self->beacon, params->nickname != NULL ? params->nickname : "");
  for (guint i = 0; i < REDES_DIGEST_SIZE; i += sizeof (guint32))
    {
      guint32 number = g_random_int ();

      memcpy (self->secret.bytes + i, &number, sizeof number);
    }
  redes_digest_of (self->secret.bytes, REDES_DIGEST_SIZE, &self->run);
  self->listen_host = g_strdup (params->listen_host);
  self->names = g_strdupv ((char **)params->interfaces);
  self->heard = params->heard;
  self->tick = params->tick;
  self->user_data = params->user_data;
  self->context = g_main_context_ref_thread_default ();
  self->legs = g_ptr_array_new_with_free_func (leg_free);
  redes_announcer_start (&self->announcer, now_us);
  look (self, now_us);
  arm (self);
  return self;
}

void
redes_lan_free (RedesLan *self)
{
  if (self == NULL)
    return;
  redes_timer_clear (&self->timer);
  if (self->announcer.n_sent > 0 && (self->beacon.port != 0 || self->beacon.tracker_port != 0))
    send_all (self, REDES_BEACON_LEAVING);
  g_ptr_array_unref (self->legs);
  g_main_context_unref (self->context);
  g_strfreev (self->names);
  g_free (self->listen_host);
  g_free (self);
}

void
redes_lan_refresh (RedesLan *self)
{
  look (self, g_get_monotonic_time ());
  arm (self);
}

guint
redes_lan_get_n_sockets (RedesLan *self)
{
  guint n = 0;

  for (guint i = 0; i < self->legs->len; i++)
    {
      Leg *leg = g_ptr_array_index (self->legs, i);

      for (guint j = 0; j < G_N_ELEMENTS (leg->sockets); j++)
        n += leg->sockets[j] != NULL;
    }
  return n;
}

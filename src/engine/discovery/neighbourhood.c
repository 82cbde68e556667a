/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/neighbourhood.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_NEIGHBOURS 512u
#define MAX_FROM_ONE_HOST 128u
#define MAX_HOSTS 1024u
/* New neighbours that one host may bring: at once, and then a second. */
#define HOST_BURST 64.0
#define HOST_PER_S 16.0

struct _RedesNeighbourhood
{
  RedesNeighbourhoodEvents events;
  gpointer user_data;
  GHashTable *neighbours; /* RedesPeerId -> RedesNeighbour */
  GHashTable *hosts;      /* numeric address -> Host */
};

/**
 * Host:
 * @credit: how many more new ones it may bring now
 * @n_addresses: of neighbours, from there
 */
typedef struct
{
  gdouble credit;
  gint64 updated_us;
  guint n_addresses;
} Host;

static void
neighbour_free (gpointer data)
{
  RedesNeighbour *neighbour = data;

  for (guint i = 0; i < neighbour->n_addresses; i++)
    g_free (neighbour->addresses[i].host);
  g_free (neighbour->nickname);
  g_free (neighbour);
}

RedesNeighbourhood *
redes_neighbourhood_new (const RedesNeighbourhoodEvents *events, gpointer user_data)
{
  RedesNeighbourhood *self = g_new0 (RedesNeighbourhood, 1);

  self->events = *events;
  self->user_data = user_data;
  self->neighbours
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, neighbour_free);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
redes_neighbourhood_free (RedesNeighbourhood *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->neighbours);
  g_hash_table_unref (self->hosts);
  g_free (self);
}

/* Hosts. */

static void
refill (Host *host, gint64 now_us)
{
  host->credit
      = MIN (HOST_BURST, host->credit + (now_us - host->updated_us) * HOST_PER_S / G_USEC_PER_SEC);
  host->updated_us = now_us;
}

static gboolean
is_forgettable (gpointer key, gpointer value, gpointer user_data)
{
  Host *host = value;

  refill (host, *(gint64 *)user_data);
  return host->n_addresses == 0 && host->credit >= HOST_BURST;
}

/* Whether @name may bring one more neighbour, or address of one, now. */
static gboolean
may_bring (RedesNeighbourhood *self, const char *name, gint64 now_us)
{
  Host *host = g_hash_table_lookup (self->hosts, name);

  if (host == NULL)
    {
      /* Senders can be invented too. Room comes back as redes_neighbourhood_expire() is called. */
      if (g_hash_table_size (self->hosts) >= MAX_HOSTS)
        return FALSE;
      host = g_new0 (Host, 1);
      host->credit = HOST_BURST;
      host->updated_us = now_us;
      g_hash_table_insert (self->hosts, g_strdup (name), host);
    }
  refill (host, now_us);
  if (host->credit < 1 || host->n_addresses >= MAX_FROM_ONE_HOST)
    return FALSE;
  host->credit -= 1;
  return TRUE;
}

static void
count_address (RedesNeighbourhood *self, const char *name, gint change)
{
  Host *host = g_hash_table_lookup (self->hosts, name);

  g_return_if_fail (host != NULL);
  host->n_addresses += change;
}

/* Addresses. */

static RedesNeighbourAddress *
find_address (RedesNeighbour *neighbour, const char *host, guint16 port, guint16 tracker_port)
{
  for (guint i = 0; i < neighbour->n_addresses; i++)
    {
      RedesNeighbourAddress *address = &neighbour->addresses[i];

      if (address->port == port && address->tracker_port == tracker_port
          && g_str_equal (address->host, host))
        return address;
    }
  return NULL;
}

static void
remove_address (RedesNeighbourhood *self, RedesNeighbour *neighbour, guint index)
{
  count_address (self, neighbour->addresses[index].host, -1);
  g_free (neighbour->addresses[index].host);
  neighbour->n_addresses--;
  memmove (&neighbour->addresses[index], &neighbour->addresses[index + 1],
           (neighbour->n_addresses - index) * sizeof neighbour->addresses[0]);
}

/* Behind the proven one the one heard the longest ago makes room. */
static void
make_room_for_address (RedesNeighbourhood *self, RedesNeighbour *neighbour)
{
  guint oldest = neighbour->proven ? 1 : 0;

  if (neighbour->n_addresses < REDES_NEIGHBOUR_MAX_ADDRESSES)
    return;
  for (guint i = oldest + 1; i < neighbour->n_addresses; i++)
    if (neighbour->addresses[i].heard_us < neighbour->addresses[oldest].heard_us)
      oldest = i;
  remove_address (self, neighbour, oldest);
}

/* Which to try first: the loopback says nothing to others that are told of it, and a link-local
 * IPv6 address is of use only through its interface. */
static guint
rank_host (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address == NULL)
    return 3;
  if (g_inet_address_get_is_loopback (address))
    return 2;
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? 0 : 1;
}

static void
add_address (RedesNeighbourhood *self,
             RedesNeighbour *neighbour,
             const RedesBeacon *beacon,
             const char *host,
             gint64 now_us)
{
  RedesNeighbourAddress address = { .host = g_strdup (host),
                                    .port = beacon->port,
                                    .tracker_port = beacon->tracker_port,
                                    .run = beacon->run,
                                    .heard_us = now_us };
  guint place;

  make_room_for_address (self, neighbour);
  place = neighbour->proven && neighbour->n_addresses > 0 ? 1 : 0;
  while (place < neighbour->n_addresses
         && rank_host (neighbour->addresses[place].host) <= rank_host (host))
    place++;
  memmove (&neighbour->addresses[place + 1], &neighbour->addresses[place],
           (neighbour->n_addresses - place) * sizeof address);
  neighbour->addresses[place] = address;
  neighbour->n_addresses++;
  count_address (self, host, 1);
}

/* Neighbours. */

static void
remove_neighbour (RedesNeighbourhood *self, RedesNeighbour *neighbour, gboolean tell)
{
  while (neighbour->n_addresses > 0)
    remove_address (self, neighbour, neighbour->n_addresses - 1);
  if (tell)
    self->events.gone (neighbour, self->user_data);
  g_hash_table_remove (self->neighbours, &neighbour->id);
}

/* Whoever is not proven and was not heard for the longest time makes room. */
static gboolean
make_room (RedesNeighbourhood *self)
{
  RedesNeighbour *oldest = NULL;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->neighbours) < MAX_NEIGHBOURS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesNeighbour *neighbour = value;

      if (!neighbour->proven && (oldest == NULL || neighbour->heard_us < oldest->heard_us))
        oldest = neighbour;
    }
  if (oldest == NULL)
    return FALSE;
  remove_neighbour (self, oldest, TRUE);
  return TRUE;
}

static RedesNeighbour *
add_neighbour (RedesNeighbourhood *self, const RedesBeacon *beacon)
{
  RedesNeighbour *neighbour;

  if (!make_room (self))
    return NULL;
  neighbour = g_new0 (RedesNeighbour, 1);
  neighbour->id = beacon->id;
  neighbour->nickname = g_strdup (beacon->nickname);
  g_hash_table_insert (self->neighbours, &neighbour->id, neighbour);
  return neighbour;
}

/* After addresses were removed. Beacons from elsewhere in its name do not keep it alive. */
static void
look_after (RedesNeighbourhood *self, RedesNeighbour *neighbour, gboolean was_first)
{
  if (neighbour->n_addresses == 0)
    remove_neighbour (self, neighbour, TRUE);
  else if (was_first && neighbour->proven)
    {
      neighbour->proven = FALSE;
      self->events.heard (neighbour, self->user_data);
    }
}

static void
hear_leaving (RedesNeighbourhood *self, const RedesBeacon *beacon)
{
  RedesNeighbour *neighbour = g_hash_table_lookup (self->neighbours, &beacon->id);
  gboolean first = FALSE;
  RedesDigest run;

  if (neighbour == NULL)
    return;
  redes_digest_of (beacon->run.bytes, sizeof beacon->run.bytes, &run);
  /* All at once, by whichever way it was heard: it has not left only one of its networks. */
  for (guint i = neighbour->n_addresses; i > 0; i--)
    if (redes_digest_equal (&neighbour->addresses[i - 1].run, &run))
      {
        first = i == 1;
        remove_address (self, neighbour, i - 1);
      }
  look_after (self, neighbour, first);
}

void
redes_neighbourhood_hear (RedesNeighbourhood *self,
                          const RedesBeacon *beacon,
                          const char *host,
                          gint64 now_us)
{
  RedesNeighbour *neighbour = g_hash_table_lookup (self->neighbours, &beacon->id);
  RedesNeighbourAddress *address = NULL;

  if (beacon->kind == REDES_BEACON_LEAVING)
    {
      hear_leaving (self, beacon);
      return;
    }
  /* It only looks around. */
  if (beacon->port == 0 && beacon->tracker_port == 0)
    return;
  if (neighbour != NULL)
    address = find_address (neighbour, host, beacon->port, beacon->tracker_port);
  if (address != NULL)
    {
      address->run = beacon->run;
      address->heard_us = now_us;
      neighbour->heard_us = now_us;
      return;
    }
  if (!may_bring (self, host, now_us))
    return;
  if (neighbour == NULL)
    neighbour = add_neighbour (self, beacon);
  if (neighbour == NULL)
    return;
  neighbour->heard_us = now_us;
  add_address (self, neighbour, beacon, host, now_us);
  self->events.heard (neighbour, self->user_data);
}

void
redes_neighbourhood_expire (RedesNeighbourhood *self, gint64 now_us)
{
  g_autoptr (GPtrArray) all = redes_neighbourhood_list (self);

  for (guint i = 0; i < all->len; i++)
    {
      RedesNeighbour *neighbour = g_ptr_array_index (all, i);
      gboolean first = FALSE;

      for (guint j = neighbour->n_addresses; j > 0; j--)
        if (now_us - neighbour->addresses[j - 1].heard_us >= REDES_NEIGHBOURHOOD_TTL_US)
          {
            first = j == 1;
            remove_address (self, neighbour, j - 1);
          }
      look_after (self, neighbour, first);
    }
  g_hash_table_foreach_remove (self->hosts, is_forgettable, &now_us);
}

RedesNeighbour *
redes_neighbourhood_lookup (RedesNeighbourhood *self, const RedesPeerId *id)
{
  return g_hash_table_lookup (self->neighbours, id);
}

void
redes_neighbourhood_prove (RedesNeighbourhood *self,
                           RedesNeighbour *neighbour,
                           const char *host,
                           guint16 port)
{
  neighbour->proven = TRUE;
  for (guint i = 1; i < neighbour->n_addresses; i++)
    {
      RedesNeighbourAddress address = neighbour->addresses[i];

      if (address.port != port || !g_str_equal (address.host, host))
        continue;
      memmove (&neighbour->addresses[1], &neighbour->addresses[0], i * sizeof address);
      neighbour->addresses[0] = address;
      return;
    }
}

const char *
redes_neighbour_find_host (const RedesNeighbour *neighbour, const char *host)
{
  gsize len = strlen (host);

  for (guint i = 0; neighbour != NULL && i < neighbour->n_addresses; i++)
    {
      const char *heard = neighbour->addresses[i].host;

      if (strncmp (heard, host, len) == 0 && heard[len] == '%')
        return heard;
    }
  return host;
}

GPtrArray *
redes_neighbourhood_list (RedesNeighbourhood *self)
{
  GPtrArray *all = g_ptr_array_sized_new (g_hash_table_size (self->neighbours));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->neighbours);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, value);
  return all;
}

guint
redes_neighbourhood_get_size (RedesNeighbourhood *self)
{
  return g_hash_table_size (self->neighbours);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/lan-peers.h"

#include "engine/base/token-bucket.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_PEERS 512u
#define MAX_FROM_ONE_HOST 128u
#define MAX_HOSTS 1024u
/* The new peers that one host may announce: at once, and then in each second. */
#define HOST_BURST 64.0
#define HOST_PER_S 16.0

struct _RedesLanPeers
{
  RedesLanPeersEvents events;
  gpointer user_data;
  GHashTable *peers; /* RedesPeerId -> RedesLanPeer */
  GHashTable *hosts; /* numeric address -> Host */
};

/**
 * Host:
 * @new_ones: how many more it may bring now
 * @n_addresses: the number of addresses of peers at this host
 */
typedef struct
{
  RedesTokenBucket new_ones;
  guint n_addresses;
} Host;

static void
lan_peer_free (gpointer data)
{
  RedesLanPeer *lan_peer = data;

  for (guint i = 0; i < lan_peer->n_addresses; i++)
    g_free (lan_peer->addresses[i].host);
  g_free (lan_peer->nickname);
  g_free (lan_peer);
}

RedesLanPeers *
redes_lan_peers_new (const RedesLanPeersEvents *events, gpointer user_data)
{
  RedesLanPeers *self = g_new0 (RedesLanPeers, 1);

  self->events = *events;
  self->user_data = user_data;
  self->peers = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, lan_peer_free);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
redes_lan_peers_free (RedesLanPeers *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->hosts);
  g_free (self);
}

/* Hosts. */

static gboolean
is_forgettable (gpointer key, gpointer value, gpointer user_data)
{
  Host *host = value;

  return host->n_addresses == 0
         && redes_token_bucket_is_full (&host->new_ones, *(gint64 *)user_data);
}

/* Whether the host @name may announce one more peer, or one more address of a peer, now. */
static gboolean
may_bring (RedesLanPeers *self, const char *name, gint64 now_us)
{
  Host *host = g_hash_table_lookup (self->hosts, name);

  if (host == NULL)
    {
      /* Senders can be invented too. Room comes back as redes_lan_peers_expire() is called. */
      if (g_hash_table_size (self->hosts) >= MAX_HOSTS)
        return FALSE;
      host = g_new0 (Host, 1);
      redes_token_bucket_init (&host->new_ones, HOST_PER_S, HOST_BURST, now_us);
      g_hash_table_insert (self->hosts, g_strdup (name), host);
    }
  return host->n_addresses < MAX_FROM_ONE_HOST && redes_token_bucket_try (&host->new_ones, now_us);
}

static void
count_address (RedesLanPeers *self, const char *name, gint change)
{
  Host *host = g_hash_table_lookup (self->hosts, name);

  g_return_if_fail (host != NULL);
  host->n_addresses += change;
}

/* Addresses. */

static RedesLanPeerAddress *
find_address (RedesLanPeer *lan_peer, const char *host, guint16 port, guint16 tracker_port)
{
  for (guint i = 0; i < lan_peer->n_addresses; i++)
    {
      RedesLanPeerAddress *address = &lan_peer->addresses[i];

      if (address->port == port && address->tracker_port == tracker_port
          && g_str_equal (address->host, host))
        return address;
    }
  return NULL;
}

static void
remove_address (RedesLanPeers *self, RedesLanPeer *lan_peer, guint index)
{
  count_address (self, lan_peer->addresses[index].host, -1);
  g_free (lan_peer->addresses[index].host);
  lan_peer->n_addresses--;
  memmove (&lan_peer->addresses[index], &lan_peer->addresses[index + 1],
           (lan_peer->n_addresses - index) * sizeof lan_peer->addresses[0]);
}

/* The address that was heard the longest ago is removed; a proven one, which is the first, stays.
 */
static void
make_room_for_address (RedesLanPeers *self, RedesLanPeer *lan_peer)
{
  guint oldest = lan_peer->proven ? 1 : 0;

  if (lan_peer->n_addresses < REDES_LAN_PEER_MAX_ADDRESSES)
    return;
  for (guint i = oldest + 1; i < lan_peer->n_addresses; i++)
    if (lan_peer->addresses[i].heard_us < lan_peer->addresses[oldest].heard_us)
      oldest = i;
  remove_address (self, lan_peer, oldest);
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
add_address (RedesLanPeers *self,
             RedesLanPeer *lan_peer,
             const RedesBeacon *beacon,
             const char *host,
             gint64 now_us)
{
  RedesLanPeerAddress address = { .host = g_strdup (host),
                                  .port = beacon->port,
                                  .tracker_port = beacon->tracker_port,
                                  .run = beacon->run,
                                  .heard_us = now_us };
  guint place;

  make_room_for_address (self, lan_peer);
  place = lan_peer->proven && lan_peer->n_addresses > 0 ? 1 : 0;
  while (place < lan_peer->n_addresses
         && rank_host (lan_peer->addresses[place].host) <= rank_host (host))
    place++;
  memmove (&lan_peer->addresses[place + 1], &lan_peer->addresses[place],
           (lan_peer->n_addresses - place) * sizeof address);
  lan_peer->addresses[place] = address;
  lan_peer->n_addresses++;
  count_address (self, host, 1);
}

/* Peers. */

static void
remove_peer (RedesLanPeers *self, RedesLanPeer *lan_peer, gboolean tell)
{
  while (lan_peer->n_addresses > 0)
    remove_address (self, lan_peer, lan_peer->n_addresses - 1);
  if (tell)
    self->events.gone (lan_peer, self->user_data);
  g_hash_table_remove (self->peers, &lan_peer->id);
}

/* The unproven peer that was heard the longest ago is removed to make room. */
static gboolean
make_room (RedesLanPeers *self)
{
  RedesLanPeer *oldest = NULL;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->peers) < MAX_PEERS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesLanPeer *lan_peer = value;

      if (!lan_peer->proven && (oldest == NULL || lan_peer->heard_us < oldest->heard_us))
        oldest = lan_peer;
    }
  if (oldest == NULL)
    return FALSE;
  remove_peer (self, oldest, TRUE);
  return TRUE;
}

static RedesLanPeer *
add_peer (RedesLanPeers *self, const RedesBeacon *beacon)
{
  RedesLanPeer *lan_peer;

  if (!make_room (self))
    return NULL;
  lan_peer = g_new0 (RedesLanPeer, 1);
  lan_peer->id = beacon->id;
  lan_peer->nickname = g_strdup (beacon->nickname);
  g_hash_table_insert (self->peers, &lan_peer->id, lan_peer);
  return lan_peer;
}

/* After addresses were removed. Beacons from elsewhere in its name do not keep it alive. */
static void
look_after (RedesLanPeers *self, RedesLanPeer *lan_peer, gboolean was_first)
{
  if (lan_peer->n_addresses == 0)
    remove_peer (self, lan_peer, TRUE);
  else if (was_first && lan_peer->proven)
    {
      lan_peer->proven = FALSE;
      self->events.heard (lan_peer, self->user_data);
    }
}

static void
hear_leaving (RedesLanPeers *self, const RedesBeacon *beacon)
{
  RedesLanPeer *lan_peer = g_hash_table_lookup (self->peers, &beacon->id);
  gboolean first = FALSE;
  RedesDigest run;

  if (lan_peer == NULL)
    return;
  redes_digest_of (beacon->run.bytes, sizeof beacon->run.bytes, &run);
  /* All at once, by whichever way it was heard: it has not left only one of its networks. */
  for (guint i = lan_peer->n_addresses; i > 0; i--)
    if (redes_digest_equal (&lan_peer->addresses[i - 1].run, &run))
      {
        first = i == 1;
        remove_address (self, lan_peer, i - 1);
      }
  look_after (self, lan_peer, first);
}

void
redes_lan_peers_hear (RedesLanPeers *self,
                      const RedesBeacon *beacon,
                      const char *host,
                      gint64 now_us)
{
  RedesLanPeer *lan_peer = g_hash_table_lookup (self->peers, &beacon->id);
  RedesLanPeerAddress *address = NULL;

  if (beacon->kind == REDES_BEACON_LEAVING)
    {
      hear_leaving (self, beacon);
      return;
    }
  /* It only looks around. */
  if (beacon->port == 0 && beacon->tracker_port == 0)
    return;
  if (lan_peer != NULL)
    address = find_address (lan_peer, host, beacon->port, beacon->tracker_port);
  if (address != NULL)
    {
      address->run = beacon->run;
      address->heard_us = now_us;
      lan_peer->heard_us = now_us;
      return;
    }
  if (!may_bring (self, host, now_us))
    return;
  if (lan_peer == NULL)
    lan_peer = add_peer (self, beacon);
  if (lan_peer == NULL)
    return;
  lan_peer->heard_us = now_us;
  add_address (self, lan_peer, beacon, host, now_us);
  self->events.heard (lan_peer, self->user_data);
}

void
redes_lan_peers_expire (RedesLanPeers *self, gint64 now_us)
{
  g_autoptr (GPtrArray) all = redes_lan_peers_list (self);

  for (guint i = 0; i < all->len; i++)
    {
      RedesLanPeer *lan_peer = g_ptr_array_index (all, i);
      gboolean first = FALSE;

      for (guint j = lan_peer->n_addresses; j > 0; j--)
        if (now_us - lan_peer->addresses[j - 1].heard_us >= REDES_LAN_PEER_TTL_US)
          {
            first = j == 1;
            remove_address (self, lan_peer, j - 1);
          }
      look_after (self, lan_peer, first);
    }
  g_hash_table_foreach_remove (self->hosts, is_forgettable, &now_us);
}

RedesLanPeer *
redes_lan_peers_lookup (RedesLanPeers *self, const RedesPeerId *id)
{
  return g_hash_table_lookup (self->peers, id);
}

void
redes_lan_peers_prove (RedesLanPeers *self, RedesLanPeer *lan_peer, const char *host, guint16 port)
{
  lan_peer->proven = TRUE;
  for (guint i = 1; i < lan_peer->n_addresses; i++)
    {
      RedesLanPeerAddress address = lan_peer->addresses[i];

      if (address.port != port || !g_str_equal (address.host, host))
        continue;
      memmove (&lan_peer->addresses[1], &lan_peer->addresses[0], i * sizeof address);
      lan_peer->addresses[0] = address;
      return;
    }
}

const char *
redes_lan_peer_find_host (const RedesLanPeer *lan_peer, const char *host)
{
  gsize len = strlen (host);

  for (guint i = 0; lan_peer != NULL && i < lan_peer->n_addresses; i++)
    {
      const char *heard = lan_peer->addresses[i].host;

      if (strncmp (heard, host, len) == 0 && heard[len] == '%')
        return heard;
    }
  return host;
}

GPtrArray *
redes_lan_peers_list (RedesLanPeers *self)
{
  GPtrArray *all = g_ptr_array_sized_new (g_hash_table_size (self->peers));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, value);
  return all;
}

guint
redes_lan_peers_get_size (RedesLanPeers *self)
{
  return g_hash_table_size (self->peers);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/beacon.h"

G_BEGIN_DECLS

/* Not heard for so long: gone. Three beacons may get lost. In microseconds. */
#define REDES_NEIGHBOURHOOD_TTL_US (G_GINT64_CONSTANT (13) * G_USEC_PER_SEC)
#define REDES_NEIGHBOUR_MAX_ADDRESSES 4

/**
 * RedesLanPeerAddress:
 * @host: numeric; a link-local one with its zone
 * @run: of the beacons from there
 * @heard_us: the last beacon, monotonic
 */
typedef struct
{
  char *host;
  guint16 port;
  guint16 tracker_port;
  RedesDigest run;
  gint64 heard_us;
} RedesLanPeerAddress;

/**
 * RedesLanPeer:
 * @addresses: in the order in which they should be tried: what was proven, then IPv4, then IPv6,
 *   the loopback, link-local ones
 * @proven: whether TLS has shown that it is who it says, see redes_lan_peers_prove()
 * @data: the owner's, see RedesLanPeersEvents.gone
 *
 * Who has been heard on the local network.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  RedesLanPeerAddress addresses[REDES_NEIGHBOUR_MAX_ADDRESSES];
  guint n_addresses;
  gint64 heard_us;
  gboolean proven;
  gpointer data;
} RedesLanPeer;

/**
 * RedesLanPeersEvents:
 * @heard: somebody new, or a new address of somebody known; or the proven address of somebody is
 *   silent, and what is left is not proven
 * @gone: it left, or fell silent; it is freed afterwards
 *
 * They must not call into the neighbourhood, but may set @proven.
 */
typedef struct
{
  void (*heard) (RedesLanPeer *lan_peer, gpointer user_data);
  void (*gone) (RedesLanPeer *lan_peer, gpointer user_data);
} RedesLanPeersEvents;

/**
 * RedesLanPeers:
 *
 * Who can be heard on the local network, by beacons. Anybody can send as many beacons as he likes
 * in any name, so all is bounded: 512 neighbours, 128 from one address, and 16 new ones a second
 * from each (after the first 64). Those who were proven are never pushed out by others. Pure: no
 * sockets; the caller hands in the monotonic time in microseconds, which does not go back.
 */
typedef struct _RedesLanPeers RedesLanPeers;

RedesLanPeers *redes_lan_peers_new (const RedesLanPeersEvents *events, gpointer user_data);
/* Without a word of those who are in it. */
void redes_lan_peers_free (RedesLanPeers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesLanPeers, redes_lan_peers_free)

/* @host: where the datagram came from. */
void redes_lan_peers_hear (RedesLanPeers *self,
                           const RedesBeacon *beacon,
                           const char *host,
                           gint64 now_us);
/* Takes out who was not heard for REDES_NEIGHBOURHOOD_TTL_US; call it every second or so. */
void redes_lan_peers_expire (RedesLanPeers *self, gint64 now_us);

/* (nullable) (transfer none) */
RedesLanPeer *redes_lan_peers_lookup (RedesLanPeers *self, const RedesPeerId *id);
/* TLS has met it; @host, @port: there, if it is one of its addresses. */
void
redes_lan_peers_prove (RedesLanPeers *self, RedesLanPeer *lan_peer, const char *host, guint16 port);
/* @host, or that of @lan_peer's addresses that says with its zone the same: a link-local address
 * is of no use without, and a connection does not tell it. @lan_peer: (nullable) */
const char *redes_lan_peer_find_host (const RedesLanPeer *lan_peer, const char *host);
/* (transfer container) (element-type RedesLanPeer) */
GPtrArray *redes_lan_peers_list (RedesLanPeers *self);
guint redes_lan_peers_get_size (RedesLanPeers *self);

G_END_DECLS

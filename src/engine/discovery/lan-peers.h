/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/beacon.h"

G_BEGIN_DECLS

/* A peer whose beacons have not been received for this time, in microseconds, is gone. Three
 * beacons may get lost. */
#define REDES_LAN_PEER_TTL_US (G_GINT64_CONSTANT (13) * G_USEC_PER_SEC)
#define REDES_LAN_PEER_MAX_ADDRESSES 4

/**
 * RedesLanPeerAddress:
 * @host: a numeric address; a link-local one with its zone
 * @port: the TCP port for peers; 0: the program does not listen for them
 * @tracker_port: the TCP port of its tracker; 0: it has none
 * @run: the number that the program has chosen at its start, from its beacons
 * @heard_us: the monotonic time of the last beacon from there
 *
 * An address from which beacons of a peer have been received.
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
 * @addresses: in the order in which they should be tried: the proven one, then IPv4, IPv6, loopback
 *   and link-local ones
 * @n_addresses: the number of those in use, 1 or more
 * @heard_us: the monotonic time of its last beacon
 * @proven: whether a TLS connection has proved its identity, see redes_lan_peers_prove()
 * @data: for the table's owner, who frees it in RedesLanPeersEvents.gone
 *
 * A peer whose beacons are received on the local network.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  RedesLanPeerAddress addresses[REDES_LAN_PEER_MAX_ADDRESSES];
  guint n_addresses;
  gint64 heard_us;
  gboolean proven;
  gpointer data;
} RedesLanPeer;

/**
 * RedesLanPeersEvents:
 * @heard: the peer is new, or has a new address, or its proven address has expired and the others
 *   are not proven
 * @gone: the peer has said that it leaves, or its beacons have not been received for
 *   REDES_LAN_PEER_TTL_US; it is freed afterwards
 *
 * The functions must not call those of the table, but may set @proven.
 */
typedef struct
{
  void (*heard) (RedesLanPeer *lan_peer, gpointer user_data);
  void (*gone) (RedesLanPeer *lan_peer, gpointer user_data);
} RedesLanPeersEvents;

/**
 * RedesLanPeers:
 *
 * The table of the peers whose beacons are received on the local network. As anybody can send any
 * number of beacons under any id, all is bounded: 512 peers, 128 from one address, and 16 new ones
 * a second from each (after the first 64). Proven peers are never replaced by others. The table has
 * no sockets; the caller passes the monotonic time in microseconds.
 */
typedef struct _RedesLanPeers RedesLanPeers;

RedesLanPeers *redes_lan_peers_new (const RedesLanPeersEvents *events, gpointer user_data);
/* Frees the table without the event `gone` for its peers. */
void redes_lan_peers_free (RedesLanPeers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesLanPeers, redes_lan_peers_free)

/* Adds a beacon. @host: the address that the datagram came from */
void redes_lan_peers_hear (RedesLanPeers *self,
                           const RedesBeacon *beacon,
                           const char *host,
                           gint64 now_us);
/* Removes the peers that are gone, see REDES_LAN_PEER_TTL_US; to be called about every second. */
void redes_lan_peers_expire (RedesLanPeers *self, gint64 now_us);

/* (nullable) (transfer none) */
RedesLanPeer *redes_lan_peers_lookup (RedesLanPeers *self, const RedesPeerId *id);
/* Records that a TLS connection to @host and @port has proved the identity of @lan_peer; these need
 * not be one of its addresses. */
void
redes_lan_peers_prove (RedesLanPeers *self, RedesLanPeer *lan_peer, const char *host, guint16 port);
/* (transfer none): the address of @lan_peer that is @host with a zone, or @host if there is none. A
 * link-local address can only be used with its zone, which a connection does not report. @lan_peer:
 * (nullable) */
const char *redes_lan_peer_find_host (const RedesLanPeer *lan_peer, const char *host);
/* (transfer container) (element-type RedesLanPeer) */
GPtrArray *redes_lan_peers_list (RedesLanPeers *self);
guint redes_lan_peers_get_size (RedesLanPeers *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/*
 * Beacons: the UDP datagrams by which programs announce themselves on the local network, specified
 * in PROTOCOL.md. These are functions over bytes, without sockets; any thread. A beacon is a hint
 * and proves nothing.
 */

#define REDES_BEACON_VERSION 1
#define REDES_BEACON_MAX_BYTES 512
#define REDES_BEACON_MAX_NICKNAME 64

/* The multicast groups of beacons: an administratively scoped one (RFC 2365) for IPv4, a link-local
 * one (RFC 4291) for IPv6. */
#define REDES_BEACON_GROUP_IPV4 "239.255.82.69"
#define REDES_BEACON_GROUP_IPV6 "ff02::7265:6465"
#define REDES_BEACON_PORT 26001

/**
 * RedesBeaconKind:
 * @REDES_BEACON_ASK: the sender has just started, and asks the others to announce themselves
 * @REDES_BEACON_HERE: the sender is there
 * @REDES_BEACON_LEAVING: the sender ends
 */
typedef enum
{
  REDES_BEACON_ASK = 1,
  REDES_BEACON_HERE = 2,
  REDES_BEACON_LEAVING = 3,
} RedesBeaconKind;

/**
 * RedesBeacon:
 * @id: the sender's peer id, which is not proved
 * @run: in LEAVING a secret that the sender has chosen at its start, in the other kinds its
 * SHA-256, so that only the sender can send a valid LEAVING
 * @port: the TCP port at which it listens for peers; 0: it does not
 * @tracker_port: the TCP port of a tracker with that id; 0: there is none
 * @nickname: UTF-8, with NUL at the end; it proves nothing
 *
 * The content of a beacon. It is a plain value.
 */
typedef struct
{
  RedesBeaconKind kind;
  RedesPeerId id;
  RedesDigest run;
  guint16 port;
  guint16 tracker_port;
  char nickname[REDES_BEACON_MAX_NICKNAME + 1];
} RedesBeacon;

/* Sets the nickname; one that is too long is cut between two characters. */
void redes_beacon_set_nickname (RedesBeacon *self, const char *nickname);

GBytes *redes_beacon_encode (const RedesBeacon *self);

/**
 * redes_beacon_parse:
 * @data: untrusted; any alignment
 * @out: (out caller-allocates): set only on success
 *
 * Checks size, label, form, version and values, in this order.
 *
 * Returns: %FALSE with an error of REDES_WIRE_ERROR
 */
gboolean redes_beacon_parse (const guint8 *data, gsize len, RedesBeacon *out, GError **error);

G_END_DECLS

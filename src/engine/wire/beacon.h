/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/*
 * Beacons: what a program says of itself on the local network, one UDP datagram each, as
 * PROTOCOL.md has it. Pure functions over bytes. A beacon is a hint and proves nothing.
 */

#define REDES_BEACON_VERSION 1
#define REDES_BEACON_MAX_BYTES 512
#define REDES_BEACON_MAX_NICKNAME 64

/* Where beacons go: an administratively scoped group (RFC 2365), a link-local one (RFC 4291). */
#define REDES_BEACON_GROUP_IPV4 "239.255.82.69"
#define REDES_BEACON_GROUP_IPV6 "ff02::7265:6465"
#define REDES_BEACON_PORT 26001

/**
 * RedesBeaconKind:
 * @REDES_BEACON_ASK: here I am, just started: who else is there?
 * @REDES_BEACON_HERE: here I am, still
 * @REDES_BEACON_LEAVING: no more
 */
typedef enum
{
  REDES_BEACON_ASK = 1,
  REDES_BEACON_HERE = 2,
  REDES_BEACON_LEAVING = 3,
} RedesBeaconKind;

/**
 * RedesBeacon:
 * @id: the sender's peer id, as it says
 * @run: in LEAVING a secret of this run; in all others its SHA-256. So nobody but the sender can
 *   take back what it said
 * @port: where it listens for peers; 0: it does not
 * @tracker_port: where a tracker with that id listens; 0: there is none
 * @nickname: UTF-8, ends with NUL; proves nothing
 *
 * A plain value.
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

/* A longer nickname is cut between two characters. */
void redes_beacon_set_nickname (RedesBeacon *self, const char *nickname);

GBytes *redes_beacon_encode (const RedesBeacon *self);

/**
 * redes_beacon_parse:
 * @data: untrusted; any alignment
 * @out: (out caller-allocates): set only on success
 *
 * Gates: size, label, shape, version and values. Errors: RedesWireError.
 */
gboolean redes_beacon_parse (const guint8 *data, gsize len, RedesBeacon *out, GError **error);

G_END_DECLS

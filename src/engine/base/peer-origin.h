/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesPeerOrigin:
 * @REDES_PEER_ORIGIN_TRACKER: a tracker lists it
 * @REDES_PEER_ORIGIN_LAN: its beacons are received on the local network
 * @REDES_PEER_ORIGIN_EXCHANGE: another peer has named it (peer exchange)
 *
 * The ways in which a peer was found. They are flags, of which several may be set.
 */
typedef enum
{
  REDES_PEER_ORIGIN_TRACKER = 1 << 0,
  REDES_PEER_ORIGIN_LAN = 1 << 1,
  REDES_PEER_ORIGIN_EXCHANGE = 1 << 2,
} RedesPeerOrigin;

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-peers.h"

G_BEGIN_DECLS

#define REDES_TYPE_PEER_ROW (redes_peer_row_get_type ())
/**
 * RedesPeerRow:
 *
 * A peer as words for a list: properties `name`, `id`, `address`, `found`, `down`, `up`, `seen` and
 * `summary`, which follow it.
 */
G_DECLARE_FINAL_TYPE (RedesPeerRow, redes_peer_row, REDES, PEER_ROW, GObject)

RedesPeerRow *redes_peer_row_new (RedesPeer *peer);

RedesPeer *redes_peer_row_get_peer (RedesPeerRow *self);

G_END_DECLS

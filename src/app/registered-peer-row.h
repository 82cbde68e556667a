/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/registered-peer-item.h"

G_BEGIN_DECLS

#define REDES_TYPE_REGISTERED_PEER_ROW (redes_registered_peer_row_get_type ())
/**
 * RedesRegisteredPeerRow:
 *
 * A peer of this program's tracker as words for a list: properties `name`, `id`, `address`,
 * `files`, `heard` and `summary`, which follow it.
 */
G_DECLARE_FINAL_TYPE (
    RedesRegisteredPeerRow, redes_registered_peer_row, REDES, REGISTERED_PEER_ROW, GObject)

RedesRegisteredPeerRow *redes_registered_peer_row_new (RedesRegisteredPeerItem *peer);

G_END_DECLS

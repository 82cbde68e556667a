/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core.h"
#include "engine/node/peer.h"

G_BEGIN_DECLS

RedesPeer *redes_peer_new (const RedesPeerId *id);
/* @news: (nullable): %NULL: it was not heard of this time. @now_us: monotonic. Emits `changed`, if
 * anything did. */
void redes_peer_update (RedesPeer *self, const RedesPeerStatus *news, gint64 now_us);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/registered-peer-item.h"
#include "engine/tracker/registered-peer.h"

G_BEGIN_DECLS

/* @registered: (transfer full) */
RedesRegisteredPeerItem *redes_registered_peer_item_new (RedesRegisteredPeer *registered);
/* @registered: (transfer full): what is so now. Emits `changed`. */
void redes_registered_peer_item_update (RedesRegisteredPeerItem *self,
                                        RedesRegisteredPeer *registered);

/* @time_s: seconds of the Unix epoch */
RedesLogLine *redes_log_line_new (gint64 time_s, const RedesNotice *event);

G_END_DECLS

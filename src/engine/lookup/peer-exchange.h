/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/peer-table.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/*
 * PEERS_MET: which peers are told of to whom, and what is believed of what is told, by the rule of
 * redes_address_may_tell(). Pure.
 */

/**
 * redes_peer_exchange_make_answer:
 * @met: (element-type RedesPeerRecord): from whom at most 32 are chosen by chance
 * @to, @to_host: who asks, and where it is
 *
 * Returns: (transfer floating): PEERS_MET's body
 */
GVariant *redes_peer_exchange_make_answer (guint32 serial,
                                           GPtrArray *met,
                                           const RedesPeerId *to,
                                           const char *to_host);

/* What @body, from somebody at @from, tells of others than @self, as far as such a one may tell:
 * (transfer full) (element-type RedesTrackerPeer). */
GPtrArray *redes_peer_exchange_read (GVariant *body, const RedesPeerId *self, const char *from);

G_END_DECLS

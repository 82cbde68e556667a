/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/peer-table.h"
#include "engine/base/endpoint.h"

G_BEGIN_DECLS

/*
 * PEERS_MET: which peers are told of to whom, and what is believed of what is told, by the rule of
 * redes_address_may_tell(). Pure.
 */

/**
 * redes_peer_exchange_choose:
 * @met: (element-type RedesPeerRecord): from whom at most 32 are chosen by chance
 * @to, @to_host: who asks, and where it is
 *
 * Returns: (transfer full) (element-type RedesEndpoint): whom it is told of
 */
GPtrArray *redes_peer_exchange_choose (GPtrArray *met, const RedesPeerId *to, const char *to_host);

/* Takes out of @told, what somebody at @from tells, (element-type RedesEndpoint) @self and those of
 * whom such a one may not tell. */
void redes_peer_exchange_filter (GPtrArray *told, const RedesPeerId *self, const char *from);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/peer-finder.h"
#include "engine/lookup/provider.h"

G_BEGIN_DECLS

/* Asks the peers that are around, 32 at most. All is borrowed; the swarm may end before the
 * provider, but nothing is asked then. */
RedesLookupProvider *
redes_peer_provider_new (RedesSwarm *swarm, RedesPeerFinder *peer_finder, const RedesClock *clock);

G_END_DECLS

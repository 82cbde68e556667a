/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/peer.h"
#include "engine/lookup/provider.h"

G_BEGIN_DECLS

/* Asks the trackers of the original system for the exact name. What they say has one answer, which
 * comes with a search's first rows, apart from all that is signed. @classic: borrowed, and freed
 * right after the provider */
RedesLookupProvider *redes_classic_provider_new (RedesClassicPeer *classic);

G_END_DECLS

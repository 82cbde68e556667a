/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/peer.h"
#include "engine/lookup/provider.h"

G_BEGIN_DECLS

/* Asks the trackers of the original system for the exact name, and the peers of that system that
 * trackers of this one name as guests for the sizes of their files. What comes stands apart from
 * all that is signed, and comes with a search's first rows. @classic: borrowed, and freed right
 * after the provider */
RedesLookupProvider *redes_classic_provider_new (RedesClassicPeer *classic);

G_END_DECLS

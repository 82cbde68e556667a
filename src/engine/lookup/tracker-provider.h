/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/link-trackers.h"
#include "engine/lookup/provider.h"
#include "engine/lookup/tracker-table.h"

G_BEGIN_DECLS

/* Asks the trackers in @table that are believed, and for one content alone those that its link
 * names. Both are borrowed. */
RedesLookupProvider *redes_tracker_provider_new (RedesTrackerTable *table,
                                                 RedesLinkTrackers *link_trackers);

G_END_DECLS

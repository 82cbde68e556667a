/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/holding.h"
#include "engine/library/store.h"
#include "engine/node/items.h"

G_BEGIN_DECLS

/* How the node makes what a face lists. Texts are copied. */

/* @trackers: addresses for the link, with a NULL at the end; shared by all items. */
RedesSharedItem *redes_shared_item_new (RedesHolding *holding, GPtrArray *trackers);
RedesResult *redes_result_new (const RedesDirectoryRow *row, const char *const *trackers);
/* Two trackers found the same content: more sources, and the other's tracker in the link. */
void redes_result_merge (RedesResult *self, const RedesDirectoryRow *row, const char *tracker);
RedesPeerItem *redes_peer_item_new (const RedesTrackerPeer *peer);
RedesTrackerItem *
redes_tracker_item_new (const char *address, RedesTrackerState state, const char *error_message);
/* Takes @row. */
RedesHistoryItem *redes_history_item_new (RedesStoreDownload *row);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/search.h"
#include "engine/library/holding.h"
#include "engine/library/store.h"
#include "engine/lookup/rows.h"
#include "engine/node/items.h"

G_BEGIN_DECLS

/* How the node makes what a front end lists. Texts are copied. */

/* @trackers: addresses for the link, with a NULL at the end; shared by all items. */
RedesSharedItem *redes_shared_item_new (RedesHolding *holding, GPtrArray *trackers);
RedesResult *redes_result_new (const RedesResultEntry *row, const char *const *trackers);
void redes_result_set_held (RedesResult *self, gboolean held);
RedesResult *redes_result_new_unsigned (const RedesClassicFile *file);
/* (nullable): of an unsigned one */
const RedesClassicFile *redes_result_get_classic_file (RedesResult *self);
/* One more tracker for its link. */
void redes_result_add_tracker (RedesResult *self, const char *tracker);
RedesPeerItem *redes_peer_item_new (const RedesKnownPeer *peer);
/* The same peer, known in another way too. */
void redes_peer_item_merge (RedesPeerItem *self, const RedesKnownPeer *peer);
RedesTrackerItem *
redes_tracker_item_new (const char *address, RedesTrackerState state, const RedesNotice *reason);
/* Takes @row. */
RedesHistoryItem *redes_history_item_new (RedesStoreDownload *row);
/* Its row in the store: the later it ended the higher. */
gint64 redes_history_item_get_id (RedesHistoryItem *self);
void redes_tracker_item_set_found (RedesTrackerItem *self, gboolean found);

G_END_DECLS

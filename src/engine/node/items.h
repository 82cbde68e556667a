/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/peer-origin.h"
#include "engine/base/result-entry.h"
#include "engine/base/tracker-state.h"
#include "engine/content/link.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The small objects that a front end lists. Immutable; they live in the front end's thread. Texts
 * are (transfer none).
 */

#define REDES_TYPE_SHARED_ITEM (redes_shared_item_get_type ())
/** RedesSharedItem: a file that this peer shares. */
G_DECLARE_FINAL_TYPE (RedesSharedItem, redes_shared_item, REDES, SHARED_ITEM, GObject)

const char *redes_shared_item_get_name (RedesSharedItem *self);
const char *redes_shared_item_get_path (RedesSharedItem *self);
guint64 redes_shared_item_get_size (RedesSharedItem *self);
guint32 redes_shared_item_get_blocks (RedesSharedItem *self);
const RedesContentId *redes_shared_item_get_content (RedesSharedItem *self);
const RedesPeerId *redes_shared_item_get_publisher (RedesSharedItem *self);
/* With this node's trackers in it, as they are now; valid until the next call. */
const char *redes_shared_item_get_link (RedesSharedItem *self);

#define REDES_TYPE_RESULT (redes_result_get_type ())
/** RedesResult: one content that a search found. */
G_DECLARE_FINAL_TYPE (RedesResult, redes_result, REDES, RESULT, GObject)

/* Of all names that the content goes by the first: see redes_result_get_names(). Names are claims.
 */
const char *redes_result_get_name (RedesResult *self);
/* (transfer none) (element-type RedesResultName): those of publishers that the person knows first,
 * then those that fit what was searched for, then by how many give them; at least one. */
GPtrArray *redes_result_get_names (RedesResult *self);
/* In bytes; of a folder those of all files below. */
guint64 redes_result_get_size (RedesResult *self);
gboolean redes_result_is_folder (RedesResult *self);
/* Files below a folder, in whatever depth; 0 for a file. */
guint redes_result_get_n_files (RedesResult *self);
const RedesContentId *redes_result_get_content (RedesResult *self);
const RedesPeerId *redes_result_get_publisher (RedesResult *self);
guint redes_result_get_sources (RedesResult *self);
/* Whether this peer had all of it when it was asked for. */
gboolean redes_result_is_held (RedesResult *self);
/* (transfer full): what redes_node_download() takes; not of an unsigned one. */
RedesLink *redes_result_dup_link (RedesResult *self);
/* Whether original peers offer it: nobody has signed it, nothing can be verified; content and
 * publisher say nothing. redes_node_download_unsigned() takes it. */
gboolean redes_result_is_unsigned (RedesResult *self);

#define REDES_TYPE_PEER_ITEM (redes_peer_item_get_type ())
/** RedesPeerItem: a peer that is there, as a tracker or we ourselves know. */
G_DECLARE_FINAL_TYPE (RedesPeerItem, redes_peer_item, REDES, PEER_ITEM, GObject)

const RedesPeerId *redes_peer_item_get_id (RedesPeerItem *self);
const char *redes_peer_item_get_nickname (RedesPeerItem *self);
/* "127.0.0.1:6001" */
const char *redes_peer_item_get_address (RedesPeerItem *self);
/* Of RedesPeerOrigin: one or several. */
guint redes_peer_item_get_how (RedesPeerItem *self);
/* When it was last known to be there: seconds of the Unix epoch. */
gint64 redes_peer_item_get_seen_s (RedesPeerItem *self);

#define REDES_TYPE_TRACKER_ITEM (redes_tracker_item_get_type ())
/** RedesTrackerItem: a tracker that this node uses, as it was when this was made. */
G_DECLARE_FINAL_TYPE (RedesTrackerItem, redes_tracker_item, REDES, TRACKER_ITEM, GObject)

const char *redes_tracker_item_get_address (RedesTrackerItem *self);
RedesTrackerState redes_tracker_item_get_state (RedesTrackerItem *self);
/* (nullable): why it cannot be reached */
const RedesNotice *redes_tracker_item_get_reason (RedesTrackerItem *self);
/* The same in English. */
const char *redes_tracker_item_get_error_message (RedesTrackerItem *self);
/* Whether it is used because it was found on the local network, and nobody named it. */
gboolean redes_tracker_item_is_found (RedesTrackerItem *self);

#define REDES_TYPE_HISTORY_ITEM (redes_history_item_get_type ())
/** RedesHistoryItem: a download that ended well. */
G_DECLARE_FINAL_TYPE (RedesHistoryItem, redes_history_item, REDES, HISTORY_ITEM, GObject)

const char *redes_history_item_get_name (RedesHistoryItem *self);
/* Where it was put then. */
const char *redes_history_item_get_path (RedesHistoryItem *self);
const RedesContentId *redes_history_item_get_content (RedesHistoryItem *self);
guint64 redes_history_item_get_size (RedesHistoryItem *self);
guint32 redes_history_item_get_blocks (RedesHistoryItem *self);
/* Seconds of the Unix epoch. */
gint64 redes_history_item_get_finished_s (RedesHistoryItem *self);
gdouble redes_history_item_get_seconds (RedesHistoryItem *self);
guint redes_history_item_get_n_peers (RedesHistoryItem *self);
/* Of peer @index, below that number; (transfer none) */
const RedesPeerId *redes_history_item_get_peer (RedesHistoryItem *self,
                                                guint index,
                                                const char **nickname,
                                                guint *blocks);

G_END_DECLS

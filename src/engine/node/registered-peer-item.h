/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/base/notice.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_REGISTERED_PEER_ITEM (redes_registered_peer_item_get_type ())
/**
 * RedesRegisteredPeerItem:
 *
 * A peer that is registered at this program's tracker. #RedesRegisteredPeerItem::changed tells when
 * something is not as it was. Texts are (transfer none) and valid until then.
 */
G_DECLARE_FINAL_TYPE (
    RedesRegisteredPeerItem, redes_registered_peer_item, REDES, REGISTERED_PEER_ITEM, GObject)

const RedesPeerId *redes_registered_peer_item_get_id (RedesRegisteredPeerItem *self);
const char *redes_registered_peer_item_get_nickname (RedesRegisteredPeerItem *self);
const char *redes_registered_peer_item_get_address (RedesRegisteredPeerItem *self);
guint redes_registered_peer_item_get_n_files (RedesRegisteredPeerItem *self);
/* Monotonic time, in microseconds, when it was last heard. */
gint64 redes_registered_peer_item_get_heard_us (RedesRegisteredPeerItem *self);

#define REDES_TYPE_LOG_LINE (redes_log_line_get_type ())
/** RedesLogLine: one event of the tracker. Immutable. */
G_DECLARE_FINAL_TYPE (RedesLogLine, redes_log_line, REDES, LOG_LINE, GObject)

/* Seconds of the Unix epoch. */
gint64 redes_log_line_get_time_s (RedesLogLine *self);
const RedesNotice *redes_log_line_get_event (RedesLogLine *self);
/* The same in English. */
const char *redes_log_line_get_words (RedesLogLine *self);

G_END_DECLS

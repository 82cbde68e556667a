/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/guest.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_GUEST_ITEM (redes_guest_item_get_type ())
/**
 * RedesGuestItem:
 *
 * A peer that is registered at this program's tracker. #RedesGuestItem::changed tells when
 * something is not as it was. Texts are (transfer none) and valid until then.
 */
G_DECLARE_FINAL_TYPE (RedesGuestItem, redes_guest_item, REDES, GUEST_ITEM, GObject)

/* @guest: taken */
RedesGuestItem *redes_guest_item_new (RedesTrackerGuest *guest);
void redes_guest_item_update (RedesGuestItem *self, RedesTrackerGuest *guest);

const RedesPeerId *redes_guest_item_get_id (RedesGuestItem *self);
const char *redes_guest_item_get_nickname (RedesGuestItem *self);
const char *redes_guest_item_get_address (RedesGuestItem *self);
guint redes_guest_item_get_n_files (RedesGuestItem *self);
/* Monotonic time, in microseconds, when it was last heard. */
gint64 redes_guest_item_get_heard_us (RedesGuestItem *self);

#define REDES_TYPE_LOG_LINE (redes_log_line_get_type ())
/** RedesLogLine: one event of the tracker in words. Immutable. */
G_DECLARE_FINAL_TYPE (RedesLogLine, redes_log_line, REDES, LOG_LINE, GObject)

/* @time_s: seconds of the Unix epoch */
RedesLogLine *redes_log_line_new (gint64 time_s, const char *words);
gint64 redes_log_line_get_time_s (RedesLogLine *self);
const char *redes_log_line_get_words (RedesLogLine *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/items.h"

G_BEGIN_DECLS

#define REDES_TYPE_HISTORY_ROW (redes_history_row_get_type ())
/**
 * RedesHistoryRow:
 *
 * What a list shows of a download that ended well: strings, each a property.
 */
G_DECLARE_FINAL_TYPE (RedesHistoryRow, redes_history_row, REDES, HISTORY_ROW, GObject)

RedesHistoryRow *redes_history_row_new (RedesHistoryItem *item);
/* (transfer none) */
RedesHistoryItem *redes_history_row_get_item (RedesHistoryRow *self);

/* Bytes a second, on the average; 0 if it took no time that can be measured. */
gdouble redes_history_row_get_rate (RedesHistoryItem *item);
/* "12.3 MB from 2 peers · took 5 s · 2.4 MB/s": (transfer full) */
char *redes_history_row_format_summary (RedesHistoryItem *item);

G_END_DECLS

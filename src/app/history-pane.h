/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/items.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_HISTORY_PANE (redes_history_pane_get_type ())
/**
 * RedesHistoryPane:
 *
 * All about one download that ended well: where it was put, and who sent how much of it. Its
 * buttons are the actions of the page around it, on the selected row.
 */
G_DECLARE_FINAL_TYPE (RedesHistoryPane, redes_history_pane, REDES, HISTORY_PANE, AdwBin)

/* @item: (nullable); @is_there: whether the file is still where it was put */
void redes_history_pane_show (RedesHistoryPane *self, RedesHistoryItem *item, gboolean is_there);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/transfer.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_BLOCK_MAP (redes_block_map_get_type ())
/**
 * RedesBlockMap:
 *
 * The blocks of a transfer from first to last, as small squares in the colours of their senders.
 */
G_DECLARE_FINAL_TYPE (RedesBlockMap, redes_block_map, REDES, BLOCK_MAP, GtkWidget)

/* @cells: (nullable): an array of RedesBlockCell; @words: the accessible label */
void redes_block_map_set_cells (RedesBlockMap *self, GBytes *cells, const char *words);

G_END_DECLS

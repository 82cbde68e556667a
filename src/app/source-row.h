/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/transfer.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_SOURCE_ROW (redes_source_row_get_type ())
/**
 * RedesSourceRow:
 *
 * A source of a transfer, with the colour that its blocks have in the block map.
 */
G_DECLARE_FINAL_TYPE (RedesSourceRow, redes_source_row, REDES, SOURCE_ROW, AdwActionRow)

RedesSourceRow *redes_source_row_new (void);
void redes_source_row_show (RedesSourceRow *self, const RedesTransferSource *source);

G_END_DECLS

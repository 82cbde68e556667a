/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

G_BEGIN_DECLS

#define REDES_TYPE_RESULT_ROW (redes_result_row_get_type ())
/**
 * RedesResultRow:
 *
 * A search result as words for a list: properties `name`, `size`, `sources`, `publisher`,
 * `summary`, `state-icon`, `state`, `trust-icon` and `trust`, which follow what becomes of it here.
 */
G_DECLARE_FINAL_TYPE (RedesResultRow, redes_result_row, REDES, RESULT_ROW, GObject)

RedesResultRow *redes_result_row_new (RedesResult *result, RedesService *service);

RedesResult *redes_result_row_get_result (RedesResultRow *self);

G_END_DECLS

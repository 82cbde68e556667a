/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

G_BEGIN_DECLS

#define REDES_TYPE_TRANSFER_ROW (redes_transfer_row_get_type ())
/**
 * RedesTransferRow:
 *
 * A transfer as words for a list: properties `name`, `icon`, `status`, `size`, `speed`, `left`,
 * `sources`, `fraction`, `unfinished`, `can-toggle`, and `toggle-icon` and `toggle` (what its
 * button does: pause, resume, retry), which follow it. `id` is the transfer's.
 */
G_DECLARE_FINAL_TYPE (RedesTransferRow, redes_transfer_row, REDES, TRANSFER_ROW, GObject)

RedesTransferRow *redes_transfer_row_new (RedesTransfer *transfer);

RedesTransfer *redes_transfer_row_get_transfer (RedesTransferRow *self);

/* One line that says how it stands and what it waits for. (transfer full) */
char *redes_transfer_row_format_status (RedesTransfer *transfer);
/* Seconds until it is whole at its present speed; -1 if nobody can tell. */
gdouble redes_transfer_row_get_seconds_left (RedesTransfer *transfer);

G_END_DECLS

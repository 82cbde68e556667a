/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_TRANSFER_PANE (redes_transfer_pane_get_type ())
/**
 * RedesTransferPane:
 *
 * All about one transfer: its blocks by who sent them, its speed, its sources, its publisher. Its
 * buttons are the actions of the page around it, on the selected transfer.
 */
G_DECLARE_FINAL_TYPE (RedesTransferPane, redes_transfer_pane, REDES, TRANSFER_PANE, AdwBin)

void redes_transfer_pane_set_service (RedesTransferPane *self, RedesService *service);
/* @transfer: (nullable) */
void redes_transfer_pane_set_transfer (RedesTransferPane *self, RedesTransfer *transfer);

G_END_DECLS

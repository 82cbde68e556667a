/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_TRANSFERS_PAGE (redes_transfers_page_get_type ())
/**
 * RedesTransfersPage:
 *
 * The downloads, a row each, and what a person does with them. Behind a button: the history.
 */
G_DECLARE_FINAL_TYPE (RedesTransfersPage, redes_transfers_page, REDES, TRANSFERS_PAGE, AdwBin)

void redes_transfers_page_set_service (RedesTransfersPage *self, RedesService *service);

/* Which of the two is seen. */
void redes_transfers_page_show_list (RedesTransfersPage *self);
void redes_transfers_page_show_history (RedesTransfersPage *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_HISTORY_PAGE (redes_history_page_get_type ())
/**
 * RedesHistoryPage:
 *
 * The downloads that ended well, also those of earlier runs. Inside the page of transfers, to
 * which its button goes back, by the action `transfers.show-list`.
 */
G_DECLARE_FINAL_TYPE (RedesHistoryPage, redes_history_page, REDES, HISTORY_PAGE, AdwBin)

void redes_history_page_set_service (RedesHistoryPage *self, RedesService *service);
/* Puts the cursor where words are typed. */
void redes_history_page_focus (RedesHistoryPage *self);

G_END_DECLS

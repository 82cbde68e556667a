/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_PEERS_PAGE (redes_peers_page_get_type ())
/**
 * RedesPeersPage:
 *
 * Who is there now, as long as the page is in sight.
 */
G_DECLARE_FINAL_TYPE (RedesPeersPage, redes_peers_page, REDES, PEERS_PAGE, AdwBin)

void redes_peers_page_set_service (RedesPeersPage *self, RedesService *service);

G_END_DECLS

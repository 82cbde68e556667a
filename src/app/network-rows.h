/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_NETWORK_ROWS (redes_network_rows_get_type ())
/**
 * RedesNetworkRows:
 *
 * The preferences' group with the networks that the person was asked about, each with a switch:
 * whether trackers found there are used. It is hidden while there is none.
 */
G_DECLARE_FINAL_TYPE (
    RedesNetworkRows, redes_network_rows, REDES, NETWORK_ROWS, AdwPreferencesGroup)

void redes_network_rows_set_service (RedesNetworkRows *self, RedesService *service);

G_END_DECLS

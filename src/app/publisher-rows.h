/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_PUBLISHER_ROWS (redes_publisher_rows_get_type ())
/**
 * RedesPublisherRows:
 *
 * The preferences' group of publishers that the person has named or blocked.
 */
G_DECLARE_FINAL_TYPE (
    RedesPublisherRows, redes_publisher_rows, REDES, PUBLISHER_ROWS, AdwPreferencesGroup)

void redes_publisher_rows_set_service (RedesPublisherRows *self, RedesService *service);

G_END_DECLS

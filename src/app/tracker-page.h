/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_TRACKER_PAGE (redes_tracker_page_get_type ())
/**
 * RedesTrackerPage:
 *
 * The tracker in this program: its address to give to others, who is registered, its log.
 */
G_DECLARE_FINAL_TYPE (RedesTrackerPage, redes_tracker_page, REDES, TRACKER_PAGE, AdwBin)

void redes_tracker_page_set_service (RedesTrackerPage *self, RedesService *service);

G_END_DECLS

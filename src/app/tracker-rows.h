/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_TRACKER_ROWS (redes_tracker_rows_get_type ())
/**
 * RedesTrackerRows:
 *
 * The preferences' group of trackers: a row each with its state, and one to add another.
 */
G_DECLARE_FINAL_TYPE (
    RedesTrackerRows, redes_tracker_rows, REDES, TRACKER_ROWS, AdwPreferencesGroup)

void redes_tracker_rows_set_service (RedesTrackerRows *self, RedesService *service);
/* Puts the cursor where an address is typed. */
void redes_tracker_rows_focus (RedesTrackerRows *self);

G_END_DECLS

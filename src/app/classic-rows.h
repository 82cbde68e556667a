/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_CLASSIC_ROWS (redes_classic_rows_get_type ())
/**
 * RedesClassicRows:
 *
 * The preferences' group about the original system: whether to deal with it, and with which of its
 * trackers: a row each with its state, and one to add another.
 */
G_DECLARE_FINAL_TYPE (
    RedesClassicRows, redes_classic_rows, REDES, CLASSIC_ROWS, AdwPreferencesGroup)

void redes_classic_rows_set_service (RedesClassicRows *self, RedesService *service);

G_END_DECLS

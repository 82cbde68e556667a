/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/tracker-guest.h"

G_BEGIN_DECLS

#define REDES_TYPE_GUEST_ROW (redes_guest_row_get_type ())
/**
 * RedesGuestRow:
 *
 * A peer of this program's tracker as words for a list: properties `name`, `id`, `address`,
 * `files`, `heard` and `summary`, which follow it.
 */
G_DECLARE_FINAL_TYPE (RedesGuestRow, redes_guest_row, REDES, GUEST_ROW, GObject)

RedesGuestRow *redes_guest_row_new (RedesGuestItem *guest);

G_END_DECLS

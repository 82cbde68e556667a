/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_SWITCH_ROW (redes_switch_row_get_type ())
/**
 * RedesSwitchRow:
 *
 * A row with a switch that is the setting which its property `key` names.
 */
G_DECLARE_FINAL_TYPE (RedesSwitchRow, redes_switch_row, REDES, SWITCH_ROW, AdwActionRow)

#define REDES_TYPE_SPIN_ROW (redes_spin_row_get_type ())
/**
 * RedesSpinRow:
 *
 * A row with a number that is the setting which its property `key` names, from `lower` to `upper`
 * by `step`. It takes effect a moment after the last change, so that typing 6881 is not four
 * changes.
 */
G_DECLARE_FINAL_TYPE (RedesSpinRow, redes_spin_row, REDES, SPIN_ROW, AdwActionRow)

/* Says under @row what is wrong with what it sets, or @words if nothing is. @trouble: (nullable) */
void redes_setting_row_say (AdwActionRow *row, const char *trouble, const char *words);

G_END_DECLS

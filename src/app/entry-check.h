/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/folder-entry.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_ENTRY_CHECK (redes_entry_check_get_type ())
/**
 * RedesEntryCheck:
 *
 * The check box of a row that stands for a #RedesFolderEntry, its property `entry`: it follows what
 * is chosen of it, and chooses.
 */
G_DECLARE_FINAL_TYPE (RedesEntryCheck, redes_entry_check, REDES, ENTRY_CHECK, GtkCheckButton)

G_END_DECLS

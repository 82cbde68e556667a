/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/listed-folder.h"

G_BEGIN_DECLS

#define REDES_TYPE_FOLDER_ENTRY (redes_folder_entry_get_type ())
/**
 * RedesFolderEntry:
 *
 * What a list shows of a file or folder in a #RedesListedFolder: properties, which follow what is
 * chosen. Those of one entry may be many.
 */
G_DECLARE_FINAL_TYPE (RedesFolderEntry, redes_folder_entry, REDES, FOLDER_ENTRY, GObject)

/* @shows_place: whether its words tell the folder that it is in */
RedesFolderEntry *
redes_folder_entry_new (RedesListedFolder *tree, guint entry, gboolean shows_place);
/* (transfer none) */
RedesListedFolder *redes_folder_entry_get_tree (RedesFolderEntry *self);
guint redes_folder_entry_get_entry (RedesFolderEntry *self);
/* Chooses it if it is not wholly chosen; else not. */
void redes_folder_entry_toggle (RedesFolderEntry *self);

G_END_DECLS

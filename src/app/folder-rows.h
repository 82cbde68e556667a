/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/folder-entry.h"

G_BEGIN_DECLS

#define REDES_TYPE_FOLDER_ROWS (redes_folder_rows_get_type ())
/**
 * RedesFolderRows:
 *
 * A list of #RedesFolderEntry: what is in one folder of a tree, or all that fits some words. An
 * entry is made when somebody asks for it. What is found or listed is told of a few at a time, from
 * the main loop, as #RedesRowModel does and for the same reason.
 */
G_DECLARE_FINAL_TYPE (RedesFolderRows, redes_folder_rows, REDES, FOLDER_ROWS, GObject)

/* What is in @folder, in order. */
RedesFolderRows *redes_folder_rows_new (RedesListedFolder *tree, guint folder);
/* For gtk_tree_list_model_new(): (transfer full) (nullable): what is in the folder that @item, a
 * #RedesFolderEntry, stands for; %NULL for a file */
GListModel *redes_folder_rows_make_children (gpointer item, gpointer user_data);
/* All files and folders whose paths have each of the words of @words in them, whatever case. Their
 * rows tell the folder that they are in. */
RedesFolderRows *redes_folder_rows_new_of_words (RedesListedFolder *tree, const char *words);
/* Whether all are told of: the signal `items-changed` comes with the last of them, or without any.
 */
gboolean redes_folder_rows_are_all_told (RedesFolderRows *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTreeChoice:
 * @REDES_FOLDER_NOTHING: no file
 * @REDES_FOLDER_SOME: some of the files in it
 * @REDES_FOLDER_ALL: all of them
 *
 * What was chosen of a file or folder.
 */
typedef enum
{
  REDES_FOLDER_NOTHING,
  REDES_FOLDER_SOME,
  REDES_FOLDER_ALL,
} RedesTreeChoice;

/* The number of the folder itself; those in it follow, each folder before what is in it. */
#define REDES_LISTED_FOLDER_TOP 0u

#define REDES_TYPE_LISTED_FOLDER (redes_listed_folder_get_type ())
/**
 * RedesListedFolder:
 *
 * What is in a folder, and which of it a person has chosen: all at first. A file or folder in it is
 * a number, so that 100,000 of them are two arrays and not as many objects; the rows in sight are
 * made of #RedesFolderEntry.
 *
 * Signals:
 * - `chosen-changed (tree)`: more or less is chosen
 * - `fills-changed (tree)`: more or less of it is there
 */
G_DECLARE_FINAL_TYPE (RedesListedFolder, redes_listed_folder, REDES, LISTED_FOLDER, GObject)

/* @lines: (element-type RedesFolderLine): as redes_transfer_get_tree() has them; referenced */
RedesListedFolder *redes_listed_folder_new (GPtrArray *lines);

/* All files and folders, with the folder itself. */
guint redes_listed_folder_get_n_entries (RedesListedFolder *self);
/* The last part of its path; "" of the folder itself. (transfer none) */
const char *redes_listed_folder_get_name (RedesListedFolder *self, guint entry);
/* Below the folder, as its publisher calls it; "" of the folder itself. (transfer none) */
const char *redes_listed_folder_get_path (RedesListedFolder *self, guint entry);
gboolean redes_listed_folder_is_folder (RedesListedFolder *self, guint entry);
/* In bytes; of a folder those of all files below that are listed. */
guint64 redes_listed_folder_get_size (RedesListedFolder *self, guint entry);
/* 1 of a file; of a folder those below, in whatever depth. */
guint redes_listed_folder_get_n_files (RedesListedFolder *self, guint entry);
/* (transfer full) (element-type guint): what is in a folder, in order */
GArray *redes_listed_folder_list_children (RedesListedFolder *self, guint folder);

void redes_listed_folder_choose (RedesListedFolder *self, guint entry, gboolean chosen);
RedesTreeChoice redes_listed_folder_get_choice (RedesListedFolder *self, guint entry);
guint redes_listed_folder_get_n_chosen (RedesListedFolder *self);
/* In bytes. */
guint64 redes_listed_folder_get_chosen_size (RedesListedFolder *self);
/* (transfer full) (nullable) (array zero-terminated=1): the choice for
 * redes_node_download_folder(); %NULL: all of it */
char **redes_listed_folder_dup_choice (RedesListedFolder *self);

/* What of it is there: as redes_transfer_get_fills() has it. @fills: (nullable): %NULL: all */
void redes_listed_folder_set_fills (RedesListedFolder *self, GBytes *fills);
/* Of a file: 0 (nothing) to 255 (all). */
guint8 redes_listed_folder_get_fill (RedesListedFolder *self, guint entry);
/* How many of its files are wholly there. */
guint redes_listed_folder_get_n_there (RedesListedFolder *self, guint entry);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"

/*
 * A folder for one test, that any user may enter, and what tests put in it. Paths are relative to
 * it.
 */
typedef struct
{
  char *path;
  RedesIdentity *identity;
} Folder;

void folder_init (Folder *folder);
void folder_clear (Folder *folder);

char *folder_get_path (const Folder *folder, const char *relative);
/* Makes the folders on the way; byte i of the file is (i + seed) mod 251. */
void folder_add_file (const Folder *folder, const char *relative, gsize size, guint seed);
void folder_add_folder (const Folder *folder, const char *relative);
void folder_add_link (const Folder *folder, const char *target, const char *relative);
void folder_add_pipe (const Folder *folder, const char *relative);
void folder_remove (const Folder *folder, const char *relative);
void folder_assert_file (const Folder *folder, const char *relative, gsize size, guint seed);
/* The number of entries, hidden ones too. */
guint folder_count (const Folder *folder, const char *relative);

/* The tree and signed manifest of what folder_add_file() writes. */
RedesManifest *
folder_sign (const Folder *folder, const char *name, gsize size, guint seed, RedesHashTree **tree);

/* Gives up root's right to read anything, until the return of rights_restore(). */
void rights_drop (void);
void rights_restore (void);

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What redes-cli demo has to do with the disk. All of it blocks, for at most a second or two.
 */

/**
 * redes_demo_find_files:
 * @n_files: how many are wanted
 *
 * Readable files of a size worth showing that are on this machine anyway, the largest first.
 *
 * Returns: (transfer full): perhaps fewer, perhaps none
 */
char **redes_demo_find_files (guint n_files);

/* Makes a file of @size_bytes that does not compress. */
gboolean redes_demo_make_file (const char *path, gsize size_bytes, GError **error);

/* Reads both and compares byte for byte. */
gboolean redes_demo_files_equal (const char *path, const char *other);

/* Removes a folder with all in it; follows no link. */
gboolean redes_demo_remove_tree (const char *path);

G_END_DECLS

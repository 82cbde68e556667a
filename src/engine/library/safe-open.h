/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * redes_safe_open:
 * @root: a folder; the way to it may lead through symbolic links, that is its owner's choice
 * @relative: below it; no empty component, none that is "." or ".."
 * @info: (out caller-allocates): of the file, as fstat() tells it; set only on success
 *
 * Opens a regular file for reading below @root, following no symbolic link on the way. Any thread.
 *
 * Returns: a descriptor, or -1 with a RedesLibraryError that says why in words
 */
int redes_safe_open (const char *root, const char *relative, struct stat *info, GError **error);

G_END_DECLS

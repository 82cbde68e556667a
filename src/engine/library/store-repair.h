/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_store_rebuild:
 * @path: the path of a damaged database that no process has open
 * @kept_as: (out) (transfer full): where it is now, with its log beside it
 * @n_rows: (out): how many rows could still be read
 *
 * Makes a new database of all that can be read from the old one, then puts that aside under a name
 * with the date and the new one in its place. If the process ends meanwhile, the next one does this
 * again, or finishes it by redes_store_finish_rebuild(). The function blocks. Errors:
 * REDES_LIBRARY_ERROR_DISK.
 */
gboolean redes_store_rebuild (const char *path, char **kept_as, guint *n_rows, GError **error);

/* Does the remaining renames of redes_store_rebuild() if the process ended between them. Errors:
 * REDES_LIBRARY_ERROR_DISK. */
gboolean redes_store_finish_rebuild (const char *path, GError **error);

G_END_DECLS

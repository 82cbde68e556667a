/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* These functions may be called in any thread. */

/* Sets @error to REDES_LIBRARY_ERROR_DISK, which says why a download cannot be written and what to
 * do. @saved_errno: the errno of the call that failed; @needed_bytes: the room that the download
 * still needs, which is told if the disk is full */
void
redes_set_disk_error (GError **error, int saved_errno, const char *folder, guint64 needed_bytes);

/* Sets @error to G_IO_ERROR_BUSY of REDES_IO_ERROR, because another process uses the data folder.
 * @holder: the id of that process, or 0 */
void redes_set_data_folder_error (GError **error, const char *folder, gint64 holder);

/* Returns: whether the disk of @folder has room for @needed_bytes more, as far as it can tell;
 * otherwise %FALSE with @error as of redes_set_disk_error(). The function blocks. */
gboolean redes_check_room (const char *folder, guint64 needed_bytes, GError **error);

G_END_DECLS

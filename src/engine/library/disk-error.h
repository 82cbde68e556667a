/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Why a download cannot be written, as REDES_LIBRARY_ERROR_DISK in words that say what to do. Any
 * thread.
 */

/* @needed_bytes: what the download still takes, for when there is no room */
void
redes_set_disk_error (GError **error, int saved_errno, const char *folder, guint64 needed_bytes);

/* Another process uses the data folder: REDES_IO_ERROR, G_IO_ERROR_BUSY. @holder: its id, or 0 */
void redes_set_data_folder_error (GError **error, const char *folder, gint64 holder);

/* Whether the disk of @folder has room for that many bytes more, as far as it can tell. Blocks. */
gboolean redes_check_room (const char *folder, guint64 needed_bytes, GError **error);

G_END_DECLS

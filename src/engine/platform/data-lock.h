/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_data_lock_take:
 * @folder: the data folder; made, for its owner alone, if it is not there
 * @shown_folder: what the error calls it, see redes_text_display_path()
 *
 * Makes sure that one process uses a data folder: two peers with one identity would take turns in
 * throwing each other out of every tracker, and undo each other's notes. The lock ends with the
 * process, however that ends. Waits for about a second for one that is just leaving. Errors:
 * G_IO_ERROR_BUSY, in words that say which process has it.
 *
 * Returns: what redes_data_lock_release() takes; -1 on error; -2 where no lock can be had, which is
 *   no reason not to start
 */
int redes_data_lock_take (const char *folder, const char *shown_folder, GError **error);
void redes_data_lock_release (int lock);

G_END_DECLS

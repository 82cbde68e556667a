/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * redes_data_lock_take:
 * @folder: the data folder; made, for its owner alone, if it is not there
 * @holder: (out): when -1 is returned: the id of the process that has it; 0: that is not known
 *
 * Makes sure that one process uses a data folder: two peers with one identity would take turns in
 * throwing each other out of every tracker, and undo each other's notes. The lock ends with the
 * process, however that ends. Waits for about a second for one that is just leaving.
 *
 * Returns: what redes_data_lock_release() takes; -1 if another process has it; -2 where no lock can
 * be had, which is no reason not to start
 */
int redes_data_lock_take (const char *folder, gint64 *holder);
void redes_data_lock_release (int lock);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * redes_data_lock_take:
 * @folder: the data folder; it is made, readable for its owner alone, if it does not exist
 * @holder: (out): if -1 is returned: the id of the process that has the lock; 0: it is not known
 *
 * Locks a data folder, so that only one process uses it. Two peers with one identity would replace
 * each other's registration at every tracker, and overwrite each other's records. The lock ends
 * with the process, even if that crashes. The function waits about a second for a process that is
 * just ending, and blocks meanwhile.
 *
 * Returns: a handle for redes_data_lock_release(); -1 if another process has the lock; -2 if the
 * file system has no locks, which is no reason not to start
 */
int redes_data_lock_take (const char *folder, gint64 *holder);
void redes_data_lock_release (int lock);

G_END_DECLS

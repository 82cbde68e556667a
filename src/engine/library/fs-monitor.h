/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesFsMonitor:
 *
 * Listens to what the system reports by itself: that something has changed in one of these folders
 * (not in the folders inside), or that a drive was mounted or unmounted. The system may report too
 * often, too late or not at all. A monitor belongs to the thread that made it, whose thread-default
 * main context it uses.
 */
typedef struct _RedesFsMonitor RedesFsMonitor;

/* @func: called whenever the system reports something, until the monitor is freed. Returns:
 * (transfer full) */
RedesFsMonitor *redes_fs_monitor_new (void (*func) (gpointer user_data), gpointer user_data);
void redes_fs_monitor_free (RedesFsMonitor *self);

/* Listens to @folders (element-type filename) from now on, and to no others. Of more than 64
 * folders only the first 64 are used, because the system allows a limited number; a path that is no
 * folder is ignored. */
void redes_fs_monitor_set_folders (RedesFsMonitor *self, GPtrArray *folders);
/* Listens to one more folder, if there are fewer than 64. */
void redes_fs_monitor_add_folder (RedesFsMonitor *self, const char *folder);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesFsMonitor:
 *
 * What the system tells by itself: that something has changed in one of these folders (not in those
 * inside), or that a drive has come or gone. It may tell too often, too late or nothing at all.
 * Belongs to the thread whose thread-default main context is called.
 */
typedef struct _RedesFsMonitor RedesFsMonitor;

RedesFsMonitor *redes_fs_monitor_new (void (*func) (gpointer user_data), gpointer user_data);
void redes_fs_monitor_free (RedesFsMonitor *self);

/* @folders: (element-type filename): from now on these and no others. Of more than 64 the first
 * ones: the system's means are limited. What is no folder is left out. */
void redes_fs_monitor_set_folders (RedesFsMonitor *self, GPtrArray *folders);
void redes_fs_monitor_add_folder (RedesFsMonitor *self, const char *folder);

G_END_DECLS

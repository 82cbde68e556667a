/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What belongs to a whole file system, or to a folder in it. Where nothing else is said, the
 * functions block for a moment. Any thread.
 */

/* Returns: whether the number that the system gives a file at @path (its inode) is still the same
 * when the file system is mounted anew; %FALSE if there is nothing at @path */
gboolean redes_file_system_keeps_inodes (const char *path);

/* Returns: whether @needed_bytes more can be written to the folder @path; %TRUE if it cannot be
 * told */
gboolean redes_file_system_has_room (const char *path, guint64 needed_bytes);

/* Returns: whether @saved_errno, an errno, says that what this user may have on the file system is
 * used up (EDQUOT where there is such a limit); does not block */
gboolean redes_file_system_is_quota_error (int saved_errno);

/* Waits until all that was written to the file system of @fd is on the disk. Returns: 0, or -1 with
 * errno set */
int redes_file_system_sync (int fd);

/* Waits until the names in the folder @path are on the disk. A file system that cannot do so is
 * no error. */
void redes_file_system_sync_folder (const char *path);

/* Lets the empty file @to share the bytes of the file @from, without copying them. Both are open.
 * Returns: %FALSE, with nothing changed, if system or file system cannot do so */
gboolean redes_file_system_clone (int from, int to);

/* Returns: (transfer full) (nullable): @path with all symbolic links followed; %NULL if it leads
 * nowhere */
char *redes_file_system_dup_real_path (const char *path);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A file that one process at a time has, and that no other user may write to, in a folder in which
 * other users may be able to make and rename files. All functions block, and may be called in any
 * thread.
 */

/**
 * redes_locked_file_open:
 * @path: of the file; no symbolic link is followed there
 * @create: whether the file is made if it is not there
 * @is_private: with @create: whether it has to be a new one
 *
 * Opens a regular file for reading and writing, for its owner alone (mode 0600), with a lock that
 * nobody else can have at the same time, in this process or another. A file that has two names is
 * one that was finished just before a crash: the name @path is taken off it.
 *
 * Returns: a descriptor for redes_locked_file_close(); -1 with errno set: EWOULDBLOCK if another
 *   has the lock, EINVAL, ELOOP, EISDIR or ENXIO if it is no regular file, EBUSY if the file is
 *   replaced again and again meanwhile
 */
int redes_locked_file_open (const char *path, gboolean create, gboolean is_private);

/* Ends the lock, even if copies of the descriptor are still open, and closes @fd. */
void redes_locked_file_close (int fd);

/* Returns: whether there is a file at @path that belongs to another user, who could go on writing
 * to it */
gboolean redes_locked_file_is_foreign (const char *path);

/* Returns: whether @path leads to the open file @fd */
gboolean redes_locked_file_is_at (int fd, const char *path);

/* Gives the file the mode that a new file has in this process, if @path leads to it. Returns:
 * whether it does */
gboolean redes_locked_file_release (int fd, const char *path);

G_END_DECLS

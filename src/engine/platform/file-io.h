/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/*
 * Files by their descriptors. Where nothing else is said, a function returns -1 with errno set if
 * it fails. All block, and may be called in any thread.
 */

/* From now on a file that grows beyond the length that this process may write is an error (EFBIG),
 * and no signal ends the process. It does not block. */
void redes_file_io_ignore_size_signal (void);

/* As pread() and pwrite(): they leave the place of the descriptor alone, so that several threads
 * may use one. Returns: how many bytes were read or written, which may be less than @len; 0: the
 * end of the file */
gssize redes_file_read_at (int fd, guint8 *buffer, gsize len, guint64 offset);
gssize redes_file_write_at (int fd, const guint8 *data, gsize len, guint64 offset);

/* Writes @len bytes at the place of the descriptor, however many calls that takes. Returns: %FALSE
 * with errno set if not all could be written */
gboolean redes_file_write_all (int fd, gconstpointer data, gsize len);

/* Returns: another descriptor of the same open file, for close(); programs that are started do not
 * get it */
int redes_file_duplicate (int fd);

/* Cuts or lengthens the file to @size_bytes; what is added reads as zeroes. Returns: 0 */
int redes_file_set_size (int fd, guint64 size_bytes);

/* Returns: whether the file system, and the limits of this process, allow the file to become that
 * large, as far as that can be told without making it so; FAT takes 4 GiB at most */
gboolean redes_file_can_have_size (int fd, guint64 size_bytes);

/* Waits until what was written is on the disk. Returns: 0 */
int redes_file_sync (int fd);

/* Returns: how many bytes the file takes on the disk, which is less than its size if it has holes;
 * 0 if it cannot be told */
guint64 redes_file_get_disk_bytes (int fd);

/* @info: as fstat() gives it. Returns: whether the owner may execute the file; always %FALSE on
 * systems where that does not belong to a file */
gboolean redes_file_is_executable (const struct stat *info);

/* Returns: where the first byte is, at or after @offset, that is in no hole; @size_bytes, the
 * length of the file, if there is none; @offset if it cannot be told */
guint64 redes_file_find_data (int fd, guint64 offset, guint64 size_bytes);

/* Opens the file @path for reading, if it is a regular one and no symbolic link. It does not wait
 * for a named pipe. Returns: a descriptor for close(); errno is EINVAL for what is no regular file
 */
int redes_file_open_regular (const char *path);

/* Opens the file @path for writing past the system's cache, as long as it still is the open file
 * @fd. Returns: a descriptor for close(), for which buffers, offsets and lengths have to be
 * multiples of 4096; -1 if the system or the file system cannot do so */
int redes_file_open_direct (const char *path, int fd);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesPartialFile:
 *
 * The file of a download that is not finished: a hidden sparse file in the download folder. When
 * the download is finished it gets its name, by a rename that never replaces another file. The
 * reference count is atomic. The functions block, so they are called in a worker; several threads
 * may write different blocks at the same time.
 */
typedef struct _RedesPartialFile RedesPartialFile;

/**
 * redes_partial_file_create:
 * @folder: made with its parents if it is not there
 * @content: gives the size, of which no disk space is taken yet, and names the hidden file:
 *   `.redes-<root in hexadecimal>-<size>.part`; one that is left from before is emptied. If one of
 *   another user's has that name, one with `-<number>` before `.part` is taken instead: a number
 *   that nobody can foresee. Nobody but its owner may read or write it until it is finished
 *
 * Errors: REDES_LIBRARY_ERROR_DISK, in words that name the folder.
 */
RedesPartialFile *
redes_partial_file_create (const char *folder, const RedesContentId *content, GError **error);

/**
 * redes_partial_file_open:
 * @mtime_ns: (out): its modification time in nanoseconds of the Unix epoch; 0 if it had another
 * size and was given the right one
 *
 * Opens the partial file of @content that an earlier run has left. Errors:
 * REDES_LIBRARY_ERROR_NOT_FOUND if there is none in
 * @folder, REDES_LIBRARY_ERROR_DISK.
 */
RedesPartialFile *redes_partial_file_open (const char *folder,
                                           const RedesContentId *content,
                                           gint64 *mtime_ns,
                                           GError **error);

RedesPartialFile *redes_partial_file_ref (RedesPartialFile *self);
/* Closes the file with the last reference. A file that was neither finished nor discarded stays on
 * the disk. */
void redes_partial_file_unref (RedesPartialFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPartialFile, redes_partial_file_unref)

/* Returns: (transfer none): the descriptor, which is closed with the last reference */
int redes_partial_file_get_fd (RedesPartialFile *self);

/* Whether the disk has room for all that is still missing. Errors: REDES_LIBRARY_ERROR_DISK. */
gboolean redes_partial_file_check_room (RedesPartialFile *self, GError **error);

/* Writes @len verified bytes at @offset; a block of zeroes may be left as a hole. Errors:
 * REDES_LIBRARY_ERROR_DISK. */
gboolean redes_partial_file_write (
    RedesPartialFile *self, guint64 offset, const guint8 *data, gsize len, GError **error);

/* Reads @len bytes at @offset. Errors: REDES_LIBRARY_ERROR_DISK. */
gboolean redes_partial_file_read (
    RedesPartialFile *self, guint64 offset, guint8 *buffer, gsize len, GError **error);

/**
 * redes_partial_file_sync:
 * @mtime_ns: (out): its modification time now
 *
 * Waits until all that was written before is on the disk. Errors: REDES_LIBRARY_ERROR_NOT_FOUND if
 * somebody has removed or cut the file meanwhile, REDES_LIBRARY_ERROR_DISK.
 */
gboolean redes_partial_file_sync (RedesPartialFile *self, gint64 *mtime_ns, GError **error);

/**
 * redes_partial_file_finish:
 * @target: (nullable): the exact path wanted, which must not exist; else a name is chosen:
 * @name: the manifest's, made safe; `name (2).ext` and so on if it is taken
 * @is_replaced: (out) (optional): see redes_final_name_take()
 * @mtime_ns: (out): the file's modification time, in nanoseconds of the Unix epoch
 *
 * Syncs the bytes to disk, then gives the file its name, then syncs the folder. Errors as
 * redes_partial_file_sync().
 *
 * Returns: (transfer full): the path
 */
char *redes_partial_file_finish (RedesPartialFile *self,
                                 const char *name,
                                 const char *target,
                                 gboolean *is_replaced,
                                 gint64 *mtime_ns,
                                 GError **error);

/* Returns: (transfer full): the usual path of the hidden file of @content in @folder */
char *redes_partial_file_dup_path (const char *folder, const RedesContentId *content);
/* Returns: (transfer full): the path of the hidden file of @content that exists, which may be one
 * with a private name; the usual path if there is none. The function blocks. */
char *redes_partial_file_find (const char *folder, const RedesContentId *content);
/* Whether a file of that name is, or was, a partial file. */
gboolean redes_partial_file_is_name (const char *name);

/* Removes the hidden file, unless another file has taken its place. */
void redes_partial_file_discard (RedesPartialFile *self);

G_END_DECLS

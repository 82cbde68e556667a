/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesPartialFile:
 *
 * A download on its way: a hidden sparse file in the download folder that becomes the real one,
 * whole, by a rename that never replaces anything. Reference-counted (atomically); its calls block,
 * so they belong in a worker; different blocks may be written at once.
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
 * Goes on with the one that is there. Errors: REDES_LIBRARY_ERROR_NOT_FOUND if there is none in
 * @folder, REDES_LIBRARY_ERROR_DISK.
 */
RedesPartialFile *redes_partial_file_open (const char *folder,
                                           const RedesContentId *content,
                                           gint64 *mtime_ns,
                                           GError **error);

RedesPartialFile *redes_partial_file_ref (RedesPartialFile *self);
/* With the last reference the file is closed; if it was neither kept nor removed it stays on disk.
 */
void redes_partial_file_unref (RedesPartialFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPartialFile, redes_partial_file_unref)

int redes_partial_file_get_fd (RedesPartialFile *self);

/* Whether the disk has room for all that is still missing. Errors: REDES_LIBRARY_ERROR_DISK. */
gboolean redes_partial_file_check_room (RedesPartialFile *self, GError **error);

/* Writes @len verified bytes at @offset; blocks of nothing but zeroes may be left as holes. */
gboolean redes_partial_file_write (
    RedesPartialFile *self, guint64 offset, const guint8 *data, gsize len, GError **error);

gboolean redes_partial_file_read (
    RedesPartialFile *self, guint64 offset, guint8 *buffer, gsize len, GError **error);

/**
 * redes_partial_file_sync:
 * @mtime_ns: (out): its modification time now
 *
 * Returns when all that was written before is on the disk. Errors: REDES_LIBRARY_ERROR_NOT_FOUND if
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

/* (transfer full): where the hidden file of @content is, in @folder */
char *redes_partial_file_dup_path (const char *folder, const RedesContentId *content);
/* (transfer full): where the hidden file of @content is indeed: one of a private name, if that is
 * what there is. Blocks. */
char *redes_partial_file_find (const char *folder, const RedesContentId *content);
/* Whether a file of that name is, or was, a partial file. */
gboolean redes_partial_file_is_name (const char *name);

/* Removes the hidden file, if it is still ours. */
void redes_partial_file_discard (RedesPartialFile *self);

G_END_DECLS

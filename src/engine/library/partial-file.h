/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

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
 * @content: names the hidden file: `.redes-<hex>.part`; one that is left from before is emptied
 * @size: bytes; no disk space is taken yet
 *
 * Errors: REDES_LIBRARY_ERROR_DISK, in words that name the folder.
 */
RedesPartialFile *redes_partial_file_create (const char *folder,
                                             const RedesContentId *content,
                                             guint64 size,
                                             GError **error);
RedesPartialFile *redes_partial_file_ref (RedesPartialFile *self);
/* With the last reference the file is closed; if it was neither kept nor removed it stays on disk.
 */
void redes_partial_file_unref (RedesPartialFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPartialFile, redes_partial_file_unref)

int redes_partial_file_get_fd (RedesPartialFile *self);

/* Writes @len verified bytes at @offset; blocks of nothing but zeroes may be left as holes. */
gboolean redes_partial_file_write (
    RedesPartialFile *self, guint64 offset, const guint8 *data, gsize len, GError **error);

/**
 * redes_partial_file_finish:
 * @target: (nullable): the exact path wanted, which must not exist; else a name is chosen:
 * @name: the manifest's, made safe; `name (2).ext` and so on if it is taken
 *
 * Syncs the bytes to disk, then gives the file its name.
 *
 * Returns: (transfer full): the path
 */
char *redes_partial_file_finish (RedesPartialFile *self,
                                 const char *name,
                                 const char *target,
                                 GError **error);

/* Removes the hidden file. */
void redes_partial_file_discard (RedesPartialFile *self);

G_END_DECLS

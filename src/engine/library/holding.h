/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/bitfield.h"
#include "engine/platform/file-time.h"
#include "engine/content/manifest.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesHolding:
 *
 * What this peer can hand out of one content: a shared file as a whole, or the verified blocks of
 * one that is still being downloaded. Reference-counted (atomically). Its state belongs to the
 * engine's thread; redes_holding_read(), the manifest and the path of a file may be asked for from
 * any.
 */
typedef struct _RedesHolding RedesHolding;

/**
 * redes_holding_new_file:
 * @root: the folder that was shared, or the shared file's own folder
 * @relative: the file's path below @root
 * @mtime_ns: its modification time when it was hashed, in nanoseconds of the Unix epoch;
 *   REDES_FILE_TIME_UNKNOWN = not known. A read of a file with another time or size fails: it was
 *   altered. If the system notes other changes of the file, what is read is compared with the tree
 *
 * Makes the holding of a complete file on disk. The file is opened for each read, one path
 * component after the other and none of them a symbolic link, so that nothing outside @root can
 * ever be read.
 */
RedesHolding *redes_holding_new_file (const char *root,
                                      const char *relative,
                                      gint64 mtime_ns,
                                      RedesManifest *manifest,
                                      RedesHashTree *tree);

/**
 * redes_holding_new_partial:
 * @fd: of the partial file; the function duplicates it
 *
 * Makes the holding of a file that is being downloaded. It has no blocks at first; see
 * redes_holding_add_block().
 */
RedesHolding *redes_holding_new_partial (int fd, RedesManifest *manifest, RedesHashTree *tree);

/**
 * redes_holding_new_member:
 * @root, @relative: as redes_holding_new_file() takes them
 * @manifest: unsigned
 * @tree: (nullable): complete; %NULL for a file of at most one block
 *
 * Makes the holding of a complete file of a folder that was fetched. The file is found by its
 * content alone, for only the folder's publisher has signed anything of it. Where its time is
 * another, what is read is compared with the tree.
 */
RedesHolding *redes_holding_new_member (const char *root,
                                        const char *relative,
                                        gint64 mtime_ns,
                                        RedesManifest *manifest,
                                        RedesHashTree *tree);
/* Returns: (transfer full): a holding of the same member, whose folder is at @root now */
RedesHolding *redes_holding_new_moved (RedesHolding *member, const char *root);

typedef struct _RedesFolderSnapshot RedesFolderSnapshot;

/**
 * redes_holding_new_folder:
 * @folder: what was in it at one moment; referenced
 * @manifest, @tree: of its list
 *
 * Makes the holding of the complete list of a shared folder. Its bytes are made when they are read.
 * The holding has no path of its own.
 */
RedesHolding *redes_holding_new_folder (RedesFolderSnapshot *folder,
                                        RedesManifest *manifest,
                                        RedesHashTree *tree);

RedesHolding *redes_holding_ref (RedesHolding *self);
void redes_holding_unref (RedesHolding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesHolding, redes_holding_unref)

RedesManifest *redes_holding_get_manifest (RedesHolding *self);
/* Writes the proof of block @index to @out, which has room for as many digests as the tree's proof
 * length. Returns: %FALSE if the proof is not known yet */
gboolean redes_holding_get_proof (RedesHolding *self, guint32 index, RedesDigest *out);
gboolean redes_holding_is_complete (RedesHolding *self);
/* Whether it is a file with a name of its own, and neither a partial one (however complete) nor a
 * folder's list. */
gboolean redes_holding_is_file (RedesHolding *self);
/* Whether it is a file of a folder that was fetched. */
gboolean redes_holding_is_member (RedesHolding *self);
/* (nullable) (transfer none): %NULL if it is no folder's list */
RedesFolderSnapshot *redes_holding_get_folder (RedesHolding *self);
gboolean redes_holding_has_block (RedesHolding *self, guint32 index);
/* (nullable): %NULL when all blocks are there */
const RedesBitfield *redes_holding_get_blocks (RedesHolding *self);
void redes_holding_add_block (RedesHolding *self, guint32 index);
/* Returns: what redes_holding_new_file() was given; REDES_FILE_TIME_UNKNOWN for a partial file */
gint64 redes_holding_get_mtime_ns (RedesHolding *self);
/* (transfer full) (nullable): the path of a file or member, put together at each call; %NULL for
 * others. Any thread. */
char *redes_holding_dup_path (RedesHolding *self);

/* Reads block @index from disk. The block is compared with the tree only if something has happened
 * to the file since it was hashed. Any thread. Errors: REDES_CONTENT_ERROR_READ. */
GBytes *redes_holding_read (RedesHolding *self, guint32 index, GError **error);
/* Whether block @index of a file has the digest that it should have: reads it. Any thread. */
gboolean redes_holding_check_block (RedesHolding *self, guint32 index);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/hash-tree.h"
#include "engine/content/manifest.h"
#include "engine/base/bitfield.h"

G_BEGIN_DECLS

/**
 * RedesBlockJournal:
 *
 * The record of a download for a program without a store: a hidden file beside the partial file,
 * with the manifest and the digest and proof of each block that was written. Entries whose proofs
 * do not lead to the content's root are ignored, and the blocks themselves are read and hashed
 * again. One process uses a journal at a time. All functions block, so they are called in a worker;
 * any thread.
 */
typedef struct _RedesBlockJournal RedesBlockJournal;

/* Makes the object, but opens no file yet. @folder: the partial file's folder */
RedesBlockJournal *redes_block_journal_new (const char *folder, const RedesContentId *content);
/* Frees the object; the file stays. */
void redes_block_journal_free (RedesBlockJournal *self);

/**
 * redes_block_journal_read:
 * @manifest: (out) (transfer full) (nullable): %NULL: there is no journal, or it cannot be used
 * @tree: (out) (transfer full) (nullable): the tree with all digests that the proofs have shown
 * @blocks: (out) (transfer full) (nullable): the blocks that the journal has
 *
 * Reads the journal. To be called once, before anything is added.
 *
 * Returns: %FALSE with G_IO_ERROR_BUSY if another process uses the journal
 */
gboolean redes_block_journal_read (RedesBlockJournal *self,
                                   RedesManifest **manifest,
                                   RedesHashTree **tree,
                                   RedesBitfield **blocks,
                                   GError **error);

/* Adds a block that was written. There is no error: an entry that cannot be written only means that
 * the block is fetched again. @proof: as long as the proof length of @manifest's geometry */
void redes_block_journal_add (RedesBlockJournal *self,
                              RedesManifest *manifest,
                              guint32 index,
                              const RedesDigest *digest,
                              const RedesDigest *proof);

/* Removes the file, because the download is over. */
void redes_block_journal_remove (RedesBlockJournal *self);

G_END_DECLS

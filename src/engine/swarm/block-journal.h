/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/hash-tree.h"
#include "engine/content/manifest.h"
#include "engine/base/bitfield.h"

G_BEGIN_DECLS

/**
 * RedesBlockJournal:
 *
 * What a program without a store remembers of a download: a hidden file beside the partial file,
 * with the manifest and, for each block that was written, its digest and proof. It is believed only
 * where its proofs lead to the content id, and the blocks themselves are read and hashed again. One
 * process uses it at a time. All calls block, so they belong in a worker; any thread.
 */
typedef struct _RedesBlockJournal RedesBlockJournal;

/* Opens nothing yet. @folder: where the partial file is */
RedesBlockJournal *redes_block_journal_new (const char *folder, const RedesContentId *content);
/* What is on disk stays there. */
void redes_block_journal_free (RedesBlockJournal *self);

/**
 * redes_block_journal_read:
 * @manifest: (out) (transfer full) (nullable): %NULL: there is no journal, or none of use
 * @tree: (out) (transfer full) (nullable): with all digests that were proven
 * @blocks: (out) (transfer full) (nullable): those that the journal names
 *
 * To be called once, before anything is added. Errors: G_IO_ERROR_BUSY: another process uses it.
 */
gboolean redes_block_journal_read (RedesBlockJournal *self,
                                   RedesManifest **manifest,
                                   RedesHashTree **tree,
                                   RedesBitfield **blocks,
                                   GError **error);

/* @proof: as long as @manifest's geometry says. What cannot be written is only forgotten, so that
 * nothing is told of it. */
void redes_block_journal_add (RedesBlockJournal *self,
                              RedesManifest *manifest,
                              guint32 index,
                              const RedesDigest *digest,
                              const RedesDigest *proof);

/* The download is over: removes the file. */
void redes_block_journal_remove (RedesBlockJournal *self);

G_END_DECLS

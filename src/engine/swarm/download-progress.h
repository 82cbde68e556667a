/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/bitfield.h"
#include "engine/content/hash-tree.h"
#include "engine/content/manifest.h"
#include "engine/swarm/picker.h"
#include "engine/swarm/source-stats.h"

G_BEGIN_DECLS

/**
 * RedesDownloadProgress:
 *
 * What a download has of its content, and what it lacks: the manifest, and of each block whether it
 * is verified and written, in doubt, on its way or wanted; who sent it; how fast blocks come. Knows
 * nothing of peers, disks and clocks: the caller hands in the monotonic time. Owned by its
 * download; engine's thread, but for what is set once with the manifest (content, manifest,
 * geometry), which workers may read from then on.
 */
typedef struct _RedesDownloadProgress RedesDownloadProgress;

RedesDownloadProgress *redes_download_progress_new (const RedesContentId *content);
void redes_download_progress_free (RedesDownloadProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDownloadProgress, redes_download_progress_free)

const RedesContentId *redes_download_progress_get_content (const RedesDownloadProgress *self);

/* The shape is known: makes all that is kept for each block. To be called once. */
void redes_download_progress_set_manifest (RedesDownloadProgress *self, RedesManifest *manifest);
/* (nullable): until it is set; the same holds of the two below */
RedesManifest *redes_download_progress_get_manifest (const RedesDownloadProgress *self);
const RedesGeometry *redes_download_progress_get_geometry (const RedesDownloadProgress *self);
RedesHashTree *redes_download_progress_get_tree (const RedesDownloadProgress *self);
/* Takes @tree (transfer full), of the same content, instead of the empty one. */
void redes_download_progress_take_tree (RedesDownloadProgress *self, RedesHashTree *tree);

/* Of the whole file; 0 until the manifest is set. */
guint32 redes_download_progress_get_n_blocks (const RedesDownloadProgress *self);

/* Verified blocks. */

gboolean redes_download_progress_has_block (const RedesDownloadProgress *self, guint32 index);
guint32 redes_download_progress_count_verified (const RedesDownloadProgress *self);
gboolean redes_download_progress_is_full (const RedesDownloadProgress *self);
/* A block counts from now on, or does not any more. */
void redes_download_progress_count (RedesDownloadProgress *self, guint32 index);
void redes_download_progress_discount (RedesDownloadProgress *self, guint32 index);

/* Blocks in doubt: those that were there in an earlier run, and are to be read again before they
 * count. */

void redes_download_progress_doubt (RedesDownloadProgress *self, guint32 index);
/* No block counts any more: all that did are in doubt (@keep), or gone with those that were. */
void redes_download_progress_doubt_all (RedesDownloadProgress *self, gboolean keep);
guint32 redes_download_progress_count_doubtful (const RedesDownloadProgress *self);
/* Takes out one whose digest is known. Returns: %FALSE when none is left */
gboolean redes_download_progress_pop_doubtful (RedesDownloadProgress *self,
                                               guint32 *index,
                                               RedesDigest *digest);

/* Verified blocks, and those in doubt: most of these will prove to be there. */
guint32 redes_download_progress_get_blocks_done (const RedesDownloadProgress *self);
guint64 redes_download_progress_get_bytes_done (const RedesDownloadProgress *self);

/* Blocks on their way. */

/* While it is held no block is asked for, as its file is being made; sources may be gathered. */
void redes_download_progress_hold (RedesDownloadProgress *self, gboolean is_held);
gboolean redes_download_progress_is_held (const RedesDownloadProgress *self);
/* From now on blocks are wanted. @first: see redes_picker_new() */
void redes_download_progress_open (RedesDownloadProgress *self, guint32 first);
void redes_download_progress_close (RedesDownloadProgress *self);
/* (nullable): while blocks are wanted */
RedesPicker *redes_download_progress_get_picker (const RedesDownloadProgress *self);
/* Whether block @index is still to come: it has not arrived, and blocks are wanted. */
gboolean redes_download_progress_expects (const RedesDownloadProgress *self, guint32 index);
/* It has arrived, and is being verified and written. */
void redes_download_progress_note_arrival (RedesDownloadProgress *self, guint32 index);
/* Bytes of blocks came in: for the rate. @now_us: monotonic time */
void redes_download_progress_note_bytes (RedesDownloadProgress *self, gsize n_bytes, gint64 now_us);
/* Of blocks that have arrived, and are being verified and written. */
guint64 redes_download_progress_get_unsettled_bytes (const RedesDownloadProgress *self);
/* What arrived was wrong: wanted again. */
void redes_download_progress_refuse_arrival (RedesDownloadProgress *self, guint32 index);
/* The first block from @from on that has not arrived; redes_download_progress_get_n_blocks() if all
 * have. */
guint32 redes_download_progress_find_missing (const RedesDownloadProgress *self, guint32 from);

/**
 * redes_download_progress_record:
 * @proof: as long as the geometry says
 * @length: of the block, in bytes
 * @sender: (nullable): of redes_download_progress_ensure_sender(); %NULL: it came from this disk
 *
 * A block was verified and written.
 */
void redes_download_progress_record (RedesDownloadProgress *self,
                                     guint32 index,
                                     const RedesDigest *digest,
                                     const RedesDigest *proof,
                                     gsize length,
                                     RedesSourceStats *sender,
                                     gint64 now_us);
/**
 * redes_download_progress_restore:
 * @safe: it counts at once; else it is in doubt
 *
 * What was remembered of a block from an earlier run.
 *
 * Returns: %FALSE: it does not lead to the content's root, so nothing is believed of it
 */
gboolean redes_download_progress_restore (RedesDownloadProgress *self,
                                          guint32 index,
                                          const RedesDigest *digest,
                                          const RedesDigest *proof,
                                          guint n_proof,
                                          gboolean safe);

/* Senders. */

RedesSourceStats *redes_download_progress_ensure_sender (RedesDownloadProgress *self,
                                                         const RedesPeerId *peer,
                                                         const char *nickname,
                                                         const char *address);
/* (nullable) */
const RedesSourceStats *redes_download_progress_find_sender (const RedesDownloadProgress *self,
                                                             const RedesPeerId *peer);
/* (transfer container) (element-type RedesSourceStats): in no order */
GList *redes_download_progress_list_senders (const RedesDownloadProgress *self);
/**
 * redes_download_progress_get_block:
 * @sender: (out): its sender's number; 0: not known
 *
 * Returns: whether block @index is there
 */
gboolean redes_download_progress_get_block (const RedesDownloadProgress *self,
                                            guint32 index,
                                            guint8 *sender);

/* Bytes a second, verified or not: as they come from sources, block by block as they are copied. */
gdouble redes_download_progress_get_rate (const RedesDownloadProgress *self, gint64 now_us);

G_END_DECLS

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
 * The progress of a download: the manifest; of each block whether it is verified and written,
 * doubtful, being received, or wanted; who sent it; and the rate. It does not depend on peers,
 * disks or clocks: the caller passes the monotonic time in microseconds. It is owned by its
 * download; engine's thread, except for content, manifest and geometry, which workers may read once
 * the manifest is set.
 */
typedef struct _RedesDownloadProgress RedesDownloadProgress;

RedesDownloadProgress *redes_download_progress_new (const RedesContentId *content);
void redes_download_progress_free (RedesDownloadProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDownloadProgress, redes_download_progress_free)

const RedesContentId *redes_download_progress_get_content (const RedesDownloadProgress *self);

/* Sets the manifest, and allocates the state of its blocks. To be called once. */
void redes_download_progress_set_manifest (RedesDownloadProgress *self, RedesManifest *manifest);
/* (nullable) (transfer none): this and the two below are %NULL until the manifest is set */
RedesManifest *redes_download_progress_get_manifest (const RedesDownloadProgress *self);
const RedesGeometry *redes_download_progress_get_geometry (const RedesDownloadProgress *self);
RedesHashTree *redes_download_progress_get_tree (const RedesDownloadProgress *self);
/* Takes @tree (transfer full), of the same content, instead of the empty one. */
void redes_download_progress_take_tree (RedesDownloadProgress *self, RedesHashTree *tree);

/* The number of the file's blocks; 0 until the manifest is set. */
guint32 redes_download_progress_get_n_blocks (const RedesDownloadProgress *self);

/* Verified blocks. */

gboolean redes_download_progress_has_block (const RedesDownloadProgress *self, guint32 index);
guint32 redes_download_progress_count_verified (const RedesDownloadProgress *self);
gboolean redes_download_progress_is_full (const RedesDownloadProgress *self);
/* Counts a block as verified, or no longer. */
void redes_download_progress_count (RedesDownloadProgress *self, guint32 index);
void redes_download_progress_discount (RedesDownloadProgress *self, guint32 index);

/* Doubtful blocks: those from an earlier run, which are read and hashed again before they count. */

void redes_download_progress_doubt (RedesDownloadProgress *self, guint32 index);
/* Counts no block as verified any more. @keep: whether those that were are doubtful now; otherwise
 * they and all doubtful ones are forgotten */
void redes_download_progress_doubt_all (RedesDownloadProgress *self, gboolean keep);
guint32 redes_download_progress_count_doubtful (const RedesDownloadProgress *self);
/* Removes a doubtful block whose digest is known. @index, @digest: (out). Returns: %FALSE if there
 * is none */
gboolean redes_download_progress_pop_doubtful (RedesDownloadProgress *self,
                                               guint32 *index,
                                               RedesDigest *digest);

/* Verified and doubtful blocks, as most of the latter will be verified. */
guint32 redes_download_progress_get_blocks_done (const RedesDownloadProgress *self);
guint64 redes_download_progress_get_bytes_done (const RedesDownloadProgress *self);

/* Blocks that are being received. */

/* While it is held, no block is requested, because the file is being made; sources may be connected
 * to. */
void redes_download_progress_hold (RedesDownloadProgress *self, gboolean is_held);
gboolean redes_download_progress_is_held (const RedesDownloadProgress *self);
/* From now on blocks are requested. @first: see redes_picker_new() */
void redes_download_progress_open (RedesDownloadProgress *self, guint32 first);
void redes_download_progress_close (RedesDownloadProgress *self);
/* (nullable) (transfer none): %NULL while no blocks are requested */
RedesPicker *redes_download_progress_get_picker (const RedesDownloadProgress *self);
/* Whether block @index has not been received yet, and blocks are requested. */
gboolean redes_download_progress_expects (const RedesDownloadProgress *self, guint32 index);
/* Records that block @index was received, and is being verified and written. */
void redes_download_progress_note_arrival (RedesDownloadProgress *self, guint32 index);
/* Adds received bytes to the rate. */
void redes_download_progress_note_bytes (RedesDownloadProgress *self, gsize n_bytes, gint64 now_us);
/* The bytes of the blocks that are being verified and written. */
guint64 redes_download_progress_get_unsettled_bytes (const RedesDownloadProgress *self);
/* Records that the received block was wrong, so that it is requested again. */
void redes_download_progress_refuse_arrival (RedesDownloadProgress *self, guint32 index);
/* The first block from @from on that has not been received; redes_download_progress_get_n_blocks()
 * if there is none. */
guint32 redes_download_progress_find_missing (const RedesDownloadProgress *self, guint32 from);

/**
 * redes_download_progress_record:
 * @proof: as long as the geometry's proof length
 * @length: the block's length in bytes
 * @sender: (nullable): from redes_download_progress_ensure_sender(); %NULL: it was read from this
 * disk
 *
 * Records that a block was verified and written.
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
 * @safe: whether it counts as verified at once; otherwise it is doubtful
 *
 * Restores the record of a block from an earlier run.
 *
 * Returns: %FALSE if the proof does not lead to the content's root, so that the record is ignored
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
GList *redes_download_progress_list_source_stats (const RedesDownloadProgress *self);
/* (transfer full) (element-type RedesSender): copies, in no order */
GPtrArray *redes_download_progress_list_senders (const RedesDownloadProgress *self);
/**
 * redes_download_progress_get_block:
 * @sender: (out): its sender's number, see RedesBlockCell; 0: it is not known
 *
 * Returns: whether block @index is verified
 */
gboolean redes_download_progress_get_block (const RedesDownloadProgress *self,
                                            guint32 index,
                                            guint8 *sender);

/* The rate in bytes a second, before verification: of bytes as they are received from sources, and
 * of blocks as they are copied. */
gdouble redes_download_progress_get_rate (const RedesDownloadProgress *self, gint64 now_us);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store.h"
#include "engine/swarm/download-progress.h"

G_BEGIN_DECLS

/*
 * What the store is told of a download's blocks, and tells of them in the next run. Nothing happens
 * where @store is %NULL; blocks of a file of a single one are not remembered: one block is fetched
 * again sooner than it is looked up. Engine's thread.
 */

/* Whether the blocks of @progress are remembered. */
gboolean redes_download_store_keeps_blocks (RedesStore *store,
                                            const RedesDownloadProgress *progress);
/* Block @index is written. @proof: as long as the geometry says; @sender: (nullable) */
void redes_download_store_put_block (RedesStore *store,
                                     const RedesDownloadProgress *progress,
                                     guint32 index,
                                     const RedesDigest *digest,
                                     const RedesDigest *proof,
                                     const RedesSourceStats *sender);
/* They are on the disk, which was synced with the partial file's time @mtime_ns. */
void redes_download_store_mark_safe (RedesStore *store,
                                     const RedesDownloadProgress *progress,
                                     const guint32 *indices,
                                     guint n_indices,
                                     gint64 mtime_ns);
/* @index: -1 = all */
void redes_download_store_remove_block (RedesStore *store,
                                        const RedesDownloadProgress *progress,
                                        gint64 index);
/* Takes what the store knows of blocks and their senders; the manifest is set. */
void redes_download_store_restore (RedesStore *store, RedesDownloadProgress *progress);

/**
 * redes_download_store_put_done:
 * @file: where it is now, shared
 * @name: what the download was called
 * @path: the file's
 * @seconds: that it took
 *
 * The download is done: it goes into the history, and its file to the shared ones.
 */
void redes_download_store_put_done (RedesStore *store,
                                    const RedesDownloadProgress *progress,
                                    const RedesStoreFile *file,
                                    const char *name,
                                    const char *path,
                                    gdouble seconds);

G_END_DECLS

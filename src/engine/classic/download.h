/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/net/throttle.h"
#include "engine/classic/peer.h"
#include "engine/base/transfer-snapshot.h"

G_BEGIN_DECLS

/**
 * RedesClassicDownload:
 *
 * The download of a file from peers of the original system: in chunks of 128 KiB, over up to four
 * connections at a time, from all peers that have it in turn. The file is not signed and cannot be
 * verified, so it is saved in a folder of its own, "unsigned", inside the download folder. Engine's
 * thread.
 */
typedef struct _RedesClassicDownload RedesClassicDownload;

#define REDES_CLASSIC_FOLDER "unsigned"

/* @snapshot: (transfer full): the last one is DONE or FAILED; the download may be freed in that
 * call. */
typedef void (*RedesClassicDownloadFunc) (RedesTransferSnapshot *snapshot, gpointer user_data);

/**
 * redes_classic_download_new:
 * @id: the number of the transfer
 * @file: copied
 * @folder: the download folder
 * @workers: the threads for disk access
 * @down: the limit for received bytes
 * @clock: (transfer none): of the rate and the time that the download took
 *
 * Makes a download, which starts at once. Engine's thread.
 *
 * Returns: (transfer full)
 */
RedesClassicDownload *redes_classic_download_new (guint id,
                                                  const RedesClassicFile *file,
                                                  const char *folder,
                                                  RedesWorkers *workers,
                                                  RedesThrottle *down,
                                                  const RedesClock *clock,
                                                  RedesClassicDownloadFunc changed,
                                                  gpointer user_data);
/* Ends it as FAILED with @reason (nullable), unless it is over. */
void redes_classic_download_fail (RedesClassicDownload *self, const RedesNotice *reason);
/* Ends the download if it is not over; @changed is not called any more. */
void redes_classic_download_free (RedesClassicDownload *self);

G_END_DECLS

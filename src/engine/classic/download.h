/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/net/throttle.h"
#include "engine/classic/peer.h"
#include "engine/base/transfer-snapshot.h"

G_BEGIN_DECLS

/**
 * RedesClassicDownload:
 *
 * A file from original peers: chunks of 128 KiB over up to four connections at a time, to all that
 * have it in turn. Nobody has signed it and nothing can be verified, so it goes into a folder of
 * its own, "unsigned", below the download folder. Engine's thread.
 */
typedef struct _RedesClassicDownload RedesClassicDownload;

#define REDES_CLASSIC_FOLDER "unsigned"

/* @snapshot: (transfer full). A last one is DONE or FAILED, and nothing comes after it; the
 * download may be freed in there then. */
typedef void (*RedesClassicDownloadFunc) (RedesTransferSnapshot *snapshot, gpointer user_data);

/**
 * redes_classic_download_new:
 * @id: the transfer's
 * @file: copied
 * @folder: the download folder
 * @workers: for the disk
 * @down: the limit for all that is fetched
 *
 * Starts at once.
 */
RedesClassicDownload *redes_classic_download_new (guint id,
                                                  const RedesClassicFile *file,
                                                  const char *folder,
                                                  RedesWorkers *workers,
                                                  RedesThrottle *down,
                                                  RedesClassicDownloadFunc changed,
                                                  gpointer user_data);
/* Ends it as FAILED with @reason (nullable), unless it is over. */
void redes_classic_download_fail (RedesClassicDownload *self, const RedesNotice *reason);
/* Ends it, if it is not over; no word comes any more. */
void redes_classic_download_free (RedesClassicDownload *self);

G_END_DECLS

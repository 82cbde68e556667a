/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/transfer-snapshot.h"
#include "engine/swarm/download.h"

G_BEGIN_DECLS

/* What @download is like now, as transfer @id. @with_blocks: whether its block map is wanted, which
 * costs a walk over all blocks. Engine's thread. */
RedesTransferSnapshot *
redes_download_snapshot_new (guint id, RedesDownload *download, gboolean with_blocks);

/* What a download's state is called for front ends. */
RedesTransferState redes_transfer_state_of_download (RedesDownloadState state);
/* (transfer full): what is known of a source, without its rate. */
RedesTransferSource *redes_transfer_source_new_of_stats (const RedesSourceStats *stats,
                                                         gboolean is_connected);

G_END_DECLS

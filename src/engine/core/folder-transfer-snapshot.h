/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/transfer-snapshot.h"
#include "engine/swarm/folder-download.h"

G_BEGIN_DECLS

/* What @download is like now, as transfer @id. Engine's thread. */
RedesTransferSnapshot *redes_folder_snapshot_new_of_download (guint id,
                                                              RedesFolderDownload *download);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/transfer-snapshot.h"
#include "engine/swarm/folder-download.h"

G_BEGIN_DECLS

/* What @download is like now, as transfer @id. Engine's thread. */
RedesTransferSnapshot *redes_folder_snapshot_new_of_download (guint id,
                                                              RedesFolderDownload *download);

/* Puts what is in the folder of @download, whose lists are there, into @self. (transfer full)
 * (element-type guint): for each of these lines the number of its content */
GArray *redes_folder_snapshot_add_tree (RedesTransferSnapshot *self, RedesFolderDownload *download);
/* How much of each line is there. @items: as above */
void redes_folder_snapshot_add_fills (RedesTransferSnapshot *self,
                                      RedesFolderDownload *download,
                                      GArray *items);

G_END_DECLS

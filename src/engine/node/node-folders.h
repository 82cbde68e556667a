/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/* What a node has to do with the folders that it shares: see RedesNode for the thread. */

/* Asks for the shared folders that are in no other, and those that were fetched and are handed on.
 */
void redes_node_list_folders_async (RedesNode *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* (transfer full): of RedesResult, in natural order, with this node's trackers in their links */
GListModel *redes_node_list_folders_finish (RedesNode *self, GAsyncResult *result, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/* The downloads that ended well, of this run and of those before. For a node that runs. */

/**
 * redes_node_list_history_async:
 * @after: (nullable): only those that ended after it
 *
 * The latest first, the latest ten thousand at most. What is asked for is read in small parts, and
 * to ask for what is new costs next to nothing.
 */
void redes_node_list_history_async (RedesNode *self,
                                    RedesHistoryItem *after,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* (transfer full): of RedesHistoryItem */
GListModel *redes_node_list_history_finish (RedesNode *self, GAsyncResult *result, GError **error);

/**
 * redes_node_remove_history:
 * @items: (element-type RedesHistoryItem)
 * @before: (nullable): and all that ended before it
 *
 * Forgets downloads for good. Their files stay as they are. It has been done for whoever lists
 * later, and is on the disk a moment later; what keeps it from there is told by `notice`.
 */
void redes_node_remove_history (RedesNode *self, GPtrArray *items, RedesHistoryItem *before);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"
#include "engine/node/peer.h"

G_BEGIN_DECLS

/* (transfer none): of RedesPeer: who is there, from trackers and connections together, without this
 * peer itself. True while watched; a peer that has not been heard of for some seconds leaves it. */
GListModel *redes_node_get_peers (RedesNode *self);

/* Refreshes the peers every two seconds from the first watch to the last unwatch: they count. */
void redes_node_watch_peers (RedesNode *self);
void redes_node_unwatch_peers (RedesNode *self);

/* From now on @transfer has its block map, or the files of its folder. One at a time; %NULL: none.
 * A front end that has called this is told what is in each folder that is DONE, too. */
void redes_node_watch_blocks (RedesNode *self, RedesTransfer *transfer);

/**
 * RedesFlow:
 * @up_bytes_per_s, @down_bytes_per_s: with all overhead
 * @n_connections: with other peers
 */
typedef struct
{
  gdouble up_bytes_per_s;
  gdouble down_bytes_per_s;
  guint n_connections;
} RedesFlow;

/* What flows in all. Errors: G_IO_ERROR_CLOSED when the node does not run. */
void redes_node_get_flow_async (RedesNode *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean
redes_node_get_flow_finish (RedesNode *self, GAsyncResult *result, RedesFlow *out, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/found.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

/*
 * What a node has to do with those around it: see RedesNode for the thread.
 *
 * Signals:
 * - `found (node, RedesFound *found)`: a peer, which was met, or a tracker came to be known
 *   without anybody naming it
 * - `lost (node, RedesFound *found)`: it is gone; the same object
 */

/* (transfer none): of RedesFound: who is around now, peers and trackers. */
GListModel *redes_node_get_found (RedesNode *self);

/* The network may have changed; a node looks by itself as well. */
void redes_node_refresh_lan (RedesNode *self);

/**
 * redes_node_browse_async:
 * @address: (nullable): `HOST:PORT` where it listens, as a RedesPeerItem says
 *
 * Asks a peer for all that it lets be seen. Errors: G_IO_ERROR_PERMISSION_DENIED: it does not.
 */
void redes_node_browse_async (RedesNode *self,
                              const RedesPeerId *id,
                              const char *address,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): of RedesResult */
GListModel *redes_node_browse_finish (RedesNode *self, GAsyncResult *result, GError **error);

G_END_DECLS

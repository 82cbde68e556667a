/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/* The original system's trackers, for a node with RedesConfig.classic. */

/* (transfer none): of RedesTrackerItem: those named, or found on the local network if none is;
 * empty while it has nothing to do with them. REGISTERED: it has answered as only such a tracker
 * does. */
GListModel *redes_node_get_classic_trackers (RedesNode *self);

/**
 * redes_node_download_unsigned:
 * @result: an unsigned one
 *
 * Fetches from original peers into the folder "unsigned" below the download folder, for nothing can
 * say whether it is what its name promises.
 *
 * Returns: (transfer full)
 */
RedesTransfer *redes_node_download_unsigned (RedesNode *self, RedesResult *result);

G_END_DECLS

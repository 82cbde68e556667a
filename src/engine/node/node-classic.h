/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/* The original system's trackers, for a node with RedesConfig.classic. */

/* (transfer none): of RedesTrackerItem: those named, or found on the local network if none is;
 * empty while it has nothing to do with them. REGISTERED: it has answered as only such a tracker
 * does. */
GListModel *redes_node_get_classic_trackers (RedesNode *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/* The original system's trackers, for a node with RedesConfig.classic. */

/* (transfer none): of RedesTrackerItem: those named, or found on the local network if none is;
 * empty while it has nothing to do with them. REGISTERED: it has answered as only such a tracker
 * does. */
GListModel *redes_node_get_classic_trackers (RedesNode *self);

/* RedesConfig.classic_trackers, changed later: at once if the node runs, as soon as it does if it
 * is starting, else when it starts. Those that stay do not notice; malformed ones are passed over;
 * sixteen at most are used. */
void redes_node_set_classic_trackers (RedesNode *self, const char *const *trackers);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-classic.h"

G_BEGIN_DECLS

/* The core's events, in the engine's thread. @user_data: the node */
void redes_node_on_classic_tracker_changed (const char *address,
                                            RedesTrackerState state,
                                            const RedesNotice *reason,
                                            gboolean found,
                                            gpointer user_data);
void redes_node_on_classic_tracker_dropped (const char *address, gpointer user_data);

G_END_DECLS

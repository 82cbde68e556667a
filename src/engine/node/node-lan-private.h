/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-lan.h"
#include "engine/node/node-private.h"

G_BEGIN_DECLS

/* It runs now, or not any more, or RedesConfig.lan has changed. */
void redes_node_lan_watch_network (RedesNode *self);
/* It runs no more, and is about to stop. */
void redes_node_lan_stop (RedesNode *self);

/* The core's events, in the engine's thread. */
void redes_node_lan_on_found (const RedesSighting *sighting, gpointer user_data);
void redes_node_lan_on_lost (const RedesSighting *sighting, gpointer user_data);
void redes_node_lan_on_tracker_dropped (const char *address, gpointer user_data);

/* Whether the tracker at @address is used because it was found. */
gboolean redes_node_lan_is_found_tracker (RedesNode *self, const char *address);

G_END_DECLS

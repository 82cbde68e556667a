/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-lan.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

/* Begins to look for peers and trackers that nobody named. */
void redes_core_look_around (RedesCore *self);

/* As those of RedesSwarmEvents; @user_data: a RedesCore */
void redes_core_on_met (RedesPeerSession *session, gpointer user_data);
void redes_core_on_parted (const RedesPeerId *id, gpointer user_data);
guint
redes_core_on_rpc_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data);

G_END_DECLS

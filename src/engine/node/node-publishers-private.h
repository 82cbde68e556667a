/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-publishers.h"

G_BEGIN_DECLS

/* The core's event, in the engine's thread. @name: (nullable); @user_data: the node */
void redes_node_on_publisher (const RedesPeerId *id,
                              const char *name,
                              RedesPublisherTrust trust,
                              gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-private.h"

G_BEGIN_DECLS

/* What the core tells, on its way to the front end. Their user data is the node. */
extern const RedesCoreEvents redes_node_core_events;

G_END_DECLS

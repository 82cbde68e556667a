/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-streams.h"

G_BEGIN_DECLS

/* Nobody reads transfer @transfer_id any more. */
void redes_core_drop_stream (RedesCore *self, guint transfer_id);
/* After the swarm has ended. */
void redes_core_end_streams (RedesCore *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* The network may have changed. */
void redes_core_refresh_lan (RedesCore *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* As RedesConfig has it; nothing if it does not listen. Returns: %FALSE if the port cannot be
 * opened */
gboolean redes_core_listen (RedesCore *self, GError **error);
/* To the port that RedesConfig has now. Returns: %FALSE if it cannot be opened: the one before is
 * kept */
gboolean redes_core_move_port (RedesCore *self, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/config.h"
#include "engine/core/core-events.h"

G_BEGIN_DECLS

/**
 * redes_core_configure:
 * @config: what is wanted from now on; copied
 *
 * Compares @config with what was wanted before and tells those concerned: parts that do not care of
 * what has changed do not notice. What RedesConfig says is read at the start only waits for the
 * next start; malformed trackers are passed over.
 *
 * Returns: %FALSE if the port cannot be opened: the one before is kept, everything else is done
 */
gboolean redes_core_configure (RedesCore *self, const RedesConfig *config, GError **error);

G_END_DECLS

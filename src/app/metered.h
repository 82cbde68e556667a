/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

G_BEGIN_DECLS

#define REDES_TYPE_METERED (redes_metered_get_type ())
/**
 * RedesMetered:
 *
 * Saves traffic on metered connections if the setting `spare-metered` is on: while the network is
 * metered, downloads wait and the upload limit is very low.
 *
 * Signals:
 * - `changed (metered)`: it spares now, or not any more
 */
G_DECLARE_FINAL_TYPE (RedesMetered, redes_metered, REDES, METERED, GObject)

RedesMetered *redes_metered_new (RedesService *service);

gboolean redes_metered_is_sparing (RedesMetered *self);

G_END_DECLS

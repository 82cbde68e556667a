/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

G_BEGIN_DECLS

#define REDES_TYPE_METERED (redes_metered_get_type ())
/**
 * RedesMetered:
 *
 * Spares connections that are paid by the byte, as the setting `spare-metered` wants it: while the
 * network is metered, downloads wait and uploads only trickle.
 *
 * Signals:
 * - `changed (metered)`: it spares now, or not any more
 */
G_DECLARE_FINAL_TYPE (RedesMetered, redes_metered, REDES, METERED, GObject)

RedesMetered *redes_metered_new (RedesService *service);

gboolean redes_metered_is_sparing (RedesMetered *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* What a blocked publisher signed is not fetched any more. @name: (nullable) */
void redes_core_set_publisher (RedesCore *self,
                               const RedesPeerId *id,
                               const char *name,
                               RedesPublisherTrust trust);

G_END_DECLS

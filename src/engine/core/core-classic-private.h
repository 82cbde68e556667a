/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/config.h"
#include "engine/core/core-classic.h"

G_BEGIN_DECLS

/* Whether @transfer_id is an unsigned one, which is cancelled then. */
gboolean redes_core_cancel_unsigned (RedesCore *self, guint transfer_id);
/* If the configuration asks for it. */
void redes_core_join_classic (RedesCore *self);
/* The configuration was @old. */
void redes_core_configure_classic (RedesCore *self, const RedesConfig *old);
void redes_core_leave_classic (RedesCore *self);
/* Leaves, and joins again if the configuration still asks for it; unsigned downloads go on. */
void redes_core_rejoin_classic (RedesCore *self);

G_END_DECLS

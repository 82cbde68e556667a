/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/transfer.h"

G_BEGIN_DECLS

/* Front end's thread. */
RedesTransfer *redes_transfer_new (guint id, const RedesLink *link);
/* From original peers: no publisher, no content worth the name. */
void redes_transfer_mark_unsigned (RedesTransfer *self);
/* Its link names @publisher from now on. */
void redes_transfer_set_wanted_publisher (RedesTransfer *self, const RedesPeerId *publisher);
/* Takes what is in @snapshot and emits `changed`. */
void redes_transfer_update (RedesTransfer *self, RedesTransferSnapshot *snapshot);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/peer.h"
#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* From original peers, into @folder's own for such. */
void redes_core_download_unsigned (RedesCore *self,
                                   guint transfer_id,
                                   const RedesClassicFile *file,
                                   const char *folder);

G_END_DECLS

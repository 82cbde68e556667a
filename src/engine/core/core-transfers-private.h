/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-transfers.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

void redes_core_clear_later (RedesCore *self);
/* What workers still look for is of no use any more. */
void redes_core_disown_looks (RedesCore *self);

/* As those of RedesSwarmEvents; @user_data: a RedesCore */
void redes_core_on_want_sources (RedesDownload *download, gpointer user_data);
void redes_core_on_download_changed (RedesDownload *download, gboolean at_once, gpointer user_data);
void redes_core_on_download_resumed (RedesDownload *download,
                                     guint32 n_kept,
                                     guint32 n_doubtful,
                                     gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-folders.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

/* (nullable) (transfer none) */
RedesFolderDownload *redes_core_find_folder (RedesCore *self, guint transfer_id);
/* Somebody looks at what is in it. */
void redes_core_tell_watched_folder (RedesCore *self);
/* Removes what listings of an earlier run have left, in a moment. Before any is begun. */
void redes_core_discard_listings (RedesCore *self);
void redes_core_restore_folder (RedesCore *self, guint id, const RedesStoreTransfer *stored);

/* As those of RedesSwarmEvents; @user_data: a RedesCore */
void redes_core_on_want_folder_sources (RedesFolderDownload *download, gpointer user_data);
void
redes_core_on_folder_changed (RedesFolderDownload *download, gboolean at_once, gpointer user_data);
void
redes_core_on_folder_resumed (RedesFolderDownload *download, guint n_files, gpointer user_data);

G_END_DECLS

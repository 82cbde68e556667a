/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-publishers.h"
#include "engine/swarm/download.h"
#include "engine/swarm/folder-download.h"

G_BEGIN_DECLS

/* What the store remembers of them; blocks. */
gboolean redes_core_restore_publishers (RedesCore *self, GError **error);
/* Whether @download is by a blocked publisher; it has failed then. */
gboolean redes_core_refuse_blocked (RedesCore *self, RedesDownload *download);
gboolean redes_core_refuse_blocked_folder (RedesCore *self, RedesFolderDownload *download);

G_END_DECLS

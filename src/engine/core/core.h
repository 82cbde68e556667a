/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/config.h"
#include "engine/cache/block-cache.h"
#include "engine/core/core-classic.h"
#include "engine/core/core-events.h"
#include "engine/core/core-lan.h"
#include "engine/core/core-peers.h"
#include "engine/core/core-publishers.h"
#include "engine/core/core-settings.h"
#include "engine/core/core-streams.h"
#include "engine/core/core-folders.h"
#include "engine/core/core-transfers.h"
#include "engine/lookup/lookup.h"

G_BEGIN_DECLS

/* Blocks while the identity is loaded or made, and the store is opened. */
RedesCore *redes_core_new (const RedesConfig *config,
                           const RedesCoreEvents *events,
                           gpointer user_data,
                           GError **error);
/* Leaves the trackers and ends everything; at most about half a second. */
void redes_core_free (RedesCore *self);

const RedesPeerId *redes_core_get_peer_id (RedesCore *self);
/* (nullable): when it does not listen */
const char *redes_core_get_address (RedesCore *self);

void redes_core_share (RedesCore *self, const char *path);
void redes_core_unshare (RedesCore *self, const char *path);
void redes_core_set_hashing_paused (RedesCore *self, gboolean paused);
void redes_core_get_cache_stats (RedesCore *self, RedesBlockCacheStats *out);
/* Whether all of @content is here and shared. */
gboolean redes_core_holds (RedesCore *self, const RedesContentId *content);

/* The network has changed: trackers and sources that were out of reach are tried at once. */
void redes_core_try_again_now (RedesCore *self);

/* (transfer none): who has what, and who is there, is asked here. */
RedesLookup *redes_core_get_lookup (RedesCore *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/swarm/swarm.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesFindBatches:
 *
 * Asks peers which contents they have, many in one FIND: each peer has at most one FIND of ours to
 * answer, and what is to be asked meanwhile goes out together in the next one. After 20 in a row a
 * peer is sent 8 a second. Engine's thread.
 */
typedef struct _RedesFindBatches RedesFindBatches;

/* @swarm: borrowed; nothing may be asked after its end. @clock: borrowed */
RedesFindBatches *redes_find_batches_new (RedesSwarm *swarm, const RedesClock *clock);
/* What waits is answered as not answered; what is under way is when its answer comes, or the swarm
 * ends, which may have been before. @self: (nullable) */
void redes_find_batches_free (RedesFindBatches *self);

/* Called once for each query. @error: (nullable): why @peer said nothing to it */
typedef void (*RedesFindFunc) (const RedesEndpoint *peer,
                               gboolean has_it,
                               const GError *error,
                               gpointer user_data);
/* Whether it is still of interest what @peer says. */
typedef gboolean (*RedesFindWantedFunc) (const RedesPeerId *peer, gpointer user_data);

/**
 * redes_find_batches_ask:
 * @peer: whom to ask, and where it listens
 * @wanted: called just before the query would be sent; where it says no, @func is called as if
 *   the peer did not have it
 * @func: never called before this function has returned
 */
void redes_find_batches_ask (RedesFindBatches *self,
                             const RedesEndpoint *peer,
                             const RedesContentId *content,
                             RedesFindWantedFunc wanted,
                             RedesFindFunc func,
                             gpointer user_data);

G_END_DECLS

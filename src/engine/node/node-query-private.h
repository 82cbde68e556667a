/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/lookup.h"
#include "engine/node/node-private.h"

G_BEGIN_DECLS

/**
 * RedesNodeQuery:
 *
 * Ties a query of the lookup to the cancellable of the front end that waits for it: whoever cancels
 * ends the query in the engine, too, whose function is called with %G_IO_ERROR_CANCELLED then. The
 * call that asks has it in its struct.
 */
typedef struct _RedesNodeQuery RedesNodeQuery;

/* In the front end's thread, before the call is sent down. @cancellable: (nullable) */
RedesNodeQuery *redes_node_query_new (RedesNode *node, GCancellable *cancellable);
/* In the front end's thread: it can be cancelled no more. @self: (nullable) */
void redes_node_query_free (RedesNodeQuery *self);

/* In the engine's thread: @query has begun. It ends before this returns if it was cancelled
 * meanwhile. */
void redes_node_query_begin (RedesNodeQuery *self, RedesLookupQuery *query);
/* In the engine's thread: the query's function was called. */
void redes_node_query_end (RedesNodeQuery *self);

/**
 * redes_node_query_explain:
 * @lan: whether peers on the local network could be asked
 *
 * Why a query has no answer: it was cancelled, or nobody who was asked has answered. In the
 * engine's thread.
 *
 * Returns: (transfer full) (nullable): %NULL: somebody has answered
 */
GError *redes_node_query_explain (const RedesLookupResult *result, gboolean lan);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/local-index.h"
#include "engine/lookup/peer-finder.h"

G_BEGIN_DECLS

/**
 * RedesRpcHandler:
 * @local_index: what is shared here
 * @library: what is held here, half downloads too
 * @browsable: see RedesConfig
 *
 * What this peer answers to the queries of others. All is borrowed.
 */
typedef struct
{
  RedesLocalIndex *local_index;
  RedesLibrary *library;
  RedesPeerFinder *peer_finder;
  gboolean browsable;
} RedesRpcHandler;

/* Answers at once, with one message. Returns: what that cost, 1 to %REDES_PEER_RPC_MAX_COST */
guint redes_rpc_handler_answer (const RedesRpcHandler *self,
                                RedesPeerSession *session,
                                const RedesMessage *query);

G_END_DECLS

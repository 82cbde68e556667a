/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/swarm/types.h"
#include "engine/wire/message.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesPeerRpc:
 *
 * What peers ask each other beyond blocks: PEER_SEARCH, FIND, BROWSE and PEERS_GET. Makes the
 * connection when there is none, gives serials, matches answers, asks again where somebody was
 * BUSY, ends what waits for too long, and bounds what others ask here: by what the answers cost, 50
 * a second to each peer, after the first 200. Engine's thread.
 */

/* What one answer counts for at most, see PROTOCOL.md; a cheap one counts for 1. */
#define REDES_PEER_RPC_MAX_COST 5u

/**
 * RedesPeerRpcMediator:
 * @find: (nullable): the session with @id, if there is one that is ready
 * @meet: connects to @id; redes_peer_rpc_met() is called with @serial once it has come to
 *   something. Returns: %FALSE: it is not to be met now, or too many are being made
 * @query: @session asks us; redes_peer_rpc_answer() or redes_peer_rpc_refuse() is called, once.
 *   Returns: what the answer cost, 1 to %REDES_PEER_RPC_MAX_COST; 0: there is nobody to answer
 *
 * What is asked of the swarm. All are needed.
 */
typedef struct
{
  RedesPeerSession *(*find) (const RedesPeerId *id, gpointer user_data);
  gboolean (*meet) (
      const RedesPeerId *id, const char *host, guint16 port, guint32 serial, gpointer user_data);
  guint (*query) (RedesPeerSession *session, const RedesMessage *query, gpointer user_data);
} RedesPeerRpcMediator;

/* @mediator, @clock: borrowed, and must outlive it */
RedesPeerRpc *redes_peer_rpc_new (const RedesPeerRpcMediator *mediator,
                                  const RedesClock *clock,
                                  gpointer user_data);
/* What is asked is answered with G_IO_ERROR_CANCELLED. */
void redes_peer_rpc_free (RedesPeerRpc *self);

/**
 * RedesPeerRpcFunc:
 * @answer: (nullable): of the type that belongs to the query; its lists may be taken. %NULL on
 *   error, and when all that was wanted was to meet
 * @error: (nullable): G_IO_ERROR: unreachable, refused (PERMISSION_DENIED, BUSY), timed out; in
 *   words that name no address
 *
 * Called once, never before redes_peer_rpc_ask() has returned.
 */
typedef void (*RedesPeerRpcFunc) (RedesMessage *answer, const GError *error, gpointer user_data);

/**
 * redes_peer_rpc_ask:
 * @host, @port: where @id listens; only used without a session; port 0: fails without one
 * @query: (nullable): PEER_SEARCH, FIND, BROWSE or PEERS_GET, whose serial is given here; what it
 *   holds is borrowed. %NULL: only meet it
 */
void redes_peer_rpc_ask (RedesPeerRpc *self,
                         const RedesPeerId *id,
                         const char *host,
                         guint16 port,
                         const RedesMessage *query,
                         guint timeout_ms,
                         RedesPeerRpcFunc func,
                         gpointer user_data);

/* Answers a query of @session; @answer has its serial. */
void redes_peer_rpc_answer (RedesPeerSession *session, const RedesMessage *answer);
void redes_peer_rpc_refuse (RedesPeerSession *session,
                            guint32 serial,
                            RedesPeerRefusal refusal,
                            const char *words);

/* What the swarm tells it. */

/* @serial: of @meet. @session: (nullable): %NULL: there is none, for the reason in @reason */
void redes_peer_rpc_met (RedesPeerRpc *self,
                         guint32 serial,
                         RedesPeerSession *session,
                         const RedesNotice *reason);
/* The most bytes that the body of an answer of @type may have now, by what @session was asked; 0:
 * no query is open that it could answer. */
gsize redes_peer_rpc_get_limit (RedesPeerRpc *self, RedesPeerSession *session, guint8 type);
/* A message that is not about blocks came. */
void redes_peer_rpc_take (RedesPeerRpc *self, RedesPeerSession *session, RedesMessage *message);
/* What was asked of @old is asked again of @session, to the same peer. */
void redes_peer_rpc_move (RedesPeerRpc *self, RedesPeerSession *old, RedesPeerSession *session);
void redes_peer_rpc_lose_session (RedesPeerRpc *self,
                                  RedesPeerSession *session,
                                  const RedesNotice *reason);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/swarm/remote.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesDialer:
 *
 * Makes connections to peers, at most one to each, and keeps the callers that wait for them. At
 * most two connection attempts to one host run at a time; others are queued. Engine's thread.
 */
typedef struct _RedesDialer RedesDialer;

/**
 * RedesDialerMediator:
 * @connect: connects to @host:@port, where peer @id listens, and calls, later and unless
 *   @cancellable was cancelled, redes_dialer_note_connected() or redes_dialer_settle()
 *
 * The functions that the dialer needs from the swarm.
 */
typedef struct
{
  void (*connect) (const RedesPeerId *id,
                   const char *host,
                   guint16 port,
                   GCancellable *cancellable,
                   gpointer user_data);
} RedesDialerMediator;

/**
 * RedesDialerFunc:
 * @remote: (nullable): the session with that peer; %NULL: there is none
 * @reason: (nullable): the reason if there is none
 *
 * Called once, but not if the dialer is freed before.
 */
typedef void (*RedesDialerFunc) (RedesRemote *remote,
                                 const RedesNotice *reason,
                                 gpointer user_data);

/* @mediator, @clock: (transfer none): they must outlive the dialer */
RedesDialer *
redes_dialer_new (const RedesDialerMediator *mediator, const RedesClock *clock, gpointer user_data);
/* Cancels all attempts without calling the functions that wait. */
void redes_dialer_free (RedesDialer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDialer, redes_dialer_free)

/**
 * redes_dialer_want:
 * @destroy: (nullable): frees @user_data; it is called even if @func is not, and at once if the
 *   function returns %FALSE
 *
 * Requests a connection, for a caller that is told of the peer repeatedly. Nothing is done if @func
 * with @user_data waits for that peer already, if too many wait, or if the address failed a short
 * while ago (see RedesDialBook).
 *
 * Returns: whether @func waits now
 */
gboolean redes_dialer_want (RedesDialer *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            RedesDialerFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy);
/* As redes_dialer_want(), for a caller that asks once: an address that has failed is tried, too. */
gboolean redes_dialer_meet (RedesDialer *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            RedesDialerFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy);

/* Records that there is a connection to the address of @id. Whether @remote is that peer is known
 * only after the handshake. */
void redes_dialer_note_connected (RedesDialer *self, const RedesPeerId *id, RedesRemote *remote);
/* Records that there is a session with @id now, or that there will be none, for the reason in
 * @reason.
 * @remote: (nullable): %NULL: there will be none */
void redes_dialer_settle (RedesDialer *self,
                          const RedesPeerId *id,
                          RedesRemote *remote,
                          const RedesNotice *reason);
/* Records that the connection of @remote has ended. If the dialer still waited for its handshake,
 * the callers that wait are told. */
void redes_dialer_lose (RedesDialer *self, RedesRemote *remote, const RedesNotice *reason);

/* The number of connection attempts that run or are queued. */
guint redes_dialer_count (RedesDialer *self);

G_END_DECLS

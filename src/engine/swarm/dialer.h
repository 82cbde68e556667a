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
 * Connections that are being made, at most one to a peer, and who waits for each. At most two to
 * one host are being made at a time, others wait. Engine's thread.
 */
typedef struct _RedesDialer RedesDialer;

/**
 * RedesDialerMediator:
 * @connect: connects to @host:@port, where peer @id listens, and calls, later and unless
 *   @cancellable was cancelled, redes_dialer_note_connected() or redes_dialer_settle()
 *
 * What the dialer asks of the swarm.
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
 * @remote: (nullable): the conversation with that peer; %NULL: there is none, for the reason in
 *   @reason
 *
 * Called once; not when the dialer is freed before.
 */
typedef void (*RedesDialerFunc) (RedesRemote *remote,
                                 const RedesNotice *reason,
                                 gpointer user_data);

/* @mediator, @clock: borrowed, and must outlive it */
RedesDialer *
redes_dialer_new (const RedesDialerMediator *mediator, const RedesClock *clock, gpointer user_data);
/* What is under way is dropped, without a word to those who wait. */
void redes_dialer_free (RedesDialer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDialer, redes_dialer_free)

/**
 * redes_dialer_want:
 * @destroy: (nullable): of @user_data; called also when nobody is told, and at once when it returns
 *   %FALSE
 *
 * For whoever is offered that peer again from time to time: nothing happens when @func waits for it
 * with @user_data already, when too many wait, or when that address failed a short while ago (see
 * RedesDialBook).
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
/* The same for whoever asks once, so an address that failed is tried all the same. */
gboolean redes_dialer_meet (RedesDialer *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            RedesDialerFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy);

/* Somebody listened where @id was dialled: @remote, of whom it is still to be seen who it is. */
void redes_dialer_note_connected (RedesDialer *self, const RedesPeerId *id, RedesRemote *remote);
/* There is a conversation with @id now, or (@remote is %NULL) there will be none, for the reason in
 * @reason. */
void redes_dialer_settle (RedesDialer *self,
                          const RedesPeerId *id,
                          RedesRemote *remote,
                          const RedesNotice *reason);
/* @remote's conversation ended: if it was one that the dialer still waited for, those who wait are
 * told. */
void redes_dialer_lose (RedesDialer *self, RedesRemote *remote, const RedesNotice *reason);

/* Connections that are being made, and those that wait to be. */
guint redes_dialer_count (RedesDialer *self);

G_END_DECLS

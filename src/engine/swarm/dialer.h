/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/swarm/types.h"

G_BEGIN_DECLS

/**
 * RedesDialer:
 *
 * Connections that are being made, at most one to a peer, and the downloads that want each. It
 * tells them what came of it. Engine's thread.
 */
typedef struct _RedesDialer RedesDialer;

/* @local_host: (nullable): see redes_dial_from_async() */
RedesDialer *redes_dialer_new (RedesSwarm *swarm, const char *local_host);
/* What is under way is dropped, without a word to the downloads. */
void redes_dialer_free (RedesDialer *self);

/* @host, @port: where peer @id listens. At most two connections to one host are being made at a
 * time, others wait. Nothing happens when too many wait, or when that address failed a short while
 * ago (see RedesDialBook): sources are offered again from time to time. */
void redes_dialer_want (RedesDialer *self,
                        const RedesPeerId *id,
                        const char *host,
                        guint16 port,
                        RedesDownload *download);

/**
 * redes_dialer_meet:
 * @func: called once with the session, or with %NULL and @words that say why there is none; not
 *   when the dialer is freed before
 *
 * A connection that no download wants.
 *
 * Returns: %FALSE if too many are under way: @func is not called then
 */
typedef void (*RedesDialerFunc) (RedesSwarm *swarm,
                                 RedesPeerSession *session,
                                 const char *words,
                                 gpointer user_data);
gboolean redes_dialer_meet (RedesDialer *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            RedesDialerFunc func,
                            gpointer user_data);

/* There is a session with @id now, or (@session is NULL) there will be none, for the reason in
 * @words. */
void redes_dialer_settle (RedesDialer *self,
                          const RedesPeerId *id,
                          RedesPeerSession *session,
                          const char *words);
/* @session ended: if it was one that the dialer made and still waited for, its downloads are told.
 */
void redes_dialer_session_closed (RedesDialer *self, RedesPeerSession *session, const char *words);

G_END_DECLS

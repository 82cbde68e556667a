/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/channel.h"
#include "engine/swarm/types.h"

G_BEGIN_DECLS

/**
 * RedesPeerSession:
 *
 * The conversation with one other peer, both ways: it asks us (uploader) and we ask it (sources of
 * downloads). It keeps the books: every query has exactly one answer, and an answer to no
 * query is an violation. Reference-counted; engine's thread.
 */

/**
 * redes_peer_session_new:
 * @server: whether the other side connected to us
 * @expected: (nullable): who must answer
 *
 * Tells the swarm when it is ready and when it is closed.
 */
RedesPeerSession *redes_peer_session_new (RedesSwarm *swarm,
                                          GSocketConnection *connection,
                                          gboolean server,
                                          const RedesPeerId *expected);
RedesPeerSession *redes_peer_session_ref (RedesPeerSession *self);
void redes_peer_session_unref (RedesPeerSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPeerSession, redes_peer_session_unref)

gboolean redes_peer_session_is_server (RedesPeerSession *self);
gboolean redes_peer_session_is_ready (RedesPeerSession *self);
gboolean redes_peer_session_is_closed (RedesPeerSession *self);
/* %NULL until it is known. */
const RedesPeerId *redes_peer_session_get_id (RedesPeerSession *self);
const char *redes_peer_session_get_nickname (RedesPeerSession *self);
/* Host and the port where it listens (or where it came from, before HELLO). */
const char *redes_peer_session_get_address (RedesPeerSession *self);
RedesChannel *redes_peer_session_get_channel (RedesPeerSession *self);

/* Ends it without a word to the swarm. */
void redes_peer_session_close (RedesPeerSession *self);
/* Ends it and tells the swarm, as when the remote had broken it off with @error. */
void redes_peer_session_fail (RedesPeerSession *self, const GError *error);

/* Whether nobody here or there wants anything now. */
gboolean redes_peer_session_is_idle (RedesPeerSession *self);

/* @source asks this session for @content from now on: sends INTEREST. At most one source a
 * content. */
void redes_peer_session_attach (RedesPeerSession *self,
                                const RedesContentId *content,
                                RedesSource *source);
/* Sends NO_INTEREST; answers that still come are dropped. */
void redes_peer_session_detach (RedesPeerSession *self, const RedesContentId *content);
RedesSource *redes_peer_session_get_source (RedesPeerSession *self, const RedesContentId *content);

void redes_peer_session_ask_manifest (RedesPeerSession *self, const RedesContentId *content);
/* @length: of the block, in bytes. */
void redes_peer_session_request (RedesPeerSession *self,
                                 const RedesContentId *content,
                                 guint32 index,
                                 guint32 length);
void
redes_peer_session_cancel (RedesPeerSession *self, const RedesContentId *content, guint32 index);

/**
 * redes_peer_session_get_silence:
 *
 * Bytes count only where they belong to a block that was asked for, and 4 KiB at a time: a PING, or
 * a byte now and then, is no sign that one will come.
 *
 * Returns: for how long no block has come, in microseconds; looked at every few seconds at least
 */
gint64 redes_peer_session_get_silence (RedesPeerSession *self, gint64 now_us);
/* The silence up to now was not the remote's. */
void redes_peer_session_forgive_silence (RedesPeerSession *self, gint64 now_us);

/* Whether the remote wants to hear of blocks of @content. */
gboolean redes_peer_session_is_interested (RedesPeerSession *self, const RedesContentId *content);

void
redes_peer_session_send_have (RedesPeerSession *self, const RedesContentId *content, guint32 index);
/* Says that what came as that block is not it, so that its sender looks at its file. */
void
redes_peer_session_complain (RedesPeerSession *self, const RedesContentId *content, guint32 index);
void redes_peer_session_reject (RedesPeerSession *self,
                                const RedesContentId *content,
                                guint32 index,
                                RedesRejectReason reason,
                                const char *words);

G_END_DECLS

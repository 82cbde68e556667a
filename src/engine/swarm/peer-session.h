/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/content/manifest.h"
#include "engine/library/library.h"
#include "engine/net/channel.h"
#include "engine/swarm/remote.h"
#include "engine/swarm/uploader.h"

G_BEGIN_DECLS

/**
 * RedesPeerSession:
 *
 * The conversation with one other peer, both ways: it asks us (uploader) and we ask it (sources of
 * downloads, to which it is their RedesRemote). It keeps the books: every query has exactly one
 * answer, and an answer to no query is a violation. Reference-counted; engine's thread.
 */

/**
 * RedesPeerSessionMediator:
 * @ready: HELLO has come: it is known who is there
 * @ending: it ends, by either side: its place is free
 * @closed: it has ended, for the reason in @error; not after redes_peer_session_close()
 * @active: somebody asked, or was served: it is not the first to make room for others
 * @interested: the remote wants @content from us: it may have some of it, too
 * @query: a message came that is not about blocks
 * @get_query_limit: the most bytes that the body of an answer of @type may have now; 0: no query is
 *   open that it could answer
 *
 * What a session tells the swarm, and asks it. All are needed.
 */
typedef struct
{
  void (*ready) (RedesPeerSession *self, gpointer user_data);
  void (*ending) (RedesPeerSession *self, gpointer user_data);
  void (*closed) (RedesPeerSession *self, const GError *error, gpointer user_data);
  void (*active) (RedesPeerSession *self, gpointer user_data);
  void (*interested) (RedesPeerSession *self, const RedesContentId *content, gpointer user_data);
  void (*query) (RedesPeerSession *self, RedesMessage *message, gpointer user_data);
  gsize (*get_query_limit) (RedesPeerSession *self, guint8 type, gpointer user_data);
} RedesPeerSessionMediator;

/**
 * RedesPeerSessionParams:
 * @library: what the remote may ask for
 * @uploader: serves it
 * @memo: signatures that were verified before
 * @up, @down, @receive, @hello: see RedesChannelParams
 * @mediator: called with @user_data
 *
 * What sessions stand on; all is borrowed and must outlive them until they are closed.
 */
typedef struct
{
  RedesIdentity *identity;
  const RedesHello *hello;
  RedesThrottle *up;
  RedesThrottle *down;
  RedesBudget *receive;
  RedesLibrary *library;
  RedesUploader *uploader;
  RedesSignatureMemo *memo;
  const RedesClock *clock;
  const RedesPeerSessionMediator *mediator;
  gpointer user_data;
} RedesPeerSessionParams;

/**
 * redes_peer_session_new:
 * @server: whether the other side connected to us
 * @expected: (nullable): who must answer
 */
RedesPeerSession *redes_peer_session_new (const RedesPeerSessionParams *params,
                                          GSocketConnection *connection,
                                          gboolean server,
                                          const RedesPeerId *expected);
/* (transfer none): as sources and uploader see it */
RedesRemote *redes_peer_session_as_remote (RedesPeerSession *self);
/* (transfer none): @remote has to be a session */
RedesPeerSession *redes_peer_session_from_remote (RedesRemote *remote);
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

/* Ends it; @closed is not called. */
void redes_peer_session_close (RedesPeerSession *self);
/* Ends it; @closed is called, as when the remote had broken it off with @error. */
void redes_peer_session_fail (RedesPeerSession *self, const GError *error);

/* Whether nobody here or there wants anything now. */
gboolean redes_peer_session_is_idle (RedesPeerSession *self);

/* (nullable): who asks the remote for @content now */
RedesSource *redes_peer_session_get_source (RedesPeerSession *self, const RedesContentId *content);

/* Whether the remote wants to hear of blocks of @content. */
gboolean redes_peer_session_is_interested (RedesPeerSession *self, const RedesContentId *content);

void
redes_peer_session_send_have (RedesPeerSession *self, const RedesContentId *content, guint32 index);

G_END_DECLS

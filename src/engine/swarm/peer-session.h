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
 * The session with one other peer, in both directions: the uploader answers its requests, and the
 * sources of downloads send requests to it as their RedesRemote. The session checks that every
 * query has exactly one answer; an answer to no query is a protocol violation. Reference-counted;
 * engine's thread.
 */

/**
 * RedesPeerSessionMediator:
 * @ready: HELLO was received, so the remote's id is known
 * @ending: either side ends the session; its place is free
 * @closed: the session has ended, for the reason in @error; not called after
 *   redes_peer_session_close()
 * @active: either side has made a request or sent a block, so that the session does not count as
 * idle when one has to be closed for another
 * @interested: the remote wants blocks of @content, so it may also have some
 * @query: a message that is not about blocks was received
 * @get_query_limit: returns the most bytes that the body of an answer of @type may have now; 0:
 * there is no query that it could answer
 *
 * The events of a session, and the functions that it needs from the swarm. All are needed.
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
 * @library: the contents that the remote may request
 * @uploader: answers its requests
 * @memo: the signatures that were verified before
 * @up, @down, @receive, @hello: see RedesChannelParams
 * @mediator: called with @user_data
 *
 * The parameters of sessions, which must outlive them until they are closed.
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
 * @server: whether the other side has made the connection
 * @expected: (nullable): the id that the other side must have
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
/* (nullable) (transfer none): %NULL until HELLO was received. */
const RedesPeerId *redes_peer_session_get_id (RedesPeerSession *self);
const char *redes_peer_session_get_nickname (RedesPeerSession *self);
/* Returns: the TCP port at which the remote listens; that of the connection while it has not sent
 * HELLO, and if it listens at none */
guint16 redes_peer_session_get_port (RedesPeerSession *self);
/* Returns: (transfer none): `HOST:PORT`, with the host of the connection and
 * redes_peer_session_get_port() */
const char *redes_peer_session_get_address (RedesPeerSession *self);
RedesChannel *redes_peer_session_get_channel (RedesPeerSession *self);

/* Ends the session; @closed is not called. */
void redes_peer_session_close (RedesPeerSession *self);
/* Ends the session; @closed is called with @error. */
void redes_peer_session_fail (RedesPeerSession *self, const GError *error);

/* Whether neither side has an interest or a request now. */
gboolean redes_peer_session_is_idle (RedesPeerSession *self);

/* (nullable) (transfer none): the source that requests blocks of @content from the remote */
RedesSource *redes_peer_session_get_source (RedesPeerSession *self, const RedesContentId *content);

/* Whether the remote wants to be told of new blocks of @content. */
gboolean redes_peer_session_is_interested (RedesPeerSession *self, const RedesContentId *content);

void
redes_peer_session_send_have (RedesPeerSession *self, const RedesContentId *content, guint32 index);

G_END_DECLS

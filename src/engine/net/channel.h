/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/identity.h"
#include "engine/net/budget.h"
#include "engine/net/throttle.h"
#include "engine/wire/frame.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_NET_ERROR (redes_net_error_quark ())
GQuark redes_net_error_quark (void);

/**
 * RedesNetError:
 * @REDES_NET_ERROR_TLS: the TLS handshake or a record failed
 * @REDES_NET_ERROR_IDENTITY: who answered is not who was meant, or is this peer itself
 * @REDES_NET_ERROR_TIMEOUT: nothing came in time
 * @REDES_NET_ERROR_CLOSED: the other side ended the connection
 * @REDES_NET_ERROR_BUSY: too many connections
 */
typedef enum
{
  REDES_NET_ERROR_TLS,
  REDES_NET_ERROR_IDENTITY,
  REDES_NET_ERROR_TIMEOUT,
  REDES_NET_ERROR_CLOSED,
  REDES_NET_ERROR_BUSY,
} RedesNetError;

/* The name of an violation or a network error for logs and events: wire violations, "not-tls",
 * "wrong-identity", "timeout", "closed", … Never NULL. */
const char *redes_net_error_get_violation (const GError *error);

/**
 * RedesChannel:
 *
 * Whole messages in and out over one TLS 1.3 connection, with both ends' identities proved and
 * HELLO exchanged before the first message is handed out. Everything happens in the main context
 * that was the thread's default when it was made; not thread-safe.
 *
 * Back-pressure: out, redes_channel_get_queued() says how many bytes wait; in,
 * redes_channel_set_reading() stops reading from the socket.
 */
typedef struct _RedesChannel RedesChannel;

/**
 * RedesChannelEvents:
 * @ready: TLS and HELLO are done: redes_channel_get_remote() and redes_channel_get_hello() are
 * there
 * @message: a checked message; it is the channel's, but its members may be stolen. PING is answered
 *   by the channel itself and not shown
 * @limit: (nullable): how many bytes the body of a message of @type may have that is about to come,
 *   see RedesFrameGate; it must not do anything else. %NULL: all that may come on the link may come
 *   at any time
 * @drained: the queue of bulk data has fallen below its low-water mark
 * @sent: (nullable): a block has left the queue, or several, so that less memory is held
 * @closed: the end, called once, never from inside redes_channel_new(); @error says why
 *   (REDES_WIRE_ERROR for an violation). After redes_channel_close() it does not come
 *
 * The owner may close or unref the channel inside any of them.
 */
typedef struct
{
  void (*ready) (RedesChannel *channel, gpointer user_data);
  void (*message) (RedesChannel *channel, RedesMessage *message, gpointer user_data);
  gsize (*limit) (RedesChannel *channel, guint8 type, gpointer user_data);
  void (*drained) (RedesChannel *channel, gpointer user_data);
  void (*sent) (RedesChannel *channel, gpointer user_data);
  void (*closed) (RedesChannel *channel, const GError *error, gpointer user_data);
} RedesChannelEvents;

/**
 * RedesChannelParams:
 * @identity: ours
 * @hello: what we say
 * @link: which end we are
 * @server: whether we accepted the connection
 * @expected: (nullable): the peer id that must answer
 * @up: (nullable): limit for what is sent
 * @down: (nullable): limit for what is received
 * @receive: (nullable): shared memory for messages of more than 4 KiB that have not come whole; a
 *   channel that has to wait for it does not read, and one that is too slow with it ends as timed
 *   out
 * @handshake_timeout_ms: for TLS and HELLO together; 0 = 10,000
 * @stall_timeout_ms: how long half a message, or a socket that takes nothing of what waits, is
 *   borne; 0 = 20,000
 *
 * What a channel is made with; all is copied or referenced.
 */
typedef struct
{
  RedesIdentity *identity;
  const RedesHello *hello;
  RedesLinkKind link;
  gboolean server;
  const RedesPeerId *expected;
  RedesThrottle *up;
  RedesThrottle *down;
  RedesBudget *receive;
  guint handshake_timeout_ms;
  guint stall_timeout_ms;
} RedesChannelParams;

/* @connection: a connected TCP stream, of which the channel takes a reference. */
RedesChannel *redes_channel_new (GSocketConnection *connection,
                                 const RedesChannelParams *params,
                                 const RedesChannelEvents *events,
                                 gpointer user_data);
RedesChannel *redes_channel_ref (RedesChannel *self);
void redes_channel_unref (RedesChannel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesChannel, redes_channel_unref)

/* Who it is: %NULL until ready. */
RedesPublicKey *redes_channel_get_remote (RedesChannel *self);
const RedesPeerId *redes_channel_get_remote_id (RedesChannel *self);
const RedesHello *redes_channel_get_hello (RedesChannel *self);
/* The numeric address it has, without zone: "127.0.0.1". */
const char *redes_channel_get_host (RedesChannel *self);
/* The TCP port at its end (not where it listens). */
guint16 redes_channel_get_port (RedesChannel *self);

/* Queues a control message; they pass before bulk data. What @message holds is borrowed. */
void redes_channel_send (RedesChannel *self, const RedesMessage *message);
/* The same with a whole @frame, as redes_message_encode() has made it. */
void redes_channel_send_frame (RedesChannel *self, GBytes *frame);

/* Queues a block; @data is referenced until it is sent. */
void redes_channel_send_block (RedesChannel *self, const RedesBlockHeader *header, GBytes *data);

/* Takes a block back out of the queue. Returns: %FALSE if it is not there: sent, or on its way. */
gboolean
redes_channel_unsend_block (RedesChannel *self, const RedesContentId *content, guint32 index);

/* Bulk bytes that wait to be sent. */
gsize redes_channel_get_queued (RedesChannel *self);
/* The memory that they take: whole blocks, and what is encrypted already. */
gsize redes_channel_get_held (RedesChannel *self);
/* Encrypted bytes that the remote's system has taken so far (as far as this system tells; else,
 * those that its own has taken), or REDES_BUDGET_EXCUSED while the limit of what is sent is used
 * up.
 */
guint64 redes_channel_get_taken (RedesChannel *self);

void redes_channel_set_reading (RedesChannel *self, gboolean reading);
/* Whether this end does not read: it was told not to, its limit is used up for the moment, or it
 * waits for memory. */
gboolean redes_channel_is_held_back (RedesChannel *self);

/* From now on blocks of up to @length bytes may come; before the first call none may. */
void redes_channel_raise_max_block (RedesChannel *self, guint32 length);

/* Monotonic time, in microseconds, when bytes last came in; now, while it waits for memory. */
gint64 redes_channel_get_last_received_us (RedesChannel *self);
/* See redes_frame_reader_get_block_progress(). */
gsize
redes_channel_get_block_progress (RedesChannel *self, RedesContentId *content, guint32 *index);
guint64 redes_channel_get_bytes_in (RedesChannel *self);
guint64 redes_channel_get_bytes_out (RedesChannel *self);

/**
 * redes_channel_close:
 *
 * Ends it at once; what is queued is dropped, no callback comes any more. Idempotent.
 */
void redes_channel_close (RedesChannel *self);

/* As redes_channel_close(), but first sends the control messages queued, for at most @timeout_ms.
 * The channel keeps itself alive for that. */
void redes_channel_finish (RedesChannel *self, guint timeout_ms);

/* How many channels made in this thread are still at that. */
guint redes_channel_count_finishing (void);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/identity.h"
#include "engine/net/budget.h"
#include "engine/net/error.h"
#include "engine/net/throttle.h"
#include "engine/wire/frame.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer none): the name of a protocol violation or a network error for logs and events, such as
 * "not-tls", "wrong-identity", "timeout" or "closed"; never %NULL. */
const char *redes_net_error_get_violation (const GError *error);

/**
 * RedesChannel:
 *
 * Sends and receives whole messages over one TLS 1.3 connection. Before the first message is
 * delivered, both ends have proved their identity and exchanged HELLO. A channel belongs to the
 * main context that was the thread's default when it was made.
 *
 * Back-pressure: for output, redes_channel_get_queued() tells how many bytes wait; for input,
 * redes_channel_set_reading() stops reading from the socket.
 */
typedef struct _RedesChannel RedesChannel;

/**
 * RedesChannelEvents:
 * @ready: TLS and HELLO are complete: redes_channel_get_remote() and redes_channel_get_hello() no
 *   longer return %NULL
 * @message: a message that was decoded and checked. The channel owns it, but its members may be
 *   stolen. The channel answers PING itself, without this event
 * @limit: (nullable): returns the most bytes that the body of the next message may have if it is of
 *   @type, see RedesFrameGate; it must not have side effects. %NULL: every message that is allowed
 *   on the link is allowed at any time
 * @drained: the queue of blocks has fallen below its low-water mark
 * @sent: (nullable): one or more blocks have left the queue, so that it holds less memory
 * @closed: the connection has ended for the reason @error (REDES_WIRE_ERROR for a protocol
 *   violation); called once, not inside redes_channel_new() and not after redes_channel_close()
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
 * @clock: (nullable): the clock for its deadlines; %NULL: the system's. Borrowed
 * @identity: the identity of this end
 * @hello: the HELLO that this end sends
 * @link: the kind of conversation, and which of its ends this one is
 * @server: whether this end has accepted the connection
 * @expected: (nullable): the peer id that the other end must have
 * @up: (nullable): the limit for sent bytes
 * @down: (nullable): the limit for received bytes
 * @receive: (nullable): the shared memory for incomplete messages of more than 4 KiB. A channel
 * that waits for memory does not read; one that receives too slowly is closed with a timeout
 * @leave_files: whether REGISTER and UPDATE are passed on undecoded, see
 * redes_frame_reader_set_leave_files()
 * @handshake_timeout_ms: the time for TLS and HELLO together; 0: 10,000
 * @stall_timeout_ms: the longest time without progress in an incomplete message, or with a socket
 *   that accepts none of the bytes that wait; 0: 20,000
 *
 * The parameters of a channel, which copies or references all of them.
 */
typedef struct
{
  const RedesClock *clock;
  RedesIdentity *identity;
  const RedesHello *hello;
  RedesLinkKind link;
  gboolean server;
  const RedesPeerId *expected;
  RedesThrottle *up;
  RedesThrottle *down;
  RedesBudget *receive;
  gboolean leave_files;
  guint handshake_timeout_ms;
  guint stall_timeout_ms;
} RedesChannelParams;

/* @connection: (transfer none): a connected TCP stream */
RedesChannel *redes_channel_new (GSocketConnection *connection,
                                 const RedesChannelParams *params,
                                 const RedesChannelEvents *events,
                                 gpointer user_data);
RedesChannel *redes_channel_ref (RedesChannel *self);
void redes_channel_unref (RedesChannel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesChannel, redes_channel_unref)

/* (nullable) (transfer none): the identity and the HELLO of the other end; %NULL before the event
 * `ready`. */
RedesPublicKey *redes_channel_get_remote (RedesChannel *self);
const RedesPeerId *redes_channel_get_remote_id (RedesChannel *self);
const RedesHello *redes_channel_get_hello (RedesChannel *self);
/* The numeric address of the other end without zone, such as "127.0.0.1". */
const char *redes_channel_get_host (RedesChannel *self);
/* The TCP port of the other end of the connection, which is not the one where it listens. */
guint16 redes_channel_get_port (RedesChannel *self);

/* Queues a control message; these are sent before blocks. @message: (transfer none): encoded before
 * the function returns */
void redes_channel_send (RedesChannel *self, const RedesMessage *message);
/* As redes_channel_send(), with a @frame that redes_message_encode() has made. */
void redes_channel_send_frame (RedesChannel *self, GBytes *frame);

/* Queues a block; @data is referenced until it is sent. */
void redes_channel_send_block (RedesChannel *self, const RedesBlockHeader *header, GBytes *data);

/* Removes a block from the queue. Returns: %FALSE if it is not there, because it was sent or its
 * sending has begun */
gboolean
redes_channel_unsend_block (RedesChannel *self, const RedesContentId *content, guint32 index);

/* The bytes of blocks that wait to be sent. */
gsize redes_channel_get_queued (RedesChannel *self);
/* The memory in bytes that these take: whole blocks, and encrypted bytes that wait for the socket.
 */
gsize redes_channel_get_held (RedesChannel *self);
/* The number of encrypted bytes that the remote's system has acknowledged so far (on systems that
 * do not report that: that this system has accepted), or REDES_BUDGET_EXCUSED while the limit for
 * sent bytes is used up. */
guint64 redes_channel_get_taken (RedesChannel *self);

void redes_channel_set_reading (RedesChannel *self, gboolean reading);
/* Whether this end does not read now, because of redes_channel_set_reading(), of the limit for
 * received bytes, or because it waits for memory. */
gboolean redes_channel_is_held_back (RedesChannel *self);

/* From now on the other end may send blocks of up to @length bytes; before the first call, none. */
void redes_channel_raise_max_block (RedesChannel *self, guint32 length);

/* The monotonic time in microseconds at which bytes were last received; the present time while the
 * channel waits for memory. */
gint64 redes_channel_get_last_received_us (RedesChannel *self);
/* See redes_frame_reader_get_block_progress(). */
gsize
redes_channel_get_block_progress (RedesChannel *self, RedesContentId *content, guint32 *index);
guint64 redes_channel_get_bytes_in (RedesChannel *self);
guint64 redes_channel_get_bytes_out (RedesChannel *self);

/**
 * redes_channel_close:
 *
 * Closes the connection at once. The queue is dropped, and there are no more events. Idempotent.
 */
void redes_channel_close (RedesChannel *self);

/* As redes_channel_close(), but the queued control messages are sent first, for at most
 * @timeout_ms. The channel holds a reference to itself meanwhile. */
void redes_channel_finish (RedesChannel *self, guint timeout_ms);

/* The number of channels of this thread for which redes_channel_finish() has not ended yet. */
guint redes_channel_count_finishing (void);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/channel.h"
#include "engine/net/tls-stream.h"

G_BEGIN_DECLS

/* What the tests of connections share: identities, sockets, both ends of a channel in one
 * process. */

#define NET_N_IDENTITIES 4

/* (transfer none): of 2048 bits, made once a program. */
RedesIdentity *net_get_identity (guint index);

/* Runs the default context until @condition holds; ends the test program after 20 s. */
#define net_wait_for(condition)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 net_end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                             \
    guint net_tick = net_start_tick ();                                                            \
    while (!(condition) && g_get_monotonic_time () < net_end_us)                                   \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (net_tick);                                                                    \
    if (!(condition))                                                                              \
      g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);                    \
  }                                                                                                \
  G_STMT_END

/* Wakes the default context now and then, so that the bound above is looked at. */
guint net_start_tick (void);
/* Runs the default context for @ms, for what must not happen in that time. */
void net_run_for (guint ms);

/* Two connected sockets on 127.0.0.1. */
void net_connect (GSocketConnection **client, GSocketConnection **server);

/**
 * NetEvent:
 *
 * In which callback an end drops its channel.
 */
typedef enum
{
  NET_NEVER,
  NET_READY,
  NET_MESSAGE,
  NET_DRAINED,
  NET_CLOSED,
} NetEvent;

/**
 * NetEnd:
 * @channel: (nullable): %NULL once dropped
 * @frames: (element-type RedesMessage): what came
 * @error: (nullable): why it was closed
 *
 * One end of a channel, and what it was told.
 */
typedef struct
{
  RedesChannel *channel;
  NetEvent drop_at;
  gboolean close_at_message;
  guint n_ready;
  guint n_drained;
  guint n_closed;
  guint64 block_bytes;
  GQueue frames;
  GError *error;
} NetEnd;

/* @params: identity, hello and link are filled in where they are not there. */
void net_end_open (NetEnd *self,
                   GSocketConnection *connection,
                   const RedesChannelParams *params,
                   guint identity);
void net_end_clear (NetEnd *self);
/* Waits for the next frame and takes it out; to be freed with net_frame_free(). */
RedesMessage *net_end_next (NetEnd *self);
void net_frame_free (RedesMessage *frame);

/* Waits until it is closed, for that reason. */
void net_end_expect_closed (NetEnd *self, const char *violation);

/**
 * NetPair:
 *
 * Both ends of one channel: identity 0 dials identity 1.
 */
typedef struct
{
  NetEnd client;
  NetEnd server;
} NetPair;

/* @client, @server: (nullable): more about either end. Does not wait. */
void
net_pair_open (NetPair *self, const RedesChannelParams *client, const RedesChannelParams *server);
/* The same, and waits until both are ready. Blocks of up to 4 MiB may go both ways. */
void net_pair_open_ready (NetPair *self,
                          const RedesChannelParams *client,
                          const RedesChannelParams *server);
void net_pair_clear (NetPair *self);

/* A block with @index of @size bytes that depend on both. */
GBytes *net_block (guint32 index, gsize size);
void net_end_send_block (NetEnd *self, guint32 index, gsize size);
void net_end_send_have (NetEnd *self, guint32 index);

/**
 * NetRaw:
 *
 * A peer that speaks TLS as it should and sends bytes as it likes.
 */
typedef struct
{
  GSocketConnection *connection;
  RedesTlsStream *tls;
} NetRaw;

/* Shakes hands as the client, identity 0. */
void net_raw_open (NetRaw *self, GSocketConnection *connection);
void net_raw_clear (NetRaw *self);
/* %FALSE when the other side has closed. */
gboolean net_raw_send (NetRaw *self, const void *data, gsize len);
gboolean net_raw_send_message (NetRaw *self, RedesMessageType type, GVariant *body);
gboolean net_raw_send_hello (NetRaw *self);
/* (transfer floating): HELLO's body, without capabilities. */
GVariant *net_hello_body (const RedesHello *hello);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/channel.h"
#include "engine/net/send-queue.h"
#include "engine/net/tls-stream.h"
#include "engine/net/waiting-answers.h"
#include "engine/platform/socket-watch.h"

G_BEGIN_DECLS

/*
 * RedesChannel is implemented in two files: channel.c has its life cycle and public functions,
 * channel-io.c reacts to the socket and to timers.
 */

/* When the queue of blocks falls below this size, the owner is asked for more. */
#define REDES_CHANNEL_LOW_WATER_BYTES (256u * 1024)

/**
 * ChannelState:
 *
 * HANDSHAKE -> GREETING -> OPEN, and from each of them -> FINISHING or CLOSED.
 */
typedef enum
{
  CHANNEL_HANDSHAKE,
  CHANNEL_GREETING,
  CHANNEL_OPEN,
  CHANNEL_FINISHING,
  CHANNEL_CLOSED,
} ChannelState;

struct _RedesChannel
{
  guint ref_count;
  ChannelState state;
  RedesChannelEvents events;
  gpointer user_data;
  const RedesClock *clock;

  GMainContext *context;
  GSocketConnection *connection;
  GSocket *socket;
  RedesTlsStream *tls;
  RedesFrameReader *reader;
  GSource *pump;
  RedesSocketWatch *watch; /* nullable: before it begins, and after its end */
  GSource *deadline;
  GSource *stall_timer;
  gint64 stall_due_us;
  guint stall_timeout_ms;

  RedesIdentity *identity;
  RedesHello *hello;
  RedesLinkKind link;
  gboolean has_expected;
  RedesPeerId expected;
  RedesHello *remote_hello;
  char *host;
  guint16 port;

  RedesThrottle *up;
  RedesThrottle *down;
  RedesThrottleWaiter up_waiter;
  RedesThrottleWaiter down_waiter;
  RedesBudget *receive; /* nullable */
  RedesBudgetHolder receive_holder;

  RedesSendQueue queue;
  RedesWaiting waiting;
  gboolean above_low_water;
  guint64 told_blocks_sent;
  gboolean reading;
  gboolean has_ended;    /* in FINISHING: the other side was told that nothing more comes */
  guint n_turn_messages; /* taken in this turn of reading */
  guint32 max_block;

  GError *setup_error;
  gint64 last_received_us;
  guint64 watched_bytes_out;
  gint64 last_sent_us;
  guint64 bytes_in;
  guint64 bytes_out;
};

/* channel-io.c */
void redes_channel_start_io (RedesChannel *self, guint handshake_timeout_ms);
/* Destroys all sources of the main loop. */
void redes_channel_stop_io (RedesChannel *self);
/* Schedules the pump, because there may be something to read, write or decide. */
void redes_channel_kick (RedesChannel *self);
/* From now on only the frames in the queue are sent, for at most @timeout_ms. */
void redes_channel_start_farewell (RedesChannel *self, guint timeout_ms);

/* channel.c */
/* Goes to CLOSED without an event. */
void redes_channel_stop (RedesChannel *self);

G_END_DECLS

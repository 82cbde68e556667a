/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/channel-private.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/own-sleep.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/platform/socket-io.h"

#include <errno.h>

#define HANDSHAKE_TIMEOUT_MS 10000
/* What one turn of the main loop may move in each direction, so that every channel gets its turn.
 */
#define TURN_BYTES (512u * 1024)
/* The most messages that are handled in one iteration of the main loop: a short message costs far
 * more than its bytes suggest. */
#define TURN_MESSAGES 64u
#define DROP_BYTES (64u * 1024)
/* Of reading, when writing has failed. */
#define MAX_LAST_TURNS 1024u
/* Answers to one who asks but does not read. */
#define MAX_CONTROL_BYTES (8u * 1024 * 1024)
/* What a message in the queue costs beside its own few bytes. */
#define CONTROL_COST_BYTES 256u
/* A body up to that has memory of its own, or small messages would wait for large ones. */
#define FREE_BODY_BYTES 4096u

static gboolean on_kicked (gpointer user_data);

void
redes_channel_kick (RedesChannel *self)
{
  if (self->watch != NULL && self->pump == NULL)
    redes_timer_set_soon (&self->pump, self->context, on_kicked, self);
}

/* Ends the channel and tells its owner. The caller holds a reference. */
static void
fail (RedesChannel *self, const GError *error)
{
  RedesChannelEvents events = self->events;

  if (self->state == CHANNEL_CLOSED)
    return;
  if (redes_debug_is_on ())
    {
      g_autofree char *words = redes_text_make_printable (error->message, 200);

      g_debug ("channel with %s port %u ends: %s", redes_channel_get_host (self),
               redes_channel_get_port (self), words);
    }
  redes_channel_stop (self);
  if (events.closed != NULL)
    events.closed (self, error, self->user_data);
}

static void
fail_with (RedesChannel *self, int code, RedesNoticeCode notice)
{
  g_autoptr (GError) error = redes_error_new (REDES_NET_ERROR, code, notice);

  fail (self, error);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr (RedesChannel) self = redes_channel_ref (user_data);

  if (self->state == CHANNEL_FINISHING)
    redes_channel_stop (self);
  else
    fail_with (self, REDES_NET_ERROR_TIMEOUT, REDES_NOTICE_NO_HELLO);
  return G_SOURCE_REMOVE;
}

static gint64
get_stall_tick_ms (RedesChannel *self)
{
  return MAX (self->stall_timeout_ms / 4, 10);
}

static gboolean
is_watching (RedesChannel *self, GIOCondition condition)
{
  return self->watch != NULL && (redes_socket_watch_get_condition (self->watch) & condition) != 0;
}

/* Half a message that does not go on, or bytes that the other side does not take. */
static gboolean
on_stall_timer (gpointer user_data)
{
  g_autoptr (RedesChannel) self = redes_channel_ref (user_data);
  gint64 now_us = redes_clock_now_us (self->clock);
  gint64 limit_us = (gint64)self->stall_timeout_ms * 1000;
  gboolean half_read
      = !redes_frame_reader_is_idle (self->reader) && !redes_channel_is_held_back (self);
  gboolean half_written = is_watching (self, G_IO_OUT);
  guint64 bytes_out = redes_tls_stream_get_bytes_out (self->tls);

  if (redes_was_asleep (self->stall_due_us, now_us))
    self->last_received_us = self->last_sent_us = now_us;
  self->stall_due_us = now_us + get_stall_tick_ms (self) * 1000;
  if (!half_written || bytes_out != self->watched_bytes_out)
    {
      self->watched_bytes_out = bytes_out;
      self->last_sent_us = now_us;
    }
  if (half_read && now_us - self->last_received_us > limit_us)
    {
      fail_with (self, REDES_NET_ERROR_TIMEOUT, REDES_NOTICE_SILENT_IN_MESSAGE);
      return G_SOURCE_REMOVE;
    }
  /* Longer than for reading: a reader with a low limit takes a whole window at a time. */
  if (half_written && now_us - self->last_sent_us > 3 * limit_us)
    {
      fail_with (self, REDES_NET_ERROR_TIMEOUT, REDES_NOTICE_NOT_TAKING);
      return G_SOURCE_REMOVE;
    }
  if (half_read || half_written)
    return G_SOURCE_CONTINUE;
  redes_timer_clear (&self->stall_timer);
  return G_SOURCE_REMOVE;
}

static void
watch_for_stall (RedesChannel *self)
{
  if (self->stall_timer != NULL)
    return;
  self->watched_bytes_out = redes_tls_stream_get_bytes_out (self->tls);
  self->last_sent_us = redes_clock_now_us (self->clock);
  self->stall_due_us = self->last_sent_us + get_stall_tick_ms (self) * 1000;
  redes_timer_set (&self->stall_timer, self->context, get_stall_tick_ms (self), on_stall_timer,
                   self);
}

static void pump (RedesChannel *channel);

static void
set_watching (RedesChannel *self, GIOCondition condition, gboolean is_on)
{
  GIOCondition now = redes_socket_watch_get_condition (self->watch);

  redes_socket_watch_set_condition (self->watch, is_on ? now | condition : now & ~condition);
}

static void
on_socket (GIOCondition condition, gpointer user_data)
{
  RedesChannel *self = user_data;

  if ((condition & ~G_IO_IN) != 0)
    set_watching (self, G_IO_OUT, FALSE);
  pump (self);
}

static void
watch_for_room (RedesChannel *self)
{
  set_watching (self, G_IO_OUT, TRUE);
  watch_for_stall (self);
}

static void
greet (RedesChannel *self)
{
  RedesMessage hello = { .type = REDES_MESSAGE_HELLO, .hello = *self->hello };

  redes_channel_send (self, &hello);
}

static gboolean
check_identity (RedesChannel *self, GError **error)
{
  const RedesPeerId *id = redes_channel_get_remote_id (self);

  if (self->has_expected && !redes_digest_equal (id, &self->expected))
    {
      redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_IDENTITY,
                       REDES_NOTICE_SOMEBODY_ELSE);
      return FALSE;
    }
  if (self->link == REDES_LINK_PEER
      && redes_digest_equal (id, redes_identity_get_peer_id (self->identity)))
    {
      redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_IDENTITY, REDES_NOTICE_SELF);
      return FALSE;
    }
  return TRUE;
}

static void
shake_hands (RedesChannel *self)
{
  g_autoptr (GError) error = NULL;

  switch (redes_tls_stream_handshake (self->tls, &error))
    {
    case REDES_TLS_OK:
      if (!check_identity (self, &error))
        {
          fail (self, error);
          return;
        }
      self->state = CHANNEL_GREETING;
      greet (self);
      set_watching (self, G_IO_IN, TRUE);
      break;
    case REDES_TLS_BLOCKED:
      if (redes_tls_stream_wants_write (self->tls))
        watch_for_room (self);
      set_watching (self, G_IO_IN, TRUE);
      break;
    case REDES_TLS_CLOSED:
    case REDES_TLS_FAILED:
      fail (self, error);
      break;
    }
}

static void
take_hello (RedesChannel *self, const RedesHello *hello)
{
  g_autoptr (GError) error = NULL;

  if (!redes_hello_check_version (hello, &error))
    {
      fail (self, error);
      return;
    }
  self->remote_hello = redes_hello_copy (hello);
  redes_timer_clear (&self->deadline);
  self->state = CHANNEL_OPEN;
  redes_debug ("channel with %s port %u is open", redes_channel_get_host (self),
               redes_channel_get_port (self));
  if (self->events.ready != NULL)
    self->events.ready (self, self->user_data);
}

static void
take_message (RedesChannel *self, RedesMessage *message)
{
  if (self->state == CHANNEL_GREETING)
    take_hello (self, &message->hello);
  else if (message->type == REDES_MESSAGE_PING)
    redes_channel_send (self,
                        &(RedesMessage){ .type = REDES_MESSAGE_PONG, .number = message->number });
  else if (self->events.message != NULL)
    self->events.message (self, message, self->user_data);
}

static gboolean
may_read (RedesChannel *self)
{
  return (self->state == CHANNEL_GREETING || self->state == CHANNEL_OPEN)
         && !redes_channel_is_held_back (self);
}

/* Before memory is set aside for a body: whether it may come now, and how long it may be. */
static gsize
get_body_limit (guint8 type, gpointer user_data)
{
  RedesChannel *self = user_data;

  if ((self->state == CHANNEL_GREETING) != (type == REDES_MESSAGE_HELLO))
    return 0;
  if (self->state != CHANNEL_OPEN || type == REDES_MESSAGE_PING || self->events.limit == NULL)
    return G_MAXSIZE;
  return self->events.limit (self, type, self->user_data);
}

/* Sets memory aside for the body that begins, all of it at once: bodies that each had a part and
 * waited for the rest would wait for each other. */
static void
reserve_body (RedesChannel *self)
{
  gsize size = redes_frame_reader_get_body_size (self->reader);

  if (self->receive == NULL || size <= FREE_BODY_BYTES || self->receive_holder.held_bytes > 0)
    return;
  redes_budget_ask (self->receive, &self->receive_holder, size, redes_clock_now_us (self->clock));
}

static void
release_body (RedesChannel *self)
{
  if (self->receive != NULL)
    redes_budget_leave (self->receive, &self->receive_holder);
}

static void
on_receive_ready (gpointer user_data)
{
  RedesChannel *self = user_data;

  self->last_received_us = redes_clock_now_us (self->clock);
  redes_channel_kick (self);
}

static void
on_receive_too_slow (gpointer user_data)
{
  g_autoptr (RedesChannel) self = redes_channel_ref (user_data);

  fail_with (self, REDES_NET_ERROR_TIMEOUT, REDES_NOTICE_MESSAGE_TOO_SLOW);
}

static guint64
get_received (gpointer user_data)
{
  RedesChannel *self = user_data;

  return redes_channel_is_held_back (self) ? REDES_BUDGET_EXCUSED : self->bytes_in;
}

/* Puts @n bytes that were just read to use; %FALSE when the channel is closed. */
static gboolean
advance (RedesChannel *self, gsize n)
{
  g_auto (RedesMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  switch (redes_frame_reader_advance (self->reader, n, &message, &error))
    {
    case REDES_FRAME_MORE:
      reserve_body (self);
      return TRUE;
    case REDES_FRAME_READY:
      release_body (self);
      self->n_turn_messages++;
      take_message (self, &message);
      /* The owner has dropped it: pump() holds the only reference. */
      if (self->ref_count == 1)
        redes_channel_stop (self);
      return self->state != CHANNEL_CLOSED;
    case REDES_FRAME_VIOLATION:
    default:
      fail (self, error);
      return FALSE;
    }
}

static void
end_of_stream (RedesChannel *self, const GError *error)
{
  if (error != NULL)
    fail (self, error);
  else if (redes_frame_reader_is_idle (self->reader))
    fail_with (self, REDES_NET_ERROR_CLOSED, REDES_NOTICE_CLOSED);
  else
    fail_with (self, REDES_NET_ERROR_CLOSED, REDES_NOTICE_CLOSED_IN_MESSAGE);
}

static void
read_some (RedesChannel *self)
{
  gsize budget = TURN_BYTES;

  self->n_turn_messages = 0;
  while (may_read (self) && budget > 0 && self->n_turn_messages < TURN_MESSAGES)
    {
      g_autoptr (GError) error = NULL;
      RedesTlsStatus status;
      gsize room = 0;
      gsize n = 0;
      guint8 *space = redes_frame_reader_get_space (self->reader, &room);

      if (self->down != NULL)
        {
          room = redes_throttle_ask (self->down, &self->down_waiter, room);
          if (room == 0)
            break;
        }
      status = redes_tls_stream_read (self->tls, space, room, &n, &error);
      if (status == REDES_TLS_BLOCKED)
        break;
      if (status != REDES_TLS_OK)
        {
          end_of_stream (self, error);
          return;
        }
      if (self->down != NULL)
        redes_throttle_spend (self->down, n);
      self->bytes_in += n;
      self->last_received_us = redes_clock_now_us (self->clock);
      budget -= MIN (n, budget);
      if (!advance (self, n))
        return;
    }

  if (self->state != CHANNEL_GREETING && self->state != CHANNEL_OPEN)
    return;
  if (!may_read (self))
    set_watching (self, G_IO_IN, FALSE);
  else
    {
      set_watching (self, G_IO_IN, TRUE);
      if (redes_tls_stream_has_pending (self->tls))
        redes_channel_kick (self);
    }
  if (!redes_frame_reader_is_idle (self->reader))
    watch_for_stall (self);
}

/* The other side takes nothing any more; what it had said before is heard to its end. */
static void
fail_writing (RedesChannel *self, const GError *error)
{
  guint64 before = self->bytes_in;

  for (guint i = 0; i < MAX_LAST_TURNS && self->state == CHANNEL_OPEN; i++)
    {
      read_some (self);
      if (self->bytes_in == before)
        break;
      before = self->bytes_in;
    }
  if (self->state != CHANNEL_CLOSED)
    fail (self, error);
}

static void
flush (RedesChannel *self)
{
  g_autoptr (GError) error = NULL;

  switch (redes_tls_stream_flush (self->tls, &error))
    {
    case REDES_TLS_BLOCKED:
      watch_for_room (self);
      break;
    case REDES_TLS_CLOSED:
    case REDES_TLS_FAILED:
      fail_writing (self, error);
      break;
    case REDES_TLS_OK:
      break;
    }
}

static void
write_some (RedesChannel *self)
{
  gsize budget = TURN_BYTES;

  while (budget > 0 && !is_watching (self, G_IO_OUT) && !self->up_waiter.waiting)
    {
      g_autoptr (GError) error = NULL;
      gsize len = 0;
      gsize n = 0;
      gboolean is_bulk = FALSE;
      RedesTlsStatus status;
      const guint8 *bytes = redes_send_queue_peek (&self->queue, &len, &is_bulk);

      if (bytes == NULL)
        break;
      if (self->up != NULL && is_bulk)
        {
          len = redes_throttle_ask (self->up, &self->up_waiter, len);
          if (len == 0)
            break;
        }
      status = redes_tls_stream_write (self->tls, bytes, len, &n, &error);
      if (status == REDES_TLS_BLOCKED)
        {
          watch_for_room (self);
          return;
        }
      if (status != REDES_TLS_OK)
        {
          fail_writing (self, error);
          return;
        }
      redes_send_queue_advance (&self->queue, n);
      if (self->up != NULL)
        redes_throttle_spend (self->up, n);
      self->bytes_out += n;
      budget -= MIN (n, budget);
    }
  if (budget == 0)
    redes_channel_kick (self);
  if (!is_watching (self, G_IO_OUT))
    flush (self);
}

static void
tell_drained (RedesChannel *self)
{
  if (self->state != CHANNEL_OPEN || !self->above_low_water
      || self->queue.bulk_bytes > REDES_CHANNEL_LOW_WATER_BYTES)
    return;
  self->above_low_water = FALSE;
  if (self->events.drained != NULL)
    self->events.drained (self, self->user_data);
}

static void
tell_sent (RedesChannel *self)
{
  if (self->state != CHANNEL_OPEN || self->told_blocks_sent == self->queue.n_blocks_sent)
    return;
  self->told_blocks_sent = self->queue.n_blocks_sent;
  if (self->events.sent != NULL)
    self->events.sent (self, self->user_data);
}

/* To close a socket from which not all has been read makes the system throw away what the other
 * side has not read yet: so all that still comes is read and dropped, until the other side closes,
 * too. */
static void
drop_what_comes (RedesChannel *self)
{
  g_autofree guint8 *dropped = g_malloc (DROP_BYTES);
  gssize n = 0;

  for (gsize budget = TURN_BYTES; budget >= DROP_BYTES; budget -= DROP_BYTES)
    {
      n = redes_socket_receive (self->socket, dropped, DROP_BYTES);
      if (n <= 0)
        break;
    }
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
    redes_channel_stop (self);
}

static void
finish_if_sent (RedesChannel *self)
{
  if (!redes_send_queue_is_empty (&self->queue) || redes_tls_stream_wants_write (self->tls))
    return;
  if (!self->has_ended)
    {
      self->has_ended = TRUE;
      redes_tls_stream_end (self->tls);
      if (redes_tls_stream_wants_write (self->tls))
        {
          watch_for_room (self);
          return;
        }
    }
  if (!is_watching (self, G_IO_IN))
    {
      g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
      set_watching (self, G_IO_IN, TRUE);
    }
  drop_what_comes (self);
}

/* Whether what waits for this remote to read it may wait. Somebody else may have to end, because
 * all together have too much. Returns: %FALSE when the channel is closed */
static gboolean
check_waiting (RedesChannel *self)
{
  gsize bytes
      = self->queue.control_bytes + g_queue_get_length (&self->queue.control) * CONTROL_COST_BYTES;
  RedesChannel *worst
      = bytes > MAX_CONTROL_BYTES ? self : redes_waiting_set (&self->waiting, bytes);

  if (worst != NULL)
    {
      g_autoptr (RedesChannel) held = redes_channel_ref (worst);

      fail_with (held, REDES_NET_ERROR_BUSY, REDES_NOTICE_NOT_READING);
    }
  return self->state != CHANNEL_CLOSED;
}

static void
pump (RedesChannel *channel)
{
  g_autoptr (RedesChannel) self = redes_channel_ref (channel);

  if (self->setup_error != NULL)
    {
      g_autoptr (GError) error = g_steal_pointer (&self->setup_error);

      fail (self, error);
      return;
    }
  if (!check_waiting (self))
    return;
  if (self->state == CHANNEL_HANDSHAKE)
    shake_hands (self);
  if (self->state == CHANNEL_GREETING || self->state == CHANNEL_OPEN)
    read_some (self);
  if (self->state != CHANNEL_HANDSHAKE && self->state != CHANNEL_CLOSED)
    write_some (self);
  if (self->state != CHANNEL_CLOSED && !check_waiting (self))
    return;
  tell_sent (self);
  tell_drained (self);
  if (self->state == CHANNEL_FINISHING)
    finish_if_sent (self);
}

static gboolean
on_kicked (gpointer user_data)
{
  RedesChannel *self = user_data;

  redes_timer_clear (&self->pump);
  pump (self);
  return G_SOURCE_REMOVE;
}

static void
on_throttle_ready (gpointer user_data)
{
  redes_channel_kick (user_data);
}

void
redes_channel_start_io (RedesChannel *self, guint handshake_timeout_ms)
{
  redes_throttle_waiter_init (&self->up_waiter, on_throttle_ready, self);
  redes_throttle_waiter_init (&self->down_waiter, on_throttle_ready, self);
  redes_frame_reader_set_gate (self->reader, get_body_limit, self);
  self->waiting.owner = self;
  redes_address_group_from_host (&self->waiting.group, self->host);
  redes_budget_holder_init (&self->receive_holder, self->host, on_receive_ready,
                            on_receive_too_slow, get_received, self);
  self->watch = redes_socket_watch_new (self->context, self->socket, on_socket, self);
  redes_channel_kick (self);
  redes_timer_set (&self->deadline, self->context,
                   handshake_timeout_ms != 0 ? handshake_timeout_ms : HANDSHAKE_TIMEOUT_MS,
                   on_deadline, self);
}

void
redes_channel_start_farewell (RedesChannel *self, guint timeout_ms)
{
  set_watching (self, G_IO_IN, FALSE);
  redes_timer_clear (&self->stall_timer);
  redes_timer_clear (&self->deadline);
  redes_timer_set (&self->deadline, self->context, timeout_ms, on_deadline, self);
  redes_channel_kick (self);
}

void
redes_channel_stop_io (RedesChannel *self)
{
  redes_timer_clear (&self->pump);
  g_clear_pointer (&self->watch, redes_socket_watch_free);
  redes_timer_clear (&self->deadline);
  redes_timer_clear (&self->stall_timer);
  if (self->up != NULL)
    redes_throttle_leave (self->up, &self->up_waiter);
  if (self->down != NULL)
    redes_throttle_leave (self->down, &self->down_waiter);
  release_body (self);
  redes_waiting_clear (&self->waiting);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/channel-private.h"

#include "engine/base/error.h"
#include "engine/net/endpoint.h"

#include <gio/gnetworking.h>

#define STALL_TIMEOUT_MS 20000

/* The number of channels of this thread that still send their last messages: it can wait for them.
 */
static GPrivate n_finishing;

const char *
redes_net_error_get_violation (const GError *error)
{
  const char *violation = redes_wire_error_get_violation (error);

  if (violation != NULL)
    return violation;
  if (error->domain == REDES_IDENTITY_ERROR)
    return "bad-certificate";
  if (g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_TLS))
    return "not-tls";
  if (g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_IDENTITY))
    return "wrong-identity";
  if (g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_TIMEOUT))
    return "timeout";
  if (g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_BUSY))
    return "busy";
  return "closed";
}

RedesChannel *
redes_channel_new (GSocketConnection *connection,
                   const RedesChannelParams *params,
                   const RedesChannelEvents *events,
                   gpointer user_data)
{
  RedesChannel *self = g_new0 (RedesChannel, 1);

  self->ref_count = 1;
  self->events = *events;
  self->user_data = user_data;
  self->clock = params->clock != NULL ? params->clock : redes_clock_get_system ();
  self->context = g_main_context_ref_thread_default ();
  self->connection = g_object_ref (connection);
  self->socket = g_object_ref (g_socket_connection_get_socket (connection));
  self->identity = redes_identity_ref (params->identity);
  self->hello = redes_hello_copy (params->hello);
  self->link = params->link;
  self->reader = redes_frame_reader_new (params->link);
  redes_frame_reader_set_leave_files (self->reader, params->leave_files);
  self->reading = TRUE;
  self->last_received_us = redes_clock_now_us (self->clock);
  self->stall_timeout_ms
      = params->stall_timeout_ms != 0 ? params->stall_timeout_ms : STALL_TIMEOUT_MS;
  if (params->expected != NULL)
    {
      self->has_expected = TRUE;
      self->expected = *params->expected;
    }
  if (params->up != NULL)
    self->up = redes_throttle_ref (params->up);
  if (params->down != NULL)
    self->down = redes_throttle_ref (params->down);
  self->host = redes_socket_dup_remote_host (self->socket, &self->port);
  if (params->receive != NULL)
    self->receive = redes_budget_ref (params->receive);

  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_keepalive (self->socket, TRUE);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  self->tls
      = redes_tls_stream_new (self->socket, self->identity, params->server, &self->setup_error);

  redes_channel_start_io (self, params->handshake_timeout_ms);
  return self;
}

RedesChannel *
redes_channel_ref (RedesChannel *self)
{
  self->ref_count++;
  return self;
}

void
redes_channel_unref (RedesChannel *self)
{
  if (--self->ref_count > 0)
    return;
  self->ref_count++;
  redes_channel_stop (self);
  redes_tls_stream_free (self->tls);
  redes_frame_reader_free (self->reader);
  redes_identity_unref (self->identity);
  redes_hello_free (self->hello);
  g_clear_pointer (&self->remote_hello, redes_hello_free);
  g_clear_pointer (&self->up, redes_throttle_unref);
  g_clear_pointer (&self->down, redes_throttle_unref);
  g_clear_pointer (&self->receive, redes_budget_unref);
  g_clear_error (&self->setup_error);
  g_object_unref (self->socket);
  g_object_unref (self->connection);
  g_main_context_unref (self->context);
  g_free (self->host);
  g_free (self);
}

static void
count_finishing (gint change)
{
  guint count = GPOINTER_TO_UINT (g_private_get (&n_finishing));

  g_private_set (&n_finishing, GUINT_TO_POINTER (count + change));
}

guint
redes_channel_count_finishing (void)
{
  return GPOINTER_TO_UINT (g_private_get (&n_finishing));
}

/* To CLOSED: sources, queues and the socket go; what is known of the remote stays readable. */
void
redes_channel_stop (RedesChannel *self)
{
  ChannelState before = self->state;

  if (before == CHANNEL_CLOSED)
    return;
  self->state = CHANNEL_CLOSED;
  self->events = (RedesChannelEvents){ 0 };
  redes_channel_stop_io (self);
  redes_send_queue_clear (&self->queue);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  if (before == CHANNEL_FINISHING)
    {
      count_finishing (-1);
      redes_channel_unref (self);
    }
}

RedesPublicKey *
redes_channel_get_remote (RedesChannel *self)
{
  return self->tls != NULL ? redes_tls_stream_get_remote (self->tls) : NULL;
}

const RedesPeerId *
redes_channel_get_remote_id (RedesChannel *self)
{
  RedesPublicKey *remote = redes_channel_get_remote (self);

  return remote != NULL ? redes_public_key_get_peer_id (remote) : NULL;
}

const RedesHello *
redes_channel_get_hello (RedesChannel *self)
{
  return self->remote_hello;
}

const char *
redes_channel_get_host (RedesChannel *self)
{
  return self->host;
}

guint16
redes_channel_get_port (RedesChannel *self)
{
  return self->port;
}

static gboolean
may_send (RedesChannel *self)
{
  return self->state != CHANNEL_CLOSED && self->state != CHANNEL_FINISHING;
}

void
redes_channel_send (RedesChannel *self, const RedesMessage *message)
{
  g_autoptr (GBytes) frame = may_send (self) ? redes_message_encode (message) : NULL;

  if (frame != NULL)
    redes_channel_send_frame (self, frame);
}

void
redes_channel_send_frame (RedesChannel *self, GBytes *frame)
{
  if (!may_send (self))
    return;
  redes_send_queue_add_control (&self->queue, g_bytes_ref (frame));
  redes_channel_kick (self);
}

void
redes_channel_send_block (RedesChannel *self, const RedesBlockHeader *header, GBytes *data)
{
  if (self->state != CHANNEL_OPEN)
    return;
  redes_send_queue_add_block (&self->queue, header, data);
  if (self->queue.bulk_bytes > REDES_CHANNEL_LOW_WATER_BYTES)
    self->above_low_water = TRUE;
  redes_channel_kick (self);
}

gboolean
redes_channel_unsend_block (RedesChannel *self, const RedesContentId *content, guint32 index)
{
  gboolean removed = redes_send_queue_remove_block (&self->queue, content, index);

  if (removed)
    redes_channel_kick (self);
  return removed;
}

gsize
redes_channel_get_queued (RedesChannel *self)
{
  return self->queue.bulk_bytes;
}

gsize
redes_channel_get_held (RedesChannel *self)
{
  gsize held = redes_send_queue_get_held_bytes (&self->queue);

  if (self->state == CHANNEL_CLOSED)
    return 0;
  return held > 0 ? held + redes_tls_stream_get_staged (self->tls) : 0;
}

guint64
redes_channel_get_taken (RedesChannel *self)
{
  if (self->up_waiter.waiting || self->state == CHANNEL_CLOSED)
    return REDES_BUDGET_EXCUSED;
  return redes_tls_stream_get_bytes_taken (self->tls);
}

void
redes_channel_set_reading (RedesChannel *self, gboolean reading)
{
  if (self->reading == reading)
    return;
  self->reading = reading;
  /* The silence was ours. */
  self->last_received_us = redes_clock_now_us (self->clock);
  redes_channel_kick (self);
}

gboolean
redes_channel_is_held_back (RedesChannel *self)
{
  return !self->reading || self->down_waiter.waiting || self->receive_holder.waiting;
}

void
redes_channel_raise_max_block (RedesChannel *self, guint32 length)
{
  if (length <= self->max_block)
    return;
  self->max_block = length;
  redes_frame_reader_set_max_block (self->reader, length);
}

gint64
redes_channel_get_last_received_us (RedesChannel *self)
{
  /* The silence is ours. */
  if (self->receive_holder.waiting)
    return redes_clock_now_us (self->clock);
  return self->last_received_us;
}

gsize
redes_channel_get_block_progress (RedesChannel *self, RedesContentId *content, guint32 *index)
{
  return redes_frame_reader_get_block_progress (self->reader, content, index);
}

guint64
redes_channel_get_bytes_in (RedesChannel *self)
{
  return self->bytes_in;
}

guint64
redes_channel_get_bytes_out (RedesChannel *self)
{
  return self->bytes_out;
}

void
redes_channel_close (RedesChannel *self)
{
  g_autoptr (RedesChannel) guard = redes_channel_ref (self);

  redes_channel_stop (self);
}

void
redes_channel_finish (RedesChannel *self, guint timeout_ms)
{
  if (self->state == CHANNEL_CLOSED || self->state == CHANNEL_FINISHING)
    return;
  if (self->state == CHANNEL_HANDSHAKE)
    {
      redes_channel_close (self);
      return;
    }
  redes_channel_ref (self);
  count_finishing (1);
  self->state = CHANNEL_FINISHING;
  self->events = (RedesChannelEvents){ 0 };
  redes_send_queue_clear_bulk (&self->queue);
  redes_channel_start_farewell (self, timeout_ms);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"
#include "engine/wire/body.h"

#include "engine/net/endpoint.h"

#include <string.h>

#define RAW_PATIENCE_US (20 * G_USEC_PER_SEC)

RedesIdentity *
net_get_identity (guint index)
{
  static RedesIdentity *identities[NET_N_IDENTITIES];

  g_assert_cmpuint (index, <, NET_N_IDENTITIES);
  if (identities[index] == NULL)
    {
      g_autoptr (GError) error = NULL;

      identities[index] = redes_identity_new (2048, &error);
      g_assert_no_error (error);
    }
  return identities[index];
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

guint
net_start_tick (void)
{
  return g_timeout_add (20, on_tick, NULL);
}

void
net_run_for (guint ms)
{
  gint64 end_us = g_get_monotonic_time () + (gint64)ms * 1000;
  guint tick = net_start_tick ();

  while (g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  *(GSocketConnection **)user_data = g_object_ref (connection);
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(GSocketConnection **)user_data = redes_dial_finish (result, &error);
  g_assert_no_error (error);
}

void
net_connect (GSocketConnection **client, GSocketConnection **server)
{
  g_autoptr (GError) error = NULL;
  RedesListener *listener = redes_listener_new ("127.0.0.1", 0, on_accept, server, &error);

  *client = NULL;
  *server = NULL;
  g_assert_no_error (error);
  redes_dial_async ("127.0.0.1", redes_listener_get_port (listener), 10, NULL, dial_cb, client);
  net_wait_for (*client != NULL && *server != NULL);
  redes_listener_free (listener);
}

static void
drop_at (NetEnd *self, NetEvent event)
{
  if (self->drop_at == event)
    g_clear_pointer (&self->channel, redes_channel_unref);
}

static void
on_ready (RedesChannel *channel, gpointer user_data)
{
  NetEnd *self = user_data;

  g_assert_cmpuint (self->n_closed, ==, 0);
  g_assert_nonnull (redes_channel_get_remote (channel));
  g_assert_nonnull (redes_channel_get_hello (channel));
  self->n_ready++;
  drop_at (self, NET_READY);
}

static void
on_message (RedesChannel *channel, RedesMessage *frame, gpointer user_data)
{
  NetEnd *self = user_data;

  g_assert_cmpuint (self->n_ready, ==, 1);
  g_assert_cmpuint (self->n_closed, ==, 0);
  if (frame->type == REDES_MESSAGE_BLOCK)
    self->block_bytes += g_bytes_get_size (frame->block.data);
  g_queue_push_tail (&self->frames, g_memdup2 (frame, sizeof *frame));
  *frame = (RedesMessage){ 0 };
  if (self->close_at_message)
    redes_channel_close (channel);
  drop_at (self, NET_MESSAGE);
}

static void
on_drained (RedesChannel *channel, gpointer user_data)
{
  NetEnd *self = user_data;

  self->n_drained++;
  drop_at (self, NET_DRAINED);
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
  NetEnd *self = user_data;

  g_assert_cmpuint (++self->n_closed, ==, 1);
  g_assert_nonnull (error);
  g_test_message ("closed: %s: %s", redes_net_error_get_violation (error), error->message);
  self->error = g_error_copy (error);
  drop_at (self, NET_CLOSED);
}

void
net_end_open (NetEnd *self,
              GSocketConnection *connection,
              const RedesChannelParams *params,
              guint identity)
{
  static const RedesChannelEvents events
      = { .ready = on_ready, .message = on_message, .drained = on_drained, .closed = on_closed };
  RedesChannelParams full = *params;
  g_autoptr (RedesHello) hello = redes_hello_new (identity == 0 ? "ana" : "rui", 6001 + identity);

  if (full.identity == NULL)
    full.identity = net_get_identity (identity);
  if (full.hello == NULL)
    full.hello = hello;
  self->channel = redes_channel_new (connection, &full, &events, self);
}

void
net_frame_free (RedesMessage *frame)
{
  redes_message_clear (frame);
  g_free (frame);
}

void
net_end_clear (NetEnd *self)
{
  g_clear_pointer (&self->channel, redes_channel_unref);
  g_queue_clear_full (&self->frames, (GDestroyNotify)net_frame_free);
  g_clear_error (&self->error);
}

RedesMessage *
net_end_next (NetEnd *self)
{
  net_wait_for (!g_queue_is_empty (&self->frames));
  return g_queue_pop_head (&self->frames);
}

void
net_end_expect_closed (NetEnd *self, const char *violation)
{
  net_wait_for (self->n_closed == 1);
  g_assert_cmpstr (redes_net_error_get_violation (self->error), ==, violation);
}

void
net_pair_open (NetPair *self, const RedesChannelParams *client, const RedesChannelParams *server)
{
  g_autoptr (GSocketConnection) client_connection = NULL;
  g_autoptr (GSocketConnection) server_connection = NULL;
  RedesChannelParams client_params = client != NULL ? *client : (RedesChannelParams){ 0 };
  RedesChannelParams server_params = server != NULL ? *server : (RedesChannelParams){ 0 };

  *self = (NetPair){ 0 };
  server_params.server = TRUE;
  net_connect (&client_connection, &server_connection);
  net_end_open (&self->client, client_connection, &client_params, 0);
  net_end_open (&self->server, server_connection, &server_params, 1);
}

void
net_pair_open_ready (NetPair *self,
                     const RedesChannelParams *client,
                     const RedesChannelParams *server)
{
  net_pair_open (self, client, server);
  net_wait_for (self->client.n_ready == 1 && self->server.n_ready == 1);
  redes_channel_raise_max_block (self->client.channel, REDES_WIRE_MAX_BLOCK);
  redes_channel_raise_max_block (self->server.channel, REDES_WIRE_MAX_BLOCK);
}

void
net_pair_clear (NetPair *self)
{
  net_end_clear (&self->client);
  net_end_clear (&self->server);
}

GBytes *
net_block (guint32 index, gsize size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)((i * 31 + (i >> 8)) ^ index);
  return g_bytes_new_take (data, size);
}

void
net_end_send_block (NetEnd *self, guint32 index, gsize size)
{
  RedesBlockHeader header = { .index = index, .n_proof = index % (REDES_WIRE_MAX_PROOF + 1) };
  g_autoptr (GBytes) data = net_block (index, size);

  memset (&header.content.root, 7, sizeof header.content.root);
  header.content.size_bytes = 7;
  for (guint i = 0; i < header.n_proof; i++)
    memset (&header.proof[i], i + 1, sizeof header.proof[i]);
  redes_channel_send_block (self->channel, &header, data);
}

void
net_end_send_have (NetEnd *self, guint32 index)
{
  RedesMessage have
      = { .type = REDES_MESSAGE_HAVE, .key = { .content = { { { 9 } }, 9 }, .index = index } };

  redes_channel_send (self->channel, &have);
}

static void
let_others_work (gint64 end_us)
{
  g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (1000);
}

void
net_raw_open (NetRaw *self, GSocketConnection *connection)
{
  gint64 end_us = g_get_monotonic_time () + RAW_PATIENCE_US;
  g_autoptr (GError) error = NULL;
  RedesTlsStatus status;

  self->connection = g_object_ref (connection);
  g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);
  self->tls = redes_tls_stream_new (g_socket_connection_get_socket (connection),
                                    net_get_identity (0), FALSE, &error);
  g_assert_no_error (error);
  while ((status = redes_tls_stream_handshake (self->tls, &error)) == REDES_TLS_BLOCKED)
    let_others_work (end_us);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, REDES_TLS_OK);
}

void
net_raw_clear (NetRaw *self)
{
  g_clear_pointer (&self->tls, redes_tls_stream_free);
  if (self->connection != NULL)
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
}

gboolean
net_raw_send (NetRaw *self, const void *data, gsize len)
{
  const guint8 *bytes = data;
  gint64 end_us = g_get_monotonic_time () + RAW_PATIENCE_US;
  RedesTlsStatus status = REDES_TLS_OK;

  while (len > 0 && status != REDES_TLS_FAILED)
    {
      gsize n = 0;

      status = redes_tls_stream_write (self->tls, bytes, len, &n, NULL);
      bytes += n;
      len -= n;
      if (status == REDES_TLS_BLOCKED)
        let_others_work (end_us);
    }
  while (status != REDES_TLS_FAILED
         && (status = redes_tls_stream_flush (self->tls, NULL)) == REDES_TLS_BLOCKED)
    let_others_work (end_us);
  return status == REDES_TLS_OK;
}

gboolean
net_raw_send_message (NetRaw *self, RedesMessageType type, GVariant *body)
{
  g_autoptr (GBytes) frame = redes_body_encode (type, body);
  gsize len;
  const guint8 *data = g_bytes_get_data (frame, &len);

  return net_raw_send (self, data, len);
}

GVariant *
net_hello_body (const RedesHello *hello)
{
  return g_variant_new ("(ussq@as)", hello->version, hello->client, hello->nickname, hello->port,
                        g_variant_new_strv (NULL, 0));
}

gboolean
net_raw_send_hello (NetRaw *self)
{
  g_autoptr (RedesHello) hello = redes_hello_new ("raw", 1);

  return net_raw_send_message (self, REDES_MESSAGE_HELLO, net_hello_body (hello));
}

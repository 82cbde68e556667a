/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"

#include <string.h>

#define BLOCK_BYTES (256u * 1024)

static void
check_block (const RedesMessage *frame, guint32 index, gsize size)
{
  g_autoptr (GBytes) expected = net_block (index, size);

  g_assert_cmpuint (frame->type, ==, REDES_MESSAGE_BLOCK);
  g_assert_cmpuint (frame->block.header.index, ==, index);
  g_assert_cmpuint (frame->block.header.n_proof, ==, index % (REDES_WIRE_MAX_PROOF + 1));
  for (guint i = 0; i < frame->block.header.n_proof; i++)
    g_assert_cmpuint (frame->block.header.proof[i].bytes[31], ==, i + 1);
  g_assert_true (g_bytes_equal (frame->block.data, expected));
}

static void
check_have (const RedesMessage *frame, guint32 index)
{
  g_assert_cmpuint (frame->type, ==, REDES_MESSAGE_HAVE);
  g_assert_cmpuint (frame->key.index, ==, index);
}

/* Until an end has sent nothing for a while: the socket and both buffers are full. */
static void
wait_until_stuck (NetEnd *end)
{
  guint64 before;

  do
    {
      before = redes_channel_get_bytes_out (end->channel);
      net_run_for (100);
    }
  while (redes_channel_get_bytes_out (end->channel) != before);
}

static void
test_hello (void)
{
  NetPair pair;

  net_pair_open (&pair, NULL, NULL);
  g_assert_null (redes_channel_get_remote (pair.client.channel));
  g_assert_null (redes_channel_get_remote_id (pair.client.channel));
  g_assert_null (redes_channel_get_hello (pair.client.channel));
  net_wait_for (pair.client.n_ready == 1 && pair.server.n_ready == 1);
  g_assert_cmpstr (redes_channel_get_hello (pair.client.channel)->nickname, ==, "rui");
  g_assert_cmpuint (redes_channel_get_hello (pair.client.channel)->port, ==, 6002);
  g_assert_cmpstr (redes_channel_get_hello (pair.server.channel)->nickname, ==, "ana");
  g_assert_cmpstr (redes_channel_get_host (pair.server.channel), ==, "127.0.0.1");
  g_assert_cmpuint (redes_channel_get_port (pair.server.channel), !=, 6001);
  g_assert_true (redes_digest_equal (redes_channel_get_remote_id (pair.client.channel),
                                     redes_identity_get_peer_id (net_get_identity (1))));
  g_assert_true (redes_digest_equal (redes_channel_get_remote_id (pair.server.channel),
                                     redes_identity_get_peer_id (net_get_identity (0))));
  net_pair_clear (&pair);
}

static void
test_messages (void)
{
  const guint32 n = 5000;
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  for (guint32 i = 0; i < n; i++)
    {
      net_end_send_have (&pair.client, i);
      net_end_send_have (&pair.server, n - i);
    }
  net_wait_for (pair.server.frames.length == n && pair.client.frames.length == n);
  for (guint32 i = 0; i < n; i++)
    {
      RedesMessage *at_server = net_end_next (&pair.server);
      RedesMessage *at_client = net_end_next (&pair.client);

      check_have (at_server, i);
      check_have (at_client, n - i);
      net_frame_free (at_server);
      net_frame_free (at_client);
    }
  g_assert_cmpuint (redes_channel_get_bytes_in (pair.server.channel), ==,
                    redes_channel_get_bytes_out (pair.client.channel));
  net_pair_clear (&pair);
}

static void
test_ping (void)
{
  NetPair pair;
  RedesMessage *frame;

  net_pair_open_ready (&pair, NULL, NULL);
  redes_channel_send (pair.client.channel,
                      &(RedesMessage){ .type = REDES_MESSAGE_PING, .number = G_MAXUINT64 });
  frame = net_end_next (&pair.client);
  g_assert_cmpuint (frame->type, ==, REDES_MESSAGE_PONG);
  g_assert_true (frame->number == G_MAXUINT64);
  g_assert_cmpuint (pair.server.frames.length, ==, 0);
  net_frame_free (frame);
  net_pair_clear (&pair);
}

static void
test_blocks (void)
{
  static const gsize sizes[]
      = { 1, 2, 16383, 16384, 16385, 65536 + 7, BLOCK_BYTES, BLOCK_BYTES + 1, 1 << 20, 4 << 20 };
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  for (guint32 i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      net_end_send_block (&pair.client, i, sizes[i]);
      net_end_send_block (&pair.server, 100 + i, sizes[i]);
    }
  for (guint32 i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      RedesMessage *at_server = net_end_next (&pair.server);
      RedesMessage *at_client = net_end_next (&pair.client);

      check_block (at_server, i, sizes[i]);
      check_block (at_client, 100 + i, sizes[i]);
      net_frame_free (at_server);
      net_frame_free (at_client);
    }
  g_assert_cmpuint (redes_channel_get_queued (pair.client.channel), ==, 0);
  net_wait_for (pair.client.n_drained > 0 && pair.server.n_drained > 0);
  net_pair_clear (&pair);
}

/* Control messages queued last come before the blocks that have not been begun. */
static void
test_control_overtakes_bulk (void)
{
  const guint32 n_blocks = 40;
  NetPair pair;
  guint position = 0;

  net_pair_open_ready (&pair, NULL, NULL);
  for (guint32 i = 0; i < n_blocks; i++)
    net_end_send_block (&pair.client, i, 1 << 20);
  net_wait_for (pair.server.frames.length >= 2);
  net_end_send_have (&pair.client, 77);
  net_wait_for (pair.server.frames.length == n_blocks + 1);
  for (GList *l = pair.server.frames.head; l != NULL; l = l->next, position++)
    if (((RedesMessage *)l->data)->type == REDES_MESSAGE_HAVE)
      break;
  g_assert_cmpuint (position, >=, 2);
  g_assert_cmpuint (position, <, n_blocks);
  net_pair_clear (&pair);
}

/* A reader that stops reading: what the socket does not take waits, and comes whole afterwards. */
static void
test_back_pressure (void)
{
  const guint32 n_blocks = 128;
  NetPair pair;
  guint64 got;

  net_pair_open_ready (&pair, NULL, NULL);
  redes_channel_set_reading (pair.server.channel, FALSE);
  for (guint32 i = 0; i < n_blocks; i++)
    net_end_send_block (&pair.client, i, BLOCK_BYTES);
  wait_until_stuck (&pair.client);
  got = redes_channel_get_bytes_in (pair.server.channel);
  g_assert_cmpuint (redes_channel_get_queued (pair.client.channel), >, n_blocks * BLOCK_BYTES / 4);
  g_assert_cmpuint (pair.server.frames.length, ==, 0);
  g_assert_cmpuint (pair.client.n_drained, ==, 0);
  g_assert_cmpuint (got, <, BLOCK_BYTES);

  redes_channel_set_reading (pair.server.channel, TRUE);
  for (guint32 i = 0; i < n_blocks; i++)
    {
      RedesMessage *frame = net_end_next (&pair.server);

      check_block (frame, i, BLOCK_BYTES);
      net_frame_free (frame);
    }
  g_assert_cmpuint (redes_channel_get_queued (pair.client.channel), ==, 0);
  g_assert_cmpuint (pair.client.n_drained, ==, 1);
  net_pair_clear (&pair);
}

static void
test_unsend (void)
{
  RedesContentId content;
  NetPair pair;
  RedesMessage *frame;

  memset (&content.root, 7, sizeof content.root);
  content.size_bytes = 7;
  net_pair_open_ready (&pair, NULL, NULL);
  for (guint32 i = 0; i < 4; i++)
    net_end_send_block (&pair.client, i, 1000);
  g_assert_true (redes_channel_unsend_block (pair.client.channel, &content, 2));
  g_assert_false (redes_channel_unsend_block (pair.client.channel, &content, 2));
  g_assert_false (redes_channel_unsend_block (pair.client.channel, &content, 9));
  memset (&content, 8, sizeof content);
  g_assert_false (redes_channel_unsend_block (pair.client.channel, &content, 1));
  net_end_send_block (&pair.client, 4, 1000);
  for (guint i = 0; i < 4; i++)
    {
      static const guint32 left[] = { 0, 1, 3, 4 };

      frame = net_end_next (&pair.server);
      check_block (frame, left[i], 1000);
      net_frame_free (frame);
    }
  g_assert_cmpuint (redes_channel_get_queued (pair.client.channel), ==, 0);
  net_pair_clear (&pair);
}

static void
test_close (void)
{
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  net_end_send_block (&pair.client, 0, 1 << 20);
  redes_channel_close (pair.client.channel);
  redes_channel_close (pair.client.channel);
  net_end_send_have (&pair.client, 1);
  net_end_send_block (&pair.client, 0, 1 << 20);
  redes_channel_finish (pair.client.channel, 1000);
  g_assert_cmpuint (redes_channel_get_queued (pair.client.channel), ==, 0);
  net_end_expect_closed (&pair.server, "closed");
  g_assert_error (pair.server.error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED);
  g_assert_cmpuint (pair.client.n_closed, ==, 0);
  /* Who it was stays known. */
  g_assert_nonnull (redes_channel_get_remote_id (pair.server.channel));
  g_assert_nonnull (redes_channel_get_hello (pair.server.channel));
  net_pair_clear (&pair);
}

static void
test_close_before_ready (void)
{
  NetPair pair;

  net_pair_open (&pair, NULL, NULL);
  redes_channel_close (pair.client.channel);
  net_end_expect_closed (&pair.server, "closed");
  g_assert_cmpuint (pair.server.n_ready, ==, 0);
  net_pair_clear (&pair);

  net_pair_open (&pair, NULL, NULL);
  redes_channel_finish (pair.client.channel, 1000);
  g_assert_cmpuint (redes_channel_count_finishing (), ==, 0);
  net_end_expect_closed (&pair.server, "closed");
  net_pair_clear (&pair);
}

/* Short messages in masses take no more of the main loop than others: one turn takes some of them
 * only. */
static void
test_turns (void)
{
  const guint n = 2000;
  NetPair pair;
  guint most = 0;

  net_pair_open_ready (&pair, NULL, NULL);
  for (guint32 i = 0; i < n; i++)
    net_end_send_have (&pair.client, i);
  while (pair.server.frames.length < n)
    {
      guint before = pair.server.frames.length;

      g_main_context_iteration (NULL, TRUE);
      most = MAX (most, pair.server.frames.length - before);
    }
  /* The socket and what is decrypted already may each have a turn in one iteration. */
  g_assert_cmpuint (most, <=, 128);
  net_pair_clear (&pair);
}

/* The last words arrive, though their channel is dropped at once. */
static void
check_finish (gboolean other_talks)
{
  const guint32 n = 2000;
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  if (other_talks)
    for (guint32 i = 0; i < 16; i++)
      net_end_send_block (&pair.server, i, 1 << 20);
  for (guint32 i = 0; i < n; i++)
    net_end_send_have (&pair.client, i);
  for (guint32 i = 0; i < 4; i++)
    net_end_send_block (&pair.client, i, 1 << 20);
  redes_channel_finish (pair.client.channel, 5000);
  redes_channel_finish (pair.client.channel, 5000);
  g_assert_cmpuint (redes_channel_count_finishing (), ==, 1);
  g_clear_pointer (&pair.client.channel, redes_channel_unref);
  net_wait_for (pair.server.n_closed == 1);
  net_wait_for (redes_channel_count_finishing () == 0);
  g_assert_cmpuint (pair.server.frames.length, >=, n);
  for (guint32 i = 0; i < n; i++)
    {
      RedesMessage *frame = net_end_next (&pair.server);

      check_have (frame, i);
      net_frame_free (frame);
    }
  g_assert_cmpuint (pair.client.n_closed, ==, 0);
  net_pair_clear (&pair);
}

static void
test_finish (void)
{
  check_finish (FALSE);
}

static void
test_finish_while_other_talks (void)
{
  check_finish (TRUE);
}

/* One who does not listen is not waited for any longer than was said. */
static void
test_finish_gives_up (void)
{
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  redes_channel_set_reading (pair.server.channel, FALSE);
  for (guint32 i = 0; i < 128; i++)
    net_end_send_block (&pair.client, i, BLOCK_BYTES);
  wait_until_stuck (&pair.client);
  net_end_send_have (&pair.client, 0);
  redes_channel_finish (pair.client.channel, 100);
  g_assert_cmpuint (redes_channel_count_finishing (), ==, 1);
  net_wait_for (redes_channel_count_finishing () == 0);
  redes_channel_set_reading (pair.server.channel, TRUE);
  net_end_expect_closed (&pair.server, "closed");
  net_pair_clear (&pair);
}

/* A close in the middle of the last words is a close. */
static void
test_finish_then_close (void)
{
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  net_end_send_have (&pair.client, 0);
  redes_channel_finish (pair.client.channel, 5000);
  redes_channel_close (pair.client.channel);
  g_assert_cmpuint (redes_channel_count_finishing (), ==, 0);
  net_end_expect_closed (&pair.server, "closed");
  net_pair_clear (&pair);
}

static void
test_wrong_identity (void)
{
  RedesChannelParams client = { .expected = redes_identity_get_peer_id (net_get_identity (2)) };
  NetPair pair;

  net_pair_open (&pair, &client, NULL);
  net_end_expect_closed (&pair.client, "wrong-identity");
  net_wait_for (pair.server.n_closed == 1);
  g_assert_cmpuint (pair.client.n_ready + pair.server.n_ready, ==, 0);
  net_pair_clear (&pair);

  client.expected = redes_identity_get_peer_id (net_get_identity (1));
  net_pair_open_ready (&pair, &client, NULL);
  net_pair_clear (&pair);
}

static gint64
get_test_time (gpointer user_data)
{
  return *(gint64 *)user_data;
}

/* Its owner compares when something came with the time of the clock that it gave. */
static void
test_clock (void)
{
  gint64 now_us = 77;
  RedesClock clock = { .now_us = get_test_time, .user_data = &now_us };
  RedesChannelParams client = { .clock = &clock };
  NetPair pair;

  net_pair_open_ready (&pair, &client, NULL);
  g_assert_cmpint (redes_channel_get_last_received_us (pair.client.channel), ==, 77);
  net_pair_clear (&pair);
}

static void
test_self (void)
{
  RedesChannelParams params = { .identity = net_get_identity (3) };
  NetPair pair;

  net_pair_open (&pair, &params, &params);
  net_wait_for (pair.client.n_closed == 1 && pair.server.n_closed == 1);
  g_assert_cmpstr (redes_net_error_get_violation (pair.client.error), ==, "wrong-identity");
  g_assert_cmpuint (pair.client.n_ready + pair.server.n_ready, ==, 0);
  net_pair_clear (&pair);
}

/* A peer may talk to a tracker of its own. */
static void
test_self_at_tracker (void)
{
  RedesChannelParams client = { .identity = net_get_identity (3), .link = REDES_LINK_CLIENT };
  RedesChannelParams server = { .identity = net_get_identity (3), .link = REDES_LINK_TRACKER };
  NetPair pair;

  net_pair_open_ready (&pair, &client, &server);
  net_pair_clear (&pair);
}

/* Three who want all there is of one limit get about the same: counted from when all are there. */
static void
check_fair_limit (gboolean up)
{
  const guint64 wanted = 2 * 1024 * 1024;
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (1, NULL);
  RedesChannelParams limited = { .up = up ? throttle : NULL, .down = up ? NULL : throttle };
  NetPair pairs[3];
  guint64 start[3];
  guint64 sum;

  redes_throttle_set_rate (throttle, 0);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    net_pair_open_ready (&pairs[i], up ? &limited : NULL, up ? NULL : &limited);
  redes_throttle_set_rate (throttle, 1024 * 1024);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      start[i] = redes_channel_get_bytes_in (pairs[i].server.channel);
      for (guint32 b = 0; b < 12; b++)
        net_end_send_block (&pairs[i].client, b, BLOCK_BYTES);
    }
  do
    {
      sum = 0;
      g_main_context_iteration (NULL, TRUE);
      for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        sum += redes_channel_get_bytes_in (pairs[i].server.channel) - start[i];
    }
  while (sum < wanted);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      guint64 got = redes_channel_get_bytes_in (pairs[i].server.channel) - start[i];

      g_test_message ("%u: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, i, got, sum);
      /* The bucket's first quarter of a second goes to whoever is first. */
      g_assert_cmpuint (got, >=, (sum - 256 * 1024) / 5);
      net_pair_clear (&pairs[i]);
    }
}

static void
test_fair_up (void)
{
  check_fair_limit (TRUE);
}

static void
test_fair_down (void)
{
  check_fair_limit (FALSE);
}

/* The owner drops its channel in each of the callbacks, at either end. */
static void
test_dropped_inside (gconstpointer data)
{
  NetEvent event = GPOINTER_TO_INT (data);
  NetPair pair;

  net_pair_open (&pair, NULL, NULL);
  pair.server.drop_at = event;
  if (event == NET_READY)
    net_wait_for (pair.server.channel == NULL);
  else
    net_wait_for (pair.client.n_ready == 1 && pair.server.n_ready == 1);
  if (event == NET_MESSAGE)
    {
      /* Several in one record: once it is dropped, nothing is shown any more. */
      for (guint32 i = 0; i < 10; i++)
        net_end_send_have (&pair.client, i);
      net_wait_for (pair.server.channel == NULL);
      g_assert_cmpuint (pair.server.frames.length, ==, 1);
    }
  if (event == NET_DRAINED)
    {
      redes_channel_raise_max_block (pair.client.channel, REDES_WIRE_MAX_BLOCK);
      net_end_send_block (&pair.server, 0, 1 << 20);
      net_wait_for (pair.server.channel == NULL);
    }
  if (event == NET_CLOSED)
    {
      redes_channel_close (pair.client.channel);
      net_wait_for (pair.server.channel == NULL);
      g_assert_cmpuint (pair.server.n_closed, ==, 1);
    }
  else
    net_wait_for (pair.client.n_closed == 1);
  net_pair_clear (&pair);
}

/* Several in one record: once the owner has closed, the rest is not shown. */
static void
test_closed_inside (void)
{
  NetPair pair;

  net_pair_open_ready (&pair, NULL, NULL);
  pair.server.close_at_message = TRUE;
  for (guint32 i = 0; i < 10; i++)
    net_end_send_have (&pair.client, i);
  net_wait_for (pair.client.n_closed == 1);
  g_assert_cmpuint (pair.server.frames.length, ==, 1);
  g_assert_cmpuint (pair.server.n_closed, ==, 0);
  net_pair_clear (&pair);
}

static void
test_dropped_with_work_left (void)
{
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (20000, NULL);
  RedesChannelParams client = { .up = throttle };
  RedesChannelParams server = { .down = throttle };
  NetPair pair;

  net_pair_open_ready (&pair, &client, &server);
  for (guint32 i = 0; i < 4; i++)
    net_end_send_block (&pair.client, i, BLOCK_BYTES);
  net_wait_for (redes_channel_get_bytes_in (pair.server.channel) > 1000);
  net_pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  static const char *const events[] = { NULL, "ready", "message", "drained", "closed" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/channel/hello", test_hello);
  g_test_add_func ("/net/channel/messages", test_messages);
  g_test_add_func ("/net/channel/ping", test_ping);
  g_test_add_func ("/net/channel/blocks", test_blocks);
  g_test_add_func ("/net/channel/control-overtakes-bulk", test_control_overtakes_bulk);
  g_test_add_func ("/net/channel/back-pressure", test_back_pressure);
  g_test_add_func ("/net/channel/unsend", test_unsend);
  g_test_add_func ("/net/channel/close", test_close);
  g_test_add_func ("/net/channel/close-before-ready", test_close_before_ready);
  g_test_add_func ("/net/channel/turns", test_turns);
  g_test_add_func ("/net/channel/finish", test_finish);
  g_test_add_func ("/net/channel/finish-while-other-talks", test_finish_while_other_talks);
  g_test_add_func ("/net/channel/finish-gives-up", test_finish_gives_up);
  g_test_add_func ("/net/channel/finish-then-close", test_finish_then_close);
  g_test_add_func ("/net/channel/wrong-identity", test_wrong_identity);
  g_test_add_func ("/net/channel/clock", test_clock);
  g_test_add_func ("/net/channel/self", test_self);
  g_test_add_func ("/net/channel/self-at-tracker", test_self_at_tracker);
  g_test_add_func ("/net/channel/fair-up", test_fair_up);
  g_test_add_func ("/net/channel/fair-down", test_fair_down);
  for (gint event = NET_READY; event <= NET_CLOSED; event++)
    {
      g_autofree char *path = g_strconcat ("/net/channel/dropped-at/", events[event], NULL);

      g_test_add_data_func (path, GINT_TO_POINTER (event), test_dropped_inside);
    }
  g_test_add_func ("/net/channel/closed-inside", test_closed_inside);
  g_test_add_func ("/net/channel/dropped-with-work-left", test_dropped_with_work_left);
  return g_test_run ();
}

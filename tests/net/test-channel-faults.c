/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net-fixture.h"
#include "engine/wire/body.h"

#include "engine/net/waiting-answers.h"

#define MIB (1024u * 1024)

#include <string.h>

#define BLOCK_BYTES (256u * 1024)

/* Channels whose other end is silent, stuck, or does what it must not. */

static void
check_have (const RedesMessage *frame, guint32 index)
{
  g_assert_cmpuint (frame->type, ==, REDES_MESSAGE_HAVE);
  g_assert_cmpuint (frame->key.index, ==, index);
}

static void
test_handshake_timeout (gconstpointer data)
{
  gboolean server = GPOINTER_TO_INT (data);
  RedesChannelParams params = { .server = server, .handshake_timeout_ms = 150 };
  g_autoptr (GSocketConnection) ours = NULL;
  g_autoptr (GSocketConnection) silent = NULL;
  NetEnd end = { 0 };

  net_connect (&ours, &silent);
  net_end_open (&end, ours, &params, 1);
  net_end_expect_closed (&end, "timeout");
  net_end_clear (&end);
}

/* The server's end of a channel whose client is raw. */
static void
raw_pair_open (NetRaw *raw, NetEnd *end, const RedesChannelParams *params)
{
  RedesChannelParams full = params != NULL ? *params : (RedesChannelParams){ 0 };
  g_autoptr (GSocketConnection) client = NULL;
  g_autoptr (GSocketConnection) server = NULL;

  full.server = TRUE;
  *end = (NetEnd){ 0 };
  net_connect (&client, &server);
  net_end_open (end, server, &full, 1);
  net_raw_open (raw, client);
}

static void
raw_pair_clear (NetRaw *raw, NetEnd *end)
{
  net_raw_clear (raw);
  net_end_clear (end);
}

static void
test_no_hello (void)
{
  RedesChannelParams params = { .handshake_timeout_ms = 300 };
  NetRaw raw;
  NetEnd end;

  raw_pair_open (&raw, &end, &params);
  net_end_expect_closed (&end, "timeout");
  g_assert_cmpuint (end.n_ready, ==, 0);
  raw_pair_clear (&raw, &end);
}

static void
test_half_a_message (gconstpointer data)
{
  RedesChannelParams params = { .stall_timeout_ms = 150 };
  g_autoptr (GBytes) head = NULL;
  RedesBlockHeader header = { .index = 1, .n_proof = 1 };
  NetRaw raw;
  NetEnd end;

  raw_pair_open (&raw, &end, &params);
  g_assert_true (net_raw_send_hello (&raw));
  net_wait_for (end.n_ready == 1);
  redes_channel_raise_max_block (end.channel, BLOCK_BYTES);
  head = redes_block_header_encode (&header, BLOCK_BYTES);
  g_assert_true (net_raw_send (&raw, g_bytes_get_data (head, NULL),
                               GPOINTER_TO_UINT (data) != 0 ? GPOINTER_TO_UINT (data)
                                                            : g_bytes_get_size (head)));
  net_end_expect_closed (&end, "timeout");
  raw_pair_clear (&raw, &end);
}

/* Nothing to say is no violation; nor is half a message that we do not want to read on. */
static void
test_quiet_is_no_stall (void)
{
  RedesChannelParams params = { .stall_timeout_ms = 50 };
  g_autoptr (GBytes) have = redes_body_encode (
      REDES_MESSAGE_HAVE,
      g_variant_new ("(@(ayt)u)", redes_body_new_content (&(RedesContentId){ 0 }), 5));
  gsize len;
  const guint8 *bytes = g_bytes_get_data (have, &len);
  NetRaw raw;
  NetEnd end;
  RedesMessage *frame;

  raw_pair_open (&raw, &end, &params);
  g_assert_true (net_raw_send_hello (&raw));
  net_wait_for (end.n_ready == 1);
  net_run_for (300);
  g_assert_true (net_raw_send (&raw, bytes, 3));
  net_wait_for (redes_channel_get_bytes_in (end.channel) % len != 0);
  redes_channel_set_reading (end.channel, FALSE);
  net_run_for (300);
  g_assert_cmpuint (end.n_closed, ==, 0);
  g_assert_true (net_raw_send (&raw, bytes + 3, len - 3));
  redes_channel_set_reading (end.channel, TRUE);
  frame = net_end_next (&end);
  check_have (frame, 5);
  net_frame_free (frame);
  raw_pair_clear (&raw, &end);
}

static void
test_does_not_take (void)
{
  RedesChannelParams params = { .stall_timeout_ms = 100 };
  NetRaw raw;
  NetEnd end;

  raw_pair_open (&raw, &end, &params);
  g_assert_true (net_raw_send_hello (&raw));
  net_wait_for (end.n_ready == 1);
  for (guint32 i = 0; i < 128; i++)
    net_end_send_block (&end, i, BLOCK_BYTES);
  net_end_expect_closed (&end, "timeout");
  raw_pair_clear (&raw, &end);
}

typedef struct
{
  const char *name;
  const char *violation;
  gboolean hello;
  const char *bytes;
  gsize len;
} Violation;

#define BYTES(text) (text), sizeof (text) - 1

static const Violation violations[] = {
  { "message-before-hello", "out-of-order", FALSE,
    BYTES ("\0\0\0\x9\x2"
           "12345678") },
  { "frame-of-4-GiB", "frame-too-large", TRUE, BYTES ("\xff\xff\xff\xff\x2") },
  { "block-of-4-GiB", "frame-too-large", TRUE, BYTES ("\xff\xff\xff\xff\x17") },
  { "hello-of-4-GiB", "frame-too-large", FALSE, BYTES ("\xff\xff\xff\xff\x1") },
  { "empty-frame", "frame-too-large", TRUE, BYTES ("\0\0\0\0\x2") },
  { "unknown-type", "unknown-message", TRUE, BYTES ("\0\0\0\x2\x4dx") },
  { "tracker-type", "out-of-order", TRUE,
    BYTES ("\0\0\0\x9\x32"
           "12345678") },
  { "block-never-asked-for", "out-of-order", TRUE, BYTES ("\0\0\x1\0\x17") },
  { "malformed-ping", "malformed-message", TRUE, BYTES ("\0\0\0\x4\x2xyz") },
  { "malformed-hello", "malformed-message", FALSE, BYTES ("\0\0\0\x4\x1xyz") },
};

static void
test_violation (gconstpointer data)
{
  const Violation *violation = data;
  NetRaw raw;
  NetEnd end;

  raw_pair_open (&raw, &end, NULL);
  if (violation->hello)
    {
      g_assert_true (net_raw_send_hello (&raw));
      net_wait_for (end.n_ready == 1);
    }
  g_assert_true (net_raw_send (&raw, violation->bytes, violation->len));
  net_end_expect_closed (&end, violation->violation);
  g_assert_cmpuint (end.frames.length, ==, 0);
  g_assert_cmpuint (end.n_ready, ==, violation->hello);
  raw_pair_clear (&raw, &end);
}

static void
test_hello_twice (void)
{
  NetRaw raw;
  NetEnd end;

  raw_pair_open (&raw, &end, NULL);
  g_assert_true (net_raw_send_hello (&raw));
  g_assert_true (net_raw_send_hello (&raw));
  net_end_expect_closed (&end, "out-of-order");
  raw_pair_clear (&raw, &end);
}

static void
test_unknown_optional (void)
{
  NetRaw raw;
  NetEnd end;
  RedesMessage *frame;

  raw_pair_open (&raw, &end, NULL);
  g_assert_true (net_raw_send_hello (&raw));
  g_assert_true (net_raw_send (&raw, BYTES ("\0\0\0\x6\xcdwhat?")));
  g_assert_true (net_raw_send (&raw, BYTES ("\0\0\0\x1\xcd")));
  g_assert_true (net_raw_send_message (&raw, REDES_MESSAGE_PONG, g_variant_new ("(t)", 3)));
  frame = net_end_next (&end);
  g_assert_cmpuint (frame->type, ==, REDES_MESSAGE_PONG);
  net_frame_free (frame);
  g_assert_cmpuint (end.n_closed, ==, 0);
  raw_pair_clear (&raw, &end);
}

static void
test_cut_in_a_message (void)
{
  NetRaw raw;
  NetEnd end;

  raw_pair_open (&raw, &end, NULL);
  g_assert_true (net_raw_send_hello (&raw));
  g_assert_true (net_raw_send (&raw, BYTES ("\0\0\0\x9\x2"
                                            "123")));
  net_raw_clear (&raw);
  net_end_expect_closed (&end, "closed");
  g_assert_nonnull (strstr (end.error->message, "middle of a message"));
  net_end_clear (&end);
}

static void
test_not_tls (void)
{
  static const char *const words[]
      = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "REGISTER 127.0.0.1 6001 a.txt",
          "\x16\x03\x01\xff\xff"
          "garbage and more garbage" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      RedesChannelParams params = { .server = TRUE, .handshake_timeout_ms = 2000 };
      g_autoptr (GSocketConnection) client = NULL;
      g_autoptr (GSocketConnection) server = NULL;
      NetEnd end = { 0 };

      net_connect (&client, &server);
      net_end_open (&end, server, &params, 1);
      g_assert_cmpint (g_socket_send (g_socket_connection_get_socket (client), words[i],
                                      strlen (words[i]), NULL, NULL),
                       ==, strlen (words[i]));
      net_end_expect_closed (&end, "not-tls");
      net_end_clear (&end);
    }
}

/* Who asks without end and never reads is cut off, and what that costs is bounded. */
static void
test_never_reads (void)
{
  g_autoptr (GBytes) ping
      = redes_body_encode (REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)1));
  g_autoptr (GByteArray) many = g_byte_array_new ();
  NetRaw raw;
  NetEnd end;

  for (guint i = 0; i < 4000; i++)
    g_byte_array_append (many, g_bytes_get_data (ping, NULL), g_bytes_get_size (ping));
  raw_pair_open (&raw, &end, NULL);
  g_assert_true (net_raw_send_hello (&raw));
  for (guint i = 0; i < 2000 && net_raw_send (&raw, many->data, many->len); i++)
    g_assert_cmpuint (end.frames.length, ==, 0);
  net_end_expect_closed (&end, "busy");
  raw_pair_clear (&raw, &end);
}

/* Many who do so, each a little: what it costs together is bounded, too. */
static void
test_many_never_read (void)
{
  enum
  {
    N = 12
  };
  g_autoptr (GBytes) ping
      = redes_message_encode (&(RedesMessage){ .type = REDES_MESSAGE_PING, .number = 1 });
  g_autoptr (GByteArray) many = g_byte_array_new ();
  NetRaw raws[N];
  NetEnd ends[N];
  guint n_closed = 0;

  /* As many as wait in less than one connection may have, and more than its socket takes. */
  for (guint i = 0; i < 25000; i++)
    g_byte_array_append (many, g_bytes_get_data (ping, NULL), g_bytes_get_size (ping));
  for (guint i = 0; i < N; i++)
    {
      raw_pair_open (&raws[i], &ends[i], NULL);
      g_assert_true (net_raw_send_hello (&raws[i]));
    }
  for (guint round = 0; round < 60 && n_closed == 0; round++)
    for (guint i = 0; i < N && n_closed == 0; i++)
      {
        net_raw_send (&raws[i], many->data, many->len);
        for (guint j = 0; j < N; j++)
          n_closed += ends[j].n_closed;
        g_assert_cmpuint (redes_waiting_get_total (), <=, REDES_WAITING_MAX_BYTES + MIB);
      }
  g_assert_cmpuint (n_closed, >, 0);
  for (guint i = 0; i < N; i++)
    raw_pair_clear (&raws[i], &ends[i]);
  g_assert_cmpuint (redes_waiting_get_total (), ==, 0);
}

static void
add_violations (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (violations); i++)
    {
      g_autofree char *path
          = g_strconcat ("/net/channel-faults/violation/", violations[i].name, NULL);

      g_test_add_data_func (path, &violations[i], test_violation);
    }
  g_test_add_func ("/net/channel-faults/violation/hello-twice", test_hello_twice);
  g_test_add_func ("/net/channel-faults/violation/unknown-optional-is-none", test_unknown_optional);
  g_test_add_func ("/net/channel-faults/violation/cut-in-a-message", test_cut_in_a_message);
  g_test_add_func ("/net/channel-faults/violation/not-tls", test_not_tls);
  g_test_add_func ("/net/channel-faults/violation/never-reads", test_never_reads);
  g_test_add_func ("/net/channel-faults/violation/many-never-read", test_many_never_read);
}

static void
add_timeouts (void)
{
  g_test_add_data_func ("/net/channel-faults/timeout/silent-client", GINT_TO_POINTER (TRUE),
                        test_handshake_timeout);
  g_test_add_data_func ("/net/channel-faults/timeout/silent-server", GINT_TO_POINTER (FALSE),
                        test_handshake_timeout);
  g_test_add_func ("/net/channel-faults/timeout/no-hello", test_no_hello);
  g_test_add_data_func ("/net/channel-faults/timeout/half-a-header", GUINT_TO_POINTER (3),
                        test_half_a_message);
  g_test_add_data_func ("/net/channel-faults/timeout/half-a-block", NULL, test_half_a_message);
  g_test_add_func ("/net/channel-faults/timeout/quiet-is-no-stall", test_quiet_is_no_stall);
  g_test_add_func ("/net/channel-faults/timeout/does-not-take", test_does_not_take);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_timeouts ();
  add_violations ();
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "engine/wire/body.h"
#include "node-fixture.h"

#include <string.h>
#include <sys/socket.h>

#define FILE_BYTES (3u * 1024 * 1024 + 1)
/* What a storm may cost at the most, with room for what allocators and sanitizers keep. */
#define MEMORY_BYTES (64u * 1024 * 1024)

/* Peers that connect to a node: with the wrong words, or with far too many of the right ones. */

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *victim;
static TestNode *friend;
static RedesLink *shared;
static GBytes *shared_bytes;

/* Others get what they ask for, as before. */
static void
check_healthy (void)
{
  g_autoptr (RedesTransfer) transfer = test_node_download (friend, shared);

  test_transfer_check_done (transfer, shared_bytes);
}

static void
check_memory (gsize before)
{
  if (before == 0)
    g_test_message ("memory is not looked at: no /proc/self/statm, or a sanitizer");
  else
    {
      gsize now = test_get_memory_bytes ();

      g_test_message ("memory: from %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " KiB", before / 1024,
                      now / 1024);
      g_assert_cmpuint (now, <, before + MEMORY_BYTES);
    }
}

static void
wait_for_violation (const char *name)
{
  net_wait_for (test_node_has_violation (victim, name));
  g_ptr_array_set_size (victim->violations, 0);
}

/* A new peer each time: who broke a rule is not spoken to for a while. */
static void
open_link (HostileLink *link)
{
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, NULL);

  g_ptr_array_set_size (victim->violations, 0);
  hostile_open (link, identity, test_node_get_port (victim));
}

static void
test_no_tls (void)
{
  static const char *const words[] = { "GET / HTTP/1.1\r\n\r\n", "GET a.txt 0 4096",
                                       "\x16\x03\x01\xff\xff"
                                       "garbage" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      HostileLink link;
      char buffer[256];

      hostile_connect (&link, test_node_get_port (victim));
      g_assert_cmpint (send (link.fd, words[i], strlen (words[i]), 0), ==, strlen (words[i]));
      while (recv (link.fd, buffer, sizeof buffer, 0) > 0)
        ;
      wait_for_violation ("not-tls");
      hostile_close (&link);
    }
  check_healthy ();
}

static void
check_chain (HostileChain chain, const char *alpn, const char *violation)
{
  HostileLink link;

  hostile_connect (&link, test_node_get_port (victim));
  /* In TLS 1.3 the client is through before the server has seen its certificates. */
  if (hostile_shake_hands (&link, net_get_identity (0), chain, FALSE, alpn))
    {
      hostile_send_hello (&link);
      g_assert_true (hostile_wait_for_end (&link));
    }
  wait_for_violation (violation);
  hostile_close (&link);
}

static void
test_bad_certificates (void)
{
  g_ptr_array_set_size (victim->violations, 0);
  check_chain (HOSTILE_CHAIN_NONE, NULL, "not-tls");
  check_chain (HOSTILE_CHAIN_FOREIGN, NULL, "bad-certificate");
  check_chain (HOSTILE_CHAIN_OWN, "h2", "not-tls");
  check_healthy ();
}

/* With a certificate that is fine, and whatever else the older version offers. */
static void
test_older_tls (void)
{
  static const char *const versions[]
      = { "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0" };

  g_ptr_array_set_size (victim->violations, 0);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      HostileLink link;

      hostile_connect (&link, test_node_get_port (victim));
      link.priority = versions[i];
      g_assert_false (
          hostile_shake_hands (&link, net_get_identity (0), HOSTILE_CHAIN_OWN, FALSE, NULL));
      wait_for_violation ("not-tls");
      hostile_close (&link);
    }
  check_healthy ();
}

static void
test_request_before_hello (void)
{
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, NULL);
  HostileLink link;

  hostile_connect (&link, test_node_get_port (victim));
  g_assert_true (hostile_shake_hands (&link, identity, HOSTILE_CHAIN_OWN, FALSE, NULL));
  hostile_send_block_message (&link, REDES_MESSAGE_REQUEST, &shared->content, 0);
  g_assert_true (hostile_wait_for_end (&link));
  wait_for_violation ("out-of-order");
  hostile_close (&link);
  check_healthy ();
}

static void
test_request_out_of_range (void)
{
  HostileLink link;

  open_link (&link);
  hostile_send_block_message (&link, REDES_MESSAGE_REQUEST, &shared->content, 13);
  g_assert_true (hostile_wait_for_end (&link));
  wait_for_violation ("bad-value");
  hostile_close (&link);
  check_healthy ();
}

/* Who broke a rule comes in vain for a while. */
static void
test_banned (void)
{
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, NULL);
  HostileLink link;

  hostile_open (&link, identity, test_node_get_port (victim));
  hostile_send_hello (&link);
  g_assert_true (hostile_wait_for_end (&link));
  hostile_close (&link);
  wait_for_violation ("out-of-order");

  hostile_connect (&link, test_node_get_port (victim));
  g_assert_true (hostile_shake_hands (&link, identity, HOSTILE_CHAIN_OWN, FALSE, NULL));
  hostile_send_hello (&link);
  g_assert_true (hostile_wait_for_end (&link));
  hostile_close (&link);
  g_assert_cmpuint (victim->violations->len, ==, 0);
  check_healthy ();
}

/* Sends @n times the same bytes without ever reading; stops when the other side has had enough. */
static guint
send_often (HostileLink *link, GBytes *frame, guint n)
{
  g_autoptr (GByteArray) many = g_byte_array_new ();
  guint per_turn = 1000;
  guint sent = 0;

  for (guint i = 0; i < per_turn; i++)
    g_byte_array_append (many, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  while (sent < n && hostile_send (link, many->data, many->len))
    sent += per_turn;
  return sent;
}

static void
test_pings (void)
{
  g_autoptr (GBytes) ping
      = redes_body_encode (REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)1));
  gsize before = test_get_memory_bytes ();
  HostileLink link;

  open_link (&link);
  send_often (&link, ping, 100000);
  check_healthy ();
  check_memory (before);
  hostile_close (&link);
}

/* The same queries, by one who does not read the answers. */
static void
check_queries (RedesMessageType type, GVariant *body, guint n)
{
  g_autoptr (GBytes) frame = redes_body_encode (type, body);
  gsize before = test_get_memory_bytes ();
  HostileLink link;

  open_link (&link);
  send_often (&link, frame, n);
  check_healthy ();
  check_memory (before);
  hostile_close (&link);
}

static void
test_queries (void)
{
  RedesContentId unknown = { { { 0x77 } }, 1000 };

  check_queries (REDES_MESSAGE_INTEREST,
                 g_variant_new ("(@(ayt))", redes_body_new_content (&unknown)), 50000);
  check_queries (REDES_MESSAGE_INTEREST,
                 g_variant_new ("(@(ayt))", redes_body_new_content (&shared->content)), 50000);
  check_queries (REDES_MESSAGE_MANIFEST_GET,
                 g_variant_new ("(@(ayt))", redes_body_new_content (&shared->content)), 5000);
  check_queries (REDES_MESSAGE_CANCEL,
                 g_variant_new ("(@(ayt)u)", redes_body_new_content (&shared->content), 1), 50000);
}

/* Every request for one block has one answer: the block, or BUSY; and the others are served. */
static void
test_requests_for_one_block (void)
{
  const guint n = 10000;
  gsize before = test_get_memory_bytes ();
  g_autoptr (GBytes) request = redes_body_encode (
      REDES_MESSAGE_REQUEST,
      g_variant_new ("(@(ayt)u)", redes_body_new_content (&shared->content), 12u));
  HostileLink link;
  guint n_blocks = 0;
  guint n_busy = 0;

  open_link (&link);
  g_assert_cmpuint (send_often (&link, request, n), ==, n);
  check_healthy ();
  check_memory (before);
  while (n_blocks + n_busy < n)
    {
      guint8 type = 0;
      g_autoptr (GBytes) body = hostile_read (&link, &type);

      g_assert_nonnull (body);
      if (type == REDES_MESSAGE_BLOCK)
        n_blocks++;
      else if (type == REDES_MESSAGE_REJECT)
        n_busy++;
    }
  g_test_message ("%u blocks, %u busy", n_blocks, n_busy);
  g_assert_cmpuint (n_blocks, >=, 1000);
  g_assert_cmpuint (victim->violations->len, ==, 0);
  hostile_close (&link);
  check_memory (before);
}

/* Big blocks for one who does not read them: they wait on disk, not in memory. */
static void
test_requests_never_read (void)
{
  gsize before = test_get_memory_bytes ();
  HostileLink link;

  open_link (&link);
  for (guint round = 0; round < 1000; round++)
    for (guint32 i = 0; i < 12; i++)
      hostile_send_block_message (&link, REDES_MESSAGE_REQUEST, &shared->content, i);
  check_healthy ();
  check_memory (before);
  hostile_close (&link);
}

/* One who leaves in the middle of what it asked for does not take the others' turns with it. */
static void
test_leaves_in_the_middle (void)
{
  for (guint round = 0; round < 20; round++)
    {
      HostileLink link;

      open_link (&link);
      for (guint32 i = 0; i < 12; i++)
        hostile_send_block_message (&link, REDES_MESSAGE_REQUEST, &shared->content, i);
      hostile_close (&link);
    }
  check_healthy ();
}

static void
test_connects_and_closes (void)
{
  gsize before = test_get_memory_bytes ();
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, NULL);

  for (guint i = 0; i < 500; i++)
    {
      HostileLink link;

      hostile_connect (&link, test_node_get_port (victim));
      /* Every tenth says who it is first: each comes in the place of the one before. */
      if (i % 10 == 0)
        {
          hostile_shake_hands (&link, identity, HOSTILE_CHAIN_OWN, FALSE, NULL);
          hostile_send_hello (&link);
        }
      hostile_close (&link);
    }
  check_healthy ();
  check_memory (before);
}

/* More at once than are let in: those who are in are served, and there is room again afterwards. */
static void
test_many_silent (void)
{
  HostileLink links[200];

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    hostile_connect (&links[i], test_node_get_port (victim));
  check_healthy ();
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    hostile_close (&links[i]);
  open_link (&links[0]);
  hostile_close (&links[0]);
  check_healthy ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  victim = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "victim" });
  friend = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "friend" });
  shared_bytes = test_bytes (9000, FILE_BYTES);
  shared = test_node_share (victim, "storm.bin", shared_bytes);
  test_node_wait_for_sources (friend, "storm.bin", 1);

  g_test_add_func ("/node/storms/no-tls", test_no_tls);
  g_test_add_func ("/node/storms/bad-certificates", test_bad_certificates);
  g_test_add_func ("/node/storms/older-tls", test_older_tls);
  g_test_add_func ("/node/storms/request-before-hello", test_request_before_hello);
  g_test_add_func ("/node/storms/request-out-of-range", test_request_out_of_range);
  g_test_add_func ("/node/storms/banned", test_banned);
  g_test_add_func ("/node/storms/pings", test_pings);
  g_test_add_func ("/node/storms/queries", test_queries);
  g_test_add_func ("/node/storms/requests-for-one-block", test_requests_for_one_block);
  g_test_add_func ("/node/storms/requests-never-read", test_requests_never_read);
  g_test_add_func ("/node/storms/leaves-in-the-middle", test_leaves_in_the_middle);
  g_test_add_func ("/node/storms/connects-and-closes", test_connects_and_closes);
  g_test_add_func ("/node/storms/many-silent", test_many_silent);
  status = g_test_run ();

  test_node_free (friend);
  test_node_free (victim);
  redes_link_free (shared);
  g_bytes_unref (shared_bytes);
  test_tracker_host_free (tracker_host);
  return status;
}

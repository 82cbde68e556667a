/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/endpoint.h"
#include "engine/base/error.h"
#include "engine/wire/body.h"
#include "tracker-ends.h"
#include "tracker-fixture.h"

#include <string.h>

/* How often a condition that other ends bring about is asked for: a query is a round trip, so
 * this is a bound of seconds, not a wait. */
#define MAX_QUERIES 2000

#define assert_becomes(query, expected)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint n_queries = 0;                                                                           \
    while ((query) != (expected) && n_queries < MAX_QUERIES)                                       \
      n_queries++;                                                                                 \
    g_assert_cmpuint (n_queries, <, MAX_QUERIES);                                                  \
  }                                                                                                \
  G_STMT_END

static GPtrArray *
no_files (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
}

/* ana (identity 1) registers, rui (identity 2) asks. */
static void
check_conversation (const char *host)
{
  TestTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  RedesContentId content = fixture_content ("Ação.pdf");
  const RedesEndpoint *peer;
  const RedesResultEntry *row;
  const GPtrArray *holders;
  TestClient *ana;
  TestClient *rui;

  test_tracker_start (&tracker, host, 0, 0);
  ana = test_client_register (1, redes_tracker_server_get_address (tracker.server), 6001,
                              fixture_manifests_named (1, "Ação.pdf", "other.txt", NULL));
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  g_assert_cmpuint (redes_tracker_server_get_n_peers (tracker.server), ==, 1);

  redes_tracker_client_search (rui->client, "acao", 0, 50, 10000, NULL, test_answer_func, &answer);
  g_assert_false (answer.done);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.total, ==, 1);
  g_assert_cmpuint (answer.rows->len, ==, 1);
  row = g_ptr_array_index (answer.rows, 0);
  g_assert_cmpstr (row->name, ==, "Ação.pdf");
  g_assert_cmpuint (row->content.size_bytes, ==, FIXTURE_SIZE_BYTES);
  g_assert_cmpuint (row->sources, ==, 1);
  g_assert_true (redes_content_id_equal (&row->content, &content));
  g_assert_true (
      redes_digest_equal (&row->publisher, redes_identity_get_peer_id (fixture_get_identity (1))));
  test_answer_clear (&answer);

  redes_tracker_client_sources (rui->client, &content, 1, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.rows->len, ==, 1);
  g_assert_cmpuint (answer.total, ==, 1);
  holders = g_ptr_array_index (answer.rows, 0);
  g_assert_cmpuint (holders->len, ==, 1);
  peer = g_ptr_array_index (holders, 0);
  g_assert_cmpstr (peer->host, ==, host);
  g_assert_cmpuint (peer->port, ==, 6001);
  g_assert_cmpstr (peer->nickname, ==, "ana");
  g_assert_true (
      redes_digest_equal (&peer->id, redes_identity_get_peer_id (fixture_get_identity (1))));
  test_answer_clear (&answer);

  redes_tracker_client_list (rui->client, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.rows->len, ==, 1);
  peer = g_ptr_array_index (answer.rows, 0);
  g_assert_cmpstr (peer->host, ==, host);
  g_assert_cmpuint (peer->port, ==, 6001);
  test_answer_clear (&answer);

  /* Who asks for sources is not told of itself. */
  g_assert_cmpuint (test_client_sources (ana, "Ação.pdf"), ==, 0);
  g_assert_cmpuint (test_client_sources (rui, "unknown"), ==, 0);

  /* A search without a word is refused in words. */
  redes_tracker_client_search (rui->client, "   ", 0, 50, 10000, NULL, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_error (answer.error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED);
  test_answer_clear (&answer);

  g_assert_true (test_tracker_logged (&tracker, "started at "));
  g_assert_true (test_tracker_logged (&tracker, "registered with 2 files"));
  g_assert_true (test_tracker_logged (&tracker, "searched “acao” (1 result)"));

  /* Gone at once. */
  g_clear_pointer (&ana->client, redes_tracker_client_free);
  fixture_wait_for (test_tracker_logged (&tracker, " left"));
  g_assert_cmpuint (redes_tracker_server_get_n_peers (tracker.server), ==, 0);
  g_assert_cmpuint (test_client_list (rui), ==, 0);
  g_assert_cmpuint (test_client_search (rui, "acao"), ==, 0);
  g_assert_cmpuint (test_client_sources (rui, "Ação.pdf"), ==, 0);

  test_client_free (ana);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
test_conversation_ipv4 (void)
{
  check_conversation ("127.0.0.1");
}

static void
test_conversation_ipv6 (void)
{
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, NULL))
    {
      g_test_skip ("this machine has no ::1");
      return;
    }
  check_conversation ("::1");
}

static guint
count_logged (TestTracker *self, const char *words)
{
  guint n = 0;

  for (guint i = 0; i < self->log->len; i++)
    n += strstr (g_ptr_array_index (self->log, i), words) != NULL;
  return n;
}

/* A program that waits for somebody to come asks the same again and again: one line in the log. */
static void
test_equal_searches (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (2, "one.txt", NULL);
  TestClient *ana, *rui;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  ana = test_client_register (1, redes_tracker_server_get_address (tracker.server), 6001,
                              no_files ());
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 6002,
                              no_files ());
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (test_client_search (ana, "one"), ==, 0);
  g_assert_cmpuint (count_logged (&tracker, "searched “one” (0 results)"), ==, 1);
  /* Another one who asks, other words, and another answer are news. */
  g_assert_cmpuint (test_client_search (rui, "one"), ==, 0);
  g_assert_cmpuint (count_logged (&tracker, "searched “one” (0 results)"), ==, 2);
  g_assert_cmpuint (test_client_search (ana, "two"), ==, 0);
  g_assert_cmpuint (count_logged (&tracker, "searched “two” (0 results)"), ==, 1);
  redes_tracker_client_add_file (rui->client, g_ptr_array_index (files, 0));
  assert_becomes (test_client_search (ana, "one"), 1);
  g_assert_cmpuint (count_logged (&tracker, "searched “one” (1 result)"), ==, 1);

  test_client_free (ana);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
test_update (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", "two.txt", NULL);
  TestClient *ana;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  ana = test_client_register (1, redes_tracker_server_get_address (tracker.server), 6001,
                              no_files ());
  g_assert_cmpuint (test_client_search (ana, "txt"), ==, 0);

  redes_tracker_client_add_file (ana->client, g_ptr_array_index (files, 0));
  redes_tracker_client_add_file (ana->client, g_ptr_array_index (files, 1));
  assert_becomes (test_client_search (ana, "txt"), 2);
  /* Both in one message. */
  g_assert_true (test_tracker_logged (&tracker, "updated (+2/-0 files, 2 in all)"));

  redes_tracker_client_remove_file (ana->client, g_ptr_array_index (files, 0));
  assert_becomes (test_client_search (ana, "txt"), 1);
  g_assert_cmpuint (test_client_search (ana, "two"), ==, 1);
  /* What is not there any more may go again. */
  redes_tracker_client_remove_file (ana->client, g_ptr_array_index (files, 0));
  redes_tracker_client_remove_file (ana->client, g_ptr_array_index (files, 1));
  assert_becomes (test_client_search (ana, "txt"), 0);
  g_assert_cmpint (ana->state, ==, REDES_TRACKER_REGISTERED);
  g_assert_cmpuint (ana->n_registered, ==, 1);

  test_client_free (ana);
  test_tracker_stop (&tracker);
}

/* More files than one message takes, and one added and one gone while the pages go out. */
static void
test_many_files (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) added = fixture_manifests_named (1, "late.txt", NULL);
  g_autoptr (GPtrArray) files = fixture_manifests (1, 10000, 1000);
  TestClient *ana;
  TestClient *rui;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  ana = test_client_new (1, redes_tracker_server_get_address (tracker.server), 6001,
                         g_ptr_array_ref (files));
  fixture_wait_for (redes_tracker_server_get_n_peers (tracker.server) == 1);
  g_assert_cmpint (ana->state, ==, REDES_TRACKER_CONNECTING);
  redes_tracker_client_add_file (ana->client, g_ptr_array_index (added, 0));
  redes_tracker_client_remove_file (ana->client, g_ptr_array_index (files, 9999));
  fixture_wait_for (ana->state == REDES_TRACKER_REGISTERED);
  g_assert_cmpuint (test_client_search (rui, "file 9998"), ==, 1);
  assert_becomes (test_client_search (rui, "late"), 1);
  g_assert_cmpuint (test_client_search (rui, "file 9999"), ==, 0);
  g_assert_cmpuint (test_client_search (rui, "file"), ==, 9999);

  test_client_free (ana);
  assert_becomes (test_client_search (rui, "file"), 0);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
test_connection_lost (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", NULL);
  TestClient *rui;
  TestRaw *raw;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 5, files);
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  g_assert_cmpuint (test_client_search (rui, "one"), ==, 1);

  /* As when it is killed: an end of stream without UNREGISTER. */
  test_raw_free (raw);
  fixture_wait_for (test_tracker_logged (&tracker, "connection lost"));
  g_assert_cmpuint (test_client_list (rui), ==, 0);
  g_assert_cmpuint (test_client_search (rui, "one"), ==, 0);
  g_assert_cmpuint (test_client_sources (rui, "one.txt"), ==, 0);

  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
test_silence (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", NULL);
  TestRaw *silent;
  TestRaw *asking;
  guint64 n_heartbeats = 0;

  test_tracker_start (&tracker, "127.0.0.1", 0, 1);
  silent = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (silent, REDES_MESSAGE_REGISTER, 5, files);
  g_variant_unref (test_raw_expect (silent, REDES_MESSAGE_OK));
  asking = test_raw_new (2, redes_tracker_server_get_port (tracker.server), 6002);

  /* One keeps its heartbeat until the other is gone, and longer. */
  while (silent->error == NULL || n_heartbeats < 20)
    {
      guint64 number;
      g_autoptr (GVariant) pong = NULL;

      test_send_body (asking->channel, REDES_MESSAGE_HEARTBEAT,
                      g_variant_new ("(t)", ++n_heartbeats));
      pong = test_raw_expect (asking, REDES_MESSAGE_PONG);
      g_variant_get (pong, "(t)", &number);
      g_assert_cmpuint (number, ==, n_heartbeats);
    }
  g_assert_true (test_tracker_logged (&tracker, "timed out (silent for 1 s)"));
  g_assert_cmpuint (redes_tracker_server_get_n_peers (tracker.server), ==, 0);
  g_assert_null (asking->error);
  g_assert_error (silent->error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED);
  /* Then it falls silent too: who only asks must be heard as well. */
  fixture_wait_for (asking->error != NULL);

  test_raw_free (silent);
  test_raw_free (asking);
  test_tracker_stop (&tracker);
}

static void
test_restart (void)
{
  TestTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  guint16 port;
  g_autofree char *address = NULL;
  TestClient *ana;
  TestClient *rui;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  port = redes_tracker_server_get_port (tracker.server);
  address = g_strdup (redes_tracker_server_get_address (tracker.server));
  ana = test_client_register (1, address, 6001, fixture_manifests_named (1, "one.txt", NULL));
  rui = test_client_register (2, address, 0, NULL);

  /* A query under way when the tracker stops fails; so does one asked while it is away. */
  redes_tracker_client_list (rui->client, 10000, test_answer_func, &answer);
  test_tracker_stop (&tracker);
  fixture_wait_for (answer.done);
  g_assert_error (answer.error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  test_answer_clear (&answer);
  fixture_wait_for (ana->state == REDES_TRACKER_WAITING);
  g_assert_cmpint (rui->state, ==, REDES_TRACKER_WAITING);
  g_assert_error (ana->error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  redes_tracker_client_list (rui->client, 10000, test_answer_func, &answer);
  g_assert_false (answer.done);
  fixture_wait_for (answer.done);
  g_assert_error (answer.error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  test_answer_clear (&answer);

  /* It comes back; what changed meanwhile is registered with the rest. */
  g_ptr_array_add (ana->files, fixture_manifest (1, "two.txt", NULL));
  redes_tracker_client_add_file (ana->client, g_ptr_array_index (ana->files, 1));
  test_tracker_start (&tracker, "127.0.0.1", port, 0);
  fixture_wait_for (ana->n_registered == 2 && rui->n_registered == 2);
  g_assert_cmpuint (test_client_search (rui, "txt"), ==, 2);
  g_assert_cmpuint (test_client_list (rui), ==, 1);

  test_client_free (ana);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
test_bad_signature (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "good.txt", "bad.txt", NULL);
  g_autoptr (GPtrArray) good = fixture_manifests_named (1, "good.txt", NULL);
  TestClient *rui;
  TestRaw *raw;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  g_ptr_array_add (files, fixture_forge (g_ptr_array_index (files, 1)));
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);

  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 5, files);
  test_raw_expect_error (raw, 5, REDES_REFUSAL_MANIFEST);
  g_assert_true (test_tracker_logged (&tracker, "“bad.txt”"));
  g_assert_cmpuint (test_client_list (rui), ==, 0);
  g_assert_cmpuint (test_client_search (rui, "txt"), ==, 0);

  /* The connection is still good for a message that is in order. */
  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 6, good);
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  test_raw_send_files (raw, REDES_MESSAGE_UPDATE, 7, files);
  test_raw_expect_error (raw, 7, REDES_REFUSAL_MANIFEST);
  g_assert_cmpuint (test_client_search (rui, "txt"), ==, 1);
  g_assert_cmpuint (test_client_list (rui), ==, 1);

  test_raw_free (raw);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static GBytes *
new_nonsense (RedesMessageType type)
{
  const guint8 frame[] = { 0, 0, 0, 9, (guint8)type, 'n', 'o', 'n', 's', 'e', 'n', 's', 'e' };

  return g_bytes_new (frame, sizeof frame);
}

/* @files names a batch that is not there. */
static GBytes *
new_without_batch (RedesMessageType type)
{
  const char *files = "[(uint32 0, b'x', uint32 0, @ay [])]";
  g_autofree char *body = g_strdup_printf (
      type == REDES_MESSAGE_REGISTER ? "(uint32 6, (@aay [], @a(uuay) [], %s))"
                                     : "(uint32 6, (@aay [], @a(uuay) [], %s), @a((ayt)s) [])",
      files);

  return redes_body_encode (type, g_variant_new_parsed (body));
}

/* What the worker finds out is an offence like any other: the connection ends, and the log says
 * why.
 */
static void
check_bad_files (GBytes *frame, const char *violation)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", NULL);
  TestClient *rui;
  TestRaw *raw;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 5, files);
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  g_assert_cmpuint (test_client_search (rui, "one"), ==, 1);
  redes_channel_send_frame (raw->channel, frame);
  fixture_wait_for (raw->error != NULL);
  g_assert_true (test_tracker_logged (&tracker, violation));
  g_assert_cmpuint (test_client_search (rui, "one"), ==, 0);
  g_assert_cmpuint (test_client_list (rui), ==, 0);

  test_raw_free (raw);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
test_bad_files (void)
{
  static const RedesMessageType types[] = { REDES_MESSAGE_REGISTER, REDES_MESSAGE_UPDATE };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) nonsense = new_nonsense (types[i]);
      g_autoptr (GBytes) without_batch = new_without_batch (types[i]);

      check_bad_files (nonsense, "malformed-message");
      check_bad_files (without_batch, "bad-value");
    }
}

static void
test_order (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", NULL);
  TestRaw *raw;
  TestRaw *deaf;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (raw, REDES_MESSAGE_UPDATE, 5, files);
  test_raw_expect_error (raw, 5, REDES_REFUSAL_NOT_REGISTERED);
  /* UNREGISTER of one who is not registered is no harm. */
  test_send_body (raw->channel, REDES_MESSAGE_UNREGISTER, g_variant_new ("(u)", 6));
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 7, files);
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  test_send_body (raw->channel, REDES_MESSAGE_UNREGISTER, g_variant_new ("(u)", 8));
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  g_assert_cmpuint (redes_tracker_server_get_n_peers (tracker.server), ==, 0);
  test_raw_send_files (raw, REDES_MESSAGE_UPDATE, 9, files);
  test_raw_expect_error (raw, 9, REDES_REFUSAL_NOT_REGISTERED);

  /* Nobody could connect to a peer without a port. */
  deaf = test_raw_new (2, redes_tracker_server_get_port (tracker.server), 0);
  test_raw_send_files (deaf, REDES_MESSAGE_REGISTER, 5, files);
  test_raw_expect_error (deaf, 5, REDES_REFUSAL_NOT_REGISTERED);

  /* A message that may not come from a peer ends the connection, under its name. */
  test_send_body (deaf->channel, REDES_MESSAGE_OK, g_variant_new ("(u)", 1));
  fixture_wait_for (deaf->error != NULL);
  g_assert_true (test_tracker_logged (&tracker, "out-of-order"));

  test_raw_free (raw);
  test_raw_free (deaf);
  test_tracker_stop (&tracker);
}

static void
test_same_peer_twice (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) first_files = fixture_manifests_named (1, "one.txt", "two.txt", NULL);
  g_autoptr (GPtrArray) second_files = fixture_manifests_named (1, "two.txt", NULL);
  TestClient *rui;
  TestRaw *first;
  TestRaw *second;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  first = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (first, REDES_MESSAGE_REGISTER, 5, first_files);
  g_variant_unref (test_raw_expect (first, REDES_MESSAGE_OK));
  second = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6002);
  test_raw_send_files (second, REDES_MESSAGE_REGISTER, 5, second_files);
  g_variant_unref (test_raw_expect (second, REDES_MESSAGE_OK));

  fixture_wait_for (first->error != NULL);
  g_assert_null (second->error);
  g_assert_cmpuint (redes_tracker_server_get_n_peers (tracker.server), ==, 1);
  g_assert_cmpuint (test_client_list (rui), ==, 1);
  g_assert_cmpuint (test_client_search (rui, "one"), ==, 0);
  g_assert_cmpuint (test_client_search (rui, "two"), ==, 1);
  g_assert_cmpuint (test_client_sources (rui, "two.txt"), ==, 1);

  /* The same again on the same connection. */
  test_raw_send_files (second, REDES_MESSAGE_REGISTER, 6, first_files);
  g_variant_unref (test_raw_expect (second, REDES_MESSAGE_OK));
  g_assert_cmpuint (test_client_list (rui), ==, 1);
  g_assert_cmpuint (test_client_search (rui, "txt"), ==, 2);

  test_raw_free (first);
  test_raw_free (second);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

/* A thousand queries at once are all answered, in turn, whatever the bound of work in flight. */
static void
test_many_queries (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests (1, 500, 500);
  TestRaw *raw;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 1, files);
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  for (guint32 serial = 1; serial <= 1000; serial++)
    {
      if (serial % 10 == 0)
        test_send_body (raw->channel, REDES_MESSAGE_LIST, g_variant_new ("(uuu)", serial, 0, 1000));
      else
        test_send_body (raw->channel, REDES_MESSAGE_SEARCH,
                        g_variant_new ("(usuu)", serial, "file", 0, 5));
    }
  for (guint32 serial = 1; serial <= 1000; serial++)
    {
      g_autoptr (GVariant) answer
          = test_raw_expect (raw, serial % 10 == 0 ? REDES_MESSAGE_PEERS : REDES_MESSAGE_RESULTS);
      guint32 got, total;

      g_variant_get_child (answer, 0, "u", &got);
      g_variant_get_child (answer, 1, "u", &total);
      g_assert_cmpuint (got, ==, serial);
      g_assert_cmpuint (total, ==, serial % 10 == 0 ? 1 : 500);
    }
  /* To end with work in flight must leave nothing behind. */
  for (guint32 serial = 1; serial <= 100; serial++)
    test_send_body (raw->channel, REDES_MESSAGE_SEARCH,
                    g_variant_new ("(usuu)", serial, "file", 0, 5));
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_RESULTS));
  test_tracker_stop (&tracker);
  test_raw_free (raw);
}

/* Identities cost nothing: what one may have in flight, all at one address may have eight times,
 * and nobody's query is lost or overtaken by that. */
static void
test_many_connections_of_one_address (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GPtrArray) files = fixture_manifests (1, 500, 500);
  TestRaw *raws[20];

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raws[i] = test_raw_new (1 + i % 2, redes_tracker_server_get_port (tracker.server), 6001);
  test_raw_send_files (raws[0], REDES_MESSAGE_REGISTER, 1, files);
  g_variant_unref (test_raw_expect (raws[0], REDES_MESSAGE_OK));
  for (guint32 serial = 1; serial <= 100; serial++)
    for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
      test_send_body (raws[i]->channel, REDES_MESSAGE_SEARCH,
                      g_variant_new ("(usuu)", serial, "file", 0, 5));
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    for (guint32 serial = 1; serial <= 100; serial++)
      {
        g_autoptr (GVariant) answer = test_raw_expect (raws[i], REDES_MESSAGE_RESULTS);
        guint32 got;

        g_variant_get_child (answer, 0, "u", &got);
        g_assert_cmpuint (got, ==, serial);
      }
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    test_raw_free (raws[i]);
  test_tracker_stop (&tracker);
}

static void
test_peers_of_one_address (void)
{
  TestTracker tracker = { .max_peers_an_address = 1 };
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", NULL);
  TestRaw *first;
  TestRaw *second;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  first = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 6001);
  second = test_raw_new (2, redes_tracker_server_get_port (tracker.server), 6002);
  test_raw_send_files (first, REDES_MESSAGE_REGISTER, 1, files);
  g_variant_unref (test_raw_expect (first, REDES_MESSAGE_OK));
  test_raw_send_files (second, REDES_MESSAGE_REGISTER, 1, files);
  g_assert_cmpuint (second->pace.least_ms, ==, 0);
  test_raw_expect_error (second, 1, REDES_REFUSAL_FULL);
  /* When to come again. */
  g_assert_cmpuint (second->pace.least_ms, ==, 5000);
  g_assert_cmpuint (second->pace.spread_ms, ==, 10000);
  for (guint32 serial = 2; serial <= 300; serial++)
    {
      test_raw_send_files (second, REDES_MESSAGE_REGISTER, serial, files);
      test_raw_expect_error (second, serial, REDES_REFUSAL_FULL);
    }
  g_assert_cmpuint (second->pace.least_ms, ==, 5000);
  g_assert_cmpuint (second->pace.spread_ms, ==, 300 * 1000 / 20);
  /* The same one again, and another after it has left. */
  test_raw_send_files (first, REDES_MESSAGE_REGISTER, 2, files);
  g_variant_unref (test_raw_expect (first, REDES_MESSAGE_OK));
  test_send_body (first->channel, REDES_MESSAGE_UNREGISTER, g_variant_new ("(u)", 3));
  g_variant_unref (test_raw_expect (first, REDES_MESSAGE_OK));
  test_raw_send_files (second, REDES_MESSAGE_REGISTER, 301, files);
  g_variant_unref (test_raw_expect (second, REDES_MESSAGE_OK));
  /* It comes back as one of few from now on. */
  fixture_wait_for (second->pace.spread_ms == 0);
  g_assert_cmpuint (second->pace.least_ms, ==, 0);
  test_raw_free (first);
  test_raw_free (second);
  test_tracker_stop (&tracker);
}

/* A peer that shares more than the tracker takes stays registered with what was taken, and is told;
 * it does not send all of them again and again. */
static void
test_more_files_than_allowed (void)
{
  TestTracker tracker = { .files = { .files_a_peer = 5000 } };
  TestClient *ana;
  TestClient *rui;
  guint n_taken;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  rui = test_client_register (2, redes_tracker_server_get_address (tracker.server), 0, NULL);
  ana = test_client_register (1, redes_tracker_server_get_address (tracker.server), 6001,
                              fixture_manifests (1, 9000, 1000));
  g_assert_error (ana->error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED);
  g_assert_nonnull (strstr (ana->error->message, "5000"));
  /* As many as the whole messages that fit. */
  n_taken = test_client_search (rui, "file");
  g_assert_cmpuint (n_taken, >, 0);
  g_assert_cmpuint (n_taken, <=, 5000);
  g_assert_cmpuint (test_client_list (rui), ==, 1);
  g_assert_cmpuint (ana->n_registered, ==, 1);
  test_client_free (ana);
  test_client_free (rui);
  test_tracker_stop (&tracker);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  *(guint *)user_data += 1;
}

/* The tracker tries the port that a peer says, tells it what came of that, and sends others to
 * those first that it could connect to. */
static void
test_reach (void)
{
  TestTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  const GPtrArray *holders;
  RedesContentId content = fixture_content ("one.txt");
  g_autoptr (GPtrArray) files = fixture_manifests_named (1, "one.txt", NULL);
  g_autoptr (GError) error = NULL;
  guint n_accepted = 0;
  RedesListener *listener = redes_listener_new ("127.0.0.1", 0, on_accept, &n_accepted, &error);
  RedesListener *closed = redes_listener_new ("127.0.0.1", 0, on_accept, &n_accepted, &error);
  guint16 closed_port = redes_listener_get_port (closed);
  gboolean is_reachable;
  const char *host;
  guint16 port;
  TestClient *ana;
  TestClient *eva;
  TestRaw *raw;

  g_assert_no_error (error);
  redes_listener_free (closed);
  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), closed_port);
  g_assert_null (raw->reach);
  test_raw_send_files (raw, REDES_MESSAGE_REGISTER, 1, files);
  g_variant_unref (test_raw_expect (raw, REDES_MESSAGE_OK));
  fixture_wait_for (raw->reach != NULL);
  g_variant_get (raw->reach, "(b&sq)", &is_reachable, &host, &port);
  g_assert_false (is_reachable);
  g_assert_cmpstr (host, ==, "127.0.0.1");
  g_assert_cmpuint (port, ==, closed_port);
  g_assert_true (test_tracker_logged (&tracker, "cannot be connected to"));

  ana = test_client_register (2, redes_tracker_server_get_address (tracker.server),
                              redes_listener_get_port (listener),
                              fixture_manifests_named (2, "one.txt", NULL));
  fixture_wait_for (ana->n_reach_told == 1);
  g_assert_true (ana->is_reachable);
  g_assert_cmpuint (n_accepted, ==, 1);

  eva = test_client_register (0, redes_tracker_server_get_address (tracker.server), 0, NULL);
  for (guint i = 0; i < 20; i++)
    {
      redes_tracker_client_sources (eva->client, &content, 1, 10000, test_answer_func, &answer);
      fixture_wait_for (answer.done);
      g_assert_no_error (answer.error);
      holders = g_ptr_array_index (answer.rows, 0);
      g_assert_cmpuint (holders->len, ==, 2);
      g_assert_cmpuint (((RedesEndpoint *)g_ptr_array_index (holders, 0))->port, ==,
                        redes_listener_get_port (listener));
      test_answer_clear (&answer);
    }
  test_client_free (eva);
  test_client_free (ana);
  test_raw_free (raw);
  redes_listener_free (listener);
  test_tracker_stop (&tracker);
}

/* Many contents in one query: each has its own holders, in the order of the query. */
static void
test_sources_of_many (void)
{
  TestTracker tracker = { 0 };
  TestClient *ana, *rui, *eva;
  TestAnswer answer = { 0 };
  g_autofree RedesContentId *contents = g_new0 (RedesContentId, 1000);
  guint n_holders[] = { 1, 2, 0 };
  const char *address;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  address = redes_tracker_server_get_address (tracker.server);
  ana = test_client_register (1, address, 6001,
                              fixture_manifests_named (1, "one.txt", "two.txt", NULL));
  rui = test_client_register (2, address, 6002, fixture_manifests_named (2, "two.txt", NULL));
  eva = test_client_register (0, address, 0, NULL);

  contents[0] = fixture_content ("one.txt");
  contents[1] = fixture_content ("two.txt");
  contents[2] = fixture_content ("unknown");
  redes_tracker_client_sources (eva->client, contents, 3, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.total, ==, 2);
  g_assert_cmpuint (answer.rows->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (((GPtrArray *)g_ptr_array_index (answer.rows, i))->len, ==, n_holders[i]);
  test_answer_clear (&answer);

  /* Who asks is left out; and 1,000 are as many as fit. */
  for (guint i = 3; i < 1000; i++)
    contents[i] = contents[i % 3];
  redes_tracker_client_sources (ana->client, contents, 1000, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.total, ==, 1);
  g_assert_cmpuint (answer.rows->len, ==, 1000);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (((GPtrArray *)g_ptr_array_index (answer.rows, i))->len, ==, i % 3 == 1);
  test_answer_clear (&answer);

  test_client_free (eva);
  test_client_free (rui);
  test_client_free (ana);
  test_tracker_stop (&tracker);
}

static void
test_violations_are_limited (void)
{
  TestTracker tracker = { 0 };
  TestRaw *raw;
  guint n_refused = 0;

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  raw = test_raw_new (1, redes_tracker_server_get_port (tracker.server), 0);
  for (guint32 serial = 1; serial <= 500; serial++)
    test_send_body (raw->channel, REDES_MESSAGE_UPDATE,
                    g_variant_new_parsed ("(%u, (@aay [], @a(uuay) [], @a(uayuay) []),"
                                          " @a((ayt)s) [])",
                                          serial));
  for (guint32 serial = 1; serial <= 500; serial++)
    test_raw_expect_error (raw, serial, REDES_REFUSAL_NOT_REGISTERED);
  fixture_wait_for (test_tracker_logged (&tracker, "… and "));
  for (guint i = 0; i < tracker.log->len; i++)
    n_refused += strstr (g_ptr_array_index (tracker.log, i), "UPDATE refused") != NULL;
  g_assert_cmpuint (n_refused, >=, 10);
  g_assert_cmpuint (n_refused, <, 250);

  test_raw_free (raw);
  test_tracker_stop (&tracker);
}

static void
test_port_in_use (void)
{
  TestTracker tracker = { 0 };
  g_autoptr (GError) error = NULL;
  RedesTrackerServerParams params = { .identity = fixture_get_identity (0), .host = "127.0.0.1" };

  test_tracker_start (&tracker, "127.0.0.1", 0, 0);
  params.port = redes_tracker_server_get_port (tracker.server);
  g_assert_null (redes_tracker_server_new (&params, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  test_tracker_stop (&tracker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/sources-of-many", test_sources_of_many);
  g_test_add_func ("/tracker/tracker/conversation-ipv4", test_conversation_ipv4);
  g_test_add_func ("/tracker/tracker/conversation-ipv6", test_conversation_ipv6);
  g_test_add_func ("/tracker/tracker/equal-searches", test_equal_searches);
  g_test_add_func ("/tracker/tracker/update", test_update);
  g_test_add_func ("/tracker/tracker/many-files", test_many_files);
  g_test_add_func ("/tracker/tracker/connection-lost", test_connection_lost);
  g_test_add_func ("/tracker/tracker/silence", test_silence);
  g_test_add_func ("/tracker/tracker/restart", test_restart);
  g_test_add_func ("/tracker/tracker/bad-signature", test_bad_signature);
  g_test_add_func ("/tracker/tracker/bad-files", test_bad_files);
  g_test_add_func ("/tracker/tracker/order", test_order);
  g_test_add_func ("/tracker/tracker/same-peer-twice", test_same_peer_twice);
  g_test_add_func ("/tracker/tracker/many-queries", test_many_queries);
  g_test_add_func ("/tracker/tracker/many-connections-of-one-address",
                   test_many_connections_of_one_address);
  g_test_add_func ("/tracker/tracker/peers-of-one-address", test_peers_of_one_address);
  g_test_add_func ("/tracker/tracker/more-files-than-allowed", test_more_files_than_allowed);
  g_test_add_func ("/tracker/tracker/reach", test_reach);
  g_test_add_func ("/tracker/tracker/violations-are-limited", test_violations_are_limited);
  g_test_add_func ("/tracker/tracker/port-in-use", test_port_in_use);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-many.h"
#include "node-fixture.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Somebody who wants to use up what a peer, or a tracker, has for all: places and memory. What it
 * may cost is measured in this process, which holds both ends. */

#define MIB (1024u * 1024)
#define FILE_BYTES (3u * MIB + 1)
#define MAX_DESCRIPTORS 8192u
/* Elsewhere than the honest peers, which are all at 127.0.0.1. */
#define ELSEWHERE "127.0.0.2"

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *victim;
static RedesLink *shared;
static GBytes *shared_bytes;

static void
check_download (TestNode *node)
{
  g_autoptr (RedesTransfer) transfer = test_node_download (node, shared);

  test_transfer_check_done (transfer, shared_bytes);
}

/* A peer that nobody has met yet gets what it asks for. */
static void
check_newcomer (void)
{
  TestNodeParams params = { .tracker = tracker, .nickname = "newcomer", .patience_s = 5 };
  TestNode *newcomer = test_node_new (&params);

  check_download (newcomer);
  test_node_free (newcomer);
}

static void
check_memory (gsize before, gsize most)
{
  gsize now = test_get_memory_bytes ();

  if (before == 0)
    g_test_message ("memory is not looked at: no /proc/self/statm, or a sanitizer");
  else
    {
      g_test_message ("memory: from %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " KiB", before / 1024,
                      now / 1024);
      g_assert_cmpuint (now, <, before + most);
    }
}

static void
close_all (HostileLink *links, guint n)
{
  for (guint i = 0; i < n; i++)
    hostile_close (&links[i]);
}

/* One address with hundreds of identities that do nothing but PING. */
static void
test_sessions (void)
{
  enum
  {
    N = 520
  };
  TestNodeParams params = { .tracker = tracker, .nickname = "source" };
  TestNode *source = test_node_new (&params);
  g_autoptr (GBytes) bytes = test_bytes (77, 100000);
  g_autoptr (RedesLink) link = test_node_share (source, "other.txt", bytes);
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (GPtrArray) identities = hostile_identities_new (N);
  HostileLink *links = g_new0 (HostileLink, N);
  guint n_in = 0;

  test_node_wait_for_sources (source, "other.txt", 1);
  for (guint i = 0; i < N; i++)
    n_in += hostile_open_from (&links[i], g_ptr_array_index (identities, i), "127.0.0.1",
                               test_node_get_port (victim), 0);
  g_test_message ("%u of %u were let in", n_in, N);
  for (guint i = 0; i < N; i++)
    if (links[i].session != NULL)
      hostile_send_message (&links[i], REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)i));

  /* Its own downloads find somebody, and others are let in. */
  transfer = test_node_download (victim, link);
  test_transfer_check_done (transfer, bytes);
  check_newcomer ();
  close_all (links, N);
  g_free (links);
  test_node_free (source);
}

/* Connections that say nothing, from two addresses, made anew as often as they are ended. */
static void
test_half_open (void)
{
  static const char *const from[] = { ELSEWHERE, "127.0.0.3", NULL };
  HostileSilence *at_peer = hostile_silence_new (from, test_node_get_port (victim), 300);
  HostileSilence *at_tracker
      = hostile_silence_new (from, test_tracker_host_get_port (tracker_host), 400);

  for (guint i = 0; i < 3; i++)
    check_newcomer ();
  hostile_silence_free (at_peer);
  hostile_silence_free (at_tracker);
}

static RedesContentId
share_long_file (guint64 size)
{
  g_autofree char *path = g_build_filename (victim->shared, "long.bin", NULL);
  g_autoptr (RedesLink) link = NULL;
  GListModel *shares = redes_node_get_shares (victim->node);
  guint n = g_list_model_get_n_items (shares);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t)size), ==, 0);
  close (fd);
  redes_node_share (victim->node, path);
  net_wait_for (g_list_model_get_n_items (shares) == n + 1);
  for (guint i = 0; i <= n; i++)
    {
      g_autoptr (RedesSharedItem) item = g_list_model_get_item (shares, i);

      if (g_str_equal (redes_shared_item_get_path (item), path))
        link = redes_link_parse (redes_shared_item_get_link (item), NULL);
    }
  g_assert_nonnull (link);
  return link->content;
}

static guint
count_ended (HostileLink *links, guint n)
{
  guint n_ended = 0;

  for (guint i = 0; i < n; i++)
    n_ended += hostile_is_ended (&links[i]);
  return n_ended;
}

/* Many that ask for blocks of 1 MiB, each for others, and read nothing. */
static void
test_slow_readers (void)
{
  enum
  {
    N = 100,
    BLOCKS = 4
  };
  const guint n_blocks = 300;
  RedesContentId content = share_long_file ((guint64)n_blocks * MIB);
  g_autoptr (GPtrArray) identities = hostile_identities_new (N);
  HostileLink *links = g_new0 (HostileLink, N);
  gsize before;
  gint64 end_us;

  for (guint i = 0; i < N; i++)
    g_assert_true (hostile_open_from (&links[i], g_ptr_array_index (identities, i),
                                      i % 2 == 0 ? ELSEWHERE : "127.0.0.3",
                                      test_node_get_port (victim), 4096));
  before = test_get_memory_bytes ();
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < BLOCKS; j++)
      g_assert_true (hostile_send_block_message (&links[i], REDES_MESSAGE_REQUEST, &content,
                                                 (i * BLOCKS + j) % n_blocks));
  /* The honest get theirs meanwhile. */
  for (guint i = 0; i < 3; i++)
    check_newcomer ();
  check_memory (before, 96 * MIB);

  /* Others wait for the memory that they hold: they lose their places. */
  end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (count_ended (links, N) == 0 && g_get_monotonic_time () < end_us)
    net_run_for (100);
  g_assert_cmpuint (count_ended (links, N), >, 0);
  check_memory (before, 96 * MIB);
  close_all (links, N);
  g_free (links);
  g_ptr_array_set_size (victim->violations, 0);
}

/* Answers that nobody asked for end the connection at their headers. */
static void
test_unasked (void)
{
  static const struct
  {
    guint8 type;
    gsize bytes;
  } answers[] = { { REDES_MESSAGE_BITFIELD, 8 * MIB },    { REDES_MESSAGE_MANIFEST, 64 * 1024 },
                  { REDES_MESSAGE_REJECT, 64 * 1024 },    { REDES_MESSAGE_HAVE, 64 * 1024 },
                  { REDES_MESSAGE_BLOCK, 4 * MIB },       { REDES_MESSAGE_PEER_RESULTS, MIB },
                  { REDES_MESSAGE_FOUND, 64 * 1024 },     { REDES_MESSAGE_SHARES, MIB },
                  { REDES_MESSAGE_PEERS_MET, 64 * 1024 }, { REDES_MESSAGE_REFUSE, 64 * 1024 } };
  g_autoptr (GPtrArray) identities = hostile_identities_new (G_N_ELEMENTS (answers));

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      HostileLink link;

      g_ptr_array_set_size (victim->violations, 0);
      g_assert_true (hostile_open_from (&link, g_ptr_array_index (identities, i), ELSEWHERE,
                                        test_node_get_port (victim), 0));
      g_assert_true (hostile_send_header (&link, answers[i].type, answers[i].bytes));
      g_assert_true (hostile_wait_for_end (&link));
      net_wait_for (test_node_has_violation (victim, "out-of-order"));
      hostile_close (&link);
    }
}

/* The same by many at once, each with all but the last byte. */
static void
test_unasked_memory (void)
{
  enum
  {
    N = 24
  };
  g_autoptr (GPtrArray) identities = hostile_identities_new (N);
  HostileLink links[N];
  gsize before;

  for (guint i = 0; i < N; i++)
    g_assert_true (hostile_open_from (&links[i], g_ptr_array_index (identities, i), ELSEWHERE,
                                      test_node_get_port (victim), 0));
  before = test_get_memory_bytes ();
  for (guint i = 0; i < N; i++)
    {
      hostile_send_header (&links[i], REDES_MESSAGE_BITFIELD, 8 * MIB);
      hostile_send_zeroes (&links[i], 8 * MIB - 1);
    }
  check_newcomer ();
  check_memory (before, 32 * MIB);
  close_all (links, N);
  g_ptr_array_set_size (victim->violations, 0);
}

/* A source that was asked which blocks it has answers with more than a file of that size needs. */
static gboolean
answer_with_long_bitfield (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  return type == REDES_MESSAGE_INTEREST
         && hostile_send_header (link, REDES_MESSAGE_BITFIELD, 32 * 1024);
}

static void
test_long_bitfield (void)
{
  HostileCase hostile;
  g_autoptr (RedesTransfer) transfer = NULL;

  g_ptr_array_set_size (victim->violations, 0);
  hostile_case_begin (&hostile, tracker, g_strdup ("bits.bin"), test_bytes (5, 600000),
                      answer_with_long_bitfield, NULL);
  transfer = redes_node_download (victim->node, &hostile.link, NULL);
  net_wait_for (test_node_has_violation (victim, "frame-too-large"));
  hostile_case_end (&hostile);
}

/* REGISTERs that stop before their ends, at a tracker. */
static void
test_register_memory (void)
{
  enum
  {
    N = 120
  };
  g_autoptr (GPtrArray) identities = hostile_identities_new (N);
  HostileLink *links = g_new0 (HostileLink, N);
  gsize before, sent = 0;

  for (guint i = 0; i < N; i++)
    g_assert_true (hostile_open_from (&links[i], g_ptr_array_index (identities, i),
                                      i % 2 == 0 ? ELSEWHERE : "127.0.0.3",
                                      test_tracker_host_get_port (tracker_host), 0));
  before = test_get_memory_bytes ();
  for (guint i = 0; i < N; i++)
    {
      hostile_send_header (&links[i], REDES_MESSAGE_REGISTER, MIB);
      sent += hostile_send_zeroes (&links[i], MIB - 1);
    }
  g_test_message ("%" G_GSIZE_FORMAT " KiB were sent", sent / 1024);
  check_newcomer ();
  check_memory (before, 64 * MIB);
  /* The first of them have had their time, while others waited. */
  {
    gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

    while (count_ended (links, N) == 0 && g_get_monotonic_time () < end_us)
      net_run_for (100);
  }
  g_assert_cmpuint (count_ended (links, N), >, 0);
  close_all (links, N);
  g_free (links);
}

static void
raise_descriptors (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (limit.rlim_max, MAX_DESCRIPTORS);
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  TestNodeParams params = { .nickname = "victim" };
  int status;

  g_test_init (&argc, &argv, NULL);
  raise_descriptors ();
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  params.tracker = tracker;
  victim = test_node_new (&params);
  shared_bytes = test_bytes (1, FILE_BYTES);
  shared = test_node_share (victim, "shared.bin", shared_bytes);
  test_node_wait_for_sources (victim, "shared.bin", 1);

  g_test_add_func ("/node/limits/sessions", test_sessions);
  g_test_add_func ("/node/limits/half-open", test_half_open);
  g_test_add_func ("/node/limits/unasked", test_unasked);
  g_test_add_func ("/node/limits/unasked-memory", test_unasked_memory);
  g_test_add_func ("/node/limits/long-bitfield", test_long_bitfield);
  g_test_add_func ("/node/limits/register-memory", test_register_memory);
  g_test_add_func ("/node/limits/slow-readers", test_slow_readers);
  status = g_test_run ();

  redes_link_free (shared);
  g_bytes_unref (shared_bytes);
  test_node_free (victim);
  test_tracker_host_free (tracker_host);
  return status;
}

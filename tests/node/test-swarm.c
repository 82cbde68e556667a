/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

static RedesTrackerHost *tracker_host;
static const char *tracker;

static TestNode *
new_node (const char *nickname)
{
  return test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = nickname });
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static RedesLink *
find (TestNode *node, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  redes_node_find_async (node->node, name, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  return redes_node_find_finish (node->node, result, error);
}

/* Shared by two, found by name, fetched from both. */
static void
test_two_sources (void)
{
  TestNodeParams slow = { .tracker = tracker, .max_up_bytes_per_s = 8 * 1024 * 1024 };
  TestNode *a = test_node_new (&slow);
  TestNode *b = test_node_new (&slow);
  TestNode *c = new_node ("c");
  g_autoptr (GBytes) bytes = test_bytes (1, 12 * 1024 * 1024 + 5);
  g_autoptr (RedesLink) at_a = test_node_share (a, "two sources.bin", bytes);
  g_autoptr (RedesLink) at_b = test_node_share (b, "two sources.bin", bytes);
  g_autoptr (RedesLink) found = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;
  guint from_a, from_b;

  g_assert_true (redes_content_id_equal (&at_a->content, &at_b->content));
  test_node_wait_for_sources (c, "two sources.bin", 2);
  found = find (c, "two sources.bin", &error);
  g_assert_no_error (error);
  g_assert_true (redes_content_id_equal (&found->content, &at_a->content));
  transfer = test_node_download (c, found);
  test_transfer_check_done (transfer, bytes);
  from_a = test_transfer_get_blocks_from (transfer, redes_node_get_peer_id (a->node));
  from_b = test_transfer_get_blocks_from (transfer, redes_node_get_peer_id (b->node));
  g_assert_cmpuint (from_a + from_b, ==, redes_transfer_get_blocks (transfer));
  g_assert_cmpuint (from_a, >=, redes_transfer_get_blocks (transfer) / 5);
  g_assert_cmpuint (from_b, >=, redes_transfer_get_blocks (transfer) / 5);
  g_assert_cmpuint (c->violations->len, ==, 0);
  g_assert_cmpuint (test_count_files (c->downloads), ==, 1);
  test_node_free (a);
  test_node_free (b);
  test_node_free (c);
}

/* A download that has begun and has far to go. */
static RedesTransfer *
begin_slow (TestNode **seed, TestNode **leecher, guint32 number)
{
  g_autoptr (GBytes) bytes = test_bytes (number, 8 * 1024 * 1024);
  g_autofree char *name = g_strdup_printf ("slow %u", number);
  g_autoptr (RedesLink) link = NULL;
  RedesTransfer *transfer;

  *seed
      = test_node_new (&(TestNodeParams){ .tracker = tracker, .max_up_bytes_per_s = 1024 * 1024 });
  *leecher = new_node ("leecher");
  link = test_node_share (*seed, name, bytes);
  test_node_wait_for_sources (*leecher, name, 1);
  transfer = redes_node_download ((*leecher)->node, link, NULL);
  net_wait_for (redes_transfer_get_blocks_done (transfer) >= 1);
  g_assert_false (redes_transfer_is_over (transfer));
  g_assert_cmpuint (test_count_files ((*leecher)->downloads), ==, 1);
  return transfer;
}

static void
test_cancel (void)
{
  TestNode *seed, *leecher;
  g_autoptr (RedesTransfer) transfer = begin_slow (&seed, &leecher, 50);
  g_autoptr (RedesTransfer) again = NULL;
  g_autoptr (GBytes) bytes = test_bytes (50, 8 * 1024 * 1024);
  g_autoptr (RedesLink) link = NULL;

  redes_node_remove (leecher->node, transfer);
  redes_node_remove (leecher->node, transfer);
  test_transfer_check_failed (transfer, "removed");
  net_wait_for (test_count_files (leecher->downloads) == 0);

  /* It can be had all the same, afterwards. */
  link = find (leecher, "slow 50", NULL);
  test_node_set_limits (seed->node, 0, 0);
  again = test_node_download (leecher, link);
  test_transfer_check_done (again, bytes);
  g_assert_cmpuint (test_count_files (leecher->downloads), ==, 1);
  test_node_free (leecher);
  test_node_free (seed);
}

static void
test_stop_in_the_middle (void)
{
  TestNode *seed, *leecher;
  g_autoptr (RedesTransfer) transfer = begin_slow (&seed, &leecher, 51);

  test_node_stop (leecher);
  g_assert_cmpuint (test_count_files (leecher->downloads), ==, 0);
  test_node_free (leecher);
  g_clear_object (&transfer);
  test_node_free (seed);

  transfer = begin_slow (&seed, &leecher, 52);
  test_node_free (seed);
  test_transfer_check_failed (transfer, "no source");
  net_wait_for (test_count_files (leecher->downloads) == 0);
  test_node_free (leecher);
}

/* Never faster than the limit, which can be lifted on the way. */
static void
check_limit (guint64 up, guint64 down)
{
  const gsize size = 1536 * 1024;
  TestNode *a = test_node_new (&(TestNodeParams){ .tracker = tracker, .max_up_bytes_per_s = up });
  TestNode *b
      = test_node_new (&(TestNodeParams){ .tracker = tracker, .max_down_bytes_per_s = down });
  g_autoptr (GBytes) bytes = test_bytes (70 + (up != 0), size);
  g_autoptr (GBytes) large = test_bytes (72 + (up != 0), 16 * 1024 * 1024);
  g_autoptr (RedesLink) link = test_node_share (a, "limited.bin", bytes);
  g_autoptr (RedesLink) large_link = test_node_share (a, "limited large.bin", large);
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (RedesTransfer) large_transfer = NULL;

  test_node_wait_for_sources (b, "limited.bin", 1);
  transfer = test_node_download (b, link);
  test_transfer_check_done (transfer, bytes);
  /* The first quarter of a second is saved up. */
  g_assert_cmpfloat (redes_transfer_get_seconds (transfer), >=,
                     (gdouble)size / (gdouble)(up + down) - 0.4);

  test_node_wait_for_sources (b, "limited large.bin", 1);
  large_transfer = redes_node_download (b->node, large_link, NULL);
  net_wait_for (redes_transfer_get_blocks_done (large_transfer) > 0);
  g_assert_cmpuint (redes_transfer_get_blocks_done (large_transfer), <,
                    redes_transfer_get_blocks (large_transfer) / 2);
  test_node_set_limits (a->node, 0, 0);
  test_node_set_limits (b->node, 0, 0);
  test_transfer_check_done (large_transfer, large);
  test_node_free (a);
  test_node_free (b);
}

static void
test_limit_up (void)
{
  check_limit (1024 * 1024, 0);
}

static void
test_limit_down (void)
{
  check_limit (0, 1024 * 1024);
}

/* Two who fetch the same file from a slow seed get much of it from each other. */
static void
test_leechers_help_each_other (void)
{
  TestNode *seed = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .max_up_bytes_per_s = 3 * 1024 * 1024 });
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GBytes) bytes = test_bytes (80, 8 * 1024 * 1024);
  g_autoptr (RedesLink) link = test_node_share (seed, "swarm.bin", bytes);
  g_autoptr (RedesTransfer) at_a = NULL;
  g_autoptr (RedesTransfer) at_b = NULL;
  guint exchanged;

  test_node_wait_for_sources (a, "swarm.bin", 1);
  at_a = redes_node_download (a->node, link, NULL);
  test_node_wait_for_sources (b, "swarm.bin", 2);
  at_b = redes_node_download (b->node, link, NULL);
  test_transfer_check_done (at_a, bytes);
  test_transfer_check_done (at_b, bytes);
  exchanged = test_transfer_get_blocks_from (at_b, redes_node_get_peer_id (a->node))
              + test_transfer_get_blocks_from (at_a, redes_node_get_peer_id (b->node));
  g_assert_cmpuint (exchanged, >=, 5);
  g_assert_cmpuint (test_transfer_get_blocks_from (at_b, redes_node_get_peer_id (a->node)), >, 0);
  g_assert_cmpuint (a->violations->len + b->violations->len + seed->violations->len, ==, 0);
  test_node_free (seed);
  test_node_free (a);
  test_node_free (b);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  g_test_add_func ("/node/swarm/two-sources", test_two_sources);
  g_test_add_func ("/node/swarm/cancel", test_cancel);
  g_test_add_func ("/node/swarm/stop-in-the-middle", test_stop_in_the_middle);
  g_test_add_func ("/node/swarm/limit-up", test_limit_up);
  g_test_add_func ("/node/swarm/limit-down", test_limit_down);
  g_test_add_func ("/node/swarm/leechers-help-each-other", test_leechers_help_each_other);
  status = g_test_run ();
  test_tracker_host_free (tracker_host);
  return status;
}

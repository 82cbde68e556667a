/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include "engine/base/error.h"

#include <glib/gstdio.h>
#include <string.h>

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

static guint
count_peers (TestNode *node)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) peers = NULL;

  redes_node_list_peers_async (node->node, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  peers = redes_node_list_peers_finish (node->node, result, NULL);
  return peers != NULL ? g_list_model_get_n_items (peers) : 0;
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 16384, 262144, 262145, 3 * 1024 * 1024 + 1 };
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (10 + i, sizes[i]);
      g_autofree char *name = g_strdup_printf ("size %" G_GSIZE_FORMAT, sizes[i]);
      g_autoptr (RedesLink) link = test_node_share (a, name, bytes);
      g_autoptr (RedesTransfer) transfer = NULL;
      g_autofree char *path = g_build_filename (b->downloads, name, NULL);

      test_node_wait_for_sources (b, name, 1);
      transfer = test_node_download (b, link);
      test_transfer_check_done (transfer, bytes);
      g_assert_cmpstr (redes_transfer_get_path (transfer), ==, path);
      g_assert_cmpuint (test_transfer_get_blocks_from (transfer, redes_node_get_peer_id (a->node)),
                        ==, redes_transfer_get_blocks (transfer));
    }
  g_assert_cmpuint (test_count_files (b->downloads), ==, G_N_ELEMENTS (sizes));
  g_assert_cmpuint (b->violations->len, ==, 0);
  test_node_free (a);
  test_node_free (b);
}

static void
test_names (void)
{
  static const char *const names[] = { "Relatório de Ação – 2º.txt",
                                       "🎈 balão.bin",
                                       " spaces  inside .x",
                                       ".hidden",
                                       "-dash",
                                       "a%20b&c=d?e#f",
                                       "quote'\"quote" };
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autofree char *longest = g_strnfill (255, 'n');

  for (guint i = 0; i <= G_N_ELEMENTS (names); i++)
    {
      const char *name = i < G_N_ELEMENTS (names) ? names[i] : longest;
      g_autoptr (GBytes) bytes = test_bytes (30 + i, 100 + i);
      g_autoptr (RedesLink) link = test_node_share (a, name, bytes);
      g_autoptr (RedesTransfer) transfer = NULL;
      g_autofree char *base = NULL;

      g_assert_cmpstr (link->name, ==, name);
      do
        {
          g_clear_object (&transfer);
          transfer = test_node_download (b, link);
        }
      while (redes_transfer_get_state (transfer) == REDES_TRANSFER_FAILED
             && strstr (redes_transfer_get_error_message (transfer), "nobody") != NULL);
      test_transfer_check_done (transfer, bytes);
      g_assert_cmpstr (redes_transfer_get_name (transfer), ==, name);
      base = g_path_get_dirname (redes_transfer_get_path (transfer));
      g_assert_cmpstr (base, ==, b->downloads);
    }
  test_node_free (a);
  test_node_free (b);
}

static void
test_twice (void)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GBytes) bytes = test_bytes (60, 600000);
  g_autoptr (RedesLink) link = test_node_share (a, "twice.bin", bytes);
  g_autoptr (RedesTransfer) first = NULL;
  g_autoptr (RedesTransfer) same = NULL;
  g_autoptr (RedesTransfer) later = NULL;

  test_node_wait_for_sources (b, "twice.bin", 1);
  first = redes_node_download (b->node, link, NULL);
  same = redes_node_download (b->node, link, NULL);
  g_assert_true (first == same);
  test_transfer_check_done (first, bytes);
  later = test_node_download (b, link);
  g_assert_true (later != first);
  test_transfer_check_done (later, bytes);
  /* It is there already, so nothing is copied. */
  g_assert_true (redes_transfer_was_there (later));
  g_assert_cmpstr (redes_transfer_get_path (first), ==, redes_transfer_get_path (later));
  g_assert_cmpuint (g_list_model_get_n_items (redes_node_get_transfers (b->node)), ==, 2);
  g_assert_cmpuint (test_count_files (b->downloads), ==, 1);
  test_node_free (a);
  test_node_free (b);
}

/* What got a number, for its name was taken by another file, is there under that. */
static void
test_numbered (void)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GBytes) bytes = test_bytes (62, 400000);
  g_autoptr (RedesLink) link = test_node_share (a, "taken.bin", bytes);
  g_autofree char *other = g_build_filename (b->downloads, "taken.bin", NULL);
  g_autoptr (RedesTransfer) first = NULL;
  g_autoptr (RedesTransfer) again = NULL;
  g_autoptr (RedesTransfer) third = NULL;

  g_assert_cmpint (g_mkdir_with_parents (b->downloads, 0700), ==, 0);
  g_assert_true (g_file_set_contents (other, "something else", -1, NULL));
  test_node_wait_for_sources (b, "taken.bin", 1);
  first = redes_node_download (b->node, link, NULL);
  test_transfer_check_done (first, bytes);
  again = redes_node_download (b->node, link, NULL);
  test_transfer_check_done (again, bytes);
  g_assert_true (redes_transfer_was_there (again));
  g_assert_cmpstr (redes_transfer_get_path (again), ==, redes_transfer_get_path (first));
  g_assert_cmpuint (test_count_files (b->downloads), ==, 2);
  /* The name is free again, and who asks now gets it. */
  g_assert_cmpint (g_unlink (other), ==, 0);
  third = redes_node_download (b->node, link, NULL);
  test_transfer_check_done (third, bytes);
  g_assert_false (redes_transfer_was_there (third));
  g_assert_cmpstr (redes_transfer_get_path (third), ==, other);
  test_node_free (a);
  test_node_free (b);
}

static void
test_target (void)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GBytes) bytes = test_bytes (61, 1000);
  g_autoptr (RedesLink) link = test_node_share (a, "target.bin", bytes);
  g_autofree char *target = g_build_filename (b->folder, "new", "place", "it.bin", NULL);
  g_autoptr (RedesTransfer) first = NULL;
  g_autoptr (RedesTransfer) again = NULL;
  g_autoptr (RedesTransfer) blocked = NULL;

  test_node_wait_for_sources (b, "target.bin", 1);
  first = redes_node_download (b->node, link, target);
  test_transfer_check_done (first, bytes);
  g_assert_cmpstr (redes_transfer_get_path (first), ==, target);
  again = redes_node_download (b->node, link, target);
  test_transfer_check_done (again, bytes);
  g_assert_true (redes_transfer_was_there (again));
  g_assert_true (g_file_set_contents (target, "something else", -1, NULL));
  blocked = redes_node_download (b->node, link, target);
  test_transfer_check_failed (blocked, "is there already");
  test_node_free (a);
  test_node_free (b);
}

static void
test_many_at_once (void)
{
  const guint n = 50;
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%u", i);
      g_autoptr (GBytes) bytes = test_bytes (100 + i, 1000 + 37 * i);

      g_ptr_array_add (links, test_node_share (a, name, bytes));
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%u", i);

      test_node_wait_for_sources (b, name, 1);
    }
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (transfers, redes_node_download (b->node, g_ptr_array_index (links, i), NULL));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (100 + i, 1000 + 37 * i);

      test_transfer_check_done (g_ptr_array_index (transfers, i), bytes);
    }
  g_assert_cmpuint (test_count_files (b->downloads), ==, n);
  test_node_free (a);
  test_node_free (b);
}

/* Whoever has fetched a file serves it from then on. */
static void
test_serves_what_it_fetched (void)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  TestNode *c = new_node ("c");
  g_autoptr (GBytes) bytes = test_bytes (81, 700000);
  g_autoptr (RedesLink) link = test_node_share (a, "handed on.bin", bytes);
  g_autoptr (RedesTransfer) at_b = NULL;
  g_autoptr (RedesTransfer) at_c = NULL;
  RedesPeerId publisher;
  RedesPeerId author = *redes_node_get_peer_id (a->node);

  test_node_wait_for_sources (b, "handed on.bin", 1);
  at_b = test_node_download (b, link);
  test_transfer_check_done (at_b, bytes);
  test_node_wait_for_sources (c, "handed on.bin", 2);
  test_node_free (a);
  test_node_wait_for_sources (c, "handed on.bin", 1);
  at_c = test_node_download (c, link);
  test_transfer_check_done (at_c, bytes);
  g_assert_true (redes_transfer_get_publisher (at_c, &publisher));
  g_assert_true (redes_digest_equal (&publisher, &author));
  test_node_free (b);
  test_node_free (c);
}

/* A file that cannot be read any more: plain words, and no asking without end. */
static void
check_unreadable (const char *name, guint32 number, gboolean gone)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GBytes) bytes = test_bytes (number, 600000);
  g_autoptr (RedesLink) link = test_node_share (a, name, bytes);
  g_autofree char *path = g_build_filename (a->shared, name, NULL);
  g_autoptr (RedesTransfer) transfer = NULL;

  test_node_wait_for_sources (b, name, 1);
  if (gone)
    g_assert_cmpint (g_unlink (path), ==, 0);
  else
    g_assert_true (g_file_set_contents (path, "short", 5, NULL));
  transfer = test_node_download (b, link);
  test_transfer_check_failed (transfer, "");
  net_wait_for (test_count_files (b->downloads) == 0);
  test_node_free (a);
  test_node_free (b);
}

static void
test_unreadable (void)
{
  check_unreadable ("gone.bin", 82, TRUE);
  check_unreadable ("cut short.bin", 83, FALSE);
}

static void
test_no_tracker (void)
{
  TestNode *node = test_node_new (&(TestNodeParams){ 0 });
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  RedesLink link = { .content = { { { 1 } }, 1000 }, .trackers = (char *[]){ NULL } };

  g_assert_null (find (node, "anything", &error));
  g_assert_error (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER);
  transfer = test_node_download (node, &link);
  test_transfer_check_failed (transfer, "no tracker is set");
  test_node_free (node);
}

static void
test_tracker_not_there (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  RedesLink link = { .content = { { { 1 } }, 1000 }, .trackers = (char *[]){ address, NULL } };
  TestNode *node = test_node_new (&(TestNodeParams){ 0 });
  g_autoptr (RedesTransfer) transfer = NULL;

  g_socket_listener_close (listener);
  transfer = test_node_download (node, &link);
  test_transfer_check_failed (transfer, "");
  test_node_free (node);
}

static void
test_errors (void)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  g_autoptr (GBytes) one = test_bytes (90, 100);
  g_autoptr (GBytes) other = test_bytes (91, 100);
  g_autoptr (RedesLink) at_a = test_node_share (a, "ambiguous.txt", one);
  g_autoptr (RedesLink) at_b = test_node_share (b, "ambiguous.txt", other);
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (GError) error = NULL;
  RedesLink unknown = { .content = { { { 1, 2, 3 } }, 1000 }, .trackers = (char *[]){ NULL } };
  RedesLink *found = NULL;

  for (guint i = 0;
       i < 200 && !g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_AMBIGUOUS); i++)
    {
      g_clear_error (&error);
      found = find (a, "ambiguous.txt", &error);
      g_clear_pointer (&found, redes_link_free);
    }
  g_assert_error (error, REDES_NODE_ERROR, REDES_NODE_ERROR_AMBIGUOUS);
  g_assert_nonnull (strstr (error->message, "redes:"));
  g_clear_error (&error);

  g_assert_null (find (a, "ambiguous.tx", &error));
  g_assert_error (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (find (a, "redes:not-a-link", &error));
  g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_LINK);
  g_clear_error (&error);
  g_assert_null (find (a, "!?", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  transfer = test_node_download (a, &unknown);
  test_transfer_check_failed (transfer, "nobody");
  g_assert_cmpuint (test_count_files (a->downloads), ==, 0);
  test_node_free (a);
  test_node_free (b);
}

/* A link that names somebody who did not publish this: what another has signed is not taken
 * unasked, though the bytes are the same. One that names another size: that is another file. */
static void
test_other_manifest (void)
{
  TestNode *a = new_node ("a");
  TestNode *b = new_node ("b");
  TestNode *c
      = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "c", .remembers = TRUE });
  TestNode *d = new_node ("d");
  g_autoptr (GBytes) bytes = test_bytes (92, 300000);
  g_autoptr (RedesLink) at_a = test_node_share (a, "same.txt", bytes);
  g_autoptr (RedesLink) at_b = NULL;
  g_autoptr (RedesLink) wrong = redes_link_copy (at_a);
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (RedesTransfer) right = NULL;
  RedesPeerId publisher;

  test_node_wait_for_sources (c, "same.txt", 1);
  wrong->publisher.bytes[0] ^= 1;
  transfer = test_node_download (c, wrong);
  test_transfer_check_failed (transfer, "another publisher");
  g_assert_false (redes_transfer_get_publisher (transfer, &publisher));
  g_assert_true (redes_transfer_get_other_publisher (transfer, &publisher));
  g_assert_true (redes_digest_equal (&publisher, redes_node_get_peer_id (a->node)));
  g_assert_cmpuint (test_count_files (c->downloads), ==, 0);
  /* The person agrees to it. */
  redes_node_accept_publisher (c->node, transfer, &publisher);
  net_wait_for (!redes_transfer_is_over (transfer));
  test_transfer_wait (transfer);
  test_transfer_check_done (transfer, bytes);
  g_assert_false (redes_transfer_get_other_publisher (transfer, &publisher));
  g_assert_true (redes_digest_equal (&redes_transfer_get_link (transfer)->publisher,
                                     redes_node_get_peer_id (a->node)));
  g_assert_true (redes_transfer_get_publisher (transfer, &publisher));
  g_assert_true (redes_digest_equal (&publisher, redes_node_get_peer_id (a->node)));
  g_clear_object (&transfer);
  wrong->publisher.bytes[0] ^= 1;
  /* The same root with another size is another content, which nobody has. */
  wrong->content.size_bytes++;
  transfer = test_node_download (d, wrong);
  test_transfer_check_failed (transfer, "nobody");

  /* One of two sources has it from the publisher that the link names. */
  at_b = test_node_share (b, "same.txt", bytes);
  test_node_wait_for_sources (d, "same.txt", 3);
  right = test_node_download (d, at_b);
  test_transfer_check_done (right, bytes);
  g_assert_true (redes_transfer_get_publisher (right, &publisher));
  g_assert_true (redes_digest_equal (&publisher, redes_node_get_peer_id (b->node)));
  test_node_free (a);
  test_node_free (b);
  test_node_free (c);
  test_node_free (d);
}

static void
test_tracker_restarts (void)
{
  RedesTrackerHost *host = test_tracker_host_new (0);
  guint16 port = test_tracker_host_get_port (host);
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", port);
  TestNodeParams params = { .tracker = address };
  TestNode *a = test_node_new (&params);
  TestNode *b = test_node_new (&params);
  g_autoptr (GBytes) bytes = test_bytes (95, 1000);
  g_autoptr (RedesLink) link = test_node_share (a, "after restart.txt", bytes);
  g_autoptr (RedesTransfer) transfer = NULL;

  test_node_wait_for_sources (b, "after restart.txt", 1);
  test_tracker_host_free (host);
  host = test_tracker_host_new (port);
  net_wait_for (count_peers (b) == 2);
  test_node_wait_for_sources (b, "after restart.txt", 1);
  transfer = test_node_download (b, link);
  test_transfer_check_done (transfer, bytes);
  test_node_free (a);
  net_wait_for (count_peers (b) == 1);
  test_node_free (b);
  test_tracker_host_free (host);
}

/* Every query has its answer, even that of a node that is being stopped. */
static void
test_stop_with_queries_open (void)
{
  TestNode *node = new_node ("a");
  g_autoptr (GAsyncResult) search = NULL;
  g_autoptr (GAsyncResult) peers = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (GError) error = NULL;

  redes_node_search_async (node->node, "word", 10, NULL, result_cb, &search);
  redes_node_list_peers_async (node->node, NULL, result_cb, &peers);
  test_node_stop (node);
  net_wait_for (search != NULL && peers != NULL);
  redes_node_search_async (node->node, "word", 10, NULL, result_cb, &after);
  net_wait_for (after != NULL);
  g_assert_null (redes_node_search_finish (node->node, after, NULL, NULL, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_object (&after);
  g_clear_object (&search);
  g_clear_object (&peers);
  test_node_free (node);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  g_test_add_func ("/node/sizes", test_sizes);
  g_test_add_func ("/node/names", test_names);
  g_test_add_func ("/node/twice", test_twice);
  g_test_add_func ("/node/target", test_target);
  g_test_add_func ("/node/numbered", test_numbered);
  g_test_add_func ("/node/many-at-once", test_many_at_once);
  g_test_add_func ("/node/serves-what-it-fetched", test_serves_what_it_fetched);
  g_test_add_func ("/node/unreadable", test_unreadable);
  g_test_add_func ("/node/no-tracker", test_no_tracker);
  g_test_add_func ("/node/tracker-not-there", test_tracker_not_there);
  g_test_add_func ("/node/errors", test_errors);
  g_test_add_func ("/node/other-manifest", test_other_manifest);
  g_test_add_func ("/node/tracker-restarts", test_tracker_restarts);
  g_test_add_func ("/node/stop-with-queries-open", test_stop_with_queries_open);
  status = g_test_run ();
  test_tracker_host_free (tracker_host);
  return status;
}

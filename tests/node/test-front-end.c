/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include "engine/base/error.h"
#include "engine/node/node-peers.h"
#include "engine/node/node-publishers.h"
#include "engine/node/node-configure.h"
#include "engine/node/own-addresses.h"

/* What a window asks of a node: settings while it runs, who is there, publishers, a tracker's
 * guests. */

typedef struct
{
  RedesTrackerHost *host;
  char *tracker;
  TestNode *seed;
  TestNode *other;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->host = test_tracker_host_new (0);
  self->tracker = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (self->host));
  self->seed = test_node_new (&(TestNodeParams){ .tracker = self->tracker, .nickname = "seed" });
  self->other = test_node_new (&(TestNodeParams){ .tracker = self->tracker, .nickname = "other" });
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_node_free (self->other);
  test_node_free (self->seed);
  test_tracker_host_free (self->host);
  g_free (self->tracker);
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GListModel *
search (TestNode *node, const char *words)
{
  g_autoptr (GAsyncResult) result = NULL;

  redes_node_search_async (node->node, words, 10, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  return redes_node_search_finish (node->node, result, NULL, NULL, NULL);
}

/* What a blocked publisher signed is neither found nor fetched; when that is forgotten, it is
 * found again. */
static void
test_blocked_publisher (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_bytes (7001, 300000);
  g_autoptr (RedesLink) link = test_node_share (self->seed, "blocked thing", bytes);
  const RedesPeerId *id = redes_node_get_peer_id (self->seed->node);
  RedesNode *node = self->other->node;
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (GListModel) hidden = NULL;
  g_autoptr (GListModel) found = NULL;

  test_node_wait_for_sources (self->other, "blocked thing", 1);
  redes_node_set_publisher (node, id, "somebody", REDES_PUBLISHER_BLOCKED);
  g_assert_cmpint (redes_node_get_trust (node, id), ==, REDES_PUBLISHER_BLOCKED);
  hidden = search (self->other, "blocked thing");
  g_assert_cmpuint (g_list_model_get_n_items (hidden), ==, 0);
  transfer = redes_node_download (node, link, NULL);
  test_transfer_wait (transfer);
  test_transfer_check_failed (transfer, "publisher is blocked");
  g_assert_cmpuint (test_count_files (self->other->downloads), ==, 0);

  redes_node_set_publisher (node, id, NULL, REDES_PUBLISHER_NEW);
  g_assert_null (redes_node_lookup_publisher (node, id));
  g_assert_cmpuint (g_list_model_get_n_items (redes_node_get_publishers (node)), ==, 0);
  found = search (self->other, "blocked thing");
  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 1);
}

static void
count_signal (RedesNode *node, gpointer user_data)
{
  ++*(guint *)user_data;
}

/* Both hear of it once, however many files they exchange. */
static void
test_connected (Fixture *self, gconstpointer data)
{
  guint n_seed = 0;
  guint n_other = 0;

  g_signal_connect (self->seed->node, "connected", G_CALLBACK (count_signal), &n_seed);
  g_signal_connect (self->other->node, "connected", G_CALLBACK (count_signal), &n_other);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("connected %u", i);
      g_autoptr (GBytes) bytes = test_bytes (7100 + i, 300000);
      g_autoptr (RedesLink) link = test_node_share (self->seed, name, bytes);
      g_autoptr (RedesTransfer) transfer = NULL;

      test_node_wait_for_sources (self->other, name, 1);
      transfer = test_node_download (self->other, link);
      test_transfer_check_done (transfer, bytes);
    }
  g_assert_cmpuint (n_seed, ==, 1);
  g_assert_cmpuint (n_other, ==, 1);
  g_signal_handlers_disconnect_by_data (self->seed->node, &n_seed);
  g_signal_handlers_disconnect_by_data (self->other->node, &n_other);
}

/* A name replaces the one before, in its place. */
static void
test_known_publisher (Fixture *self, gconstpointer data)
{
  const RedesPeerId *id = redes_node_get_peer_id (self->seed->node);
  RedesNode *node = self->other->node;

  redes_node_set_publisher (node, id, "ana", REDES_PUBLISHER_KNOWN);
  redes_node_set_publisher (node, id, "bia", REDES_PUBLISHER_KNOWN);
  g_assert_cmpuint (g_list_model_get_n_items (redes_node_get_publishers (node)), ==, 1);
  g_assert_cmpstr (redes_publisher_item_get_name (redes_node_lookup_publisher (node, id)), ==,
                   "bia");
}

/* A port in use is an error, and the one before is kept; another one is taken. */
static void
test_listen_port (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_strdup (redes_node_get_address (self->other->node));

  test_node_set_listen_port_async (self->other->node, test_node_get_port (self->seed), result_cb,
                                   &result);
  net_wait_for (result != NULL);
  g_assert_false (redes_node_configure_finish (self->other->node, result, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpstr (redes_node_get_address (self->other->node), ==, before);
  g_clear_object (&result);
  g_clear_error (&error);

  test_node_set_listen_port_async (self->other->node, 0, result_cb, &result);
  net_wait_for (result != NULL);
  g_assert_true (redes_node_configure_finish (self->other->node, result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (redes_node_get_address (self->other->node), !=, before);
}

static RedesRegisteredPeerItem *
find_guest (Fixture *self, const char *nickname)
{
  GListModel *guests = redes_tracker_host_get_registered_peers (self->host);

  for (guint i = 0; i < g_list_model_get_n_items (guests); i++)
    {
      g_autoptr (RedesRegisteredPeerItem) guest = g_list_model_get_item (guests, i);

      if (g_str_equal (redes_registered_peer_item_get_nickname (guest), nickname))
        return guest;
    }
  return NULL;
}

/* The tracker hears of a new nickname, and of files. */
static void
test_guests (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = test_bytes (7002, 1000);
  g_autoptr (RedesLink) link = test_node_share (self->seed, "one file", bytes);

  redes_tracker_host_watch (self->host);
  net_wait_for (find_guest (self, "seed") != NULL && find_guest (self, "other") != NULL);
  net_wait_for (redes_registered_peer_item_get_n_files (find_guest (self, "seed")) == 1);
  test_node_set_nickname (self->other->node, "renamed");
  net_wait_for (find_guest (self, "renamed") != NULL && find_guest (self, "other") == NULL);
  redes_tracker_host_unwatch (self->host);
  g_assert_cmpuint (g_list_model_get_n_items (redes_tracker_host_get_log (self->host)), >, 0);
}

/* Trackers are left and joined while the node runs. */
static void
test_trackers (Fixture *self, gconstpointer data)
{
  const char *none[] = { NULL };
  const char *one[] = { self->tracker, NULL };
  GListModel *trackers = redes_node_get_trackers (self->other->node);

  redes_tracker_host_watch (self->host);
  net_wait_for (find_guest (self, "other") != NULL);
  test_node_set_trackers (self->other->node, none);
  net_wait_for (g_list_model_get_n_items (trackers) == 0);
  net_wait_for (find_guest (self, "other") == NULL);
  test_node_set_trackers (self->other->node, one);
  net_wait_for (find_guest (self, "other") != NULL);
  net_wait_for (g_list_model_get_n_items (trackers) == 1);
  redes_tracker_host_unwatch (self->host);
}

/* Those that a tracker lists, without this peer itself. */
static void
test_peers (Fixture *self, gconstpointer data)
{
  GListModel *peers = redes_node_get_peers (self->other->node);
  g_autoptr (RedesPeer) peer = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (peers), ==, 0);
  redes_node_watch_peers (self->other->node);
  net_wait_for (g_list_model_get_n_items (peers) == 1);
  peer = g_list_model_get_item (peers, 0);
  g_assert_cmpstr (redes_peer_get_nickname (peer), ==, "seed");
  g_assert_true ((redes_peer_get_how (peer) & REDES_PEER_ORIGIN_TRACKER) != 0);
  redes_node_unwatch_peers (self->other->node);
}

static void
check_block_map (Fixture *self, const char *name, guint32 seed, gsize size, gboolean watch)
{
  g_autoptr (GBytes) bytes = test_bytes (seed, size);
  g_autoptr (RedesLink) link = test_node_share (self->seed, name, bytes);
  g_autoptr (RedesTransfer) transfer = NULL;
  RedesTransferSource *source;
  const RedesBlockCell *cells;
  gsize len;

  test_node_wait_for_sources (self->other, name, 1);
  transfer = redes_node_download (self->other->node, link, NULL);
  if (watch)
    redes_node_watch_blocks (self->other->node, transfer);
  test_transfer_wait (transfer);
  test_transfer_check_done (transfer, bytes);
  g_assert_nonnull (redes_transfer_get_block_map (transfer));
  cells = g_bytes_get_data (redes_transfer_get_block_map (transfer), &len);
  g_assert_cmpuint (len / sizeof *cells, ==, redes_transfer_get_blocks (transfer));
  source = g_ptr_array_index (redes_transfer_get_sources (transfer), 0);
  for (guint i = 0; i < len / sizeof *cells; i++)
    {
      g_assert_cmpuint (cells[i].fill, ==, 255);
      g_assert_cmpuint (cells[i].sender, ==, source->number);
    }
}

/* All blocks are there in the end, and their sender is known, whether anybody watched or not. */
static void
test_block_map (Fixture *self, gconstpointer data)
{
  check_block_map (self, "mapped", 7003, 5u * 1024 * 1024, TRUE);
  check_block_map (self, "quick", 7004, 1000, FALSE);
}

static void
test_own_addresses (void)
{
  g_auto (GStrv) exact = redes_list_own_addresses ("127.0.0.1:5000");
  g_auto (GStrv) all = redes_list_own_addresses ("0.0.0.0:5000");

  g_assert_cmpstr (exact[0], ==, "127.0.0.1:5000");
  g_assert_null (exact[1]);
  g_assert_nonnull (all[0]);
  for (guint i = 0; all[i] != NULL; i++)
    {
      g_assert_true (g_str_has_suffix (all[i], ":5000"));
      g_assert_cmpstr (all[i], !=, "0.0.0.0:5000");
    }
}

#define ADD(name)                                                                                  \
  g_test_add ("/node/front-end/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD (blocked_publisher);
  ADD (connected);
  ADD (known_publisher);
  ADD (listen_port);
  ADD (guests);
  ADD (trackers);
  ADD (peers);
  ADD (block_map);
  g_test_add_func ("/node/front-end/own_addresses", test_own_addresses);
  return g_test_run ();
}

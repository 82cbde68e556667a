/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include <glib/gstdio.h>

/* Folders as a front end sees them: listed before anything is fetched, and chosen from. */

/* Until its list is signed and told. */
#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  RedesTrackerHost *host;
  char *tracker;
  TestNode *seed;
  TestNode *taker;
  RedesLink *link; /* of the folder "trip" that the seed shares */
} Fixture;

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* (nullable) (transfer full): of a folder that is found by @words */
static RedesLink *
find_folder (TestNode *node, const char *words)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) found = NULL;

  redes_node_search_async (node->node, words, 10, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  found = redes_node_search_finish (node->node, result, NULL, NULL, NULL);
  for (guint i = 0; found != NULL && i < g_list_model_get_n_items (found); i++)
    {
      g_autoptr (RedesResult) row = g_list_model_get_item (found, i);

      if (redes_result_is_folder (row) && g_str_equal (redes_result_get_name (row), words))
        return redes_result_dup_link (row);
    }
  return NULL;
}

static void
write_file (const char *folder, const char *name, guint32 seed, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *above = g_path_get_dirname (path);
  g_autoptr (GBytes) bytes = test_bytes (seed, size);

  g_assert_cmpint (g_mkdir_with_parents (above, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize)size, NULL));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = NULL;
  gint64 end_us;

  self->host = test_tracker_host_new (0);
  self->tracker = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (self->host));
  self->seed = test_node_new (&(TestNodeParams){ .tracker = self->tracker, .nickname = "seed" });
  self->taker = test_node_new (&(TestNodeParams){
      .tracker = self->tracker, .nickname = "taker", .patience_s = 30, .remembers = TRUE });
  folder = g_build_filename (self->seed->shared, "trip", NULL);
  write_file (folder, "day 1/IMG_2.jpg", 1, 3000);
  write_file (folder, "day 1/IMG_10.jpg", 2, 5000);
  write_file (folder, "day 2/IMG_2.jpg", 3, 700);
  write_file (folder, "notes*.txt", 4, 90);
  redes_node_share (self->seed->node, folder);
  end_us = g_get_monotonic_time () + PATIENCE_US;
  while (self->link == NULL && g_get_monotonic_time () < end_us)
    self->link = find_folder (self->taker, "trip");
  g_assert_nonnull (self->link);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  test_node_free (self->taker);
  test_node_free (self->seed);
  test_tracker_host_free (self->host);
  redes_link_free (self->link);
  g_free (self->tracker);
}

static void
count_signal (RedesNode *node, RedesTransfer *transfer, guint *n)
{
  ++*n;
}

static void
assert_lists (RedesTransfer *listing, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  GPtrArray *tree;

  net_wait_for (redes_transfer_is_over (listing));
  g_assert_cmpint (redes_transfer_get_state (listing), ==, REDES_TRANSFER_DONE);
  tree = redes_transfer_get_tree (listing);
  g_assert_nonnull (tree);
  for (guint i = 0; i < tree->len; i++)
    {
      const RedesFolderLine *line = tree->pdata[i];

      g_string_append_printf (found, "%s%s %u|", line->path, line->is_folder ? "/" : "",
                              (guint)line->size);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

#define ALL                                                                                        \
  "day 1/ 8000|day 1/IMG_2.jpg 3000|day 1/IMG_10.jpg 5000|day 2/ 700|day 2/IMG_2.jpg 700|"         \
  "notes*.txt 90|"

/* It is no transfer for anybody else, and leaves nothing in the download folder. */
static void
test_listing (Fixture *self, gconstpointer data)
{
  RedesNode *node = self->taker->node;
  g_autoptr (RedesTransfer) listing = NULL;
  g_autoptr (RedesTransfer) again = NULL;
  guint n_told = 0;

  g_signal_connect (node, "transfer-changed", G_CALLBACK (count_signal), &n_told);
  listing = redes_node_list_folder (node, self->link);
  assert_lists (listing, ALL);
  again = redes_node_list_folder (node, self->link);
  g_assert_true (again != listing);
  assert_lists (again, ALL);
  g_assert_cmpuint (n_told, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (redes_node_get_transfers (node)), ==, 0);
  g_assert_cmpuint (test_count_files (self->taker->downloads), ==, 0);
}

/* One that nobody can answer is given up by whoever asked. */
static void
test_listing_removed (Fixture *self, gconstpointer data)
{
  RedesNode *node = self->taker->node;
  g_autoptr (RedesLink) lost = redes_link_copy (self->link);
  g_autoptr (RedesTransfer) first = NULL;
  g_autoptr (RedesTransfer) second = NULL;

  lost->content.root.bytes[0] ^= 1;
  first = redes_node_list_folder (node, lost);
  /* The same again: the one before ends. */
  second = redes_node_list_folder (node, lost);
  net_wait_for (redes_transfer_is_over (first));
  g_assert_cmpint (redes_transfer_get_state (first), ==, REDES_TRANSFER_FAILED);
  redes_node_remove (node, second);
  net_wait_for (redes_transfer_is_over (second));
  g_assert_cmpint (redes_transfer_get_state (second), ==, REDES_TRANSFER_FAILED);
}

/* What a listing that never came to its end has left in the data folder goes at the next start,
 * what an earlier start did not come to the end with, too. */
static void
test_listing_cut_off (Fixture *self, gconstpointer data)
{
  g_autofree char *lists = g_build_filename (self->taker->folder, "data", "lists", NULL);
  g_autofree char *old = g_strconcat (lists, ".old", NULL);
  g_autoptr (RedesTransfer) listing = NULL;

  test_node_stop (self->taker);
  write_file (lists, ".redes-1-2.part/lists/one", 5, 10);
  write_file (old, ".redes-3-4.part/manifest", 6, 10);
  test_node_start (self->taker);
  net_wait_for (!g_file_test (old, G_FILE_TEST_EXISTS));
  test_node_stop (self->taker);
  test_node_start (self->taker);
  listing = redes_node_list_folder (self->taker->node, self->link);
  assert_lists (listing, ALL);
  net_wait_for (!g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (test_count_files (lists), ==, 0);
}

/* A listing neither ends a download of the same folder nor takes its place, paused or not. */
static void
test_listing_beside_download (Fixture *self, gconstpointer data)
{
  RedesNode *node = self->taker->node;
  g_autoptr (RedesTransfer) transfer = redes_node_download (node, self->link, NULL);
  g_autoptr (RedesTransfer) listing = NULL;
  g_autofree char *path = g_build_filename (self->taker->downloads, "trip", NULL);

  redes_node_pause (node, transfer);
  listing = redes_node_list_folder (node, self->link);
  assert_lists (listing, ALL);
  redes_node_resume (node, transfer);
  test_transfer_wait (transfer);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_DONE);
  g_assert_cmpstr (redes_transfer_get_path (transfer), ==, path);
  g_assert_cmpuint (redes_transfer_get_n_files_done (transfer), ==, 4);
}

/* Exactly the files that were chosen: not another of the same name, nor what a name is like. */
static void
test_chosen (Fixture *self, gconstpointer data)
{
  static const char *const only[] = { "/day 2/", "/notes*.txt", NULL };
  RedesNode *node = self->taker->node;
  g_autoptr (RedesTransfer) listing = redes_node_list_folder (node, self->link);
  g_autoptr (RedesTransfer) transfer
      = redes_node_download_folder (node, self->link, NULL, only, FALSE);
  g_autofree char *trip = g_build_filename (self->taker->downloads, "trip", NULL);
  g_autofree char *day_1 = g_build_filename (trip, "day 1", NULL);
  g_autofree char *there = g_build_filename (trip, "day 2", "IMG_2.jpg", NULL);

  test_transfer_wait (transfer);
  g_assert_cmpstr (redes_transfer_get_error_message (transfer), ==, NULL);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_DONE);
  g_assert_cmpuint (redes_transfer_get_n_files (transfer), ==, 2);
  g_assert_cmpuint (redes_transfer_get_size (transfer), ==, 790);
  g_assert_cmpuint (test_count_files (trip), ==, 2);
  g_assert_false (g_file_test (day_1, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (there, G_FILE_TEST_EXISTS));
  assert_lists (listing, ALL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/node/folders/listing", Fixture, NULL, set_up, test_listing, tear_down);
  g_test_add ("/node/folders/listing-removed", Fixture, NULL, set_up, test_listing_removed,
              tear_down);
  g_test_add ("/node/folders/listing-cut-off", Fixture, NULL, set_up, test_listing_cut_off,
              tear_down);
  g_test_add ("/node/folders/listing-beside-download", Fixture, NULL, set_up,
              test_listing_beside_download, tear_down);
  g_test_add ("/node/folders/chosen", Fixture, NULL, set_up, test_chosen, tear_down);
  return g_test_run ();
}

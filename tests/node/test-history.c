/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include "engine/library/store.h"
#include "engine/base/error.h"
#include "engine/node/node-history.h"
#include "engine/node/records.h"

/* The history, as a window reads and clears it. */

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GListModel *
list (TestNode *self, RedesHistoryItem *after)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *history;

  redes_node_list_history_async (self->node, after, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  history = redes_node_list_history_finish (self->node, result, &error);
  g_assert_no_error (error);
  return history;
}

static void
assert_names (GListModel *history, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (history); i++)
    {
      g_autoptr (RedesHistoryItem) item = g_list_model_get_item (history, i);

      g_string_append (names, redes_history_item_get_name (item));
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
fetch (TestNode *self, TestNode *seed, const char *name)
{
  g_autoptr (GBytes) bytes = test_bytes (8000u + (guint)name[0], 20000);
  g_autoptr (RedesLink) link = test_node_share (seed, name, bytes);
  g_autoptr (RedesTransfer) transfer = NULL;

  test_node_wait_for_sources (self, name, 1);
  transfer = test_node_download (self, link);
  test_transfer_check_done (transfer, bytes);
}

static void
test_removal (void)
{
  RedesTrackerHost *host = test_tracker_host_new (0);
  g_autofree char *tracker = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (host));
  TestNode *seed = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "seed" });
  TestNode *ana = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "ana", .remembers = TRUE });
  g_autofree char *data_dir = g_build_filename (ana->folder, "data", NULL);
  g_autoptr (GPtrArray) going = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  guint n_cleared = 0;

  fetch (ana, seed, "a");
  fetch (ana, seed, "b");
  fetch (ana, seed, "c");
  {
    g_autoptr (GListModel) history = list (ana, NULL);
    g_autoptr (RedesHistoryItem) latest = g_list_model_get_item (history, 0);
    g_autoptr (GListModel) none = list (ana, latest);
    g_autoptr (GListModel) more = NULL;

    assert_names (history, "cba");
    assert_names (none, "");
    fetch (ana, seed, "d");
    more = list (ana, latest);
    assert_names (more, "d");
    g_ptr_array_add (going, g_list_model_get_item (history, 1));
  }
  redes_node_remove_history (ana->node, going, NULL);
  {
    g_autoptr (GListModel) history = list (ana, NULL);

    assert_names (history, "dca");
  }
  /* With what is earlier. */
  redes_node_remove_history (ana->node, going, g_ptr_array_index (going, 0));
  {
    g_autoptr (GListModel) history = list (ana, NULL);

    assert_names (history, "dc");
  }
  g_assert_cmpuint (test_count_files (ana->downloads), ==, 4);

  /* By another program: not while this one has it. */
  g_assert_false (redes_records_clear_history (data_dir, &n_cleared, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_BUSY);
  test_node_stop (ana);
  {
    g_autoptr (GListModel) history = redes_records_list_history (data_dir, NULL);

    assert_names (history, "dc");
  }
  g_assert_true (redes_records_clear_history (data_dir, &n_cleared, NULL));
  g_assert_cmpuint (n_cleared, ==, 2);
  {
    g_autoptr (GListModel) history = redes_records_list_history (data_dir, NULL);

    assert_names (history, "");
  }
  test_node_free (ana);
  test_node_free (seed);
  test_tracker_host_free (host);
}

/* More than are read at a time; without a data folder there is none. */
static void
test_many (void)
{
  TestNode *bia = test_node_new (&(TestNodeParams){ .nickname = "bia" });
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = "ana", .remembers = TRUE });
  g_autofree char *data_dir = g_build_filename (ana->folder, "data", NULL);
  g_autoptr (GPtrArray) senders = g_ptr_array_new ();
  g_autoptr (GListModel) none = list (bia, NULL);
  g_autoptr (GListModel) all = NULL;
  RedesStore *store;
  const guint n_most = 10000;

  g_assert_cmpuint (g_list_model_get_n_items (none), ==, 0);
  store = redes_store_open (data_dir, NULL, NULL, NULL, NULL, NULL);
  for (guint i = 0; i < n_most + 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      RedesStoreDownload download = { .name = name, .path = (char *)"/x", .senders = senders };

      redes_store_add_history (store, &download);
    }
  redes_store_free (store);
  all = list (ana, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (all), ==, n_most);
  for (guint i = 0; i < n_most; i++)
    {
      g_autoptr (RedesHistoryItem) item = g_list_model_get_item (all, i);

      g_assert_cmpuint (g_ascii_strtoull (redes_history_item_get_name (item), NULL, 10), ==,
                        n_most + 4 - i);
    }
  test_node_free (ana);
  test_node_free (bia);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/history/removal", test_removal);
  g_test_add_func ("/node/history/many", test_many);
  return g_test_run ();
}

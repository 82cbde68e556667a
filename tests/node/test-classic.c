/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include "engine/node/node-classic.h"
#include "engine/node/node-configure.h"

#include <string.h>

/* Trackers of the original system, named while a node runs. */

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
name_trackers (TestNode *self, const char *one, const char *other)
{
  const char *trackers[] = { one, other, NULL };

  test_node_set_classic_trackers (self->node, trackers);
}

/* (nullable) (transfer none) */
static RedesTrackerItem *
find_tracker (TestNode *self, const char *address)
{
  return test_find_tracker (redes_node_get_classic_trackers (self->node), address);
}

static gboolean
is_in (TestNode *self, const char *address, RedesTrackerState state)
{
  RedesTrackerItem *item = find_tracker (self, address);

  return item != NULL && redes_tracker_item_get_state (item) == state;
}

static guint
count_trackers (TestNode *self)
{
  return g_list_model_get_n_items (redes_node_get_classic_trackers (self->node));
}

static gboolean
finds (TestNode *self, const char *name)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;

  redes_node_search_async (self->node, name, 10, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (self->node, answer, NULL, NULL, NULL);
  for (guint i = 0; results != NULL && i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      if (redes_result_is_unsigned (result))
        return TRUE;
    }
  return FALSE;
}

/* Who is told of a tracker uses it at once, and leaves it as soon as it is told of it no more. */
static void
test_named (void)
{
  RedesTrackerHost *host = test_tracker_host_new_open ();
  RedesTrackerHost *other_host = test_tracker_host_new_open ();
  const char *tracker = redes_tracker_host_get_address (host);
  const char *other = redes_tracker_host_get_address (other_host);
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = "ana" });
  TestNode *bia
      = test_node_new (&(TestNodeParams){ .nickname = "bia", .classic_tracker = tracker });
  g_autoptr (GBytes) bytes = test_bytes (7201, 1000);
  g_autoptr (RedesLink) link = test_node_share (ana, "plain.txt", bytes);

  test_node_set_switches (bia->node, TEST_NODE_CLASSIC);
  test_node_set_switches (ana->node, TEST_NODE_CLASSIC);
  net_wait_for (is_in (bia, tracker, REDES_TRACKER_REGISTERED));
  g_assert_cmpuint (count_trackers (ana), ==, 0);
  g_assert_false (finds (bia, "plain.txt"));

  name_trackers (ana, tracker, NULL);
  net_wait_for (is_in (ana, tracker, REDES_TRACKER_REGISTERED));
  g_assert_false (redes_tracker_item_is_found (find_tracker (ana, tracker)));
  net_wait_for (finds (bia, "plain.txt"));
  name_trackers (ana, tracker, other);
  net_wait_for (is_in (ana, other, REDES_TRACKER_REGISTERED));
  g_assert_true (is_in (ana, tracker, REDES_TRACKER_REGISTERED));
  name_trackers (ana, other, "no:address:at:all");
  net_wait_for (count_trackers (ana) == 1 && !finds (bia, "plain.txt"));
  g_assert_true (is_in (ana, other, REDES_TRACKER_REGISTERED));

  test_node_set_switches (ana->node, 0);
  net_wait_for (count_trackers (ana) == 0);
  name_trackers (ana, tracker, NULL);
  test_node_set_switches (ana->node, TEST_NODE_CLASSIC);
  net_wait_for (is_in (ana, tracker, REDES_TRACKER_REGISTERED));
  g_assert_cmpuint (count_trackers (ana), ==, 1);
  test_node_stop (ana);
  g_assert_cmpuint (count_trackers (ana), ==, 0);
  test_node_free (ana);
  test_node_free (bia);
  test_tracker_host_free (other_host);
  test_tracker_host_free (host);
}

/* What does not answer, or not as such a tracker does, is not taken for one. */
static void
test_no_tracker (void)
{
  RedesTrackerHost *host = test_tracker_host_new (0);
  RedesTrackerHost *gone = test_tracker_host_new (0);
  const char *other_kind = redes_tracker_host_get_address (host);
  g_autofree char *nobody = g_strdup (redes_tracker_host_get_address (gone));
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = "ana" });

  test_tracker_host_free (gone);
  test_node_set_switches (ana->node, TEST_NODE_CLASSIC);
  name_trackers (ana, other_kind, nobody);
  net_wait_for (is_in (ana, other_kind, REDES_TRACKER_WAITING));
  g_assert_nonnull (strstr (redes_tracker_item_get_error_message (find_tracker (ana, other_kind)),
                            "original system"));
  net_wait_for (is_in (ana, nobody, REDES_TRACKER_WAITING));
  g_assert_nonnull (redes_tracker_item_get_error_message (find_tracker (ana, nobody)));
  /* What is named beside it does not make it look better. */
  name_trackers (ana, nobody, "127.0.0.1:1");
  net_wait_for (is_in (ana, "127.0.0.1:1", REDES_TRACKER_WAITING));
  g_assert_true (is_in (ana, nobody, REDES_TRACKER_WAITING));
  g_assert_nonnull (redes_tracker_item_get_error_message (find_tracker (ana, nobody)));
  g_assert_null (find_tracker (ana, other_kind));
  test_node_free (ana);
  test_tracker_host_free (host);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/classic/named", test_named);
  g_test_add_func ("/node/classic/no-tracker", test_no_tracker);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/endpoint.h"
#include "engine/node/node-lan.h"

#include "node-fixture.h"

/* Queries that a front end does not wait for any more. Each is asked twice of somebody who says
 * nothing, and the later one is cancelled: it ends while the earlier one, which nobody cancelled,
 * still waits. */

typedef struct
{
  RedesListener *listener;
  GPtrArray *connections;
  TestNode *node;
} Stage;

static void
on_accepted (GSocketConnection *connection, gpointer user_data)
{
  g_ptr_array_add (((Stage *)user_data)->connections, g_object_ref (connection));
}

static void
stage_init (Stage *stage)
{
  GError *error = NULL;
  const char *trackers[] = { NULL, NULL };

  stage->connections = g_ptr_array_new_with_free_func (g_object_unref);
  stage->listener = redes_listener_new ("127.0.0.1", 0, on_accepted, stage, &error);
  g_assert_no_error (error);
  stage->node = test_node_new (&(TestNodeParams){ .nickname = "ana" });
  trackers[0] = redes_listener_get_address (stage->listener);
  test_node_set_trackers (stage->node->node, trackers);
}

static void
stage_clear (Stage *stage)
{
  test_node_free (stage->node);
  redes_listener_free (stage->listener);
  g_ptr_array_unref (stage->connections);
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

typedef void (*AskFunc) (Stage *stage, GCancellable *cancellable, GAsyncResult **result);

static void
ask_search (Stage *stage, GCancellable *cancellable, GAsyncResult **result)
{
  redes_node_search_async (stage->node->node, "file", 10, cancellable, result_cb, result);
}

static void
ask_list (Stage *stage, GCancellable *cancellable, GAsyncResult **result)
{
  redes_node_list_peers_async (stage->node->node, cancellable, result_cb, result);
}

static void
ask_browse (Stage *stage, GCancellable *cancellable, GAsyncResult **result)
{
  RedesPeerId id = { { 7 } };

  redes_node_browse_async (stage->node->node, &id, redes_listener_get_address (stage->listener),
                           cancellable, result_cb, result);
}

static void
check_cancelled (GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (g_task_propagate_pointer (G_TASK (result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_under_way (gconstpointer data)
{
  AskFunc ask = *(const AskFunc *)data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) patient = NULL;
  g_autoptr (GAsyncResult) cancelled = NULL;
  Stage stage;

  stage_init (&stage);
  ask (&stage, NULL, &patient);
  ask (&stage, cancellable, &cancelled);
  net_wait_for (stage.connections->len > 0);
  g_cancellable_cancel (cancellable);
  net_wait_for (cancelled != NULL);
  g_assert_null (patient);
  check_cancelled (cancelled);

  /* One that was cancelled before it was asked. */
  g_clear_object (&cancelled);
  ask (&stage, cancellable, &cancelled);
  net_wait_for (cancelled != NULL);
  g_assert_null (patient);
  check_cancelled (cancelled);

  /* What is open ends with the node, and so before the test does. */
  test_node_stop (stage.node);
  net_wait_for (patient != NULL);
  g_clear_object (&patient);
  g_clear_object (&cancelled);
  stage_clear (&stage);
}

/* To cancel after the answer is nothing, also when the node has stopped. */
static void
test_too_late (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  TestNode *node = test_node_new (&(TestNodeParams){ .nickname = "ana" });

  redes_node_search_async (node->node, "file", 10, cancellable, result_cb, &result);
  net_wait_for (result != NULL);
  test_node_stop (node);
  g_cancellable_cancel (cancellable);
  g_clear_object (&result);
  test_node_free (node);
}

int
main (int argc, char **argv)
{
  static const AskFunc search = ask_search;
  static const AskFunc list = ask_list;
  static const AskFunc browse = ask_browse;

  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/node/cancel/search", &search, test_under_way);
  g_test_add_data_func ("/node/cancel/list", &list, test_under_way);
  g_test_add_data_func ("/node/cancel/browse", &browse, test_under_way);
  g_test_add_func ("/node/cancel/too-late", test_too_late);

  return g_test_run ();
}

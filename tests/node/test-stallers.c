/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "node-fixture.h"

#define FILE_BYTES (3u * 1024 * 1024 + 1)
/* As many as a download has places for sources. */
#define N_STALLERS 50u
#define PATIENCE_S 6
#define BOUND_US (90 * G_USEC_PER_SEC)

/* Sources that promise every block, send none, and are alive all the same: two PINGs a second. */

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *seed;

static gboolean
swallow_requests (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  return type == REDES_MESSAGE_REQUEST;
}

static gboolean
swallow_all (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  return TRUE;
}

static HostileSource *
make_staller (const char *name, GBytes *bytes, HostileFunc act)
{
  HostileSource *self = hostile_source_new (tracker, name, bytes, act, NULL);

  g_atomic_int_set (&self->pings, TRUE);
  return self;
}

static void
wait_long (RedesTransfer *transfer)
{
  gint64 end_us = g_get_monotonic_time () + BOUND_US;

  while (!redes_transfer_is_over (transfer) && g_get_monotonic_time () < end_us)
    net_run_for (50);
  g_assert_true (redes_transfer_is_over (transfer));
}

/* Nobody else is there: patience ends as if nobody were. */
static void
test_alone (gconstpointer data)
{
  TestNode *victim = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "alone", .patience_s = PATIENCE_S });
  g_autoptr (GBytes) bytes = test_bytes (7100, FILE_BYTES);
  HostileSource *staller = make_staller ("alone", bytes, (HostileFunc)data);
  char *no_tracker = NULL;
  RedesLink link = { .content = staller->file.content, .trackers = &no_tracker };
  g_autoptr (RedesTransfer) transfer = redes_node_download (victim->node, &link, NULL);

  wait_long (transfer);
  test_transfer_check_failed (transfer, "sen");
  g_assert_false (test_node_has_violation (victim, "silent"));
  test_node_free (victim);
  hostile_source_free (staller);
}

/* They take all places of a download; an honest source that comes then gets one of them. */
static void
test_fifty (void)
{
  TestNode *victim = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "fifty", .patience_s = 300 });
  g_autoptr (GBytes) bytes = test_bytes (7200, FILE_BYTES);
  HostileSource *stallers[N_STALLERS];
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (RedesLink) shared = NULL;
  RedesLink link = { 0 };
  char *no_tracker = NULL;
  guint n_connected = 0;

  for (guint i = 0; i < N_STALLERS; i++)
    stallers[i] = make_staller ("fifty", bytes, swallow_requests);
  link.content = stallers[0]->file.content;
  link.trackers = &no_tracker;
  test_node_wait_for_sources (victim, "fifty", N_STALLERS);
  transfer = redes_node_download (victim->node, &link, NULL);
  for (guint i = 0; i < N_STALLERS; i++)
    net_wait_for (g_atomic_int_get (&stallers[i]->n_connections) > 0);
  shared = test_node_share (seed, "fifty", bytes);
  wait_long (transfer);
  test_transfer_check_done (transfer, bytes);
  g_assert_cmpuint (test_transfer_get_blocks_from (transfer, redes_node_get_peer_id (seed->node)),
                    ==, 13);
  for (guint i = 0; i < N_STALLERS; i++)
    n_connected += g_atomic_int_get (&stallers[i]->n_connections);
  g_test_message ("%u connections of stallers", n_connected);
  test_node_free (victim);
  for (guint i = 0; i < N_STALLERS; i++)
    hostile_source_free (stallers[i]);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  seed = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "seed" });
  g_test_add_data_func ("/node/stallers/blocks", swallow_requests, test_alone);
  g_test_add_data_func ("/node/stallers/everything", swallow_all, test_alone);
  g_test_add_func ("/node/stallers/fifty", test_fifty);
  status = g_test_run ();

  test_node_free (seed);
  test_tracker_host_free (tracker_host);
  return status;
}

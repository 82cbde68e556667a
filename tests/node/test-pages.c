/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "engine/wire/body.h"
#include "node-fixture.h"

#include "engine/discovery/lan.h"
#include "engine/node/node-lan.h"
#include "engine/node/results-private.h"

#include <string.h>
#include <unistd.h>

/* More files than one answer holds: from a tracker, and from a peer on the loopback, where others
 * may be too, other runs of this program even: the word that is searched for is this run's. */

#define N_FILES 450u

static char *word;
static TestNode *seed;

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* Many at once, as a folder: one by one would take long. */
static void
share_files (TestNode *node)
{
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s page %03u.txt", word, i);
      g_autofree char *path = g_build_filename (node->shared, name, NULL);
      g_autoptr (GError) error = NULL;

      g_file_set_contents (path, name, -1, &error);
      g_assert_no_error (error);
    }
  redes_node_share (node->node, node->shared);
  net_wait_for (g_list_model_get_n_items (redes_node_get_shares (node->node)) == N_FILES);
}

static RedesResults *
search (TestNode *node, guint n_rows, guint *n_peers)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GError) error = NULL;
  GListModel *results;
  guint n_asked;

  redes_node_search_async (node->node, word, n_rows, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (node->node, answer, NULL, NULL, &error);
  g_assert_no_error (error);
  redes_node_search_get_peers (answer, &n_asked, n_peers);
  return REDES_RESULTS (results);
}

static void
search_more (TestNode *node, RedesResults *results, guint n_rows)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GError) error = NULL;

  redes_node_search_more_async (node->node, results, n_rows, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  g_assert_true (redes_node_search_more_finish (node->node, answer, &error));
  g_assert_no_error (error);
}

static guint
count (RedesResults *results)
{
  return g_list_model_get_n_items (G_LIST_MODEL (results));
}

/* All alike but for their names: those are their order. */
static void
check_order (RedesResults *results)
{
  for (guint i = 0; i < count (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (G_LIST_MODEL (results), i);
      g_autofree char *name = g_strdup_printf ("%s page %03u.txt", word, i);

      g_assert_cmpstr (redes_result_get_name (result), ==, name);
    }
}

static TestNode *
new_asker (RedesTrackerHost *host)
{
  g_autofree char *tracker = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (host));

  return test_node_new (&(TestNodeParams){ .nickname = "asker", .tracker = tracker });
}

static RedesTrackerHost *
new_host_with_files (void)
{
  RedesTrackerHost *host = test_tracker_host_new (0);
  g_autofree char *tracker = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (host));
  g_autofree char *last = g_strdup_printf ("%s page %03u.txt", word, N_FILES - 1);

  seed = test_node_new (&(TestNodeParams){ .nickname = "seed", .tracker = tracker });
  share_files (seed);
  test_node_wait_for_sources (seed, last, 1);
  return host;
}

static void
test_more (void)
{
  RedesTrackerHost *host = new_host_with_files ();
  TestNode *asker = new_asker (host);
  guint n_peers;
  g_autoptr (RedesResults) results = search (asker, 100, &n_peers);

  g_assert_cmpuint (count (results), ==, 100);
  g_assert_cmpuint (redes_results_get_total (results), ==, N_FILES);
  g_assert_true (redes_results_has_more (results));
  check_order (results);
  search_more (asker, results, 100);
  g_assert_cmpuint (count (results), ==, 200);

  /* Two messages' worth, which nobody is told of for a while. */
  redes_results_set_held_back (results, TRUE);
  search_more (asker, results, 240);
  g_assert_cmpuint (count (results), ==, 200);
  g_assert_cmpuint (redes_results_get_n_found (results), ==, 440);
  g_assert_true (redes_results_has_more (results));
  redes_results_set_held_back (results, FALSE);
  g_assert_cmpuint (count (results), ==, 440);

  search_more (asker, results, 100);
  g_assert_cmpuint (count (results), ==, N_FILES);
  g_assert_false (redes_results_has_more (results));
  check_order (results);
  test_node_free (asker);
  test_node_free (seed);
  test_tracker_host_free (host);
}

static void
test_all_at_once (void)
{
  RedesTrackerHost *host = new_host_with_files ();
  TestNode *asker = new_asker (host);
  guint n_peers;
  g_autoptr (RedesResults) results = search (asker, REDES_NODE_MAX_RESULTS, &n_peers);

  g_assert_cmpuint (count (results), ==, N_FILES);
  g_assert_false (redes_results_has_more (results));
  check_order (results);
  test_node_free (asker);
  test_node_free (seed);
  test_tracker_host_free (host);
}

/* What is not waited for any more changes nothing, nor does what fails: both can be asked again. */
static void
test_cancelled_and_failed (void)
{
  RedesTrackerHost *host = new_host_with_files ();
  TestNode *asker = new_asker (host);
  guint n_peers;
  g_autoptr (RedesResults) results = search (asker, 100, &n_peers);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GError) error = NULL;

  redes_node_search_more_async (asker->node, results, 100, cancellable, result_cb, &answer);
  g_cancellable_cancel (cancellable);
  net_wait_for (answer != NULL);
  g_assert_false (redes_node_search_more_finish (asker->node, answer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (count (results), ==, 100);
  search_more (asker, results, 100);
  g_assert_cmpuint (count (results), ==, 200);
  check_order (results);

  test_tracker_host_free (host);
  g_clear_object (&answer);
  redes_node_search_more_async (asker->node, results, 100, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  g_assert_false (redes_node_search_more_finish (asker->node, answer, &error));
  g_assert_error (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER);
  g_assert_cmpuint (count (results), ==, 200);
  g_assert_true (redes_results_has_more (results));
  g_clear_object (&answer);
  test_node_free (asker);
  test_node_free (seed);
}

/* A peer answers so many queries at once and no more: who asks waits for his turn. */
static void
test_of_a_busy_peer (void)
{
  TestNode *asker;
  guint n_pages = 0;

  seed = test_node_new (&(TestNodeParams){ .nickname = "seed", .lan = TRUE });
  share_files (seed);
  asker = test_node_new (&(TestNodeParams){ .nickname = "asker", .lan = TRUE });
  for (gint64 end_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC; n_pages == 0;)
    {
      guint n_peers;
      g_autoptr (RedesResults) results = search (asker, 200, &n_peers);

      n_pages = count (results) > 0;
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    }
  /* 20 times three of them: it would refuse the last fifteen or so. */
  for (guint i = 0; i < 20; i++)
    {
      guint n_peers;
      g_autoptr (RedesResults) results = search (asker, REDES_NODE_MAX_RESULTS, &n_peers);

      g_assert_cmpuint (count (results), ==, N_FILES);
      check_order (results);
    }
  test_node_free (asker);
  test_node_free (seed);
}

/**
 * Guest:
 * @total: how many files it says it has
 * @full: whether it sends as many rows as a message may hold, however few are asked for
 * @silent_from: no answer from this row on
 *
 * A peer that does as it likes.
 */
typedef struct
{
  guint total;
  gboolean full;
  gint silent_from;
  gint n_asked;
} Guest;

/* Files of its own. */
static GVariant *
make_rows (guint first, guint n)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a((ayt)suaya(suay)a(tuuy))"));
  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s guest %06u.txt", word, i);
      RedesContentId id = { .size_bytes = 1 };

      memcpy (id.root.bytes, &i, sizeof i);
      g_variant_builder_add (&rows, "(@(ayt)su@ay@a(suay)@a(tuuy))", redes_body_new_content (&id),
                             name, 1u, redes_body_new_digest (&id.root),
                             g_variant_new_array (G_VARIANT_TYPE ("(suay)"), NULL, 0),
                             g_variant_new_array (G_VARIANT_TYPE ("(tuuy)"), NULL, 0));
    }
  return g_variant_builder_end (&rows);
}

static gboolean
answer_as_guest (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  Guest *guest = (Guest *)self->data;
  g_autoptr (GVariant) query = NULL;
  guint32 serial, first, n;

  if (type != REDES_MESSAGE_PEER_SEARCH)
    return FALSE;
  g_atomic_int_inc (&guest->n_asked);
  query = redes_body_decode (type, body, NULL);
  g_variant_get (query, "(u&suu)", &serial, NULL, &first, &n);
  if (first >= (guint)g_atomic_int_get (&guest->silent_from))
    return TRUE;
  n = guest->full ? 200 : MIN (n, guest->total - MIN (first, guest->total));
  return hostile_send_message (link, REDES_MESSAGE_PEER_RESULTS,
                               g_variant_new ("(uu@a((ayt)suaya(suay)a(tuuy)))", serial,
                                              guest->total, make_rows (first, n)));
}

static void
on_heard (const RedesBeacon *beacon, const char *host, gpointer user_data)
{
}

/* A guest on the loopback, a tracker with files, and who has found both. */
typedef struct
{
  RedesTrackerHost *host;
  HostileSource *source;
  RedesLan *lan;
  TestNode *asker;
} Party;

static gboolean
has_found (TestNode *node, const RedesPeerId *id)
{
  GListModel *all = redes_node_get_found (node->node);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (RedesFound) found = g_list_model_get_item (all, i);

      if (redes_digest_equal (redes_found_get_id (found), id))
        return TRUE;
    }
  return FALSE;
}

static void
party_begin (Party *self, Guest *guest)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("guest", 5);
  g_autofree char *tracker = NULL;
  RedesLanParams params = { .nickname = "guest", .listen_host = "127.0.0.1", .heard = on_heard };

  self->host = new_host_with_files ();
  tracker = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (self->host));
  self->source = hostile_source_new (tracker, "guest", bytes, answer_as_guest, guest);
  params.id = redes_identity_get_peer_id (self->source->identity);
  params.port = self->source->port;
  self->lan = redes_lan_new (&params);
  self->asker
      = test_node_new (&(TestNodeParams){ .nickname = "asker", .tracker = tracker, .lan = TRUE });
  net_wait_for (has_found (self->asker, params.id));
}

static void
party_end (Party *self)
{
  redes_lan_free (self->lan);
  test_node_free (self->asker);
  hostile_source_free (self->source);
  test_node_free (seed);
  test_tracker_host_free (self->host);
}

/* Who sends more than was asked for, and promises ever more, keeps nobody waiting for ever. */
static void
test_of_a_liar (void)
{
  Guest guest = { .total = G_MAXUINT32, .full = TRUE, .silent_from = G_MAXINT };
  Party party;
  guint n_peers;
  g_autoptr (RedesResults) results = NULL;

  party_begin (&party, &guest);
  results = search (party.asker, 50, &n_peers);
  g_assert_cmpint (g_atomic_int_get (&guest.n_asked), ==, 1);
  party_end (&party);
}

/* Who breaks off in the midst of his rows is asked for the others again; and who does not answer
 * when nobody else has more is not taken for one who has none. */
static void
test_of_a_sleeper (void)
{
  Guest guest = { .total = 1000, .silent_from = 400 };
  Party party;
  guint n_peers;
  g_autoptr (RedesResults) results = NULL;
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GError) error = NULL;

  party_begin (&party, &guest);
  results = search (party.asker, 200, &n_peers);
  g_assert_cmpuint (count (results), ==, 400);
  search_more (party.asker, results, 400);
  g_assert_cmpuint (count (results), ==, N_FILES + 400);
  g_assert_true (redes_results_has_more (results));

  redes_node_search_more_async (party.asker->node, results, 400, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  g_assert_false (redes_node_search_more_finish (party.asker->node, answer, &error));
  g_assert_error (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER);
  g_assert_true (redes_results_has_more (results));

  g_clear_object (&answer);
  g_atomic_int_set (&guest.silent_from, G_MAXINT);
  search_more (party.asker, results, 1000);
  g_assert_cmpuint (count (results), ==, N_FILES + 1000);
  g_assert_false (redes_results_has_more (results));
  party_end (&party);
}

/* Who shows the same over and over, and promises more each time, is asked no more in the end. */
static void
test_no_end_of_promises (void)
{
  g_autoptr (RedesResults) results = redes_results_new ("words");
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  for (guint n = 0; n < REDES_NODE_MAX_RESULTS; n += 1000)
    {
      g_assert_true (n == 0 || redes_results_has_more (results));
      redes_results_add (results, nothing, 1000, G_MAXUINT32);
    }
  g_assert_false (redes_results_has_more (results));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  word = g_strdup_printf ("run%d", getpid ());
  g_test_add_func ("/node/pages/more", test_more);
  g_test_add_func ("/node/pages/all-at-once", test_all_at_once);
  g_test_add_func ("/node/pages/cancelled-and-failed", test_cancelled_and_failed);
  g_test_add_func ("/node/pages/of-a-busy-peer", test_of_a_busy_peer);
  g_test_add_func ("/node/pages/of-a-liar", test_of_a_liar);
  g_test_add_func ("/node/pages/of-a-sleeper", test_of_a_sleeper);
  g_test_add_func ("/node/pages/no-end-of-promises", test_no_end_of_promises);
  status = g_test_run ();
  g_free (word);
  return status;
}

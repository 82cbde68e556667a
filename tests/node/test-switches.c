/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include "engine/base/error.h"
#include "engine/node/node-classic.h"
#include "engine/node/node-lan.h"
#include "engine/node/node-configure.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What is switched while nodes run: the local network, trackers found there, browsing, original
 * peers. All of it on the loopback, where others may be too, other runs of this program even: each
 * looks for its own alone. */

static char *ana_name;

#include <glib/gstdio.h>

#define LAN TEST_NODE_LAN
#define FOUND_TRACKERS TEST_NODE_USE_FOUND_TRACKERS
#define BROWSABLE TEST_NODE_BROWSABLE
#define CLASSIC TEST_NODE_CLASSIC

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* (nullable) */
static RedesFound *
find_found (TestNode *node, const RedesPeerId *id)
{
  GListModel *model = redes_node_get_found (node->node);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (RedesFound) item = g_list_model_get_item (model, i);

      if (redes_digest_equal (redes_found_get_id (item), id))
        return item;
    }
  return NULL;
}

/* (nullable) (transfer none) */
static RedesTrackerItem *
find_tracker (TestNode *node, const char *address)
{
  return test_find_tracker (redes_node_get_trackers (node->node), address);
}

static gboolean
is_registered_at (TestNode *node, const char *address)
{
  RedesTrackerItem *item = find_tracker (node, address);

  return item != NULL && redes_tracker_item_get_state (item) == REDES_TRACKER_REGISTERED;
}

/* Lines of a tracker's log about the one of that nickname, that have @words in them. */
static guint
count_log (RedesTrackerHost *host, const char *nickname, const char *words)
{
  g_autofree char *who = g_strconcat (nickname, " (", NULL);
  GListModel *log = redes_tracker_host_get_log (host);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (RedesLogLine) line = g_list_model_get_item (log, i);
      const char *text = redes_log_line_get_words (line);

      n += g_str_has_prefix (text, who) && strstr (text, words) != NULL;
    }
  return n;
}

typedef struct
{
  const RedesPeerId *id;
  guint n;
} Losses;

static void
on_lost (RedesNode *node, RedesFound *found, gpointer user_data)
{
  Losses *losses = user_data;

  if (redes_found_is_tracker (found) && redes_digest_equal (redes_found_get_id (found), losses->id))
    losses->n++;
}

/* Each finds the other when both announce themselves; who stops loses all at once, and is lost. */
static void
test_lan (void)
{
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = ana_name });
  TestNode *bia = test_node_new (&(TestNodeParams){ .nickname = "bia", .lan = TRUE });
  const RedesPeerId *ana_id = redes_node_get_peer_id (ana->node);
  const RedesPeerId *bia_id = redes_node_get_peer_id (bia->node);
  GListModel *found = redes_node_get_found (ana->node);

  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 0);
  for (guint round = 0; round < 2; round++)
    {
      test_node_set_switches (ana->node, LAN);
      net_wait_for (find_found (ana, bia_id) != NULL && find_found (bia, ana_id) != NULL);
      test_node_set_switches (ana->node, 0);
      net_wait_for (g_list_model_get_n_items (found) == 0);
      net_wait_for (find_found (bia, ana_id) == NULL);
    }
  /* The last counts, however many there were. */
  for (guint i = 0; i < 20; i++)
    test_node_set_switches (ana->node, i % 2 == 0 ? LAN | CLASSIC : FOUND_TRACKERS);
  test_node_set_switches (ana->node, LAN);
  net_wait_for (find_found (ana, bia_id) != NULL && find_found (bia, ana_id) != NULL);
  test_node_free (bia);
  test_node_free (ana);
}

/* What is set before the start has come to its end is not forgotten. */
static void
test_while_starting (void)
{
  g_autoptr (RedesConfig) config = redes_config_new ();
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  RedesTrackerHost *host = test_tracker_host_new (0);
  TestNode *bia = test_node_new (&(TestNodeParams){ .nickname = "bia", .lan = TRUE });
  const char *trackers[] = { redes_tracker_host_get_address (host), NULL };
  TestNode late = { 0 };

  g_free (config->listen_host);
  config->listen_host = g_strdup ("127.0.0.1");
  config->listen_port = 0;
  config->rsa_bits = 2048;
  g_clear_pointer (&config->data_dir, g_free);
  late.node = redes_node_new (config);
  redes_node_start_async (late.node, NULL, result_cb, &started);
  test_node_set_switches (late.node, LAN);
  test_node_set_nickname (late.node, ana_name);
  test_node_set_trackers (late.node, trackers);
  net_wait_for (started != NULL);
  g_assert_true (redes_node_start_finish (late.node, started, NULL));
  net_wait_for (find_found (bia, redes_node_get_peer_id (late.node)) != NULL);
  net_wait_for (is_registered_at (&late, trackers[0]));
  net_wait_for (count_log (host, ana_name, "registered") > 0);
  redes_node_stop_async (late.node, result_cb, &stopped);
  net_wait_for (stopped != NULL);
  g_clear_object (&started);
  g_clear_object (&stopped);
  g_assert_finalize_object (late.node);
  test_node_free (bia);
  test_tracker_host_free (host);
}

/* A limit that is set while a node starts holds, until it is lifted. */
static void
test_limit_while_starting (void)
{
  g_autoptr (GBytes) bytes = test_bytes (9, 300000);
  g_autoptr (RedesConfig) config = redes_config_new ();
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autofree char *folder = g_dir_make_tmp ("redes-test-XXXXXX", NULL);
  RedesTrackerHost *host = test_tracker_host_new (0);
  const char *trackers[] = { redes_tracker_host_get_address (host), NULL };
  TestNode *seed = test_node_new (&(TestNodeParams){ .nickname = "seed", .tracker = trackers[0] });
  g_autoptr (RedesLink) link = test_node_share (seed, "limited.bin", bytes);
  TestNode late = { 0 };
  RedesTransfer *transfer;

  g_free (config->listen_host);
  config->listen_host = g_strdup ("127.0.0.1");
  config->listen_port = 0;
  config->rsa_bits = 2048;
  g_clear_pointer (&config->data_dir, g_free);
  g_free (config->download_dir);
  config->download_dir = g_strdup (folder);
  g_strfreev (config->trackers);
  config->trackers = g_strdupv ((char **)trackers);
  late.node = redes_node_new (config);
  redes_node_start_async (late.node, NULL, result_cb, &started);
  test_node_set_limits (late.node, 0, 2000);
  net_wait_for (started != NULL);
  g_assert_true (redes_node_start_finish (late.node, started, NULL));

  test_node_wait_for_sources (&late, "limited.bin", 1);
  transfer = redes_node_download (late.node, link, NULL);
  net_wait_for (redes_transfer_get_state (transfer) == REDES_TRANSFER_ACTIVE);
  net_run_for (1000);
  g_assert_cmpuint (redes_transfer_get_blocks_done (transfer), ==, 0);
  test_node_set_limits (late.node, 0, 0);
  test_transfer_check_done (transfer, bytes);
  g_assert_cmpint (g_unlink (redes_transfer_get_path (transfer)), ==, 0);
  g_object_unref (transfer);

  redes_node_stop_async (late.node, result_cb, &stopped);
  net_wait_for (stopped != NULL);
  g_clear_object (&started);
  g_clear_object (&stopped);
  g_assert_finalize_object (late.node);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  test_node_free (seed);
  test_tracker_host_free (host);
}

/* A start that comes to nothing takes with it what was set meanwhile. */
static void
test_while_failing (void)
{
  TestNode *bia = test_node_new (&(TestNodeParams){ .nickname = "bia" });
  g_autoptr (RedesConfig) config = redes_config_new ();
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GAsyncResult) moved = NULL;
  g_autoptr (GError) error = NULL;
  const char *trackers[] = { "127.0.0.1:1", NULL };
  RedesNode *node;

  g_free (config->listen_host);
  config->listen_host = g_strdup ("127.0.0.1");
  config->listen_port = test_node_get_port (bia);
  config->rsa_bits = 2048;
  g_clear_pointer (&config->data_dir, g_free);
  node = redes_node_new (config);
  redes_node_start_async (node, NULL, result_cb, &started);
  test_node_set_switches (node, LAN | CLASSIC);
  test_node_set_nickname (node, "late");
  test_node_set_trackers (node, trackers);
  test_node_set_cache_bytes (node, 1);
  test_node_set_listen_port_async (node, 0, result_cb, &moved);
  net_wait_for (started != NULL && moved != NULL);
  g_assert_false (redes_node_start_finish (node, started, &error));
  g_assert_true (redes_node_configure_finish (node, moved, NULL));
  g_clear_object (&started);
  g_clear_object (&moved);
  g_assert_finalize_object (node);
  test_node_free (bia);
}

/* A tracker that was found is used, only shown, used again; and left with the local network, though
 * it is connected. One that was named is neither here nor there. */
static void
test_found_trackers (void)
{
  RedesTrackerHost *host = test_tracker_host_new_open ();
  RedesTrackerHost *named_host = test_tracker_host_new (0);
  const char *named = redes_tracker_host_get_address (named_host);
  TestNode *ana
      = test_node_new (&(TestNodeParams){ .nickname = ana_name, .lan = TRUE, .tracker = named });
  const char *address = redes_tracker_host_get_address (host);
  const RedesPeerId *id = redes_tracker_host_get_peer_id (host);
  Losses lost = { .id = id };

  net_wait_for (is_registered_at (ana, address) && find_found (ana, id) != NULL);
  g_assert_true (redes_tracker_item_is_found (find_tracker (ana, address)));
  g_assert_true (redes_found_is_used (find_found (ana, id)));
  g_signal_connect (ana->node, "lost", G_CALLBACK (on_lost), &lost);

  test_node_set_switches (ana->node, LAN);
  net_wait_for (find_tracker (ana, address) == NULL && lost.n == 1);
  net_wait_for (find_found (ana, id) != NULL && !redes_found_is_used (find_found (ana, id)));
  net_wait_for (count_log (host, ana_name, " left") == 1);

  test_node_set_switches (ana->node, LAN | FOUND_TRACKERS);
  net_wait_for (is_registered_at (ana, address) && lost.n == 2);
  net_wait_for (redes_found_is_used (find_found (ana, id)));

  test_node_set_switches (ana->node, FOUND_TRACKERS);
  net_wait_for (find_tracker (ana, address) == NULL && lost.n == 3);
  net_wait_for (g_list_model_get_n_items (redes_node_get_found (ana->node)) == 0);
  net_wait_for (count_log (host, ana_name, " left") == 2);

  test_node_set_switches (ana->node, LAN | FOUND_TRACKERS);
  net_wait_for (is_registered_at (ana, address) && find_found (ana, id) != NULL);
  g_assert_true (is_registered_at (ana, named));
  g_assert_cmpuint (count_log (named_host, ana_name, "registered"), ==, 1);
  g_assert_cmpuint (count_log (named_host, ana_name, " left"), ==, 0);
  g_assert_cmpuint (count_log (host, ana_name, "connection lost"), ==, 0);
  test_node_free (ana);
  test_tracker_host_free (named_host);
  test_tracker_host_free (host);
}

static void
refuse (TestNode *node, const RedesPeerId *id, gboolean refused)
{
  g_autofree char *hex = redes_digest_dup_hex (id);
  const char *ids[] = { refused ? hex : NULL, NULL };

  test_node_set_refused_trackers (node->node, ids);
}

/* One alone is refused, connected or not yet found; and taken back. The other does not notice. */
static void
test_refused_tracker (void)
{
  RedesTrackerHost *host = test_tracker_host_new_open ();
  RedesTrackerHost *other_host = test_tracker_host_new_open ();
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = ana_name, .lan = TRUE });
  const char *address = redes_tracker_host_get_address (host);
  const char *other = redes_tracker_host_get_address (other_host);
  const RedesPeerId *id = redes_tracker_host_get_peer_id (host);
  Losses lost = { .id = id };

  net_wait_for (is_registered_at (ana, address) && is_registered_at (ana, other));
  g_signal_connect (ana->node, "lost", G_CALLBACK (on_lost), &lost);
  refuse (ana, id, TRUE);
  net_wait_for (find_tracker (ana, address) == NULL && lost.n == 1);
  net_wait_for (find_found (ana, id) != NULL && !redes_found_is_used (find_found (ana, id)));
  net_wait_for (count_log (host, ana_name, " left") == 1);

  /* Found once more, it still is. */
  test_node_set_switches (ana->node, FOUND_TRACKERS);
  net_wait_for (find_found (ana, id) == NULL && find_tracker (ana, other) == NULL);
  test_node_set_switches (ana->node, LAN | FOUND_TRACKERS);
  net_wait_for (is_registered_at (ana, other) && find_found (ana, id) != NULL);
  g_assert_false (redes_found_is_used (find_found (ana, id)));
  g_assert_null (find_tracker (ana, address));
  g_assert_cmpuint (count_log (host, ana_name, "registered"), ==, 1);

  refuse (ana, id, FALSE);
  net_wait_for (is_registered_at (ana, address) && find_found (ana, id) != NULL);
  g_assert_true (redes_found_is_used (find_found (ana, id)));
  g_assert_cmpuint (count_log (other_host, ana_name, "registered"), ==, 2);
  g_assert_cmpuint (count_log (other_host, ana_name, " left"), ==, 1);
  test_node_free (ana);
  test_tracker_host_free (other_host);
  test_tracker_host_free (host);
}

/* With none used but those that were accepted: one is shown, then used, then only shown again. */
static void
test_accepted_tracker (void)
{
  RedesTrackerHost *host = test_tracker_host_new_open ();
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = ana_name });
  const char *address = redes_tracker_host_get_address (host);
  const RedesPeerId *id = redes_tracker_host_get_peer_id (host);
  g_autofree char *hex = redes_digest_dup_hex (id);
  const char *accepted[] = { hex, NULL };
  const char *none[] = { NULL };

  test_node_set_switches (ana->node, LAN);
  net_wait_for (find_found (ana, id) != NULL);
  g_assert_false (redes_found_is_used (find_found (ana, id)));
  g_assert_false (redes_found_is_known (find_found (ana, id)));
  g_assert_cmpuint (count_log (host, ana_name, "registered"), ==, 0);
  test_node_set_accepted_trackers (ana->node, accepted);
  net_wait_for (is_registered_at (ana, address));
  net_wait_for (find_found (ana, id) != NULL && redes_found_is_used (find_found (ana, id)));
  test_node_set_accepted_trackers (ana->node, none);
  net_wait_for (count_log (host, ana_name, " left") == 1);
  net_wait_for (find_found (ana, id) != NULL && !redes_found_is_used (find_found (ana, id)));
  /* Named by the person, it is used anyway, and that is told. */
  test_node_set_trackers (ana->node, (const char *const[]){ address, NULL });
  net_wait_for (is_registered_at (ana, address));
  net_wait_for (find_found (ana, id) != NULL && redes_found_is_known (find_found (ana, id)));
  test_node_free (ana);
  test_tracker_host_free (host);
}

/* That a link names it as well makes no difference: it is left with the local network. */
static void
test_found_and_named (void)
{
  RedesTrackerHost *host = test_tracker_host_new_open ();
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = ana_name, .lan = TRUE });
  const char *address = redes_tracker_host_get_address (host);
  char *trackers[] = { (char *)address, NULL };
  RedesLink link = { .trackers = trackers };
  g_autoptr (RedesTransfer) transfer = NULL;

  redes_digest_of ("nobody has it", 13, &link.content.root);
  net_wait_for (is_registered_at (ana, address));
  transfer = redes_node_download (ana->node, &link, NULL);
  test_node_set_switches (ana->node, 0);
  test_transfer_wait (transfer);
  net_wait_for (g_list_model_get_n_items (redes_node_get_found (ana->node)) == 0);
  net_wait_for (count_log (host, ana_name, " left") == 1);
  g_assert_false (is_registered_at (ana, address));
  test_node_free (ana);
  test_tracker_host_free (host);
}

/* @n_rows: of the answer; -1: it is a refusal */
static gboolean
browses (TestNode *self, TestNode *other, gint n_rows)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel) rows = NULL;
  g_autoptr (GError) error = NULL;

  redes_node_browse_async (self->node, redes_node_get_peer_id (other->node),
                           redes_node_get_address (other->node), NULL, result_cb, &result);
  net_wait_for (result != NULL);
  rows = redes_node_browse_finish (self->node, result, &error);
  if (rows == NULL)
    g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  return n_rows == (rows != NULL ? (gint)g_list_model_get_n_items (rows) : -1);
}

static void
test_browsable (void)
{
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = ana_name });
  TestNode *bia = test_node_new (&(TestNodeParams){ .nickname = "bia" });
  g_autoptr (GBytes) bytes = test_bytes (7100, 1000);
  g_autoptr (RedesLink) link = test_node_share (ana, "open book", bytes);

  g_assert_true (browses (bia, ana, 1));
  test_node_set_switches (ana->node, 0);
  net_wait_for (browses (bia, ana, -1));
  test_node_set_switches (ana->node, BROWSABLE);
  net_wait_for (browses (bia, ana, 1));
  test_node_free (bia);
  test_node_free (ana);
}

/* Searching while switches are thrown. */

/* (nullable) (transfer full): the first that is signed by nobody, or by somebody */
static RedesResult *
find_result (GListModel *results, gboolean is_unsigned)
{
  for (guint i = 0; results != NULL && i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      if (redes_result_is_unsigned (result) == is_unsigned)
        return g_steal_pointer (&result);
    }
  return NULL;
}

static gboolean
finds (TestNode *self, const char *name, gboolean is_unsigned)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RedesResult) result = NULL;

  redes_node_search_async (self->node, name, 10, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (self->node, answer, NULL, NULL, NULL);
  result = find_result (results, is_unsigned);
  return result != NULL;
}

/* Who joins the original system offers what it shared before, and takes it away when it leaves; who
 * has left finds nothing there, and fetches nothing more. */
static void
test_classic (void)
{
  RedesTrackerHost *host = test_tracker_host_new_open ();
  const char *tracker = redes_tracker_host_get_address (host);
  TestNode *ana = test_node_new (&(TestNodeParams){
      .nickname = ana_name, .classic_tracker = tracker, .max_up_bytes_per_s = 100000 });
  TestNode *bia
      = test_node_new (&(TestNodeParams){ .nickname = "bia", .classic_tracker = tracker });
  g_autoptr (GBytes) bytes = test_bytes (7101, 4000000);
  g_autoptr (RedesLink) link = test_node_share (ana, "plain.txt", bytes);
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RedesResult) result = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;

  test_node_set_switches (bia->node, CLASSIC);
  g_assert_false (finds (bia, "plain.txt", TRUE));
  test_node_set_switches (ana->node, CLASSIC);
  net_wait_for (finds (bia, "plain.txt", TRUE));
  test_node_set_switches (ana->node, 0);
  net_wait_for (!finds (bia, "plain.txt", TRUE));
  test_node_set_switches (ana->node, CLASSIC);
  net_wait_for (finds (bia, "plain.txt", TRUE));

  redes_node_search_async (bia->node, "plain.txt", 10, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (bia->node, answer, NULL, NULL, NULL);
  result = find_result (results, TRUE);
  g_clear_object (&answer);
  transfer = redes_node_download_unsigned (bia->node, result);
  net_wait_for (redes_transfer_get_state (transfer) == REDES_TRANSFER_ACTIVE);
  test_node_set_switches (bia->node, 0);
  test_transfer_check_failed (transfer, "switched off");
  g_assert_false (finds (bia, "plain.txt", TRUE));
  test_node_free (bia);
  test_node_free (ana);
  test_tracker_host_free (host);
}

/* An original tracker that takes connections, and never says a word. */
static GSocket *
listen_silently (char **address)
{
  GSocket *socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) own = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  g_assert_true (g_socket_listen (socket, NULL));
  own = g_socket_get_local_address (socket, NULL);
  *address = g_strdup_printf ("127.0.0.1:%u",
                              g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own)));
  return socket;
}

typedef struct
{
  RedesTrackerHost *host;
  GSocket *silent;
  char *silent_address;
  TestNode *ana;
} Silence;

/* A search has an answer from the tracker, and waits for the original one's. */
static void
silence_begin (Silence *self, GAsyncResult **answer)
{
  g_autoptr (GBytes) bytes = test_bytes (7102, 1000);
  g_autoptr (RedesLink) link = NULL;

  self->host = test_tracker_host_new (0);
  self->silent = listen_silently (&self->silent_address);
  self->ana
      = test_node_new (&(TestNodeParams){ .nickname = ana_name,
                                          .tracker = redes_tracker_host_get_address (self->host),
                                          .classic_tracker = self->silent_address });
  link = test_node_share (self->ana, "quiet.txt", bytes);
  test_node_wait_for_sources (self->ana, "quiet.txt", 1);
  test_node_set_switches (self->ana->node, CLASSIC);
  redes_node_search_async (self->ana->node, "quiet", 10, NULL, result_cb, answer);
  net_wait_for (count_log (self->host, ana_name, "searched “quiet” ") > 0);
  net_run_for (100);
  g_assert_null (*answer);
}

static void
silence_end (Silence *self)
{
  test_tracker_host_free (self->host);
  g_object_unref (self->silent);
  g_free (self->silent_address);
}

static void
test_classic_off_while_searching (void)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RedesResult) result = NULL;
  Silence this;

  silence_begin (&this, &answer);
  test_node_set_switches (this.ana->node, 0);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (this.ana->node, answer, NULL, NULL, NULL);
  result = find_result (results, FALSE);
  g_assert_nonnull (result);
  g_clear_object (&answer);
  test_node_free (this.ana);
  silence_end (&this);
}

/* The same, when the whole node stops. */
static void
test_stop_while_searching (void)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RedesResult) result = NULL;
  Silence this;

  silence_begin (&this, &answer);
  test_node_stop (this.ana);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (this.ana->node, answer, NULL, NULL, NULL);
  result = find_result (results, FALSE);
  g_assert_nonnull (result);
  g_clear_object (&answer);
  test_node_free (this.ana);
  silence_end (&this);
}

/* With nobody to ask yet a search waits for those around; with somebody, for his answer. */
static void
test_lan_off_while_searching (void)
{
  TestNode *bia = test_node_new (&(TestNodeParams){ .nickname = "bia", .lan = TRUE });
  TestNode *ana = test_node_new (&(TestNodeParams){ .nickname = ana_name });
  g_autoptr (GBytes) bytes = test_bytes (7103, 1000);
  g_autoptr (RedesLink) link = test_node_share (bia, "near.txt", bytes);
  const RedesPeerId *bia_id = redes_node_get_peer_id (bia->node);

  for (guint round = 0; round < 10; round++)
    {
      g_autoptr (GAsyncResult) answer = NULL;

      test_node_set_switches (ana->node, LAN);
      if (round % 2 == 1)
        {
          net_wait_for (find_found (ana, bia_id) != NULL);
          net_wait_for (finds (ana, "near.txt", FALSE));
        }
      redes_node_search_async (ana->node, "near.txt", 10, NULL, result_cb, &answer);
      /* Right behind the query, or a little later. */
      net_run_for (round / 2);
      test_node_set_switches (ana->node, round % 4 == 3 ? CLASSIC : 0);
      net_wait_for (answer != NULL);
    }
  test_node_free (ana);
  test_node_free (bia);
}

/* Who joins the original system while a search is under way does not disturb it. */
static void
test_classic_on_while_searching (void)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GAsyncResult) other = NULL;
  Silence this;

  silence_begin (&this, &answer);
  test_node_set_switches (this.ana->node, 0);
  redes_node_search_async (this.ana->node, "quiet.txt", 10, NULL, result_cb, &other);
  test_node_set_switches (this.ana->node, CLASSIC);
  net_wait_for (answer != NULL && other != NULL);
  g_clear_object (&answer);
  g_clear_object (&other);
  test_node_free (this.ana);
  silence_end (&this);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  ana_name = g_strdup_printf ("ana %d", (int)getpid ());
  g_test_add_func ("/node/switches/lan", test_lan);
  g_test_add_func ("/node/switches/while-starting", test_while_starting);
  g_test_add_func ("/node/switches/limit-while-starting", test_limit_while_starting);
  g_test_add_func ("/node/switches/while-failing", test_while_failing);
  g_test_add_func ("/node/switches/found-trackers", test_found_trackers);
  g_test_add_func ("/node/switches/refused-tracker", test_refused_tracker);
  g_test_add_func ("/node/switches/accepted-tracker", test_accepted_tracker);
  g_test_add_func ("/node/switches/found-and-named", test_found_and_named);
  g_test_add_func ("/node/switches/browsable", test_browsable);
  g_test_add_func ("/node/switches/classic", test_classic);
  g_test_add_func ("/node/switches/classic-off-while-searching", test_classic_off_while_searching);
  g_test_add_func ("/node/switches/classic-on-while-searching", test_classic_on_while_searching);
  g_test_add_func ("/node/switches/stop-while-searching", test_stop_while_searching);
  g_test_add_func ("/node/switches/lan-off-while-searching", test_lan_off_while_searching);
  status = g_test_run ();

  g_free (ana_name);
  return status;
}

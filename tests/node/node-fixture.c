/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static RedesTrackerHost *
start_host (RedesTrackerHost *host)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  redes_tracker_host_start_async (host, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  redes_tracker_host_start_finish (host, result, &error);
  g_assert_no_error (error);
  return host;
}

RedesTrackerHost *
test_tracker_host_new (guint16 port)
{
  return start_host (redes_tracker_host_new (NULL, "127.0.0.1", port, 0, 2048));
}

RedesTrackerHost *
test_tracker_host_new_open (void)
{
  RedesTrackerHost *host = redes_tracker_host_new (NULL, "127.0.0.1", 0, 0, 2048);

  redes_tracker_host_set_lan (host, TRUE, NULL, "tracker");
  redes_tracker_host_set_classic (host, TRUE);
  return start_host (host);
}

void
test_tracker_host_free (RedesTrackerHost *host)
{
  g_autoptr (GAsyncResult) result = NULL;

  redes_tracker_host_stop_async (host, result_cb, &result);
  net_wait_for (result != NULL);
  g_assert_true (redes_tracker_host_stop_finish (host, result, NULL));
  g_object_unref (host);
}

static guint16
get_port (const char *address)
{
  return (guint16)g_ascii_strtoull (strrchr (address, ':') + 1, NULL, 10);
}

guint16
test_tracker_host_get_port (RedesTrackerHost *host)
{
  return get_port (redes_tracker_host_get_address (host));
}

static void
on_rejected (RedesNode *node,
             const char *peer,
             const char *address,
             gint64 block,
             const char *reason,
             RedesTransfer *transfer,
             TestNode *self)
{
  g_test_message ("%s: %.8s %s block %d: %s", self->folder, peer, address, (int)block, reason);
  g_ptr_array_add (self->violations, g_strdup (reason));
}

static void
on_skipped (RedesNode *node, const char *path, const GError *error, TestNode *self)
{
  g_test_message ("skipped %s: %s", path, error->message);
  self->n_skipped++;
}

static gboolean
is_registered (TestNode *self)
{
  GListModel *trackers = redes_node_get_trackers (self->node);
  g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, 0);

  return item != NULL && redes_tracker_item_get_state (item) == REDES_TRACKER_REGISTERED;
}

void
test_node_start (TestNode *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  redes_node_start_async (self->node, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  redes_node_start_finish (self->node, result, &error);
  g_assert_no_error (error);
}

TestNode *
test_node_new (const TestNodeParams *params)
{
  TestNode *self = g_new0 (TestNode, 1);
  RedesConfig *config = redes_config_new ();
  const char *trackers[] = { params->tracker, NULL };
  const char *classic_trackers[] = { params->classic_tracker, NULL };

  self->folder = g_dir_make_tmp ("redes-node-XXXXXX", NULL);
  self->shared = g_build_filename (self->folder, "shared", NULL);
  self->downloads = g_build_filename (self->folder, "downloads", NULL);
  self->violations = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (g_mkdir (self->shared, 0700), ==, 0);

  g_free (config->listen_host);
  config->listen_host = g_strdup ("127.0.0.1");
  config->listen_port = 0;
  g_free (config->data_dir);
  config->data_dir = params->remembers ? g_build_filename (self->folder, "data", NULL) : NULL;
  g_free (config->download_dir);
  config->download_dir = g_strdup (self->downloads);
  g_free (config->nickname);
  config->nickname = g_strdup (params->nickname != NULL ? params->nickname : "node");
  g_strfreev (config->trackers);
  config->trackers = g_strdupv ((char **)trackers);
  config->lan = params->lan;
  config->use_found_trackers = TRUE;
  config->browsable = TRUE;
  g_strfreev (config->classic_trackers);
  config->classic_trackers = g_strdupv ((char **)classic_trackers);
  config->max_up_bytes_per_s = params->max_up_bytes_per_s;
  config->max_down_bytes_per_s = params->max_down_bytes_per_s;
  config->rsa_bits = 2048;
  config->patience_s = params->patience_s != 0 ? params->patience_s : 1;
  self->node = redes_node_new (config);
  redes_config_free (config);

  g_signal_connect (self->node, "block-rejected", G_CALLBACK (on_rejected), self);
  g_signal_connect (self->node, "share-skipped", G_CALLBACK (on_skipped), self);
  test_node_start (self);
  if (params->tracker != NULL)
    net_wait_for (is_registered (self));
  return self;
}

void
test_node_stop (TestNode *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  redes_node_stop_async (self->node, result_cb, &result);
  net_wait_for (result != NULL);
  g_assert_true (redes_node_stop_finish (self->node, result, NULL));
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_unlink (path) != 0)
        remove_folder (path);
    }
  g_rmdir (folder);
}

void
test_node_free (TestNode *self)
{
  test_node_stop (self);
  g_signal_handlers_disconnect_by_data (self->node, self);
  g_assert_finalize_object (self->node);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->shared);
  g_free (self->downloads);
  g_ptr_array_unref (self->violations);
  g_free (self);
}

guint16
test_node_get_port (TestNode *self)
{
  return get_port (redes_node_get_address (self->node));
}

GBytes *
test_bytes (guint32 seed, gsize size)
{
  guint8 *data = g_malloc (MAX (size, 1));
  guint64 state = seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + 1;

  for (gsize i = 0; i < size; i++)
    {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      data[i] = (guint8)state;
    }
  return g_bytes_new_take (data, size);
}

static RedesSharedItem *
find_shared (TestNode *self, const char *path)
{
  GListModel *shares = redes_node_get_shares (self->node);

  for (guint i = 0; i < g_list_model_get_n_items (shares); i++)
    {
      g_autoptr (RedesSharedItem) item = g_list_model_get_item (shares, i);

      if (g_str_equal (redes_shared_item_get_path (item), path))
        return g_steal_pointer (&item);
    }
  return NULL;
}

RedesLink *
test_node_share (TestNode *self, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (self->shared, name, NULL);
  g_autoptr (RedesSharedItem) item = NULL;
  g_autoptr (GError) error = NULL;
  RedesLink *link;

  /* Straight into the file: the longest name leaves no room for that of a temporary one. */
  g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                            G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  redes_node_share (self->node, path);
  net_wait_for (item != NULL || (item = find_shared (self, path)) != NULL);
  g_assert_cmpstr (redes_shared_item_get_name (item), ==, name);
  link = redes_link_parse (redes_shared_item_get_link (item), &error);
  g_assert_no_error (error);
  return link;
}

/* The sources of the file of that very name, now. */
static guint
ask_for_sources (TestNode *self, const char *name)
{
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GError) error = NULL;
  guint n_sources = 0;

  redes_node_search_async (self->node, name, 200, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (self->node, answer, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      if (g_str_equal (redes_result_get_name (result), name))
        n_sources = redes_result_get_sources (result);
    }
  return n_sources;
}

RedesTrackerItem *
test_find_tracker (GListModel *trackers, const char *address)
{
  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (trackers, i);

      if (g_str_equal (redes_tracker_item_get_address (item), address))
        return item;
    }
  return NULL;
}

void
test_node_wait_for_sources (TestNode *self, const char *name, guint n_sources)
{
  gint64 end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (ask_for_sources (self, name) != n_sources)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      net_run_for (10);
    }
}

void
test_transfer_wait (RedesTransfer *transfer)
{
  net_wait_for (redes_transfer_is_over (transfer));
}

RedesTransfer *
test_node_download (TestNode *self, const RedesLink *link)
{
  RedesTransfer *transfer = redes_node_download (self->node, link, NULL);

  test_transfer_wait (transfer);
  return transfer;
}

void
test_transfer_check_done (RedesTransfer *transfer, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize len = 0;

  test_transfer_wait (transfer);
  g_assert_cmpstr (redes_transfer_get_error_message (transfer), ==, NULL);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_DONE);
  g_assert_cmpuint (redes_transfer_get_bytes_done (transfer), ==, g_bytes_get_size (bytes));
  g_assert_cmpuint (redes_transfer_get_size (transfer), ==, g_bytes_get_size (bytes));
  g_assert_cmpuint (redes_transfer_get_blocks_done (transfer), ==,
                    redes_transfer_get_blocks (transfer));
  g_file_get_contents (redes_transfer_get_path (transfer), &data, &len, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, len, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

void
test_transfer_check_failed (RedesTransfer *transfer, const char *words)
{
  test_transfer_wait (transfer);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_FAILED);
  g_assert_cmpstr (redes_transfer_get_path (transfer), ==, NULL);
  g_test_message ("failed: %s", redes_transfer_get_error_message (transfer));
  g_assert_nonnull (strstr (redes_transfer_get_error_message (transfer), words));
}

guint
test_transfer_get_blocks_from (RedesTransfer *transfer, const RedesPeerId *peer)
{
  GPtrArray *sources = redes_transfer_get_sources (transfer);

  for (guint i = 0; i < sources->len; i++)
    {
      const RedesTransferSource *source = g_ptr_array_index (sources, i);

      if (redes_digest_equal (&source->sender.peer, peer))
        return source->sender.blocks;
    }
  return 0;
}

guint
test_count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gboolean
test_node_has_violation (TestNode *self, const char *name)
{
  g_autofree char *prefix = g_strconcat (name, ": ", NULL);

  for (guint i = 0; i < self->violations->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (self->violations, i), prefix))
      return TRUE;
  return FALSE;
}

gsize
test_get_memory_bytes (void)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  /* A sanitizer keeps what was freed: its memory says nothing about ours. */
  return 0;
#else
  g_autofree char *text = NULL;
  unsigned long total, resident, shared;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      || sscanf (text, "%lu %lu %lu", &total, &resident, &shared) != 3)
    return 0;
  return (resident - shared) * (gsize)sysconf (_SC_PAGESIZE);
#endif
}

/* Configuring. */

void
test_node_set_switches (RedesNode *node, TestNodeSwitches on)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  config->lan = (on & TEST_NODE_LAN) != 0;
  config->use_found_trackers = (on & TEST_NODE_USE_FOUND_TRACKERS) != 0;
  config->browsable = (on & TEST_NODE_BROWSABLE) != 0;
  config->classic = (on & TEST_NODE_CLASSIC) != 0;
  redes_node_configure (node, config);
}

void
test_node_set_limits (RedesNode *node, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  config->max_up_bytes_per_s = max_up_bytes_per_s;
  config->max_down_bytes_per_s = max_down_bytes_per_s;
  redes_node_configure (node, config);
}

void
test_node_set_nickname (RedesNode *node, const char *nickname)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  g_free (config->nickname);
  config->nickname = g_strdup (nickname);
  redes_node_configure (node, config);
}

void
test_node_set_cache_bytes (RedesNode *node, guint64 bytes)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  config->cache_bytes = bytes;
  redes_node_configure (node, config);
}

/* @list: one of @config's */
static void
set_list (RedesNode *node, RedesConfig *config, char ***list, const char *const *texts)
{
  g_strfreev (*list);
  *list = g_strdupv ((char **)texts);
  redes_node_configure (node, config);
}

void
test_node_set_trackers (RedesNode *node, const char *const *trackers)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  set_list (node, config, &config->trackers, trackers);
}

void
test_node_set_refused_trackers (RedesNode *node, const char *const *ids)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  set_list (node, config, &config->refused_trackers, ids);
}

void
test_node_set_accepted_trackers (RedesNode *node, const char *const *ids)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  set_list (node, config, &config->accepted_trackers, ids);
}

void
test_node_set_classic_trackers (RedesNode *node, const char *const *trackers)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  set_list (node, config, &config->classic_trackers, trackers);
}

void
test_node_set_listen_port_async (RedesNode *node,
                                 guint16 port,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (RedesConfig) config = redes_config_copy (redes_node_get_config (node));

  config->listen_port = port;
  redes_node_configure_async (node, config, callback, user_data);
}

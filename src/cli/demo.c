/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/demo-files.h"
#include "cli/events.h"
#include "cli/options.h"
#include "cli/runner.h"
#include "engine/base/peer-id.h"
#include "engine/node/tracker-host.h"

#include <string.h>

#define N_SHARERS 3
#define FETCHER N_SHARERS
#define N_NODES (N_SHARERS + 1)
#define RSA_BITS 2048
#define MADE_FILE_BYTES (24 * 1024 * 1024)
#define SEARCH_ROWS 10
#define SEARCH_INTERVAL_MS 50
/* Hashing 200 MiB takes a fifth of a second; a machine that needs this long is stuck. */
#define PATIENCE_MS (60 * 1000)
#define BAR_WIDTH 30

static const char *const nicknames[N_NODES] = { "ana", "bruno", "clara", "davi" };

/**
 * Demo:
 * @files: what is shared: the first by all, each other by one
 * @started: whether the start of each has been answered, so that it may be stopped
 * @n_open: nodes and tracker that were started and not stopped
 * @content: of the first file, once @content_known
 */
typedef struct
{
  RedesOutput *output;
  RedesRunner *runner;
  GCancellable *cancellable;
  char *folder;
  char **files;
  char *name;
  RedesTrackerHost *tracker;
  gboolean tracker_started;
  RedesNode *nodes[N_NODES];
  gboolean started[N_NODES];
  guint n_open;
  RedesContentId content;
  gboolean content_known;
  RedesTransfer *transfer;
  guint search_id;
  guint patience_id;
  gboolean ending;
  int status;
} Demo;

static guint
get_index (Demo *self, gpointer node)
{
  guint i = 0;

  while (i < FETCHER && self->nodes[i] != node)
    i++;
  return i;
}

static void
count_stopped (Demo *self)
{
  if (--self->n_open == 0)
    redes_runner_quit (self->runner, self->status);
}

static void
node_stop_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  redes_node_stop_finish (REDES_NODE (object), result, NULL);
  count_stopped (user_data);
}

static void
tracker_host_stop_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  redes_tracker_host_stop_finish (REDES_TRACKER_HOST (object), result, NULL);
  count_stopped (user_data);
}

static void
end (Demo *self, int status)
{
  if (self->ending)
    return;
  self->ending = TRUE;
  self->status = status;
  redes_output_set_status (self->output, NULL);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->search_id, g_source_remove);
  g_clear_handle_id (&self->patience_id, g_source_remove);
  for (guint i = 0; i < N_NODES; i++)
    {
      if (self->started[i])
        redes_node_stop_async (self->nodes[i], node_stop_cb, self);
    }
  if (self->tracker_started)
    redes_tracker_host_stop_async (self->tracker, tracker_host_stop_cb, self);
}

static void
fail (Demo *self, const char *reason)
{
  if (self->ending)
    return;
  redes_output_error (self->output, "%s", reason);
  end (self, REDES_EXIT_FAILED);
}

static void
on_interrupted (gpointer user_data)
{
  end (user_data, REDES_EXIT_FAILED);
}

static gboolean
on_patience_over (gpointer user_data)
{
  Demo *self = user_data;

  self->patience_id = 0;
  fail (self, "Nothing came of it within a minute: is this machine very busy?");
  return G_SOURCE_REMOVE;
}

/* What a source sent, as a line of the table at the end. */
static void
show_source (Demo *self, RedesTransferSource *source, guint n_blocks)
{
  JsonBuilder *builder = redes_output_begin_event (self->output, "sent");
  g_autofree char *nickname = redes_format_column (source->sender.nickname, 8);
  g_autofree char *id = redes_peer_id_dup_short (&source->sender.peer, 2);
  gdouble share = n_blocks > 0 ? (gdouble)source->sender.blocks / n_blocks : 0.0;
  guint filled = MIN ((guint)(share * BAR_WIDTH + 0.5), BAR_WIDTH);
  char bar[BAR_WIDTH + 1];

  if (builder != NULL)
    {
      g_autofree char *hex = redes_digest_dup_hex (&source->sender.peer);

      redes_json_add_text (builder, "nickname", source->sender.nickname);
      redes_json_add_text (builder, "peer", hex);
      redes_json_add_text (builder, "address", source->sender.address);
      redes_json_add_count (builder, "blocks", source->sender.blocks);
      redes_output_end_event (self->output, builder);
    }
  memset (bar, ' ', BAR_WIDTH);
  memset (bar, '#', filled);
  bar[BAR_WIDTH] = '\0';
  redes_output_say (self->output, "   %s %s  %s %5u %-6s  %4.1f%%", nickname, id, bar,
                    source->sender.blocks, source->sender.blocks == 1 ? "block" : "blocks",
                    share * 100.0);
}

static const char *
find_publisher (Demo *self)
{
  RedesPeerId publisher;

  if (!redes_transfer_get_publisher (self->transfer, &publisher))
    return "its publisher";
  for (guint i = 0; i < N_SHARERS; i++)
    {
      if (redes_digest_equal (&publisher, redes_node_get_peer_id (self->nodes[i])))
        return nicknames[i];
    }
  return "its publisher";
}

static void
show_outcome (Demo *self)
{
  GPtrArray *sources = redes_transfer_get_sources (self->transfer);
  guint n_blocks = redes_transfer_get_blocks (self->transfer);
  gdouble seconds = redes_transfer_get_seconds (self->transfer);
  gdouble size_bytes = (gdouble)redes_transfer_get_size (self->transfer);
  g_autofree char *size = redes_format_size (size_bytes);
  g_autofree char *rate = redes_format_size (seconds > 0 ? size_bytes / seconds : 0.0);
  g_autofree char *id = NULL;
  RedesPeerId publisher;

  redes_output_say (self->output, "%s", "");
  redes_output_say (self->output, "Who sent what:");
  for (guint i = 0; i < sources->len; i++)
    show_source (self, g_ptr_array_index (sources, i), n_blocks);
  if (redes_transfer_get_publisher (self->transfer, &publisher))
    id = redes_peer_id_dup_short (&publisher, 2);
  redes_output_say (self->output, "%s", "");
  redes_output_say (self->output,
                    "%s in %.2f s, %s a second. Each of the %u blocks was checked against the",
                    size, seconds, rate, n_blocks);
  redes_output_say (self->output, "RSA signature of %s (%s) before it was written.",
                    find_publisher (self), id != NULL ? id : "unknown");
}

static void
compare (Demo *self)
{
  JsonBuilder *builder = redes_output_begin_event (self->output, "compared");
  gboolean identical
      = redes_demo_files_equal (self->files[0], redes_transfer_get_path (self->transfer));

  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "identical");
      json_builder_add_boolean_value (builder, identical);
      redes_output_end_event (self->output, builder);
    }
  if (!identical)
    {
      fail (self,
            "The copy is not the same as the original. That must not happen: please report it.");
      return;
    }
  redes_output_say (self->output, "The copy and the original are the same, byte for byte.");
  end (self, REDES_EXIT_OK);
}

static void
show_bar (Demo *self)
{
  guint64 size_bytes = redes_transfer_get_size (self->transfer);
  guint64 done_bytes = redes_transfer_get_bytes_received (self->transfer);
  gdouble share = size_bytes > 0 ? MIN (1.0, (gdouble)done_bytes / (gdouble)size_bytes) : 0.0;
  g_autofree char *rate = redes_format_size (redes_transfer_get_rate_bytes_per_s (self->transfer));
  g_autofree char *line = NULL;
  char bar[BAR_WIDTH + 1];

  memset (bar, '.', BAR_WIDTH);
  memset (bar, '#', (guint)(share * BAR_WIDTH));
  bar[BAR_WIDTH] = '\0';
  line = g_strdup_printf ("   [%s] %3.0f%%  %s/s", bar, share * 100.0, rate);
  redes_output_set_status (self->output, line);
}

static void
on_transfer_changed (RedesNode *node, RedesTransfer *transfer, gpointer user_data)
{
  Demo *self = user_data;

  if (self->ending || transfer != self->transfer)
    return;
  if (!redes_transfer_is_over (transfer))
    show_bar (self);
  else
    redes_output_set_status (self->output, NULL);
  if (redes_output_is_json (self->output)
      || redes_transfer_get_state (transfer) == REDES_TRANSFER_FAILED)
    redes_event_transfer (self->output, transfer);

  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_FAILED)
    end (self, REDES_EXIT_FAILED);
  else if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    {
      show_outcome (self);
      compare (self);
    }
}

static void
start_download (Demo *self, RedesResult *result)
{
  g_autoptr (RedesLink) link = redes_result_dup_link (result);

  redes_output_say (self->output, "%s", "");
  redes_output_say (self->output, "%s downloads it from all three at once.", nicknames[FETCHER]);
  self->transfer = redes_node_download (self->nodes[FETCHER], link, NULL);
  on_transfer_changed (self->nodes[FETCHER], self->transfer, self);
}

static RedesResult *
find_complete_result (Demo *self, GListModel *results)
{
  guint n_results = g_list_model_get_n_items (results);

  for (guint i = 0; self->content_known && i < n_results; i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      if (redes_content_id_equal (redes_result_get_content (result), &self->content)
          && redes_result_get_sources (result) == N_SHARERS)
        return g_steal_pointer (&result);
    }
  return NULL;
}

static gboolean search (gpointer user_data);

/* Asks again until the tracker knows all three, who hash and register at the same time. */
static void
node_search_cb (GObject *object, GAsyncResult *async_result, gpointer user_data)
{
  Demo *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) results = NULL;
  g_autoptr (RedesResult) result = NULL;
  guint n_asked = 0;
  guint n_answered = 0;

  results
      = redes_node_search_finish (REDES_NODE (object), async_result, &n_asked, &n_answered, &error);
  if (self->ending)
    return;
  if (results == NULL)
    {
      fail (self, error->message);
      return;
    }
  result = find_complete_result (self, results);
  if (result == NULL)
    {
      self->search_id = g_timeout_add (SEARCH_INTERVAL_MS, search, self);
      return;
    }
  redes_output_say (self->output, "%s", "");
  redes_output_say (self->output, "%s searches for “%s”:", nicknames[FETCHER], self->name);
  redes_event_results (self->output, self->name, results, SEARCH_ROWS, n_asked, n_answered, 0, 0,
                       FALSE);
  start_download (self, result);
}

static gboolean
search (gpointer user_data)
{
  Demo *self = user_data;

  self->search_id = 0;
  redes_node_search_async (self->nodes[FETCHER], self->name, SEARCH_ROWS, self->cancellable,
                           node_search_cb, self);
  return G_SOURCE_REMOVE;
}

static void
on_shared (RedesNode *node, RedesSharedItem *item, gpointer user_data)
{
  Demo *self = user_data;
  g_autofree char *size = redes_format_size ((gdouble)redes_shared_item_get_size (item));

  if (node == self->nodes[FETCHER])
    return;
  if (g_str_equal (redes_shared_item_get_name (item), self->name))
    {
      self->content = *redes_shared_item_get_content (item);
      self->content_known = TRUE;
    }
  redes_event_shared (self->output, item, FALSE, FALSE);
  redes_output_say (self->output, "   %-6s shares %s (%s)", nicknames[get_index (self, node)],
                    redes_shared_item_get_name (item), size);
}

static void
on_share_skipped (RedesNode *node, const char *path, const GError *error, gpointer user_data)
{
  Demo *self = user_data;

  redes_event_share_skipped (self->output, path, error->message);
  if (g_str_equal (path, self->files[0]))
    fail (self, "The file to show could not be shared.");
}

static void
share_files (Demo *self, guint index)
{
  guint n_files = g_strv_length (self->files);

  redes_node_share (self->nodes[index], self->files[0]);
  for (guint i = 1 + index; i < n_files; i += N_SHARERS)
    redes_node_share (self->nodes[index], self->files[i]);
}

static void
node_start_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Demo *self = user_data;
  guint index = get_index (self, object);
  g_autoptr (GError) error = NULL;
  gboolean started = redes_node_start_finish (REDES_NODE (object), result, &error);

  if (self->ending)
    {
      redes_node_stop_async (REDES_NODE (object), node_stop_cb, self);
      return;
    }
  self->started[index] = TRUE;
  if (!started)
    fail (self, error->message);
  else if (index == FETCHER)
    search (self);
  else
    share_files (self, index);
}

static RedesNode *
new_node (Demo *self, guint index)
{
  RedesConfig *config = redes_config_new ();
  RedesNode *node;

  g_free (config->listen_host);
  config->listen_host = g_strdup ("127.0.0.1");
  config->listen_port = 0;
  config->listen = index != FETCHER;
  g_clear_pointer (&config->data_dir, g_free);
  g_free (config->download_dir);
  config->download_dir = g_build_filename (self->folder, nicknames[index], NULL);
  g_free (config->nickname);
  config->nickname = g_strdup (nicknames[index]);
  g_strfreev (config->trackers);
  config->trackers = g_new0 (char *, 2);
  config->trackers[0] = g_strdup (redes_tracker_host_get_address (self->tracker));
  config->rsa_bits = RSA_BITS;

  node = redes_node_new (config);
  redes_config_free (config);
  return node;
}

static void
start_nodes (Demo *self)
{
  for (guint i = 0; i < N_NODES; i++)
    {
      self->nodes[i] = new_node (self, i);
      g_signal_connect (self->nodes[i], "shared", G_CALLBACK (on_shared), self);
      g_signal_connect (self->nodes[i], "share-skipped", G_CALLBACK (on_share_skipped), self);
      g_signal_connect (self->nodes[i], "transfer-changed", G_CALLBACK (on_transfer_changed), self);
    }
  for (guint i = 0; i < N_NODES; i++)
    {
      self->n_open++;
      redes_node_start_async (self->nodes[i], self->cancellable, node_start_cb, self);
    }
}

static void
tracker_host_start_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Demo *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean started = redes_tracker_host_start_finish (self->tracker, result, &error);

  if (self->ending)
    {
      redes_tracker_host_stop_async (self->tracker, tracker_host_stop_cb, self);
      return;
    }
  self->tracker_started = TRUE;
  if (!started)
    {
      fail (self, error->message);
      return;
    }
  redes_event_listening (self->output, "Tracker", redes_tracker_host_get_address (self->tracker),
                         redes_tracker_host_get_peer_id (self->tracker));
  redes_output_say (self->output, "%s", "");
  redes_output_say (self->output, "Three peers share files of this machine:");
  start_nodes (self);
}

/* The files to show; if there is nothing large enough here, one is made. */
static gboolean
choose_files (Demo *self, GError **error)
{
  self->files = redes_demo_find_files (1 + N_SHARERS);
  if (self->files[0] == NULL)
    {
      g_strfreev (self->files);
      self->files = g_new0 (char *, 2);
      self->files[0] = g_build_filename (self->folder, "a file made for the demo.bin", NULL);
      if (!redes_demo_make_file (self->files[0], MADE_FILE_BYTES, error))
        return FALSE;
    }
  self->name = g_path_get_basename (self->files[0]);
  return TRUE;
}

static int
run_in_folder (Demo *self)
{
  g_autoptr (GError) error = NULL;

  if (!choose_files (self, &error))
    {
      redes_output_error (self->output, "%s", error->message);
      return REDES_EXIT_FAILED;
    }
  self->tracker = redes_tracker_host_new (NULL, "127.0.0.1", 0, 0, RSA_BITS);
  self->patience_id = g_timeout_add (PATIENCE_MS, on_patience_over, self);
  self->n_open++;
  redes_tracker_host_start_async (self->tracker, self->cancellable, tracker_host_start_cb, self);
  return redes_runner_run (self->runner);
}

static void
demo_clear (Demo *self)
{
  for (guint i = 0; i < N_NODES; i++)
    g_clear_object (&self->nodes[i]);
  g_clear_object (&self->transfer);
  g_clear_object (&self->tracker);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->runner, redes_runner_free);
  g_clear_pointer (&self->files, g_strfreev);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->name, g_free);
}

static gboolean
remove_folder (Demo *self)
{
  JsonBuilder *builder;

  if (!redes_demo_remove_tree (self->folder))
    {
      redes_output_error (self->output, "%s could not be removed", self->folder);
      return FALSE;
    }
  builder = redes_output_begin_event (self->output, "removed");
  if (builder != NULL)
    {
      redes_json_add_text (builder, "path", self->folder);
      redes_output_end_event (self->output, builder);
    }
  redes_output_say (self->output, "What the demo made has been removed.");
  return TRUE;
}

static int
run (RedesOutput *output, char **operands)
{
  Demo self = { .output = output };
  g_autoptr (GError) error = NULL;
  int status;

  self.folder = g_dir_make_tmp ("redes-demo-XXXXXX", &error);
  if (self.folder == NULL)
    {
      redes_output_error (output, "%s", error->message);
      return REDES_EXIT_FAILED;
    }
  self.cancellable = g_cancellable_new ();
  self.runner = redes_runner_new (output, on_interrupted, &self);
  redes_output_say (output, "A tracker and four peers, all on this machine, all in this program.");
  status = run_in_folder (&self);
  if (!remove_folder (&self))
    status = REDES_EXIT_FAILED;
  demo_clear (&self);
  return status;
}

const RedesCommand redes_command_demo = {
  .name = "demo",
  .summary = "See it work: one file from three peers at once",
  .operands = NULL,
  .description
  = "Starts a tracker and four peers on this machine alone, shares files that it finds here, has "
    "one\n"
    "of them fetched from three peers at once, shows who sent what, checks the copy, and removes\n"
    "what it made. Takes a few seconds; nothing leaves this machine.",
  .examples = "Examples:\n"
              "  redes-cli demo\n"
              "  redes-cli demo --json",
  .run = run,
};

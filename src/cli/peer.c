/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/console.h"
#include "cli/events.h"
#include "cli/lan-events.h"
#include "cli/lan-options.h"
#include "cli/session.h"
#include "engine/base/folder-totals.h"
#include "engine/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIB G_GUINT64_CONSTANT (1024)
#define MAX_LIMIT_KIB (100u * 1024 * 1024)
#define MAX_CACHE_MIB (1024u * 1024)
/* Files that prose names one by one; a folder may have thousands. */
#define MAX_NAMED_SHARES 20
/* With an end in sight, how long a download waits for a source that went away. */
#define BATCH_PATIENCE_S 60

static char *option_listen;
static char **option_trackers;
static char *option_data_dir;
static char *option_download_dir;
static char *option_nickname;
static char *option_max_up;
static char *option_max_down;
static char *option_cache;
static char *option_max_entries;
static gboolean option_exit_when_done;
static gboolean option_no_found_trackers;
static gboolean option_private;
static gboolean option_classic;
static char **option_classic_trackers;

static const GOptionEntry entries[] = {
  { "listen", 'l', 0, G_OPTION_ARG_FILENAME, &option_listen,
    "Where other peers reach this one; :PORT is every address, port 0 a free one (default: :6001)",
    "HOST:PORT" },
  { "tracker", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &option_trackers,
    "A tracker to register with; may be given several times", "HOST:PORT" },
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_data_dir,
    "Where this peer keeps its identity, and what it shares and fetches from run to run (default: "
    "redes in the user's data folder)",
    "DIR" },
  { "download-dir", 'd', 0, G_OPTION_ARG_FILENAME, &option_download_dir,
    "Where downloads go (default: the user's download folder)", "DIR" },
  { "nickname", 'n', 0, G_OPTION_ARG_FILENAME, &option_nickname,
    "What others see beside the id (default: none)", "NAME" },
  { "max-up", 0, 0, G_OPTION_ARG_FILENAME, &option_max_up,
    "Send at most so many KiB a second, or 2M for 2 MiB (default: 0, no limit)", "RATE" },
  { "max-down", 0, 0, G_OPTION_ARG_FILENAME, &option_max_down,
    "Fetch at most so many KiB a second, or 2M for 2 MiB (default: 0, no limit)", "RATE" },
  { "cache", 0, 0, G_OPTION_ARG_FILENAME, &option_cache,
    "Keep up to so many MiB of what others ask for in memory, or 1G (default: 64)", "SIZE" },
  REDES_LAN_OPTIONS,
  { "max-folder-entries", 0, 0, G_OPTION_ARG_STRING, &option_max_entries,
    "How many files and folders a folder may hold that is downloaded (default: 1500000); its lists "
    "take about 100 to 300 bytes of memory for each",
    "COUNT" },
  { "no-found-trackers", 0, 0, G_OPTION_ARG_NONE, &option_no_found_trackers,
    "Only show the trackers found on the local network; do not use them", NULL },
  { "classic", 0, 0, G_OPTION_ARG_NONE, &option_classic,
    "Be a peer among the original system's too: plain text, nothing verified", NULL },
  { "classic-tracker", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &option_classic_trackers,
    "An original tracker for --classic; without one it is looked for on the network", "HOST:PORT" },
  { "no-browse", 0, 0, G_OPTION_ARG_NONE, &option_private,
    "Do not let others page through what is shared", NULL },
  { "exit-when-done", 0, 0, G_OPTION_ARG_NONE, &option_exit_when_done,
    "At the end of the input wait for the downloads and exit; 0 only if all went well", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  RedesOutput *output;
  RedesSession *session;
  RedesConsole *console;
  char **paths;
  char *history_path;        /* of what is typed */
  GHashTable *shared_names;  /* of all files that were shared in this run */
  GHashTable *lost_trackers; /* addresses of which the loss has been told */
  guint n_shared;
  guint n_withdrawn;
  gboolean shares_told;
  gboolean input_ended;
} Peer;

/* (0 or not) of a peer that ends now. */
static int
get_status (Peer *self)
{
  GListModel *transfers = redes_node_get_transfers (redes_session_get_node (self->session));
  guint n_transfers = g_list_model_get_n_items (transfers);

  if (!option_exit_when_done)
    return REDES_EXIT_OK;
  if (self->console == NULL || redes_console_get_failures (self->console) > 0)
    return REDES_EXIT_FAILED;
  for (guint i = 0; i < n_transfers; i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE)
        return REDES_EXIT_FAILED;
    }
  return REDES_EXIT_OK;
}

static gboolean
has_running_transfers (Peer *self)
{
  GListModel *transfers = redes_node_get_transfers (redes_session_get_node (self->session));
  guint n_transfers = g_list_model_get_n_items (transfers);

  for (guint i = 0; i < n_transfers; i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (!redes_transfer_is_over (transfer)
          && redes_transfer_get_state (transfer) != REDES_TRANSFER_PAUSED)
        return TRUE;
    }
  return FALSE;
}

static void
end_if_done (Peer *self)
{
  redes_session_set_interrupted_status (self->session, get_status (self));
  if (option_exit_when_done && self->input_ended && !has_running_transfers (self))
    redes_session_end (self->session, get_status (self));
}

static void
on_input_ended (gpointer user_data)
{
  Peer *self = user_data;

  self->input_ended = TRUE;
  /* Ctrl-D at the prompt is a person who leaves. */
  if (redes_console_is_interactive (self->console) && !option_exit_when_done)
    redes_session_end (self->session, get_status (self));
  else
    end_if_done (self);
}

static void
on_exit_asked (gpointer user_data)
{
  Peer *self = user_data;

  redes_session_end (self->session, get_status (self));
}

static void
on_listening (RedesNode *node, const char *address, gpointer user_data)
{
  Peer *self = user_data;

  redes_event_listening (self->output, "Peer", address, redes_node_get_peer_id (node));
}

static void
on_tracker_changed (RedesNode *node, RedesTrackerItem *tracker, gpointer user_data)
{
  Peer *self = user_data;
  const char *address = redes_tracker_item_get_address (tracker);
  const char *reason = redes_tracker_item_get_error_message (tracker);
  g_autofree char *no_answer = g_strdup_printf ("The tracker at %s does not answer", address);

  switch (redes_tracker_item_get_state (tracker))
    {
    case REDES_TRACKER_REGISTERED:
      g_hash_table_remove (self->lost_trackers, address);
      redes_event_registered (self->output, address);
      break;
    case REDES_TRACKER_WAITING:
      if (g_hash_table_add (self->lost_trackers, g_strdup (address)))
        redes_event_tracker_lost (self->output, address, reason != NULL ? reason : no_answer);
      break;
    case REDES_TRACKER_CONNECTING:
    default:
      break;
    }
}

static void
on_shared (RedesNode *node, RedesSharedItem *item, gpointer user_data)
{
  Peer *self = user_data;

  self->n_shared++;
  redes_event_shared (
      self->output, item,
      !g_hash_table_add (self->shared_names, g_strdup (redes_shared_item_get_name (item))),
      self->n_shared <= MAX_NAMED_SHARES);
}

static void
on_sharing_idle (RedesNode *node, gpointer user_data)
{
  Peer *self = user_data;

  if (self->n_shared > MAX_NAMED_SHARES && !self->shares_told)
    redes_output_say (self->output, "Sharing %u files in all", self->n_shared);
  self->shares_told = TRUE;
}

static void
on_share_skipped (RedesNode *node, const char *path, const GError *error, gpointer user_data)
{
  Peer *self = user_data;

  redes_event_share_skipped (self->output, path, error->message);
}

static void
on_withdrawn (RedesNode *node, RedesSharedItem *item, const RedesNotice *reason, gpointer user_data)
{
  Peer *self = user_data;

  self->n_withdrawn++;
  redes_event_withdrawn (self->output, item, redes_notice_get_english (reason),
                         self->n_withdrawn <= MAX_NAMED_SHARES);
}

static void
on_hashing (RedesNode *node,
            guint64 bytes_done,
            guint64 bytes_total,
            guint files_done,
            guint files_total,
            gdouble seconds_left,
            gboolean paused,
            gpointer user_data)
{
  Peer *self = user_data;
  const RedesHashingProgress progress
      = { bytes_done, bytes_total, files_done, files_total, seconds_left, paused };

  redes_event_hashing (self->output, &progress);
}

static void
on_notice (RedesNode *node, const RedesNotice *notice, gpointer user_data)
{
  Peer *self = user_data;

  redes_event_notice (self->output, redes_notice_get_english (notice));
}

static void
on_transfer_resumed (
    RedesNode *node, RedesTransfer *transfer, guint kept, guint doubtful, gpointer user_data)
{
  Peer *self = user_data;

  redes_event_resumed (self->output, transfer, kept, doubtful);
}

static void
on_transfer_removed (RedesNode *node, RedesTransfer *transfer, gpointer user_data)
{
  Peer *self = user_data;

  if (!redes_console_is_listing (transfer))
    redes_event_removed (self->output, transfer);
  end_if_done (self);
}

static void
on_transfer_changed (RedesNode *node, RedesTransfer *transfer, gpointer user_data)
{
  Peer *self = user_data;

  if (!redes_console_is_listing (transfer))
    redes_event_transfer (self->output, transfer);
  end_if_done (self);
}

static void
on_block_rejected (RedesNode *node,
                   const char *peer_hex,
                   const char *address,
                   gint64 block,
                   const char *reason,
                   RedesTransfer *transfer,
                   gpointer user_data)
{
  Peer *self = user_data;

  redes_event_rejected (self->output, peer_hex, address, block, reason, transfer);
}

/* What somebody who typed no switch may not think of. */
static void
say_what_is_open (Peer *self)
{
  if (!redes_lan_option_off)
    redes_output_say (self->output, option_no_found_trackers
                                        ? "Trackers found on this network are only shown"
                                        : "Trackers found on this network are used "
                                          "(--no-found-trackers: only shown)");
  redes_output_say (self->output, option_private ? "Nobody may page through what is shared here"
                                                 : "Others may page through what is shared here "
                                                   "(--no-browse: nobody may)");
}

/* Of the downloads of earlier runs. */
static void
say_whom_links_ask (Peer *self)
{
  GListModel *transfers = redes_node_get_transfers (redes_session_get_node (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (!redes_transfer_is_over (transfer)
          && redes_transfer_get_state (transfer) != REDES_TRANSFER_PAUSED)
        redes_event_asking (self->output, redes_transfer_get_link (transfer));
    }
}

static void
on_started (RedesSession *session, gpointer user_data)
{
  Peer *self = user_data;
  const RedesConsoleFuncs funcs = { on_input_ended, on_exit_asked };

  say_what_is_open (self);
  say_whom_links_ask (self);
  for (guint i = 0; self->paths[i] != NULL; i++)
    {
      g_autofree char *path = redes_option_dup_absolute (self->paths[i]);

      redes_node_share (redes_session_get_node (session), path);
    }
  self->console = redes_console_new (session, self->history_path, &funcs, self);
}

/* A path that was typed wrong is better told at once than found missing by others. */
static gboolean
check_path (RedesOutput *output, const char *given)
{
  g_autofree char *path = *given != '\0' ? redes_option_dup_absolute (given) : g_strdup ("");
  g_autofree char *shown = redes_text_display_path (path);
  struct stat info;
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  gboolean usable;

  if (fd < 0)
    {
      redes_output_error (output, "%s cannot be shared: %s", shown, g_strerror (errno));
      return FALSE;
    }
  usable = fstat (fd, &info) == 0 && (S_ISREG (info.st_mode) || S_ISDIR (info.st_mode));
  close (fd);
  if (!usable)
    redes_output_error (output, "%s cannot be shared: it is neither a file nor a folder", shown);
  return usable;
}

static gboolean
fill_config (RedesOutput *output, RedesConfig *config)
{
  guint64 max_up_kib = config->max_up_bytes_per_s / 1024;
  guint64 max_down_kib = config->max_down_bytes_per_s / 1024;
  guint64 cache_mib = config->cache_bytes / (1024 * 1024);
  guint64 max_entries = 0;

  if (!redes_option_parse_listen (output, "--listen", option_listen, &config->listen_host,
                                  &config->listen_port)
      || !redes_option_parse_trackers (output, option_trackers, &config->trackers)
      || !redes_option_parse_amount (output, "--max-up", option_max_up, KIB, MAX_LIMIT_KIB,
                                     &max_up_kib)
      || !redes_option_parse_amount (output, "--max-down", option_max_down, KIB, MAX_LIMIT_KIB,
                                     &max_down_kib)
      || !redes_option_parse_amount (output, "--cache", option_cache, KIB * KIB, MAX_CACHE_MIB,
                                     &cache_mib)
      || !redes_option_parse_count (output, "--max-folder-entries", option_max_entries, 1,
                                    REDES_FOLDER_MAX_BELOW, &max_entries)
      || !redes_option_check_text (output, "--nickname", option_nickname,
                                   REDES_OPTION_NICKNAME_BYTES)
      || !redes_option_check_folder (output, "--data-dir", option_data_dir)
      || !redes_option_check_folder (output, "--download-dir", option_download_dir)
      || !redes_lan_options_check (output)
      || !redes_option_parse_trackers (output, option_classic_trackers, &config->classic_trackers))
    return FALSE;

  config->patience_s = option_exit_when_done ? BATCH_PATIENCE_S : 0;
  redes_lan_options_apply (config);
  config->use_found_trackers = !option_no_found_trackers;
  config->browsable = !option_private;
  config->classic = option_classic || option_classic_trackers != NULL;
  config->max_folder_entries = max_entries;
  config->max_up_bytes_per_s = max_up_kib * 1024;
  config->max_down_bytes_per_s = max_down_kib * 1024;
  config->cache_bytes = cache_mib * 1024 * 1024;
  g_free (config->data_dir);
  config->data_dir = option_data_dir != NULL ? redes_option_dup_absolute (option_data_dir)
                                             : redes_option_dup_default_data_dir ();
  if (option_download_dir != NULL)
    {
      g_free (config->download_dir);
      config->download_dir = redes_option_dup_absolute (option_download_dir);
    }
  if (option_nickname != NULL)
    {
      g_free (config->nickname);
      config->nickname = g_strdup (option_nickname);
    }
  return TRUE;
}

static void
connect_signals (Peer *self, RedesNode *node)
{
  g_signal_connect (node, "listening", G_CALLBACK (on_listening), self);
  g_signal_connect (node, "tracker-changed", G_CALLBACK (on_tracker_changed), self);
  g_signal_connect (node, "shared", G_CALLBACK (on_shared), self);
  g_signal_connect (node, "share-skipped", G_CALLBACK (on_share_skipped), self);
  g_signal_connect (node, "sharing-idle", G_CALLBACK (on_sharing_idle), self);
  g_signal_connect (node, "withdrawn", G_CALLBACK (on_withdrawn), self);
  g_signal_connect (node, "hashing", G_CALLBACK (on_hashing), self);
  g_signal_connect (node, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect (node, "transfer-resumed", G_CALLBACK (on_transfer_resumed), self);
  g_signal_connect (node, "transfer-removed", G_CALLBACK (on_transfer_removed), self);
  g_signal_connect (node, "transfer-changed", G_CALLBACK (on_transfer_changed), self);
  g_signal_connect (node, "block-rejected", G_CALLBACK (on_block_rejected), self);
  redes_lan_events_connect (self->output, node);
}

static int
run (RedesOutput *output, char **operands)
{
  g_autoptr (RedesConfig) config = redes_config_new ();
  g_autoptr (GHashTable) lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (RedesSession) session = NULL;
  g_autofree char *history_path = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Peer self = { .output = output, .paths = operands, .shared_names = names, .lost_trackers = lost };
  RedesNode *node;
  int status;

  if (!fill_config (output, config))
    return REDES_EXIT_USAGE;
  for (guint i = 0; operands[i] != NULL; i++)
    {
      if (!check_path (output, operands[i]))
        return REDES_EXIT_FAILED;
    }

  history_path = g_build_filename (config->data_dir, "console-history", NULL);
  self.history_path = history_path;
  session = redes_session_new (output, config, on_started, &self);
  node = redes_session_get_node (session);
  self.session = session;
  redes_session_set_interrupted_status (session, get_status (&self));
  connect_signals (&self, node);
  status = redes_session_run (session);
  g_signal_handlers_disconnect_by_data (node, &self);
  redes_lan_events_disconnect (output, node);
  if (self.console != NULL)
    {
      redes_event_stopped (output);
      redes_console_free (self.console);
    }
  return status;
}

const RedesCommand redes_command_peer = {
  .name = "peer",
  .summary = "Share files, and take commands to find and download others",
  .operands = "[PATH…]",
  .max_operands = G_MAXUINT,
  .description
  = "Shares the files and folders given, and those of earlier runs, goes on with the downloads of\n"
    "earlier runs, registers with the trackers, and takes commands, typed or piped: list, search,\n"
    "browse, download, transfers, pause, resume, retry, remove, share, unshare, hashing, shared,\n"
    "cache, help, exit. At the end of piped input it goes on serving.",
  .examples = "Examples:\n"
              "  redes-cli peer --tracker 192.168.1.10:5000 --nickname ana ~/Music\n"
              "  redes-cli peer --listen :0 --tracker :5000 --max-up 500 notes.pdf\n"
              "  echo 'download notes.pdf' | redes-cli peer --listen :0 --tracker :5000 \\\n"
              "    --data-dir /tmp/other --download-dir . --exit-when-done",
  .entries = entries,
  .run = run,
};

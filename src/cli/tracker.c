/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/lan-options.h"
#include "cli/runner.h"
#include "engine/node/tracker-host.h"

#define MAX_TIMEOUT_S 3600
#define MOST_PEERS 1000000
#define METRICS_PORT 5001

static char *option_listen;
static char *option_data_dir;
static char *option_nickname;
static char *option_timeout;
static char *option_max_peers;
static char *option_metrics;
static gboolean option_classic;

static const GOptionEntry entries[] = {
  { "listen", 'l', 0, G_OPTION_ARG_FILENAME, &option_listen,
    "Where to listen; :PORT is every address of this machine, port 0 a free one (default: :5000)",
    "HOST:PORT" },
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_data_dir,
    "Where the tracker's identity is kept (default: redes in the user's data folder)", "DIR" },
  { "nickname", 'n', 0, G_OPTION_ARG_FILENAME, &option_nickname,
    "What others on the local network see beside the id (default: none)", "NAME" },
  { "heartbeat-timeout", 0, 0, G_OPTION_ARG_FILENAME, &option_timeout,
    "A peer that is silent for longer is gone (default: 25)", "SECONDS" },
  { "max-peers", 0, 0, G_OPTION_ARG_FILENAME, &option_max_peers,
    "How many peers may be registered (default: what memory and open files allow)", "N" },
  { "metrics", 0, 0, G_OPTION_ARG_FILENAME, &option_metrics,
    "Tell what the tracker does at http://HOST:PORT/metrics, for Prometheus and the like; whoever "
    "reaches that address can read it",
    "HOST:PORT" },
  REDES_LAN_OPTIONS,
  { "classic", 0, 0, G_OPTION_ARG_NONE, &option_classic,
    "Serve the original system's peers too: plain text, nothing verified", NULL },
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  RedesOutput *output;
  RedesRunner *runner;
  RedesTrackerHost *host;
  GCancellable *cancellable;
  int status;
  gboolean starting;
  gboolean stopping;
} Tracker;

static void
tracker_host_stop_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Tracker *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!redes_tracker_host_stop_finish (self->host, result, &error))
    redes_output_error (self->output, "%s", error->message);
  redes_runner_quit (self->runner, self->status);
}

static void
tracker_host_start_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Tracker *self = user_data;
  g_autoptr (GError) error = NULL;

  self->starting = FALSE;
  if (redes_tracker_host_start_finish (self->host, result, &error) && !self->stopping)
    {
      redes_event_listening (self->output, "Tracker", redes_tracker_host_get_address (self->host),
                             redes_tracker_host_get_peer_id (self->host));
      if (redes_tracker_host_get_metrics_address (self->host) != NULL)
        redes_event_metrics (self->output, redes_tracker_host_get_metrics_address (self->host));
      return;
    }
  if (!self->stopping)
    {
      redes_output_error (self->output, "%s", error->message);
      self->stopping = TRUE;
      self->status = REDES_EXIT_FAILED;
    }
  redes_tracker_host_stop_async (self->host, tracker_host_stop_cb, self);
}

static void
on_log (RedesTrackerHost *host, const RedesNotice *event, gpointer user_data)
{
  Tracker *self = user_data;

  redes_event_log (self->output, redes_notice_get_english (event));
}

static void
on_interrupted (gpointer user_data)
{
  Tracker *self = user_data;

  self->stopping = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (!self->starting)
    redes_tracker_host_stop_async (self->host, tracker_host_stop_cb, self);
}

static int
run (RedesOutput *output, char **operands)
{
  Tracker self = { .output = output, .status = REDES_EXIT_OK, .starting = TRUE };
  g_autofree char *listen_host = g_strdup ("");
  guint16 listen_port = REDES_TRACKER_DEFAULT_PORT;
  guint64 timeout_s = REDES_TRACKER_HOST_TIMEOUT_S;
  guint64 max_peers = 0;
  g_autofree char *metrics_host = g_strdup ("127.0.0.1");
  guint16 metrics_port = METRICS_PORT;
  g_autofree char *data_dir = option_data_dir != NULL ? redes_option_dup_absolute (option_data_dir)
                                                      : redes_option_dup_default_data_dir ();
  int status;

  if (option_metrics != NULL && !redes_tracker_host_can_tell_metrics ())
    {
      redes_output_error (output, "--metrics: this redes-cli was built without libsoup");
      return REDES_EXIT_USAGE;
    }
  if (!redes_option_parse_listen (output, "--listen", option_listen, &listen_host, &listen_port)
      || !redes_option_parse_count (output, "--heartbeat-timeout", option_timeout, 1, MAX_TIMEOUT_S,
                                    &timeout_s)
      || !redes_option_parse_count (output, "--max-peers", option_max_peers, 1, MOST_PEERS,
                                    &max_peers)
      || (option_metrics != NULL
          && !redes_option_parse_listen (output, "--metrics", option_metrics, &metrics_host,
                                         &metrics_port))
      || !redes_option_check_text (output, "--nickname", option_nickname,
                                   REDES_OPTION_NICKNAME_BYTES)
      || !redes_option_check_folder (output, "--data-dir", option_data_dir)
      || !redes_lan_options_check (output))
    return REDES_EXIT_USAGE;

  self.runner = redes_runner_new (output, on_interrupted, &self);
  self.cancellable = g_cancellable_new ();
  self.host = redes_tracker_host_new (data_dir, listen_host, listen_port, (guint)timeout_s,
                                      REDES_DEFAULT_RSA_BITS);
  redes_tracker_host_set_lan (self.host, !redes_lan_option_off,
                              (const char *const *)redes_lan_option_interfaces, option_nickname);
  redes_tracker_host_set_classic (self.host, option_classic);
  redes_tracker_host_set_max_peers (self.host, (guint)max_peers);
  if (option_metrics != NULL)
    redes_tracker_host_set_metrics (self.host, metrics_host, metrics_port);
  g_signal_connect (self.host, "log", G_CALLBACK (on_log), &self);
  redes_tracker_host_start_async (self.host, self.cancellable, tracker_host_start_cb, &self);

  status = redes_runner_run (self.runner);
  if (status == REDES_EXIT_OK)
    redes_event_stopped (output);
  g_object_unref (self.host);
  g_object_unref (self.cancellable);
  redes_runner_free (self.runner);
  return status;
}

const RedesCommand redes_command_tracker = {
  .name = "tracker",
  .summary = "Run a tracker: who is there and who has what",
  .operands = NULL,
  .description
  = "Runs a tracker, which peers register with and which answers their searches. It keeps no\n"
    "file and sees none. Ctrl-C stops it; its peers come back when it is started again.",
  .examples = "Examples:\n"
              "  redes-cli tracker\n"
              "  redes-cli tracker --listen 192.168.1.10:5000 --heartbeat-timeout 60",
  .entries = entries,
  .run = run,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/lan-options.h"
#include "cli/session.h"
#include "engine/node/node-lan.h"

#define DEFAULT_ROWS 50

static char **option_trackers;
static char *option_limit;
static gboolean option_links;

static const GOptionEntry entries[]
    = { { "tracker", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &option_trackers,
          "A tracker to ask; may be given several times", "HOST:PORT" },
        { "limit", 'n', 0, G_OPTION_ARG_FILENAME, &option_limit,
          "At most so many results, up to 100000 (default: 50)", "N" },
        { "links", 0, 0, G_OPTION_ARG_NONE, &option_links,
          "Show each result's link, which redes-cli get takes", NULL },
        REDES_LAN_OPTIONS,
        G_OPTION_ENTRY_NULL };

typedef struct
{
  RedesSession *session;
  char *words;
  guint64 n_rows;
} Search;

static void
node_search_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *self = user_data;
  RedesOutput *output = redes_session_get_output (self->session);
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GError) error = NULL;
  guint n_asked = 0;
  guint n_answered = 0;
  guint n_peers = 0;
  guint n_peers_answered = 0;

  results = redes_node_search_finish (REDES_NODE (object), result, &n_asked, &n_answered, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (results == NULL)
    {
      redes_output_error (output, "%s", error->message);
      redes_session_end (self->session, REDES_EXIT_FAILED);
      return;
    }
  redes_node_search_get_peers (result, &n_peers, &n_peers_answered);
  redes_event_results (output, self->words, results, (guint)self->n_rows, n_asked, n_answered,
                       n_peers, n_peers_answered, option_links);
  redes_session_end (self->session, REDES_EXIT_OK);
}

static void
on_started (RedesSession *session, gpointer user_data)
{
  Search *self = user_data;

  redes_node_search_async (redes_session_get_node (session), self->words, (guint)self->n_rows,
                           redes_session_get_cancellable (session), node_search_cb, self);
}

static int
run (RedesOutput *output, char **operands)
{
  g_auto (GStrv) trackers = NULL;
  g_autofree char *words = g_strjoinv (" ", operands);
  g_autoptr (RedesConfig) config = NULL;
  g_autoptr (RedesSession) session = NULL;
  Search self = { .words = words, .n_rows = DEFAULT_ROWS };

  if (!redes_option_parse_trackers (output, option_trackers, &trackers)
      || !redes_option_parse_count (output, "--limit", option_limit, 1, REDES_NODE_MAX_RESULTS,
                                    &self.n_rows)
      || !redes_option_check_text (output, "WORDS", words, 4096)
      || !redes_lan_options_check (output))
    return REDES_EXIT_USAGE;
  if (trackers[0] == NULL && redes_lan_option_off)
    {
      redes_output_error (output, "Nobody to ask: give --tracker HOST:PORT, or leave out --no-lan");
      return REDES_EXIT_USAGE;
    }

  config = redes_option_new_visitor_config (trackers);
  redes_lan_options_apply (config);
  session = redes_session_new (output, config, on_started, &self);
  self.session = session;
  return redes_session_run (session);
}

const RedesCommand redes_command_search = {
  .name = "search",
  .summary = "Ask trackers and the local network for files by words",
  .operands = "WORDS…",
  .min_operands = 1,
  .max_operands = G_MAXUINT,
  .description
  = "Asks every tracker given, and the trackers and peers on the local network, and shows what\n"
    "was found, each content once. All words must be in the file's name, whatever case or\n"
    "accents; the last may be the beginning of a word.",
  .examples = "Examples:\n"
              "  redes-cli search summer photos\n"
              "  redes-cli search --tracker 192.168.1.10:5000 summer photos\n"
              "  redes-cli search --tracker :5000 --links acao",
  .entries = entries,
  .run = run,
};

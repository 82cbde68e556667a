/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/lan-options.h"
#include "cli/nicknames.h"
#include "cli/session.h"
#include "engine/node/node-lan.h"

#define DEFAULT_ROWS 50
/* Who has registered names its files a moment later: they are signed first. */
#define SETTLING_US (3 * G_USEC_PER_SEC / 2)

static char **option_trackers;
static char *option_limit;
static char *option_wait;
static gboolean option_links;

static const GOptionEntry entries[]
    = { { "tracker", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &option_trackers,
          "A tracker to ask; may be given several times", "HOST:PORT" },
        { "limit", 'n', 0, G_OPTION_ARG_FILENAME, &option_limit,
          "At most so many results, up to 100000 (default: 50)", "N" },
        { "wait", 0, 0, G_OPTION_ARG_FILENAME, &option_wait,
          "While nothing is found, look again for so long: a peer may be starting (default: 5, and "
          "less once all have answered and somebody is there)",
          "SECONDS" },
        { "links", 0, 0, G_OPTION_ARG_NONE, &option_links,
          "Show each result's link, which redes-cli get takes", NULL },
        REDES_LAN_OPTIONS,
        G_OPTION_ENTRY_NULL };

typedef struct
{
  RedesSession *session;
  char *words;
  guint64 n_rows;
  guint64 wait_s;
  gint64 somebody_since_us; /* when somebody was first seen to be there; 0: nobody yet */
  GListModel *results;
  guint n_asked;
  guint n_answered;
  guint n_peers;
  guint n_peers_answered;
} Search;

static void begin (RedesSession *session, gpointer user_data);

static void
show (Search *self)
{
  redes_event_results (redes_session_get_output (self->session), self->words, self->results,
                       (guint)self->n_rows, self->n_asked, self->n_answered, self->n_peers,
                       self->n_peers_answered, option_links);
  redes_session_end (self->session, g_list_model_get_n_items (self->results) > 0
                                        ? REDES_EXIT_OK
                                        : REDES_EXIT_FAILED);
}

/* The list is only used for the nicknames of publishers, so an error is ignored. */
static void
node_list_peers_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) peers = redes_node_list_peers_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (peers != NULL)
    redes_nicknames_learn (peers);
  show (self);
}

/* Whether more may be found by asking once more: nobody is there yet, so that a tracker or a peer
 * may just be starting, or has come a moment ago. */
static gboolean
is_settling (Search *self, gboolean is_somebody_there)
{
  gint64 now_us = g_get_monotonic_time ();

  if (is_somebody_there && self->somebody_since_us == 0)
    self->somebody_since_us = now_us;
  return self->somebody_since_us == 0 || now_us - self->somebody_since_us < SETTLING_US;
}

static void
look_again_or_show (Search *self, gboolean is_settling)
{
  RedesOutput *output = redes_session_get_output (self->session);

  if (is_settling && redes_session_try_again (self->session, (guint)self->wait_s, begin, self))
    redes_output_set_status (output, "Nothing yet; looking again…");
  else
    {
      redes_output_set_status (output, NULL);
      show (self);
    }
}

/* Nothing was found, and all have answered. */
static void
node_list_somebody_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) peers = redes_node_list_peers_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  look_again_or_show (self,
                      is_settling (self, peers != NULL && g_list_model_get_n_items (peers) > 0));
}

/* A person who has said for how long is taken at the word. */
static gboolean
should_ask_who_is_there (Search *self)
{
  return option_wait == NULL && self->n_asked + self->n_peers > 0
         && self->n_answered == self->n_asked && self->n_peers_answered == self->n_peers;
}

static void
node_search_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *self = user_data;
  RedesOutput *output = redes_session_get_output (self->session);
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->results);
  self->results = redes_node_search_finish (REDES_NODE (object), result, &self->n_asked,
                                            &self->n_answered, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->results != NULL)
    redes_node_search_get_peers (result, &self->n_peers, &self->n_peers_answered);
  if (self->results != NULL && g_list_model_get_n_items (self->results) == 0
      && should_ask_who_is_there (self))
    {
      redes_node_list_peers_async (REDES_NODE (object),
                                   redes_session_get_cancellable (self->session),
                                   node_list_somebody_cb, self);
      return;
    }
  if ((self->results == NULL
           ? g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER)
           : g_list_model_get_n_items (self->results) == 0)
      && redes_session_try_again (self->session, (guint)self->wait_s, begin, self))
    {
      redes_output_set_status (output, "Nothing yet; looking again…");
      return;
    }
  redes_output_set_status (output, NULL);
  if (self->results == NULL)
    {
      redes_output_error (output, "%s", error->message);
      redes_session_end (self->session, REDES_EXIT_FAILED);
      return;
    }
  if (g_list_model_get_n_items (self->results) > 0 && !redes_output_is_json (output))
    redes_node_list_peers_async (REDES_NODE (object), redes_session_get_cancellable (self->session),
                                 node_list_peers_cb, self);
  else
    show (self);
}

static void
begin (RedesSession *session, gpointer user_data)
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
  Search self = { .words = words, .n_rows = DEFAULT_ROWS, .wait_s = REDES_OPTION_WAIT_S };
  int status;

  if (!redes_option_parse_trackers (output, option_trackers, &trackers)
      || !redes_option_parse_count (output, "--limit", option_limit, 1, REDES_NODE_MAX_RESULTS,
                                    &self.n_rows)
      || !redes_option_parse_count (output, "--wait", option_wait, 0, REDES_OPTION_MAX_WAIT_S,
                                    &self.wait_s)
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
  session = redes_session_new (output, config, begin, &self);
  self.session = session;
  status = redes_session_run (session);
  g_clear_object (&self.results);
  return status;
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
    "accents; the last may be the beginning of a word. The exit status is 1 if nothing was found.",
  .examples = "Examples:\n"
              "  redes-cli search summer photos\n"
              "  redes-cli search --tracker 192.168.1.10:5000 summer photos\n"
              "  redes-cli search --tracker :5000 --links acao",
  .entries = entries,
  .run = run,
};

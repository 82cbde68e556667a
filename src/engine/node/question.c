/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/core-private.h"

#include "engine/node/rows.h"
#include "engine/swarm/talk.h"

#define QUESTION_TIMEOUT_MS 10000
/* A peer that was there a moment ago: who does not answer at once holds up all others' answers. */
#define PEER_TIMEOUT_MS 3000
#define MAX_PEERS_ASKED 32u
/* The most that one message may ask for. */
#define PAGE_ROWS 200u
#define SETTLE_PAUSE_MS 50

/**
 * Question:
 * @words: for a search; %NULL otherwise
 * @first, @n_rows: of a search's answers, the same of everyone's
 * @content: for sources
 *
 * One question, on its way to several trackers and peers.
 */
typedef struct
{
  RedesCore *core;
  char *words;
  guint first;
  guint n_rows;
  RedesContentId content;
  void (*ask_tracker) (gpointer question, RedesTrackerClient *client);
  void (*ask_peer) (gpointer question, const RedesAcquaintance *peer);

  RedesTally tally;
  RedesClassicFile *classic;
  guint n_pending;
  GSource *timer; /* while it waits for those around */
  GPtrArray *rows;
  GPtrArray *origins;
  GString *failures;
  RedesQuestionFunc func;
  gpointer user_data;
} Question;

/**
 * Part:
 * @tracker, @peer: who was asked: one of the two
 * @origin: the tracker's address
 * @n_rows: of a search: so many have come
 */
typedef struct
{
  Question *question;
  RedesTrackerClient *tracker;
  char *origin;
  gpointer (*copy_row) (gconstpointer row);
  RedesTrackerPeer *peer;
  guint n_rows;
} Part;

static Question *
question_new (RedesCore *core,
              GDestroyNotify row_free,
              RedesQuestionFunc func,
              gpointer user_data)
{
  Question *self = g_new0 (Question, 1);

  self->core = core;
  /* Held until all have been asked. */
  self->n_pending = 1;
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->origins = g_ptr_array_new_with_free_func (g_free);
  self->failures = g_string_new (NULL);
  self->func = func;
  self->user_data = user_data;
  return self;
}

static void
question_release (Question *self)
{
  if (--self->n_pending > 0)
    return;
  self->tally.classic = self->classic;
  self->tally.words = self->failures->len > 0 ? self->failures->str : NULL;
  self->func (self->rows, self->origins, &self->tally, self->user_data);
  g_string_free (self->failures, TRUE);
  redes_classic_file_free (self->classic);
  g_free (self->words);
  g_free (self);
}

/* Takes @row. */
static void
add_row (Question *question, gpointer row, const char *origin)
{
  g_ptr_array_add (question->rows, row);
  g_ptr_array_add (question->origins, g_strdup (origin));
}

static void
part_free (Part *part)
{
  g_clear_pointer (&part->peer, redes_tracker_peer_free);
  g_free (part->origin);
  g_free (part);
}

/* Of @n rows that came, of @total that there are. Returns: how many to ask for next, 0 = no more. A
 * page that is not full is the last, whatever is said of the total; so is one that holds more than
 * was asked for. */
static guint
count_next_rows (Part *part, guint n, guint total)
{
  Question *question = part->question;
  guint asked = MIN (question->n_rows - part->n_rows, PAGE_ROWS);

  question->tally.total = MAX (question->tally.total, total);
  part->n_rows += n;
  if (n != asked || question->first + part->n_rows >= total)
    return 0;
  return MIN (question->n_rows - part->n_rows, PAGE_ROWS);
}

/* It does not go on: what came before is an answer, too, and all can be asked on from there. */
static void
break_off (Part *part)
{
  part->question->tally.n_rows = MIN (part->question->tally.n_rows, part->n_rows);
}

/* Trackers. */

static void search_tracker_on (Part *part, guint n_rows);

static void
answer_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Part *part = user_data;
  Question *question = part->question;
  guint n_next = 0;

  if (rows != NULL)
    {
      question->tally.trackers_answered += part->n_rows == 0;
      for (guint i = 0; i < rows->len; i++)
        add_row (question, part->copy_row (g_ptr_array_index (rows, i)), part->origin);
      if (question->words != NULL)
        n_next = count_next_rows (part, rows->len, total);
    }
  else if (part->n_rows > 0)
    break_off (part);
  else
    g_string_append_printf (question->failures, "%s%s", question->failures->len > 0 ? "; " : "",
                            error->message);
  if (n_next > 0)
    {
      search_tracker_on (part, n_next);
      return;
    }
  part_free (part);
  question_release (question);
}

static Part *
part_new (Question *question, RedesTrackerClient *client, gpointer (*copy_row) (gconstpointer row))
{
  Part *part = g_new0 (Part, 1);

  question->tally.trackers_asked++;
  question->n_pending++;
  part->question = question;
  part->tracker = client;
  part->origin = g_strdup (redes_tracker_client_get_address (client));
  part->copy_row = copy_row;
  return part;
}

static void
search_tracker_on (Part *part, guint n_rows)
{
  redes_tracker_client_search (part->tracker, part->question->words,
                               part->question->first + part->n_rows, n_rows, QUESTION_TIMEOUT_MS,
                               answer_cb, part);
}

static void
search_tracker (gpointer data, RedesTrackerClient *client)
{
  Question *question = data;

  search_tracker_on (part_new (question, client, redes_rows_copy_result),
                     MIN (question->n_rows, PAGE_ROWS));
}

static void
list_tracker (gpointer data, RedesTrackerClient *client)
{
  redes_tracker_client_list (client, QUESTION_TIMEOUT_MS, answer_cb,
                             part_new (data, client, redes_rows_new_known_from_tracker));
}

static void
find_by_tracker (gpointer data, RedesTrackerClient *client)
{
  Question *question = data;

  redes_tracker_client_sources (client, &question->content, QUESTION_TIMEOUT_MS, answer_cb,
                                part_new (question, client, redes_rows_copy_peer));
}

/* Peers. */

static void
take_found (Question *question, const RedesTrackerPeer *peer, GVariant *body)
{
  gboolean found;

  g_variant_get_child (body, 1, "b", &found);
  if (found)
    add_row (question, redes_rows_copy_peer (peer), "");
}

/* As count_next_rows(). */
static guint
take_results (Part *part, GVariant *body)
{
  g_autoptr (GPtrArray) rows = redes_rows_read (body);
  guint32 total;

  g_variant_get_child (body, 1, "u", &total);
  for (guint i = 0; i < rows->len; i++)
    add_row (part->question, redes_rows_copy_result (g_ptr_array_index (rows, i)), "");
  return count_next_rows (part, rows->len, total);
}

static void search_peer_on (Part *part, guint n_rows);

static void
peer_answer_cb (GVariant *body, const GError *error, gpointer user_data)
{
  Part *part = user_data;
  Question *question = part->question;
  guint n_next = 0;

  if (body != NULL)
    {
      question->tally.peers_answered += part->n_rows == 0;
      if (question->words != NULL)
        n_next = take_results (part, body);
      else
        take_found (question, part->peer, body);
    }
  else if (part->n_rows > 0)
    break_off (part);
  if (n_next > 0)
    {
      search_peer_on (part, n_next);
      return;
    }
  part_free (part);
  question_release (question);
}

static guint32
next_serial (Question *question)
{
  return redes_talk_next_serial (redes_swarm_get_talk (redes_core_get_swarm (question->core)));
}

static void
send_to_peer (Part *part, RedesMessageType type, GVariant *body)
{
  RedesTalk *talk = redes_swarm_get_talk (redes_core_get_swarm (part->question->core));

  redes_talk_ask (talk, &part->peer->id, part->peer->host, part->peer->port, type, body,
                  PEER_TIMEOUT_MS, peer_answer_cb, part);
}

static Part *
part_new_for_peer (Question *question, const RedesAcquaintance *peer)
{
  Part *part = g_new0 (Part, 1);

  question->tally.peers_asked++;
  question->n_pending++;
  part->question = question;
  part->peer = redes_rows_new_peer (&peer->id, peer->host, peer->port, peer->nickname);
  return part;
}

static void
search_peer_on (Part *part, guint n_rows)
{
  Question *question = part->question;

  send_to_peer (part, REDES_MESSAGE_PEER_SEARCH,
                g_variant_new ("(usuu)", next_serial (question), question->words,
                               question->first + part->n_rows, n_rows));
}

static void
search_peer (gpointer data, const RedesAcquaintance *peer)
{
  Question *question = data;

  search_peer_on (part_new_for_peer (question, peer), MIN (question->n_rows, PAGE_ROWS));
}

static void
find_at_peer (gpointer data, const RedesAcquaintance *peer)
{
  Question *question = data;

  send_to_peer (part_new_for_peer (question, peer), REDES_MESSAGE_FIND,
                g_variant_new ("(u@ay)", next_serial (question),
                               redes_message_new_digest (&question->content)));
}

/* Who is there need not be asked. */
static void
list_peer (gpointer data, const RedesAcquaintance *peer)
{
  Question *question = data;

  question->tally.peers_asked++;
  question->tally.peers_answered++;
  add_row (question, redes_rows_new_known (peer), "");
}

/* Asking. */

/* What the original peers have under that name, kept apart from all that is signed. */
static void
classic_cb (RedesClassicFile *file, gpointer user_data)
{
  Question *question = user_data;

  g_queue_remove (&question->core->asking_classic, question);
  question->classic = file;
  question_release (question);
}

void
redes_core_end_classic_questions (RedesCore *self)
{
  Question *question;

  while ((question = g_queue_pop_head (&self->asking_classic)) != NULL)
    question_release (question);
}

static void
ask_all (Question *question)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (question->core);
  g_autoptr (GPtrArray) peers
      = redes_surroundings_list (redes_core_get_surroundings (question->core), FALSE);

  for (guint i = 0; i < trackers->len; i++)
    question->ask_tracker (question, g_ptr_array_index (trackers, i));
  for (guint i = 0; i < peers->len && i < MAX_PEERS_ASKED; i++)
    question->ask_peer (question, g_ptr_array_index (peers, i));
  /* They have one answer, which came with the first rows. */
  if (question->words != NULL && question->first == 0 && question->core->classic != NULL)
    {
      question->n_pending++;
      g_queue_push_tail (&question->core->asking_classic, question);
      redes_classic_peer_search (question->core->classic, question->words, classic_cb, question);
    }
  question_release (question);
}

static gboolean
is_settled (Question *question)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (question->core);

  return trackers->len > 0
         || redes_surroundings_is_settled (redes_core_get_surroundings (question->core));
}

static void
stop_waiting (Question *question)
{
  g_queue_remove (&question->core->waiting, question);
  g_source_destroy (question->timer);
  g_clear_pointer (&question->timer, g_source_unref);
}

static gboolean
on_settling (gpointer user_data)
{
  Question *question = user_data;

  if (!is_settled (question))
    return G_SOURCE_CONTINUE;
  stop_waiting (question);
  ask_all (question);
  return G_SOURCE_REMOVE;
}

static void
ask_when_settled (Question *question)
{
  if (is_settled (question))
    {
      ask_all (question);
      return;
    }
  question->timer = g_timeout_source_new (SETTLE_PAUSE_MS);
  g_source_set_callback (question->timer, on_settling, question, NULL);
  g_source_attach (question->timer, g_main_context_get_thread_default ());
  g_queue_push_tail (&question->core->waiting, question);
}

void
redes_core_end_questions (RedesCore *self)
{
  Question *question;

  while ((question = g_queue_peek_head (&self->waiting)) != NULL)
    {
      stop_waiting (question);
      question_release (question);
    }
}

void
redes_core_search (RedesCore *self,
                   const char *words,
                   guint first,
                   guint n_rows,
                   RedesQuestionFunc func,
                   gpointer user_data)
{
  Question *question
      = question_new (self, (GDestroyNotify)redes_directory_row_free, func, user_data);

  question->words = g_strdup (words);
  question->first = first;
  question->n_rows = n_rows;
  question->tally.n_rows = n_rows;
  question->ask_tracker = search_tracker;
  question->ask_peer = search_peer;
  ask_when_settled (question);
}

void
redes_core_list_peers (RedesCore *self, RedesQuestionFunc func, gpointer user_data)
{
  Question *question
      = question_new (self, (GDestroyNotify)redes_known_peer_free, func, user_data);

  question->ask_tracker = list_tracker;
  question->ask_peer = list_peer;
  ask_when_settled (question);
}

void
redes_core_find_sources (RedesCore *self,
                         const RedesContentId *content,
                         RedesQuestionFunc func,
                         gpointer user_data)
{
  Question *question
      = question_new (self, (GDestroyNotify)redes_tracker_peer_free, func, user_data);

  question->content = *content;
  question->ask_tracker = find_by_tracker;
  question->ask_peer = find_at_peer;
  ask_when_settled (question);
}

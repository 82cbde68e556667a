/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/questions.h"

#include "engine/base/text.h"

#define LIST_PAGE_ROWS 1000u
#define MAX_SEARCH_ROWS 200u
#define MAX_WORDS_BYTES 512
/* More peers than any tracker of this protocol holds: one that goes on sending pages lies. */
#define MAX_LIST_ROWS 100000u

/**
 * Question:
 * @serial: 0 until it is sent
 * @type: SEARCH, SOURCES or LIST
 * @first: for SEARCH, the first row; for LIST, the first of the page asked for
 * @rows: so far
 * @verdict: (nullable): the answer when @timer comes
 */
typedef struct
{
  RedesQuestions *owner;
  guint32 serial;
  RedesMessageType type;
  char *words;
  RedesContentId content;
  guint first;
  guint n_rows;

  GPtrArray *rows;
  GError *verdict;
  GSource *timer;
  GList link;
  RedesTrackerAnswerFunc func;
  gpointer user_data;
} Question;

struct _RedesQuestions
{
  GMainContext *context;
  RedesQuestionsSendFunc send;
  gpointer user_data;
  GQueue pending;
  gboolean is_open;
  GError *failure;
  guint32 last_serial;
};

void
redes_tracker_peer_free (RedesTrackerPeer *peer)
{
  g_free (peer->host);
  g_free (peer->nickname);
  g_free (peer);
}

static void
set_timer (Question *question, guint timeout_ms, GSourceFunc func)
{
  if (question->timer != NULL)
    {
      g_source_destroy (question->timer);
      g_source_unref (question->timer);
    }
  question->timer = g_timeout_source_new (timeout_ms);
  g_source_set_callback (question->timer, func, question, NULL);
  g_source_attach (question->timer, question->owner->context);
}

/* Takes the question out of the line, answers it and frees it. @owner may be gone afterwards. */
static void
end_question (Question *question, guint total, const GError *error)
{
  g_queue_unlink (&question->owner->pending, &question->link);
  g_source_destroy (question->timer);
  g_source_unref (question->timer);
  question->func (error == NULL ? question->rows : NULL, total, error, question->user_data);
  g_ptr_array_unref (question->rows);
  g_clear_error (&question->verdict);
  g_free (question->words);
  g_free (question);
}

static gboolean
on_verdict (gpointer user_data)
{
  Question *question = user_data;

  end_question (question, 0, question->verdict);
  return G_SOURCE_REMOVE;
}

static void
send_question (Question *question)
{
  RedesQuestions *self = question->owner;
  GVariant *body;

  question->serial = redes_questions_next_serial (self);
  switch (question->type)
    {
    case REDES_MESSAGE_SEARCH:
      body = g_variant_new ("(usuu)", question->serial, question->words, question->first,
                            question->n_rows);
      break;
    case REDES_MESSAGE_SOURCES:
      body = g_variant_new ("(u@ay)", question->serial,
                            redes_message_new_digest (&question->content));
      break;
    default:
      body = g_variant_new ("(uuu)", question->serial, question->first, LIST_PAGE_ROWS);
      break;
    }
  self->send (question->type, body, self->user_data);
}

static Question *
question_new (RedesQuestions *self,
              RedesMessageType type,
              GDestroyNotify free_row,
              RedesTrackerAnswerFunc func,
              gpointer user_data)
{
  Question *question = g_new0 (Question, 1);

  question->owner = self;
  question->type = type;
  question->rows = g_ptr_array_new_with_free_func (free_row);
  question->func = func;
  question->user_data = user_data;
  question->link.data = question;
  return question;
}

static void
ask (Question *question, guint timeout_ms)
{
  RedesQuestions *self = question->owner;

  g_queue_push_tail_link (&self->pending, &question->link);
  if (self->failure != NULL)
    {
      question->verdict = g_error_copy (self->failure);
      set_timer (question, 0, on_verdict);
      return;
    }
  question->verdict
      = g_error_new_literal (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE,
                             "The tracker did not answer in time; try again in a moment");
  set_timer (question, timeout_ms, on_verdict);
  if (self->is_open)
    send_question (question);
}

static Question *
find_question (RedesQuestions *self, guint32 serial)
{
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      Question *question = l->data;

      if (question->serial != 0 && question->serial == serial)
        return question;
    }
  return NULL;
}

static gboolean
set_mismatch (Question *question, const RedesFrame *frame, GError **error)
{
  g_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE, "%s came as an answer to %s",
               redes_message_type_get_name (frame->type),
               redes_message_type_get_name (question->type));
  return FALSE;
}

static void
read_results (Question *question, GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      RedesDirectoryRow *row = g_new0 (RedesDirectoryRow, 1);
      g_autoptr (GVariant) content = NULL;
      g_autoptr (GVariant) publisher = NULL;

      g_variant_get_child (rows, i, "(@aystu@ay)", &content, &row->name, &row->size, &row->sources,
                           &publisher);
      redes_message_get_digest (content, &row->content);
      redes_message_get_digest (publisher, &row->publisher);
      g_ptr_array_add (question->rows, row);
    }
}

static void
read_peers (Question *question, GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      RedesTrackerPeer *peer = g_new0 (RedesTrackerPeer, 1);
      g_autoptr (GVariant) id = NULL;

      g_variant_get_child (rows, i, "(@aysqs)", &id, &peer->host, &peer->port, &peer->nickname);
      redes_message_get_digest (id, &peer->id);
      g_ptr_array_add (question->rows, peer);
    }
}

static gboolean
take_results (Question *question, const RedesFrame *frame, GError **error)
{
  g_autoptr (GVariant) rows = g_variant_get_child_value (frame->body, 2);
  guint32 total;

  if (question->type != REDES_MESSAGE_SEARCH)
    return set_mismatch (question, frame, error);
  if (g_variant_n_children (rows) > question->n_rows)
    {
      g_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                   "RESULTS with more rows than the %u wanted", question->n_rows);
      return FALSE;
    }
  g_variant_get_child (frame->body, 1, "u", &total);
  read_results (question, rows);
  end_question (question, total, NULL);
  return TRUE;
}

static gboolean
take_peers (Question *question, const RedesFrame *frame, GError **error)
{
  g_autoptr (GVariant) rows = g_variant_get_child_value (frame->body, 2);
  gsize n_rows = g_variant_n_children (rows);
  guint32 total;

  if (question->type == REDES_MESSAGE_SEARCH)
    return set_mismatch (question, frame, error);
  g_variant_get_child (frame->body, 1, "u", &total);
  read_peers (question, rows);
  if (question->type == REDES_MESSAGE_LIST && n_rows > 0 && question->rows->len < total
      && question->rows->len < MAX_LIST_ROWS)
    {
      question->first = question->rows->len;
      send_question (question);
      return TRUE;
    }
  end_question (question, MAX (total, question->rows->len), NULL);
  return TRUE;
}

static void
take_refusal (Question *question, const RedesFrame *frame)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *printable = NULL;
  const char *words;

  g_variant_get_child (frame->body, 2, "&s", &words);
  printable = redes_text_make_printable (words, 200);
  error = g_error_new_literal (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED, printable);
  end_question (question, 0, error);
}

RedesQuestions *
redes_questions_new (RedesQuestionsSendFunc send, gpointer user_data)
{
  RedesQuestions *self = g_new0 (RedesQuestions, 1);

  self->context = g_main_context_ref_thread_default ();
  self->send = send;
  self->user_data = user_data;
  return self;
}

void
redes_questions_free (RedesQuestions *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The tracker is not used any more");

  redes_questions_fail (self, error);
  g_clear_error (&self->failure);
  g_main_context_unref (self->context);
  g_free (self);
}

guint32
redes_questions_next_serial (RedesQuestions *self)
{
  if (++self->last_serial == 0)
    self->last_serial = 1;
  return self->last_serial;
}

void
redes_questions_search (RedesQuestions *self,
                        const char *words,
                        guint first,
                        guint n_rows,
                        guint timeout_ms,
                        RedesTrackerAnswerFunc func,
                        gpointer user_data)
{
  Question *question = question_new (self, REDES_MESSAGE_SEARCH,
                                     (GDestroyNotify)redes_directory_row_free, func, user_data);

  question->words = g_utf8_make_valid (words, -1);
  if (strlen (question->words) > MAX_WORDS_BYTES)
    *g_utf8_find_prev_char (question->words, question->words + MAX_WORDS_BYTES + 1) = '\0';
  question->first = first;
  question->n_rows = CLAMP (n_rows, 1, MAX_SEARCH_ROWS);
  ask (question, timeout_ms);
}

void
redes_questions_sources (RedesQuestions *self,
                         const RedesContentId *content,
                         guint timeout_ms,
                         RedesTrackerAnswerFunc func,
                         gpointer user_data)
{
  Question *question = question_new (self, REDES_MESSAGE_SOURCES,
                                     (GDestroyNotify)redes_tracker_peer_free, func, user_data);

  question->content = *content;
  ask (question, timeout_ms);
}

void
redes_questions_list (RedesQuestions *self,
                      guint timeout_ms,
                      RedesTrackerAnswerFunc func,
                      gpointer user_data)
{
  ask (question_new (self, REDES_MESSAGE_LIST, (GDestroyNotify)redes_tracker_peer_free, func,
                     user_data),
       timeout_ms);
}

void
redes_questions_open (RedesQuestions *self)
{
  self->is_open = TRUE;
  g_clear_error (&self->failure);
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      Question *question = l->data;

      if (question->serial == 0)
        send_question (question);
    }
}

void
redes_questions_wait (RedesQuestions *self)
{
  self->is_open = FALSE;
  g_clear_error (&self->failure);
}

void
redes_questions_fail (RedesQuestions *self, const GError *error)
{
  Question *question;

  self->is_open = FALSE;
  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  /* Only as many as there are now: one who asks again in answer to a failure would keep us here. */
  for (guint n = self->pending.length; n > 0; n--)
    {
      question = g_queue_peek_head (&self->pending);
      if (question != NULL)
        end_question (question, 0, error);
    }
}

gboolean
redes_questions_take (RedesQuestions *self, const RedesFrame *frame, GError **error)
{
  Question *question;
  guint32 serial;

  g_variant_get_child (frame->body, 0, "u", &serial);
  question = find_question (self, serial);
  if (question == NULL)
    return TRUE;
  switch (frame->type)
    {
    case REDES_MESSAGE_RESULTS:
      return take_results (question, frame, error);
    case REDES_MESSAGE_PEERS:
      return take_peers (question, frame, error);
    default:
      take_refusal (question, frame);
      return TRUE;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/node/items-private.h"
#include "engine/node/node-publishers.h"
#include "engine/node/node-query-private.h"
#include "engine/node/results-private.h"
#include "engine/tracker/words.h"

/* A name's words; more would only make messages long. */
#define MAX_CHARACTERS 120

/**
 * SearchCall:
 * @results: what is found is added to; the front end's
 * @first, @n_rows: from which row on, and how many, each one is asked for
 * @lan: whether peers on the local network could be asked
 * @tally: who was asked and answered; without its pointers
 * @reason: (nullable): why some did not answer
 * @rows: (element-type RedesResultEntry)
 * @held: (element-type RedesContentId): those in @rows that are here already
 * @contents, @origins: which tracker named which content
 * @unsigned_files: (nullable) (element-type RedesClassicFile)
 *
 * All from @tally on is the answer.
 */
typedef struct
{
  RedesNodeMessage base;
  RedesNodeQuery *query;
  RedesResults *results;
  char *words;
  guint first;
  guint n_rows;
  gboolean lan;
  RedesLookupTally tally;
  RedesNotice *reason;
  GPtrArray *rows;
  GHashTable *held;
  GPtrArray *contents;
  GPtrArray *origins;
  GPtrArray *unsigned_files;
} SearchCall;

static void
search_call_clear (gpointer data)
{
  SearchCall *call = data;

  redes_node_query_free (call->query);
  g_object_unref (call->results);
  g_free (call->words);
  redes_notice_unref (call->reason);
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  g_clear_pointer (&call->held, g_hash_table_unref);
  g_clear_pointer (&call->contents, g_ptr_array_unref);
  g_clear_pointer (&call->origins, g_ptr_array_unref);
  g_clear_pointer (&call->unsigned_files, g_ptr_array_unref);
}

/* In the engine's thread. */

static void
mark_held (SearchCall *call)
{
  call->held = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  for (guint i = 0; i < call->rows->len; i++)
    {
      RedesResultEntry *row = g_ptr_array_index (call->rows, i);

      if (redes_core_holds (call->base.node->core, &row->content))
        g_hash_table_add (call->held, redes_content_id_copy (&row->content));
    }
}

static gboolean
all_answered (const RedesLookupTally *tally)
{
  return tally->trackers_answered == tally->trackers_asked
         && tally->peers_answered == tally->peers_asked;
}

/* In the front end's thread. */

static gboolean
has_fresh_rows (SearchCall *call)
{
  for (guint i = 0; i < call->rows->len; i++)
    {
      const RedesResultEntry *row = g_ptr_array_index (call->rows, i);

      if (redes_results_lookup (call->results, &row->content) == NULL)
        return TRUE;
    }
  return FALSE;
}

/* Whether somebody who has more to show was silent this time: he may be back in a moment. */
static gboolean
has_lost_one (SearchCall *call)
{
  guint n_answering = call->tally.trackers_answered + call->tally.peers_answered;
  gboolean lost = redes_results_count_answers (call->results, n_answering, has_fresh_rows (call));

  return call->first > 0 && !all_answered (&call->tally) && (lost || call->rows->len == 0);
}

/* How many there are: who did not answer this time still has them. */
static guint
count_all (SearchCall *call)
{
  if (!all_answered (&call->tally))
    return MAX (call->tally.total, redes_results_get_total (call->results));
  /* A peer that announces more results than it delivers is treated as having no more. */
  return call->rows->len > 0 ? call->tally.total : 0;
}

/* Takes out what blocked publishers call it, and puts a known publisher's name first. Returns:
 * whether any name is left. */
static gboolean
judge_names (RedesNode *node, RedesResultEntry *row)
{
  const RedesResultName *first;

  if (row->names == NULL)
    return redes_node_get_trust (node, &row->publisher) != REDES_PUBLISHER_BLOCKED;
  for (guint i = row->names->len; i > 0; i--)
    {
      const RedesResultName *name = g_ptr_array_index (row->names, i - 1);

      if (redes_node_get_trust (node, &name->publisher) == REDES_PUBLISHER_BLOCKED)
        g_ptr_array_remove_index (row->names, i - 1);
    }
  if (row->names->len == 0)
    return FALSE;
  for (guint i = 0; i < row->names->len; i++)
    {
      RedesResultName *name = g_ptr_array_index (row->names, i);

      if (redes_node_get_trust (node, &name->publisher) != REDES_PUBLISHER_KNOWN)
        continue;
      g_ptr_array_insert (row->names, 0, g_ptr_array_steal_index (row->names, i));
      break;
    }
  first = g_ptr_array_index (row->names, 0);
  g_free (row->name);
  row->name = g_strdup (first->name);
  row->publisher = first->publisher;
  return TRUE;
}

/* What is in the list already stays as it is: an item does not change. */
static void
add_results (SearchCall *call)
{
  static const char *const no_trackers[] = { NULL };
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < call->rows->len; i++)
    {
      RedesResultEntry *row = g_ptr_array_index (call->rows, i);
      RedesResult *result;

      if (redes_results_lookup (call->results, &row->content) != NULL
          || !judge_names (call->base.node, row))
        continue;
      result = redes_result_new (row, no_trackers);
      redes_result_set_held (result, g_hash_table_contains (call->held, &row->content));
      g_ptr_array_add (fresh, result);
    }
  redes_results_add (call->results, fresh, call->tally.n_rows, count_all (call));
  /* Last, and never one with what is signed. */
  for (guint i = 0; call->unsigned_files != NULL && i < call->unsigned_files->len; i++)
    {
      g_autoptr (RedesResult) result
          = redes_result_new_unsigned (g_ptr_array_index (call->unsigned_files, i));

      redes_results_add_unsigned (call->results, result);
    }
}

/* The trackers that named each content, which its link is to name. */
static void
note_origins (SearchCall *call)
{
  for (guint i = 0; i < call->contents->len; i++)
    {
      RedesResult *result
          = redes_results_lookup (call->results, g_ptr_array_index (call->contents, i));

      if (result != NULL)
        redes_result_add_tracker (result, g_ptr_array_index (call->origins, i));
    }
}

static void
read_search (gpointer data)
{
  SearchCall *call = data;

  if (call->base.error != NULL)
    {
      g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
      return;
    }
  /* Who does not wait for them any more does not want them, either. */
  if (g_task_return_error_if_cancelled (call->base.task))
    return;
  if (has_lost_one (call))
    {
      g_task_return_error (
          call->base.task,
          redes_error_new_take (REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER,
                                call->reason != NULL
                                    ? redes_notice_ref (call->reason)
                                    : redes_notice_new (REDES_NOTICE_ONE_DID_NOT_ANSWER)));
      return;
    }
  g_task_set_task_data (call->base.task, g_memdup2 (&call->tally, sizeof call->tally), g_free);
  add_results (call);
  note_origins (call);
  g_task_return_pointer (call->base.task, g_object_ref (call->results), g_object_unref);
}

static void
search_cb (RedesLookupResult *result, gpointer user_data)
{
  SearchCall *call = user_data;

  redes_node_query_end (call->query);
  call->base.error = redes_node_query_explain (result, call->lan);
  call->tally = *result->tally;
  call->tally.reason = NULL;
  call->tally.unsigned_files = NULL;
  call->reason = redes_notice_ref (result->tally->reason);
  call->rows = g_steal_pointer (&result->rows);
  call->contents = g_steal_pointer (&result->contents);
  call->origins = g_steal_pointer (&result->origins);
  if (result->tally->unsigned_files != NULL)
    {
      call->unsigned_files
          = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_classic_file_free);
      for (guint i = 0; i < result->tally->unsigned_files->len; i++)
        g_ptr_array_add (call->unsigned_files, redes_classic_file_copy (g_ptr_array_index (
                                                   result->tally->unsigned_files, i)));
    }
  mark_held (call);
  redes_node_message_send_up (call, read_search);
}

static void
run_search (gpointer data)
{
  SearchCall *call = data;

  redes_node_query_begin (
      call->query, redes_lookup_search (redes_core_get_lookup (call->base.node->core), call->words,
                                        call->first, call->n_rows, search_cb, call));
}

static gboolean
has_words (const char *text)
{
  g_auto (GStrv) words = redes_words_split_query (text);

  return words[0] != NULL;
}

/* Takes @task. */
static void
ask (RedesNode *self, GTask *task, RedesResults *results, guint n_rows)
{
  SearchCall *call = redes_node_message_new (SearchCall, self, task, search_call_clear);

  call->query = redes_node_query_new (self, g_task_get_cancellable (task));
  call->results = g_object_ref (results);
  call->words = g_strdup (redes_results_get_words (results));
  call->first = redes_results_get_n_asked (results);
  call->n_rows = CLAMP (n_rows, 1, REDES_NODE_MAX_RESULTS);
  call->lan = self->config->lan;
  redes_node_message_send_down (call, run_search);
}

void
redes_node_search_async (RedesNode *self,
                         const char *words,
                         guint n_rows,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task
      = redes_node_begin_task (self, cancellable, callback, user_data, redes_node_search_async);
  g_autofree char *valid = g_utf8_make_valid (words, -1);
  g_autofree char *asked = NULL;
  g_autoptr (RedesResults) results = NULL;

  if (task == NULL)
    return;
  if (!has_words (valid))
    {
      g_autofree char *shown = redes_text_display_name (valid);

      g_task_return_error (task, redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_QUERY,
                                                  REDES_NOTICE_QUERY_WITHOUT_WORD, shown));
      g_object_unref (task);
      return;
    }
  asked = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_CHARACTERS));
  results = redes_results_new (asked);
  ask (self, task, results, n_rows);
}

GListModel *
redes_node_search_finish (
    RedesNode *self, GAsyncResult *result, guint *n_asked, guint *n_answered, GError **error)
{
  const RedesLookupTally *tally = g_task_get_task_data (G_TASK (result));

  if (n_asked != NULL)
    *n_asked = tally != NULL ? tally->trackers_asked : 0;
  if (n_answered != NULL)
    *n_answered = tally != NULL ? tally->trackers_answered : 0;
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
redes_node_search_more_async (RedesNode *self,
                              RedesResults *results,
                              guint n_rows,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = redes_node_begin_task (self, cancellable, callback, user_data,
                                       redes_node_search_more_async);

  if (task != NULL)
    ask (self, task, results, n_rows);
}

gboolean
redes_node_search_more_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  g_autoptr (RedesResults) results = g_task_propagate_pointer (G_TASK (result), error);

  return results != NULL;
}

void
redes_node_search_get_peers (GAsyncResult *result, guint *n_asked, guint *n_answered)
{
  const RedesLookupTally *tally = g_task_get_task_data (G_TASK (result));

  *n_asked = tally != NULL ? tally->peers_asked : 0;
  *n_answered = tally != NULL ? tally->peers_answered : 0;
}

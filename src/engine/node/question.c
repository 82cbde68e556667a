/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/core.h"

#define QUESTION_TIMEOUT_MS 10000

/* One question, on its way to several trackers. */
typedef struct
{
  guint n_asked;
  guint n_answered;
  guint n_pending;
  GPtrArray *rows;
  GPtrArray *origins;
  GString *words;
  RedesQuestionFunc func;
  gpointer user_data;
} Question;

typedef struct
{
  Question *question;
  char *origin;
  gpointer (*copy_row) (gconstpointer row);
} Part;

static gpointer
copy_directory_row (gconstpointer row)
{
  RedesDirectoryRow *copy = g_memdup2 (row, sizeof *copy);

  copy->name = g_strdup (copy->name);
  return copy;
}

static gpointer
copy_peer (gconstpointer peer)
{
  RedesTrackerPeer *copy = g_memdup2 (peer, sizeof *copy);

  copy->host = g_strdup (copy->host);
  copy->nickname = g_strdup (copy->nickname);
  return copy;
}

static Question *
question_new (GDestroyNotify row_free, RedesQuestionFunc func, gpointer user_data)
{
  Question *self = g_new0 (Question, 1);

  /* Held until all have been asked. */
  self->n_pending = 1;
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->origins = g_ptr_array_new_with_free_func (g_free);
  self->words = g_string_new (NULL);
  self->func = func;
  self->user_data = user_data;
  return self;
}

static void
question_release (Question *self)
{
  if (--self->n_pending > 0)
    return;
  self->func (self->rows, self->origins, self->n_asked, self->n_answered,
              self->words->len > 0 ? self->words->str : NULL, self->user_data);
  g_string_free (self->words, TRUE);
  g_free (self);
}

static void
answer_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Part *part = user_data;
  Question *question = part->question;

  if (rows != NULL)
    {
      question->n_answered++;
      for (guint i = 0; i < rows->len; i++)
        {
          g_ptr_array_add (question->rows, part->copy_row (g_ptr_array_index (rows, i)));
          g_ptr_array_add (question->origins, g_strdup (part->origin));
        }
    }
  else
    g_string_append_printf (question->words, "%s%s", question->words->len > 0 ? "; " : "",
                            error->message);
  g_free (part->origin);
  g_free (part);
  question_release (question);
}

static Part *
part_new (Question *question, RedesTrackerClient *client, gpointer (*copy_row) (gconstpointer row))
{
  Part *part = g_new0 (Part, 1);

  question->n_asked++;
  question->n_pending++;
  part->question = question;
  part->origin = g_strdup (redes_tracker_client_get_address (client));
  part->copy_row = copy_row;
  return part;
}

void
redes_core_search (
    RedesCore *self, const char *words, guint n_rows, RedesQuestionFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (self);
  Question *question = question_new ((GDestroyNotify)redes_directory_row_free, func, user_data);

  for (guint i = 0; i < trackers->len; i++)
    {
      RedesTrackerClient *client = g_ptr_array_index (trackers, i);

      redes_tracker_client_search (client, words, 0, n_rows, QUESTION_TIMEOUT_MS, answer_cb,
                                   part_new (question, client, copy_directory_row));
    }
  question_release (question);
}

void
redes_core_list_peers (RedesCore *self, RedesQuestionFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (self);
  Question *question = question_new ((GDestroyNotify)redes_tracker_peer_free, func, user_data);

  for (guint i = 0; i < trackers->len; i++)
    {
      RedesTrackerClient *client = g_ptr_array_index (trackers, i);

      redes_tracker_client_list (client, QUESTION_TIMEOUT_MS, answer_cb,
                                 part_new (question, client, copy_peer));
    }
  question_release (question);
}

void
redes_core_find_sources (RedesCore *self,
                         const RedesContentId *content,
                         RedesQuestionFunc func,
                         gpointer user_data)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (self);
  Question *question = question_new ((GDestroyNotify)redes_tracker_peer_free, func, user_data);

  for (guint i = 0; i < trackers->len; i++)
    {
      RedesTrackerClient *client = g_ptr_array_index (trackers, i);

      redes_tracker_client_sources (client, content, QUESTION_TIMEOUT_MS, answer_cb,
                                    part_new (question, client, copy_peer));
    }
  question_release (question);
}

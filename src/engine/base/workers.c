/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/workers.h"

#include "engine/platform/thread-priority.h"

/* About a ninth of what a usual thread gets, if both want all they can get. */
#define GENTLE_NICENESS 10

typedef struct
{
  GList link;
  RedesJobFunc run;
  RedesJobFunc done;
  gpointer data;
} Job;

struct _RedesWorkers
{
  guint n_threads;
  gboolean is_gentle;
  GThread **threads;
  GSource *source;

  GMutex lock;
  /* Something to run, or nothing more will come. */
  GCond job_pushed;
  /* Something to answer, or nothing is pending. Only redes_workers_free() waits for it. */
  GCond job_ended;
  GQueue queued;
  GQueue answers;
  guint n_pending;
  gboolean stopping;
};

/* One for each pool, so that a thousand answers cost one wake-up and no allocation in GLib. */
typedef struct
{
  GSource source;
  RedesWorkers *workers;
} AnswerSource;

/* With the lock held. */
static void
end_job (RedesWorkers *self, Job *job)
{
  g_free (job);
  if (--self->n_pending == 0)
    g_cond_broadcast (&self->job_ended);
}

/* With the lock held. */
static void
queue_answer (RedesWorkers *self, Job *job)
{
  gboolean was_empty = g_queue_is_empty (&self->answers);

  g_queue_push_tail_link (&self->answers, &job->link);
  if (!was_empty)
    return;

  g_cond_broadcast (&self->job_ended);
  g_source_set_ready_time (self->source, 0);
}

static gpointer
run_thread (gpointer data)
{
  RedesWorkers *self = data;

  if (self->is_gentle)
    redes_thread_lower_priority (GENTLE_NICENESS);

  g_mutex_lock (&self->lock);
  while (TRUE)
    {
      GList *link;
      Job *job;

      while (g_queue_is_empty (&self->queued) && !self->stopping)
        g_cond_wait (&self->job_pushed, &self->lock);

      link = g_queue_pop_head_link (&self->queued);
      if (link == NULL)
        break;

      job = link->data;
      g_mutex_unlock (&self->lock);
      job->run (job->data);
      g_mutex_lock (&self->lock);

      if (job->done != NULL)
        queue_answer (self, job);
      else
        end_job (self, job);
    }
  g_mutex_unlock (&self->lock);

  return NULL;
}

/* Calls the `done` of the answer that waits longest. With the lock held, which is let go meanwhile.
 */
static void
deliver_one (RedesWorkers *self)
{
  Job *job = g_queue_pop_head_link (&self->answers)->data;

  g_mutex_unlock (&self->lock);
  job->done (job->data);
  g_mutex_lock (&self->lock);

  end_job (self, job);
}

static gboolean
dispatch_answers (GSource *source, GSourceFunc callback, gpointer user_data)
{
  RedesWorkers *self = ((AnswerSource *)source)->workers;
  guint n_answers;

  g_mutex_lock (&self->lock);
  g_source_set_ready_time (source, -1);

  /* The number is fixed first, so that answers that come meanwhile do not starve the context. */
  n_answers = self->answers.length;
  for (guint i = 0; i < n_answers && !g_queue_is_empty (&self->answers); i++)
    deliver_one (self);

  if (!g_queue_is_empty (&self->answers))
    g_source_set_ready_time (source, 0);
  g_mutex_unlock (&self->lock);

  return G_SOURCE_CONTINUE;
}

static void
push (RedesWorkers *self, gboolean urgent, RedesJobFunc run, RedesJobFunc done, gpointer data)
{
  Job *job = g_new (Job, 1);

  job->link = (GList){ .data = job };
  job->run = run;
  job->done = done;
  job->data = data;

  g_mutex_lock (&self->lock);
  self->n_pending++;
  if (urgent)
    g_queue_push_head_link (&self->queued, &job->link);
  else
    g_queue_push_tail_link (&self->queued, &job->link);
  g_cond_signal (&self->job_pushed);
  g_mutex_unlock (&self->lock);
}

static RedesWorkers *
workers_new (const char *name, guint n_threads, gboolean is_gentle, GMainContext *context)
{
  static GSourceFuncs answer_funcs = { .dispatch = dispatch_answers };
  RedesWorkers *self;

  g_return_val_if_fail (n_threads > 0, NULL);

  self = g_new0 (RedesWorkers, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->job_pushed);
  g_cond_init (&self->job_ended);
  g_queue_init (&self->queued);
  g_queue_init (&self->answers);

  self->source = g_source_new (&answer_funcs, sizeof (AnswerSource));
  ((AnswerSource *)self->source)->workers = self;
  g_source_set_static_name (self->source, "redes-workers");
  g_source_attach (self->source, context);

  self->n_threads = n_threads;
  self->is_gentle = is_gentle;
  self->threads = g_new (GThread *, n_threads);
  for (guint i = 0; i < n_threads; i++)
    self->threads[i] = g_thread_new (name, run_thread, self);

  return self;
}

RedesWorkers *
redes_workers_new (const char *name, guint n_threads, GMainContext *context)
{
  return workers_new (name, n_threads, FALSE, context);
}

RedesWorkers *
redes_workers_new_gentle (const char *name, guint n_threads, GMainContext *context)
{
  return workers_new (name, n_threads, TRUE, context);
}

void
redes_workers_push (RedesWorkers *self, RedesJobFunc run, RedesJobFunc done, gpointer data)
{
  push (self, FALSE, run, done, data);
}

void
redes_workers_push_urgent (RedesWorkers *self, RedesJobFunc run, RedesJobFunc done, gpointer data)
{
  push (self, TRUE, run, done, data);
}

guint
redes_workers_get_n_threads (RedesWorkers *self)
{
  return self->n_threads;
}

guint
redes_workers_get_pending (RedesWorkers *self)
{
  guint n_pending;

  g_mutex_lock (&self->lock);
  n_pending = self->n_pending;
  g_mutex_unlock (&self->lock);

  return n_pending;
}

void
redes_workers_free (RedesWorkers *self)
{
  g_mutex_lock (&self->lock);
  while (self->n_pending > 0)
    {
      if (g_queue_is_empty (&self->answers))
        g_cond_wait (&self->job_ended, &self->lock);
      else
        deliver_one (self);
    }
  self->stopping = TRUE;
  g_cond_broadcast (&self->job_pushed);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->job_pushed);
  g_cond_clear (&self->job_ended);
  g_free (self->threads);
  g_free (self);
}

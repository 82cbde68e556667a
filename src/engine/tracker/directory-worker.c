/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory-worker.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/workers.h"
#include "engine/tracker/fair-queue.h"
#include "engine/tracker/manifest-table.h"

#include <gio/gio.h>

/* Of so many contents at once fewer sources are told of each: the answer must not fill memory. */
#define MANY_CONTENTS 32u
#define MAX_SOURCES_OF_MANY 32u
/* Batches whose RSA signature is remembered: those of some millions of files. */
#define MEMO_ENTRIES 4096
/* How long one piece of work keeps the others waiting, as far as it can be divided. */
#define SLICE_US (3 * 1000)
/* Files added, and names taken out of the index, between two looks at the clock. */
#define FILES_A_STEP 256u
#define TIDY_NAMES 128u
/* Answers that the main context has not taken yet: with more of them the worker waits, so that the
 * next one in turn, who may be somebody else, does not stand behind all that others were answered.
 */
#define MAX_ANSWERS_WAITING 4u
/* What it will take to tidy up after a file, charged to who removed it. */
#define TIDY_COST_US 10

/**
 * Registration:
 * @is_over: atomic: the peer registered anew or left: what it told before counts no more
 *
 * What ties a peer's changes together, from a REGISTER on.
 */
typedef struct
{
  gatomicrefcount ref_count;
  gint is_over;
} Registration;

/**
 * LaneKind:
 * @LANE_QUESTIONS: short, and somebody waits for the answer
 * @LANE_CHANGES: what peers register
 *
 * Each lane has half of the worker's time when both have something to do: thousands of peers that
 * register at once, each at an address of its own, do not stand before those who search.
 */
typedef enum
{
  LANE_QUESTIONS,
  LANE_CHANGES,
  N_LANES,
} LaneKind;

/**
 * Lane:
 * @used_us: of the worker. A lane that has something to do again begins where the other one is, so
 *   that it gains nothing by having been idle.
 */
typedef struct
{
  RedesFairQueue *queue;
  gint64 used_us;
} Lane;

/**
 * Pending:
 * @n: jobs of an identity that have not ended
 * @lane: in which they all are, whatever they are: they are done in their order
 */
typedef struct
{
  guint n;
  LaneKind lane;
} Pending;

/**
 * RedesDirectoryWorker:
 * @registrations: RedesPeerId to Registration; the main context's alone
 * @lock: for all that follows, but for @stopping
 * @lanes: work that waits, by LaneKind
 * @pending: RedesPeerId to Pending
 * @removals: of Job, before all in @lanes
 * @is_tidying: whether a turn for tidying up is due
 * @n_answers: that wait for the main context
 * @n_turns_put_off: until it has taken one of them
 */
struct _RedesDirectoryWorker
{
  RedesWorkers *workers;
  RedesDirectory *directory;
  RedesSignatureMemo *memo;
  GHashTable *registrations;
  GMutex lock;
  Lane lanes[N_LANES];
  GHashTable *pending;
  GQueue removals;
  gboolean is_tidying;
  guint n_answers;
  guint n_turns_put_off;
  gint stopping; /* atomic */
};

typedef struct _Job Job;

/**
 * Job:
 * @step: in the worker's thread: goes on until @deadline_us or its end. Returns: whether it is at
 *   its end
 * @registration: (nullable): of a change
 * @body: (nullable): of a change that has not been begun
 * @table: (nullable): what has been decoded of that
 * @manifests: (nullable): what has been taken out of @table so far
 * @n_verified, @n_taken: of @manifests
 * @search: (nullable): of a search that has been begun
 * @extra_cost_us: charged besides the time that it took
 * @lane: in which it is; of a removal, LANE_CHANGES, which it is charged to
 */
struct _Job
{
  RedesDirectoryWorker *worker;
  char *address;
  RedesPeerId id;
  gboolean (*step) (Job *job, gint64 deadline_us);

  Registration *registration;
  gboolean replace;
  GBytes *body;
  RedesFileTable *table;
  GArray *gone;
  GPtrArray *manifests;
  guint n_verified;
  guint n_taken;
  GArray *contents;
  char *words;
  guint first;
  guint n_rows;
  RedesDirectorySearch *search;
  gint64 extra_cost_us;
  LaneKind lane;

  RedesDirectoryAnswer answer;
  RedesDirectoryAnswerFunc func;
  gpointer user_data;
};

/* One turn of the worker: which job it is for is chosen when it begins. */
typedef struct
{
  RedesDirectoryWorker *worker;
  Job *ended;
} Turn;

static Registration *
registration_new (void)
{
  Registration *self = g_new0 (Registration, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

static Registration *
registration_ref (Registration *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
registration_unref (gpointer data)
{
  Registration *self = data;

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

static Job *
job_new (RedesDirectoryWorker *self,
         const RedesAsker *asker,
         gboolean (*step) (Job *job, gint64 deadline_us),
         RedesDirectoryAnswerFunc func,
         gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->worker = self;
  job->address = g_strdup (asker->address);
  job->id = *asker->id;
  job->step = step;
  job->func = func;
  job->user_data = user_data;
  return job;
}

static void
job_done (Job *job)
{
  if (job->func != NULL)
    job->func (&job->answer, job->user_data);
  g_clear_pointer (&job->registration, registration_unref);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_clear_pointer (&job->table, redes_file_table_unref);
  g_clear_pointer (&job->gone, g_array_unref);
  g_clear_pointer (&job->manifests, g_ptr_array_unref);
  g_clear_error (&job->answer.error);
  g_clear_pointer (&job->answer.results, redes_wire_rows_unref);
  g_clear_pointer (&job->answer.sources, g_ptr_array_unref);
  g_clear_pointer (&job->contents, g_array_unref);
  g_free (job->address);
  g_free (job->words);
  g_free (job);
}

static gboolean
is_stopping (RedesDirectoryWorker *self)
{
  return g_atomic_int_get (&self->stopping) != 0;
}

/* The worker's thread: turns. */

/* These with the lock held. */

static void
charge (RedesDirectoryWorker *self, Job *job, gint64 took_us)
{
  Lane *lane = &self->lanes[job->lane];
  gint64 cost_us = took_us + job->extra_cost_us;

  redes_fair_queue_charge (lane->queue, job->address, &job->id, cost_us);
  lane->used_us += cost_us;
  job->extra_cost_us = 0;
}

static gboolean
has_work (const Lane *lane)
{
  return redes_fair_queue_get_length (lane->queue) > 0;
}

static void
enter_lane (RedesDirectoryWorker *self, Job *job, LaneKind kind)
{
  Pending *pending = g_hash_table_lookup (self->pending, &job->id);
  Lane *lane;

  if (pending == NULL)
    {
      pending = g_new0 (Pending, 1);
      pending->lane = kind;
      g_hash_table_insert (self->pending, redes_digest_copy (&job->id), pending);
    }
  pending->n++;
  job->lane = pending->lane;
  lane = &self->lanes[job->lane];
  if (!has_work (lane))
    lane->used_us = MAX (lane->used_us, self->lanes[1 - job->lane].used_us);
  redes_fair_queue_push (lane->queue, job->address, &job->id, job);
}

static void
leave_lane (RedesDirectoryWorker *self, Job *job)
{
  Pending *pending = g_hash_table_lookup (self->pending, &job->id);

  if (--pending->n == 0)
    g_hash_table_remove (self->pending, &job->id);
}

/* (nullable) */
static Job *
pop_job (RedesDirectoryWorker *self)
{
  Lane *questions = &self->lanes[LANE_QUESTIONS];
  Lane *changes = &self->lanes[LANE_CHANGES];

  if (has_work (questions) && (!has_work (changes) || questions->used_us <= changes->used_us))
    return redes_fair_queue_pop (questions->queue);
  return redes_fair_queue_pop (changes->queue);
}

static void take_turn (gpointer data);
static void turn_done (gpointer data);

static void
push_turn (RedesDirectoryWorker *self)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->worker = self;
  redes_workers_push (self->workers, take_turn, turn_done, turn);
}

/* A little after each turn, or else in turns of its own: names that nobody uses stand in the way of
 * searches, and count against the limit of files. */
static void
tidy (RedesDirectoryWorker *self)
{
  gboolean is_more = !is_stopping (self) && redes_directory_tidy (self->directory, TIDY_NAMES);
  gboolean is_due = FALSE;

  g_mutex_lock (&self->lock);
  if (is_more && !self->is_tidying && !has_work (&self->lanes[LANE_QUESTIONS])
      && !has_work (&self->lanes[LANE_CHANGES]))
    is_due = self->is_tidying = TRUE;
  g_mutex_unlock (&self->lock);
  if (is_due)
    push_turn (self);
}

static void
take_turn (gpointer data)
{
  Turn *turn = data;
  RedesDirectoryWorker *self = turn->worker;
  gint64 start_us = g_get_monotonic_time ();
  gboolean is_removal;
  gboolean is_at_end;
  Job *job;

  g_mutex_lock (&self->lock);
  if (self->n_answers >= MAX_ANSWERS_WAITING && !is_stopping (self))
    {
      self->n_turns_put_off++;
      g_mutex_unlock (&self->lock);
      return;
    }
  job = g_queue_pop_head (&self->removals);
  is_removal = job != NULL;
  if (job == NULL)
    job = pop_job (self);
  if (job == NULL)
    self->is_tidying = FALSE;
  g_mutex_unlock (&self->lock);

  if (job != NULL)
    {
      is_at_end = job->step (job, start_us + SLICE_US);
      g_mutex_lock (&self->lock);
      charge (self, job, g_get_monotonic_time () - start_us);
      if (is_at_end)
        {
          turn->ended = job;
          self->n_answers++;
          if (!is_removal)
            leave_lane (self, job);
        }
      else
        redes_fair_queue_push_back (self->lanes[job->lane].queue, job->address, &job->id, job);
      g_mutex_unlock (&self->lock);
      g_assert (is_at_end || !is_removal);
      if (!is_at_end)
        push_turn (self);
    }
  tidy (self);
}

static void
turn_done (gpointer data)
{
  Turn *turn = data;
  RedesDirectoryWorker *self = turn->worker;
  gboolean is_due;

  g_mutex_lock (&self->lock);
  if (turn->ended != NULL)
    self->n_answers--;
  is_due = self->n_turns_put_off > 0 && self->n_answers < MAX_ANSWERS_WAITING;
  if (is_due)
    self->n_turns_put_off--;
  g_mutex_unlock (&self->lock);
  if (is_due)
    push_turn (self);
  if (turn->ended != NULL)
    job_done (turn->ended);
  g_free (turn);
}

/* The worker's thread: jobs. */

static gboolean
is_in_time (gint64 deadline_us)
{
  return g_get_monotonic_time () < deadline_us;
}

/* Whether what @job tells still counts. */
static gboolean
check_counts (Job *job)
{
  if (!is_stopping (job->worker) && g_atomic_int_get (&job->registration->is_over) == 0)
    return TRUE;
  g_set_error_literal (&job->answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       "The peer registered anew or left, or the tracker is stopping");
  return FALSE;
}

static gboolean
verify (Job *job, RedesManifest *manifest)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *name = NULL;

  if (redes_manifest_verify (manifest, job->worker->memo, &reason))
    return TRUE;
  name = redes_text_make_printable (redes_manifest_get_name (manifest), 80);
  job->answer.error = redes_error_new_from (reason, REDES_NOTICE_DIRECTORY_FILE, name, reason);
  return FALSE;
}

static void
remove_gone (RedesDirectory *directory, const RedesPeerId *peer, GArray *gone)
{
  for (guint i = 0; i < gone->len; i++)
    {
      const RedesWireGone *file = &g_array_index (gone, RedesWireGone, i);

      redes_directory_remove (directory, peer, &file->content, file->name);
    }
}

static void
begin_change (Job *job)
{
  RedesMessageType type = job->replace ? REDES_MESSAGE_REGISTER : REDES_MESSAGE_UPDATE;
  g_auto (RedesMessage) message = { 0 };
  gboolean is_good = redes_message_decode (type, job->body, &message, &job->answer.error);

  g_clear_pointer (&job->body, g_bytes_unref);
  if (job->replace)
    job->extra_cost_us
        += TIDY_COST_US * (gint64)redes_directory_remove_peer (job->worker->directory, &job->id);
  if (!is_good)
    return;
  if (!job->replace)
    job->gone = g_steal_pointer (&message.update.gone);
  job->table
      = redes_file_table_ref (job->replace ? message.registration.table : message.update.table);
  job->manifests = g_ptr_array_new_full (redes_file_table_get_n_files (job->table),
                                         (GDestroyNotify)redes_manifest_unref);
}

/* Returns: whether all that was told is in @manifests, or will never be */
static gboolean
unpack (Job *job, gint64 deadline_us)
{
  while (job->manifests->len < redes_file_table_get_n_files (job->table))
    {
      RedesManifest *manifest;

      if (!is_in_time (deadline_us))
        return FALSE;
      manifest
          = redes_manifest_table_unpack_one (job->table, job->manifests->len, &job->answer.error);
      if (manifest == NULL)
        return TRUE;
      g_ptr_array_add (job->manifests, manifest);
    }
  g_clear_pointer (&job->table, redes_file_table_unref);
  return TRUE;
}

/* All are verified: takes what is gone out, and makes sure that there is room for the others. */
static void
begin_adding (Job *job)
{
  RedesDirectory *directory = job->worker->directory;

  if (job->gone != NULL)
    {
      remove_gone (directory, &job->id, job->gone);
      job->answer.n_removed = job->gone->len;
      job->extra_cost_us += TIDY_COST_US * (gint64)job->answer.n_removed;
      g_clear_pointer (&job->gone, g_array_unref);
    }
  if (job->n_taken == 0)
    redes_directory_reserve (directory, &job->id, job->address, job->manifests->len,
                             &job->answer.error);
}

static gboolean
step_change (Job *job, gint64 deadline_us)
{
  RedesDirectory *directory = job->worker->directory;

  if (!check_counts (job))
    return TRUE;
  if (job->body != NULL)
    begin_change (job);
  if (job->table != NULL && !unpack (job, deadline_us))
    return FALSE;
  if (job->answer.error != NULL)
    return TRUE;
  for (; job->n_verified < job->manifests->len; job->n_verified++)
    {
      if (!is_in_time (deadline_us))
        return FALSE;
      if (!verify (job, g_ptr_array_index (job->manifests, job->n_verified)))
        return TRUE;
    }
  begin_adding (job);
  while (job->answer.error == NULL && job->n_taken < job->manifests->len)
    {
      if (job->n_taken > 0 && !is_in_time (deadline_us))
        return FALSE;
      redes_directory_add_some (directory, &job->id, job->manifests, job->n_taken, FILES_A_STEP);
      job->n_taken += MIN (FILES_A_STEP, job->manifests->len - job->n_taken);
    }
  job->answer.n_added = job->n_taken;
  job->answer.n_files = redes_directory_count_files (directory, &job->id);
  return TRUE;
}

static gboolean
step_remove_peer (Job *job, gint64 deadline_us)
{
  if (!is_stopping (job->worker))
    job->extra_cost_us
        = TIDY_COST_US * (gint64)redes_directory_remove_peer (job->worker->directory, &job->id);
  return TRUE;
}

static void
finish_search (Job *job)
{
  g_autoptr (GPtrArray) rows
      = redes_directory_search_finish (g_steal_pointer (&job->search), &job->answer.total);

  /* The rows are encoded here, in the worker, and not in the thread of the connections. */
  job->answer.results = redes_wire_rows_new (rows);
}

static gboolean
step_search (Job *job, gint64 deadline_us)
{
  if (is_stopping (job->worker))
    {
      g_clear_pointer (&job->search, redes_directory_search_free);
      return TRUE;
    }
  if (job->search == NULL)
    job->search = redes_directory_search_begin (job->worker->directory, job->words, job->first,
                                                job->n_rows);
  if (job->search == NULL)
    return TRUE;
  while (!redes_directory_search_step (job->search))
    {
      if (!is_in_time (deadline_us))
        return FALSE;
    }
  finish_search (job);
  return TRUE;
}

static gboolean
step_sources (Job *job, gint64 deadline_us)
{
  if (job->answer.sources == NULL)
    job->answer.sources = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  while (job->answer.sources->len < job->contents->len)
    {
      const RedesContentId *content
          = &g_array_index (job->contents, RedesContentId, job->answer.sources->len);

      GPtrArray *sources = redes_directory_sources (job->worker->directory, content);

      if (job->contents->len > MANY_CONTENTS && sources->len > MAX_SOURCES_OF_MANY)
        g_ptr_array_set_size (sources, MAX_SOURCES_OF_MANY);
      g_ptr_array_add (job->answer.sources, sources);
      if (!is_in_time (deadline_us))
        return job->answer.sources->len == job->contents->len;
    }
  return TRUE;
}

static gboolean
step_nothing (Job *job, gint64 deadline_us)
{
  return TRUE;
}

/* The main context's thread. */

static void
end_registration (gpointer data)
{
  Registration *registration = data;

  g_atomic_int_set (&registration->is_over, 1);
  registration_unref (registration);
}

static void
push (RedesDirectoryWorker *self, Job *job, LaneKind kind)
{
  g_mutex_lock (&self->lock);
  enter_lane (self, job, kind);
  g_mutex_unlock (&self->lock);
  push_turn (self);
}

static void
push_removal (RedesDirectoryWorker *self, Job *job)
{
  /* What it costs is the peer's, which took its time for changes. */
  job->lane = LANE_CHANGES;
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->removals, job);
  g_mutex_unlock (&self->lock);
  push_turn (self);
}

RedesDirectoryWorker *
redes_directory_worker_new (const RedesDirectoryLimits *limits)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  RedesDirectoryWorker *self = g_new0 (RedesDirectoryWorker, 1);

  self->directory = redes_directory_new ();
  redes_directory_set_limits (self->directory, limits);
  self->memo = redes_signature_memo_new (MEMO_ENTRIES);
  self->registrations
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, end_registration);
  g_mutex_init (&self->lock);
  for (guint i = 0; i < N_LANES; i++)
    self->lanes[i].queue = redes_fair_queue_new ();
  self->pending = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, g_free);
  self->workers = redes_workers_new ("directory", 1, context);
  return self;
}

void
redes_directory_worker_free (RedesDirectoryWorker *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->stopping, 1);
  redes_workers_free (self->workers);
  for (guint i = 0; i < N_LANES; i++)
    redes_fair_queue_free (self->lanes[i].queue);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->registrations);
  redes_directory_free (self->directory);
  redes_signature_memo_free (self->memo);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
push_change (RedesDirectoryWorker *self,
             const RedesAsker *peer,
             gboolean replace,
             GBytes *body,
             RedesDirectoryAnswerFunc func,
             gpointer user_data)
{
  Job *job = job_new (self, peer, step_change, func, user_data);
  Registration *registration = g_hash_table_lookup (self->registrations, peer->id);

  if (replace || registration == NULL)
    {
      registration = registration_new ();
      g_hash_table_replace (self->registrations, redes_digest_copy (peer->id), registration);
    }
  job->registration = registration_ref (registration);
  job->replace = replace;
  job->body = g_bytes_ref (body);
  push (self, job, LANE_CHANGES);
}

void
redes_directory_worker_register (RedesDirectoryWorker *self,
                                 const RedesAsker *peer,
                                 GBytes *body,
                                 RedesDirectoryAnswerFunc func,
                                 gpointer user_data)
{
  push_change (self, peer, TRUE, body, func, user_data);
}

void
redes_directory_worker_update (RedesDirectoryWorker *self,
                               const RedesAsker *peer,
                               GBytes *body,
                               RedesDirectoryAnswerFunc func,
                               gpointer user_data)
{
  push_change (self, peer, FALSE, body, func, user_data);
}

void
redes_directory_worker_remove_peer (RedesDirectoryWorker *self, const RedesAsker *peer)
{
  g_hash_table_remove (self->registrations, peer->id);
  push_removal (self, job_new (self, peer, step_remove_peer, NULL, NULL));
}

void
redes_directory_worker_search (RedesDirectoryWorker *self,
                               const RedesAsker *asker,
                               const char *words,
                               guint first,
                               guint n_rows,
                               RedesDirectoryAnswerFunc func,
                               gpointer user_data)
{
  Job *job = job_new (self, asker, step_search, func, user_data);

  job->words = g_strdup (words);
  job->first = first;
  job->n_rows = n_rows;
  push (self, job, LANE_QUESTIONS);
}

void
redes_directory_worker_sources (RedesDirectoryWorker *self,
                                const RedesAsker *asker,
                                GArray *contents,
                                RedesDirectoryAnswerFunc func,
                                gpointer user_data)
{
  Job *job = job_new (self, asker, step_sources, func, user_data);

  /* A copy: the worker and the caller's thread share nothing. */
  job->contents = g_array_copy (contents);
  push (self, job, LANE_QUESTIONS);
}

void
redes_directory_worker_wait (RedesDirectoryWorker *self,
                             const RedesAsker *asker,
                             RedesDirectoryAnswerFunc func,
                             gpointer user_data)
{
  push (self, job_new (self, asker, step_nothing, func, user_data), LANE_QUESTIONS);
}

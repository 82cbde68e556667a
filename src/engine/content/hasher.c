/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/hasher-private.h"

#include "engine/platform/large-array.h"

#include <unistd.h>

/* While one job's answer is on its way to the context, the thread has another to do. */
#define JOBS_PER_THREAD 2

static void push_jobs (RedesHasher *self);

static void
hasher_unref (RedesHasher *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_mutex_clear (&self->lock);
  g_cond_clear (&self->job_ended);
  g_free (self);
}

static void
file_free (RedesHashFile *file)
{
  g_clear_object (&file->cancellable);
  g_clear_error (&file->error);
  redes_large_array_free (file->blocks);
  g_free (file);
}

static void
answer (RedesHashFile *file)
{
  gboolean has_blocks = file->error == NULL && file->blocks != NULL;

  file->done (has_blocks ? file->blocks : NULL,
              has_blocks ? redes_geometry_get_n_blocks (&file->geometry) : 0,
              file->error == NULL ? file->geometry.file_size : file->bytes_hashed, file->mtime_ns,
              file->error, file->data);
  file_free (file);
}

static RedesHashFile *
pop_finished (RedesHasher *self)
{
  RedesHashFile *file;

  g_mutex_lock (&self->lock);
  file = g_queue_peek_head (&self->order);
  if (file != NULL && file->finished)
    g_queue_pop_head (&self->order);
  else
    file = NULL;
  g_mutex_unlock (&self->lock);

  return file;
}

static void
on_job_done (gpointer data)
{
  RedesHasher *self = data;
  RedesHashFile *file;

  g_mutex_lock (&self->lock);
  self->n_jobs--;
  g_mutex_unlock (&self->lock);

  push_jobs (self);
  while ((file = pop_finished (self)) != NULL)
    answer (file);

  hasher_unref (self);
}

/* With the lock held: how many threads could find something to do. */
static guint
count_work (RedesHasher *self)
{
  guint n = self->waiting.length;

  for (GList *link = self->striping.head; link != NULL; link = link->next)
    {
      RedesHashFile *file = link->data;
      guint32 n_blocks = redes_geometry_get_n_blocks (&file->geometry) - file->next_block;

      n += (n_blocks - 1) / (REDES_HASH_STRIPE_BYTES / file->geometry.block_size) + 1;
    }

  return n;
}

static void
push_jobs (RedesHasher *self)
{
  guint most = JOBS_PER_THREAD * redes_workers_get_n_threads (self->workers);
  guint n_new;

  if (g_atomic_int_get (&self->stopped) || g_atomic_int_get (&self->paused))
    return;

  g_mutex_lock (&self->lock);
  most = MIN (most, count_work (self));
  n_new = most > self->n_jobs ? most - self->n_jobs : 0;
  self->n_jobs += n_new;
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < n_new; i++)
    {
      g_atomic_ref_count_inc (&self->refs);
      redes_workers_push (self->workers, redes_hash_job_run, on_job_done, self);
    }
}

RedesHasher *
redes_hasher_new (RedesWorkers *workers)
{
  RedesHasher *self = g_new0 (RedesHasher, 1);

  g_atomic_ref_count_init (&self->refs);
  self->workers = workers;
  g_mutex_init (&self->lock);
  g_cond_init (&self->job_ended);
  g_queue_init (&self->order);
  g_queue_init (&self->waiting);
  g_queue_init (&self->striping);

  return self;
}

/* What no job will touch any more. */
static void
cancel_file (RedesHashFile *file)
{
  if (file->finished)
    return;

  if (file->fd >= 0)
    close (file->fd);
  g_clear_error (&file->error);
  file->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Hashing was stopped");
}

void
redes_hasher_free (RedesHasher *self)
{
  RedesHashFile *file;

  g_atomic_int_set (&self->stopped, TRUE);

  g_mutex_lock (&self->lock);
  while (self->n_running > 0)
    g_cond_wait (&self->job_ended, &self->lock);
  g_queue_clear (&self->waiting);
  g_queue_clear (&self->striping);
  g_mutex_unlock (&self->lock);

  /* A job that starts only now finds nothing to do. */
  while ((file = g_queue_pop_head (&self->order)) != NULL)
    {
      cancel_file (file);
      answer (file);
    }

  hasher_unref (self);
}

void
redes_hasher_add (RedesHasher *self,
                  RedesHashOpenFunc open_func,
                  RedesHashDoneFunc done,
                  gpointer data,
                  GCancellable *cancellable)
{
  RedesHashFile *file;

  g_return_if_fail (!g_atomic_int_get (&self->stopped));

  file = g_new0 (RedesHashFile, 1);
  file->fd = -1;
  file->open_func = open_func;
  file->done = done;
  file->data = data;
  if (cancellable != NULL)
    file->cancellable = g_object_ref (cancellable);

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->order, file);
  g_queue_push_tail (&self->waiting, file);
  g_mutex_unlock (&self->lock);

  push_jobs (self);
}

void
redes_hasher_set_paused (RedesHasher *self, gboolean paused)
{
  g_atomic_int_set (&self->paused, paused);
  push_jobs (self);
}

guint
redes_hasher_get_pending (RedesHasher *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->order.length;
  g_mutex_unlock (&self->lock);

  return n;
}

guint64
redes_hasher_get_bytes (RedesHasher *self)
{
  guint64 bytes;

  g_mutex_lock (&self->lock);
  bytes = self->bytes;
  g_mutex_unlock (&self->lock);

  return bytes;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

/* How often what was written is made safe, so that a power cut leaves little in doubt. */
#define SYNC_EVERY_US (2 * G_USEC_PER_SEC)
typedef struct
{
  RedesDownload *download;
  RedesPartialFile *partial; /* (nullable) */
  GArray *indices;
  gboolean discard;
  gboolean is_out_of_reach; /* its drive is gone, say: there is nothing to discard now */
  gint64 mtime_ns;
  GError *error;
} SyncJob;

typedef struct
{
  RedesDownload *download;
  char *path;
  gint64 mtime_ns;
  GError *error;
} FinishJob;

void
redes_download_push_job (RedesDownload *self, RedesJobFunc run, RedesJobFunc done, gpointer job)
{
  self->n_jobs++;
  redes_workers_push (redes_swarm_get_workers (self->swarm), run, done, job);
}

static RedesStore *
get_store (RedesDownload *self)
{
  return redes_swarm_get_store (self->swarm);
}

RedesPartialFile *
redes_download_ensure_partial (RedesDownload *self, GError **error)
{
  RedesPartialFile *partial;

  g_mutex_lock (&self->store_lock);
  if (self->partial == NULL && !self->settled)
    self->partial = redes_partial_file_create (self->folder, &self->link->content, error);
  partial = self->partial;
  g_mutex_unlock (&self->store_lock);
  return partial;
}

static RedesPartialFile *
steal_partial (RedesDownload *self)
{
  RedesPartialFile *partial;

  g_mutex_lock (&self->store_lock);
  partial = g_steal_pointer (&self->partial);
  g_mutex_unlock (&self->store_lock);
  return partial;
}

/* Syncing and closing. */

static SyncJob *
sync_job_new (RedesDownload *self)
{
  SyncJob *job = g_new0 (SyncJob, 1);

  job->download = redes_download_ref (self);
  job->indices = g_steal_pointer (&self->unsynced);
  self->unsynced = g_array_new (FALSE, FALSE, sizeof (guint32));
  return job;
}

static void
sync_job_free (SyncJob *job)
{
  g_clear_pointer (&job->partial, redes_partial_file_unref);
  redes_download_unref (job->download);
  g_array_unref (job->indices);
  g_clear_error (&job->error);
  g_free (job);
}

static void
run_sync (gpointer data)
{
  SyncJob *job = data;

  redes_partial_file_sync (job->partial, &job->mtime_ns, &job->error);
}

/* After a sync that failed nobody can say what is on the disk of what was written before it, also
 * if the next one goes well: the system tells of a lost page once. So nothing that was written
 * until the file is closed counts. */
static void
take_synced (SyncJob *job)
{
  RedesDownload *self = job->download;
  const guint32 *indices = (const guint32 *)(gpointer)job->indices->data;

  if (job->error == NULL)
    self->partial_mtime_ns = job->mtime_ns;
  else
    self->sync_failed = TRUE;
  if (self->sync_failed)
    redes_download_lose_blocks (self, indices, job->indices->len);
  else
    redes_download_persist_safe (self, indices, job->indices->len);
}

static void
sync_done (gpointer data)
{
  SyncJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  self->syncing = FALSE;
  self->synced_us = g_get_monotonic_time ();
  if (!self->unwanted)
    take_synced (job);
  if (job->error != NULL)
    redes_download_wait_for_disk (self, job->error);
  else if (self->state == REDES_DOWNLOAD_FINISHING)
    {
      self->is_secured = TRUE;
      self->partial_in_use = FALSE;
      redes_download_persist (self);
    }
  redes_download_advance_disk (self);
  sync_job_free (job);
}

static void
push_sync (RedesDownload *self)
{
  SyncJob *job = sync_job_new (self);

  job->partial = redes_partial_file_ref (self->partial);
  self->syncing = TRUE;
  redes_download_push_job (self, run_sync, sync_done, job);
}

void
redes_download_sync_if_due (RedesDownload *self, gint64 now_us)
{
  if (get_store (self) == NULL || self->disk_phase != REDES_DISK_OPEN || self->syncing
      || self->unsynced->len == 0 || self->partial == NULL
      || now_us - self->synced_us < SYNC_EVERY_US)
    return;
  push_sync (self);
}

static void
run_close (gpointer data)
{
  SyncJob *job = data;
  RedesDownload *self = job->download;
  gint64 mtime_ns;

  if (job->discard && job->partial == NULL)
    {
      g_autoptr (GError) error = NULL;

      job->partial
          = redes_partial_file_open (self->folder, &self->link->content, &mtime_ns, &error);
      job->is_out_of_reach
          = job->partial == NULL && self->has_partial
            && !g_error_matches (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND);
    }
  if (job->discard && self->journal != NULL)
    redes_block_journal_remove (self->journal);
  if (job->partial == NULL)
    return;
  if (job->discard)
    redes_partial_file_discard (job->partial);
  else if (get_store (self) != NULL)
    redes_partial_file_sync (job->partial, &job->mtime_ns, &job->error);
  g_clear_pointer (&job->partial, redes_partial_file_unref);
}

static void
close_done (gpointer data)
{
  SyncJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  self->disk_phase = REDES_DISK_CLOSED;
  if (job->discard)
    {
      /* The store keeps it as removed, and the next start tries again. */
      if (!job->is_out_of_reach)
        redes_download_forget_all (self);
      self->gone = TRUE;
      redes_swarm_forget (self->swarm, self);
    }
  else if (get_store (self) != NULL)
    {
      self->partial_in_use = job->error != NULL;
      take_synced (job);
      self->sync_failed = FALSE;
      redes_download_persist (self);
      if (job->error != NULL)
        redes_download_wait_for_disk (self, job->error);
    }
  redes_download_advance_disk (self);
  sync_job_free (job);
}

static void
push_close (RedesDownload *self, gboolean discard)
{
  SyncJob *job = sync_job_new (self);

  job->discard = discard;
  job->partial = steal_partial (self);
  self->discarded = discard;
  self->disk_phase = REDES_DISK_CLOSING;
  redes_download_push_job (self, run_close, close_done, job);
}

/* The end. */

static void
run_finish (gpointer data)
{
  FinishJob *job = data;
  RedesDownload *self = job->download;
  RedesPartialFile *partial = redes_download_ensure_partial (self, &job->error);

  /* The store has to know that all is there before the file gets its name: so a crash in between
   * leaves either a partial file that is whole, or one to be found under its name. */
  if (get_store (self) != NULL && redes_geometry_get_n_blocks (&self->geometry) > 1)
    redes_store_flush (get_store (self));
  if (partial != NULL)
    job->path = redes_partial_file_finish (partial, redes_download_get_file_name (self),
                                           self->target, &job->mtime_ns, &job->error);
  if (job->path != NULL && self->journal != NULL)
    redes_block_journal_remove (self->journal);
}

static void
finish_done (gpointer data)
{
  FinishJob *job = data;
  RedesDownload *self = job->download;
  g_autoptr (RedesPartialFile) partial = NULL;

  self->n_jobs--;
  if (job->path != NULL)
    {
      /* A job that comes late must not make a new one. */
      g_mutex_lock (&self->store_lock);
      self->settled = TRUE;
      partial = g_steal_pointer (&self->partial);
      g_mutex_unlock (&self->store_lock);
      self->disk_phase = REDES_DISK_CLOSED;
      redes_download_end_as_done (self, g_steal_pointer (&job->path), job->mtime_ns);
    }
  else
    {
      self->is_secured = FALSE;
      redes_download_wait_for_disk (self, job->error);
    }
  redes_download_advance_disk (self);
  g_clear_error (&job->error);
  g_free (job);
  redes_download_unref (self);
}

static void
push_finish (RedesDownload *self)
{
  FinishJob *job = g_new0 (FinishJob, 1);

  job->download = redes_download_ref (self);
  redes_download_push_job (self, run_finish, finish_done, job);
}

void
redes_download_finish (RedesDownload *self)
{
  redes_download_drop_all_sources (self);
  redes_download_set_state (self, REDES_DOWNLOAD_FINISHING);
  self->is_secured = get_store (self) == NULL || redes_geometry_get_n_blocks (&self->geometry) <= 1;
  redes_download_changed (self, TRUE);
  redes_download_advance_disk (self);
}

static void
secure_or_finish (RedesDownload *self)
{
  if (self->is_secured)
    push_finish (self);
  else
    push_sync (self);
}

static gboolean
wants_discard (RedesDownload *self)
{
  /* Without a store an empty partial file is of use to nobody. */
  gboolean keeps = get_store (self) != NULL
                   || (self->journal != NULL && redes_download_get_blocks_done (self) > 0);
  gboolean is_over = self->state == REDES_DOWNLOAD_FAILED
                     || (self->abandoned && self->state != REDES_DOWNLOAD_FINISHING
                         && self->state != REDES_DOWNLOAD_DONE);

  return (self->unwanted || (is_over && !keeps)) && !self->discarded;
}

static gboolean
wants_open (RedesDownload *self)
{
  return self->manifest != NULL && redes_download_is_fetching (self) && self->disk_retry_us == 0;
}

/* A new download asks for blocks while its file is still being made; one of a single block makes it
 * with that. */
static void
open_new (RedesDownload *self)
{
  if (redes_geometry_get_n_blocks (&self->geometry) > 1)
    redes_download_push_open (self);
  else
    {
      self->has_partial = TRUE;
      self->disk_phase = REDES_DISK_OPEN;
    }
  redes_download_open_for_blocks (self);
  if (redes_bitfield_is_full (self->verified))
    redes_download_finish (self);
}

void
redes_download_advance_disk (RedesDownload *self)
{
  if (self->n_jobs > 0)
    return;
  switch (self->disk_phase)
    {
    case REDES_DISK_CLOSED:
      if (wants_discard (self))
        push_close (self, TRUE);
      else if (wants_open (self) && self->has_partial)
        redes_download_push_open (self);
      else if (wants_open (self))
        open_new (self);
      break;
    case REDES_DISK_CHECKING:
      if (!wants_open (self))
        push_close (self, wants_discard (self));
      else if (self->doubtful->len > 0)
        redes_download_push_check (self);
      else
        redes_download_end_check (self);
      break;
    case REDES_DISK_OPEN:
      if (self->state == REDES_DOWNLOAD_FINISHING)
        secure_or_finish (self);
      /* Without a picker it has rested, and was woken before all that was under way had come to its
       * end: it is opened anew, as after any rest. */
      else if (!wants_open (self) || self->picker == NULL)
        push_close (self, wants_discard (self));
      break;
    case REDES_DISK_OPENING:
    case REDES_DISK_CLOSING:
    default:
      break;
    }
}

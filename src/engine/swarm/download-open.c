/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

#include "engine/base/buffer.h"
#include "engine/library/final-name.h"

/* A partial file that was in use when its peer was killed has been written to for some time after
 * it was last synced. Later than this it was somebody else. */
#define IN_USE_SLACK_NS (60 * G_GINT64_CONSTANT (1000000000))
/* Blocks in doubt that one job reads. */
#define CHECK_AT_ONCE 16u

typedef struct
{
  RedesDownload *download;
  gboolean is_new;
  /* A crash may have come between the renaming and the store's hearing of it. */
  gboolean may_be_finished;
  gint64 expected_ns;
  gint64 mtime_ns;
  char *finished_path;
  gboolean was_missing;
  GError *error;
} OpenJob;

typedef struct
{
  guint32 index;
  RedesDigest digest;
  gboolean is_good;
} Doubt;

typedef struct
{
  RedesDownload *download;
  RedesPartialFile *partial;
  GArray *doubts;
} CheckJob;

static RedesStore *
get_store (RedesDownload *self)
{
  return redes_swarm_get_store (self->swarm);
}

static gboolean
is_full (RedesDownload *self)
{
  return redes_bitfield_is_full (self->verified);
}

/* Opening. */

static gboolean
has_content (RedesDownload *self, const char *path)
{
  g_autofree char *bytes = NULL;
  gsize len;
  RedesDigest digest;

  if (!g_file_get_contents (path, &bytes, &len, NULL) || len != self->geometry.file_size)
    return FALSE;
  redes_geometry_hash_block (&self->geometry, 0, (const guint8 *)bytes, len, &digest);
  return redes_digest_equal (&digest, &self->link->content.root);
}

/* It kept the time that the partial file was last seen with. */
static gboolean
is_finished_one (const char *path, gint64 mtime_ns, gpointer user_data)
{
  const OpenJob *job = user_data;

  if (redes_geometry_get_n_blocks (&job->download->geometry) == 1)
    return has_content (job->download, path);
  return mtime_ns == job->expected_ns;
}

static void
open_again (OpenJob *job)
{
  RedesDownload *self = job->download;
  g_autoptr (RedesPartialFile) partial = NULL;

  /* That it is in use has to be known before it is. */
  if (get_store (self) != NULL)
    redes_store_flush (get_store (self));
  partial
      = redes_partial_file_open (self->folder, &self->link->content, &job->mtime_ns, &job->error);
  if (partial == NULL
      && g_error_matches (job->error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND))
    {
      g_clear_error (&job->error);
      job->was_missing = TRUE;
      if (job->may_be_finished)
        job->finished_path
            = redes_final_name_find (self->folder, redes_download_get_file_name (self),
                                     self->target, self->geometry.file_size, is_finished_one, job);
      if (job->finished_path == NULL)
        partial = redes_partial_file_create (self->folder, &self->link->content, &job->error);
    }
  g_mutex_lock (&self->store_lock);
  self->partial = g_steal_pointer (&partial);
  g_mutex_unlock (&self->store_lock);
}

static void
run_open (gpointer data)
{
  OpenJob *job = data;
  RedesDownload *self = job->download;

  if (job->is_new)
    redes_download_ensure_partial (self, &job->error);
  else
    open_again (job);
  if (self->partial != NULL && job->error == NULL && self->target != NULL)
    redes_final_name_check (self->folder, self->target, &job->error);
  if (self->partial != NULL && job->error == NULL)
    redes_partial_file_check_room (self->partial, &job->error);
}

static gboolean
was_altered (RedesDownload *self, gint64 mtime_ns)
{
  if (self->partial_in_use)
    return mtime_ns < self->partial_mtime_ns || mtime_ns > self->partial_mtime_ns + IN_USE_SLACK_NS;
  return mtime_ns != self->partial_mtime_ns;
}

static void
take_stock (RedesDownload *self, OpenJob *job)
{
  guint n_known = redes_bitfield_get_count (self->verified) + self->doubtful->len;

  if (job->was_missing)
    redes_download_doubt_all (self, FALSE);
  else if (self->partial_mtime_ns != 0 && was_altered (self, job->mtime_ns))
    redes_download_doubt_all (self, TRUE);
  self->partial_in_use = TRUE;
  if (n_known > 0 && !self->resumed_told && self->journal == NULL)
    {
      self->resumed_told = TRUE;
      redes_swarm_download_resumed (self->swarm, self, redes_bitfield_get_count (self->verified),
                                    self->doubtful->len);
    }
}

static void
open_done (gpointer data)
{
  OpenJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  if (job->finished_path != NULL)
    {
      self->disk_phase = REDES_DISK_CLOSED;
      self->settled = TRUE;
      if (self->state == REDES_DOWNLOAD_FINDING || self->state == REDES_DOWNLOAD_WAITING)
        redes_download_end_as_done (self, g_steal_pointer (&job->finished_path), job->expected_ns);
    }
  else if (job->error != NULL)
    {
      self->disk_phase = REDES_DISK_OPEN;
      redes_download_wait_for_disk (self, job->error);
    }
  else if (job->is_new)
    {
      self->disk_phase = REDES_DISK_OPEN;
      if (self->picker != NULL)
        redes_download_serve_blocks (self);
    }
  else
    {
      self->disk_phase = REDES_DISK_CHECKING;
      take_stock (self, job);
    }
  redes_download_advance_disk (self);
  redes_download_unref (self);
  g_clear_error (&job->error);
  g_free (job->finished_path);
  g_free (job);
}

void
redes_download_push_open (RedesDownload *self)
{
  OpenJob *job = g_new0 (OpenJob, 1);

  job->download = redes_download_ref (self);
  job->is_new = !self->has_partial;
  job->expected_ns = self->partial_in_use ? 0 : self->partial_mtime_ns;
  job->may_be_finished = redes_geometry_get_n_blocks (&self->geometry) == 1
                         || (is_full (self) && job->expected_ns != 0);
  self->disk_phase = REDES_DISK_OPENING;
  self->has_partial = TRUE;
  if (!job->is_new)
    redes_download_persist_in_use (self);
  redes_download_push_job (self, run_open, open_done, job);
}

/* Checking: only what is in doubt is read. */

static void
run_check (gpointer data)
{
  CheckJob *job = data;
  RedesDownload *self = job->download;

  for (guint i = 0; i < job->doubts->len; i++)
    {
      Doubt *doubt = &g_array_index (job->doubts, Doubt, i);
      gsize len = redes_geometry_get_block_length (&self->geometry, doubt->index);
      guint8 *buffer = redes_buffer_alloc (len);
      RedesDigest digest;

      if (redes_partial_file_read (job->partial, (guint64)doubt->index * self->geometry.block_size,
                                   buffer, len, NULL))
        {
          redes_geometry_hash_block (&self->geometry, doubt->index, buffer, len, &digest);
          doubt->is_good = redes_digest_equal (&digest, &doubt->digest);
        }
      redes_buffer_free (buffer, len);
    }
}

static void
check_done (gpointer data)
{
  CheckJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  for (guint i = 0; i < job->doubts->len; i++)
    {
      const Doubt *doubt = &g_array_index (job->doubts, Doubt, i);

      if (doubt->is_good)
        {
          redes_download_count_block (self, doubt->index);
          g_array_append_val (self->unsynced, doubt->index);
        }
      else
        redes_download_persist_lost (self, doubt->index);
    }
  redes_download_changed (self, FALSE);
  redes_download_advance_disk (self);
  g_array_unref (job->doubts);
  redes_partial_file_unref (job->partial);
  redes_download_unref (self);
  g_free (job);
}

void
redes_download_push_check (RedesDownload *self)
{
  CheckJob *job = g_new0 (CheckJob, 1);

  job->download = redes_download_ref (self);
  job->partial = redes_partial_file_ref (self->partial);
  job->doubts = g_array_new (FALSE, TRUE, sizeof (Doubt));
  while (self->doubtful->len > 0 && job->doubts->len < CHECK_AT_ONCE)
    {
      Doubt doubt = { .index = g_array_index (self->doubtful, guint32, self->doubtful->len - 1) };

      g_array_set_size (self->doubtful, self->doubtful->len - 1);
      if (redes_hash_tree_get_block (self->tree, doubt.index, &doubt.digest))
        g_array_append_val (job->doubts, doubt);
    }
  redes_download_push_job (self, run_check, check_done, job);
}

void
redes_download_end_check (RedesDownload *self)
{
  self->disk_phase = REDES_DISK_OPEN;
  self->n_disk_retries = 0;
  if (self->journal != NULL && !self->resumed_told && redes_bitfield_get_count (self->verified) > 0)
    {
      self->resumed_told = TRUE;
      redes_swarm_download_resumed (self->swarm, self, redes_bitfield_get_count (self->verified),
                                    0);
    }
  if (is_full (self))
    {
      redes_download_finish (self);
      return;
    }
  redes_download_open_for_blocks (self);
  redes_download_serve_blocks (self);
  redes_download_begin_asking (self);
}

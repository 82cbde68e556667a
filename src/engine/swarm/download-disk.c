/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

typedef struct
{
  RedesDownload *download;
  RedesPeerSession *session;
  RedesBlockHeader header;
  GBytes *data;
  RedesDigest digest;
  gboolean matches;
  GError *error;
} BlockJob;

typedef struct
{
  RedesDownload *download;
  GError *error;
} PrepareJob;

typedef struct
{
  RedesDownload *download;
  char *path;
  GError *error;
} FinishJob;

/* Removing what is on disk. */

static void
run_discard (gpointer data)
{
  RedesDownload *self = data;

  g_mutex_lock (&self->store_lock);
  if (self->partial != NULL)
    redes_partial_file_discard (self->partial);
  g_mutex_unlock (&self->store_lock);
}

static void
discard_done (gpointer data)
{
  redes_download_unref (data);
}

/* Once no job writes any more. */
void
redes_download_discard_if_over (RedesDownload *self)
{
  if (self->state != REDES_DOWNLOAD_FAILED || self->n_jobs > 0 || self->discarded)
    return;
  self->discarded = TRUE;
  redes_workers_push (redes_swarm_get_workers (self->swarm), run_discard, discard_done,
                      redes_download_ref (self));
}

/* Blocks. */

/* In a worker. */
static RedesPartialFile *
ensure_partial (RedesDownload *self, GError **error)
{
  RedesPartialFile *partial;

  g_mutex_lock (&self->store_lock);
  if (self->partial == NULL && !self->settled)
    self->partial = redes_partial_file_create (self->folder, &self->link->content,
                                               self->geometry.file_size, error);
  partial = self->partial;
  g_mutex_unlock (&self->store_lock);
  return partial;
}

static void
run_block (gpointer data)
{
  BlockJob *job = data;
  RedesDownload *self = job->download;
  RedesPartialFile *partial;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (job->data, &len);

  redes_geometry_hash_block (&self->geometry, job->header.index, bytes, len, &job->digest);
  job->matches
      = redes_geometry_check_proof (&self->geometry, job->header.index, &job->digest,
                                    job->header.proof, job->header.n_proof, &self->link->content);
  if (!job->matches)
    return;
  partial = ensure_partial (self, &job->error);
  if (partial == NULL)
    return;
  redes_partial_file_write (partial, (guint64)job->header.index * self->geometry.block_size, bytes,
                            len, &job->error);
}

static void
run_prepare (gpointer data)
{
  PrepareJob *job = data;

  ensure_partial (job->download, &job->error);
}

static void
prepare_done (gpointer data)
{
  PrepareJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  if (job->error != NULL)
    redes_download_fail (self, job->error->message);
  else if (self->state == REDES_DOWNLOAD_ACTIVE || self->state == REDES_DOWNLOAD_WAITING)
    {
      self->holding = redes_holding_new_partial (redes_partial_file_get_fd (self->partial),
                                                 self->manifest, self->tree);
      /* A block may have been faster than the file. */
      for (guint32 i = 0; i < redes_bitfield_get_size (self->verified); i++)
        if (redes_bitfield_get (self->verified, i))
          redes_holding_add_block (self->holding, i);
      redes_library_add (redes_swarm_get_library (self->swarm), self->holding);
    }
  redes_download_discard_if_over (self);
  redes_download_unref (self);
  g_clear_error (&job->error);
  g_free (job);
}

void
redes_download_prepare (RedesDownload *self)
{
  PrepareJob *job = g_new0 (PrepareJob, 1);

  job->download = redes_download_ref (self);
  self->n_jobs++;
  redes_workers_push (redes_swarm_get_workers (self->swarm), run_prepare, prepare_done, job);
}

static void
block_job_free (BlockJob *job)
{
  g_bytes_unref (job->data);
  g_clear_error (&job->error);
  redes_peer_session_unref (job->session);
  redes_download_unref (job->download);
  g_free (job);
}

/* A liar is no source of this download any more; what else it shares may be in order. */
static void
refuse_block (RedesDownload *self, RedesPeerSession *session, guint32 index, const char *words)
{
  RedesSource *source = redes_peer_session_get_source (session, &self->link->content);
  g_autoptr (GError) error
      = g_error_new_literal (REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK, words);

  g_hash_table_add (self->liars, redes_digest_copy (redes_peer_session_get_id (session)));
  redes_swarm_report (self->swarm, session, index, error, self);
  if (source != NULL)
    redes_download_remove_source (self, source);
  redes_download_fill_all (self);
  redes_download_consider (self);
}

static void
keep_for_others (RedesDownload *self, BlockJob *job)
{
  if (self->holding != NULL)
    redes_holding_add_block (self->holding, job->header.index);
  if (redes_swarm_announce_block (self->swarm, &self->link->content, job->header.index))
    redes_block_cache_put (redes_swarm_get_cache (self->swarm), &self->link->content,
                           job->header.index, job->data);
}

static void
record_block (RedesDownload *self, BlockJob *job)
{
  guint32 index = job->header.index;
  RedesSource *source = redes_peer_session_get_source (job->session, &self->link->content);
  gsize len = g_bytes_get_size (job->data);

  redes_hash_tree_add_proof (self->tree, index, &job->digest, job->header.proof);
  redes_bitfield_set (self->verified, index);
  self->hope_us = g_get_monotonic_time ();
  self->n_queries_in_vain = 0;
  self->waiting_since_us = 0;
  self->bytes_done += len;
  redes_rate_meter_add (&self->meter, len, self->hope_us);
  redes_contributions_ensure (self->contributions, job->session)->blocks++;
  if (source != NULL)
    redes_source_count_block (source);
  if (redes_picker_get_asked (self->picker, index) > 0)
    for (guint i = 0; i < self->sources->len; i++)
      redes_source_cancel (g_ptr_array_index (self->sources, i), index);
  keep_for_others (self, job);
  if (redes_bitfield_is_full (self->verified))
    redes_download_finish (self);
  else
    redes_download_changed (self, FALSE);
}

static void
block_done (gpointer data)
{
  BlockJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  if (!redes_download_is_over (self))
    {
      redes_swarm_add_unwritten (self->swarm, -(gssize)g_bytes_get_size (job->data));
      if (job->error != NULL)
        redes_download_fail (self, job->error->message);
      else if (job->matches)
        record_block (self, job);
      else
        {
          redes_bitfield_clear (self->arrived, job->header.index);
          redes_picker_set_undone (self->picker, job->header.index);
          refuse_block (self, job->session, job->header.index,
                        "it does not match the publisher's signature");
        }
    }
  else
    redes_swarm_add_unwritten (self->swarm, -(gssize)g_bytes_get_size (job->data));
  redes_download_discard_if_over (self);
  block_job_free (job);
}

void
redes_download_take_block (RedesDownload *self,
                           RedesSource *source,
                           const RedesBlockHeader *header,
                           GBytes *data)
{
  RedesPeerSession *session = redes_source_get_session (source);
  BlockJob *job;

  if (self->picker == NULL || redes_bitfield_get (self->arrived, header->index))
    {
      redes_source_settle (source, header->index);
      redes_source_fill (source);
      return;
    }
  if (g_bytes_get_size (data) != redes_geometry_get_block_length (&self->geometry, header->index)
      || header->n_proof != redes_geometry_get_proof_length (&self->geometry))
    {
      redes_source_settle (source, header->index);
      refuse_block (self, session, header->index, "it, or its proof, has the wrong length");
      return;
    }
  redes_bitfield_set (self->arrived, header->index);
  redes_picker_set_done (self->picker, header->index);
  redes_source_settle (source, header->index);

  job = g_new0 (BlockJob, 1);
  job->download = redes_download_ref (self);
  job->session = redes_peer_session_ref (session);
  job->header = *header;
  job->data = g_bytes_ref (data);
  self->n_jobs++;
  redes_swarm_add_unwritten (self->swarm, g_bytes_get_size (data));
  redes_workers_push (redes_swarm_get_workers (self->swarm), run_block, block_done, job);
  redes_source_fill (source);
}

/* The end. */

static void
run_finish (gpointer data)
{
  FinishJob *job = data;
  RedesDownload *self = job->download;
  RedesPartialFile *partial = ensure_partial (self, &job->error);

  if (partial != NULL)
    job->path = redes_partial_file_finish (partial, redes_manifest_get_name (self->manifest),
                                           self->target, &job->error);
}

static void
share_what_was_fetched (RedesDownload *self)
{
  RedesLibrary *library = redes_swarm_get_library (self->swarm);
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *name = g_path_get_basename (self->path);
  g_autoptr (RedesHolding) whole
      = redes_holding_new_file (folder, name, self->manifest, self->tree);

  if (self->holding != NULL)
    redes_library_remove (library, self->holding);
  g_clear_pointer (&self->holding, redes_holding_unref);
  redes_library_add (library, whole);
}

static void
finish_done (gpointer data)
{
  FinishJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  if (job->path != NULL && !redes_download_is_over (self))
    {
      self->path = g_strdup (job->path);
      redes_download_set_state (self, REDES_DOWNLOAD_DONE);
      g_mutex_lock (&self->store_lock);
      /* A job that comes late must not make a new one. */
      self->settled = TRUE;
      g_clear_pointer (&self->partial, redes_partial_file_unref);
      g_mutex_unlock (&self->store_lock);
      g_clear_pointer (&self->picker, redes_picker_free);
      share_what_was_fetched (self);
      redes_download_changed (self, TRUE);
    }
  else if (job->path == NULL)
    redes_download_fail (self, job->error->message);
  redes_download_discard_if_over (self);
  g_clear_error (&job->error);
  g_free (job->path);
  g_free (job);
  redes_download_unref (self);
}

void
redes_download_finish (RedesDownload *self)
{
  FinishJob *job = g_new0 (FinishJob, 1);

  redes_download_drop_all_sources (self);
  redes_download_set_state (self, REDES_DOWNLOAD_FINISHING);
  redes_download_changed (self, TRUE);
  job->download = redes_download_ref (self);
  self->n_jobs++;
  redes_workers_push (redes_swarm_get_workers (self->swarm), run_finish, finish_done, job);
}

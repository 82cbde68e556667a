/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

/* Blocks that are copied at a time. */
#define LOCAL_JOBS 2u

typedef struct
{
  RedesDownload *download;
  RedesPeerSession *session; /* %NULL: copied from @local */
  RedesHolding *local;
  RedesBlockHeader header;
  gsize len;
  GBytes *data;
  RedesDigest digest;
  gboolean matches;
  GError *error;
} BlockJob;

static void push_local (RedesDownload *self);
static void block_done (gpointer data);

void
redes_download_take_shape (RedesDownload *self, RedesManifest *manifest)
{
  guint32 n_blocks;

  self->manifest = redes_manifest_ref (manifest);
  self->geometry = *redes_manifest_get_geometry (manifest);
  n_blocks = redes_geometry_get_n_blocks (&self->geometry);
  self->tree = redes_hash_tree_new (&self->geometry, &self->link->content.root);
  self->verified = redes_bitfield_new (n_blocks);
  redes_download_take_journal (self);
}

void
redes_download_count_block (RedesDownload *self, guint32 index)
{
  if (redes_bitfield_get (self->verified, index))
    return;
  redes_bitfield_set (self->verified, index);
  self->bytes_done += redes_geometry_get_block_length (&self->geometry, index);
}

static void
discount_block (RedesDownload *self, guint32 index)
{
  if (!redes_bitfield_get (self->verified, index))
    return;
  redes_bitfield_clear (self->verified, index);
  self->bytes_done -= redes_geometry_get_block_length (&self->geometry, index);
}

void
redes_download_lose_blocks (RedesDownload *self, const guint32 *indices, guint n_indices)
{
  for (guint i = 0; i < n_indices; i++)
    {
      discount_block (self, indices[i]);
      redes_download_persist_lost (self, indices[i]);
    }
}

void
redes_download_doubt_all (RedesDownload *self, gboolean keep)
{
  guint32 n_blocks = redes_bitfield_get_size (self->verified);

  if (!keep)
    g_array_set_size (self->doubtful, 0);
  for (guint32 i = 0; i < n_blocks; i++)
    if (redes_bitfield_get (self->verified, i))
      {
        discount_block (self, i);
        if (keep)
          g_array_append_val (self->doubtful, i);
      }
  g_array_set_size (self->unsynced, 0);
  if (!keep)
    redes_download_persist_lost (self, -1);
}

void
redes_download_open_for_blocks (RedesDownload *self)
{
  guint32 n_blocks = redes_bitfield_get_size (self->verified);

  self->picker = redes_picker_new (n_blocks, g_random_int ());
  g_clear_pointer (&self->arrived, redes_bitfield_free);
  self->arrived = redes_bitfield_new (n_blocks);
  for (guint32 i = 0; i < n_blocks; i++)
    if (redes_bitfield_get (self->verified, i))
      {
        redes_bitfield_set (self->arrived, i);
        redes_picker_set_done (self->picker, i);
      }
  redes_download_set_state (self, REDES_DOWNLOAD_ACTIVE);
  redes_download_changed (self, TRUE);
  for (guint i = self->sources->len; i > 0; i--)
    if (i <= self->sources->len)
      redes_source_set_geometry (g_ptr_array_index (self->sources, i - 1));
  self->next_local = 0;
  for (guint i = 0; i < LOCAL_JOBS && self->local != NULL; i++)
    push_local (self);
}

void
redes_download_serve_blocks (RedesDownload *self)
{
  /* The library may have gone by now. */
  if (redes_swarm_is_ended (self->swarm))
    return;
  self->holding = redes_holding_new_partial (redes_partial_file_get_fd (self->partial),
                                             self->manifest, self->tree);
  for (guint32 i = 0; i < redes_bitfield_get_size (self->verified); i++)
    if (redes_bitfield_get (self->verified, i))
      redes_holding_add_block (self->holding, i);
  redes_library_add (redes_swarm_get_library (self->swarm), self->holding);
}

void
redes_download_close_for_blocks (RedesDownload *self)
{
  if (self->holding != NULL && !redes_swarm_is_ended (self->swarm))
    redes_library_remove (redes_swarm_get_library (self->swarm), self->holding);
  g_clear_pointer (&self->holding, redes_holding_unref);
  g_clear_pointer (&self->picker, redes_picker_free);
}

static void
run_block (gpointer data)
{
  BlockJob *job = data;
  RedesDownload *self = job->download;
  RedesPartialFile *partial;
  const guint8 *bytes;
  gsize len;

  if (job->local != NULL)
    job->data = redes_holding_read (job->local, job->header.index, NULL);
  if (job->data == NULL || g_bytes_get_size (job->data) != job->len)
    return;
  bytes = g_bytes_get_data (job->data, &len);
  redes_geometry_hash_block (&self->geometry, job->header.index, bytes, len, &job->digest);
  job->matches = redes_geometry_check_proof (&self->geometry, job->header.index, &job->digest,
                                             job->header.proof, job->header.n_proof,
                                             &self->link->content.root);
  if (!job->matches)
    return;
  partial = redes_download_ensure_partial (self, &job->error);
  if (partial == NULL)
    return;
  if (redes_partial_file_write (partial, (guint64)job->header.index * self->geometry.block_size,
                                bytes, len, &job->error)
      && self->journal != NULL && redes_geometry_get_n_blocks (&self->geometry) > 1)
    redes_block_journal_add (self->journal, self->manifest, job->header.index, &job->digest,
                             job->header.proof);
}

static void
block_job_free (BlockJob *job)
{
  g_clear_pointer (&job->data, g_bytes_unref);
  g_clear_error (&job->error);
  g_clear_pointer (&job->session, redes_peer_session_unref);
  g_clear_pointer (&job->local, redes_holding_unref);
  redes_download_unref (job->download);
  g_free (job);
}

/* The file is not what it was: others are asked. */
static void
give_up_local (RedesDownload *self)
{
  if (self->local == NULL)
    return;
  if (!redes_swarm_is_ended (self->swarm))
    redes_library_doubt (redes_swarm_get_library (self->swarm), self->local);
  g_clear_pointer (&self->local, redes_holding_unref);
  if (redes_download_is_fetching (self))
    redes_download_begin_asking (self);
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
  if (!redes_peer_session_is_closed (session))
    redes_peer_session_complain (session, &self->link->content, index);
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
  if (redes_swarm_is_ended (self->swarm))
    return;
  if (redes_swarm_announce_block (self->swarm, &self->link->content, job->header.index))
    redes_block_cache_put (redes_swarm_get_cache (self->swarm), &self->link->content,
                           job->header.index, job->data);
}

static void
record_block (RedesDownload *self, BlockJob *job)
{
  guint32 index = job->header.index;
  RedesSource *source = job->session != NULL
                            ? redes_peer_session_get_source (job->session, &self->link->content)
                            : NULL;
  gsize len = g_bytes_get_size (job->data);
  RedesSourceStats *sender = NULL;

  redes_hash_tree_add_proof (self->tree, index, &job->digest, job->header.proof);
  redes_download_count_block (self, index);
  g_array_append_val (self->unsynced, index);
  self->hope_us = g_get_monotonic_time ();
  self->n_queries_in_vain = 0;
  self->n_redials = 0;
  self->waiting_since_us = 0;
  redes_rate_meter_add (&self->meter, len, self->hope_us);
  if (job->session != NULL)
    {
      sender = redes_source_stats_ensure (self->source_stats, job->session);
      sender->blocks++;
      if (self->senders == NULL)
        self->senders = g_new0 (guint8, redes_bitfield_get_size (self->verified));
      self->senders[index] = sender->number;
    }
  redes_download_persist_block (self, index, &job->digest, job->header.proof, sender);
  if (source != NULL)
    redes_source_count_block (source);
  if (self->picker != NULL && redes_picker_get_asked (self->picker, index) > 0)
    for (guint i = 0; i < self->sources->len; i++)
      redes_source_cancel (g_ptr_array_index (self->sources, i), index);
  keep_for_others (self, job);
  /* The sources have some of what was missing after all. */
  if (self->state == REDES_DOWNLOAD_WAITING && self->sources->len > 0)
    redes_download_set_state (self, REDES_DOWNLOAD_ACTIVE);
  if (redes_bitfield_is_full (self->verified) && redes_download_is_fetching (self)
      && self->disk_retry_us == 0)
    redes_download_finish (self);
  else
    redes_download_changed (self, FALSE);
}

static void
take_verified (RedesDownload *self, BlockJob *job)
{
  if (job->error != NULL)
    redes_download_wait_for_disk (self, job->error);
  else if (job->matches)
    record_block (self, job);
  else
    {
      if (self->picker != NULL)
        {
          redes_bitfield_clear (self->arrived, job->header.index);
          redes_picker_set_undone (self->picker, job->header.index);
        }
      if (job->session == NULL)
        give_up_local (self);
      else
        refuse_block (self, job->session, job->header.index,
                      "it does not match the publisher's signature");
    }
}

/* Copying: blocks of a file that is shared here, verified like all others. */

static void
push_local (RedesDownload *self)
{
  RedesBlockHeader header = { .content = self->link->content };
  BlockJob *job;

  while (self->next_local < redes_bitfield_get_size (self->verified)
         && redes_bitfield_get (self->arrived, self->next_local))
    self->next_local++;
  if (self->next_local == redes_bitfield_get_size (self->verified))
    return;
  header.index = self->next_local++;
  if (!redes_holding_get_proof (self->local, header.index, header.proof))
    {
      give_up_local (self);
      return;
    }
  header.n_proof = redes_geometry_get_proof_length (&self->geometry);
  redes_bitfield_set (self->arrived, header.index);
  redes_picker_set_done (self->picker, header.index);
  job = g_new0 (BlockJob, 1);
  job->download = redes_download_ref (self);
  job->local = redes_holding_ref (self->local);
  job->header = header;
  job->len = redes_geometry_get_block_length (&self->geometry, header.index);
  self->n_jobs++;
  redes_swarm_add_unwritten (self->swarm, (gssize)job->len);
  redes_workers_push (redes_swarm_get_workers (self->swarm), run_block, block_done, job);
}

gboolean
redes_download_begin_local (RedesDownload *self)
{
  RedesHolding *holding
      = redes_library_lookup (redes_swarm_get_library (self->swarm), &self->link->content);
  RedesManifest *manifest;

  if (holding == NULL || !redes_holding_is_file (holding))
    return FALSE;
  manifest = redes_holding_get_manifest (holding);
  if (!redes_download_is_wanted_publisher (self, manifest))
    return FALSE;
  self->local = redes_holding_ref (holding);
  redes_download_set_ticking (self, TRUE);
  redes_download_begin (self, manifest);
  return TRUE;
}

/* A block on its way to the disk, and to the store. */
typedef struct
{
  RedesSwarm *swarm;
  gsize len;
} Burden;

static void
lay_down (gpointer data)
{
  Burden *burden = data;

  redes_swarm_add_unwritten (burden->swarm, -(gssize)burden->len);
  redes_swarm_unref (burden->swarm);
  g_free (burden);
}

/* What is on disk and not remembered would be fetched again after a crash, so blocks count as
 * unwritten until both are done, and the sockets wait for a store that falls behind. */
static void
lay_down_when_remembered (RedesDownload *self, gsize len)
{
  RedesStore *store = redes_swarm_get_store (self->swarm);
  Burden *burden = g_new (Burden, 1);

  *burden = (Burden){ redes_swarm_ref (self->swarm), len };
  if (store != NULL && redes_geometry_get_n_blocks (&self->geometry) > 1)
    redes_store_when_settled (store, lay_down, burden);
  else
    lay_down (burden);
}

static void
block_done (gpointer data)
{
  BlockJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  /* What was written counts, even if nobody waits for it now. */
  if (!self->unwanted && self->state != REDES_DOWNLOAD_DONE)
    take_verified (self, job);
  lay_down_when_remembered (self, job->len);
  if (self->local != NULL && self->picker != NULL)
    push_local (self);
  redes_download_advance_disk (self);
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
  if (!redes_geometry_check_padding (&self->geometry, header->index, header->proof,
                                     header->n_proof))
    {
      redes_source_settle (source, header->index);
      refuse_block (self, session, header->index,
                    "what its proof has beyond the file is not the padding");
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
  job->len = g_bytes_get_size (data);
  self->n_jobs++;
  redes_swarm_add_unwritten (self->swarm, g_bytes_get_size (data));
  redes_workers_push (redes_swarm_get_workers (self->swarm), run_block, block_done, job);
  redes_source_fill (source);
}

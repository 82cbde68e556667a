/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

static RedesStore *
get_store (RedesDownload *self)
{
  return redes_swarm_get_store (self->swarm);
}

/* One block is fetched again sooner than it is looked up. */
static gboolean
persists_blocks (RedesDownload *self)
{
  return get_store (self) != NULL && redes_geometry_get_n_blocks (&self->geometry) > 1;
}

static RedesStoreTransferState
get_stored_state (RedesDownload *self)
{
  if (self->unwanted)
    return REDES_STORE_TRANSFER_REMOVED;
  if (self->state == REDES_DOWNLOAD_PAUSED)
    return REDES_STORE_TRANSFER_PAUSED;
  return self->state == REDES_DOWNLOAD_FAILED ? REDES_STORE_TRANSFER_FAILED
                                              : REDES_STORE_TRANSFER_RUNNING;
}

static void
put (RedesDownload *self, gboolean in_use)
{
  RedesStoreTransfer transfer = { .content = self->link->content,
                                  .folder = self->folder,
                                  .target = self->target,
                                  .manifest = self->manifest,
                                  .state = get_stored_state (self),
                                  .added_s = self->added_s,
                                  .seconds = redes_download_get_seconds (self),
                                  .partial_mtime_ns = self->partial_mtime_ns,
                                  .partial_in_use = in_use };
  g_autofree char *link = NULL;

  if (get_store (self) == NULL || self->state == REDES_DOWNLOAD_DONE || self->discarded
      || self->has_successor)
    return;
  link = redes_link_format (self->link);
  transfer.link = link;
  if (self->state == REDES_DOWNLOAD_FAILED)
    transfer.message = self->message;
  redes_store_put_transfer (get_store (self), &transfer);
}

void
redes_download_persist (RedesDownload *self)
{
  put (self, self->partial_in_use);
}

void
redes_download_persist_sync (RedesDownload *self)
{
  redes_download_persist (self);
  if (get_store (self) != NULL)
    redes_store_flush (get_store (self));
}

void
redes_download_persist_in_use (RedesDownload *self)
{
  put (self, TRUE);
}

void
redes_download_persist_block (RedesDownload *self,
                              guint32 index,
                              const RedesDigest *digest,
                              const RedesDigest *proof,
                              const RedesSourceStats *sender)
{
  RedesStoreSource source;

  if (!persists_blocks (self))
    return;
  redes_store_put_block (get_store (self), &self->link->content, index, digest, proof,
                         redes_geometry_get_proof_length (&self->geometry));
  if (sender == NULL)
    return;
  source = (RedesStoreSource){ .peer = sender->peer,
                               .nickname = sender->nickname,
                               .address = sender->address,
                               .blocks = sender->blocks };
  redes_store_put_source (get_store (self), &self->link->content, &source);
}

void
redes_download_persist_safe (RedesDownload *self, const guint32 *indices, guint n_indices)
{
  if (persists_blocks (self) && n_indices > 0)
    redes_store_mark_safe (get_store (self), &self->link->content, indices, n_indices,
                           self->partial_mtime_ns);
}

void
redes_download_persist_lost (RedesDownload *self, gint64 index)
{
  if (persists_blocks (self))
    redes_store_remove_blocks (get_store (self), &self->link->content, index);
}

static void
source_free (gpointer data)
{
  redes_store_source_free (data);
}

void
redes_download_persist_done (RedesDownload *self,
                             const char *folder,
                             const char *name,
                             gint64 mtime_ns)
{
  const RedesStoreFile file = { .root = folder,
                                .relative = name,
                                .mtime_ns = mtime_ns,
                                .manifest = self->manifest,
                                .tree = self->tree };
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (source_free);
  g_autoptr (GList) source_stats = redes_download_list_source_stats (self);
  RedesStoreDownload row = { .content = self->link->content,
                             .name = (char *)redes_download_get_file_name (self),
                             .path = self->path,
                             .blocks = redes_geometry_get_n_blocks (&self->geometry),
                             .finished_s = g_get_real_time () / G_USEC_PER_SEC,
                             .seconds = redes_download_get_seconds (self),
                             .sources = sources };

  if (get_store (self) == NULL)
    return;
  for (GList *l = source_stats; l != NULL; l = l->next)
    {
      const RedesSourceStats *stats = l->data;
      RedesStoreSource *source = g_new0 (RedesStoreSource, 1);

      source->peer = stats->peer;
      source->nickname = g_strdup (stats->nickname);
      source->address = g_strdup (stats->address);
      source->blocks = stats->blocks;
      g_ptr_array_add (sources, source);
    }
  redes_store_begin (get_store (self));
  /* The library may have gone by now, and it is shared at the next start all the same. */
  redes_store_put_file (get_store (self), &file);
  redes_store_add_history (get_store (self), &row);
  redes_store_remove_transfer (get_store (self), &self->link->content);
  redes_store_end (get_store (self));
}

void
redes_download_forget_all (RedesDownload *self)
{
  if (get_store (self) != NULL && !self->has_successor)
    redes_store_remove_transfer (get_store (self), &self->link->content);
}

static void
restore_block (const RedesStoreBlock *block, gpointer user_data)
{
  RedesDownload *self = user_data;

  /* The store is a file like others: what it says has to lead to the content's root. */
  if (block->index >= redes_geometry_get_n_blocks (&self->geometry)
      || block->n_proof != redes_geometry_get_proof_length (&self->geometry)
      || !redes_geometry_check_proof (&self->geometry, block->index, &block->digest, block->proof,
                                      block->n_proof, &self->link->content.root))
    return;
  redes_hash_tree_add_proof (self->tree, block->index, &block->digest, block->proof);
  if (block->safe)
    redes_download_count_block (self, block->index);
  else
    g_array_append_val (self->doubtful, block->index);
}

static void
restore_blocks (RedesDownload *self)
{
  g_autoptr (GError) error = NULL;

  if (!redes_store_each_block (get_store (self), &self->link->content, restore_block, self, &error))
    g_debug ("the blocks of a download: %s", error->message);
}

static void
restore_senders (RedesDownload *self)
{
  g_autoptr (GPtrArray) sources
      = redes_store_list_sources (get_store (self), &self->link->content, NULL);

  for (guint i = 0; sources != NULL && i < sources->len; i++)
    {
      const RedesStoreSource *source = g_ptr_array_index (sources, i);

      redes_source_stats_add (self->source_stats, &source->peer, source->nickname, source->address)
          ->blocks
          = source->blocks;
    }
}

void
redes_download_restore_progress (RedesDownload *self, const RedesStoreTransfer *stored)
{
  self->added_s = stored->added_s;
  self->rested_us = (gint64)(stored->seconds * G_USEC_PER_SEC);
  self->partial_mtime_ns = stored->partial_mtime_ns;
  self->partial_in_use = stored->partial_in_use;
  if (stored->manifest != NULL)
    {
      redes_download_take_shape (self, stored->manifest);
      self->has_partial = TRUE;
      if (persists_blocks (self))
        restore_blocks (self);
      restore_senders (self);
    }
  switch (stored->state)
    {
    case REDES_STORE_TRANSFER_PAUSED:
      redes_download_set_state (self, REDES_DOWNLOAD_PAUSED);
      break;
    case REDES_STORE_TRANSFER_FAILED:
      redes_download_set_state (self, REDES_DOWNLOAD_FAILED);
      self->message = g_strdup (stored->message);
      break;
    case REDES_STORE_TRANSFER_REMOVED:
      redes_download_remove (self);
      break;
    case REDES_STORE_TRANSFER_RUNNING:
    default:
      break;
    }
}

typedef struct
{
  RedesDownload *download;
  RedesManifest *manifest;
  RedesHashTree *tree;
  RedesBitfield *blocks;
  GError *error;
} JournalJob;

static void
run_read_journal (gpointer data)
{
  JournalJob *job = data;

  redes_block_journal_read (job->download->journal, &job->manifest, &job->tree, &job->blocks,
                            &job->error);
}

/* All that it names is in doubt until it was read again. Whoever signed the manifest in it, the
 * blocks are those of the content. */
void
redes_download_take_journal (RedesDownload *self)
{
  g_autoptr (RedesBitfield) blocks = g_steal_pointer (&self->journal_blocks);
  g_autoptr (RedesHashTree) tree = g_steal_pointer (&self->journal_tree);

  if (tree == NULL || self->journal_size_bytes != self->geometry.file_size)
    return;
  redes_hash_tree_unref (self->tree);
  self->tree = g_steal_pointer (&tree);
  self->has_partial = TRUE;
  for (guint32 i = 0; i < redes_bitfield_get_size (blocks); i++)
    if (redes_bitfield_get (blocks, i))
      g_array_append_val (self->doubtful, i);
}

static void
read_journal_done (gpointer data)
{
  JournalJob *job = data;
  RedesDownload *self = job->download;

  self->n_jobs--;
  self->journal_read = TRUE;
  if (job->manifest != NULL && redes_bitfield_get_count (job->blocks) > 0)
    {
      self->journal_tree = g_steal_pointer (&job->tree);
      self->journal_blocks = g_steal_pointer (&job->blocks);
      self->journal_size_bytes = redes_manifest_get_geometry (job->manifest)->file_size;
    }
  if (job->error != NULL)
    redes_download_fail (self, job->error->message);
  else if (redes_download_is_fetching (self) && self->journal_tree != NULL
           && redes_download_is_wanted_publisher (self, job->manifest))
    {
      redes_download_take_shape (self, job->manifest);
      redes_download_set_ticking (self, TRUE);
    }
  else if (redes_download_is_fetching (self))
    redes_download_begin_asking (self);
  redes_download_advance_disk (self);
  g_clear_pointer (&job->manifest, redes_manifest_unref);
  g_clear_pointer (&job->tree, redes_hash_tree_unref);
  g_clear_pointer (&job->blocks, redes_bitfield_free);
  g_clear_error (&job->error);
  redes_download_unref (self);
  g_free (job);
}

void
redes_download_recall_journal (RedesDownload *self)
{
  JournalJob *job = g_new0 (JournalJob, 1);

  job->download = redes_download_ref (self);
  redes_download_push_job (self, run_read_journal, read_journal_done, job);
}

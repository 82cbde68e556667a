/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-disk.h"

#include "engine/base/buffer.h"
#include "engine/base/text.h"
#include "engine/library/final-name.h"
#include "engine/library/library.h"
#include "engine/library/partial-file.h"
#include "engine/swarm/block-journal.h"
#include "engine/swarm/download-store.h"

/* How often what was written is made safe, so that a power cut leaves little in doubt. */
#define SYNC_EVERY_US (2 * G_USEC_PER_SEC)
/* A partial file that was in use when its peer was killed has been written to for some time after
 * it was last synced. Later than this it was somebody else. */
#define IN_USE_SLACK_NS (60 * G_GINT64_CONSTANT (1000000000))
/* Blocks in doubt that one job reads. */
#define CHECK_AT_ONCE 16u

typedef enum
{
  PHASE_CLOSED,
  PHASE_OPENING,
  PHASE_CHECKING, /* blocks in doubt are read again */
  PHASE_OPEN,
  PHASE_CLOSING,
} Phase;

/**
 * RedesDownloadDisk:
 * @n_jobs: under way
 * @partial_lock: of @partial and @settled, which are the workers' too: a new partial file is made
 *   with the first block that is to be written
 * @settled: the file has its name
 * @discarded: it was removed
 * @is_secured: while finishing: the store knows that all is safe
 * @partial_mtime_ns: the partial file's, when it was last synced; 0 = never
 * @partial_in_use: it may have been written to since
 * @has_partial: there may be one, from earlier
 * @unsynced: guint32: blocks written since
 * @sync_failed: since the partial file was opened
 * @resumed_told: @resumed was called
 * @is_name_known: whether the disk takes the name, and @noticed was called if it does not
 * @is_disowned: what the store has belongs to another download
 * @journal: (nullable): %NULL: there is a store, or nothing is kept
 * @journal_tree, @journal_blocks, @journal_size_bytes: what it told of a file of that size, until
 *   the manifest is known; %NULL: nothing
 */
struct _RedesDownloadDisk
{
  RedesDownloadProgress *progress;
  RedesWorkers *workers;
  RedesStore *store;
  const RedesClock *clock;
  gboolean is_stream;
  char *folder;
  char *target;
  char *name;
  const RedesDownloadDiskMediator *mediator;
  gpointer user_data;

  Phase phase;
  guint n_jobs;
  GMutex partial_lock;
  RedesPartialFile *partial;
  gboolean settled;
  gboolean discarded;
  gboolean is_secured;
  gint64 partial_mtime_ns;
  gboolean partial_in_use;
  gboolean has_partial;
  GArray *unsynced;
  gboolean syncing;
  gboolean sync_failed;
  gint64 synced_us;
  gboolean resumed_told;
  gboolean is_name_known;
  gboolean is_disowned;
  RedesBlockJournal *journal;
  gboolean journal_was_read;
  RedesHashTree *journal_tree;
  RedesBitfield *journal_blocks;
  guint64 journal_size_bytes;
};

RedesDownloadDisk *
redes_download_disk_new (const RedesDownloadDiskParams *params,
                         const RedesDownloadDiskMediator *mediator,
                         gpointer user_data)
{
  RedesDownloadDisk *self = g_new0 (RedesDownloadDisk, 1);

  self->progress = params->progress;
  self->workers = params->workers;
  self->store = params->store;
  self->clock = params->clock;
  self->is_stream = params->is_stream;
  self->folder = g_strdup (params->folder);
  self->target = g_strdup (params->target);
  self->name = g_strdup (params->name);
  self->mediator = mediator;
  self->user_data = user_data;
  self->unsynced = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (params->keeps_partial_files && params->store == NULL)
    self->journal = redes_block_journal_new (
        params->folder, redes_download_progress_get_content (params->progress));
  g_mutex_init (&self->partial_lock);
  return self;
}

void
redes_download_disk_free (RedesDownloadDisk *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->partial, redes_partial_file_unref);
  g_array_unref (self->unsynced);
  redes_block_journal_free (self->journal);
  g_clear_pointer (&self->journal_tree, redes_hash_tree_unref);
  g_clear_pointer (&self->journal_blocks, redes_bitfield_free);
  g_mutex_clear (&self->partial_lock);
  g_free (self->folder);
  g_free (self->target);
  g_free (self->name);
  g_free (self);
}

static const RedesContentId *
get_content (RedesDownloadDisk *self)
{
  return redes_download_progress_get_content (self->progress);
}

static const RedesGeometry *
get_geometry (RedesDownloadDisk *self)
{
  return redes_download_progress_get_geometry (self->progress);
}

static gboolean
has_many_blocks (RedesDownloadDisk *self)
{
  return redes_geometry_get_n_blocks (get_geometry (self)) > 1;
}

static RedesDiskGoal
get_goal (RedesDownloadDisk *self)
{
  return self->mediator->get_goal (self->user_data);
}

const char *
redes_download_disk_get_name (RedesDownloadDisk *self)
{
  return self->name != NULL && *self->name != '\0'
             ? self->name
             : redes_manifest_get_name (redes_download_progress_get_manifest (self->progress));
}

gboolean
redes_download_disk_keeps (RedesDownloadDisk *self)
{
  /* Without a store an empty partial file is of use to nobody. */
  return self->store != NULL
         || (self->journal != NULL && redes_download_progress_get_blocks_done (self->progress) > 0);
}

gboolean
redes_download_disk_is_busy (RedesDownloadDisk *self)
{
  return self->n_jobs > 0;
}

static void
push_job (RedesDownloadDisk *self, RedesJobFunc run, RedesJobFunc done, gpointer job)
{
  self->mediator->ref (self->user_data);
  self->n_jobs++;
  redes_workers_push (self->workers, run, done, job);
}

/* The last thing that a job does: the download, and so @self, may be gone then. */
static void
end_job (RedesDownloadDisk *self)
{
  redes_download_disk_advance (self);
  self->mediator->unref (self->user_data);
}

/* In a worker: the partial file, made if it has to be. */
static RedesPartialFile *
ensure_partial (RedesDownloadDisk *self, GError **error)
{
  RedesPartialFile *partial;

  g_mutex_lock (&self->partial_lock);
  if (self->partial == NULL && !self->settled)
    self->partial = redes_partial_file_create (self->folder, get_content (self), error);
  partial = self->partial;
  g_mutex_unlock (&self->partial_lock);
  return partial;
}

static RedesPartialFile *
steal_partial (RedesDownloadDisk *self)
{
  RedesPartialFile *partial;

  g_mutex_lock (&self->partial_lock);
  partial = g_steal_pointer (&self->partial);
  g_mutex_unlock (&self->partial_lock);
  return partial;
}

RedesHolding *
redes_download_disk_dup_holding (RedesDownloadDisk *self)
{
  RedesHolding *holding
      = redes_holding_new_partial (redes_partial_file_get_fd (self->partial),
                                   redes_download_progress_get_manifest (self->progress),
                                   redes_download_progress_get_tree (self->progress));
  guint32 n_blocks = redes_download_progress_get_n_blocks (self->progress);

  for (guint32 i = 0; i < n_blocks; i++)
    if (redes_download_progress_has_block (self->progress, i))
      redes_holding_add_block (holding, i);
  return holding;
}

/* What the store remembers. */

static void
put (RedesDownloadDisk *self, gboolean in_use)
{
  RedesStoreTransfer transfer = { .content = *get_content (self),
                                  .folder = self->folder,
                                  .target = self->target,
                                  .manifest = redes_download_progress_get_manifest (self->progress),
                                  .partial_mtime_ns = self->partial_mtime_ns,
                                  .partial_in_use = in_use };

  if (self->store == NULL || self->mediator->is_done (self->user_data) || self->discarded
      || self->is_disowned)
    return;
  self->mediator->describe (&transfer, self->user_data);
  redes_store_put_transfer (self->store, &transfer);
  g_free (transfer.link);
}

void
redes_download_disk_persist (RedesDownloadDisk *self)
{
  put (self, self->partial_in_use);
}

void
redes_download_disk_persist_sync (RedesDownloadDisk *self)
{
  redes_download_disk_persist (self);
  if (self->store != NULL)
    redes_store_flush (self->store);
}

void
redes_download_disk_note_block (RedesDownloadDisk *self,
                                const RedesWrittenBlock *block,
                                const RedesSourceStats *sender)
{
  g_array_append_val (self->unsynced, block->header.index);
  redes_download_store_put_block (self->store, self->progress, block->header.index, &block->digest,
                                  block->header.proof, sender);
}

void
redes_download_disk_when_remembered (RedesDownloadDisk *self,
                                     RedesStoreSettledFunc func,
                                     gpointer user_data)
{
  if (redes_download_store_keeps_blocks (self->store, self->progress))
    redes_store_when_settled (self->store, func, user_data);
  else
    func (user_data);
}

void
redes_download_disk_persist_done (RedesDownloadDisk *self,
                                  const char *path,
                                  const char *folder,
                                  const char *name,
                                  gint64 mtime_ns,
                                  gdouble seconds)
{
  const RedesStoreFile file = { .root = folder,
                                .relative = name,
                                .mtime_ns = mtime_ns,
                                .manifest = redes_download_progress_get_manifest (self->progress),
                                .tree = redes_download_progress_get_tree (self->progress) };

  redes_download_store_put_done (self->store, self->progress, &file,
                                 redes_download_disk_get_name (self), path, seconds);
}

void
redes_download_disk_forget (RedesDownloadDisk *self)
{
  if (self->store != NULL && !self->is_disowned)
    redes_store_remove_transfer (self->store, get_content (self));
}

void
redes_download_disk_disown (RedesDownloadDisk *self)
{
  self->is_disowned = TRUE;
}

void
redes_download_disk_restore (RedesDownloadDisk *self, const RedesStoreTransfer *stored)
{
  self->partial_mtime_ns = stored->partial_mtime_ns;
  self->partial_in_use = stored->partial_in_use;
  if (stored->manifest == NULL)
    return;
  self->has_partial = TRUE;
  redes_download_store_restore (self->store, self->progress);
}

/* They are not on the disk after all. */
static void
lose_blocks (RedesDownloadDisk *self, const guint32 *indices, guint n_indices)
{
  for (guint i = 0; i < n_indices; i++)
    {
      redes_download_progress_discount (self->progress, indices[i]);
      redes_download_store_remove_block (self->store, self->progress, indices[i]);
    }
}

/* The journal. */

typedef struct
{
  RedesDownloadDisk *disk;
  RedesManifest *manifest;
  RedesHashTree *tree;
  RedesBitfield *blocks;
  GError *error;
} JournalJob;

static void
run_read_journal (gpointer data)
{
  JournalJob *job = data;

  redes_block_journal_read (job->disk->journal, &job->manifest, &job->tree, &job->blocks,
                            &job->error);
}

/* All that it names is in doubt until it was read again. Whoever signed the manifest in it, the
 * blocks are those of the content. */
void
redes_download_disk_take_journal (RedesDownloadDisk *self)
{
  g_autoptr (RedesBitfield) blocks = g_steal_pointer (&self->journal_blocks);
  g_autoptr (RedesHashTree) tree = g_steal_pointer (&self->journal_tree);

  if (tree == NULL || self->journal_size_bytes != get_geometry (self)->file_size)
    return;
  redes_download_progress_take_tree (self->progress, g_steal_pointer (&tree));
  self->has_partial = TRUE;
  for (guint32 i = 0; i < redes_bitfield_get_size (blocks); i++)
    if (redes_bitfield_get (blocks, i))
      redes_download_progress_doubt (self->progress, i);
}

static void
read_journal_done (gpointer data)
{
  JournalJob *job = data;
  RedesDownloadDisk *self = job->disk;
  RedesManifest *manifest = NULL;

  self->n_jobs--;
  self->journal_was_read = TRUE;
  if (job->manifest != NULL && redes_bitfield_get_count (job->blocks) > 0)
    {
      manifest = job->manifest;
      self->journal_tree = g_steal_pointer (&job->tree);
      self->journal_blocks = g_steal_pointer (&job->blocks);
      self->journal_size_bytes = redes_manifest_get_geometry (manifest)->file_size;
    }
  self->mediator->journal_read (manifest, job->error, self->user_data);
  end_job (self);
  g_clear_pointer (&job->manifest, redes_manifest_unref);
  g_clear_pointer (&job->tree, redes_hash_tree_unref);
  g_clear_pointer (&job->blocks, redes_bitfield_free);
  g_clear_error (&job->error);
  g_free (job);
}

gboolean
redes_download_disk_read_journal (RedesDownloadDisk *self)
{
  JournalJob *job;

  if (self->journal == NULL || self->journal_was_read)
    return FALSE;
  job = g_new0 (JournalJob, 1);
  job->disk = self;
  push_job (self, run_read_journal, read_journal_done, job);
  return TRUE;
}

/* Opening. */

/**
 * OpenJob:
 * @may_be_finished: a crash may have come between the renaming and the store's hearing of it
 * @other_name: (nullable): what the disk makes of the name; %NULL: it takes it
 */
typedef struct
{
  RedesDownloadDisk *disk;
  gboolean is_new;
  gboolean may_be_finished;
  gint64 expected_ns;
  gint64 mtime_ns;
  char *finished_path;
  char *other_name;
  gboolean was_missing;
  GError *error;
} OpenJob;

static gboolean
has_content (RedesDownloadDisk *self, const char *path)
{
  g_autofree char *bytes = NULL;
  gsize len;
  RedesDigest digest;

  if (!g_file_get_contents (path, &bytes, &len, NULL) || len != get_geometry (self)->file_size)
    return FALSE;
  redes_geometry_hash_block (get_geometry (self), 0, (const guint8 *)bytes, len, &digest);
  return redes_digest_equal (&digest, &get_content (self)->root);
}

/* It kept the time that the partial file was last seen with. */
static gboolean
is_finished_one (const char *path, gint64 mtime_ns, gpointer user_data)
{
  const OpenJob *job = user_data;

  if (!has_many_blocks (job->disk))
    return has_content (job->disk, path);
  return mtime_ns == job->expected_ns;
}

static void
open_again (OpenJob *job)
{
  RedesDownloadDisk *self = job->disk;
  g_autoptr (RedesPartialFile) partial = NULL;

  /* That it is in use has to be known before it is. */
  if (self->store != NULL)
    redes_store_flush (self->store);
  partial = redes_partial_file_open (self->folder, get_content (self), &job->mtime_ns, &job->error);
  if (partial == NULL
      && g_error_matches (job->error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND))
    {
      g_clear_error (&job->error);
      job->was_missing = TRUE;
      if (job->may_be_finished)
        job->finished_path = redes_final_name_find (
            self->folder, redes_download_disk_get_name (self), self->target,
            get_geometry (self)->file_size, is_finished_one, job);
      if (job->finished_path == NULL)
        partial = redes_partial_file_create (self->folder, get_content (self), &job->error);
    }
  g_mutex_lock (&self->partial_lock);
  self->partial = g_steal_pointer (&partial);
  g_mutex_unlock (&self->partial_lock);
}

static void
run_open (gpointer data)
{
  OpenJob *job = data;
  RedesDownloadDisk *self = job->disk;

  if (job->is_new)
    ensure_partial (self, &job->error);
  else
    open_again (job);
  if (self->partial != NULL && job->error == NULL && self->target != NULL)
    redes_final_name_check (self->folder, self->target, &job->error);
  else if (self->partial != NULL && job->error == NULL && !self->is_name_known)
    job->other_name = redes_final_name_foresee (self->folder, redes_download_disk_get_name (self));
  if (self->partial != NULL && job->error == NULL)
    redes_partial_file_check_room (self->partial, &job->error);
}

static gboolean
was_altered (RedesDownloadDisk *self, gint64 mtime_ns)
{
  if (self->partial_in_use)
    return mtime_ns < self->partial_mtime_ns || mtime_ns > self->partial_mtime_ns + IN_USE_SLACK_NS;
  return mtime_ns != self->partial_mtime_ns;
}

static void
tell_resumed (RedesDownloadDisk *self)
{
  self->resumed_told = TRUE;
  self->mediator->resumed (redes_download_progress_count_verified (self->progress),
                           redes_download_progress_count_doubtful (self->progress),
                           self->user_data);
}

static void
take_stock (RedesDownloadDisk *self, OpenJob *job)
{
  guint32 n_known = redes_download_progress_get_blocks_done (self->progress);

  if (job->was_missing || (self->partial_mtime_ns != 0 && was_altered (self, job->mtime_ns)))
    {
      redes_download_progress_doubt_all (self->progress, !job->was_missing);
      g_array_set_size (self->unsynced, 0);
    }
  if (job->was_missing)
    redes_download_store_remove_block (self->store, self->progress, -1);
  self->partial_in_use = TRUE;
  if (n_known > 0 && !self->resumed_told && self->journal == NULL)
    tell_resumed (self);
}

static void
tell_name (RedesDownloadDisk *self, const char *other_name)
{
  if (!self->is_name_known && other_name != NULL)
    {
      g_autofree char *folder = redes_text_display_path (self->folder);
      g_autofree char *wanted = redes_text_display_name (redes_download_disk_get_name (self));
      g_autofree char *other = redes_text_display_name (other_name);
      g_autoptr (RedesNotice) notice
          = redes_notice_new (REDES_NOTICE_NAME_REPLACED, folder, wanted, other);

      self->mediator->noticed (notice, self->user_data);
    }
  self->is_name_known = TRUE;
}

static void
open_done (gpointer data)
{
  OpenJob *job = data;
  RedesDownloadDisk *self = job->disk;

  self->n_jobs--;
  redes_download_progress_hold (self->progress, FALSE);
  if (job->error == NULL && job->finished_path == NULL)
    tell_name (self, job->other_name);
  if (job->finished_path != NULL)
    {
      self->phase = PHASE_CLOSED;
      self->settled = TRUE;
      self->mediator->found (g_steal_pointer (&job->finished_path), job->expected_ns,
                             self->user_data);
    }
  else if (job->error != NULL)
    {
      self->phase = PHASE_OPEN;
      self->mediator->failed (job->error, self->user_data);
    }
  else if (job->is_new)
    {
      self->phase = PHASE_OPEN;
      self->mediator->made (self->user_data);
    }
  else
    {
      self->phase = PHASE_CHECKING;
      take_stock (self, job);
    }
  end_job (self);
  g_clear_error (&job->error);
  g_free (job->other_name);
  g_free (job);
}

static void
push_open (RedesDownloadDisk *self)
{
  OpenJob *job = g_new0 (OpenJob, 1);

  job->disk = self;
  job->is_new = !self->has_partial;
  job->expected_ns = self->partial_in_use ? 0 : self->partial_mtime_ns;
  job->may_be_finished
      = !has_many_blocks (self)
        || (redes_download_progress_is_full (self->progress) && job->expected_ns != 0);
  self->phase = PHASE_OPENING;
  self->has_partial = TRUE;
  if (!job->is_new)
    put (self, TRUE);
  push_job (self, run_open, open_done, job);
}

/* A new download gathers sources while its file is still being made, and asks for blocks once it
 * is: that the disk takes no file of that name or size is known before the first byte comes. One of
 * a single block makes it with that. */
static void
open_new (RedesDownloadDisk *self)
{
  if (has_many_blocks (self) && !self->is_stream)
    {
      redes_download_progress_hold (self->progress, TRUE);
      push_open (self);
    }
  else
    {
      self->has_partial = !self->is_stream;
      self->phase = PHASE_OPEN;
    }
  self->mediator->begun (self->user_data);
}

/* Checking: only what is in doubt is read. */

typedef struct
{
  guint32 index;
  RedesDigest digest;
  gboolean is_good;
} Doubt;

typedef struct
{
  RedesDownloadDisk *disk;
  RedesPartialFile *partial;
  GArray *doubts;
} CheckJob;

static void
run_check (gpointer data)
{
  CheckJob *job = data;
  const RedesGeometry *geometry = get_geometry (job->disk);

  for (guint i = 0; i < job->doubts->len; i++)
    {
      Doubt *doubt = &g_array_index (job->doubts, Doubt, i);
      gsize len = redes_geometry_get_block_length (geometry, doubt->index);
      guint8 *buffer = redes_buffer_alloc (len);
      RedesDigest digest;

      if (redes_partial_file_read (job->partial, (guint64)doubt->index * geometry->block_size,
                                   buffer, len, NULL))
        {
          redes_geometry_hash_block (geometry, doubt->index, buffer, len, &digest);
          doubt->is_good = redes_digest_equal (&digest, &doubt->digest);
        }
      redes_buffer_free (buffer, len);
    }
}

static void
check_done (gpointer data)
{
  CheckJob *job = data;
  RedesDownloadDisk *self = job->disk;

  self->n_jobs--;
  for (guint i = 0; i < job->doubts->len; i++)
    {
      const Doubt *doubt = &g_array_index (job->doubts, Doubt, i);

      if (doubt->is_good)
        {
          redes_download_progress_count (self->progress, doubt->index);
          g_array_append_val (self->unsynced, doubt->index);
        }
      else
        redes_download_store_remove_block (self->store, self->progress, doubt->index);
    }
  self->mediator->checking (self->user_data);
  end_job (self);
  g_array_unref (job->doubts);
  redes_partial_file_unref (job->partial);
  g_free (job);
}

static void
push_check (RedesDownloadDisk *self)
{
  CheckJob *job = g_new0 (CheckJob, 1);
  Doubt doubt = { 0 };

  job->disk = self;
  job->partial = redes_partial_file_ref (self->partial);
  job->doubts = g_array_new (FALSE, TRUE, sizeof (Doubt));
  while (job->doubts->len < CHECK_AT_ONCE
         && redes_download_progress_pop_doubtful (self->progress, &doubt.index, &doubt.digest))
    g_array_append_val (job->doubts, doubt);
  push_job (self, run_check, check_done, job);
}

static void
end_check (RedesDownloadDisk *self)
{
  self->phase = PHASE_OPEN;
  if (self->journal != NULL && !self->resumed_told
      && redes_download_progress_count_verified (self->progress) > 0)
    tell_resumed (self);
  self->mediator->checked (self->user_data);
}

/* Blocks. */

typedef struct
{
  RedesDownloadDisk *disk;
  RedesWrittenBlock block;
} BlockJob;

static void
run_block (gpointer data)
{
  BlockJob *job = data;
  RedesDownloadDisk *self = job->disk;
  RedesWrittenBlock *block = &job->block;
  const RedesGeometry *geometry = get_geometry (self);
  RedesPartialFile *partial;
  const guint8 *bytes;
  gsize len;

  if (block->local != NULL)
    block->data = redes_holding_read (block->local, block->header.index, NULL);
  if (block->data == NULL || g_bytes_get_size (block->data) != block->length)
    return;
  bytes = g_bytes_get_data (block->data, &len);
  redes_geometry_hash_block (geometry, block->header.index, bytes, len, &block->digest);
  block->matches = redes_geometry_check_proof (geometry, block->header.index, &block->digest,
                                               block->header.proof, block->header.n_proof,
                                               &get_content (self)->root);
  if (!block->matches || self->is_stream)
    return;
  partial = ensure_partial (self, &block->error);
  if (partial == NULL)
    return;
  if (redes_partial_file_write (partial, (guint64)block->header.index * geometry->block_size, bytes,
                                len, &block->error)
      && self->journal != NULL && has_many_blocks (self))
    redes_block_journal_add (self->journal, redes_download_progress_get_manifest (self->progress),
                             block->header.index, &block->digest, block->header.proof);
}

static void
block_done (gpointer data)
{
  BlockJob *job = data;
  RedesDownloadDisk *self = job->disk;

  self->n_jobs--;
  self->mediator->written (&job->block, self->user_data);
  end_job (self);
  g_clear_pointer (&job->block.data, g_bytes_unref);
  g_clear_error (&job->block.error);
  g_clear_pointer (&job->block.remote, redes_remote_unref);
  g_clear_pointer (&job->block.local, redes_holding_unref);
  g_free (job);
}

void
redes_download_disk_write (RedesDownloadDisk *self,
                           RedesRemote *remote,
                           GBytes *data,
                           RedesHolding *local,
                           const RedesBlockHeader *header)
{
  BlockJob *job = g_new0 (BlockJob, 1);

  job->disk = self;
  job->block.remote = remote != NULL ? redes_remote_ref (remote) : NULL;
  job->block.data = data != NULL ? g_bytes_ref (data) : NULL;
  job->block.local = local != NULL ? redes_holding_ref (local) : NULL;
  job->block.header = *header;
  job->block.length = redes_geometry_get_block_length (get_geometry (self), header->index);
  push_job (self, run_block, block_done, job);
}

/* Syncing and closing. */

/**
 * SyncJob:
 * @partial: (nullable)
 * @is_out_of_reach: its drive is gone, say: there is nothing to discard now
 */
typedef struct
{
  RedesDownloadDisk *disk;
  RedesPartialFile *partial;
  GArray *indices;
  gboolean discard;
  gboolean is_out_of_reach;
  gint64 mtime_ns;
  GError *error;
} SyncJob;

static SyncJob *
sync_job_new (RedesDownloadDisk *self)
{
  SyncJob *job = g_new0 (SyncJob, 1);

  job->disk = self;
  job->indices = g_steal_pointer (&self->unsynced);
  self->unsynced = g_array_new (FALSE, FALSE, sizeof (guint32));
  return job;
}

static void
sync_job_free (SyncJob *job)
{
  g_clear_pointer (&job->partial, redes_partial_file_unref);
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
  RedesDownloadDisk *self = job->disk;
  const guint32 *indices = (const guint32 *)(gpointer)job->indices->data;

  if (job->error == NULL)
    self->partial_mtime_ns = job->mtime_ns;
  else
    self->sync_failed = TRUE;
  if (self->sync_failed)
    lose_blocks (self, indices, job->indices->len);
  else
    redes_download_store_mark_safe (self->store, self->progress, indices, job->indices->len,
                                    self->partial_mtime_ns);
}

static void
sync_done (gpointer data)
{
  SyncJob *job = data;
  RedesDownloadDisk *self = job->disk;

  self->n_jobs--;
  self->syncing = FALSE;
  self->synced_us = redes_clock_now_us (self->clock);
  if (!self->mediator->is_unwanted (self->user_data))
    take_synced (job);
  if (job->error != NULL)
    self->mediator->failed (job->error, self->user_data);
  else if (get_goal (self) == REDES_DISK_GOAL_FINISHED)
    {
      self->is_secured = TRUE;
      self->partial_in_use = FALSE;
      redes_download_disk_persist (self);
    }
  end_job (self);
  sync_job_free (job);
}

static void
push_sync (RedesDownloadDisk *self)
{
  SyncJob *job = sync_job_new (self);

  job->partial = redes_partial_file_ref (self->partial);
  self->syncing = TRUE;
  push_job (self, run_sync, sync_done, job);
}

void
redes_download_disk_tick (RedesDownloadDisk *self)
{
  if (self->store == NULL || self->phase != PHASE_OPEN || self->syncing || self->unsynced->len == 0
      || self->partial == NULL
      || redes_clock_now_us (self->clock) - self->synced_us < SYNC_EVERY_US)
    return;
  push_sync (self);
}

static void
run_close (gpointer data)
{
  SyncJob *job = data;
  RedesDownloadDisk *self = job->disk;
  gint64 mtime_ns;

  if (job->discard && job->partial == NULL && !self->is_stream)
    {
      g_autoptr (GError) error = NULL;

      job->partial = redes_partial_file_open (self->folder, get_content (self), &mtime_ns, &error);
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
  else if (self->store != NULL)
    redes_partial_file_sync (job->partial, &job->mtime_ns, &job->error);
  g_clear_pointer (&job->partial, redes_partial_file_unref);
}

static void
close_done (gpointer data)
{
  SyncJob *job = data;
  RedesDownloadDisk *self = job->disk;

  self->n_jobs--;
  self->phase = PHASE_CLOSED;
  if (job->discard)
    {
      /* The store keeps it as removed, and the next start tries again. */
      if (!job->is_out_of_reach)
        redes_download_disk_forget (self);
      self->mediator->discarded (job->is_out_of_reach, self->user_data);
    }
  else if (self->store != NULL)
    {
      self->partial_in_use = job->error != NULL;
      take_synced (job);
      self->sync_failed = FALSE;
      redes_download_disk_persist (self);
      if (job->error != NULL)
        self->mediator->failed (job->error, self->user_data);
    }
  end_job (self);
  sync_job_free (job);
}

static void
push_close (RedesDownloadDisk *self, gboolean discard)
{
  SyncJob *job = sync_job_new (self);

  job->discard = discard;
  job->partial = steal_partial (self);
  self->discarded = discard;
  self->phase = PHASE_CLOSING;
  push_job (self, run_close, close_done, job);
}

/* The end. */

typedef struct
{
  RedesDownloadDisk *disk;
  char *path;
  gboolean is_replaced; /* its name, by another that the disk takes */
  gint64 mtime_ns;
  GError *error;
} FinishJob;

static void
run_finish (gpointer data)
{
  FinishJob *job = data;
  RedesDownloadDisk *self = job->disk;
  RedesPartialFile *partial = ensure_partial (self, &job->error);

  /* The store has to know that all is there before the file gets its name: so a crash in between
   * leaves either a partial file that is whole, or one to be found under its name. */
  if (self->store != NULL && has_many_blocks (self))
    redes_store_flush (self->store);
  if (partial != NULL)
    job->path
        = redes_partial_file_finish (partial, redes_download_disk_get_name (self), self->target,
                                     &job->is_replaced, &job->mtime_ns, &job->error);
  if (job->path != NULL && self->journal != NULL)
    redes_block_journal_remove (self->journal);
}

static void
finish_done (gpointer data)
{
  FinishJob *job = data;
  RedesDownloadDisk *self = job->disk;
  g_autoptr (RedesPartialFile) partial = NULL;

  self->n_jobs--;
  if (job->path != NULL)
    {
      /* A job that comes late must not make a new one. */
      g_mutex_lock (&self->partial_lock);
      self->settled = TRUE;
      partial = g_steal_pointer (&self->partial);
      g_mutex_unlock (&self->partial_lock);
      self->phase = PHASE_CLOSED;
      if (job->is_replaced)
        {
          g_autofree char *name = g_path_get_basename (job->path);

          tell_name (self, name);
        }
      self->mediator->finished (g_steal_pointer (&job->path), job->mtime_ns, self->user_data);
    }
  else
    {
      self->is_secured = FALSE;
      self->mediator->failed (job->error, self->user_data);
    }
  end_job (self);
  g_clear_error (&job->error);
  g_free (job);
}

static void
push_finish (RedesDownloadDisk *self)
{
  FinishJob *job = g_new0 (FinishJob, 1);

  job->disk = self;
  push_job (self, run_finish, finish_done, job);
}

void
redes_download_disk_begin_finish (RedesDownloadDisk *self)
{
  self->is_secured = !redes_download_store_keeps_blocks (self->store, self->progress);
}

void
redes_download_disk_advance (RedesDownloadDisk *self)
{
  RedesDiskGoal wish = get_goal (self);
  gboolean discard = wish == REDES_DISK_GOAL_DISCARDED && !self->discarded;

  if (self->n_jobs > 0)
    return;
  switch (self->phase)
    {
    case PHASE_CLOSED:
      if (discard)
        push_close (self, TRUE);
      else if (wish == REDES_DISK_GOAL_OPEN && self->has_partial)
        push_open (self);
      else if (wish == REDES_DISK_GOAL_OPEN)
        open_new (self);
      break;
    case PHASE_CHECKING:
      if (wish != REDES_DISK_GOAL_OPEN)
        push_close (self, discard);
      else if (redes_download_progress_count_doubtful (self->progress) > 0)
        push_check (self);
      else
        end_check (self);
      break;
    case PHASE_OPEN:
      if (wish == REDES_DISK_GOAL_FINISHED && self->is_stream)
        {
          self->phase = PHASE_CLOSED;
          self->mediator->finished (NULL, 0, self->user_data);
        }
      else if (wish == REDES_DISK_GOAL_FINISHED && self->is_secured)
        push_finish (self);
      else if (wish == REDES_DISK_GOAL_FINISHED)
        push_sync (self);
      /* Without a picker it has rested, and was woken before all that was under way had come to its
       * end: it is opened anew, as after any rest. */
      else if (wish != REDES_DISK_GOAL_OPEN
               || redes_download_progress_get_picker (self->progress) == NULL)
        push_close (self, discard);
      break;
    case PHASE_OPENING:
    case PHASE_CLOSING:
    default:
      break;
    }
}

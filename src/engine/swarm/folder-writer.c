/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-writer.h"

#include <string.h>

/* Blocks that one job of a worker verifies and writes, and jobs at once. */
#define JOB_BLOCKS 256u
#define JOB_BYTES (4u * 1024 * 1024)
#define MAX_JOBS 3u

struct _RedesFolderWriter
{
  RedesFolderJobs *jobs;
  const RedesFolderWriterEvents *events;
  gpointer user_data;
  GQueue waiting; /* of Received */
  guint64 waiting_bytes;
  guint n_jobs;
};

/* A block as it came. */
typedef struct
{
  RedesFolderBlock block;
  gboolean is_right;
  gboolean is_written;
} Received;

typedef struct
{
  RedesFolderWriter *owner;
  RedesFolderBuild *build;
  GPtrArray *blocks; /* of Received */
  guint64 n_bytes;
  GError *error;
} Job;

static void
received_free (gpointer data)
{
  Received *received = data;

  g_bytes_unref (received->block.data);
  g_free (received);
}

RedesFolderWriter *
redes_folder_writer_new (RedesFolderJobs *jobs,
                         const RedesFolderWriterEvents *events,
                         gpointer user_data)
{
  RedesFolderWriter *self = g_new0 (RedesFolderWriter, 1);

  self->jobs = jobs;
  self->events = events;
  self->user_data = user_data;
  return self;
}

void
redes_folder_writer_free (RedesFolderWriter *self)
{
  g_return_if_fail (g_queue_is_empty (&self->waiting) && self->n_jobs == 0);

  g_free (self);
}

/* Whether it is the block, proven by what a list says of its file. */
static gboolean
verify (RedesFolderBlock *block)
{
  const RedesFolderWish *wish = &block->wish;
  RedesGeometry geometry = { .file_size = wish->content.size_bytes,
                             .block_size = redes_block_size_for (wish->content.size_bytes) };
  gsize len;
  const guint8 *data = g_bytes_get_data (block->data, &len);

  if (len != redes_geometry_get_block_length (&geometry, wish->index)
      || block->n_proof != redes_geometry_get_proof_length (&geometry))
    return FALSE;
  redes_geometry_hash_block (&geometry, wish->index, data, len, &block->digest);
  return redes_geometry_check_proof (&geometry, wish->index, &block->digest, block->proof,
                                     block->n_proof, &wish->content.root);
}

static void
run_write (gpointer data)
{
  Job *job = data;

  for (guint i = 0; i < job->blocks->len; i++)
    {
      Received *received = job->blocks->pdata[i];
      RedesFolderBlock *block = &received->block;
      const RedesFolderWish *wish = &block->wish;

      received->is_right = verify (block);
      if (!received->is_right || redes_folder_wish_is_list (wish))
        continue;
      received->is_written
          = job->error == NULL
            && redes_folder_build_write (job->build, &wish->content,
                                         (guint64)wish->index
                                             * redes_block_size_for (wish->content.size_bytes),
                                         block->data, &job->error);
      if (received->is_written && block->n_proof > 0)
        redes_folder_build_note_block (job->build, &wish->content, wish->index, &block->digest,
                                       block->proof, block->n_proof);
    }
}

static void
write_done (gpointer data)
{
  Job *job = data;
  RedesFolderWriter *self = job->owner;

  self->n_jobs--;
  self->events->add_unwritten (-(gssize)job->n_bytes, self->user_data);
  for (guint i = 0; i < job->blocks->len; i++)
    {
      const Received *received = job->blocks->pdata[i];
      const RedesFolderBlock *block = &received->block;

      if (!received->is_right)
        {
          self->events->given_back (&block->wish, self->user_data);
          self->events->wrong (block, self->user_data);
        }
      else if (redes_folder_wish_is_list (&block->wish) || received->is_written)
        self->events->took (block, self->user_data);
      else
        self->events->given_back (&block->wish, self->user_data);
    }
  if (job->error != NULL)
    self->events->failed (job->error, self->user_data);
  g_ptr_array_unref (job->blocks);
  redes_folder_build_unref (job->build);
  g_clear_error (&job->error);
  g_free (job);
}

void
redes_folder_writer_add (RedesFolderWriter *self,
                         const RedesFolderWish *wish,
                         const RedesPeerId *peer,
                         const RedesBlockHeader *header,
                         GBytes *data)
{
  Received *received = g_new0 (Received, 1);
  RedesFolderBlock *block = &received->block;
  gsize n_bytes = g_bytes_get_size (data);

  block->wish = *wish;
  block->peer = *peer;
  block->n_proof = MIN (header->n_proof, REDES_MAX_PROOF_LENGTH);
  memcpy (block->proof, header->proof, block->n_proof * sizeof *block->proof);
  block->data = g_bytes_ref (data);
  g_queue_push_tail (&self->waiting, received);
  self->waiting_bytes += n_bytes;
  self->events->add_unwritten ((gssize)n_bytes, self->user_data);
}

void
redes_folder_writer_go_on (RedesFolderWriter *self, RedesFolderBuild *build)
{
  while (self->n_jobs < MAX_JOBS && !g_queue_is_empty (&self->waiting))
    {
      Job *job = g_new0 (Job, 1);

      job->owner = self;
      job->build = redes_folder_build_ref (build);
      job->blocks = g_ptr_array_new_with_free_func (received_free);
      while (job->blocks->len < JOB_BLOCKS && job->n_bytes < JOB_BYTES
             && !g_queue_is_empty (&self->waiting))
        {
          Received *received = g_queue_pop_head (&self->waiting);

          job->n_bytes += g_bytes_get_size (received->block.data);
          g_ptr_array_add (job->blocks, received);
        }
      self->waiting_bytes -= job->n_bytes;
      self->n_jobs++;
      redes_folder_jobs_push (self->jobs, run_write, write_done, job);
    }
}

void
redes_folder_writer_drop (RedesFolderWriter *self)
{
  guint64 n_bytes = self->waiting_bytes;
  Received *received;

  while ((received = g_queue_pop_head (&self->waiting)) != NULL)
    {
      self->events->given_back (&received->block.wish, self->user_data);
      received_free (received);
    }
  self->waiting_bytes = 0;
  if (n_bytes > 0)
    self->events->add_unwritten (-(gssize)n_bytes, self->user_data);
}

gboolean
redes_folder_writer_is_busy (RedesFolderWriter *self)
{
  return self->n_jobs > 0;
}

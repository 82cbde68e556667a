/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/hasher-private.h"

#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-time.h"
#include "engine/platform/large-array.h"
#include "engine/content/manifest.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files above this are hashed in stripes, by several threads at once. */
#define LARGE_FILE_BYTES (8u * 1024 * 1024)
/* A job ends after this much (a few ms), so that answers come steadily and other jobs get their
 * turn. */
#define JOB_BYTES (4u * 1024 * 1024)
#define JOB_STEPS 64
/* Read at once: small enough to be still in the processor's cache when it is hashed. */
#define CHUNK_BYTES (64u * 1024)

G_STATIC_ASSERT (CHUNK_BYTES % REDES_LEAF_SIZE == 0);

/* A run of blocks of one file for one thread. */
typedef struct
{
  RedesHashFile *file;
  guint32 first;
  guint32 n_blocks;
} Stripe;

/* What a job has used up of its share, and its buffer of CHUNK_BYTES. */
typedef struct
{
  guint64 bytes;
  guint steps;
  guint8 *buffer;
} Budget;

static gboolean
check_not_cancelled (RedesHasher *self, RedesHashFile *file, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (file->cancellable, error))
    return FALSE;

  if (g_atomic_int_get (&self->stopped))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Hashing was stopped");
      return FALSE;
    }

  return TRUE;
}

static gboolean
fail_read (GError **error, int saved_errno)
{
  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
                   REDES_NOTICE_HASH_UNREADABLE, redes_notice_arg_errno (saved_errno));
  return FALSE;
}

static gboolean
fail_changed (GError **error)
{
  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ, REDES_NOTICE_HASH_CHANGED);
  return FALSE;
}

static gboolean
read_exactly (RedesHashFile *file, guint8 *buffer, gsize len, guint64 offset, GError **error)
{
  while (len > 0)
    {
      ssize_t n = pread (file->fd, buffer, len, (off_t)offset);

      if (n == 0)
        return fail_changed (error);
      if (n < 0 && errno != EINTR)
        return fail_read (error, errno);
      if (n > 0)
        {
          buffer += n;
          len -= (gsize)n;
          offset += (guint64)n;
        }
    }

  return TRUE;
}

static void
count_bytes (RedesHasher *self, RedesHashFile *file, guint64 bytes)
{
  g_mutex_lock (&self->lock);
  self->bytes += bytes;
  file->bytes_hashed += bytes;
  g_mutex_unlock (&self->lock);
}

static gboolean
hash_block (RedesHashFile *file, guint32 index, guint8 *buffer, GError **error)
{
  guint64 offset = (guint64)index * file->geometry.block_size;
  guint32 left = redes_geometry_get_block_length (&file->geometry, index);
  RedesBlockHash hash;

  redes_block_hash_init (&hash, &file->geometry, index);
  while (left > 0)
    {
      guint32 len = MIN (left, CHUNK_BYTES);

      if (!read_exactly (file, buffer, len, offset, error))
        return FALSE;
      redes_block_hash_update (&hash, buffer, len);
      offset += len;
      left -= len;
    }
  redes_block_hash_finish (&hash, &file->blocks[index]);

  return TRUE;
}

static gboolean
hash_stripe (RedesHasher *self, const Stripe *stripe, Budget *budget, GError **error)
{
  RedesHashFile *file = stripe->file;
  guint32 block_size = file->geometry.block_size;
  guint64 data_start = 0;

  for (guint32 i = stripe->first; i < stripe->first + stripe->n_blocks; i++)
    {
      guint32 len = redes_geometry_get_block_length (&file->geometry, i);
      guint64 offset = (guint64)i * block_size;

      if (!check_not_cancelled (self, file, error))
        return FALSE;

      if (file->is_sparse && data_start <= offset)
        data_start = redes_file_find_data (file->fd, offset, file->geometry.file_size);

      if (len == block_size && offset + len <= data_start)
        redes_hash_zero_block (block_size, &file->blocks[i]);
      else
        {
          if (!hash_block (file, i, budget->buffer, error))
            return FALSE;
          budget->bytes += len;
        }
      count_bytes (self, file, len);
    }

  return TRUE;
}

static gboolean
look_at_file (RedesHashFile *file, GError **error)
{
  struct stat info;

  if (fstat (file->fd, &info) < 0)
    return fail_read (error, errno);

  if (!S_ISREG (info.st_mode) || (guint64)info.st_size > REDES_MAX_FILE_SIZE)
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ,
                       S_ISREG (info.st_mode) ? REDES_NOTICE_HASH_TOO_LARGE
                                              : REDES_NOTICE_HASH_NOT_REGULAR);
      return FALSE;
    }

  file->geometry.file_size = (guint64)info.st_size;
  file->geometry.block_size = redes_block_size_for (file->geometry.file_size);
  file->mtime_ns = redes_file_time_ns (&info);
  /* Holes are looked for only in a sparse file, because some file systems are slow to report them.
   */
  file->is_sparse = (guint64)info.st_blocks * 512 < file->geometry.file_size;

  return TRUE;
}

static gboolean
open_file (RedesHasher *self, RedesHashFile *file, GError **error)
{
  guint32 n_blocks;

  if (!check_not_cancelled (self, file, error))
    return FALSE;

  file->fd = file->open_func (file->data, error);
  if (file->fd < 0 || !look_at_file (file, error))
    return FALSE;

  n_blocks = redes_geometry_get_n_blocks (&file->geometry);
  if (n_blocks > 0)
    file->blocks = redes_large_array_new (n_blocks * sizeof *file->blocks);

  return TRUE;
}

static gboolean
check_unchanged (RedesHashFile *file, GError **error)
{
  struct stat info;

  if (fstat (file->fd, &info) < 0)
    return fail_read (error, errno);
  if ((guint64)info.st_size != file->geometry.file_size
      || redes_file_time_ns (&info) != file->mtime_ns)
    return fail_changed (error);

  return TRUE;
}

/* Takes @error. Called once, by the last job that has to do with the file. */
static void
finish_file (RedesHasher *self, RedesHashFile *file, GError *error)
{
  if (error == NULL)
    check_unchanged (file, &error);
  if (file->fd >= 0)
    close (file->fd);
  file->fd = -1;

  g_mutex_lock (&self->lock);
  file->error = error;
  file->finished = TRUE;
  g_mutex_unlock (&self->lock);
}

static void
hash_small_file (RedesHasher *self, RedesHashFile *file, Budget *budget)
{
  Stripe all = { file, 0, redes_geometry_get_n_blocks (&file->geometry) };
  GError *error = NULL;

  if (all.n_blocks > 0)
    hash_stripe (self, &all, budget, &error);
  finish_file (self, file, error);
}

static void
begin_file (RedesHasher *self, RedesHashFile *file, Budget *budget)
{
  GError *error = NULL;

  if (!open_file (self, file, &error))
    finish_file (self, file, error);
  else if (file->geometry.file_size <= LARGE_FILE_BYTES)
    hash_small_file (self, file, budget);
  else
    {
      g_mutex_lock (&self->lock);
      g_queue_push_tail (&self->striping, file);
      g_mutex_unlock (&self->lock);
    }
}

/* With the lock held: no more stripes of @file are handed out. */
static void
end_striping (RedesHasher *self, RedesHashFile *file)
{
  file->next_block = redes_geometry_get_n_blocks (&file->geometry);
  g_queue_remove (&self->striping, file);
}

/* Takes @error, if there is one. */
static void
end_stripe (RedesHasher *self, RedesHashFile *file, GError *error)
{
  GError *first_error = NULL;
  gboolean is_last;

  g_mutex_lock (&self->lock);
  if (error != NULL)
    {
      if (file->error == NULL)
        file->error = g_steal_pointer (&error);
      end_striping (self, file);
    }
  is_last
      = --file->n_hashing == 0 && file->next_block == redes_geometry_get_n_blocks (&file->geometry);
  if (is_last)
    first_error = g_steal_pointer (&file->error);
  g_mutex_unlock (&self->lock);

  g_clear_error (&error);
  if (is_last)
    finish_file (self, file, first_error);
}

/* With the lock held. */
static gboolean
take_stripe (RedesHasher *self, Stripe *out)
{
  RedesHashFile *file = g_queue_peek_head (&self->striping);
  guint32 n_blocks;

  if (file == NULL)
    return FALSE;

  n_blocks = redes_geometry_get_n_blocks (&file->geometry);
  out->file = file;
  out->first = file->next_block;
  out->n_blocks
      = MIN (REDES_HASH_STRIPE_BYTES / file->geometry.block_size, n_blocks - file->next_block);

  file->n_hashing++;
  file->next_block += out->n_blocks;
  if (file->next_block == n_blocks)
    end_striping (self, file);

  return TRUE;
}

/* Returns %FALSE when there is nothing to do. */
static gboolean
take_step (RedesHasher *self, Budget *budget)
{
  Stripe stripe;
  RedesHashFile *file = NULL;
  gboolean has_stripe;

  g_mutex_lock (&self->lock);
  has_stripe = take_stripe (self, &stripe);
  if (!has_stripe)
    file = g_queue_pop_head (&self->waiting);
  g_mutex_unlock (&self->lock);

  if (has_stripe)
    {
      GError *error = NULL;

      hash_stripe (self, &stripe, budget, &error);
      end_stripe (self, stripe.file, error);
    }
  else if (file != NULL)
    begin_file (self, file, budget);

  budget->steps++;
  return has_stripe || file != NULL;
}

void
redes_hash_job_run (gpointer data)
{
  RedesHasher *self = data;
  Budget budget = { 0 };

  budget.buffer = redes_buffer_alloc (CHUNK_BYTES);

  g_mutex_lock (&self->lock);
  self->n_running++;
  g_mutex_unlock (&self->lock);

  while (!g_atomic_int_get (&self->stopped) && !g_atomic_int_get (&self->paused)
         && budget.bytes < JOB_BYTES && budget.steps < JOB_STEPS && take_step (self, &budget))
    ;

  redes_buffer_free (budget.buffer, CHUNK_BYTES);

  g_mutex_lock (&self->lock);
  self->n_running--;
  g_cond_broadcast (&self->job_ended);
  g_mutex_unlock (&self->lock);
}

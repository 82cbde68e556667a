/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/workers.h"
#include "engine/content/hash-tree.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesHasher:
 *
 * Computes the digests of files in worker threads. A large file is hashed by all of them at once;
 * many small files are one job. There are only as many jobs as keep the threads busy, so that
 * memory and open files are bounded however many files are added. A hasher belongs to the thread of
 * its workers' context, in which the callbacks are called.
 */
typedef struct _RedesHasher RedesHasher;

/**
 * RedesHashOpenFunc:
 * @data: the argument of redes_hasher_add()
 *
 * Opens the file for reading, in a worker thread. The function decides whether links are followed.
 *
 * Returns: a file descriptor that the hasher closes, or -1 with @error set
 */
typedef int (*RedesHashOpenFunc) (gpointer data, GError **error);

/**
 * RedesHashDoneFunc:
 * @blocks: (nullable) (array length=n_blocks) (transfer none): a digest for each block; %NULL on
 *   error and for the empty file
 * @size: the file's size in bytes; on error, the number of bytes that were hashed
 * @mtime_ns: its modification time in nanoseconds since the Unix epoch, which was the same before
 * and after it was read
 * @error: (nullable): G_IO_ERROR_CANCELLED, REDES_CONTENT_ERROR_READ or an error of the open
 * function
 */
typedef void (*RedesHashDoneFunc) (const RedesDigest *blocks,
                                   guint32 n_blocks,
                                   guint64 size,
                                   gint64 mtime_ns,
                                   const GError *error,
                                   gpointer data);

RedesHasher *redes_hasher_new (RedesWorkers *workers);
/* Cancels all files that are not finished, waits for the threads, and calls every callback. */
void redes_hasher_free (RedesHasher *self);

/* Adds a file. Files are hashed in the order of adding, and @done is called exactly once for each.
 */
void redes_hasher_add (RedesHasher *self,
                       RedesHashOpenFunc open_func,
                       RedesHashDoneFunc done,
                       gpointer data,
                       GCancellable *cancellable);

/* While paused, no file is opened, and reading stops within a few MiB. */
void redes_hasher_set_paused (RedesHasher *self, gboolean paused);

/* The number of files whose callback was not called yet. */
guint redes_hasher_get_pending (RedesHasher *self);
/* The number of bytes hashed since the start, including those in holes, which are not read. Any
 * thread. */
guint64 redes_hasher_get_bytes (RedesHasher *self);

G_END_DECLS

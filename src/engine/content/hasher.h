/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/workers.h"
#include "engine/content/hash-tree.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesHasher:
 *
 * Turns files into hash trees on worker threads: a large file is hashed by all of them at once,
 * small ones many to a job. Only as many jobs are in flight as keep the threads busy, so memory
 * and open files stay few however many files are added. Belongs to the thread of its workers'
 * context; the callbacks come there.
 */
typedef struct _RedesHasher RedesHasher;

/**
 * RedesHashOpenFunc:
 * @data: what redes_hasher_add() was given
 *
 * Opens the file for reading, in a worker thread: it decides about links and folders.
 *
 * Returns: a file descriptor that the hasher closes, or -1 with @error set
 */
typedef int (*RedesHashOpenFunc) (gpointer data, GError **error);

/**
 * RedesHashDoneFunc:
 * @blocks: (nullable) (array length=n_blocks) (transfer none): a digest for each block; %NULL on
 *   error and for the empty file
 * @size: the file's size in bytes; on error, how many of them had been hashed
 * @mtime_ns: its modification time, nanoseconds of the Unix epoch, the same before and after it
 *   was read
 * @error: (nullable): G_IO_ERROR_CANCELLED or REDES_CONTENT_ERROR_READ or what the open function
 *   said
 */
typedef void (*RedesHashDoneFunc) (const RedesDigest *blocks,
                                   guint32 n_blocks,
                                   guint64 size,
                                   gint64 mtime_ns,
                                   const GError *error,
                                   gpointer data);

RedesHasher *redes_hasher_new (RedesWorkers *workers);
/* Cancels what is left and waits for it; every callback is called. */
void redes_hasher_free (RedesHasher *self);

/* Files are hashed in the order added; exactly one @done each. */
void redes_hasher_add (RedesHasher *self,
                       RedesHashOpenFunc open_func,
                       RedesHashDoneFunc done,
                       gpointer data,
                       GCancellable *cancellable);

/* While paused no file is begun, and what is being read stops within a few MiB. */
void redes_hasher_set_paused (RedesHasher *self, gboolean paused);

/* Files added whose callback has not come. */
guint redes_hasher_get_pending (RedesHasher *self);
/* Bytes hashed since the start; those in holes, which cost nothing, count too. Any thread. */
guint64 redes_hasher_get_bytes (RedesHasher *self);

G_END_DECLS

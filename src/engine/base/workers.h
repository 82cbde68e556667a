/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesWorkers:
 *
 * A fixed number of threads for what may block or compute (disk, hashing, verifying, SQLite), which
 * answer into one main context. Jobs start in the order pushed; with one thread they also end in
 * it.
 */
typedef struct _RedesWorkers RedesWorkers;

typedef void (*RedesJobFunc) (gpointer data);

/**
 * redes_workers_new:
 * @name: what the threads are called in a debugger, at most 15 bytes
 * @n_threads: 1 or more
 * @context: (nullable): where the `done` functions are called; %NULL = the default context
 */
RedesWorkers *redes_workers_new (const char *name, guint n_threads, GMainContext *context);

/* As redes_workers_new(), but the threads step back when there is other work for the processor or
 * the disk, where the system can tell threads apart. */
RedesWorkers *redes_workers_new_gentle (const char *name, guint n_threads, GMainContext *context);

/**
 * redes_workers_push:
 * @run: called in a worker thread
 * @done: (nullable): called in the context's thread after @run has returned; it owns @data's end
 *
 * Callable from any thread. Many answers share one wake-up of the context.
 */
void redes_workers_push (RedesWorkers *self, RedesJobFunc run, RedesJobFunc done, gpointer data);

/* As redes_workers_push(), but before all jobs that have not started. */
void
redes_workers_push_urgent (RedesWorkers *self, RedesJobFunc run, RedesJobFunc done, gpointer data);

guint redes_workers_get_n_threads (RedesWorkers *self);

/* Jobs pushed whose `done` (or, without one, `run`) has not returned yet. Any thread. */
guint redes_workers_get_pending (RedesWorkers *self);

/**
 * redes_workers_free:
 *
 * Runs every job that is still queued, then every `done`, then ends the threads. To be called in
 * the context's thread; a `done` may push again while this runs.
 */
void redes_workers_free (RedesWorkers *self);

G_END_DECLS

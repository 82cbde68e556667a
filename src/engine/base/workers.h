/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesWorkers:
 *
 * A fixed number of threads for work that blocks or computes (disk, hashing, verifying, SQLite).
 * The result of each job is delivered in one main context. Jobs start in the order in which they
 * were pushed; with one thread they also end in that order.
 */
typedef struct _RedesWorkers RedesWorkers;

typedef void (*RedesJobFunc) (gpointer data);

/**
 * redes_workers_new:
 * @name: the name of the threads in a debugger, at most 15 bytes
 * @n_threads: 1 or more
 * @context: (nullable): where the `done` functions are called; %NULL = the default context
 */
RedesWorkers *redes_workers_new (const char *name, guint n_threads, GMainContext *context);

/* As redes_workers_new(), but on systems with a priority for each thread, the threads have a low
 * priority for the processor and the disk. */
RedesWorkers *redes_workers_new_gentle (const char *name, guint n_threads, GMainContext *context);

/**
 * redes_workers_push:
 * @run: called in a worker thread
 * @done: (nullable): called in the context's thread after @run has returned; it has to free @data
 *
 * May be called in any thread. Many results share one wake-up of the context.
 */
void redes_workers_push (RedesWorkers *self, RedesJobFunc run, RedesJobFunc done, gpointer data);

/* As redes_workers_push(), but the job starts before all others that have not started. */
void
redes_workers_push_urgent (RedesWorkers *self, RedesJobFunc run, RedesJobFunc done, gpointer data);

guint redes_workers_get_n_threads (RedesWorkers *self);

/* The number of jobs whose `done` (or, without one, `run`) has not returned yet. Any thread. */
guint redes_workers_get_pending (RedesWorkers *self);

/**
 * redes_workers_free:
 *
 * Runs every job that is still queued, then every `done`, and then ends the threads. It is called
 * in the context's thread, and blocks it. A `done` may push more jobs while this runs.
 */
void redes_workers_free (RedesWorkers *self);

G_END_DECLS

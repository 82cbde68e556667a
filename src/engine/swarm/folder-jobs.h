/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/workers.h"

G_BEGIN_DECLS

/**
 * RedesFolderJobs:
 *
 * The work of one folder download that blocks or computes. A job outlasts whoever has begun it by
 * holding the download. Engine's thread.
 */
typedef struct _RedesFolderJobs RedesFolderJobs;

/**
 * RedesFolderJobsEvents:
 * @hold: a job begins: the owner must not be freed before @ended
 * @ended: a job has ended, and told of it
 */
typedef struct
{
  void (*hold) (gpointer user_data);
  void (*ended) (gpointer user_data);
} RedesFolderJobsEvents;

/* @workers, @events: borrowed, and must outlive it */
RedesFolderJobs *redes_folder_jobs_new (RedesWorkers *workers,
                                        const RedesFolderJobsEvents *events,
                                        gpointer user_data);
/* Only while none runs. */
void redes_folder_jobs_free (RedesFolderJobs *self);

/* @run: in a worker; @done: in the engine's thread after it; it frees @data. */
void
redes_folder_jobs_push (RedesFolderJobs *self, RedesJobFunc run, RedesJobFunc done, gpointer data);
guint redes_folder_jobs_get_n_running (RedesFolderJobs *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-jobs.h"

struct _RedesFolderJobs
{
  RedesWorkers *workers;
  const RedesFolderJobsEvents *events;
  gpointer user_data;
  guint n_running;
};

typedef struct
{
  RedesFolderJobs *jobs;
  RedesJobFunc run;
  RedesJobFunc done;
  gpointer data;
} Job;

RedesFolderJobs *
redes_folder_jobs_new (RedesWorkers *workers,
                       const RedesFolderJobsEvents *events,
                       gpointer user_data)
{
  RedesFolderJobs *self = g_new0 (RedesFolderJobs, 1);

  self->workers = workers;
  self->events = events;
  self->user_data = user_data;
  return self;
}

void
redes_folder_jobs_free (RedesFolderJobs *self)
{
  g_return_if_fail (self->n_running == 0);

  g_free (self);
}

static void
run_job (gpointer data)
{
  const Job *job = data;

  job->run (job->data);
}

static void
job_done (gpointer data)
{
  g_autofree Job *job = data;
  RedesFolderJobs *self = job->jobs;

  self->n_running--;
  job->done (job->data);
  self->events->ended (self->user_data);
}

void
redes_folder_jobs_push (RedesFolderJobs *self, RedesJobFunc run, RedesJobFunc done, gpointer data)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ self, run, done, data };
  self->n_running++;
  self->events->hold (self->user_data);
  redes_workers_push (self->workers, run_job, job_done, job);
}

guint
redes_folder_jobs_get_n_running (RedesFolderJobs *self)
{
  return self->n_running;
}

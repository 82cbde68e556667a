/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory-worker.h"

#include "engine/base/text.h"
#include "engine/base/workers.h"
#include "engine/tracker/file-table.h"

#include <gio/gio.h>

/* Batches whose RSA signature is remembered: those of some millions of files. */
#define MEMO_ENTRIES 4096

struct _RedesDirectoryWorker
{
  RedesWorkers *workers;
  RedesDirectory *directory;
  RedesSignatureMemo *memo;
  gint stopping; /* atomic */
};

typedef struct
{
  RedesDirectoryWorker *worker;
  RedesPeerId peer;       /* of a change */
  RedesContentId content; /* whose sources are wanted */
  gboolean replace;
  GVariant *table;
  GVariant *gone;
  char *words;
  guint first;
  guint n_rows;

  RedesDirectoryAnswer answer;
  RedesDirectoryAnswerFunc func;
  gpointer user_data;
} Job;

static Job *
job_new (RedesDirectoryWorker *self, RedesDirectoryAnswerFunc func, gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->worker = self;
  job->func = func;
  job->user_data = user_data;
  return job;
}

static void
job_done (gpointer data)
{
  Job *job = data;

  if (job->func != NULL)
    job->func (&job->answer, job->user_data);
  g_clear_pointer (&job->table, g_variant_unref);
  g_clear_pointer (&job->gone, g_variant_unref);
  g_clear_error (&job->answer.error);
  g_clear_pointer (&job->answer.rows, g_ptr_array_unref);
  g_clear_pointer (&job->answer.peers, g_ptr_array_unref);
  g_free (job->words);
  g_free (job);
}

static gboolean
is_stopping (RedesDirectoryWorker *self)
{
  return g_atomic_int_get (&self->stopping) != 0;
}

/* In the worker's thread, as all run_ functions. */
static gboolean
verify_all (RedesDirectoryWorker *self, GPtrArray *manifests, GError **error)
{
  for (guint i = 0; i < manifests->len; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);

      if (is_stopping (self))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The tracker is stopping");
          return FALSE;
        }
      if (!redes_manifest_verify (manifest, self->memo, error))
        {
          g_autofree char *name
              = redes_text_make_printable (redes_manifest_get_name (manifest), 80);

          g_prefix_error (error, "“%s”: ", name);
          return FALSE;
        }
    }
  return TRUE;
}

static void
remove_gone (RedesDirectory *directory, const RedesPeerId *peer, GVariant *gone)
{
  for (gsize i = 0; i < g_variant_n_children (gone); i++)
    {
      g_autoptr (GVariant) tuple = NULL;
      const char *name;
      RedesContentId content;

      g_variant_get_child (gone, i, "(@(ayt)&s)", &tuple, &name);
      redes_message_get_content (tuple, &content);
      redes_directory_remove (directory, peer, &content, name);
    }
}

static void
run_change (gpointer data)
{
  Job *job = data;
  RedesDirectoryWorker *self = job->worker;
  g_autoptr (GPtrArray) manifests = NULL;

  if (job->replace && !is_stopping (self))
    redes_directory_remove_peer (self->directory, &job->peer);
  manifests = redes_file_table_unpack (job->table, &job->answer.error);
  if (manifests == NULL || !verify_all (self, manifests, &job->answer.error))
    return;
  if (job->gone != NULL)
    {
      remove_gone (self->directory, &job->peer, job->gone);
      job->answer.n_removed = g_variant_n_children (job->gone);
    }
  if (redes_directory_add (self->directory, &job->peer, manifests, &job->answer.error))
    job->answer.n_added = manifests->len;
  job->answer.n_files = redes_directory_count_files (self->directory, &job->peer);
}

static void
run_remove_peer (gpointer data)
{
  Job *job = data;

  if (!is_stopping (job->worker))
    redes_directory_remove_peer (job->worker->directory, &job->peer);
}

static void
run_search (gpointer data)
{
  Job *job = data;

  if (!is_stopping (job->worker))
    job->answer.rows = redes_directory_search (job->worker->directory, job->words, job->first,
                                               job->n_rows, &job->answer.total);
}

static void
run_sources (gpointer data)
{
  Job *job = data;

  job->answer.peers = redes_directory_sources (job->worker->directory, &job->content);
}

static void
run_nothing (gpointer data)
{
}

RedesDirectoryWorker *
redes_directory_worker_new (GError **error)
{
  RedesDirectory *directory = redes_directory_new (error);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  RedesDirectoryWorker *self;

  if (directory == NULL)
    return NULL;
  self = g_new0 (RedesDirectoryWorker, 1);
  self->directory = directory;
  self->memo = redes_signature_memo_new (MEMO_ENTRIES);
  self->workers = redes_workers_new ("directory", 1, context);
  return self;
}

void
redes_directory_worker_free (RedesDirectoryWorker *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->stopping, 1);
  redes_workers_free (self->workers);
  redes_directory_free (self->directory);
  redes_signature_memo_free (self->memo);
  g_free (self);
}

void
redes_directory_worker_change (RedesDirectoryWorker *self,
                               const RedesPeerId *peer,
                               gboolean replace,
                               GVariant *table,
                               GVariant *gone,
                               RedesDirectoryAnswerFunc func,
                               gpointer user_data)
{
  Job *job = job_new (self, func, user_data);

  job->peer = *peer;
  job->replace = replace;
  job->table = g_variant_ref (table);
  if (gone != NULL)
    job->gone = g_variant_ref (gone);
  redes_workers_push (self->workers, run_change, job_done, job);
}

void
redes_directory_worker_remove_peer (RedesDirectoryWorker *self, const RedesPeerId *peer)
{
  Job *job = job_new (self, NULL, NULL);

  job->peer = *peer;
  redes_workers_push (self->workers, run_remove_peer, job_done, job);
}

void
redes_directory_worker_search (RedesDirectoryWorker *self,
                               const char *words,
                               guint first,
                               guint n_rows,
                               RedesDirectoryAnswerFunc func,
                               gpointer user_data)
{
  Job *job = job_new (self, func, user_data);

  job->words = g_strdup (words);
  job->first = first;
  job->n_rows = n_rows;
  redes_workers_push (self->workers, run_search, job_done, job);
}

void
redes_directory_worker_sources (RedesDirectoryWorker *self,
                                const RedesContentId *content,
                                RedesDirectoryAnswerFunc func,
                                gpointer user_data)
{
  Job *job = job_new (self, func, user_data);

  job->content = *content;
  redes_workers_push (self->workers, run_sources, job_done, job);
}

void
redes_directory_worker_wait (RedesDirectoryWorker *self,
                             RedesDirectoryAnswerFunc func,
                             gpointer user_data)
{
  redes_workers_push (self->workers, run_nothing, job_done, job_new (self, func, user_data));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/signer.h"

#include "engine/base/timer.h"

/* How long the first of a batch waits for others. */
#define BATCH_WAIT_MS 500

struct _RedesSigner
{
  RedesIdentity *identity;
  RedesWorkers *workers;
  RedesSignedFunc signed_func;
  GDestroyNotify free_data;
  gpointer user_data;
  GMainContext *context;

  GPtrArray *waiting; /* of Draft */
  GSource *timer;
  GHashTable *jobs; /* set of SignJob: those in a worker's hands */
  guint n_pending;
};

typedef struct
{
  const char *name;
  RedesHashTree *tree;
  const RedesFolderTotals *folder; /* (nullable) */
  gpointer data;
} Draft;

typedef struct
{
  /* (nullable): %NULL when the signer is gone */
  RedesSigner *signer;
  RedesIdentity *identity;
  GDestroyNotify free_data;
  GPtrArray *drafts;
  GPtrArray *manifests;
  GError *error;
} SignJob;

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  redes_hash_tree_unref (draft->tree);
  g_free (draft);
}

static void
run_sign (gpointer data)
{
  SignJob *job = data;
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, job->drafts->len);

  for (guint i = 0; i < job->drafts->len; i++)
    {
      const Draft *draft = g_ptr_array_index (job->drafts, i);

      drafts[i].name = draft->name;
      drafts[i].geometry = *redes_hash_tree_get_geometry (draft->tree);
      drafts[i].root = *redes_hash_tree_get_root (draft->tree);
      drafts[i].folder = draft->folder;
    }

  job->manifests = redes_manifest_sign_batch (job->identity, drafts, job->drafts->len,
                                              g_get_real_time () / G_USEC_PER_SEC, &job->error);
}

static void
sign_done (gpointer data)
{
  SignJob *job = data;
  RedesSigner *self = job->signer;

  if (self != NULL)
    g_hash_table_remove (self->jobs, job);
  for (guint i = 0; i < job->drafts->len; i++)
    {
      Draft *draft = g_ptr_array_index (job->drafts, i);
      RedesManifest *manifest
          = job->manifests != NULL ? g_ptr_array_index (job->manifests, i) : NULL;

      if (self == NULL)
        job->free_data (draft->data);
      else
        {
          self->n_pending--;
          self->signed_func (manifest, job->error, draft->data, self->user_data);
        }
    }

  redes_identity_unref (job->identity);
  g_ptr_array_unref (job->drafts);
  g_clear_pointer (&job->manifests, g_ptr_array_unref);
  g_clear_error (&job->error);
  g_free (job);
}

void
redes_signer_hurry (RedesSigner *self)
{
  SignJob *job;

  redes_timer_clear (&self->timer);
  if (self->waiting->len == 0)
    return;

  job = g_new0 (SignJob, 1);
  job->signer = self;
  job->identity = redes_identity_ref (self->identity);
  job->free_data = self->free_data;
  job->drafts = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (draft_free);

  g_hash_table_add (self->jobs, job);
  /* Hashing a large file may keep the workers busy for long; these files are ready. */
  redes_workers_push_urgent (self->workers, run_sign, sign_done, job);
}

static gboolean
on_timer (gpointer data)
{
  redes_signer_hurry (data);
  return G_SOURCE_REMOVE;
}

RedesSigner *
redes_signer_new (RedesIdentity *identity,
                  RedesWorkers *workers,
                  RedesSignedFunc signed_func,
                  GDestroyNotify free_data,
                  gpointer user_data)
{
  RedesSigner *self = g_new0 (RedesSigner, 1);

  self->identity = redes_identity_ref (identity);
  self->workers = workers;
  self->signed_func = signed_func;
  self->free_data = free_data;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->waiting = g_ptr_array_new_with_free_func (draft_free);
  self->jobs = g_hash_table_new (NULL, NULL);
  return self;
}

void
redes_signer_free (RedesSigner *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((SignJob *)key)->signer = NULL;
  for (guint i = 0; i < self->waiting->len; i++)
    self->free_data (((Draft *)self->waiting->pdata[i])->data);

  redes_timer_clear (&self->timer);
  g_hash_table_unref (self->jobs);
  g_ptr_array_unref (self->waiting);
  g_main_context_unref (self->context);
  redes_identity_unref (self->identity);
  g_free (self);
}

void
redes_signer_add (RedesSigner *self,
                  const char *name,
                  RedesHashTree *tree,
                  const RedesFolderTotals *folder,
                  gpointer data)
{
  Draft *draft = g_new (Draft, 1);

  draft->name = name;
  draft->tree = redes_hash_tree_ref (tree);
  draft->folder = folder;
  draft->data = data;
  g_ptr_array_add (self->waiting, draft);
  self->n_pending++;

  if (self->waiting->len >= REDES_MAX_BATCH)
    redes_signer_hurry (self);
  else if (self->timer == NULL)
    redes_timer_set (&self->timer, self->context, BATCH_WAIT_MS, on_timer, self);
}

guint
redes_signer_get_pending (RedesSigner *self)
{
  return self->n_pending;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/publisher.h"

#include "engine/base/text.h"
#include "engine/content/hasher.h"
#include "engine/library/library.h"
#include "engine/library/scan.h"

#include <string.h>

/* Found files that a scan hands over at once. */
#define SCAN_CHUNK 512
/* A scan pauses while this many files wait to be hashed: what it would find is only remembered
 * later. */
#define MAX_HASHING 4096
/* How long the first file of a batch waits for others. */
#define BATCH_WAIT_MS 500

struct _RedesPublisher
{
  RedesIdentity *identity;
  RedesWorkers *workers;
  RedesHasher *hasher;
  RedesPublisherEvents events;
  gpointer user_data;
  GMainContext *context;
  GCancellable *cancellable;

  /* The paths that are published or on their way to it; each belongs to the FoundFile or to whoever
   * took it. */
  GHashTable *paths;

  /* Sets of the ScanJobs and SignJobs that have not ended. */
  GHashTable *scans;
  GHashTable *signings;
  /* ScanJobs that wait until fewer files are being hashed. */
  GQueue paused_scans;
  guint n_hashing;
  /* FoundFiles that are hashed, to be signed together. */
  GPtrArray *batch;
  GSource *batch_timer;
};

typedef struct
{
  /* (nullable): %NULL when the publisher is gone; likewise below */
  RedesPublisher *publisher;
  RedesScan *scan;
} ScanJob;

/* A file on its way from a scan to a holding. */
typedef struct
{
  RedesPublisher *publisher;
  GRefString *root;
  char *path;
  const char *relative; /* the end of the path */
  char *name;
  RedesHashTree *tree;
} FoundFile;

typedef struct
{
  RedesPublisher *publisher;
  RedesIdentity *identity;
  GPtrArray *files;
  GPtrArray *manifests;
  GError *error;
} SignJob;

static void push_scan (ScanJob *job);

static void
found_file_free (gpointer data)
{
  FoundFile *file = data;

  g_ref_string_release (file->root);
  g_free (file->path);
  g_free (file->name);
  g_clear_pointer (&file->tree, redes_hash_tree_unref);
  g_free (file);
}

/* The name that the manifest gives: the file's own, unless that is no text. */
static char *
dup_manifest_name (const char *relative)
{
  g_autofree char *name = g_path_get_basename (relative);

  if (g_utf8_validate (name, -1, NULL))
    return g_steal_pointer (&name);

  return redes_text_make_safe_file_name (name, REDES_MAX_NAME_BYTES);
}

static void
emit_if_idle (RedesPublisher *self)
{
  if (!redes_publisher_is_busy (self))
    self->events.idle (self->user_data);
}

/* A file that was found is not published after all. */
static void
give_up (RedesPublisher *self, FoundFile *file, const GError *error)
{
  g_hash_table_remove (self->paths, file->path);
  self->events.skipped (file->path, error, self->user_data);
  found_file_free (file);
}

static void
publish (RedesPublisher *self, const FoundFile *file, RedesManifest *manifest)
{
  g_autoptr (RedesHolding) holding
      = redes_holding_new_file (file->root, file->relative, manifest, file->tree);

  redes_publisher_take_path (self, redes_holding_get_path (holding));
  self->events.published (holding, self->user_data);
}

static void
run_sign (gpointer data)
{
  SignJob *job = data;
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, job->files->len);

  for (guint i = 0; i < job->files->len; i++)
    {
      const FoundFile *file = g_ptr_array_index (job->files, i);

      drafts[i].name = file->name;
      drafts[i].geometry = *redes_hash_tree_get_geometry (file->tree);
      drafts[i].content = *redes_hash_tree_get_root (file->tree);
    }

  job->manifests = redes_manifest_sign_batch (job->identity, drafts, job->files->len,
                                              g_get_real_time () / G_USEC_PER_SEC, &job->error);
}

static void
sign_job_free (SignJob *job)
{
  redes_identity_unref (job->identity);
  g_ptr_array_unref (job->files);
  g_clear_pointer (&job->manifests, g_ptr_array_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static void
sign_done (gpointer data)
{
  SignJob *job = data;
  RedesPublisher *self = job->publisher;

  if (self != NULL)
    {
      for (guint i = 0; i < job->files->len; i++)
        {
          FoundFile *file = g_ptr_array_index (job->files, i);

          if (job->manifests == NULL)
            {
              job->files->pdata[i] = NULL;
              give_up (self, file, job->error);
            }
          else
            publish (self, file, g_ptr_array_index (job->manifests, i));
        }
      g_hash_table_remove (self->signings, job);
      emit_if_idle (self);
    }

  sign_job_free (job);
}

static void
found_file_free_if_any (gpointer data)
{
  if (data != NULL)
    found_file_free (data);
}

static void
stop_batch_timer (RedesPublisher *self)
{
  if (self->batch_timer == NULL)
    return;

  g_source_destroy (self->batch_timer);
  g_clear_pointer (&self->batch_timer, g_source_unref);
}

static void
sign_batch (RedesPublisher *self)
{
  SignJob *job;

  stop_batch_timer (self);
  if (self->batch->len == 0)
    return;

  job = g_new0 (SignJob, 1);
  job->publisher = self;
  job->identity = redes_identity_ref (self->identity);
  job->files = g_steal_pointer (&self->batch);
  self->batch = g_ptr_array_new_with_free_func (found_file_free_if_any);

  g_hash_table_add (self->signings, job);
  /* Hashing a large file may keep the workers busy for long; these files are ready. */
  redes_workers_push_urgent (self->workers, run_sign, sign_done, job);
}

static gboolean
on_batch_timer (gpointer data)
{
  sign_batch (data);
  return G_SOURCE_REMOVE;
}

static void
start_batch_timer (RedesPublisher *self)
{
  if (self->batch_timer != NULL)
    return;

  self->batch_timer = g_timeout_source_new (BATCH_WAIT_MS);
  g_source_set_static_name (self->batch_timer, "redes-publisher-batch");
  g_source_set_callback (self->batch_timer, on_batch_timer, self, NULL);
  g_source_attach (self->batch_timer, self->context);
}

/* Signs what is hashed if nothing more will join it, or the batch is full. */
static void
consider_signing (RedesPublisher *self)
{
  gboolean more_will_come = self->n_hashing > 0 || g_hash_table_size (self->scans) > 0;

  if (self->batch->len >= REDES_MAX_BATCH || !more_will_come)
    sign_batch (self);
  else if (self->batch->len > 0)
    start_batch_timer (self);
}

static void
resume_scans (RedesPublisher *self)
{
  while (self->n_hashing < MAX_HASHING && !g_queue_is_empty (&self->paused_scans))
    push_scan (g_queue_pop_head (&self->paused_scans));
}

static int
open_found_file (gpointer data, GError **error)
{
  const FoundFile *file = data;

  return redes_open_beneath (file->root, file->relative, error);
}

static void
add_to_batch (RedesPublisher *self, FoundFile *file, const RedesDigest *blocks, guint64 size)
{
  RedesGeometry geometry = { size, redes_block_size_for (size) };

  if (!redes_geometry_is_valid (&geometry))
    {
      g_autofree char *name = g_filename_display_name (file->path);
      g_autoptr (GError) error = g_error_new (REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
                                              "“%s” cannot be shared: it is too large", name);

      give_up (self, file, error);
      return;
    }

  file->tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
  g_ptr_array_add (self->batch, file);
}

/* Says which file it is, where the hasher only says what happened. */
static void
give_up_hashing (RedesPublisher *self, FoundFile *file, const GError *error)
{
  g_autofree char *name = NULL;
  g_autoptr (GError) named_error = NULL;

  if (error->domain == REDES_LIBRARY_ERROR)
    {
      give_up (self, file, error);
      return;
    }

  name = g_filename_display_name (file->path);
  named_error = g_error_new (REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_UNREADABLE,
                             "“%s” was not shared. %s", name, error->message);
  give_up (self, file, named_error);
}

static void
hash_done (const RedesDigest *blocks,
           guint32 n_blocks,
           guint64 size,
           gint64 mtime_ns,
           const GError *error,
           gpointer data)
{
  FoundFile *file = data;
  RedesPublisher *self = file->publisher;

  self->n_hashing--;
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      found_file_free (file);
      return;
    }

  if (error != NULL)
    give_up_hashing (self, file, error);
  else
    add_to_batch (self, file, blocks, size);

  resume_scans (self);
  consider_signing (self);
  emit_if_idle (self);
}

static void
add_found (RedesPublisher *self, GRefString *root, const char *relative)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  FoundFile *file;

  if (g_hash_table_contains (self->paths, path))
    return;

  file = g_new0 (FoundFile, 1);
  file->publisher = self;
  file->root = g_ref_string_acquire (root);
  file->path = g_steal_pointer (&path);
  file->relative = file->path + strlen (file->path) - strlen (relative);
  file->name = dup_manifest_name (relative);

  g_hash_table_add (self->paths, file->path);
  self->n_hashing++;
  redes_hasher_add (self->hasher, open_found_file, hash_done, file, self->cancellable);
}

static void
run_scan (gpointer data)
{
  ScanJob *job = data;

  redes_scan_run (job->scan, SCAN_CHUNK);
}

static void
scan_job_free (ScanJob *job)
{
  redes_scan_free (job->scan);
  g_free (job);
}

static void
take_chunk (RedesPublisher *self, RedesScan *scan)
{
  g_autoptr (GPtrArray) found = redes_scan_take_found (scan);
  g_autoptr (GPtrArray) skipped = redes_scan_take_skipped (scan);

  if (found->len > 0)
    {
      GRefString *root = g_ref_string_new_intern (redes_scan_get_root (scan));

      for (guint i = 0; i < found->len; i++)
        add_found (self, root, g_ptr_array_index (found, i));
      g_ref_string_release (root);
    }

  for (guint i = 0; i < skipped->len; i++)
    {
      const RedesScanSkipped *entry = g_ptr_array_index (skipped, i);

      self->events.skipped (entry->path, entry->error, self->user_data);
    }
}

static void
scan_done (gpointer data)
{
  ScanJob *job = data;
  RedesPublisher *self = job->publisher;

  if (self == NULL)
    {
      scan_job_free (job);
      return;
    }

  take_chunk (self, job->scan);
  if (!redes_scan_is_finished (job->scan))
    {
      g_queue_push_tail (&self->paused_scans, job);
      resume_scans (self);
      return;
    }

  g_hash_table_remove (self->scans, job);
  scan_job_free (job);
  consider_signing (self);
  emit_if_idle (self);
}

static void
push_scan (ScanJob *job)
{
  redes_workers_push (job->publisher->workers, run_scan, scan_done, job);
}

static void
disown_scans (RedesPublisher *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->scans);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      ScanJob *job = key;

      job->publisher = NULL;
      redes_scan_cancel (job->scan);
    }

  /* Those that wait are in no worker's hands. */
  g_queue_clear_full (&self->paused_scans, (GDestroyNotify)scan_job_free);
}

static void
disown_signings (RedesPublisher *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->signings);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((SignJob *)key)->publisher = NULL;
}

RedesPublisher *
redes_publisher_new (RedesIdentity *identity,
                     RedesWorkers *workers,
                     const RedesPublisherEvents *events,
                     gpointer user_data)
{
  RedesPublisher *self = g_new0 (RedesPublisher, 1);

  self->identity = redes_identity_ref (identity);
  self->workers = workers;
  self->hasher = redes_hasher_new (workers);
  self->events = *events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->paths = g_hash_table_new (g_str_hash, g_str_equal);
  self->scans = g_hash_table_new (NULL, NULL);
  self->signings = g_hash_table_new (NULL, NULL);
  self->batch = g_ptr_array_new_with_free_func (found_file_free_if_any);
  return self;
}

void
redes_publisher_free (RedesPublisher *self)
{
  g_cancellable_cancel (self->cancellable);
  redes_hasher_free (self->hasher);
  disown_scans (self);
  disown_signings (self);
  stop_batch_timer (self);

  g_hash_table_unref (self->scans);
  g_hash_table_unref (self->signings);
  g_hash_table_unref (self->paths);
  g_ptr_array_unref (self->batch);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  redes_identity_unref (self->identity);
  g_free (self);
}

void
redes_publisher_add (RedesPublisher *self, const char *path)
{
  ScanJob *job = g_new (ScanJob, 1);

  job->publisher = self;
  job->scan = redes_scan_new (path);
  g_hash_table_add (self->scans, job);
  push_scan (job);
}

gboolean
redes_publisher_is_busy (RedesPublisher *self)
{
  return g_hash_table_size (self->scans) > 0 || self->n_hashing > 0 || self->batch->len > 0
         || g_hash_table_size (self->signings) > 0;
}

guint64
redes_publisher_get_bytes_hashed (RedesPublisher *self)
{
  return redes_hasher_get_bytes (self->hasher);
}

void
redes_publisher_take_path (RedesPublisher *self, const char *path)
{
  /* Replaces the key if it is there: its owner may be about to go. */
  g_hash_table_add (self->paths, (gpointer)path);
}

void
redes_publisher_release_path (RedesPublisher *self, const char *path)
{
  g_hash_table_remove (self->paths, path);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/publisher.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/content/hasher.h"
#include "engine/library/error.h"
#include "engine/library/safe-open.h"
#include "engine/library/holding-private.h"
#include "engine/library/progress-meter.h"
#include "engine/library/scan.h"
#include "engine/library/signer.h"
#include "engine/library/shared-paths.h"

#include <string.h>
#include <unistd.h>

/* Found files that a scan hands over at once. */
#define SCAN_CHUNK 512
/* A scan pauses while this many files wait to be hashed: what it would find is only remembered
 * later. */
#define MAX_HASHING 4096
#define PROGRESS_MS 300
/* Paths of which is remembered that they were told to be skipped. */
#define MAX_TOLD 4096

struct _RedesPublisher
{
  RedesWorkers *workers;
  RedesHasher *hasher;
  RedesSigner *signer;
  RedesPublisherEvents events;
  gpointer user_data;
  GMainContext *context;
  gboolean is_paused;
  gboolean is_ending;
  gboolean was_busy;

  /* Path -> FoundFile: those on their way. */
  GHashTable *found;
  /* Set of the ScanJobs that have not ended. */
  GHashTable *scans;
  guint n_asked_scans;
  guint n_scans; /* since the beginning */
  /* ScanJobs that wait until fewer files are being hashed. */
  GQueue waiting_scans;
  guint n_hashing;
  guint n_dropped; /* that the hasher still has */
  /* Set of paths. */
  GHashTable *told;
  /* Set of paths that are being verified. */
  GHashTable *verifying;

  RedesProgressMeter *meter;
  GSource *progress_timer;
};

typedef struct
{
  /* (nullable): %NULL when the publisher is gone */
  RedesPublisher *publisher;
  RedesPublishMode mode;
  gboolean is_dropped;
  guint number;
  char *path;
  RedesScan *scan;
} ScanJob;

/* A file on its way from a scan to a holding. */
typedef struct
{
  RedesPublisher *publisher;
  RedesPublishMode mode;
  GRefString *root;
  char *path;
  const char *relative; /* the end of the path */
  char *name;
  gboolean is_executable;
  guint64 size_found;
  gint64 mtime_ns;
  /* As it was opened: a change while it is read is one that is noticed later. */
  gint64 ctime_ns;
  guint64 inode;
  RedesHashTree *tree; /* once it is hashed */
  /* Cancelled: it is dropped; the hasher or signer still has it. */
  GCancellable *cancellable;
} FoundFile;

static void push_scan (ScanJob *job);

static void
found_file_free (gpointer data)
{
  FoundFile *file = data;

  g_ref_string_release (file->root);
  g_free (file->path);
  g_free (file->name);
  g_clear_pointer (&file->tree, redes_hash_tree_unref);
  g_object_unref (file->cancellable);
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

/* ---- Telling ---- */

static void
tell_progress (RedesPublisher *self)
{
  RedesHashingProgress progress;

  redes_progress_meter_read (self->meter, redes_hasher_get_bytes (self->hasher),
                             g_get_monotonic_time (), &progress);
  progress.paused = self->is_paused;
  if (progress.paused)
    progress.seconds_left = -1;
  self->events.hashing (&progress, self->user_data);
}

static gboolean
on_progress_timer (gpointer data)
{
  tell_progress (data);
  return G_SOURCE_CONTINUE;
}

static void
start_progress_timer (RedesPublisher *self)
{
  if (self->progress_timer != NULL)
    return;

  /* What is dropped is only discounted when the hasher lets go of it. */
  if (self->n_dropped == 0)
    redes_progress_meter_reset (self->meter, redes_hasher_get_bytes (self->hasher));
  redes_timer_set (&self->progress_timer, self->context, PROGRESS_MS, on_progress_timer, self);
}

static void
emit_if_idle (RedesPublisher *self)
{
  if (!self->was_busy || redes_publisher_is_busy (self))
    return;

  self->was_busy = FALSE;
  if (self->progress_timer != NULL)
    tell_progress (self);
  redes_timer_clear (&self->progress_timer);
  self->events.idle (self->user_data);
}

/* Whether that @path is skipped was not told before. */
static gboolean
note_told (RedesPublisher *self, const char *path)
{
  if (g_hash_table_contains (self->told, path))
    return FALSE;
  if (g_hash_table_size (self->told) >= MAX_TOLD)
    g_hash_table_remove_all (self->told);
  return g_hash_table_add (self->told, g_strdup (path));
}

static void
tell_skipped (RedesPublisher *self, const FoundFile *file, const GError *error)
{
  if (note_told (self, file->path) || file->mode == REDES_PUBLISH_ASKED)
    self->events.skipped (file->path, error, self->user_data);
}

/* A file that was found is not published after all. */
static void
give_up (RedesPublisher *self, FoundFile *file, const GError *error)
{
  g_hash_table_remove (self->found, file->path);
  redes_progress_meter_drop (self->meter, file->size_found);
  if (file->mode != REDES_PUBLISH_VERIFY)
    tell_skipped (self, file, error);
  g_hash_table_remove (self->verifying, file->path);
  found_file_free (file);
}

/* ---- Signing ---- */

static void
publish (RedesPublisher *self, const FoundFile *file, RedesManifest *manifest)
{
  g_autoptr (RedesHolding) holding
      = redes_holding_new_file (file->root, file->relative, file->mtime_ns, manifest, file->tree);

  redes_holding_set_stamp (holding, file->ctime_ns, file->inode);
  redes_holding_set_executable (holding, file->is_executable);
  redes_progress_meter_finish (self->meter, file->size_found,
                               redes_manifest_get_geometry (manifest)->file_size);
  g_hash_table_remove (self->found, file->path);
  g_hash_table_remove (self->told, file->path);
  self->events.published (holding, self->user_data);
}

static void
on_signed (RedesManifest *manifest, const GError *error, gpointer data, gpointer user_data)
{
  FoundFile *file = data;
  RedesPublisher *self = user_data;

  if (g_cancellable_is_cancelled (file->cancellable))
    found_file_free (file);
  else if (manifest == NULL)
    give_up (self, file, error);
  else
    {
      publish (self, file, manifest);
      found_file_free (file);
    }

  emit_if_idle (self);
}

/* What is hashed is signed at once if nothing more will join it. */
static void
consider_signing (RedesPublisher *self)
{
  if (self->n_hashing == 0 && g_hash_table_size (self->scans) == 0)
    redes_signer_hurry (self->signer);
}

/* ---- Hashing ---- */

static void
resume_scans (RedesPublisher *self)
{
  while (self->n_hashing < MAX_HASHING && !g_queue_is_empty (&self->waiting_scans))
    push_scan (g_queue_pop_head (&self->waiting_scans));
}

static int
open_found_file (gpointer data, GError **error)
{
  FoundFile *file = data;
  struct stat info;
  int fd = redes_safe_open (file->root, file->relative, &info, error);
  char byte;

  if (fd < 0)
    return -1;
  file->ctime_ns = redes_file_change_time_ns (&info);
  file->inode = (guint64)info.st_ino;
  /* Files that the system makes up as they are read, as in /proc, claim to be empty. */
  if (info.st_size == 0 && read (fd, &byte, 1) > 0)
    {
      g_autofree char *name = redes_text_display_path (file->path);

      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
                       REDES_NOTICE_SHARE_MADE_UP, name);
      close (fd);
      return -1;
    }
  return fd;
}

static void
take_hashed (RedesPublisher *self, FoundFile *file, const RedesDigest *blocks, guint64 size)
{
  RedesGeometry geometry = { size, redes_block_size_for (size) };
  RedesContentId content;

  if (!redes_geometry_is_valid (&geometry))
    {
      g_autofree char *name = redes_text_display_path (file->path);
      g_autoptr (GError) error = redes_error_new (REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
                                                  REDES_NOTICE_SHARE_TOO_LARGE, name);

      give_up (self, file, error);
      return;
    }

  file->tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
  content = (RedesContentId){ *redes_hash_tree_get_root (file->tree), size };
  if (!self->events.hashed (
          file->path, &content,
          &(RedesPublishedTimes){ size, file->mtime_ns, file->ctime_ns, file->inode }, file->mode,
          self->user_data))
    {
      redes_progress_meter_finish (self->meter, file->size_found, size);
      g_hash_table_remove (self->found, file->path);
      g_hash_table_remove (self->verifying, file->path);
      found_file_free (file);
      return;
    }
  g_hash_table_remove (self->verifying, file->path);
  redes_signer_add (self->signer, file->name, file->tree, NULL, file);
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

  name = redes_text_display_path (file->path);
  named_error = redes_error_new (REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_UNREADABLE,
                                 REDES_NOTICE_SHARE_FAILED, name, error);
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

  if (self->is_ending || g_cancellable_is_cancelled (file->cancellable))
    {
      self->n_dropped--;
      redes_progress_meter_discount (self->meter, size);
      if (!self->is_ending)
        g_hash_table_remove (self->verifying, file->path);
      found_file_free (file);
      return;
    }

  self->n_hashing--;
  if (error != NULL)
    {
      redes_progress_meter_discount (self->meter, size);
      give_up_hashing (self, file, error);
    }
  else
    {
      file->mtime_ns = mtime_ns;
      take_hashed (self, file, blocks, size);
    }

  resume_scans (self);
  consider_signing (self);
  emit_if_idle (self);
}

/* ---- Scanning ---- */

static void
add_found (RedesPublisher *self,
           GRefString *root,
           const RedesScanFound *found,
           RedesPublishMode mode)
{
  g_autofree char *path = g_build_filename (root, found->relative, NULL);
  FoundFile *file;

  if (g_hash_table_contains (self->found, path)
      || !self->events.wants (path, found, mode, self->user_data))
    return;

  file = g_new0 (FoundFile, 1);
  file->publisher = self;
  file->mode = mode;
  file->root = g_ref_string_acquire (root);
  file->path = g_steal_pointer (&path);
  file->relative = file->path + strlen (file->path) - strlen (found->relative);
  file->name = dup_manifest_name (found->relative);
  file->is_executable = found->is_executable;
  file->size_found = found->size;
  file->cancellable = g_cancellable_new ();

  start_progress_timer (self);
  redes_progress_meter_add (self->meter, file->size_found);
  g_hash_table_insert (self->found, file->path, file);
  self->n_hashing++;
  self->was_busy = TRUE;
  redes_hasher_add (self->hasher, open_found_file, hash_done, file, file->cancellable);
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
  g_free (job->path);
  g_free (job);
}

/* (transfer full) */
static char *
make_folder_path (const char *root, const char *relative)
{
  return *relative == '\0' ? g_strdup (root) : g_build_filename (root, relative, NULL);
}

static void
take_folders (RedesPublisher *self, ScanJob *job)
{
  g_autoptr (GPtrArray) folders = redes_scan_take_folders (job->scan);

  for (guint i = 0; i < folders->len && !job->is_dropped; i++)
    {
      g_autofree char *path = make_folder_path (redes_scan_get_root (job->scan), folders->pdata[i]);

      self->events.found_folder (path, job->number, self->user_data);
    }
}

static void
take_chunk (RedesPublisher *self, ScanJob *job)
{
  g_autoptr (GPtrArray) found = redes_scan_take_found (job->scan);
  g_autoptr (GPtrArray) skipped = redes_scan_take_skipped (job->scan);
  const char *root_path = redes_scan_get_root (job->scan);

  if (job->mode != REDES_PUBLISH_VERIFY
      && !self->events.found_root (job->path, redes_scan_get_root_info (job->scan),
                                   self->user_data))
    {
      job->is_dropped = TRUE;
      redes_scan_cancel (job->scan);
    }
  take_folders (self, job);
  if (found->len > 0 && !job->is_dropped)
    {
      GRefString *root = g_ref_string_new_intern (root_path);

      for (guint i = 0; i < found->len; i++)
        add_found (self, root, g_ptr_array_index (found, i), job->mode);
      g_ref_string_release (root);
    }

  for (guint i = 0; i < skipped->len; i++)
    {
      const RedesScanSkipped *entry = g_ptr_array_index (skipped, i);

      if (job->mode == REDES_PUBLISH_ASKED
          || (job->mode == REDES_PUBLISH_RESCAN
              && g_error_matches (entry->error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_PRIVATE)
              && note_told (self, entry->path)))
        self->events.skipped (entry->path, entry->error, self->user_data);
    }
}

static void
scan_done (gpointer data)
{
  ScanJob *job = data;
  RedesPublisher *self = job->publisher;
  RedesPublishMode mode = job->mode;

  if (self == NULL)
    {
      scan_job_free (job);
      return;
    }

  if (!job->is_dropped)
    take_chunk (self, job);
  if (!redes_scan_is_finished (job->scan))
    {
      g_queue_push_tail (&self->waiting_scans, job);
      resume_scans (self);
      return;
    }

  if (mode == REDES_PUBLISH_ASKED)
    self->n_asked_scans--;
  if (mode == REDES_PUBLISH_ASKED && !job->is_dropped && redes_scan_get_n_hidden (job->scan) > 0)
    self->events.hidden (job->path, redes_scan_get_n_hidden (job->scan), self->user_data);
  if (!job->is_dropped && redes_scan_is_whole (job->scan)
      && redes_scan_get_root_info (job->scan) != NULL
      && redes_scan_get_root_info (job->scan)->is_folder)
    self->events.found_all (redes_scan_get_root (job->scan), job->number, self->user_data);
  /* It is not there any more, or was dropped. */
  if (mode == REDES_PUBLISH_VERIFY && !g_hash_table_contains (self->found, job->path))
    g_hash_table_remove (self->verifying, job->path);
  g_hash_table_remove (self->scans, job);
  scan_job_free (job);
  self->events.scanned (mode, self->user_data);
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
  g_queue_clear_full (&self->waiting_scans, (GDestroyNotify)scan_job_free);
}

/* ---- The publisher ---- */

RedesPublisher *
redes_publisher_new (RedesIdentity *identity,
                     RedesWorkers *workers,
                     const RedesPublisherEvents *events,
                     gpointer user_data)
{
  RedesPublisher *self = g_new0 (RedesPublisher, 1);

  self->workers = workers;
  self->hasher = redes_hasher_new (workers);
  self->signer = redes_signer_new (identity, workers, on_signed, found_file_free, self);
  self->events = *events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->found = g_hash_table_new (g_str_hash, g_str_equal);
  self->scans = g_hash_table_new (NULL, NULL);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->verifying = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->meter = redes_progress_meter_new ();
  return self;
}

void
redes_publisher_free (RedesPublisher *self)
{
  self->is_ending = TRUE;
  redes_hasher_free (self->hasher);
  redes_signer_free (self->signer);
  disown_scans (self);
  redes_timer_clear (&self->progress_timer);

  g_hash_table_unref (self->scans);
  g_hash_table_unref (self->found);
  g_hash_table_unref (self->told);
  g_hash_table_unref (self->verifying);
  redes_progress_meter_free (self->meter);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_publisher_add (RedesPublisher *self, const char *path, RedesPublishMode mode)
{
  ScanJob *job;

  if (mode == REDES_PUBLISH_VERIFY && !g_hash_table_add (self->verifying, g_strdup (path)))
    return;

  job = g_new0 (ScanJob, 1);
  job->publisher = self;
  job->mode = mode;
  job->number = ++self->n_scans;
  job->path = g_strdup (path);
  job->scan = redes_scan_new (path);
  if (mode == REDES_PUBLISH_ASKED)
    {
      self->n_asked_scans++;
      self->was_busy = TRUE;
    }
  g_hash_table_add (self->scans, job);
  push_scan (job);
}

guint
redes_publisher_drop (RedesPublisher *self, const char *path)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->scans);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      ScanJob *job = key;

      job->is_dropped = job->is_dropped || redes_path_is_below (job->path, path);
      if (job->is_dropped)
        redes_scan_cancel (job->scan);
    }

  g_hash_table_iter_init (&iter, self->found);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      FoundFile *file = value;

      if (!redes_path_is_below (file->path, path))
        continue;
      n++;
      redes_progress_meter_drop (self->meter, file->size_found);
      if (file->tree == NULL)
        {
          self->n_hashing--;
          self->n_dropped++;
        }
      else
        redes_progress_meter_discount (self->meter,
                                       redes_hash_tree_get_geometry (file->tree)->file_size);
      g_cancellable_cancel (file->cancellable);
      g_hash_table_iter_remove (&iter);
    }

  resume_scans (self);
  emit_if_idle (self);
  return n;
}

void
redes_publisher_set_paused (RedesPublisher *self, gboolean paused)
{
  if (self->is_paused == paused)
    return;

  self->is_paused = paused;
  redes_hasher_set_paused (self->hasher, paused);
  if (self->progress_timer != NULL)
    tell_progress (self);
}

gboolean
redes_publisher_is_busy_below (RedesPublisher *self, const char *path)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, self->scans);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const ScanJob *job = key;

      if (job->mode == REDES_PUBLISH_ASKED && !job->is_dropped)
        return TRUE;
    }
  g_hash_table_iter_init (&iter, self->found);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const FoundFile *file = value;

      if (file->mode != REDES_PUBLISH_VERIFY && redes_path_is_below (file->path, path))
        return TRUE;
    }
  return FALSE;
}

guint
redes_publisher_get_n_verifying (RedesPublisher *self)
{
  return g_hash_table_size (self->verifying);
}

gboolean
redes_publisher_is_busy (RedesPublisher *self)
{
  return self->n_asked_scans > 0 || self->n_hashing > 0
         || redes_signer_get_pending (self->signer) > 0;
}

guint64
redes_publisher_get_bytes_hashed (RedesPublisher *self)
{
  return redes_hasher_get_bytes (self->hasher);
}

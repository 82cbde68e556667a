/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library.h"

#include "engine/base/text.h"
#include "engine/content/hasher.h"
#include "engine/library/scan.h"

/* Found files that a scan hands over at once. */
#define SCAN_CHUNK 512
/* A scan pauses while this many files wait to be hashed: what it would find is only remembered
 * later. */
#define MAX_HASHING 4096
/* How long the first file of a batch waits for others. */
#define BATCH_WAIT_MS 500

struct _RedesLibrary
{
  RedesIdentity *identity;
  RedesWorkers *workers;
  RedesHasher *hasher;
  RedesLibraryEvents events;
  gpointer user_data;
  GMainContext *context;
  GCancellable *cancellable;

  /* RedesHolding -> Member, and all announced Members in the order they came. */
  GHashTable *members;
  GQueue announced;
  /* A set of Shelf, by content. */
  GHashTable *shelves;
  /* The paths that are shared or on their way to it. */
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

/* All holdings of one content. */
typedef struct
{
  RedesContentId content;
  GQueue files;
  GQueue partials;
} Shelf;

typedef struct
{
  RedesHolding *holding;
  Shelf *shelf;
  GList shelf_link;
  GList announced_link;
} Member;

typedef struct
{
  /* (nullable): %NULL when the library is gone; likewise below */
  RedesLibrary *library;
  RedesScan *scan;
} ScanJob;

/* A file on its way from a scan to a holding. */
typedef struct
{
  RedesLibrary *library;
  GRefString *root;
  char *relative;
  char *name;
  RedesHashTree *tree;
} FoundFile;

typedef struct
{
  RedesLibrary *library;
  RedesIdentity *identity;
  GPtrArray *files;
  GPtrArray *manifests;
  GError *error;
} SignJob;

static void push_scan (ScanJob *job);

G_DEFINE_QUARK (redes_library_error, redes_library_error)

static void
found_file_free (gpointer data)
{
  FoundFile *file = data;

  g_ref_string_release (file->root);
  g_free (file->relative);
  g_free (file->name);
  g_clear_pointer (&file->tree, redes_hash_tree_unref);
  g_free (file);
}

static char *
found_file_dup_path (const FoundFile *file)
{
  return g_build_filename (file->root, file->relative, NULL);
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
emit_skipped (RedesLibrary *self, const char *path, const GError *error)
{
  if (self->events.skipped != NULL)
    self->events.skipped (path, error, self->user_data);
}

static void
emit_if_idle (RedesLibrary *self)
{
  if (!redes_library_is_busy (self) && self->events.idle != NULL)
    self->events.idle (self->user_data);
}

static Shelf *
ensure_shelf (RedesLibrary *self, const RedesContentId *content)
{
  Shelf *shelf = g_hash_table_lookup (self->shelves, content);

  if (shelf == NULL)
    {
      shelf = g_new0 (Shelf, 1);
      shelf->content = *content;
      g_hash_table_add (self->shelves, shelf);
    }

  return shelf;
}

static GQueue *
get_shelf_queue (Member *member)
{
  return redes_holding_is_file (member->holding) ? &member->shelf->files : &member->shelf->partials;
}

static void
member_free (gpointer data)
{
  Member *member = data;

  redes_holding_unref (member->holding);
  g_free (member);
}

static void
add_member (RedesLibrary *self, RedesHolding *holding)
{
  Member *member = g_new0 (Member, 1);

  member->holding = redes_holding_ref (holding);
  member->shelf
      = ensure_shelf (self, redes_manifest_get_content (redes_holding_get_manifest (holding)));
  member->shelf_link.data = member;
  member->announced_link.data = member;

  g_hash_table_insert (self->members, holding, member);
  g_queue_push_tail_link (get_shelf_queue (member), &member->shelf_link);

  if (redes_holding_is_file (holding))
    {
      g_queue_push_tail_link (&self->announced, &member->announced_link);
      if (self->events.shared != NULL)
        self->events.shared (holding, self->user_data);
    }
}

/* A file that was found is not shared after all. */
static void
give_up (RedesLibrary *self, FoundFile *file, const GError *error)
{
  g_autofree char *path = found_file_dup_path (file);

  g_hash_table_remove (self->paths, path);
  emit_skipped (self, path, error);
  found_file_free (file);
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
  RedesLibrary *self = job->library;

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
            {
              g_autoptr (RedesHolding) holding = redes_holding_new_file (
                  file->root, file->relative, g_ptr_array_index (job->manifests, i), file->tree);

              add_member (self, holding);
            }
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
stop_batch_timer (RedesLibrary *self)
{
  if (self->batch_timer == NULL)
    return;

  g_source_destroy (self->batch_timer);
  g_clear_pointer (&self->batch_timer, g_source_unref);
}

static void
sign_batch (RedesLibrary *self)
{
  SignJob *job;

  stop_batch_timer (self);
  if (self->batch->len == 0)
    return;

  job = g_new0 (SignJob, 1);
  job->library = self;
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
start_batch_timer (RedesLibrary *self)
{
  if (self->batch_timer != NULL)
    return;

  self->batch_timer = g_timeout_source_new (BATCH_WAIT_MS);
  g_source_set_static_name (self->batch_timer, "redes-library-batch");
  g_source_set_callback (self->batch_timer, on_batch_timer, self, NULL);
  g_source_attach (self->batch_timer, self->context);
}

/* Signs what is hashed if nothing more will join it, or the batch is full. */
static void
consider_signing (RedesLibrary *self)
{
  gboolean more_will_come = self->n_hashing > 0 || g_hash_table_size (self->scans) > 0;

  if (self->batch->len >= REDES_MAX_BATCH || !more_will_come)
    sign_batch (self);
  else if (self->batch->len > 0)
    start_batch_timer (self);
}

static void
resume_scans (RedesLibrary *self)
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
add_to_batch (RedesLibrary *self, FoundFile *file, const RedesDigest *blocks, guint64 size)
{
  RedesGeometry geometry = { size, redes_block_size_for (size) };

  if (!redes_geometry_is_valid (&geometry))
    {
      g_autofree char *path = found_file_dup_path (file);
      g_autofree char *name = g_filename_display_name (path);
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
give_up_hashing (RedesLibrary *self, FoundFile *file, const GError *error)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GError) named_error = NULL;

  if (error->domain == REDES_LIBRARY_ERROR)
    {
      give_up (self, file, error);
      return;
    }

  path = found_file_dup_path (file);
  name = g_filename_display_name (path);
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
  RedesLibrary *self = file->library;

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
add_found (RedesLibrary *self, GRefString *root, const char *relative)
{
  char *path = g_build_filename (root, relative, NULL);
  FoundFile *file;

  if (!g_hash_table_add (self->paths, path))
    return;

  file = g_new0 (FoundFile, 1);
  file->library = self;
  file->root = g_ref_string_acquire (root);
  file->relative = g_strdup (relative);
  file->name = dup_manifest_name (relative);

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
take_chunk (RedesLibrary *self, RedesScan *scan)
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

      emit_skipped (self, entry->path, entry->error);
    }
}

static void
scan_done (gpointer data)
{
  ScanJob *job = data;
  RedesLibrary *self = job->library;

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
  redes_workers_push (job->library->workers, run_scan, scan_done, job);
}

static void
disown_scans (RedesLibrary *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->scans);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      ScanJob *job = key;

      job->library = NULL;
      redes_scan_cancel (job->scan);
    }

  /* Those that wait are in no worker's hands. */
  g_queue_clear_full (&self->paused_scans, (GDestroyNotify)scan_job_free);
}

static void
disown_signings (RedesLibrary *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->signings);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((SignJob *)key)->library = NULL;
}

RedesLibrary *
redes_library_new (RedesIdentity *identity,
                   RedesWorkers *workers,
                   const RedesLibraryEvents *events,
                   gpointer user_data)
{
  RedesLibrary *self = g_new0 (RedesLibrary, 1);

  self->identity = redes_identity_ref (identity);
  self->workers = workers;
  self->hasher = redes_hasher_new (workers);
  self->events = *events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->members = g_hash_table_new_full (NULL, NULL, NULL, member_free);
  self->shelves = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->scans = g_hash_table_new (NULL, NULL);
  self->signings = g_hash_table_new (NULL, NULL);
  self->batch = g_ptr_array_new_with_free_func (found_file_free_if_any);
  return self;
}

void
redes_library_free (RedesLibrary *self)
{
  self->events = (RedesLibraryEvents){ 0 };
  g_cancellable_cancel (self->cancellable);
  redes_hasher_free (self->hasher);
  disown_scans (self);
  disown_signings (self);
  stop_batch_timer (self);

  g_hash_table_unref (self->scans);
  g_hash_table_unref (self->signings);
  g_ptr_array_unref (self->batch);
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->shelves);
  g_hash_table_unref (self->paths);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  redes_identity_unref (self->identity);
  g_free (self);
}

void
redes_library_share (RedesLibrary *self, const char *path)
{
  ScanJob *job = g_new (ScanJob, 1);

  job->library = self;
  job->scan = redes_scan_new (path);
  g_hash_table_add (self->scans, job);
  push_scan (job);
}

gboolean
redes_library_is_busy (RedesLibrary *self)
{
  return g_hash_table_size (self->scans) > 0 || self->n_hashing > 0 || self->batch->len > 0
         || g_hash_table_size (self->signings) > 0;
}

guint64
redes_library_get_bytes_hashed (RedesLibrary *self)
{
  return redes_hasher_get_bytes (self->hasher);
}

void
redes_library_add (RedesLibrary *self, RedesHolding *holding)
{
  char *path = redes_holding_dup_path (holding);

  if (g_hash_table_contains (self->members, holding))
    {
      g_free (path);
      return;
    }

  /* So that sharing the download folder later does not hash it once more. */
  if (path != NULL)
    g_hash_table_add (self->paths, path);
  add_member (self, holding);
}

void
redes_library_remove (RedesLibrary *self, RedesHolding *holding)
{
  Member *member = g_hash_table_lookup (self->members, holding);
  g_autofree char *path = redes_holding_dup_path (holding);
  Shelf *shelf;

  if (member == NULL)
    return;

  shelf = member->shelf;
  g_queue_unlink (get_shelf_queue (member), &member->shelf_link);
  if (g_queue_is_empty (&shelf->files) && g_queue_is_empty (&shelf->partials))
    g_hash_table_remove (self->shelves, &shelf->content);

  g_hash_table_steal (self->members, holding);
  if (path != NULL)
    {
      g_hash_table_remove (self->paths, path);
      g_queue_unlink (&self->announced, &member->announced_link);
      if (self->events.withdrawn != NULL)
        self->events.withdrawn (holding, self->user_data);
    }
  member_free (member);
}

RedesHolding *
redes_library_lookup (RedesLibrary *self, const RedesContentId *content)
{
  const Shelf *shelf = g_hash_table_lookup (self->shelves, content);
  const GList *best;

  if (shelf == NULL)
    return NULL;

  best = shelf->files.head != NULL ? shelf->files.head : shelf->partials.head;
  return ((const Member *)best->data)->holding;
}

GPtrArray *
redes_library_list (RedesLibrary *self)
{
  GPtrArray *holdings
      = g_ptr_array_new_full (self->announced.length, (GDestroyNotify)redes_holding_unref);

  for (GList *link = self->announced.head; link != NULL; link = link->next)
    g_ptr_array_add (holdings, redes_holding_ref (((Member *)link->data)->holding));

  return holdings;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library-private.h"

#include "engine/library/holding-private.h"
#include "engine/library/publisher.h"
#include "engine/library/scan.h"
#include "engine/library/shared-paths.h"

struct _RedesLibrary
{
  RedesStore *store;
  RedesLibraryEvents events;
  gpointer user_data;
  RedesPublisher *publisher;
  RedesSharedPaths *shared_paths;
  RedesWatch *watch;
  /* (nullable): canonical; and with all links followed */
  char *private_folder;
  char *real_private_folder;

  RedesShareIndex *present;
  /* Files that are gone for now; they are still in the store. */
  RedesShareIndex *absent;

  /* Paths that a rescan still has to look through. */
  guint n_rescans;
  /* Sets of fingerprints of new files: as the rescan before has seen them, and as this one does. */
  GHashTable *seen_before;
  GHashTable *seen_now;
};

G_DEFINE_QUARK (redes_library_error, redes_library_error)

/* ---- Adding and withdrawing ---- */

static void
put_in_store (RedesLibrary *self, RedesHolding *holding)
{
  g_autofree char *root = NULL;
  g_autofree char *relative = NULL;
  RedesStoreFile file;

  if (self->store == NULL)
    return;

  redes_holding_dup_parts (holding, &root, &relative);
  file = (RedesStoreFile){ .root = root,
                           .relative = relative,
                           .mtime_ns = redes_holding_get_mtime_ns (holding),
                           .manifest = redes_holding_get_manifest (holding),
                           .tree = redes_holding_get_tree (holding) };
  redes_store_put_file (self->store, &file);
}

static void
forget_in_store (RedesLibrary *self, RedesHolding *holding)
{
  g_autofree char *path = redes_holding_dup_path (holding);

  if (self->store != NULL)
    redes_store_remove_file (self->store, path);
}

static void
announce (RedesLibrary *self, RedesHolding *holding)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);

  if (self->events.shared != NULL)
    self->events.shared (kept, self->user_data);
}

/* @words: (nullable) */
static void
withdraw (RedesLibrary *self, RedesHolding *holding, const char *words)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);

  if (redes_share_index_remove (self->present, holding) && self->events.withdrawn != NULL)
    self->events.withdrawn (kept, words, self->user_data);
}

/* Nothing is known of @path any more, but perhaps what the store says. */
static void
clear_path (RedesLibrary *self, const char *path, const char *words)
{
  RedesHolding *present = redes_share_index_lookup_path (self->present, path);
  RedesHolding *absent = redes_share_index_lookup_path (self->absent, path);

  if (present != NULL)
    withdraw (self, present, words);
  if (absent != NULL)
    redes_share_index_remove (self->absent, absent);
}

/* @holding is a new file. */
static void
take_file (RedesLibrary *self, RedesHolding *holding)
{
  g_autofree char *path = redes_holding_dup_path (holding);

  clear_path (self, path, NULL);
  redes_share_index_add (self->present, holding);
  put_in_store (self, holding);
  redes_watch_start (self->watch);
  announce (self, holding);
}

/* What this peer keeps for itself: its data, and unfinished downloads. */
static gboolean
is_private (RedesLibrary *self, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_prefix (name, ".redes-") && g_str_has_suffix (name, ".part"))
    return TRUE;

  return self->private_folder != NULL
         && (redes_path_is_below (path, self->private_folder)
             || redes_path_is_below (path, self->real_private_folder));
}

/* ---- What the publisher says and asks ---- */

static void
on_found_root (const char *path, const char *real_path, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (redes_shared_paths_set_real_path (self->shared_paths, path, real_path))
    redes_watch_add_folder (self->watch, real_path);
}

/* One number for a path, a size and a time: a file that is seen twice with the same has not been
 * written to in between. */
static gpointer
make_fingerprint (const char *path, guint64 size, gint64 mtime_ns)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ size;

  for (; *path != '\0'; path++)
    hash = (hash ^ (guchar)*path) * G_GUINT64_CONSTANT (0x100000001b3);
  hash = (hash ^ (guint64)mtime_ns) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (gpointer)(guintptr)(hash ^ hash >> 32);
}

/* A file that nobody named may be one that is only being written. */
static gboolean
is_settled (RedesLibrary *self, const char *path, guint64 size, gint64 mtime_ns)
{
  gpointer fingerprint = make_fingerprint (path, size, mtime_ns);

  if (g_hash_table_contains (self->seen_before, fingerprint))
    return TRUE;

  g_hash_table_add (self->seen_now, fingerprint);
  redes_watch_expect_change (self->watch);
  return FALSE;
}

static gboolean
is_as_found (RedesHolding *holding, guint64 size, gint64 mtime_ns)
{
  gint64 known_ns = redes_holding_get_mtime_ns (holding);

  return redes_manifest_get_geometry (redes_holding_get_manifest (holding))->file_size == size
         && (known_ns == 0 || known_ns == mtime_ns);
}

static void
bring_back (RedesLibrary *self, RedesHolding *holding)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);

  if (redes_share_index_remove (self->absent, holding)
      && redes_share_index_add (self->present, kept))
    announce (self, kept);
}

static void
withdraw_altered (RedesLibrary *self, RedesHolding *holding, const char *path)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *words = g_strdup_printf ("“%s” was altered since it was shared", name);

  withdraw (self, holding, words);
}

static gboolean
on_wants (
    const char *path, guint64 size, gint64 mtime_ns, RedesPublishMode mode, gpointer user_data)
{
  RedesLibrary *self = user_data;
  RedesHolding *present = redes_share_index_lookup_path (self->present, path);
  RedesHolding *absent = redes_share_index_lookup_path (self->absent, path);

  if (present != NULL && is_as_found (present, size, mtime_ns))
    return FALSE;
  if (is_private (self, path) || !redes_shared_paths_want (self->shared_paths, path))
    return FALSE;
  if (present != NULL)
    withdraw_altered (self, present, path);
  if (absent != NULL && is_as_found (absent, size, mtime_ns))
    {
      bring_back (self, absent);
      return FALSE;
    }

  return mode == REDES_PUBLISH_ASKED || is_settled (self, path, size, mtime_ns);
}

static void
on_published (RedesHolding *holding, gpointer user_data)
{
  take_file (user_data, holding);
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->events.skipped != NULL)
    self->events.skipped (path, error, self->user_data);
}

static void
on_hashing (const RedesHashingProgress *progress, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->events.hashing != NULL)
    self->events.hashing (progress, self->user_data);
}

static void
on_scanned (RedesPublishMode mode, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (mode == REDES_PUBLISH_RESCAN && --self->n_rescans == 0)
    redes_watch_end_rescan (self->watch);
}

static void
on_idle (gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->events.idle != NULL)
    self->events.idle (self->user_data);
}

/* ---- What the watch says ---- */

static void
on_found_changed (RedesLibrary *self, RedesHolding *holding, const char *words)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);
  g_autofree char *path = redes_holding_dup_path (holding);

  if (!redes_share_index_remove (self->absent, holding))
    withdraw (self, holding, words);

  /* A file that was only fetched is its publisher's no more, and nobody asked to publish it. */
  if (redes_shared_paths_want (self->shared_paths, path))
    redes_watch_expect_change (self->watch);
  else
    forget_in_store (self, kept);
}

static void
on_found (RedesHolding *holding, RedesVerdict verdict, const char *words, gpointer user_data)
{
  RedesLibrary *self = user_data;

  switch (verdict)
    {
    case REDES_VERDICT_UNCHANGED:
      bring_back (self, holding);
      break;
    case REDES_VERDICT_CHANGED:
      on_found_changed (self, holding, words);
      break;
    case REDES_VERDICT_GONE:
      withdraw (self, holding, words);
      redes_share_index_add (self->absent, holding);
      break;
    }
}

static void
on_rescan (gpointer user_data)
{
  RedesLibrary *self = user_data;
  g_autoptr (GPtrArray) roots = redes_shared_paths_list_roots (self->shared_paths);
  g_autoptr (GPtrArray) folders = redes_shared_paths_list_real_paths (self->shared_paths);

  redes_watch_set_folders (self->watch, folders);
  g_hash_table_unref (self->seen_before);
  self->seen_before = g_steal_pointer (&self->seen_now);
  self->seen_now = g_hash_table_new (NULL, NULL);

  self->n_rescans = roots->len;
  for (guint i = 0; i < roots->len; i++)
    redes_publisher_add (self->publisher, roots->pdata[i], REDES_PUBLISH_RESCAN);
  if (roots->len == 0)
    redes_watch_end_rescan (self->watch);
}

/* ---- The library ---- */

RedesLibrary *
redes_library_new (RedesIdentity *identity,
                   RedesWorkers *workers,
                   RedesStore *store,
                   const RedesLibraryEvents *events,
                   gpointer user_data)
{
  static const RedesPublisherEvents publisher_events = { .found_root = on_found_root,
                                                         .wants = on_wants,
                                                         .published = on_published,
                                                         .skipped = on_skipped,
                                                         .hashing = on_hashing,
                                                         .scanned = on_scanned,
                                                         .idle = on_idle };
  static const RedesWatchEvents watch_events = { .found = on_found, .rescan = on_rescan };
  RedesLibrary *self = g_new0 (RedesLibrary, 1);

  self->store = store;
  self->events = *events;
  self->user_data = user_data;
  self->present = redes_share_index_new ();
  self->absent = redes_share_index_new ();
  self->seen_before = g_hash_table_new (NULL, NULL);
  self->seen_now = g_hash_table_new (NULL, NULL);
  self->shared_paths = redes_shared_paths_new (store);
  self->publisher = redes_publisher_new (identity, workers, &publisher_events, self);
  self->watch = redes_watch_new (workers, self->present, self->absent, &watch_events, self);
  return self;
}

void
redes_library_free (RedesLibrary *self)
{
  self->events = (RedesLibraryEvents){ 0 };
  redes_watch_free (self->watch);
  redes_publisher_free (self->publisher);
  redes_shared_paths_free (self->shared_paths);
  redes_share_index_free (self->present);
  redes_share_index_free (self->absent);
  g_hash_table_unref (self->seen_before);
  g_hash_table_unref (self->seen_now);
  g_free (self->private_folder);
  g_free (self->real_private_folder);
  g_free (self);
}

void
redes_library_set_private_folder (RedesLibrary *self, const char *folder)
{
  g_free (self->private_folder);
  g_free (self->real_private_folder);
  self->private_folder = g_canonicalize_filename (folder, NULL);
  self->real_private_folder = redes_dup_real_path (folder);
  if (self->real_private_folder == NULL)
    self->real_private_folder = g_strdup (self->private_folder);
}

void
redes_library_set_periods (RedesLibrary *self, const RedesWatchPeriods *periods)
{
  redes_watch_set_periods (self->watch, periods);
}

gboolean
redes_library_is_looking (RedesLibrary *self)
{
  return redes_watch_is_looking (self->watch);
}

void
redes_library_share (RedesLibrary *self, const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);

  if (is_private (self, canonical))
    {
      g_autofree char *name = g_filename_display_name (canonical);
      g_autoptr (GError) error
          = g_error_new (REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
                         "“%s” cannot be shared: it is what Redes keeps for itself", name);

      on_skipped (path, error, self);
      return;
    }

  redes_shared_paths_share (self->shared_paths, canonical);
  redes_publisher_add (self->publisher, canonical, REDES_PUBLISH_ASKED);
  redes_watch_start (self->watch);
}

static void
take_stored (const RedesStoreFile *file, gpointer user_data)
{
  RedesLibrary *self = user_data;
  g_autoptr (RedesHolding) holding = redes_holding_new_file (
      file->root, file->relative, file->mtime_ns, file->manifest, file->tree);

  redes_share_index_add (self->present, holding);
}

gboolean
redes_library_restore (RedesLibrary *self, GError **error)
{
  guint n_before;

  redes_share_index_compact (self->present);
  n_before = redes_share_index_get_n_positions (self->present);
  if (!redes_shared_paths_load (self->shared_paths, error)
      || !redes_store_each_file (self->store, take_stored, self, error))
    return FALSE;

  for (guint i = n_before; i < redes_share_index_get_n_positions (self->present); i++)
    {
      RedesHolding *holding = redes_share_index_get_at (self->present, i);

      /* Who hears of one may remove another. */
      if (holding != NULL)
        announce (self, holding);
    }
  redes_watch_start (self->watch);
  return TRUE;
}

guint
redes_library_unshare (RedesLibrary *self, const char *path)
{
  g_autofree char *real = redes_shared_paths_resolve (self->shared_paths, path);
  g_autoptr (GPtrArray) present = redes_share_index_list_below (self->present, real);
  g_autoptr (GPtrArray) absent = redes_share_index_list_below (self->absent, real);
  guint n;

  redes_shared_paths_unshare (self->shared_paths, path);
  n = redes_publisher_drop (self->publisher, real);
  for (guint i = 0; i < present->len; i++)
    {
      forget_in_store (self, present->pdata[i]);
      withdraw (self, present->pdata[i], NULL);
    }
  for (guint i = 0; i < absent->len; i++)
    {
      forget_in_store (self, absent->pdata[i]);
      redes_share_index_remove (self->absent, absent->pdata[i]);
    }

  return n + present->len + absent->len;
}

void
redes_library_doubt (RedesLibrary *self, RedesHolding *holding)
{
  redes_watch_look_at (self->watch, holding);
}

void
redes_library_set_hashing_paused (RedesLibrary *self, gboolean paused)
{
  redes_publisher_set_paused (self->publisher, paused);
}

gboolean
redes_library_is_busy (RedesLibrary *self)
{
  return redes_publisher_is_busy (self->publisher);
}

guint64
redes_library_get_bytes_hashed (RedesLibrary *self)
{
  return redes_publisher_get_bytes_hashed (self->publisher);
}

void
redes_library_add (RedesLibrary *self, RedesHolding *holding)
{
  g_autofree char *path = NULL;

  if (redes_share_index_contains (self->present, holding))
    return;

  if (!redes_holding_is_file (holding))
    {
      redes_share_index_add (self->present, holding);
      return;
    }

  /* It may have been found by a rescan in the moment before. */
  path = redes_holding_dup_path (holding);
  redes_publisher_drop (self->publisher, path);
  take_file (self, holding);
}

void
redes_library_remove (RedesLibrary *self, RedesHolding *holding)
{
  if (!redes_share_index_contains (self->present, holding))
    return;

  if (!redes_holding_is_file (holding))
    {
      redes_share_index_remove (self->present, holding);
      return;
    }

  forget_in_store (self, holding);
  withdraw (self, holding, NULL);
}

RedesHolding *
redes_library_lookup (RedesLibrary *self, const RedesContentId *content)
{
  return redes_share_index_lookup_content (self->present, content);
}

GPtrArray *
redes_library_list (RedesLibrary *self)
{
  return redes_share_index_list (self->present);
}

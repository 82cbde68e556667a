/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library-private.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/library/holding-private.h"
#include "engine/library/publisher.h"
#include "engine/library/scan.h"
#include "engine/library/shared-paths.h"
#include "engine/platform/file-system.h"

#include <glib/gstdio.h>

/* Files that leave in one turn of the main loop. */
#define PART_FILES 256
/* Complaints that are looked into within a while, of all peers and of one, and how long that is:
 * each reads a block. One that lies leaves room for the others. */
#define MAX_COMPLAINTS 16
#define MAX_COMPLAINTS_OF_ONE 4
#define COMPLAINTS_MS 10000

struct _RedesLibrary
{
  RedesStore *store;
  RedesPeerId own_id;
  GMainContext *context;
  RedesWorkers *workers;
  RedesLibraryEvents events;
  gpointer user_data;
  RedesPublisher *publisher;
  RedesSharedPaths *shared_paths;
  RedesWatch *watch;
  RedesFolderTree *folders;
  GPtrArray *fetched;    /* of RedesFetchedFolder */
  GHashTable *announced; /* set of those that were told of */
  /* (nullable): canonical; and with all links followed */
  char *private_folder;
  char *real_private_folder;

  RedesShareIndex *present;
  /* Files that are gone for now; they are still in the store. */
  RedesShareIndex *absent;

  /* Of Leaving: files that have to go, a part of them a turn. */
  GQueue leaving;
  GSource *leaving_source;

  GHashTable *fetched_looks; /* set of FetchedLook */

  /* Set of Complaint: those that are looked into. */
  GHashTable *complaints;
  guint n_complaints; /* within the present period */
  /* Peer id -> how many of them are its own: at most MAX_COMPLAINTS peers. */
  GHashTable *complainers;
  GSource *complaints_timer;

  /* Paths that a rescan still has to look through. */
  guint n_rescans;
  /* Sets of fingerprints of new files: as the rescan before has seen them, and as this one does. */
  GHashTable *seen_before;
  GHashTable *seen_now;
};

/**
 * Leaving:
 * @holdings: of RedesHolding, from @next on; those before are freed, for to free all in one turn
 *   would take long
 * @reason: (nullable)
 * @is_kept: they may come back; else nothing of them is remembered
 */
typedef struct
{
  GPtrArray *holdings;
  guint next;
  RedesNotice *reason;
  gboolean is_kept;
} Leaving;

/* A block that somebody says is wrong, while a worker reads it. */
typedef struct
{
  RedesLibrary *library; /* (nullable): %NULL when it is gone */
  RedesHolding *holding;
  guint32 index;
  gboolean is_good;
} Complaint;

/* A fetched folder while a worker looks whether it is there at all. */
typedef struct
{
  RedesLibrary *library; /* (nullable): %NULL when it is gone */
  RedesFetchedFolder *folder;
  gboolean is_there;
} FetchedLook;

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
                           .ctime_ns = redes_holding_get_ctime_ns (holding),
                           .inode = redes_holding_get_inode (holding),
                           .origin = redes_holding_is_fetched (holding) ? REDES_STORE_ORIGIN_FETCHED
                                                                        : REDES_STORE_ORIGIN_SHARED,
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

  redes_folder_tree_add_file (self->folders, kept);
  if (self->events.shared != NULL)
    self->events.shared (kept, self->user_data);
}

/* @words: (nullable): why */
static void
debug_path (const char *path, const char *what, const char *words)
{
  if (redes_debug_is_on ())
    {
      g_autofree char *shown = redes_text_display_path (path);

      g_debug ("%s: %s%s%s", shown, what, words != NULL ? ": " : "", words != NULL ? words : "");
    }
}

/* @reason: (nullable) */
static void
withdraw (RedesLibrary *self, RedesHolding *holding, const RedesNotice *reason)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);

  if (!redes_share_index_remove (self->present, holding))
    return;
  if (redes_debug_is_on ())
    {
      g_autofree char *path = redes_holding_dup_path (holding);

      debug_path (path, "no longer shared", redes_notice_get_english (reason));
    }
  redes_folder_tree_remove_file (self->folders, kept);
  if (self->events.withdrawn != NULL)
    self->events.withdrawn (kept, reason, self->user_data);
}

/* Nothing is known of @path any more, but perhaps what the store says. */
static void
clear_path (RedesLibrary *self, const char *path, const RedesNotice *reason)
{
  RedesHolding *present = redes_share_index_lookup_path (self->present, path);
  RedesHolding *absent = redes_share_index_lookup_path (self->absent, path);

  if (present != NULL)
    withdraw (self, present, reason);
  if (absent != NULL)
    redes_share_index_remove (self->absent, absent);
}

/* @holding is a new file. */
static void
take_file (RedesLibrary *self, RedesHolding *holding)
{
  g_autofree char *path = redes_holding_dup_path (holding);

  clear_path (self, path, NULL);
  debug_path (path, "is shared now", NULL);
  redes_share_index_add (self->present, holding);
  put_in_store (self, holding);
  redes_watch_start (self->watch);
  announce (self, holding);
}

/* ---- Leaving, in steps ---- */

static void
leaving_free (gpointer data)
{
  Leaving *leaving = data;

  for (guint i = leaving->next; i < leaving->holdings->len; i++)
    redes_holding_unref (leaving->holdings->pdata[i]);
  g_ptr_array_unref (leaving->holdings);
  redes_notice_unref (leaving->reason);
  g_free (leaving);
}

static void
let_leave (RedesLibrary *self, RedesHolding *holding, const Leaving *leaving)
{
  if (!leaving->is_kept)
    redes_share_index_remove (self->absent, holding);
  if (!redes_share_index_contains (self->present, holding))
    return;
  withdraw (self, holding, leaving->reason);
  if (leaving->is_kept)
    redes_share_index_add (self->absent, holding);
}

/* Returns whether there is nothing left of it. */
static gboolean
let_part_leave (RedesLibrary *self, Leaving *leaving)
{
  guint end = MIN (leaving->next + PART_FILES, leaving->holdings->len);

  while (leaving->next < end)
    {
      guint i = leaving->next++;
      g_autoptr (RedesHolding) holding = leaving->holdings->pdata[i];
      g_autofree char *path = NULL;

      /* It may have been shared again meanwhile. */
      if (i >= PART_FILES)
        {
          path = redes_holding_dup_path (holding);
          if (redes_shared_paths_want (self->shared_paths, path))
            {
              if (!leaving->is_kept && redes_share_index_contains (self->present, holding))
                put_in_store (self, holding);
              continue;
            }
        }
      let_leave (self, holding, leaving);
    }
  return leaving->next >= leaving->holdings->len;
}

static gboolean
on_leaving (gpointer data)
{
  RedesLibrary *self = data;
  Leaving *leaving = g_queue_peek_head (&self->leaving);

  /* Who hears of one may let others leave: those are put behind. */
  if (leaving != NULL && let_part_leave (self, leaving))
    leaving_free (g_queue_pop_head (&self->leaving));
  if (!g_queue_is_empty (&self->leaving))
    return G_SOURCE_CONTINUE;
  redes_timer_clear (&self->leaving_source);
  return G_SOURCE_REMOVE;
}

/* @holdings: (transfer full); @reason: (nullable). The first part leaves at once. */
static void
start_leaving (RedesLibrary *self, GPtrArray *holdings, const RedesNotice *reason, gboolean is_kept)
{
  Leaving *leaving = g_new0 (Leaving, 1);

  leaving->holdings = holdings;
  g_ptr_array_set_free_func (holdings, NULL);
  leaving->reason = redes_notice_ref (reason);
  leaving->is_kept = is_kept;
  if (let_part_leave (self, leaving))
    {
      leaving_free (leaving);
      return;
    }
  g_queue_push_tail (&self->leaving, leaving);
  if (self->leaving_source != NULL)
    return;
  /* Between the sockets, so that a busy peer gets it done too. */
  redes_timer_set_soon (&self->leaving_source, self->context, on_leaving, self);
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
tell_skipped (RedesLibrary *self,
              const char *path,
              RedesLibraryError code,
              const RedesNotice *notice)
{
  g_autoptr (GError) error
      = redes_error_new_take (REDES_LIBRARY_ERROR, (gint)code, redes_notice_ref (notice));

  if (self->events.skipped != NULL)
    self->events.skipped (path, error, self->user_data);
}

/* The files below @real that a person has shared, and not the downloads that lie there. */
static GPtrArray *
list_shared_below (RedesLibrary *self, const char *real)
{
  g_autoptr (GPtrArray) below = redes_share_index_list_below (self->present, real);
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);

  for (guint i = 0; i < below->len; i++)
    {
      g_autofree char *path = redes_holding_dup_path (below->pdata[i]);

      if (!redes_holding_is_fetched (below->pdata[i])
          && !redes_shared_paths_want (self->shared_paths, path))
        g_ptr_array_add (files, redes_holding_ref (below->pdata[i]));
    }
  return files;
}

/* A drive may get another number each time that it is there. It is the same if one of the files
 * shared from it is there as it was, which has just been looked at; or if there were none. */
static gboolean
is_same_drive (RedesLibrary *self, const char *path, const RedesScanRoot *info)
{
  g_autoptr (GPtrArray) present = NULL;
  g_autoptr (GPtrArray) absent = NULL;

  if (info == NULL || !redes_shared_paths_is_on_other_device (self->shared_paths, path, info))
    return TRUE;
  present = redes_share_index_list_below (self->present, info->real_path);
  if (present->len > 0)
    return TRUE;
  absent = redes_share_index_list_below (self->absent, info->real_path);
  return absent->len == 0;
}

static void
withdraw_another (RedesLibrary *self,
                  const char *path,
                  const char *old_real,
                  const RedesScanRoot *info)
{
  g_autofree char *name = redes_text_display_path (path);
  g_autofree char *now = redes_text_display_path (info->real_path);
  g_autofree char *before = redes_text_display_path (old_real);
  g_autoptr (RedesNotice) reason
      = g_str_equal (old_real, info->real_path)
            ? redes_notice_new (REDES_NOTICE_SHARED_FOLDER_REPLACED, name)
            : redes_notice_new (REDES_NOTICE_SHARED_PATH_LEADS, name, now, before);

  start_leaving (self, list_shared_below (self, old_real), reason, TRUE);
  redes_folder_tree_reconsider (self->folders, old_real);
  tell_skipped (self, path, REDES_LIBRARY_ERROR_ANOTHER, reason);
}

/* A person has shared again what leads elsewhere now. */
static void
withdraw_old_place (RedesLibrary *self, const char *path, const char *old_real)
{
  g_autofree char *name = redes_text_display_path (path);
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_SHARED_PATH_ELSEWHERE, name);

  start_leaving (self, list_shared_below (self, old_real), reason, FALSE);
  redes_folder_tree_reconsider (self->folders, old_real);
}

static gboolean
on_found_root (const char *path, const RedesScanRoot *info, gpointer user_data)
{
  RedesLibrary *self = user_data;
  g_autofree char *old_real = redes_shared_paths_dup_real_path (self->shared_paths, path);

  switch (redes_shared_paths_take_root (self->shared_paths, path, info,
                                        is_same_drive (self, path, info)))
    {
    case REDES_SHARED_PATHS_NEW:
      redes_watch_add_folder (self->watch, info->real_path);
      if (!g_str_equal (old_real, info->real_path) && !g_str_equal (old_real, path))
        withdraw_old_place (self, path, old_real);
      return TRUE;
    case REDES_SHARED_PATHS_ANOTHER:
      withdraw_another (self, path, old_real, info);
      return FALSE;
    case REDES_SHARED_PATHS_STILL_ANOTHER:
    case REDES_SHARED_PATHS_NOT_WANTED:
      return FALSE;
    case REDES_SHARED_PATHS_MISSING:
    case REDES_SHARED_PATHS_KNOWN:
    default:
      return TRUE;
    }
}

/* One number for a path, a size and times: a file that is seen twice with the same has not been
 * written to in between. */
static gpointer
make_fingerprint (const char *path, const RedesScanFound *found)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ found->size;

  for (; *path != '\0'; path++)
    hash = (hash ^ (guchar)*path) * G_GUINT64_CONSTANT (0x100000001b3);
  hash = (hash ^ (guint64)found->mtime_ns) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  hash = (hash ^ (guint64)found->ctime_ns) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (gpointer)(guintptr)(hash ^ hash >> 32);
}

/* A file that nobody named may be one that is only being written. */
static gboolean
is_settled (RedesLibrary *self, const char *path, const RedesScanFound *found)
{
  gpointer fingerprint = make_fingerprint (path, found);
  gpointer path_alone = make_fingerprint (path, &(RedesScanFound){ .mtime_ns = G_MAXINT64 });
  gboolean is_new;

  if (g_hash_table_contains (self->seen_before, fingerprint))
    return TRUE;

  /* A file that goes on changing is known by its path alone. */
  is_new = !g_hash_table_contains (self->seen_before, path_alone);
  g_hash_table_add (self->seen_now, path_alone);
  g_hash_table_add (self->seen_now, fingerprint);
  redes_watch_expect_change (self->watch, is_new);
  return FALSE;
}

static gboolean
is_as_found (RedesHolding *holding, const RedesScanFound *found)
{
  gint64 known_ns = redes_holding_get_mtime_ns (holding);

  return redes_manifest_get_geometry (redes_holding_get_manifest (holding))->file_size
             == found->size
         && (known_ns == REDES_FILE_TIME_UNKNOWN || known_ns == found->mtime_ns);
}

/* Something was changed about a file that still has its size and time. It goes on being shared, and
 * each block of it is compared with the tree before it is handed out, until it was hashed again. */
static void
verify (RedesLibrary *self, RedesHolding *holding)
{
  g_autofree char *path = redes_holding_dup_path (holding);

  redes_publisher_add (self->publisher, path, REDES_PUBLISH_VERIFY);
}

static void
bring_back (RedesLibrary *self, RedesHolding *holding)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);
  g_autofree char *path = redes_holding_dup_path (holding);

  /* It may be there, and what led to it lead elsewhere. */
  if (!redes_holding_is_fetched (holding) && !redes_shared_paths_want (self->shared_paths, path))
    return;
  if (redes_share_index_remove (self->absent, holding)
      && redes_share_index_add (self->present, kept))
    announce (self, kept);
}

static void
withdraw_altered (RedesLibrary *self, RedesHolding *holding, const char *path)
{
  g_autofree char *name = redes_text_display_path (path);
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_ALTERED, name);

  withdraw (self, holding, reason);
}

static gboolean
on_wants (const char *path, const RedesScanFound *found, RedesPublishMode mode, gpointer user_data)
{
  RedesLibrary *self = user_data;
  RedesHolding *present = redes_share_index_lookup_path (self->present, path);
  RedesHolding *absent = redes_share_index_lookup_path (self->absent, path);

  if (present != NULL && redes_holding_is_executable (present) != found->is_executable)
    {
      redes_holding_set_executable (present, found->is_executable);
      redes_folder_tree_touch_file (self->folders, present);
    }
  if (mode == REDES_PUBLISH_VERIFY)
    return present != NULL;
  if (present != NULL && is_as_found (present, found))
    {
      /* A download that a person shares, too, stays when it is no download any more. */
      if (mode == REDES_PUBLISH_ASKED && redes_holding_is_fetched (present)
          && redes_shared_paths_want (self->shared_paths, path))
        {
          redes_holding_set_fetched (present, FALSE);
          put_in_store (self, present);
        }
      return FALSE;
    }
  if (is_private (self, path) || !redes_shared_paths_want (self->shared_paths, path))
    return FALSE;
  if (present != NULL)
    withdraw_altered (self, present, path);
  if (absent != NULL && is_as_found (absent, found))
    {
      bring_back (self, absent);
      return FALSE;
    }

  return mode == REDES_PUBLISH_ASKED || is_settled (self, path, found);
}

static void
put_stamp (RedesLibrary *self, RedesHolding *holding, gint64 ctime_ns, guint64 inode)
{
  redes_holding_set_stamp (holding, ctime_ns, inode);
  put_in_store (self, holding);
}

static void on_found_changed (RedesLibrary *self, RedesHolding *holding, const RedesNotice *reason);

static gboolean
on_hashed (const char *path,
           const RedesContentId *content,
           const RedesPublishedTimes *times,
           RedesPublishMode mode,
           gpointer user_data)
{
  RedesLibrary *self = user_data;
  RedesHolding *present = redes_share_index_lookup_path (self->present, path);
  gint64 known_ns;

  if (mode != REDES_PUBLISH_VERIFY)
    return TRUE;
  if (present == NULL)
    return FALSE;
  known_ns = redes_holding_get_mtime_ns (present);
  if (redes_content_id_equal (content,
                              redes_manifest_get_content (redes_holding_get_manifest (present)))
      && (known_ns == REDES_FILE_TIME_UNKNOWN || known_ns == times->mtime_ns))
    put_stamp (self, present, times->ctime_ns, times->inode);
  else
    {
      g_autofree char *name = redes_text_display_path (path);
      g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_ALTERED, name);

      on_found_changed (self, present, reason);
    }
  return FALSE;
}

static void
on_found_folder (const char *path, guint scan, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (!is_private (self, path))
    redes_folder_tree_see (self->folders, path, scan);
}

static void
on_found_all (const char *path, guint scan, gpointer user_data)
{
  RedesLibrary *self = user_data;

  redes_folder_tree_seen_all (self->folders, path, scan);
}

static void
on_hidden (const char *path, guint n, gpointer user_data)
{
  RedesLibrary *self = user_data;
  g_autofree char *name = redes_text_display_path (path);
  g_autoptr (RedesNotice) notice = redes_notice_new (REDES_NOTICE_HIDDEN_LEFT_OUT, n, name);

  if (self->events.notice != NULL)
    self->events.notice (notice, self->user_data);
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

  debug_path (path, "not shared", error->message);
  if (g_error_matches (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_PRIVATE))
    {
      g_autofree char *real = redes_shared_paths_resolve (self->shared_paths, path);

      if (self->store != NULL)
        redes_store_remove_files_below (self->store, real);
      redes_folder_tree_reconsider (self->folders, real);
      start_leaving (self, redes_share_index_list_below (self->present, real),
                     redes_error_get_notice (error), FALSE);
      start_leaving (self, redes_share_index_list_below (self->absent, real), NULL, FALSE);
    }
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
on_found_changed (RedesLibrary *self, RedesHolding *holding, const RedesNotice *reason)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);
  g_autofree char *path = redes_holding_dup_path (holding);

  if (!redes_share_index_remove (self->absent, holding))
    withdraw (self, holding, reason);

  /* A file that was only fetched is its publisher's no more, and nobody asked to publish it. */
  if (redes_shared_paths_want (self->shared_paths, path))
    redes_watch_expect_change (self->watch, TRUE);
  else
    forget_in_store (self, kept);
}

static void
on_found (RedesHolding *holding,
          RedesVerdict verdict,
          const RedesNotice *reason,
          gpointer user_data)
{
  RedesLibrary *self = user_data;

  switch (verdict)
    {
    case REDES_VERDICT_UNCHANGED:
      bring_back (self, holding);
      break;
    case REDES_VERDICT_DOUBTFUL:
      bring_back (self, holding);
      if (redes_share_index_contains (self->present, holding))
        verify (self, holding);
      break;
    case REDES_VERDICT_CHANGED:
      on_found_changed (self, holding, reason);
      break;
    case REDES_VERDICT_GONE:
      withdraw (self, holding, reason);
      redes_share_index_add (self->absent, holding);
      break;
    }
}

/* At each check, the shared files are compared with the shared paths. */
static void
on_looked (RedesHolding *holding, gpointer user_data)
{
  g_autoptr (RedesNotice) reason = NULL;
  RedesLibrary *self = user_data;
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);
  g_autofree char *path = NULL;

  if (redes_holding_is_fetched (holding))
    return;
  path = redes_holding_dup_path (holding);
  if (redes_shared_paths_want (self->shared_paths, path))
    return;
  /* Of a path that is suspended it may come back. */
  reason = redes_notice_new (REDES_NOTICE_NO_PATH_LEADS);
  withdraw (self, holding, reason);
  redes_share_index_add (self->absent, kept);
}

static void
on_stamp (RedesHolding *holding, gint64 ctime_ns, guint64 inode, gpointer user_data)
{
  put_stamp (user_data, holding, ctime_ns, inode);
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

/* ---- What the folders say and ask ---- */

static gboolean
on_folder_wants (const char *path, gpointer user_data)
{
  RedesLibrary *self = user_data;

  return redes_shared_paths_want (self->shared_paths, path) && !is_private (self, path);
}

static gboolean
on_folder_is_settled (const char *path, gpointer user_data)
{
  RedesLibrary *self = user_data;

  return g_queue_is_empty (&self->leaving)
         && !redes_publisher_is_busy_below (self->publisher, path);
}

static void
on_folder_made (RedesHolding *holding, const char *path, gboolean is_top, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->store != NULL)
    redes_store_put_list (self->store, path, redes_holding_get_manifest (holding));
  if (self->events.folder_shared != NULL)
    self->events.folder_shared (holding, path, is_top, self->user_data);
}

static void
on_folder_gone (RedesHolding *holding, const char *path, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->store != NULL)
    redes_store_remove_list (self->store, path, redes_holding_get_manifest (holding));
  if (self->events.folder_withdrawn != NULL)
    self->events.folder_withdrawn (holding, path, self->user_data);
}

/* What an earlier run has signed. */
static void
on_folder_forgotten (const char *path, RedesManifest *manifest, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->store != NULL)
    redes_store_remove_list (self->store, path, manifest);
}

static void
on_folder_notice (const RedesNotice *notice, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (self->events.notice != NULL)
    self->events.notice (notice, self->user_data);
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
                                                         .hashed = on_hashed,
                                                         .found_folder = on_found_folder,
                                                         .found_all = on_found_all,
                                                         .hidden = on_hidden,
                                                         .published = on_published,
                                                         .skipped = on_skipped,
                                                         .hashing = on_hashing,
                                                         .scanned = on_scanned,
                                                         .idle = on_idle };
  static const RedesWatchEvents watch_events
      = { .found = on_found, .looked = on_looked, .stamp = on_stamp, .rescan = on_rescan };
  static const RedesFolderTreeEvents folder_events = { .wants = on_folder_wants,
                                                       .is_settled = on_folder_is_settled,
                                                       .made = on_folder_made,
                                                       .gone = on_folder_gone,
                                                       .forgotten = on_folder_forgotten,
                                                       .notice = on_folder_notice };
  RedesLibrary *self = g_new0 (RedesLibrary, 1);

  self->store = store;
  self->own_id = *redes_identity_get_peer_id (identity);
  self->context = g_main_context_ref_thread_default ();
  self->complaints = g_hash_table_new (NULL, NULL);
  self->fetched_looks = g_hash_table_new (NULL, NULL);
  self->complainers = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->events = *events;
  self->user_data = user_data;
  self->workers = workers;
  self->fetched = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_fetched_folder_unref);
  self->announced = g_hash_table_new (NULL, NULL);
  self->present = redes_share_index_new ();
  self->absent = redes_share_index_new ();
  self->seen_before = g_hash_table_new (NULL, NULL);
  self->seen_now = g_hash_table_new (NULL, NULL);
  self->shared_paths = redes_shared_paths_new (store);
  self->publisher = redes_publisher_new (identity, workers, &publisher_events, self);
  self->watch = redes_watch_new (workers, self->present, self->absent, &watch_events, self);
  self->folders = redes_folder_tree_new (identity, workers, self->present, &folder_events, self);
  return self;
}

void
redes_library_free (RedesLibrary *self)
{
  GHashTableIter iter;
  gpointer key;

  self->events = (RedesLibraryEvents){ 0 };
  redes_timer_clear (&self->leaving_source);
  redes_timer_clear (&self->complaints_timer);
  g_queue_clear_full (&self->leaving, leaving_free);
  g_hash_table_iter_init (&iter, self->complaints);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((Complaint *)key)->library = NULL;
  g_hash_table_unref (self->complaints);
  g_hash_table_iter_init (&iter, self->fetched_looks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((FetchedLook *)key)->library = NULL;
  g_hash_table_unref (self->fetched_looks);
  g_hash_table_unref (self->complainers);
  redes_watch_free (self->watch);
  redes_folder_tree_free (self->folders);
  redes_publisher_free (self->publisher);
  redes_shared_paths_free (self->shared_paths);
  g_hash_table_unref (self->announced);
  g_ptr_array_unref (self->fetched);
  redes_share_index_free (self->present);
  redes_share_index_free (self->absent);
  g_hash_table_unref (self->seen_before);
  g_hash_table_unref (self->seen_now);
  g_free (self->private_folder);
  g_free (self->real_private_folder);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_library_set_private_folder (RedesLibrary *self, const char *folder)
{
  g_free (self->private_folder);
  g_free (self->real_private_folder);
  self->private_folder = g_canonicalize_filename (folder, NULL);
  self->real_private_folder = redes_file_system_dup_real_path (folder);
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
  return redes_watch_is_looking (self->watch) || !g_queue_is_empty (&self->leaving)
         || redes_folder_tree_is_busy (self->folders)
         || redes_publisher_get_n_verifying (self->publisher) > 0
         || g_hash_table_size (self->complaints) > 0;
}

RedesFolderTree *
redes_library_get_folder_tree (RedesLibrary *self)
{
  return self->folders;
}

void
redes_library_share (RedesLibrary *self, const char *path)
{
  g_autofree char *canonical = g_canonicalize_filename (path, NULL);

  if (is_private (self, canonical))
    {
      g_autofree char *name = redes_text_display_path (canonical);
      g_autoptr (GError) error = redes_error_new (REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
                                                  REDES_NOTICE_SHARE_OWN_FOLDER, name);

      on_skipped (path, error, self);
      return;
    }

  debug_path (canonical, "is to be shared", NULL);
  redes_shared_paths_share (self->shared_paths, canonical);
  redes_publisher_add (self->publisher, canonical, REDES_PUBLISH_ASKED);
  redes_watch_start (self->watch);
}

typedef struct
{
  RedesLibrary *library;
  /* (nullable): the folder of the file before, and whether all in it is wanted */
  char *root;
  gboolean is_root_wanted;
} Restoring;

/* Files of one folder come together, and there may be a hundred thousand. */
static gboolean
is_wanted_in (Restoring *self, const RedesStoreFile *file)
{
  RedesSharedPaths *shared_paths = self->library->shared_paths;
  g_autofree char *path = NULL;

  if (g_strcmp0 (self->root, file->root) != 0)
    {
      g_free (self->root);
      self->root = g_strdup (file->root);
      self->is_root_wanted = !redes_shared_paths_has_exclusions (shared_paths)
                             && redes_shared_paths_want (shared_paths, file->root);
    }
  if (self->is_root_wanted)
    return TRUE;
  path = g_build_filename (file->root, file->relative, NULL);
  return redes_shared_paths_want (shared_paths, path);
}

/* Whether the file belongs to a shared path that leads elsewhere now: it may come back. */
static gboolean
is_root_suspended (RedesLibrary *self, const RedesStoreFile *file)
{
  g_autofree char *path = g_build_filename (file->root, file->relative, NULL);

  return redes_shared_paths_remembers (self->shared_paths, path);
}

static void
take_stored (const RedesStoreFile *file, gpointer user_data)
{
  Restoring *restoring = user_data;
  RedesLibrary *self = restoring->library;
  g_autoptr (RedesHolding) holding = redes_holding_new_file (
      file->root, file->relative, file->mtime_ns, file->manifest, file->tree);
  /* An older program did not say: what this peer has signed it has shared by a path. */
  gboolean is_fetched
      = file->origin == REDES_STORE_ORIGIN_UNKNOWN
            ? !redes_digest_equal (redes_manifest_get_publisher (file->manifest), &self->own_id)
            : file->origin == REDES_STORE_ORIGIN_FETCHED;

  redes_holding_set_stamp (holding, file->ctime_ns, file->inode);
  redes_holding_set_fetched (holding, is_fetched);
  if (is_fetched || is_wanted_in (restoring, file))
    redes_share_index_add (self->present, holding);
  else if (is_root_suspended (self, file))
    redes_share_index_add (self->absent, holding);
  else
    forget_in_store (self, holding);
}

static void
take_stored_list (const char *path, RedesManifest *manifest, gpointer user_data)
{
  RedesLibrary *self = user_data;

  if (redes_shared_paths_remembers (self->shared_paths, path)
      || redes_shared_paths_want (self->shared_paths, path))
    redes_folder_tree_remember (self->folders, path, manifest);
  else
    redes_store_remove_list (self->store, path, manifest);
}

gboolean
redes_library_restore (RedesLibrary *self, GError **error)
{
  Restoring restoring = { .library = self };
  guint n_before;

  redes_share_index_compact (self->present);
  n_before = redes_share_index_get_n_positions (self->present);
  if (!redes_shared_paths_load (self->shared_paths, error)
      || !redes_store_each_file (self->store, take_stored, &restoring, error)
      || !redes_store_each_list (self->store, take_stored_list, self, error))
    {
      g_free (restoring.root);
      return FALSE;
    }
  g_free (restoring.root);

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

/* Those that were fetched to @path or below it. Returns: how many files are not handed out any
 * more. */
static guint
unshare_fetched (RedesLibrary *self, const char *path)
{
  guint n = 0;

  for (guint i = self->fetched->len; i > 0; i--)
    {
      g_autoptr (RedesFetchedFolder) folder
          = redes_fetched_folder_ref (self->fetched->pdata[i - 1]);
      RedesManifest *manifest = redes_holding_get_manifest (redes_fetched_folder_get_top (folder));
      RedesFolderTotals totals = { 0 };

      /* One that is still under way is its download's. */
      if (!redes_path_is_below (redes_fetched_folder_get_path (folder), path)
          || is_private (self, redes_fetched_folder_get_path (folder)))
        continue;
      redes_manifest_get_folder (manifest, &totals);
      n += MAX (totals.n_files, 1);
      if (self->store != NULL)
        redes_store_remove_fetched (self->store, redes_fetched_folder_get_path (folder));
      redes_library_remove_fetched (self, folder);
    }
  return n;
}

guint
redes_library_unshare (RedesLibrary *self, const char *path)
{
  g_autofree char *real = redes_shared_paths_resolve (self->shared_paths, path);
  g_autoptr (GPtrArray) present = redes_share_index_list_below (self->present, real);
  g_autoptr (GPtrArray) absent = redes_share_index_list_below (self->absent, real);
  guint n;

  guint n_wishes = redes_shared_paths_unshare (self->shared_paths, path);
  guint n_files;

  n = redes_publisher_drop (self->publisher, real);
  n_files = present->len + absent->len;
  n += unshare_fetched (self, real);
  if (self->store != NULL && n_files == 1)
    forget_in_store (self, present->len > 0 ? present->pdata[0] : absent->pdata[0]);
  else if (self->store != NULL && n_files + n_wishes > 0)
    redes_store_remove_files_below (self->store, real);
  redes_folder_tree_reconsider (self->folders, real);
  for (guint i = 0; i < absent->len; i++)
    redes_share_index_remove (self->absent, absent->pdata[i]);
  start_leaving (self, g_steal_pointer (&present), NULL, FALSE);

  if (n + n_files + n_wishes == 0 && self->events.notice != NULL)
    {
      g_autofree char *name = redes_text_display_path (path);
      g_autoptr (RedesNotice) notice = redes_notice_new (REDES_NOTICE_NOT_SHARED, name);

      self->events.notice (notice, self->user_data);
    }
  return n + n_files;
}

/* A member that cannot be read, or is not what it was, is of no use to anybody. */
static void
drop_member (RedesLibrary *self, RedesHolding *holding)
{
  g_autoptr (RedesHolding) kept = redes_holding_ref (holding);

  redes_share_index_remove (self->present, kept);
  for (guint i = 0; i < self->fetched->len; i++)
    redes_fetched_folder_remove (self->fetched->pdata[i], kept);
}

static void
run_fetched_look (gpointer data)
{
  FetchedLook *look = data;
  GStatBuf info;

  look->is_there = g_lstat (redes_fetched_folder_get_path (look->folder), &info) == 0
                   && S_ISDIR (info.st_mode);
}

static void
fetched_look_done (gpointer data)
{
  FetchedLook *look = data;

  if (look->library != NULL)
    {
      g_hash_table_remove (look->library->fetched_looks, look);
      /* It is remembered: the next run may find it again, as on a drive that was taken away. */
      if (!look->is_there)
        redes_library_remove_fetched (look->library, look->folder);
    }
  redes_fetched_folder_unref (look->folder);
  g_free (look);
}

static void
look_at_fetched (RedesLibrary *self, RedesHolding *member)
{
  for (guint i = 0; i < self->fetched->len; i++)
    if (redes_fetched_folder_contains (self->fetched->pdata[i], member))
      {
        FetchedLook *look = g_new0 (FetchedLook, 1);

        look->library = self;
        look->folder = redes_fetched_folder_ref (self->fetched->pdata[i]);
        g_hash_table_add (self->fetched_looks, look);
        redes_workers_push (self->workers, run_fetched_look, fetched_look_done, look);
        return;
      }
}

void
redes_library_doubt (RedesLibrary *self, RedesHolding *holding)
{
  if (redes_holding_is_member (holding))
    {
      look_at_fetched (self, holding);
      drop_member (self, holding);
    }
  else
    redes_watch_look_at (self->watch, holding);
}

/* ---- Complaints ---- */

static void
run_complaint (gpointer data)
{
  Complaint *complaint = data;

  complaint->is_good = redes_holding_check_block (complaint->holding, complaint->index);
}

static void
complaint_done (gpointer data)
{
  Complaint *complaint = data;
  RedesLibrary *self = complaint->library;

  if (self != NULL)
    {
      g_hash_table_remove (self->complaints, complaint);
      if (!complaint->is_good && redes_holding_is_member (complaint->holding))
        drop_member (self, complaint->holding);
      else if (!complaint->is_good
               && redes_share_index_contains (self->present, complaint->holding))
        {
          /* What is gone is seen by a look, what has other bytes by hashing. */
          redes_watch_look_at (self->watch, complaint->holding);
          verify (self, complaint->holding);
        }
    }
  redes_holding_unref (complaint->holding);
  g_free (complaint);
}

static gboolean
on_complaints_timer (gpointer data)
{
  RedesLibrary *self = data;

  self->n_complaints = 0;
  g_hash_table_remove_all (self->complainers);
  redes_timer_clear (&self->complaints_timer);
  return G_SOURCE_REMOVE;
}

void
redes_library_complain (RedesLibrary *self,
                        const RedesPeerId *peer,
                        const RedesContentId *content,
                        guint32 index)
{
  RedesHolding *holding = redes_share_index_lookup_content (self->present, content);
  guint n_of_peer = GPOINTER_TO_UINT (g_hash_table_lookup (self->complainers, peer));
  Complaint *complaint;

  /* Whoever complains may be lying: it costs a block's reading, and so often only. */
  if (holding == NULL || (!redes_holding_is_file (holding) && !redes_holding_is_member (holding))
      || self->n_complaints >= MAX_COMPLAINTS || n_of_peer >= MAX_COMPLAINTS_OF_ONE
      || index >= redes_geometry_get_n_blocks (
             redes_manifest_get_geometry (redes_holding_get_manifest (holding))))
    return;

  self->n_complaints++;
  g_hash_table_insert (self->complainers, redes_digest_copy (peer),
                       GUINT_TO_POINTER (n_of_peer + 1));
  if (self->complaints_timer == NULL)
    redes_timer_set (&self->complaints_timer, self->context, COMPLAINTS_MS, on_complaints_timer,
                     self);
  complaint = g_new0 (Complaint, 1);
  complaint->library = self;
  complaint->holding = redes_holding_ref (holding);
  complaint->index = index;
  g_hash_table_add (self->complaints, complaint);
  redes_workers_push (self->workers, run_complaint, complaint_done, complaint);
}

void
redes_library_set_hashing_paused (RedesLibrary *self, gboolean paused)
{
  redes_publisher_set_paused (self->publisher, paused);
}

guint
redes_library_get_n_complaints (RedesLibrary *self)
{
  return self->n_complaints;
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
  redes_holding_set_fetched (holding, TRUE);
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

/* ---- Folders that were fetched ---- */

void
redes_library_add_fetched (RedesLibrary *self, RedesFetchedFolder *folder)
{
  g_autoptr (GPtrArray) holdings = redes_fetched_folder_list (folder);

  for (guint i = 0; i < holdings->len; i++)
    redes_share_index_add (self->present, holdings->pdata[i]);
  g_ptr_array_add (self->fetched, redes_fetched_folder_ref (folder));
}

void
redes_library_extend_fetched (RedesLibrary *self, RedesFetchedFolder *folder, RedesHolding *holding)
{
  redes_fetched_folder_add (folder, holding);
  redes_share_index_add (self->present, holding);
}

void
redes_library_shorten_fetched (RedesLibrary *self,
                               RedesFetchedFolder *folder,
                               RedesHolding *holding)
{
  redes_share_index_remove (self->present, holding);
  redes_fetched_folder_remove (folder, holding);
}

void
redes_library_announce_fetched (RedesLibrary *self, RedesFetchedFolder *folder)
{
  if (!g_ptr_array_find (self->fetched, folder, NULL)
      || !g_hash_table_add (self->announced, folder))
    return;
  if (self->events.folder_shared != NULL)
    self->events.folder_shared (redes_fetched_folder_get_top (folder),
                                redes_fetched_folder_get_path (folder), TRUE, self->user_data);
}

void
redes_library_remove_fetched (RedesLibrary *self, RedesFetchedFolder *folder)
{
  g_autoptr (RedesFetchedFolder) kept = redes_fetched_folder_ref (folder);
  g_autoptr (GPtrArray) holdings = redes_fetched_folder_list (kept);

  if (!g_ptr_array_remove (self->fetched, kept))
    return;
  for (guint i = 0; i < holdings->len; i++)
    redes_share_index_remove (self->present, holdings->pdata[i]);
  if (g_hash_table_remove (self->announced, kept) && self->events.folder_withdrawn != NULL)
    self->events.folder_withdrawn (redes_fetched_folder_get_top (kept),
                                   redes_fetched_folder_get_path (kept), self->user_data);
}

/* Some holdings are in both. */
void
redes_library_move_fetched (RedesLibrary *self,
                            RedesFetchedFolder *folder,
                            RedesFetchedFolder *moved)
{
  g_autoptr (RedesFetchedFolder) kept = redes_fetched_folder_ref (folder);
  g_autoptr (GPtrArray) holdings = redes_fetched_folder_list (kept);

  if (!g_ptr_array_remove (self->fetched, kept))
    return;
  for (guint i = 0; i < holdings->len; i++)
    if (!redes_fetched_folder_contains (moved, holdings->pdata[i]))
      redes_share_index_remove (self->present, holdings->pdata[i]);
  redes_library_add_fetched (self, moved);
  /* They have the same manifest. */
  if (g_hash_table_remove (self->announced, kept))
    g_hash_table_add (self->announced, moved);
}

/* (transfer full): @folders, and those that were fetched and told of. */
static GPtrArray *
add_fetched_tops (RedesLibrary *self, GPtrArray *folders)
{
  for (guint i = 0; i < self->fetched->len; i++)
    if (g_hash_table_contains (self->announced, self->fetched->pdata[i]))
      g_ptr_array_add (folders,
                       redes_holding_ref (redes_fetched_folder_get_top (self->fetched->pdata[i])));
  return folders;
}

RedesHolding *
redes_library_lookup (RedesLibrary *self, const RedesContentId *content)
{
  return redes_share_index_lookup_content (self->present, content);
}

GPtrArray *
redes_library_list_folders (RedesLibrary *self)
{
  return add_fetched_tops (self, redes_folder_tree_list_tops (self->folders));
}

GPtrArray *
redes_library_list_all_folders (RedesLibrary *self)
{
  return add_fetched_tops (self, redes_folder_tree_list (self->folders));
}

RedesHolding *
redes_library_lookup_folder (RedesLibrary *self, const char *path)
{
  return redes_folder_tree_lookup (self->folders, path);
}

RedesFolder *
redes_library_open_folder (RedesLibrary *self, const RedesContentId *content)
{
  RedesHolding *holding = redes_library_lookup (self, content);
  RedesFolderSnapshot *snapshot = holding != NULL ? redes_holding_get_folder (holding) : NULL;

  return snapshot != NULL ? redes_folder_snapshot_make_folder (snapshot) : NULL;
}

GPtrArray *
redes_library_list (RedesLibrary *self)
{
  return redes_share_index_list (self->present);
}

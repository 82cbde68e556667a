/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/scan.h"
#include "engine/library/store.h"

G_BEGIN_DECLS

/**
 * RedesSharedPaths:
 *
 * The paths that a person shares (*roots*), and paths below them that are not shared
 * (*exclusions*). If a path is below several of them, the longest one counts. Changes are put into
 * the store. The object belongs to the engine's thread, and reads and writes no file.
 */
typedef struct _RedesSharedPaths RedesSharedPaths;

/* @store: (nullable): borrowed */
RedesSharedPaths *redes_shared_paths_new (RedesStore *store);
void redes_shared_paths_free (RedesSharedPaths *self);

/* Adds the roots and exclusions of the store. The function blocks. Errors: those of the store. */
gboolean redes_shared_paths_load (RedesSharedPaths *self, GError **error);

/* @path is wanted with all below it, whatever it leads to now: no exclusion is left there. It is
 * put in the store when it turns out to be there. */
void redes_shared_paths_share (RedesSharedPaths *self, const char *path);
/* Stops sharing @path and all below it. Returns: the number of roots and exclusions that were
 * removed or added; 0 if nothing there was shared */
guint redes_shared_paths_unshare (RedesSharedPaths *self, const char *path);

/**
 * RedesSharedPathsFinding:
 * @REDES_SHARED_PATHS_NOT_WANTED: the path is no root, or is none any more
 * @REDES_SHARED_PATHS_MISSING: nothing is at the path now; a root that never existed is forgotten
 * @REDES_SHARED_PATHS_NEW: the path exists for the first time, or exists again, or was just shared
 * by a person
 * @REDES_SHARED_PATHS_KNOWN: the path leads to the same as before
 * @REDES_SHARED_PATHS_ANOTHER: the path leads to something else since the look before; nothing is
 * wanted there until it leads to the old place again, or is shared again
 * @REDES_SHARED_PATHS_STILL_ANOTHER: likewise, and that was told before
 */
typedef enum
{
  REDES_SHARED_PATHS_NOT_WANTED,
  REDES_SHARED_PATHS_MISSING,
  REDES_SHARED_PATHS_NEW,
  REDES_SHARED_PATHS_KNOWN,
  REDES_SHARED_PATHS_ANOTHER,
  REDES_SHARED_PATHS_STILL_ANOTHER,
} RedesSharedPathsFinding;

/**
 * redes_shared_paths_take_root:
 * @path: of a root, as it was given
 * @found: (nullable): what is there; %NULL: nothing
 * @is_same_drive: whether a folder that is the same but for its device counts as the same
 *
 * Compares a root with what is remembered of it: its path with all links followed, whether it is a
 * folder, and a folder's inode and device. What a person has asked for since the last time is
 * remembered instead.
 */
RedesSharedPathsFinding redes_shared_paths_take_root (RedesSharedPaths *self,
                                                      const char *path,
                                                      const RedesScanRoot *found,
                                                      gboolean is_same_drive);
/* Whether the root is a folder that is the same but for its device, whose number a drive may change
 * from one time to the next. */
gboolean redes_shared_paths_is_on_other_device (RedesSharedPaths *self,
                                                const char *path,
                                                const RedesScanRoot *found);
/* (transfer full) (nullable): what is remembered of the root @path; %NULL if it is none */
char *redes_shared_paths_dup_real_path (RedesSharedPaths *self, const char *path);

/* (transfer full): @path without "." and the like, and by the real path of its root if it has one.
 */
char *redes_shared_paths_resolve (RedesSharedPaths *self, const char *path);

/* @path: with all links followed */
gboolean redes_shared_paths_want (RedesSharedPaths *self, const char *path);
/* Whether @path is below a root, also if that leads elsewhere now. */
gboolean redes_shared_paths_remembers (RedesSharedPaths *self, const char *path);
/* Whether there may be something below a wanted folder that is not wanted. */
gboolean redes_shared_paths_has_exclusions (RedesSharedPaths *self);

/* (transfer full) (element-type filename): the roots as they were given, without "." and the like.
 */
GPtrArray *redes_shared_paths_list_roots (RedesSharedPaths *self);

/* (transfer full) (element-type filename): their real paths, as far as they are known. */
GPtrArray *redes_shared_paths_list_real_paths (RedesSharedPaths *self);

/* Whether @path is @folder or below it; both without "." and the like. */
gboolean redes_path_is_below (const char *path, const char *folder);

G_END_DECLS

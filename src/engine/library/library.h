/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/hashing-progress.h"
#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/library/error.h"
#include "engine/library/fetched-folder.h"
#include "engine/library/holding.h"
#include "engine/library/store.h"

G_BEGIN_DECLS

/**
 * RedesLibrary:
 *
 * What this peer holds: shared files by content, and how they got there: a path is scanned, its
 * files hashed by the workers, their manifests signed in batches, and each is announced as soon as
 * its batch is signed. Belongs to the engine's thread.
 */
typedef struct _RedesLibrary RedesLibrary;

/**
 * RedesLibraryEvents:
 * @shared: a file is published; @holding is the first of that content or one more name for it
 * @withdrawn: it is not held any more; @reason: (nullable): when nobody asked for that:
 *   the file is gone, or was altered
 * @folder_shared: a shared folder has the list that @holding is, anew or for the first time; the
 *   files in it were told before. @is_top: it is in no other shared folder
 * @folder_withdrawn: @holding is not the list of the folder at @path any more; told after the one
 *   that replaces it
 * @hashing: how far it is, a few times a second while anything is hashed
 * @skipped: a path was not shared; @error says why. A symbolic link or a device inside a folder is
 *   skipped in this way too, but not a hidden file. A shared path that leads to something else now
 * is told here, too: REDES_LIBRARY_ERROR_ANOTHER. @path is as the file system spells it, so perhaps
 *   not UTF-8
 * @notice: something else that a person should know: how many hidden files a share has
 *   left out, or that what was to be unshared was not shared
 * @idle: nothing is left to scan, hash or sign
 *
 * What the library tells; each may be %NULL. Called in the engine's thread; they may share, add and
 * remove, but not free the library.
 */
typedef struct
{
  void (*shared) (RedesHolding *holding, gpointer user_data);
  void (*withdrawn) (RedesHolding *holding, const RedesNotice *reason, gpointer user_data);
  void (*folder_shared) (RedesHolding *holding,
                         const char *path,
                         gboolean is_top,
                         gpointer user_data);
  void (*folder_withdrawn) (RedesHolding *holding, const char *path, gpointer user_data);
  void (*hashing) (const RedesHashingProgress *progress, gpointer user_data);
  void (*skipped) (const char *path, const GError *error, gpointer user_data);
  void (*notice) (const RedesNotice *notice, gpointer user_data);
  void (*idle) (gpointer user_data);
} RedesLibraryEvents;

/**
 * redes_library_new:
 * @workers: for scanning, hashing and signing; they answer into the engine's context
 * @store: (nullable): what is shared is remembered there; borrowed
 */
RedesLibrary *redes_library_new (RedesIdentity *identity,
                                 RedesWorkers *workers,
                                 RedesStore *store,
                                 const RedesLibraryEvents *events,
                                 gpointer user_data);
/* Stops what runs; no event comes any more. */
void redes_library_free (RedesLibrary *self);

/* @folder and all in it is never shared, whatever is asked for: what this peer keeps for itself. */
void redes_library_set_private_folder (RedesLibrary *self, const char *folder);

/**
 * redes_library_share:
 *
 * Shares a file, or a folder with all in it but hidden files and symbolic links; @path itself may
 * be either, for that is its owner's choice. A file that is shared already, or about to be, is
 * passed over in silence. Where @path leads to with all links followed, and which folder that is,
 * is remembered: when it leads elsewhere later, all that was shared from it is withdrawn with a
 * reason, until it is as before or is shared again. What a Redes keeps for itself is never shared,
 * wherever it lies. Answers by events; never blocks.
 */
void redes_library_share (RedesLibrary *self, const char *path);

/**
 * redes_library_restore:
 *
 * Shares again what the store remembers, at once and without reading a file. Then, in the
 * background and a few files at a time, each is looked at: one whose size or time has changed is
 * withdrawn and hashed again, one that is not there is withdrawn, and comes back by itself when it
 * does; what is new in a shared folder is shared too. Blocks while the store is read. Errors: the
 * store's.
 */
gboolean redes_library_restore (RedesLibrary *self, GError **error);

/* Ends the sharing of a file, or of all below a folder, and forgets it; also what is only being
 * hashed. The first few are withdrawn at once, many others in steps. Returns: how many files were
 * shared or about to be */
guint redes_library_unshare (RedesLibrary *self, const char *path);

/* A read of @holding has failed: it is looked at soon, and withdrawn if it is gone or altered. */
void redes_library_doubt (RedesLibrary *self, RedesHolding *holding);

/* @peer says that block @index of @content is not what was signed. That is looked into at a limited
 * rate, of one peer and of all together, by reading the block from disk; what has become of the
 * file is told by events. */
void redes_library_complain (RedesLibrary *self,
                             const RedesPeerId *peer,
                             const RedesContentId *content,
                             guint32 index);

/* No new file is begun while paused, and none is read on. */
void redes_library_set_hashing_paused (RedesLibrary *self, gboolean paused);

/* Whether something is being scanned, hashed or signed. */
gboolean redes_library_is_busy (RedesLibrary *self);
guint64 redes_library_get_bytes_hashed (RedesLibrary *self);

/* Adds what did not come from a path: a partial file, or a finished download, which is announced,
 * remembered, and looked after like what was shared. It replaces what was shared by the same path.
 */
void redes_library_add (RedesLibrary *self, RedesHolding *holding);
/* @holding may be one that is not there. Withdrawn are only those that were announced; these are
 * forgotten too. */
void redes_library_remove (RedesLibrary *self, RedesHolding *holding);

/**
 * redes_library_add_fetched:
 *
 * What is in @folder now can be asked for by its content. It is not looked after: what cannot be
 * read any more, or is not what it was, goes when somebody asks for it.
 */
void redes_library_add_fetched (RedesLibrary *self, RedesFetchedFolder *folder);
/* Adds to one that was added, or removes from it. */
void redes_library_extend_fetched (RedesLibrary *self,
                                   RedesFetchedFolder *folder,
                                   RedesHolding *holding);
void redes_library_shorten_fetched (RedesLibrary *self,
                                    RedesFetchedFolder *folder,
                                    RedesHolding *holding);
/* It is told of by @folder_shared, once, and listed among the shared folders that are in no other.
 */
void redes_library_announce_fetched (RedesLibrary *self, RedesFetchedFolder *folder);
/* @folder, which was added, is @moved now. */
void redes_library_move_fetched (RedesLibrary *self,
                                 RedesFetchedFolder *folder,
                                 RedesFetchedFolder *moved);
/* Nothing of it can be asked for any more; what is remembered of it stays. */
void redes_library_remove_fetched (RedesLibrary *self, RedesFetchedFolder *folder);

/* (nullable) (transfer none): the best holding of @content: a complete one if there is one. */
RedesHolding *redes_library_lookup (RedesLibrary *self, const RedesContentId *content);

/**
 * redes_library_list_folders:
 *
 * The shared folders that are in no other, and those that were fetched: name, content and totals
 * are in their manifests.
 *
 * Returns: (transfer full) (element-type RedesHolding): in natural order
 */
GPtrArray *redes_library_list_folders (RedesLibrary *self);
/* (transfer full) (element-type RedesHolding): the lists of all shared folders, in no order. */
GPtrArray *redes_library_list_all_folders (RedesLibrary *self);
/* (nullable) (transfer none): the list of the shared folder @path, with all links followed; %NULL
 * if it is not shared as one, or has none yet. */
RedesHolding *redes_library_lookup_folder (RedesLibrary *self, const char *path);
/* (nullable) (transfer full): what is in the folder whose list is @content: its children, with
 * totals, and their natural order. %NULL if it is not shared. Its list is written and read: about 1
 * s for a million children. */
RedesFolder *redes_library_open_folder (RedesLibrary *self, const RedesContentId *content);

/* (transfer full) (element-type RedesHolding): all files that were announced, in the order they
 * came. */
GPtrArray *redes_library_list (RedesLibrary *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/library/folder-snapshot.h"
#include "engine/library/share-index.h"

G_BEGIN_DECLS

/**
 * RedesFolderTree:
 *
 * The shared folders, as folder objects: for each folder the list of what is shared directly in it,
 * its content, and its signed manifest. Files come and go one by one; some time later the lists
 * along their paths are made anew, from the lowest folder up, by a worker, and those that have
 * changed are signed. Belongs to the engine's thread.
 */
typedef struct _RedesFolderTree RedesFolderTree;

/**
 * RedesFolderTreeEvents:
 * @wants: whether @path, of a folder, is shared: below a path that is, and not taken out
 * @is_settled: whether nothing at @path or below is being scanned, hashed or signed, so that it is
 *   worth while to make lists
 * @made: the folder at @path is the content of @holding now; @is_top: it is in no other
 * @gone: it is not any more; told of the old one, too, after @made of the new one
 * @forgotten: what redes_folder_tree_remember() told of the folder at @path is not, and will not be
 *   its list
 * @notice: something that a person should know
 *
 * None may free the tree.
 */
typedef struct
{
  gboolean (*wants) (const char *path, gpointer user_data);
  gboolean (*is_settled) (const char *path, gpointer user_data);
  void (*made) (RedesHolding *holding, const char *path, gboolean is_top, gpointer user_data);
  void (*gone) (RedesHolding *holding, const char *path, gpointer user_data);
  void (*forgotten) (const char *path, RedesManifest *manifest, gpointer user_data);
  void (*notice) (const RedesNotice *notice, gpointer user_data);
} RedesFolderTreeEvents;

/**
 * RedesFolderTreePeriods:
 * @wait_ms: from a change until lists are made
 * @keep_ms: how long the list of a folder that has changed is still handed out
 */
typedef struct
{
  guint wait_ms;
  guint keep_ms;
} RedesFolderTreePeriods;

/* @present: borrowed: the files that are shared; the tree puts its folders into it */
RedesFolderTree *redes_folder_tree_new (RedesIdentity *identity,
                                        RedesWorkers *workers,
                                        RedesShareIndex *present,
                                        const RedesFolderTreeEvents *events,
                                        gpointer user_data);
/* Stops what runs; no event comes any more. */
void redes_folder_tree_free (RedesFolderTree *self);
void redes_folder_tree_set_periods (RedesFolderTree *self, const RedesFolderTreePeriods *periods);

/* @manifest was of the list of the folder at @path before: if that is its list again, it is not
 * signed anew. To be called before anything is scanned. */
void redes_folder_tree_remember (RedesFolderTree *self, const char *path, RedesManifest *manifest);

/* A file has come to be shared, or is not any more, or something but its content has changed. */
void redes_folder_tree_add_file (RedesFolderTree *self, RedesHolding *holding);
void redes_folder_tree_remove_file (RedesFolderTree *self, RedesHolding *holding);
void redes_folder_tree_touch_file (RedesFolderTree *self, RedesHolding *holding);

/* A scan, the later the higher its number, has met the folder @path. */
void redes_folder_tree_see (RedesFolderTree *self, const char *path, guint scan);
/* It has met all that there are at @path and below. Only what was scanned once is made a list of.
 */
void redes_folder_tree_seen_all (RedesFolderTree *self, const char *path, guint scan);
/* What is wanted at @path and below has changed. */
void redes_folder_tree_reconsider (RedesFolderTree *self, const char *path);

/* Whether there are lists to be made or signed. */
gboolean redes_folder_tree_is_busy (RedesFolderTree *self);
/* (transfer full) (element-type RedesHolding): those that are in no other, in natural order. */
GPtrArray *redes_folder_tree_list_tops (RedesFolderTree *self);
/* (transfer full) (element-type RedesHolding): all that have a list, in no order. */
GPtrArray *redes_folder_tree_list (RedesFolderTree *self);
/* (nullable) (transfer none): the folder at @path, if it has a list */
RedesHolding *redes_folder_tree_lookup (RedesFolderTree *self, const char *path);
/* How many lists are handed out though their folders have changed. */
guint redes_folder_tree_get_n_kept (RedesFolderTree *self);

G_END_DECLS

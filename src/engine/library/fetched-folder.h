/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder.h"
#include "engine/library/holding.h"
#include "engine/library/store.h"

G_BEGIN_DECLS

/**
 * RedesFetchedFolder:
 *
 * What is handed out of a folder that this peer has fetched, or is fetching: its lists, and its
 * files, block by block or whole. It is made by whoever fetches, and told of to the library, which
 * has its holdings found by their contents. Reference-counted; engine's thread, or any other before
 * the library has it.
 */
typedef struct _RedesFetchedFolder RedesFetchedFolder;

/* @path: of the tree: a folder. @top: the holding of its list, with the signed manifest */
RedesFetchedFolder *redes_fetched_folder_new (const char *path, RedesHolding *top);
RedesFetchedFolder *redes_fetched_folder_ref (RedesFetchedFolder *self);
void redes_fetched_folder_unref (RedesFetchedFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFetchedFolder, redes_fetched_folder_unref)

const char *redes_fetched_folder_get_path (RedesFetchedFolder *self);
RedesHolding *redes_fetched_folder_get_top (RedesFetchedFolder *self);
/* Adds a list, a member or a partial file; referenced. */
void redes_fetched_folder_add (RedesFetchedFolder *self, RedesHolding *holding);
/* Returns: whether it was there */
gboolean redes_fetched_folder_remove (RedesFetchedFolder *self, RedesHolding *holding);
/* (transfer container) (element-type RedesHolding): all, in no order; valid as long as @self does
 * not change */
GPtrArray *redes_fetched_folder_list (RedesFetchedFolder *self);
/* (transfer full): for the store: all lists, and the trees of members. @inside, @only: (nullable):
 * see RedesStoreFetched */
RedesStoreFetched *
redes_fetched_folder_describe (RedesFetchedFolder *self, const char *inside, char *const *only);
/* (transfer full) (nullable): the same folder, now at @path; its members are at @path, too, and
 * partial files stay behind. */
RedesFetchedFolder *redes_fetched_folder_new_moved (RedesFetchedFolder *self, const char *path);

/* (transfer full) (nullable): a holding of @list. @manifest: (nullable): if it is of that list;
 * %NULL: nobody has signed it by itself. Any thread; takes about 1 ms a MiB. */
RedesHolding *redes_fetched_folder_make_list (RedesFolder *list,
                                              const RedesContentId *content,
                                              RedesManifest *manifest);
/* (transfer full) (nullable): what is known of a file of the folder by itself. @path: below the
 * tree
 */
RedesManifest *redes_fetched_folder_make_manifest (const char *path, const RedesContentId *content);
/* (transfer full) (nullable): a whole file of the tree at @root. @tree: (nullable): %NULL for one
 * of at most one block. Any thread. */
RedesHolding *redes_fetched_folder_make_member (const char *root,
                                                const char *path,
                                                const RedesContentId *content,
                                                gint64 time_s,
                                                RedesHashTree *tree);
gboolean redes_fetched_folder_contains (RedesFetchedFolder *self, RedesHolding *holding);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder.h"
#include "engine/library/holding.h"

G_BEGIN_DECLS

/**
 * RedesFolderSnapshot:
 *
 * What was directly in a shared folder at one moment: shared files, and snapshots of its
 * subfolders. The bytes of its list are not kept, but written anew when they are asked for: it
 * takes 8 bytes a file beside what is shared anyway. That of a folder that was fetched is its list.
 * Immutable, and reference-counted (atomically): any thread.
 */
typedef struct _RedesFolderSnapshot RedesFolderSnapshot;

/* (nullable): the name that the file of @holding has in a list; %NULL if none can be. Any thread.
 */
const char *redes_folder_snapshot_get_file_name (RedesHolding *holding);

/**
 * RedesFolderDraft:
 *
 * Of what a snapshot is made: gathered in the engine's thread, then turned into a list in a worker.
 */
typedef struct _RedesFolderDraft RedesFolderDraft;

/* @name: one that a list can hold, or the name of a folder that is in no other */
RedesFolderDraft *redes_folder_draft_new (const char *name);
void redes_folder_draft_free (RedesFolderDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderDraft, redes_folder_draft_free)
/* @holding: a file with a name; referenced */
void redes_folder_draft_add_file (RedesFolderDraft *self, RedesHolding *holding);
void redes_folder_draft_add_folder (RedesFolderDraft *self, RedesFolderSnapshot *folder);
guint redes_folder_draft_get_n_children (RedesFolderDraft *self);

/**
 * redes_folder_draft_make:
 * @left_out: (element-type utf8): gets two names for each child that is not in the list because its
 *   name is alike to another's: its own, and the other's
 * @tree: (out): of the list
 *
 * Any thread; takes a while for many. Errors: REDES_FOLDER_ERROR, if no list can hold all that.
 */
RedesFolderSnapshot *redes_folder_draft_make (RedesFolderDraft *self,
                                              GPtrArray *left_out,
                                              RedesHashTree **tree,
                                              GError **error);

/* (transfer full): of a folder that was fetched: its children are not holdings, and its bytes are
 * @list's, which is referenced. @content: of @list. Any thread. */
RedesFolderSnapshot *redes_folder_snapshot_new_of_list (const char *name,
                                                        const RedesContentId *content,
                                                        RedesFolder *list);

RedesFolderSnapshot *redes_folder_snapshot_ref (RedesFolderSnapshot *self);
void redes_folder_snapshot_unref (RedesFolderSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderSnapshot, redes_folder_snapshot_unref)

const char *redes_folder_snapshot_get_name (RedesFolderSnapshot *self);
const RedesContentId *redes_folder_snapshot_get_content (RedesFolderSnapshot *self);
const RedesFolderTotals *redes_folder_snapshot_get_totals (RedesFolderSnapshot *self);
guint redes_folder_snapshot_get_n_children (RedesFolderSnapshot *self);
/* (transfer none) (nullable): the list of a folder that was fetched */
RedesFolder *redes_folder_snapshot_get_list (RedesFolderSnapshot *self);
/* What follows is not for one that has it. */
/* (transfer none) (nullable): the file at @index of the list; %NULL if it is a folder */
RedesHolding *redes_folder_snapshot_get_file (RedesFolderSnapshot *self, guint index);
/* (transfer none) (nullable): the folder there; %NULL if it is a file */
RedesFolderSnapshot *redes_folder_snapshot_get_folder (RedesFolderSnapshot *self, guint index);

/* Bytes of the list, from @offset on; both within its size. Any thread. */
void
redes_folder_snapshot_read (RedesFolderSnapshot *self, guint64 offset, guint8 *buffer, gsize len);
/* The whole list, for looking into. Any thread. */
RedesFolder *redes_folder_snapshot_make_folder (RedesFolderSnapshot *self);

G_END_DECLS

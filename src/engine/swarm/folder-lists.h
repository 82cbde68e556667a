/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/fetched-folder.h"
#include "engine/library/folder-build.h"
#include "engine/swarm/folder-jobs.h"
#include "engine/swarm/folder-plan.h"
#include "engine/swarm/folder-source.h"

G_BEGIN_DECLS

/**
 * RedesFolderLists:
 *
 * The lists of a folder download on their way: from the disk, where an earlier run has left them,
 * or block by block from sources. Each is proven by the one above, then put into the plan and onto
 * the disk. Engine's thread.
 */
typedef struct _RedesFolderLists RedesFolderLists;

/**
 * RedesFolderListsEvents:
 * @wanted: that block is to be asked for
 * @took: a list has come into the plan; @holding: for handing it out
 * @read: something of what came was read: more lists may be missing now, or none
 * @failed: a list, or what is to be fetched of it, is impossible, or too much: a new start begins
 *   with a new plan
 */
typedef struct
{
  void (*wanted) (const RedesFolderWish *wish, gpointer user_data);
  void (*took) (RedesHolding *holding, gpointer user_data);
  void (*read) (gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
} RedesFolderListsEvents;

/* @jobs, @plan, @events: borrowed, and must outlive it; @build: referenced; @manifest: of the
 * folder */
RedesFolderLists *redes_folder_lists_new (RedesFolderJobs *jobs,
                                          RedesFolderBuild *build,
                                          RedesFolderPlan *plan,
                                          RedesManifest *manifest,
                                          const RedesFolderListsEvents *events,
                                          gpointer user_data);
/* Nothing more is read until redes_folder_lists_fetch(). */
void redes_folder_lists_rest (RedesFolderLists *self);
/* Only while no job runs. */
void redes_folder_lists_free (RedesFolderLists *self);

/* Begins with those that the plan lacks, a bounded number at once, and has what came read. */
void redes_folder_lists_fetch (RedesFolderLists *self);
/* Whether the plan has all. */
gboolean redes_folder_lists_are_whole (RedesFolderLists *self);
/* Whether the block of @wish, which @wanted has told of, is still missing. */
gboolean redes_folder_lists_want (RedesFolderLists *self, const RedesFolderWish *wish);
/* @data: verified */
void redes_folder_lists_take (RedesFolderLists *self, const RedesFolderWish *wish, GBytes *data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/library/folder-build.h"
#include "engine/library/holding.h"
#include "engine/swarm/folder-jobs.h"
#include "engine/swarm/folder-plan.h"
#include "engine/swarm/folder-source.h"

G_BEGIN_DECLS

/**
 * RedesFolderFiles:
 *
 * The files of a folder download: which blocks of them are there, which is to be asked for next,
 * what is copied from what is here already, and who gets its name when. Engine's thread.
 */
typedef struct _RedesFolderFiles RedesFolderFiles;

/**
 * RedesFolderFilesEvents:
 * @is_running: whether the download wants files now; what is copied already comes to its end
 * @looked: what an earlier run has left is known: @n_files whole ones
 * @wanted: the block of @wish is to be asked for, though redes_folder_files_next() has passed it
 * @lookup: (transfer none) (nullable): what is held here of @content
 * @placed: (element-type RedesHolding): files of these contents have their names; @members are for
 *   handing them out
 * @failed: the disk has failed: what is there has to be looked at again
 */
typedef struct
{
  gboolean (*is_running) (gpointer user_data);
  void (*looked) (guint n_files, gpointer user_data);
  void (*wanted) (const RedesFolderWish *wish, gpointer user_data);
  RedesHolding *(*lookup) (const RedesContentId *content, gpointer user_data);
  void (*placed) (GPtrArray *members, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
} RedesFolderFilesEvents;

/* @jobs, @clock, @events: borrowed, and must outlive it, as @plan, which is whole; @build:
 * referenced */
RedesFolderFiles *redes_folder_files_new (RedesFolderJobs *jobs,
                                          RedesFolderBuild *build,
                                          RedesFolderPlan *plan,
                                          const RedesClock *clock,
                                          const RedesFolderFilesEvents *events,
                                          gpointer user_data);
/* Only while no job runs. */
void redes_folder_files_free (RedesFolderFiles *self);

/* Looks at what is there already, and makes the folders. Nothing while that is known, or under way.
 */
void redes_folder_files_look (RedesFolderFiles *self);
/* Whether it is known what is there, so that blocks may be asked for. */
gboolean redes_folder_files_are_known (RedesFolderFiles *self);

/* @wish: (out): the next block that nobody was asked for yet. %FALSE: there is none. */
gboolean redes_folder_files_next (RedesFolderFiles *self, RedesFolderWish *wish);
/* Whether the block of @wish is still missing. */
gboolean redes_folder_files_want (RedesFolderFiles *self, const RedesFolderWish *wish);
/* The block of @wish is on the disk. Returns: %FALSE if it was there before. */
gboolean redes_folder_files_take (RedesFolderFiles *self, const RedesFolderWish *wish);
/* Gives files that are whole their names, when it is time, and goes on with what is copied. */
void redes_folder_files_place (RedesFolderFiles *self);
/* Whether each has its name. */
gboolean redes_folder_files_are_whole (RedesFolderFiles *self);
/* Whether it does anything that nobody else has to help with. */
gboolean redes_folder_files_are_busy (RedesFolderFiles *self);

/* How much of the content of @item is written: 0 (nothing) to 255 (all). */
guint8 redes_folder_files_get_fill (RedesFolderFiles *self, guint item);
guint redes_folder_files_get_n_done (RedesFolderFiles *self);
guint32 redes_folder_files_get_blocks (RedesFolderFiles *self);
guint32 redes_folder_files_get_blocks_done (RedesFolderFiles *self);
guint64 redes_folder_files_get_bytes_done (RedesFolderFiles *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/fetched-folder.h"
#include "engine/library/folder-build.h"
#include "engine/swarm/folder-jobs.h"
#include "engine/swarm/folder-writer.h"

G_BEGIN_DECLS

/**
 * RedesFolderOffer:
 *
 * What others can have of a folder while it is fetched: its lists, files that have their names, and
 * of longer ones the blocks that are there. Engine's thread.
 */
typedef struct _RedesFolderOffer RedesFolderOffer;

/**
 * RedesFolderOfferMediator:
 * @add, @extend, @shorten, @announce, @move, @remove: as those of RedesLibrary
 * @got_block: block @index of @content is there: whoever is interested is told
 *
 * What it asks of the swarm. All are needed; after the swarm's end they are called and do nothing.
 */
typedef struct
{
  void (*add) (RedesFetchedFolder *folder, gpointer user_data);
  void (*extend) (RedesFetchedFolder *folder, RedesHolding *holding, gpointer user_data);
  void (*shorten) (RedesFetchedFolder *folder, RedesHolding *holding, gpointer user_data);
  void (*announce) (RedesFetchedFolder *folder, gpointer user_data);
  void (*move) (RedesFetchedFolder *folder, RedesFetchedFolder *moved, gpointer user_data);
  void (*remove) (RedesFetchedFolder *folder, gpointer user_data);
  void (*got_block) (const RedesContentId *content,
                     guint32 index,
                     GBytes *data,
                     gpointer user_data);
} RedesFolderOfferMediator;

/**
 * redes_folder_offer_new:
 * @jobs, @mediator: borrowed, and must outlive it; @build: referenced
 * @is_told: the folder will be there whole, so whoever looks for it may hear of this one
 */
RedesFolderOffer *redes_folder_offer_new (RedesFolderJobs *jobs,
                                          RedesFolderBuild *build,
                                          gboolean is_told,
                                          const RedesFolderOfferMediator *mediator,
                                          gpointer user_data);
/* Nothing of it is offered any more, unless redes_folder_offer_settle() has come before. Only while
 * no job runs. */
void redes_folder_offer_free (RedesFolderOffer *self);

/* The first one is the folder's own. */
void redes_folder_offer_add_list (RedesFolderOffer *self, RedesHolding *list);
/* A block of a file was verified and written. */
void redes_folder_offer_take_block (RedesFolderOffer *self, const RedesFolderBlock *block);
/* @members: (element-type RedesHolding): of files that have their names */
void redes_folder_offer_add_members (RedesFolderOffer *self, GPtrArray *members);
/* The tree is at @path for good. Returns: (transfer full) (nullable): what is offered from now on,
 * without this */
RedesFetchedFolder *redes_folder_offer_settle (RedesFolderOffer *self, const char *path);

G_END_DECLS

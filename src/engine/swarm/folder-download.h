/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/content/link.h"
#include "engine/library/holding.h"
#include "engine/library/store.h"
#include "engine/swarm/download-state.h"
#include "engine/swarm/folder-offer.h"
#include "engine/swarm/folder-plan.h"
#include "engine/swarm/folder-source.h"
#include "engine/swarm/source-stats.h"
#include "engine/swarm/types.h"

G_BEGIN_DECLS

/**
 * RedesFolderDownload:
 *
 * A folder on its way to disk, as one thing: its manifest, its lists (RedesFolderPlan), then its
 * files, block by block from whoever has the folder (RedesFolderSource), into a hidden folder
 * (RedesFolderBuild) that becomes the real one when all is there. Reference-counted; engine's
 * thread.
 */

/**
 * RedesFolderDownloadMediator:
 * @want_sources: who has the folder? The answer is redes_folder_download_add_peer() for each one,
 *   then redes_folder_download_query_answered()
 * @changed: @at_once: its state changed, rather than only its numbers
 * @resumed: @n_files files of an earlier run are there
 * @noticed: @notice is for the person: the disk does not accept all names as they are
 * @wrong_block: @remote sent a block that does not verify
 * @gone: it was removed, and nothing of it is left
 * @lookup: (transfer none) (nullable): what is shared here of @content
 * @add_unwritten: so many bytes more (or fewer) wait to be verified and written
 * @released: the download is gone: nothing of @user_data is used any more
 *
 * What it asks of the swarm. All are needed; after the swarm's end they are called and do nothing.
 */
typedef struct
{
  void (*want_sources) (RedesFolderDownload *self, gpointer user_data);
  void (*changed) (RedesFolderDownload *self, gboolean at_once, gpointer user_data);
  void (*resumed) (RedesFolderDownload *self, guint n_files, gpointer user_data);
  void (*noticed) (const RedesNotice *notice, gpointer user_data);
  void (*wrong_block) (RedesFolderDownload *self,
                       RedesRemote *remote,
                       guint32 index,
                       const GError *error,
                       gpointer user_data);
  void (*gone) (RedesFolderDownload *self, gpointer user_data);
  RedesHolding *(*lookup) (const RedesContentId *content, gpointer user_data);
  void (*add_unwritten) (gssize bytes, gpointer user_data);
  void (*released) (gpointer user_data);
} RedesFolderDownloadMediator;

/**
 * RedesFolderChoice:
 * @only: (nullable) (array zero-terminated=1): see redes_folder_plan_new()
 * @is_list: nothing but the lists is fetched; then it is done, and nothing stays on the disk
 *
 * What of a folder is wanted.
 */
typedef struct
{
  char **only;
  gboolean is_list;
} RedesFolderChoice;

/**
 * RedesFolderDownloadParams:
 * @store: (nullable): it is remembered there
 * @keeps_partial_files, @patience_s: see RedesConfig
 * @max_entries: see redes_folder_limits_init()
 * @offer: called with @user_data, as @mediator
 *
 * What it stands on; all is borrowed and must outlive it.
 */
typedef struct
{
  RedesWorkers *workers;
  RedesStore *store;
  const RedesClock *clock;
  gboolean keeps_partial_files;
  guint patience_s;
  guint64 max_entries;
  const RedesFolderDownloadMediator *mediator;
  const RedesFolderOfferMediator *offer;
  gpointer user_data;
} RedesFolderDownloadParams;

/* @link: of a folder. @choice: (nullable): %NULL: all of it. @target: (nullable): the exact path
 * wanted */
RedesFolderDownload *redes_folder_download_new (const RedesFolderDownloadParams *params,
                                                guint id,
                                                const RedesLink *link,
                                                const char *folder,
                                                const char *target,
                                                const RedesFolderChoice *choice);
RedesFolderDownload *redes_folder_download_ref (RedesFolderDownload *self);
void redes_folder_download_unref (RedesFolderDownload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderDownload, redes_folder_download_unref)

/* One from the store: takes its state. */
void redes_folder_download_restore (RedesFolderDownload *self, const RedesStoreTransfer *stored);
/* Begins, unless it was restored as paused, failed or removed. */
void redes_folder_download_start (RedesFolderDownload *self);
void redes_folder_download_pause (RedesFolderDownload *self);
/* Goes on from PAUSED or FAILED; nothing otherwise. */
void redes_folder_download_resume (RedesFolderDownload *self);
/* Ends it as FAILED with the reason REDES_NOTICE_DOWNLOAD_REMOVED, and removes what is on disk and
 * in the store. Nothing if FINISHING or DONE. */
void redes_folder_download_remove (RedesFolderDownload *self);
/* Ends it as FAILED with @reason; see redes_download_fail(). */
void redes_folder_download_fail (RedesFolderDownload *self, const RedesNotice *reason);
/* Stops without a word to anybody: the swarm ends. */
void redes_folder_download_abandon (RedesFolderDownload *self);

guint redes_folder_download_get_id (RedesFolderDownload *self);
RedesDownloadState redes_folder_download_get_state (RedesFolderDownload *self);
gboolean redes_folder_download_is_over (RedesFolderDownload *self);
gboolean redes_folder_download_is_removed (RedesFolderDownload *self);
/* Whether nothing but its lists is wanted. */
gboolean redes_folder_download_lists_only (RedesFolderDownload *self);
const RedesLink *redes_folder_download_get_link (RedesFolderDownload *self);
/* (nullable): until it is known */
RedesManifest *redes_folder_download_get_manifest (RedesFolderDownload *self);
/* (nullable): until all lists are there */
RedesFolderPlan *redes_folder_download_get_plan (RedesFolderDownload *self);
/* See redes_download_get_other_publisher() and redes_download_accept_publisher(). */
gboolean redes_folder_download_get_other_publisher (RedesFolderDownload *self, RedesPeerId *out);
void redes_folder_download_accept_publisher (RedesFolderDownload *self,
                                             const RedesPeerId *publisher);

/* How much of an item of the plan is there: 0 (nothing) to 255 (all). */
guint8 redes_folder_download_get_fill (RedesFolderDownload *self, guint item);
/* Of the files that are wanted. */
guint redes_folder_download_get_files_done (RedesFolderDownload *self);
guint32 redes_folder_download_get_blocks (RedesFolderDownload *self);
guint32 redes_folder_download_get_blocks_done (RedesFolderDownload *self);
guint64 redes_folder_download_get_bytes_done (RedesFolderDownload *self);
gdouble redes_folder_download_get_rate (RedesFolderDownload *self);
gdouble redes_folder_download_get_seconds (RedesFolderDownload *self);
const char *redes_folder_download_get_path (RedesFolderDownload *self);
const RedesNotice *redes_folder_download_get_message (RedesFolderDownload *self);
/* (element-type RedesSourceStats): in no order */
GList *redes_folder_download_list_source_stats (RedesFolderDownload *self);
/* (nullable): @peer as a source now */
RedesFolderSource *redes_folder_download_get_source (RedesFolderDownload *self,
                                                     const RedesPeerId *peer);

void redes_folder_download_query_answered (RedesFolderDownload *self,
                                           guint n_asked,
                                           guint n_answered,
                                           const RedesNotice *reason);
gboolean redes_folder_download_wants_peer (RedesFolderDownload *self, const RedesPeerId *peer);
void redes_folder_download_add_peer (RedesFolderDownload *self, RedesRemote *remote);
void redes_folder_download_lose_peer (RedesFolderDownload *self,
                                      RedesRemote *remote,
                                      gboolean liar,
                                      const RedesNotice *reason);
/* A connection is being made for it (1), or that has come to something (-1). */
void redes_folder_download_dialling (RedesFolderDownload *self, gint change);
void redes_folder_download_try_again_soon (RedesFolderDownload *self);

G_END_DECLS

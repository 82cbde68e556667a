/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/content/link.h"
#include "engine/library/holding.h"
#include "engine/library/store.h"
#include "engine/swarm/download-readers.h"
#include "engine/swarm/download-state.h"
#include "engine/swarm/source-stats.h"
#include "engine/swarm/source.h"

G_BEGIN_DECLS

/**
 * RedesDownload:
 *
 * The download of one content: it finds the manifest, requests blocks from sources, verifies and
 * writes them, and finishes the file. It is the state machine that connects its parts: the sources
 * (RedesDownloadSources), the progress (RedesDownloadProgress) and the disk (RedesDownloadDisk).
 * Reference-counted; engine's thread.
 */

/**
 * RedesDownloadMediator:
 * @want_sources: who has this content? The answer is @wants and redes_download_add_peer(), or
 *   @dial, for each one, then redes_download_query_answered()
 * @dial: peer @id may be at @host:@port: to be added once it was met
 * @may_hurry: whether it may ask sooner than is due; it counts as asked then
 * @enqueue: it wants a place among those that run: redes_download_start()
 * @changed: @at_once: its state changed, rather than only its numbers
 * @resumed: its partial file was found: @n_kept blocks are safe, @n_doubtful are being read again
 * @noticed: something that the person should know, see RedesDownloadDiskMediator
 * @wrong_block: @remote sent a block that does not verify
 * @gone: it was removed, and nothing of it is left
 * @lookup: (transfer none) (nullable): what is shared here of @content
 * @share: others can have what @holding has, until @unshare; a finished file for good
 * @doubt: the file of @holding is not what it was
 * @got_block: it has block @index now: whoever is interested is told
 * @add_unwritten: so many bytes more (or fewer) wait to be verified and written
 * @released: the download is gone: nothing of @user_data is used any more
 *
 * What a download asks of the swarm. All are needed; after the swarm's end they are called and do
 * nothing.
 */
typedef struct
{
  void (*want_sources) (RedesDownload *self, gpointer user_data);
  void (*dial) (RedesDownload *self,
                const RedesPeerId *id,
                const char *host,
                guint16 port,
                gpointer user_data);
  gboolean (*may_hurry) (gint64 now_us, gpointer user_data);
  void (*enqueue) (RedesDownload *self, gpointer user_data);
  void (*changed) (RedesDownload *self, gboolean at_once, gpointer user_data);
  void (*resumed) (RedesDownload *self, guint32 n_kept, guint32 n_doubtful, gpointer user_data);
  void (*noticed) (RedesDownload *self, const RedesNotice *notice, gpointer user_data);
  void (*wrong_block) (RedesDownload *self,
                       RedesRemote *remote,
                       guint32 index,
                       const GError *error,
                       gpointer user_data);
  void (*gone) (RedesDownload *self, gpointer user_data);
  RedesHolding *(*lookup) (const RedesContentId *content, gpointer user_data);
  void (*share) (RedesHolding *holding, gpointer user_data);
  void (*unshare) (RedesHolding *holding, gpointer user_data);
  void (*doubt) (RedesHolding *holding, gpointer user_data);
  void (*got_block) (RedesDownload *self, guint32 index, GBytes *data, gpointer user_data);
  void (*add_unwritten) (gssize bytes, gpointer user_data);
  void (*released) (gpointer user_data);
} RedesDownloadMediator;

/**
 * RedesDownloadParams:
 * @workers: for disk and verification
 * @store: (nullable): it is remembered there
 * @clock: what all its deadlines follow
 * @keeps_partial_files, @patience_s: see RedesConfig
 * @is_stream: whether the blocks go to readers, and to nobody and nothing else: see
 *   redes_download_add_reader(). Nothing is written, remembered or served; what is fetched keeps
 *   less than a window ahead of the reader, who reads all in the order of the file
 * @mediator: called with @user_data
 *
 * What a download stands on; all is borrowed and must outlive it.
 */
typedef struct
{
  RedesWorkers *workers;
  RedesStore *store;
  const RedesClock *clock;
  gboolean keeps_partial_files;
  guint patience_s;
  gboolean is_stream;
  const RedesDownloadMediator *mediator;
  gpointer user_data;
} RedesDownloadParams;

/* @id: its owner's number for it. @target: (nullable): see redes_swarm_download() */
RedesDownload *redes_download_new (const RedesDownloadParams *params,
                                   guint id,
                                   const RedesLink *link,
                                   const char *folder,
                                   const char *target);
RedesDownload *redes_download_ref (RedesDownload *self);
void redes_download_unref (RedesDownload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDownload, redes_download_unref)

/* A new one: what an earlier one has left in the store does not count, and this one is in it. */
void redes_download_put_first (RedesDownload *self);
/* One from the store: takes what that knows of it, and its state. */
void redes_download_restore (RedesDownload *self, const RedesStoreTransfer *stored);
/* It has one of the places now. */
void redes_download_start (RedesDownload *self);
/* Stops until redes_download_resume(); what is there is kept. Nothing if it is over or FINISHING.
 */
void redes_download_pause (RedesDownload *self);
/* Goes on from PAUSED or FAILED ("retry"); nothing otherwise. */
void redes_download_resume (RedesDownload *self);
/* Ends it as FAILED with the reason REDES_NOTICE_DOWNLOAD_REMOVED, and removes what is on disk and
 * in the store. Nothing if FINISHING or DONE. */
void redes_download_remove (RedesDownload *self);
/* Ends it as FAILED with @reason. With a store, or where partial files are kept, what is on disk
 * stays for redes_download_resume() or the next run; else it is removed. */
void redes_download_fail (RedesDownload *self, const RedesNotice *reason);
/* Stops without a word to anybody: the swarm ends. With a store, or where partial files are kept,
 * all stays as it was; else it ends as FAILED with the reason REDES_NOTICE_PEER_STOPS. */
void redes_download_abandon (RedesDownload *self);

guint redes_download_get_id (RedesDownload *self);
RedesDownloadState redes_download_get_state (RedesDownload *self);
gboolean redes_download_is_over (RedesDownload *self);
/* By redes_download_remove(). */
gboolean redes_download_is_removed (RedesDownload *self);
/* See RedesDownloadParams. */
gboolean redes_download_is_stream (RedesDownload *self);
/* Removed, but its partial file is not yet. */
gboolean redes_download_is_leaving (RedesDownload *self);
/* What the store has of its content belongs to another download from now on. */
void redes_download_set_successor (RedesDownload *self);
const RedesContentId *redes_download_get_content (RedesDownload *self);
const RedesLink *redes_download_get_link (RedesDownload *self);
/* Who has signed it instead of the publisher that the link names, while none of its sources has
 * that publisher's manifest. %FALSE: nobody, or it is not known yet. */
gboolean redes_download_get_other_publisher (RedesDownload *self, RedesPeerId *out);
/* What @publisher has signed is to be taken: the link names it from now on. Nothing once a manifest
 * was taken. */
void redes_download_accept_publisher (RedesDownload *self, const RedesPeerId *publisher);
/* (nullable): until it is known */
RedesManifest *redes_download_get_manifest (RedesDownload *self);
guint32 redes_download_get_blocks_done (RedesDownload *self);
guint64 redes_download_get_bytes_done (RedesDownload *self);
/* Of blocks under way: those that are coming in, and those that are being verified or written. */
guint64 redes_download_get_bytes_coming (RedesDownload *self);
gdouble redes_download_get_rate (RedesDownload *self);
gdouble redes_download_get_seconds (RedesDownload *self);
const char *redes_download_get_path (RedesDownload *self);
const RedesNotice *redes_download_get_message (RedesDownload *self);
/* (element-type RedesSourceStats): in no order */
GList *redes_download_list_source_stats (RedesDownload *self);
/**
 * redes_download_get_block:
 * @sender: (out): its sender's number, see RedesBlockCell; 0: it is not known
 *
 * Returns: whether block @index is there; %FALSE for all before the manifest is known
 */
gboolean redes_download_get_block (RedesDownload *self, guint32 index, guint8 *sender);
/* (nullable): @peer as a source now */
RedesSource *redes_download_get_source (RedesDownload *self, const RedesPeerId *peer);

/**
 * redes_download_add_reader:
 *
 * Somebody reads the file from now on, while it is being downloaded or afterwards: what comes next
 * for him is fetched before all else.
 *
 * Returns: (transfer none): until redes_download_remove_reader()
 */
RedesDownloadReader *redes_download_add_reader (RedesDownload *self);
void redes_download_remove_reader (RedesDownload *self, RedesDownloadReader *reader);
/**
 * redes_download_read:
 * @index: a block of the file
 * @func: called once, perhaps before this returns, and not after redes_download_remove_reader().
 *   Errors: REDES_SWARM_ERROR_OVER, REDES_CONTENT_ERROR_READ
 *
 * Waits until block @index is there and verified, also while the download is paused. No other
 * question of @reader may be open.
 */
void redes_download_read (RedesDownload *self,
                          RedesDownloadReader *reader,
                          guint32 index,
                          RedesDownloadReadFunc func,
                          gpointer user_data);

/* What @want_sources asked is answered, and all were offered whom the answers named.
 * @n_answered: how many of them answered; @reason: (nullable): why others did not */
void redes_download_query_answered (RedesDownload *self,
                                    guint n_asked,
                                    guint n_answered,
                                    const RedesNotice *reason);

/* Whether @peer may be a source: not one yet, and not found lying. */
gboolean redes_download_wants_peer (RedesDownload *self, const RedesPeerId *peer);
void redes_download_add_peer (RedesDownload *self, RedesRemote *remote);
/* The conversation has ended. @liar: because it broke the rules: no source of this download any
 * more */
void redes_download_lose_peer (RedesDownload *self,
                               RedesRemote *remote,
                               gboolean liar,
                               const RedesNotice *reason);
/* @change: 1: a connection is being made for it; -1: that has ended. @reason: (nullable): why that
 * has failed; %NULL: it has not */
void redes_download_dialling (RedesDownload *self, gint change, const RedesNotice *reason);
/* Sources that were lost are dialled, and trackers asked, at the next tick. */
void redes_download_try_again_soon (RedesDownload *self);

G_END_DECLS

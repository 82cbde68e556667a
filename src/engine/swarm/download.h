/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/link.h"
#include "engine/swarm/source-stats.h"
#include "engine/swarm/picker.h"
#include "engine/swarm/source.h"

G_BEGIN_DECLS

/**
 * RedesDownloadState:
 *
 * FINDING -> ACTIVE <-> WAITING, ACTIVE -> FINISHING -> DONE; from each but DONE -> FAILED. With a
 * store also: from each but DONE -> PAUSED (of its own will), and from PAUSED and FAILED back to
 * FINDING, with the blocks that are there. See RedesTransferState, which shows it to a front end.
 */
typedef enum
{
  REDES_DOWNLOAD_FINDING,
  REDES_DOWNLOAD_ACTIVE,
  REDES_DOWNLOAD_WAITING,
  REDES_DOWNLOAD_FINISHING,
  REDES_DOWNLOAD_DONE,
  REDES_DOWNLOAD_FAILED,
  REDES_DOWNLOAD_PAUSED,
} RedesDownloadState;

/**
 * RedesDownload:
 *
 * One content on its way to disk: finds the manifest, keeps the sources, verifies and writes block
 * after block, finishes the file. Reference-counted; engine's thread.
 */

/* @id: its owner's number for it. */
RedesDownload *redes_download_new (
    RedesSwarm *swarm, guint id, const RedesLink *link, const char *folder, const char *target);
RedesDownload *redes_download_ref (RedesDownload *self);
void redes_download_unref (RedesDownload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDownload, redes_download_unref)

void redes_download_start (RedesDownload *self);
/* Stops until redes_download_resume(); what is there is kept, and served to others. Nothing if it
 * is over or FINISHING. */
void redes_download_pause (RedesDownload *self);
/* Goes on from PAUSED or FAILED ("retry"); nothing otherwise. */
void redes_download_resume (RedesDownload *self);
/* Ends it as FAILED with the message "removed", and removes what is on disk and in the store.
 * Nothing if FINISHING or DONE. */
void redes_download_remove (RedesDownload *self);
/* Ends it as FAILED with @words. With a store, or where partial files are kept, what is on disk
 * stays for redes_download_resume() or the next run; else it is removed. */
void redes_download_fail (RedesDownload *self, const char *words);
/* Stops without a word to anybody: the swarm ends. With a store all is kept, as it was. */
void redes_download_abandon (RedesDownload *self);

guint redes_download_get_id (RedesDownload *self);
RedesDownloadState redes_download_get_state (RedesDownload *self);
gboolean redes_download_is_started (RedesDownload *self);
gboolean redes_download_is_over (RedesDownload *self);
/* By redes_download_remove(). */
gboolean redes_download_is_removed (RedesDownload *self);
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
gdouble redes_download_get_rate (RedesDownload *self);
gdouble redes_download_get_seconds (RedesDownload *self);
const char *redes_download_get_path (RedesDownload *self);
const char *redes_download_get_message (RedesDownload *self);
/* (element-type RedesSourceStats): in no order */
GList *redes_download_list_source_stats (RedesDownload *self);
/**
 * redes_download_get_block:
 * @sender: (out): its contribution's number; 0: not known
 *
 * Returns: whether block @index is there; %FALSE for all before the manifest is known
 */
gboolean redes_download_get_block (RedesDownload *self, guint32 index, guint8 *sender);
/* (nullable): @peer as a source now */
RedesSource *redes_download_get_source (RedesDownload *self, const RedesPeerId *peer);

/* The trackers have been asked; redes_swarm_offer_source() was called for whom they named.
 * @n_answered: how many of them answered; @words: (nullable): why others did not */
void redes_download_sources_answered (RedesDownload *self,
                                      guint n_asked,
                                      guint n_answered,
                                      const char *words);

/* For the other files of this module. */

/* Whether @peer may be a source: not one yet, and not found lying. */
gboolean redes_download_wants_peer (RedesDownload *self, const RedesPeerId *peer);
void redes_download_add_peer (RedesDownload *self, RedesPeerSession *session);
/* The session is gone. @liar: because it broke the rules: no source of this download any more. */
void redes_download_lose_peer (RedesDownload *self,
                               RedesPeerSession *session,
                               gboolean liar,
                               const char *words);
/* A connection is being made for it (1), or that has come to something (-1): @words say why to
 * nothing. */
void redes_download_dialling (RedesDownload *self, gint change, const char *words);
/* @source has not got what it was thought to have. */
void redes_download_drop_source (RedesDownload *self, RedesSource *source, const char *words);

/* Sources that were lost are dialled, and trackers asked, at the next tick. */
void redes_download_try_again_soon (RedesDownload *self);

void
redes_download_take_manifest (RedesDownload *self, RedesSource *source, RedesManifest *manifest);
void redes_download_take_block (RedesDownload *self,
                                RedesSource *source,
                                const RedesBlockHeader *header,
                                GBytes *data);

RedesSwarm *redes_download_get_swarm (RedesDownload *self);
/* (nullable): once the manifest is known and blocks are wanted */
RedesPicker *redes_download_get_picker (RedesDownload *self);
/* %FALSE until the manifest is known. */
gboolean redes_download_get_geometry (RedesDownload *self, RedesGeometry *out);

G_END_DECLS

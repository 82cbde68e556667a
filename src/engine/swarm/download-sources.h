/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/swarm/download-state.h"
#include "engine/swarm/source.h"

G_BEGIN_DECLS

/**
 * RedesDownloadSources:
 *
 * Who gives a download its blocks: the sources that are there, who lied, who was tried and who was
 * lost, and when to ask and to dial again. It looks at its clock and has no timer: its owner calls
 * redes_download_sources_tick() twice a second, or less often where
 * redes_download_sources_may_look_less_often() says so. Owned by its download; engine's thread.
 */
typedef struct _RedesDownloadSources RedesDownloadSources;

/**
 * RedesDownloadSourcesMediator:
 * @get_state: the download's
 * @is_fetching: whether the download wants sources and blocks at all: it is neither over nor paused
 *   nor being finished
 * @waits_for_disk: it does, but its disk has failed it for now
 * @is_verifying: blocks are being verified and written, so that nobody can say yet that none came
 * @ask: asks who has the content; the answer is redes_download_sources_offer() for each one, then
 *   redes_download_sources_answered()
 * @dial: that peer may be there, and is to be offered once it was met. While a connection is being
 *   made, redes_download_sources_note_dialling() counts it
 * @may_hurry: whether the download may ask sooner than is due; it counts as asked then
 * @came: a source came, and is about to be asked
 * @changed: @at_once: sources came or went
 * @manifest: @source has handed out a manifest of the content while none is set. It may call
 *   redes_source_refuse_manifest(), and then redes_download_sources_consider()
 * @manifests_refused: sources are there, and the manifests of all of them were refused
 * @block: @source has sent a block that it was asked for
 * @wait: there is nobody, or nobody gives anything: for a person, in @reason
 * @fail: as @wait, and the download's patience is over
 *
 * What the sources ask of their download, and tell it. All are needed.
 */
typedef struct
{
  RedesDownloadState (*get_state) (gpointer user_data);
  gboolean (*is_fetching) (gpointer user_data);
  gboolean (*waits_for_disk) (gpointer user_data);
  gboolean (*is_verifying) (gpointer user_data);
  void (*ask) (gpointer user_data);
  void (*dial) (const RedesPeerId *id, const char *host, guint16 port, gpointer user_data);
  gboolean (*may_hurry) (gint64 now_us, gpointer user_data);
  void (*came) (gpointer user_data);
  void (*changed) (gboolean at_once, gpointer user_data);
  void (*manifest) (RedesSource *source, RedesManifest *manifest, gpointer user_data);
  void (*manifests_refused) (gpointer user_data);
  void (*block) (RedesSource *source,
                 const RedesBlockHeader *header,
                 GBytes *data,
                 gpointer user_data);
  void (*wait) (const RedesNotice *reason, gpointer user_data);
  void (*fail) (const RedesNotice *reason, gpointer user_data);
} RedesDownloadSourcesMediator;

/* @progress, @clock, @mediator: borrowed, and must outlive it. @patience_s: for how long it waits
 * for a source or a block; 0 = for ever */
RedesDownloadSources *redes_download_sources_new (RedesDownloadProgress *progress,
                                                  const RedesClock *clock,
                                                  guint patience_s,
                                                  const RedesDownloadSourcesMediator *mediator,
                                                  gpointer user_data);
void redes_download_sources_free (RedesDownloadSources *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDownloadSources, redes_download_sources_free)

guint redes_download_sources_count (RedesDownloadSources *self);
/* (nullable): @peer as a source now */
RedesSource *redes_download_sources_find (RedesDownloadSources *self, const RedesPeerId *peer);
/* (nullable): the source by that very conversation */
RedesSource *redes_download_sources_find_remote (RedesDownloadSources *self, RedesRemote *remote);

/* Asks who has the content, now. */
void redes_download_sources_begin_asking (RedesDownloadSources *self);
/**
 * redes_download_sources_answered:
 * @n_asked, @n_answered: trackers and peers
 * @reason: (nullable): why others did not answer
 *
 * What was asked by @ask is answered.
 */
void redes_download_sources_answered (RedesDownloadSources *self,
                                      guint n_asked,
                                      guint n_answered,
                                      const RedesNotice *reason);
/* Decides what the download does while it has no source, no connection on its way and no query
 * open: it waits, or it fails. Without effect otherwise. */
void redes_download_sources_consider (RedesDownloadSources *self);

/* Whether @peer may be a source: not one yet, not found lying, and there is a place for it. */
gboolean redes_download_sources_wants (RedesDownloadSources *self, const RedesPeerId *peer);
/* Takes @remote as a source, if it is wanted. */
void redes_download_sources_add (RedesDownloadSources *self, RedesRemote *remote);
/* @change: 1: a connection is being made; -1: that has ended. @reason: (nullable): why that has
 * failed; %NULL: it has not */
void redes_download_sources_note_dialling (RedesDownloadSources *self,
                                           gint change,
                                           const RedesNotice *reason);
/* The conversation has ended. @liar: because it broke the rules: no source of this download any
 * more */
void redes_download_sources_lose (RedesDownloadSources *self,
                                  RedesRemote *remote,
                                  gboolean liar,
                                  const RedesNotice *reason);
/* It has sent what does not verify: no source of this download any more, whatever else it shares.
 */
void redes_download_sources_refuse (RedesDownloadSources *self, RedesRemote *remote);
void redes_download_sources_drop_all (RedesDownloadSources *self);
/* A second chance for everybody: a person wants it. */
void redes_download_sources_begin_anew (RedesDownloadSources *self);

/* The manifest is known, and blocks are wanted: @progress is open. */
void redes_download_sources_open (RedesDownloadSources *self);
/* A block was verified. @remote: (nullable): who sent it; the others are not asked for it any
 * more */
void
redes_download_sources_note_block (RedesDownloadSources *self, RedesRemote *remote, guint32 index);
/* Asks all for as much as fits. */
void redes_download_sources_fill (RedesDownloadSources *self);
/* The picker's windows are elsewhere now: all are asked for what is in them first, see
 * redes_source_refocus(). */
void redes_download_sources_refocus (RedesDownloadSources *self);

/* What has come of blocks that are on their way, each counted once. */
guint64 redes_download_sources_get_coming_bytes (RedesDownloadSources *self);

/* @due_us: when this call should have come: from a process that was asleep meanwhile nobody is
 * blamed for silence */
void redes_download_sources_tick (RedesDownloadSources *self, gint64 due_us);
/* It waits for so long that every few seconds is often enough. */
gboolean redes_download_sources_may_look_less_often (RedesDownloadSources *self);
/* Who was lost is dialled, and trackers are asked, at the next tick. */
void redes_download_sources_try_again_soon (RedesDownloadSources *self);

G_END_DECLS

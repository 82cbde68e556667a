/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/swarm/download-progress.h"
#include "engine/swarm/remote.h"

G_BEGIN_DECLS

/**
 * RedesSource:
 *
 * One peer as a source of one download: which blocks it has, what it is being asked for, how fast
 * it proves to be. Owned by its download; engine's thread.
 *
 * It keeps as many requests under way as it delivers in the time that a request takes, and some: a
 * quick peer far away gets many, a slow one few. One that has sent nothing for a while is
 * "snubbed": its blocks may go to others, and it is asked for nothing new until it sends again.
 */

/**
 * RedesSourceEvents:
 * @manifest: it has handed out @manifest, of this content and signed as it should be
 * @block: a block came that this source was asked for; redes_source_settle() is still to be called
 * @refused: it has not got what it was thought to have, for the reason in @reason
 *
 * What a source tells its owner. It may be freed in each of them.
 */
typedef struct
{
  void (*manifest) (RedesSource *self, RedesManifest *manifest, gpointer user_data);
  void (*block) (RedesSource *self,
                 const RedesBlockHeader *header,
                 GBytes *data,
                 gpointer user_data);
  void (*refused) (RedesSource *self, const RedesNotice *reason, gpointer user_data);
} RedesSourceEvents;

/* @progress, @clock, @events: borrowed, and must outlive it */
RedesSource *redes_source_new (RedesRemote *remote,
                               RedesDownloadProgress *progress,
                               const RedesClock *clock,
                               const RedesSourceEvents *events,
                               gpointer user_data);
/* Its requests go back to the picker. */
void redes_source_free (RedesSource *self);

RedesRemote *redes_source_get_remote (RedesSource *self);
/* (nullable): until the download knows its manifest */
const RedesGeometry *redes_source_get_geometry (RedesSource *self);
guint redes_source_get_blocks (RedesSource *self);
/* Bytes a second, as they come. */
gdouble redes_source_get_rate (RedesSource *self, gint64 now_us);
/**
 * redes_source_get_coming:
 * @index: (out): which block, unless 0 is returned
 *
 * Returns: how many bytes have come of a block that is on its way and not there yet; 0: none is
 */
gsize redes_source_get_coming (RedesSource *self, guint32 *index);
/* Puts what has come of the block on its way into the rates; to be called twice a second or so. A
 * block that is complete is counted by itself. */
void redes_source_count_coming (RedesSource *self, gint64 now_us);
guint redes_source_get_n_requests (RedesSource *self);

/* Begins to ask: for the manifest too, if @want_manifest. */
void redes_source_start (RedesSource *self, gboolean want_manifest);

/* It handed out a manifest that is not the one wanted; its blocks may be the right ones all the
 * same. */
void redes_source_refuse_manifest (RedesSource *self);
gboolean redes_source_is_manifest_refused (RedesSource *self);

/* The download knows its manifest and is ready for blocks. */
void redes_source_set_geometry (RedesSource *self);

/* Asks for as much as fits. */
void redes_source_fill (RedesSource *self);

/* What comes from the remote. It may be freed in each of them. */
void redes_source_on_bitfield (RedesSource *self, GBytes *bits);
void redes_source_on_manifest (RedesSource *self, RedesManifest *manifest);
void redes_source_on_have (RedesSource *self, guint32 index);
void redes_source_on_reject (RedesSource *self,
                             guint32 index,
                             RedesRejectReason code,
                             const RedesNotice *reason);
/* A block counts for the source's speed, also if it was not asked for in this source's name. */
void redes_source_on_block (RedesSource *self, const RedesBlockHeader *header, GBytes *data);
/* Request @index is over. The picker must know first whether the block is done, or it is wanted
 * again. */
void redes_source_settle (RedesSource *self, guint32 index);

/* A block that it sent has been verified. */
void redes_source_count_block (RedesSource *self);

/* Takes back the request for a block that came from somebody else. */
void redes_source_cancel (RedesSource *self, guint32 index);
/* The picker's windows are elsewhere now: takes back the requests for blocks outside of them, but
 * for one that is coming already, so that those inside do not wait behind them. */
void redes_source_refocus (RedesSource *self);

/**
 * redes_source_check_silence:
 *
 * What counts is answers: to this download's queries, or 4 KiB of a block that it was asked for.
 * To be called every few seconds at least.
 *
 * Returns: how long it has owed an answer without giving any, in microseconds; 0 if it owes none
 */
gint64 redes_source_check_silence (RedesSource *self, gint64 now_us);
/* For how long no part of a block has come from it, whether it owes one or not, in microseconds. */
gint64 redes_source_get_idle (RedesSource *self, gint64 now_us);
/* This process was asleep until now, or did not read: all its clocks start anew. */
void redes_source_forgive_silence (RedesSource *self, gint64 now_us);
/* Whether there is reason to think that a block comes from it: it owes some, has refused none since
 * the last, and has not been silent for @silence_us. */
gboolean redes_source_is_giving (RedesSource *self, gint64 silence_us, gint64 now_us);
/* Gives its requests to others. */
void redes_source_snub (RedesSource *self);

G_END_DECLS

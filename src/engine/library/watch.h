/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/library/inspection.h"
#include "engine/library/share-index.h"

G_BEGIN_DECLS

/**
 * RedesWatch:
 *
 * Checks from time to time whether the shared files still exist and are unchanged, and whether
 * missing ones exist again, and says when to search for new files. A check looks at a few hundred
 * files at a time with a pause after each part, so that it delays nothing else. What the system
 * reports of shared folders and drives only makes the next check come sooner. A watch belongs to
 * the engine's thread.
 */
typedef struct _RedesWatch RedesWatch;

/**
 * RedesWatchEvents:
 * @found: @holding, of the present ones and not unchanged, or of the absent ones and not gone;
 *   @reason: (nullable): why
 * @looked: @holding was looked at and is present, whatever was found
 * @stamp: how @holding stands on the disk is known for the first time
 * @rescan: it is time to look for new files; redes_watch_end_rescan() ends that
 */
typedef struct
{
  void (*found) (RedesHolding *holding,
                 RedesVerdict verdict,
                 const RedesNotice *reason,
                 gpointer user_data);
  void (*looked) (RedesHolding *holding, gpointer user_data);
  void (*stamp) (RedesHolding *holding, gint64 ctime_ns, guint64 inode, gpointer user_data);
  void (*rescan) (gpointer user_data);
} RedesWatchEvents;

/**
 * RedesWatchPeriods:
 * @look_ms: the time from one check of all files, and search for new ones, to the next
 * @absent_ms: the time from one check of missing files to the next, which doubles a few times while
 *   none exists again
 * @settle_ms: how long a file has to stay as it is before it is hashed, if nobody asked for that;
 *   doubles while there are such that do not. Also how soon a hint is followed
 * @pause_ms: the time between two parts of a check
 *
 * Times in milliseconds.
 */
typedef struct
{
  guint look_ms;
  guint absent_ms;
  guint settle_ms;
  guint pause_ms;
} RedesWatchPeriods;

/* @present, @absent: borrowed; walked, and changed by @found only */
RedesWatch *redes_watch_new (RedesWorkers *workers,
                             RedesShareIndex *present,
                             RedesShareIndex *absent,
                             const RedesWatchEvents *events,
                             gpointer user_data);
void redes_watch_free (RedesWatch *self);
void redes_watch_set_periods (RedesWatch *self, const RedesWatchPeriods *periods);

/* Starts the checks, the first of which comes soon. Nothing happens if they were started before. */
void redes_watch_start (RedesWatch *self);
/* From now on changes that the system reports in @folders (element-type filename) themselves, and
 * in no others, make the next check come sooner. */
void redes_watch_set_folders (RedesWatch *self, GPtrArray *folders);
void redes_watch_add_folder (RedesWatch *self, const char *folder);
/* Looks at one file at once, and opens it, too. */
void redes_watch_look_at (RedesWatch *self, RedesHolding *holding);

/* A file was seen that has to stay as it is for a while: another rescan will be needed. @is_new: it
 * was not seen before, so that this is soon, however long others have gone on changing. */
void redes_watch_expect_change (RedesWatch *self, gboolean is_new);
void redes_watch_end_rescan (RedesWatch *self);

/* Whether a look at all, or a rescan, is under way or will be within a moment. */
gboolean redes_watch_is_looking (RedesWatch *self);

G_END_DECLS

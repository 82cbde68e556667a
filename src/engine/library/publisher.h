/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/hashing-progress.h"
#include "engine/base/workers.h"
#include "engine/library/holding.h"
#include "engine/library/scan.h"

G_BEGIN_DECLS

/**
 * RedesPublisher:
 *
 * Prepares files of this peer for sharing: it scans a path, has the files hashed by the workers and
 * their manifests signed in batches. A publisher belongs to the engine's thread.
 */
typedef struct _RedesPublisher RedesPublisher;

/**
 * RedesPublishMode:
 * @REDES_PUBLISH_ASKED: a person wants it shared, and is told of all that is not
 * @REDES_PUBLISH_VERIFY: a shared file is hashed again, because it may have been altered
 * @REDES_PUBLISH_RESCAN: a shared path is searched for new files; what cannot be shared is told
 * once, and what is no file or cannot be found is passed over in silence
 */
typedef enum
{
  REDES_PUBLISH_ASKED,
  REDES_PUBLISH_VERIFY,
  REDES_PUBLISH_RESCAN,
} RedesPublishMode;

/* How a file stood on the disk when its bytes were read; units as in RedesHolding. */
typedef struct
{
  guint64 size;
  gint64 mtime_ns;
  gint64 ctime_ns;
  guint64 inode;
} RedesPublishedTimes;

/**
 * RedesPublisherEvents:
 * @found_root: what @path, as redes_publisher_add() was given it, turned out to be; %NULL: it is
 *   not there, or may not be shared. Returns whether to go on with it; not asked for in
 *   REDES_PUBLISH_VERIFY
 * @wants: whether the file that was found at @path is to be hashed. One that is on its way already
 *   is not asked for
 * @hashed: the file at @path has @content, and was on disk as @mtime_ns, @ctime_ns and @inode say
 *   when its first byte was read. Returns whether that is to be signed and published
 * @found_folder: a scan has gone into the folder @path; the number of a scan is higher than those
 *   of all that began before
 * @found_all: a scan has found all that there is in the folder @path and below
 * @hidden: a path that a person wants shared has @n hidden files and folders in it, passed over
 * @published: @holding is signed
 * @skipped: a path was not published; @error says why
 * @hashing: how far it is
 * @scanned: one path, given to redes_publisher_add() in @mode, has been looked through
 * @idle: nothing is left to scan, hash or sign
 *
 * None may free the publisher.
 */
typedef struct
{
  gboolean (*found_root) (const char *path, const RedesScanRoot *info, gpointer user_data);
  gboolean (*wants) (const char *path,
                     const RedesScanFound *found,
                     RedesPublishMode mode,
                     gpointer user_data);
  gboolean (*hashed) (const char *path,
                      const RedesContentId *content,
                      const RedesPublishedTimes *times,
                      RedesPublishMode mode,
                      gpointer user_data);
  void (*found_folder) (const char *path, guint scan, gpointer user_data);
  void (*found_all) (const char *path, guint scan, gpointer user_data);
  void (*hidden) (const char *path, guint n, gpointer user_data);
  void (*published) (RedesHolding *holding, gpointer user_data);
  void (*skipped) (const char *path, const GError *error, gpointer user_data);
  void (*hashing) (const RedesHashingProgress *progress, gpointer user_data);
  void (*scanned) (RedesPublishMode mode, gpointer user_data);
  void (*idle) (gpointer user_data);
} RedesPublisherEvents;

RedesPublisher *redes_publisher_new (RedesIdentity *identity,
                                     RedesWorkers *workers,
                                     const RedesPublisherEvents *events,
                                     gpointer user_data);
/* Stops scanning, hashing and signing; no event is sent any more. */
void redes_publisher_free (RedesPublisher *self);

/* Publishes a file, or all in a folder, that @wants says. In REDES_PUBLISH_VERIFY @path is that of
 * a file; nothing if it is being verified. Never blocks. */
void redes_publisher_add (RedesPublisher *self, const char *path, RedesPublishMode mode);
/* Ends what is on its way at @path and below. Returns: how many files were */
guint redes_publisher_drop (RedesPublisher *self, const char *path);

/* While @paused, no file is hashed. */
void redes_publisher_set_paused (RedesPublisher *self, gboolean paused);

/* Whether something at @path or below is being scanned because a person asked for it, hashed or
 * signed. */
gboolean redes_publisher_is_busy_below (RedesPublisher *self, const char *path);
/* Returns: the number of files that are being verified or wait to be verified */
guint redes_publisher_get_n_verifying (RedesPublisher *self);
/* Whether something is being hashed or signed, or scanned because a person asked for it. */
gboolean redes_publisher_is_busy (RedesPublisher *self);
/* Returns: the number of bytes that have been hashed since the publisher was made */
guint64 redes_publisher_get_bytes_hashed (RedesPublisher *self);

G_END_DECLS

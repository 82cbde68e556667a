/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/base/workers.h"
#include "engine/library/holding.h"
#include "engine/library/store.h"
#include "engine/swarm/download-progress.h"
#include "engine/swarm/remote.h"

G_BEGIN_DECLS

/**
 * RedesDownloadDisk:
 *
 * A download's partial file, and what is remembered of it from run to run: by the store, or, where
 * there is none and partial files are to be kept, by a journal beside the file. Owned by its
 * download; engine's thread.
 *
 * CLOSED -> OPENING -> CHECKING -> OPEN -> CLOSING -> CLOSED: redes_download_disk_advance() leads
 * from one phase to the next, as the download wants, and is the only place that begins one. Blocks
 * are verified and written while OPEN, and while OPENING a new file. Finishing gives the file its
 * name.
 */
typedef struct _RedesDownloadDisk RedesDownloadDisk;

/**
 * RedesDiskWish:
 * @REDES_DISK_WISH_CLOSED: nothing is written or read for now
 * @REDES_DISK_WISH_OPEN: blocks are wanted
 * @REDES_DISK_WISH_FINISHED: all is there: to be made safe, and to get its name
 * @REDES_DISK_WISH_DISCARDED: the file is to be removed, with all that is remembered of it
 *
 * What a download wants of its disk.
 */
typedef enum
{
  REDES_DISK_WISH_CLOSED,
  REDES_DISK_WISH_OPEN,
  REDES_DISK_WISH_FINISHED,
  REDES_DISK_WISH_DISCARDED,
} RedesDiskWish;

/**
 * RedesWrittenBlock:
 * @remote: (nullable): who sent it; %NULL: it was copied from @local
 * @local: (nullable): a shared file with the same content
 * @data: (nullable): the block; %NULL if it could not be read from @local
 * @digest: of @data
 * @matches: it is the block that it should be
 * @error: (nullable): why it could not be written
 *
 * What became of a block that was to be verified and written.
 */
typedef struct
{
  RedesRemote *remote;
  RedesHolding *local;
  RedesBlockHeader header;
  gsize length;
  GBytes *data;
  RedesDigest digest;
  gboolean matches;
  GError *error;
} RedesWrittenBlock;

/**
 * RedesDownloadDiskMediator:
 * @ref, @unref: hold @user_data, the download, while a worker has a job of it
 * @get_wish: what the download wants now
 * @is_unwanted: the person has removed it: nothing of it counts any more
 * @is_done: it has its name
 * @describe: fills in what the store is to know of the download beside its file: link (transfer
 *   full), state, message, added_s, seconds
 * @begun: a new file is being made: sources may be gathered
 * @made: the new file is there, and they may be asked for; see redes_download_disk_dup_holding()
 * @resumed: a file from earlier is there: @n_kept of its blocks are safe, @n_doubtful are being
 *   read again
 * @noticed: something that the person should know: the disk does not take the name that was chosen,
 *   and which one the file will have
 * @checking: some of those were read
 * @checked: all were: blocks may come, or all are there
 * @found: the file has its name already (transfer full): a crash came between
 * @written: see redes_download_disk_write()
 * @finished: the file has got its name, @path (transfer full)
 * @discarded: nothing of it is left; @is_out_of_reach: or what is left cannot be reached now
 * @failed: the disk has failed the download
 * @journal_read: see redes_download_disk_read_journal(); @manifest: (nullable): of the journal, if
 *   there is one of use; @error: (nullable): another process uses it
 *
 * What the disk asks of its download, and tells it. All are needed.
 */
typedef struct
{
  void (*ref) (gpointer user_data);
  void (*unref) (gpointer user_data);
  RedesDiskWish (*get_wish) (gpointer user_data);
  gboolean (*is_unwanted) (gpointer user_data);
  gboolean (*is_done) (gpointer user_data);
  void (*describe) (RedesStoreTransfer *transfer, gpointer user_data);
  void (*begun) (gpointer user_data);
  void (*made) (gpointer user_data);
  void (*resumed) (guint32 n_kept, guint32 n_doubtful, gpointer user_data);
  void (*noticed) (const RedesNotice *notice, gpointer user_data);
  void (*checking) (gpointer user_data);
  void (*checked) (gpointer user_data);
  void (*found) (char *path, gint64 mtime_ns, gpointer user_data);
  void (*written) (const RedesWrittenBlock *block, gpointer user_data);
  void (*finished) (char *path, gint64 mtime_ns, gpointer user_data);
  void (*discarded) (gboolean is_out_of_reach, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
  void (*journal_read) (RedesManifest *manifest, const GError *error, gpointer user_data);
} RedesDownloadDiskMediator;

/**
 * RedesDownloadDiskParams:
 * @workers: for disk and verification
 * @store: (nullable)
 * @keeps_partial_files: whether a journal is kept; only without a store
 * @folder: where the file goes; copied
 * @target: (nullable): its exact path there; copied
 * @name: (nullable): what the person calls it; copied. %NULL: what its publisher calls it
 *
 * What a disk stands on; @progress, @workers, @store and @clock are borrowed and must outlive it.
 */
typedef struct
{
  RedesDownloadProgress *progress;
  RedesWorkers *workers;
  RedesStore *store;
  const RedesClock *clock;
  gboolean keeps_partial_files;
  const char *folder;
  const char *target;
  const char *name;
} RedesDownloadDiskParams;

RedesDownloadDisk *redes_download_disk_new (const RedesDownloadDiskParams *params,
                                            const RedesDownloadDiskMediator *mediator,
                                            gpointer user_data);
/* No job of it may be under way. */
void redes_download_disk_free (RedesDownloadDisk *self);

/* What the file is to be called; the manifest is set. Any thread. */
const char *redes_download_disk_get_name (RedesDownloadDisk *self);
/* Whether what is there would be of use to a later run. */
gboolean redes_download_disk_keeps (RedesDownloadDisk *self);
/* Jobs of it are under way. */
gboolean redes_download_disk_is_busy (RedesDownloadDisk *self);

/* Does the next thing that the download wants, once nothing is under way. */
void redes_download_disk_advance (RedesDownloadDisk *self);
/* Makes safe what was written, now and then; to be called twice a second. */
void redes_download_disk_tick (RedesDownloadDisk *self);
/* All blocks are there: what is left to do before the file can get its name begins with
 * redes_download_disk_advance(). */
void redes_download_disk_begin_finish (RedesDownloadDisk *self);

/**
 * redes_download_disk_write:
 * @remote, @data: who sent which bytes
 * @local: (nullable): a shared file with the same content, from which they are read instead;
 * @remote and @data are %NULL then
 * @header: whose proof has the length that the geometry says
 *
 * Verifies a block, and writes it if it is the right one; then @written is called.
 */
void redes_download_disk_write (RedesDownloadDisk *self,
                                RedesRemote *remote,
                                GBytes *data,
                                RedesHolding *local,
                                const RedesBlockHeader *header);
/* (transfer full): serves the verified blocks of the partial file, which is there */
RedesHolding *redes_download_disk_dup_holding (RedesDownloadDisk *self);

/* The shape is known: takes what the journal told of the same content. */
void redes_download_disk_take_journal (RedesDownloadDisk *self);
/* Reads the journal, if there may be one that was not read yet. Returns: whether @journal_read will
 * be called */
gboolean redes_download_disk_read_journal (RedesDownloadDisk *self);

/* What the store remembers. Nothing happens without one. */

void redes_download_disk_persist (RedesDownloadDisk *self);
/* The same, for what a person has asked: it is in the store before anybody says that it is done. */
void redes_download_disk_persist_sync (RedesDownloadDisk *self);
/* A block was written and is in doubt until it is made safe. @sender: (nullable) */
void redes_download_disk_note_block (RedesDownloadDisk *self,
                                     const RedesWrittenBlock *block,
                                     const RedesSourceStats *sender);
/* @func is called when all that was put before is remembered, or needs not be: at once then. */
void redes_download_disk_when_remembered (RedesDownloadDisk *self,
                                          RedesStoreSettledFunc func,
                                          gpointer user_data);
/* The file is at @path, in @folder under @name: it goes into the history, and is shared from now
 * on. */
void redes_download_disk_persist_done (RedesDownloadDisk *self,
                                       const char *path,
                                       const char *folder,
                                       const char *name,
                                       gint64 mtime_ns,
                                       gdouble seconds);
/* What an earlier download of the same content has left does not count. */
void redes_download_disk_forget (RedesDownloadDisk *self);
/* What the store has of this content belongs to another download from now on. */
void redes_download_disk_disown (RedesDownloadDisk *self);
/* The manifest is set if @stored has one: takes what the store knows of the file, its blocks and
 * their senders. */
void redes_download_disk_restore (RedesDownloadDisk *self, const RedesStoreTransfer *stored);

G_END_DECLS

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
 * A download's partial file, and the record of it that outlasts a run: in the store, or, without a
 * store but with partial files that are kept, in a journal beside the file. It is owned by its
 * download; engine's thread.
 *
 * CLOSED -> OPENING -> CHECKING -> OPEN -> CLOSING -> CLOSED: redes_download_disk_advance() goes
 * from one phase to the next according to the download's goal, and is the only function that begins
 * a phase. Blocks are verified and written in OPEN, and in OPENING if the file is new. Finishing
 * gives the file its name.
 */
typedef struct _RedesDownloadDisk RedesDownloadDisk;

/**
 * RedesDiskGoal:
 * @REDES_DISK_GOAL_CLOSED: nothing is written or read for now
 * @REDES_DISK_GOAL_OPEN: blocks are written
 * @REDES_DISK_GOAL_FINISHED: the file is complete; it is synced and gets its name
 * @REDES_DISK_GOAL_DISCARDED: the file is removed, with all records of it
 *
 * The state that a download wants its disk to reach.
 */
typedef enum
{
  REDES_DISK_GOAL_CLOSED,
  REDES_DISK_GOAL_OPEN,
  REDES_DISK_GOAL_FINISHED,
  REDES_DISK_GOAL_DISCARDED,
} RedesDiskGoal;

/**
 * RedesWrittenBlock:
 * @remote: (nullable): the peer that sent it; %NULL: it was copied from @local
 * @local: (nullable): a shared file with the same content
 * @data: (nullable): the block; %NULL if it could not be read from @local
 * @digest: the digest of @data
 * @matches: whether @data is the right block
 * @error: (nullable): why it could not be written
 *
 * The result of redes_download_disk_write() for one block.
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
 * @ref, @unref: hold a reference to @user_data, the download, while a worker has a job of it
 * @get_goal: returns the state that the download wants now
 * @is_unwanted: returns whether the person has removed the download, so that results are ignored
 * @is_done: returns whether the file has its name
 * @describe: sets the fields of the store's entry that are not about the file: link (transfer
 * full), state, message, added_s, seconds
 * @begun: a new file is being made; sources may be connected to
 * @made: the new file is there; blocks may be requested, see redes_download_disk_dup_holding()
 * @resumed: a file from an earlier run is there: @n_kept of its blocks are safe, @n_doubtful are
 * being read and hashed again
 * @noticed: @notice is for the person: the file system does not accept the chosen name, and the
 * notice has the one that the file will get
 * @checking: some of the doubtful blocks were read
 * @checked: all of them were; missing blocks may be requested
 * @found: the file has its name already, @path (transfer full), because of a crash after that step
 * @written: see redes_download_disk_write()
 * @finished: the file has got its name, @path (transfer full) (nullable): %NULL: there is no file
 * @discarded: the file and its records are removed; @is_out_of_reach: the file cannot be reached
 * now, and was left
 * @failed: the file cannot be made, read or written
 * @journal_read: see redes_download_disk_read_journal(); @manifest: (nullable): the journal's, if
 * it can be used; @error: (nullable): another process uses the journal
 *
 * The functions that the disk needs from its download, and its events. All are needed.
 */
typedef struct
{
  void (*ref) (gpointer user_data);
  void (*unref) (gpointer user_data);
  RedesDiskGoal (*get_goal) (gpointer user_data);
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
 * @workers: the threads for disk access and verification
 * @store: (nullable)
 * @keeps_partial_files: whether there is a journal; only without a store
 * @is_stream: whether there is no file: blocks are verified, and written nowhere. Only without a
 *   store and without @keeps_partial_files
 * @folder: the folder of the file; copied
 * @target: (nullable): its exact path there; copied
 * @name: (nullable): the name that the person has chosen; copied. %NULL: the publisher's name
 *
 * The parameters of a disk. @progress, @workers, @store and @clock must outlive it.
 */
typedef struct
{
  RedesDownloadProgress *progress;
  RedesWorkers *workers;
  RedesStore *store;
  const RedesClock *clock;
  gboolean keeps_partial_files;
  gboolean is_stream;
  const char *folder;
  const char *target;
  const char *name;
} RedesDownloadDiskParams;

RedesDownloadDisk *redes_download_disk_new (const RedesDownloadDiskParams *params,
                                            const RedesDownloadDiskMediator *mediator,
                                            gpointer user_data);
/* No job of it may be under way. */
void redes_download_disk_free (RedesDownloadDisk *self);

/* The name that the file will get. The manifest has to be set. Any thread. */
const char *redes_download_disk_get_name (RedesDownloadDisk *self);
/* Whether a later run could go on with the partial file. */
gboolean redes_download_disk_keeps (RedesDownloadDisk *self);
/* Whether a worker has a job of it. */
gboolean redes_download_disk_is_busy (RedesDownloadDisk *self);

/* Begins the next step towards the state that the download wants, unless a job is running. */
void redes_download_disk_advance (RedesDownloadDisk *self);
/* Syncs what was written from time to time; to be called twice a second. */
void redes_download_disk_tick (RedesDownloadDisk *self);
/* To be called when all blocks are there. The remaining steps until the file gets its name begin
 * with redes_download_disk_advance(). */
void redes_download_disk_begin_finish (RedesDownloadDisk *self);

/**
 * redes_download_disk_write:
 * @remote, @data: (nullable): the sender and the bytes
 * @local: (nullable): a shared file with the same content, from which the bytes are read; @remote
 * and
 *   @data are %NULL then
 * @header: the block's header, whose proof has the length that the geometry requires
 *
 * Verifies a block, and writes it if it is the right one. @written of the mediator is called then.
 */
void redes_download_disk_write (RedesDownloadDisk *self,
                                RedesRemote *remote,
                                GBytes *data,
                                RedesHolding *local,
                                const RedesBlockHeader *header);
/* (transfer full): the verified blocks of the partial file, for the library. The file has to exist.
 */
RedesHolding *redes_download_disk_dup_holding (RedesDownloadDisk *self);

/* To be called when the manifest is set: takes over the blocks that the journal has of the content.
 */
void redes_download_disk_take_journal (RedesDownloadDisk *self);
/* Reads the journal, if there may be one that was not read yet. Returns: whether @journal_read will
 * be called */
gboolean redes_download_disk_read_journal (RedesDownloadDisk *self);

/* Writes the download's entry to the store, if there is one. */

void redes_download_disk_persist (RedesDownloadDisk *self);
/* As redes_download_disk_persist(), but returns only when the entry is in the store, for changes
 * that are confirmed to a person. */
void redes_download_disk_persist_sync (RedesDownloadDisk *self);
/* Records a block that was written, and that is doubtful until it is synced. @sender: (nullable) */
void redes_download_disk_note_block (RedesDownloadDisk *self,
                                     const RedesWrittenBlock *block,
                                     const RedesSourceStats *sender);
/* @func is called when all earlier writes to the store are committed; at once without a store. */
void redes_download_disk_when_remembered (RedesDownloadDisk *self,
                                          RedesStoreSettledFunc func,
                                          gpointer user_data);
/* Records in the store that the file is at @path, in @folder under @name: it is added to the
 * history and to the shared files. @seconds: the time that the download was active */
void redes_download_disk_persist_done (RedesDownloadDisk *self,
                                       const char *path,
                                       const char *folder,
                                       const char *name,
                                       gint64 mtime_ns,
                                       gdouble seconds);
/* Removes the records that an earlier download of the same content has left. */
void redes_download_disk_forget (RedesDownloadDisk *self);
/* From now on the store's records of this content belong to another download. */
void redes_download_disk_disown (RedesDownloadDisk *self);
/* Takes over the store's records of the file, its blocks and their senders. If @stored has a
 * manifest, it has to be set before. */
void redes_download_disk_restore (RedesDownloadDisk *self, const RedesStoreTransfer *stored);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/publisher-trust.h"
#include "engine/base/sender.h"
#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesStore:
 *
 * What this peer remembers from run to run: an SQLite database (WAL) in the data folder. The
 * engine's thread reads it while the peer starts, and waits for that; a thread of its own writes
 * it. What is put is queued, and all that is queued goes into one transaction at once; so a call
 * costs nothing, and after kill -9 what was committed is there: all but the last few milliseconds.
 * A transaction that fails (no room, an error of the disk) changes nothing, is kept and tried again
 * every few seconds, and told by @trouble. Whoever lists gets what was put before, unless that
 * cannot be written just then. Belongs to the engine's thread.
 *
 * Damage that shows while it is open is told by @trouble; what is put from then on stays in memory,
 * and the database is rebuilt when it is closed, or opened the next time.
 */
typedef struct _RedesStore RedesStore;

/**
 * RedesStoreTroubleFunc:
 * @notice: (nullable): why nothing can be written now, and what to do; %NULL: it goes again
 *
 * Called in the engine's thread, once a change.
 */
typedef void (*RedesStoreTroubleFunc) (const RedesNotice *notice, gpointer user_data);

/**
 * redes_store_open:
 * @data_dir: where `library.db` is, or is made (mode 0600)
 * @context: where @trouble is called
 * @notice: (out) (nullable) (transfer full): %NULL, or what tells that the database was
 *   damaged and where it was kept: `library.db.damaged-2026-11-24-153000`; a new one is in its
 *   place then, which holds all that could still be read from the old one
 *
 * Brings an older database to today's version, in one transaction. A database of a later version
 * is an error that says so, and is left alone. Blocks. Errors: REDES_LIBRARY_ERROR_DISK.
 */
RedesStore *redes_store_open (const char *data_dir,
                              GMainContext *context,
                              RedesStoreTroubleFunc trouble,
                              gpointer user_data,
                              RedesNotice **notice,
                              GError **error);
/**
 * redes_store_open_to_read:
 *
 * Opens the database for reading alone, also while another process uses it. Nothing may be put into
 * the store. The function blocks. Errors:
 * REDES_LIBRARY_ERROR_NOT_FOUND if nothing has been remembered in @data_dir yet,
 * REDES_LIBRARY_ERROR_DISK.
 */
RedesStore *redes_store_open_to_read (const char *data_dir, GError **error);
/* Writes what is queued (one last try), then closes. @self: (nullable) */
void redes_store_free (RedesStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesStore, redes_store_free)
/* Waits until all that was put before is committed or has failed once. The function is for tests,
 * and for whoever tells others what must outlast a crash. */
void redes_store_flush (RedesStore *self);
/**
 * redes_store_when_settled:
 * @func: called once, in the context that the store was opened with, when all that was put before
 * is committed - or at once while nothing can be written - or when the store is freed
 *
 * The function is for whoever must not get far ahead of what is written.
 */
typedef void (*RedesStoreSettledFunc) (gpointer user_data);
void redes_store_when_settled (RedesStore *self, RedesStoreSettledFunc func, gpointer user_data);

/* What is put between the two calls is committed together or not at all. The calls may be nested.
 */
void redes_store_begin (RedesStore *self);
void redes_store_end (RedesStore *self);

/* The shared paths are kept as the person gave them, and in that order. */
void redes_store_put_root (RedesStore *self, const char *path);
void redes_store_remove_root (RedesStore *self, const char *path);
/* (transfer full) (element-type filename); blocks */
GPtrArray *redes_store_list_roots (RedesStore *self, GError **error);

/**
 * RedesStoreRoot:
 * @path: as it was given
 * @real: (nullable): where it led to, with all links followed; %NULL if that is not known
 * @is_folder: whether a folder was there
 * @is_suspended: it leads elsewhere now, so nothing is shared from it
 * @device, @inode: the folder's, as the system tells them; 0 if they are not known
 *
 * A shared path and what it led to when it was shared.
 */
typedef struct
{
  char *path;
  char *real;
  gboolean is_folder;
  gboolean is_suspended;
  guint64 device;
  guint64 inode;
} RedesStoreRoot;

/* Copies @root; replaces what is known of the same path. */
void redes_store_put_root_place (RedesStore *self, const RedesStoreRoot *root);
/* (transfer full) (element-type RedesStoreRoot): in the order given; blocks */
GPtrArray *redes_store_list_root_places (RedesStore *self, GError **error);

/* An exclusion is a path below a root that the person does not share: a file, or a folder with all
 * that is in it. */
void redes_store_put_exclusion (RedesStore *self, const char *path);
void redes_store_remove_exclusion (RedesStore *self, const char *path);
/* (transfer full) (element-type filename); blocks */
GPtrArray *redes_store_list_exclusions (RedesStore *self, GError **error);

/**
 * RedesStoreOrigin:
 * @REDES_STORE_ORIGIN_SHARED: a person shared it, by its path or by a folder above it
 * @REDES_STORE_ORIGIN_FETCHED: it was downloaded
 * @REDES_STORE_ORIGIN_UNKNOWN: an older program remembered it
 */
typedef enum
{
  REDES_STORE_ORIGIN_SHARED = 0,
  REDES_STORE_ORIGIN_FETCHED = 1,
  REDES_STORE_ORIGIN_UNKNOWN = 2,
} RedesStoreOrigin;

/**
 * RedesStoreFile:
 * @root, @relative: as redes_holding_new_file() takes them
 * @mtime_ns: when it was hashed, in nanoseconds of the Unix epoch
 * @ctime_ns: its change time then, likewise; G_MININT64: not known
 * @inode: its inode then; 0: not known
 * @origin: how it came to be shared
 * @tree: (nullable): with every block known; %NULL for a file of at most one block
 *
 * A file that was hashed and signed. Its size is the manifest's.
 */
typedef struct
{
  const char *root;
  const char *relative;
  gint64 mtime_ns;
  RedesManifest *manifest;
  RedesHashTree *tree;
  gint64 ctime_ns;
  guint64 inode;
  RedesStoreOrigin origin;
} RedesStoreFile;

/* Replaces what is known of the same path. */
void redes_store_put_file (RedesStore *self, const RedesStoreFile *file);
/* @path: root and relative together. */
void redes_store_remove_file (RedesStore *self, const char *path);
/* The file @path, and all files below it if it is a folder; in one step, however many they are. */
void redes_store_remove_files_below (RedesStore *self, const char *path);
/* Calls @func for every file in the order they came; manifest and tree are new objects that it may
 * reference; manifests of one batch share signature and key in memory. Rows that do not make sense
 * are left out and removed. Blocks. */
gboolean redes_store_each_file (RedesStore *self,
                                void (*func) (const RedesStoreFile *file, gpointer user_data),
                                gpointer user_data,
                                GError **error);

/* @manifest is of the list that the shared folder @path has now; it replaces what is known of it.
 */
void redes_store_put_list (RedesStore *self, const char *path, RedesManifest *manifest);
/* Nothing if the folder has got another list since. */
void redes_store_remove_list (RedesStore *self, const char *path, RedesManifest *manifest);
/* Rows that do not make sense are left out and removed. Blocks. */
gboolean
redes_store_each_list (RedesStore *self,
                       void (*func) (const char *path, RedesManifest *manifest, gpointer user_data),
                       gpointer user_data,
                       GError **error);

/**
 * RedesStoreFetched:
 * @path: of the tree
 * @manifest: of the folder
 * @inside: (nullable): only this part of it is there: names apart by `/`
 * @only: (nullable) (array zero-terminated=1): only files that are like one of these patterns
 * @lists: (element-type GBytes): of it and the folders below; each is proven by the one above
 * @trees: (element-type RedesHashTree): complete ones, of files of more than one block
 *
 * A folder that was fetched, whose files are where its lists say.
 */
typedef struct
{
  char *path;
  RedesManifest *manifest;
  char *inside;
  char **only;
  GPtrArray *lists;
  GPtrArray *trees;
} RedesStoreFetched;

/* Copies what it is given; without lists and trees. */
RedesStoreFetched *redes_store_fetched_new (const char *path,
                                            RedesManifest *manifest,
                                            const char *inside,
                                            char *const *only);
void redes_store_fetched_free (gpointer data);

/* @fetched: (transfer full): replaces what is known of the same path */
void redes_store_put_fetched (RedesStore *self, RedesStoreFetched *fetched);
void redes_store_remove_fetched (RedesStore *self, const char *path);
/* (transfer full) (element-type RedesStoreFetched): in the order they came; manifests are signed as
 * they should be, whether the lists belong to them is for the caller to check. Blocks. */
GPtrArray *redes_store_list_fetched (RedesStore *self, GError **error);

typedef enum
{
  REDES_STORE_TRANSFER_RUNNING = 0,
  REDES_STORE_TRANSFER_PAUSED = 1,
  REDES_STORE_TRANSFER_FAILED = 2,
  REDES_STORE_TRANSFER_REMOVED = 3, /* its partial file has to go yet */
} RedesStoreTransferState;

/**
 * RedesStoreTransfer:
 * @content: its key
 * @link: as redes_link_format() writes it
 * @folder: of the partial file
 * @target: (nullable): the exact path wanted
 * @only: (nullable) (array zero-terminated=1): of a folder: only files that are like one of these
 *   patterns
 * @manifest: (nullable): once known
 * @message: (nullable): why it failed
 * @added_s: seconds of the Unix epoch
 * @seconds: spent on it so far
 * @partial_mtime_ns: of the partial file, when it was last recorded; in nanoseconds of the Unix
 *   epoch, 0 if it was not
 * @partial_in_use: it was open for writing then, so a later time within some seconds is our own
 *   doing; with any other, somebody has altered it
 *
 * A download that is not done.
 */
typedef struct
{
  RedesContentId content;
  char *link;
  char *folder;
  char *target;
  char **only;
  RedesManifest *manifest;
  RedesStoreTransferState state;
  RedesNotice *message;
  gint64 added_s;
  gdouble seconds;
  gint64 partial_mtime_ns;
  gboolean partial_in_use;
} RedesStoreTransfer;

void redes_store_transfer_free (RedesStoreTransfer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesStoreTransfer, redes_store_transfer_free)

/* Copies @transfer; replaces what is known of the same content, but not its blocks and sources. */
void redes_store_put_transfer (RedesStore *self, const RedesStoreTransfer *transfer);
/* With its blocks and sources. */
void redes_store_remove_transfer (RedesStore *self, const RedesContentId *content);
/* (transfer full) (element-type RedesStoreTransfer): in the order they were added; blocks */
GPtrArray *redes_store_list_transfers (RedesStore *self, GError **error);

/**
 * RedesStoreBlock:
 * @safe: on disk for certain: the file was synced after it was written. If not, it is in doubt: it
 *   has to be read and checked against @digest before it counts
 * @proof: (array length=n_proof)
 */
typedef struct
{
  guint32 index;
  gboolean safe;
  RedesDigest digest;
  guint n_proof;
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
} RedesStoreBlock;

/* A block of that transfer (which has been put) was verified and written, but not synced: it is in
 * doubt. */
void redes_store_put_block (RedesStore *self,
                            const RedesContentId *content,
                            guint32 index,
                            const RedesDigest *digest,
                            const RedesDigest *proof,
                            guint n_proof);
/* The partial file has been synced since these blocks were put, and had @partial_mtime_ns when it
 * was; both are written together. */
void redes_store_mark_safe (RedesStore *self,
                            const RedesContentId *content,
                            const guint32 *indices,
                            guint n_indices,
                            gint64 partial_mtime_ns);
/* Forgets the block @index, or all blocks (@index -1). */
void redes_store_remove_blocks (RedesStore *self, const RedesContentId *content, gint64 index);
/* Calls @func for each block; @func has to check whether the block's proof leads to the content's
 * root. The function blocks. */
gboolean redes_store_each_block (RedesStore *self,
                                 const RedesContentId *content,
                                 void (*func) (const RedesStoreBlock *block, gpointer user_data),
                                 gpointer user_data,
                                 GError **error);

/* Who has sent blocks of the transfer of @content; replaces what was said of the same peer. */
void
redes_store_put_sender (RedesStore *self, const RedesContentId *content, const RedesSender *sender);
/* (transfer full) (element-type RedesSender): in the order in which they were put; blocks */
GPtrArray *
redes_store_list_senders (RedesStore *self, const RedesContentId *content, GError **error);

/**
 * RedesStoreDownload:
 * @id: the later it ended the higher; 0 in one that is being added
 * @finished_s: seconds of the Unix epoch
 * @seconds: from start to end, pauses left out
 * @senders: (element-type RedesSender)
 *
 * A download that ended well: a line of the history.
 */
typedef struct
{
  gint64 id;
  RedesContentId content;
  char *name;
  char *path;
  guint32 blocks;
  gint64 finished_s;
  gdouble seconds;
  GPtrArray *senders;
} RedesStoreDownload;

void redes_store_download_free (RedesStoreDownload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesStoreDownload, redes_store_download_free)
void redes_store_add_history (RedesStore *self, const RedesStoreDownload *download);
/**
 * redes_store_list_history:
 * @above: only higher ids; 0: from the first on
 * @below: only lower ids; G_MAXINT64: up to the last
 *
 * Returns: (transfer full) (element-type RedesStoreDownload): the latest first; blocks, for about
 *   4 ms a thousand
 */
GPtrArray *redes_store_list_history (
    RedesStore *self, gint64 above, gint64 below, guint max_rows, GError **error);
/* Removes the downloads with @ids, and all whose id is lower than @below (0: none of these). When
 * the latest downloads are removed, their ids may be used again. */
void redes_store_remove_history (RedesStore *self, const gint64 *ids, gsize n_ids, gint64 below);

/* @name: (nullable): the name that the person gave. A publisher that is NEW and has no name is
 * forgotten. */
void redes_store_put_publisher (RedesStore *self,
                                const RedesPeerId *id,
                                const char *name,
                                RedesPublisherTrust trust);
/* Blocks. */
gboolean redes_store_each_publisher (RedesStore *self,
                                     void (*func) (const RedesPeerId *id,
                                                   const char *name,
                                                   RedesPublisherTrust trust,
                                                   gpointer user_data),
                                     gpointer user_data,
                                     GError **error);

G_END_DECLS

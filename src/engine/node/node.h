/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/config.h"
#include "engine/node/items.h"
#include "engine/node/results.h"
#include "engine/node/transfer.h"

G_BEGIN_DECLS

#define REDES_NODE_ERROR (redes_node_error_quark ())
GQuark redes_node_error_quark (void);

/**
 * RedesNodeError:
 * @REDES_NODE_ERROR_NO_TRACKER: a query that needs a tracker, and none is set or none answers
 * @REDES_NODE_ERROR_NOT_FOUND: nobody shares that name
 * @REDES_NODE_ERROR_AMBIGUOUS: several contents have that name
 * @REDES_NODE_ERROR_QUERY: a search without a word in it
 */
typedef enum
{
  REDES_NODE_ERROR_NO_TRACKER,
  REDES_NODE_ERROR_NOT_FOUND,
  REDES_NODE_ERROR_AMBIGUOUS,
  REDES_NODE_ERROR_QUERY,
} RedesNodeError;

#define REDES_TYPE_NODE (redes_node_get_type ())
/**
 * RedesNode:
 *
 * All that a front end needs of the engine: a peer, with a thread of its own. All calls are made in
 * one thread, the front end's, whose thread-default main context gets the answers and signals.
 * Nothing here blocks.
 *
 * Signals:
 * - `listening (node, const char *address)`: this peer can be reached; not without
 * RedesConfig.listen
 * - `tracker-changed (node, RedesTrackerItem *tracker)`: registered, lost, waiting to try again
 * - `shared (node, RedesSharedItem *item)`: a file can be fetched from now on
 * - `share-skipped (node, const char *path, const GError *error)`
 * - `withdrawn (node, RedesSharedItem *item, RedesNotice *reason)`: a file cannot be fetched any
 * more;
 *   @reason is %NULL when redes_node_unshare() did it, else why; it has left the shares
 * - `hashing (node, guint64 bytes_done, guint64 bytes_total, guint files_done, guint files_total,
 *   double seconds_left, gboolean paused)`: how far, a few times a second; see RedesHashingProgress
 * - `transfer-resumed (node, RedesTransfer *transfer, guint kept, guint doubtful)`: a download of
 * an earlier run: blocks that are safe, and blocks that are read again
 * - `transfer-removed (node, RedesTransfer *transfer)`: it has left the transfers
 * - `notice (node, RedesNotice *notice)`: trouble with what this peer remembers, and what was done
 * - `connected (node)`: it talks with another peer, after a while with none
 * - `sharing-idle (node)`: nothing is left to scan or hash
 * - `transfer-changed (node, RedesTransfer *transfer)`: any change of any transfer
 * - `block-rejected (node, const char *peer_hex, const char *address, gint64 block, const char
 * *reason, RedesTransfer *transfer)`: a peer sent what it must not: a block that does not verify
 * (@block is its index), or anything else (@block is -1,
 *   @transfer may be %NULL); @reason is a violation's name with words: "wrong-block: …"
 * - `found`, `lost`: see node-lan.h
 */
G_DECLARE_FINAL_TYPE (RedesNode, redes_node, REDES, NODE, GObject)

/* @config: copied. */
RedesNode *redes_node_new (const RedesConfig *config);

/* Loads the identity, opens the port, connects to the trackers. Errors say what to do. */
void redes_node_start_async (RedesNode *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean redes_node_start_finish (RedesNode *self, GAsyncResult *result, GError **error);

/* Leaves the trackers (UNREGISTER), closes every connection, ends the thread; at most about half a
 * second. To be called before the last reference goes. */
void redes_node_stop_async (RedesNode *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean redes_node_stop_finish (RedesNode *self, GAsyncResult *result, GError **error);

/* (nullable): once started */
const RedesPeerId *redes_node_get_peer_id (RedesNode *self);
/* (nullable): "127.0.0.1:40001", once listening */
const char *redes_node_get_address (RedesNode *self);

/* Shares a file or a folder with all in it; answers by signals. */
void redes_node_share (RedesNode *self, const char *path);

/* Ends the sharing of a file, or of all below a folder; their files stay. */
void redes_node_unshare (RedesNode *self, const char *path);
void redes_node_set_hashing_paused (RedesNode *self, gboolean paused);

/* (transfer none): of RedesSharedItem, RedesTransfer, RedesTrackerItem */
GListModel *redes_node_get_shares (RedesNode *self);
GListModel *redes_node_get_transfers (RedesNode *self);
GListModel *redes_node_get_trackers (RedesNode *self);

/**
 * redes_node_search_async:
 * @words: as typed
 * @n_rows: at most so many of each that is asked, 1 to REDES_NODE_MAX_RESULTS; the first 200 come
 *   in one answer, all others 200 by 200
 *
 * Asks every tracker at once, and the peers around, and merges the answers by content. While the
 * first connection to a tracker is being made it is waited for, for at most 10 s.
 */
void redes_node_search_async (RedesNode *self,
                              const char *words,
                              guint n_rows,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/**
 * redes_node_search_finish:
 * @n_asked: (out) (optional): trackers asked
 * @n_answered: (out) (optional): trackers that answered
 *
 * Returns: (transfer full): a RedesResults, perhaps empty; %NULL if nobody answered
 */
GListModel *redes_node_search_finish (
    RedesNode *self, GAsyncResult *result, guint *n_asked, guint *n_answered, GError **error);
/* Of a search that has finished: how many peers were asked directly, and answered. */
void redes_node_search_get_peers (GAsyncResult *result, guint *n_asked, guint *n_answered);

/**
 * redes_node_search_more_async:
 * @results: of a search; one call for it at a time
 * @n_rows: as for redes_node_search_async()
 *
 * Asks those who are there now for the rows that come next, and appends what is new to @results.
 * Each answers as of the moment: what comes and goes meanwhile may be missed, but nothing comes
 * twice. After an error, or when it was cancelled, @results is as it was.
 */
void redes_node_search_more_async (RedesNode *self,
                                   RedesResults *results,
                                   guint n_rows,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean redes_node_search_more_finish (RedesNode *self, GAsyncResult *result, GError **error);

/* The active peers, from every tracker and those around, each once; each says how it was found.
 * (transfer full), of RedesPeerItem. */
void redes_node_list_peers_async (RedesNode *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GListModel *redes_node_list_peers_finish (RedesNode *self, GAsyncResult *result, GError **error);
/* (array zero-terminated=1): `HOST:PORT` of the peers that trackers of the original system list,
 * who have proven nothing and are none of the above. After redes_node_list_peers_finish(), and
 * valid as long as @result. */
const char *const *redes_node_list_peers_get_guests (GAsyncResult *result);

/**
 * redes_node_find_async:
 * @name_or_link: a `redes:` link, or a file's exact name
 *
 * Turns what a person typed into a link. A name that several contents have is an error that lists
 * them.
 */
void redes_node_find_async (RedesNode *self,
                            const char *name_or_link,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
RedesLink *redes_node_find_finish (RedesNode *self, GAsyncResult *result, GError **error);

/* Whether the file at @path is what @link stands for, byte for byte. Reads all of it: it blocks, in
 * any thread. @cancellable: (nullable) */
gboolean
redes_node_compare_file (const RedesLink *link, const char *path, GCancellable *cancellable);

/**
 * redes_node_download:
 * @link: its trackers are used too
 * @target: (nullable): the exact path wanted; %NULL = the download folder, under the link's name
 * made safe, or the manifest's where the link has none
 *
 * A content that is being downloaded already gives the same transfer again. One that was downloaded
 * to that very place before, and lies there as it was left, is done at once
 * (redes_transfer_was_there()).
 *
 * Returns: (transfer full)
 */
RedesTransfer *redes_node_download (RedesNode *self, const RedesLink *link, const char *target);
/**
 * redes_node_download_folder:
 * @link: of a folder
 * @target: (nullable): as above, of the folder
 * @only: (nullable) (array zero-terminated=1): only files whose name, or path below the folder, is
 *   like one of these patterns (`*`, `?`); one that begins with `/` is no pattern but the path
 *   itself, of a file, or with a `/` behind it of a folder with all in it
 * @is_list: only its lists are fetched, and nothing is written: redes_transfer_get_tree()
 *
 * Returns: (transfer full)
 */
RedesTransfer *redes_node_download_folder (RedesNode *self,
                                           const RedesLink *link,
                                           const char *target,
                                           const char *const *only,
                                           gboolean is_list);
/**
 * redes_node_list_folder:
 * @link: of a folder
 *
 * Fetches the lists of a folder and nothing else, whether the folder is being downloaded or not.
 * The transfer is not among redes_node_get_transfers(), and no signal of the node tells of it:
 * #RedesTransfer::changed does. DONE: redes_transfer_get_tree(). Whoever has seen enough calls
 * redes_node_remove(), at any time. Each call is a listing of its own, but one folder is listed
 * once at a time: the one before ends as FAILED.
 *
 * Returns: (transfer full)
 */
RedesTransfer *redes_node_list_folder (RedesNode *self, const RedesLink *link);

/**
 * redes_node_accept_publisher:
 * @publisher: for instance the one of redes_transfer_get_other_publisher()
 *
 * The person agrees to what @publisher has signed, instead of the publisher that the transfer's
 * link names: the link names @publisher from now on, also over a restart, and the transfer goes on.
 * Without effect once a manifest was taken.
 */
void redes_node_accept_publisher (RedesNode *self,
                                  RedesTransfer *transfer,
                                  const RedesPeerId *publisher);

/**
 * redes_node_stream:
 *
 * Downloads a file that is only to be read by redes_node_read_async(), from its beginning to its
 * end: nothing is written to the disk, and others get nothing of it from here. What is fetched
 * keeps less than 32 MiB ahead of who reads.
 *
 * Returns: (transfer full): a transfer like others; DONE when all of it was fetched, though not yet
 *   read
 */
RedesTransfer *redes_node_stream (RedesNode *self, const RedesLink *link);
/**
 * redes_node_read_async:
 * @transfer: a file that is being downloaded, or was by redes_node_stream()
 * @offset: in bytes; below the file's size, 0 or where what was read before ends
 *
 * Waits for the bytes at @offset, which are fetched before all others. One question at a time of
 * each transfer.
 */
void redes_node_read_async (RedesNode *self,
                            RedesTransfer *transfer,
                            guint64 offset,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/* (transfer full): 1 byte or more, verified; all of one block. Errors: those of the engine, if the
 * transfer ends. */
GBytes *redes_node_read_finish (RedesNode *self, GAsyncResult *result, GError **error);

/**
 * redes_node_open_stream_async:
 * @transfer: a file that is being downloaded, or is paused
 *
 * Asks for an address from which programs of this machine can read the file while it is being
 * downloaded, from any place in it: what they read is fetched before all else.
 */
void redes_node_open_stream_async (RedesNode *self,
                                   RedesTransfer *transfer,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* (transfer full): `http://127.0.0.1:PORT/…`, valid until the transfer is removed or the node
 * stops. Errors: it is not being downloaded (any more), or this Redes was built without libsoup. */
char *redes_node_open_stream_finish (RedesNode *self, GAsyncResult *result, GError **error);

/* Stops a transfer until redes_node_resume(), also over a restart. */
void redes_node_pause (RedesNode *self, RedesTransfer *transfer);
/* Goes on with one that is paused, or has failed. */
void redes_node_resume (RedesNode *self, RedesTransfer *transfer);
/* Stops a transfer and removes its partial file; one that is done or failed only leaves the list.
 * It ends as FAILED, unless DONE, and leaves the transfers: `transfer-removed`. */
void redes_node_remove (RedesNode *self, RedesTransfer *transfer);

/**
 * RedesCacheStats:
 * @hits: blocks that were handed out from memory
 * @misses: blocks that had to be read from the disk
 * @evictions: blocks that left to make room
 * @bytes: held now
 * @budget_bytes: as many may be held
 * @blocks: held now
 *
 * What the memory between disk and upload has spared since the start.
 */
typedef struct
{
  guint64 hits;
  guint64 misses;
  guint64 evictions;
  gsize bytes;
  gsize budget_bytes;
  guint blocks;
} RedesCacheStats;

void redes_node_get_cache_stats_async (RedesNode *self,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean redes_node_get_cache_stats_finish (RedesNode *self,
                                            GAsyncResult *result,
                                            RedesCacheStats *out,
                                            GError **error);

G_END_DECLS

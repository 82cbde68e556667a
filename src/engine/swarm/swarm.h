/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/cache/block-cache.h"
#include "engine/content/link.h"
#include "engine/library/library.h"
#include "engine/net/channel.h"
#include "engine/swarm/download.h"
#include "engine/swarm/folder-download.h"
#include "engine/swarm/peer-rpc.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/protocol-violation.h"

G_BEGIN_DECLS

/**
 * RedesSwarm:
 *
 * All that goes on between this peer and others: sessions by peer id, downloads, uploads. Belongs
 * to the engine's thread.
 */

/**
 * RedesSwarmEvents:
 * @want_sources: who has this content? The answer is redes_swarm_offer_source() for each one, then
 *   redes_download_query_answered()
 * @download_changed: @at_once: its state changed, rather than only its numbers
 * @download_resumed: its partial file was found: @n_kept blocks are safe, @n_doubtful are being
 * read again
 * @want_folder_sources, @folder_changed, @folder_resumed: the same for a folder; the answer is
 *   redes_swarm_offer_folder_source(), then redes_folder_download_query_answered()
 * @noticed: something that the person should know, see RedesDownloadDiskMediator
 * @violation: a peer broke a rule. @block: the block's index, or -1; @download: (nullable);
 * @reason: "wrong-block: words"
 * @met: (nullable): a session is ready: TLS has shown who is there
 * @parted: (nullable): the other side has ended the one session with it
 * @query: (nullable): @session asks one of RedesPeerRpc's queries; the answer is
 *   redes_peer_rpc_answer() or redes_peer_rpc_refuse(), once. Returns: what it cost, see
 *   RedesPeerRpcMediator.query
 */
typedef struct
{
  void (*want_sources) (RedesDownload *download, gpointer user_data);
  void (*download_changed) (RedesDownload *download, gboolean at_once, gpointer user_data);
  void (*download_resumed) (RedesDownload *download,
                            guint32 n_kept,
                            guint32 n_doubtful,
                            gpointer user_data);
  void (*want_folder_sources) (RedesFolderDownload *download, gpointer user_data);
  void (*folder_changed) (RedesFolderDownload *download, gboolean at_once, gpointer user_data);
  void (*folder_resumed) (RedesFolderDownload *download, guint n_files, gpointer user_data);
  void (*noticed) (const RedesNotice *notice, gpointer user_data);
  void (*violation) (const RedesPeerId *peer,
                     const char *address,
                     gint64 block,
                     const char *reason,
                     RedesDownload *download,
                     gpointer user_data);
  void (*met) (RedesPeerSession *session, gpointer user_data);
  void (*parted) (const RedesPeerId *id, gpointer user_data);
  guint (*query) (RedesPeerSession *session, const RedesMessage *query, gpointer user_data);
} RedesSwarmEvents;

/**
 * RedesSwarmParams:
 * @workers: for disk and verification
 * @store: (nullable): downloads are remembered there, and outlast the swarm
 * @clock: (nullable): %NULL: the system's. What its deadlines, and those of its parts, follow
 * @listen_host: (nullable): where this peer listens, see redes_dial_from_async(); copied
 * @keeps_partial_files: see RedesConfig
 * @patience_s: see RedesConfig; 0 = for ever
 * @max_folder_entries: see RedesConfig
 *
 * What a swarm stands on; all but @identity is borrowed and must outlive it.
 */
typedef struct
{
  RedesIdentity *identity;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesWorkers *workers;
  RedesStore *store;
  const RedesClock *clock;
  const char *nickname;
  const char *listen_host;
  guint16 port;
  gboolean keeps_partial_files;
  guint patience_s;
  guint64 max_folder_entries;
  guint64 max_up_bytes_per_s;
  guint64 max_down_bytes_per_s;
} RedesSwarmParams;

RedesSwarm *redes_swarm_new (const RedesSwarmParams *params,
                             const RedesSwarmEvents *events,
                             gpointer user_data);
/* Ends all sessions and downloads. With a store, what they have is kept for the next run; without,
 * their unfinished files are removed, unless they are to be kept. Both by jobs
 * that the workers still have to run. No event
 * comes any more. */
void redes_swarm_free (RedesSwarm *self);

/* Takes a connection that the listener accepted. */
void redes_swarm_accept (RedesSwarm *self, GSocketConnection *connection);

/**
 * redes_swarm_download:
 * @id: the caller's number for it
 * @folder: where the file goes
 * @target: (nullable): its exact path there, instead of the manifest's name made safe
 *
 * Returns: (transfer none): lives until it is over and redes_swarm_forget() is called; a content
 * that is being downloaded already gives the same one
 */
RedesDownload *redes_swarm_download (
    RedesSwarm *self, guint id, const RedesLink *link, const char *folder, const char *target);
/**
 * redes_swarm_stream:
 *
 * Downloads what @link names for readers alone, see RedesDownloadParams. A content that is being
 * downloaded already gives that download.
 *
 * Returns: (transfer none): as redes_swarm_download()
 */
RedesDownload *redes_swarm_stream (RedesSwarm *self, guint id, const RedesLink *link);
/**
 * redes_swarm_restore:
 *
 * Goes on with a download that the store remembers: running, paused or failed, as it was. Its
 * partial file is looked at by a worker, which then tells by @download_resumed.
 *
 * Returns: (transfer none): as redes_swarm_download()
 */
RedesDownload *redes_swarm_restore (RedesSwarm *self, guint id, const RedesStoreTransfer *stored);
void redes_swarm_forget (RedesSwarm *self, RedesDownload *download);

/**
 * redes_swarm_download_folder:
 * @link: of a folder
 * @choice: (nullable): what of it is wanted
 *
 * Returns: (transfer none): as redes_swarm_download(); lives until redes_swarm_forget_folder()
 */
RedesFolderDownload *redes_swarm_download_folder (RedesSwarm *self,
                                                  guint id,
                                                  const RedesLink *link,
                                                  const char *folder,
                                                  const char *target,
                                                  const RedesFolderChoice *choice);
/* (nullable) (transfer none): as redes_swarm_restore(); begins by redes_folder_download_start(). */
RedesFolderDownload *
redes_swarm_restore_folder (RedesSwarm *self, guint id, const RedesStoreTransfer *stored);
/* What earlier runs have fetched is handed out again; blocks while the store is read. Errors: the
 * store's. */
gboolean redes_swarm_restore_fetched (RedesSwarm *self, GError **error);
void redes_swarm_forget_folder (RedesSwarm *self, RedesFolderDownload *download);
void redes_swarm_offer_folder_source (RedesSwarm *self,
                                      RedesFolderDownload *download,
                                      const RedesPeerId *id,
                                      const char *host,
                                      guint16 port);

/* @host, @port: where peer @id listens, as a tracker says. */
void redes_swarm_offer_source (RedesSwarm *self,
                               RedesDownload *download,
                               const RedesPeerId *id,
                               const char *host,
                               guint16 port);

void
redes_swarm_set_limits (RedesSwarm *self, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s);

/* The network has changed: downloads that wait for a source look for one at once. */
void redes_swarm_try_again_now (RedesSwarm *self);

guint redes_swarm_get_n_sessions (RedesSwarm *self);
/* (transfer container) (element-type RedesPeerSession): those that are ready */
GPtrArray *redes_swarm_list_sessions (RedesSwarm *self);

/* What sessions made from now on say of this peer. */
void redes_swarm_set_hello (RedesSwarm *self, const char *nickname, guint16 port);

/* (nullable): the session with @id, if there is one that is ready */
RedesPeerSession *redes_swarm_find_session (RedesSwarm *self, const RedesPeerId *id);
RedesPeerRpc *redes_swarm_get_rpc (RedesSwarm *self);
/* What passes through them is what this peer sends and receives in all. */
RedesThrottle *redes_swarm_get_up (RedesSwarm *self);
RedesThrottle *redes_swarm_get_down (RedesSwarm *self);

/* Takes a connection that this peer has made, to @expected. Returns: (transfer none) */
RedesPeerSession *redes_swarm_take_connection (RedesSwarm *self,
                                               GSocketConnection *connection,
                                               const RedesPeerId *expected);
/* Ends the sessions that nobody wants anything of, and that have been silent for half a minute; it
 * comes by itself every half minute. */
void redes_swarm_sweep (RedesSwarm *self);

G_END_DECLS

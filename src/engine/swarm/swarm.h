/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cache/block-cache.h"
#include "engine/content/link.h"
#include "engine/library/library.h"
#include "engine/net/channel.h"
#include "engine/swarm/dialer.h"
#include "engine/swarm/download.h"
#include "engine/swarm/uploader.h"

G_BEGIN_DECLS

#define REDES_SWARM_ERROR (redes_swarm_error_quark ())
GQuark redes_swarm_error_quark (void);

/**
 * RedesSwarmError:
 * @REDES_SWARM_ERROR_WRONG_BLOCK: a block that does not lead to the content's root by its proof
 * @REDES_SWARM_ERROR_WRONG_MANIFEST: a manifest that is malformed, of another content, or not
 * signed by its publisher
 * @REDES_SWARM_ERROR_SILENT: asked, and nothing came: no violation, but the end of its connection
 *
 * Violations of a peer beyond those of the wire.
 */
typedef enum
{
  REDES_SWARM_ERROR_WRONG_BLOCK,
  REDES_SWARM_ERROR_WRONG_MANIFEST,
  REDES_SWARM_ERROR_SILENT,
} RedesSwarmError;

/**
 * RedesSwarm:
 *
 * All that goes on between this peer and others: sessions by peer id, downloads, uploads. Belongs
 * to the engine's thread.
 */

/**
 * RedesSwarmEvents:
 * @want_sources: who has this content? The answer is redes_swarm_offer_source() for each one, then
 *   redes_download_sources_answered()
 * @download_changed: @at_once: its state changed, rather than only its numbers
 * @download_resumed: its partial file was found: @n_kept blocks are safe, @n_doubtful are being
 * read again
 * @violation: a peer broke a rule. @block: the block's index, or -1; @download: (nullable);
 * @reason: "wrong-block: words"
 * @met: (nullable): a session is ready: TLS has shown who is there
 * @parted: (nullable): the other side has ended the one session with it
 * @query: (nullable): @session asks one of RedesPeerRpc's queries; the answer is
 *   redes_peer_rpc_answer() or redes_peer_rpc_refuse(), once
 */
typedef struct
{
  void (*want_sources) (RedesDownload *download, gpointer user_data);
  void (*download_changed) (RedesDownload *download, gboolean at_once, gpointer user_data);
  void (*download_resumed) (RedesDownload *download,
                            guint32 n_kept,
                            guint32 n_doubtful,
                            gpointer user_data);
  void (*violation) (const RedesPeerId *peer,
                     const char *address,
                     gint64 block,
                     const char *reason,
                     RedesDownload *download,
                     gpointer user_data);
  void (*met) (RedesPeerSession *session, gpointer user_data);
  void (*parted) (const RedesPeerId *id, gpointer user_data);
  void (*query) (RedesPeerSession *session,
                 RedesMessageType type,
                 GVariant *body,
                 gpointer user_data);
} RedesSwarmEvents;

/**
 * RedesSwarmParams:
 * @workers: for disk and verification
 * @store: (nullable): downloads are remembered there, and outlast the swarm
 * @listen_host: (nullable): where this peer listens, see redes_dial_from_async(); copied
 * @keeps_partial_files: see RedesConfig
 * @patience_s: see RedesConfig; 0 = for ever
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
  const char *nickname;
  const char *listen_host;
  guint16 port;
  gboolean keeps_partial_files;
  guint patience_s;
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
 * redes_swarm_restore:
 *
 * Goes on with a download that the store remembers: running, paused or failed, as it was. Its
 * partial file is looked at by a worker, which then tells by @download_resumed.
 *
 * Returns: (transfer none): as redes_swarm_download()
 */
RedesDownload *redes_swarm_restore (RedesSwarm *self, guint id, const RedesStoreTransfer *stored);
void redes_swarm_forget (RedesSwarm *self, RedesDownload *download);

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

/* For the other files of this module. */

/* A download's jobs may outlast the swarm's end. */
RedesSwarm *redes_swarm_ref (RedesSwarm *self);
void redes_swarm_unref (RedesSwarm *self);

RedesIdentity *redes_swarm_get_identity (RedesSwarm *self);
RedesLibrary *redes_swarm_get_library (RedesSwarm *self);
RedesBlockCache *redes_swarm_get_cache (RedesSwarm *self);
RedesWorkers *redes_swarm_get_workers (RedesSwarm *self);
/* (nullable) */
RedesStore *redes_swarm_get_store (RedesSwarm *self);
RedesUploader *redes_swarm_get_uploader (RedesSwarm *self);
RedesSignatureMemo *redes_swarm_get_memo (RedesSwarm *self);
const RedesHello *redes_swarm_get_hello (RedesSwarm *self);
RedesPeerRpc *redes_swarm_get_rpc (RedesSwarm *self);
RedesDialer *redes_swarm_get_dialer (RedesSwarm *self);
/* (nullable): a ready one */
RedesPeerSession *redes_swarm_find_session (RedesSwarm *self, const RedesPeerId *id);
/* %FALSE: it broke the rules a short while ago, or is this peer itself. */
gboolean redes_swarm_may_meet (RedesSwarm *self, const RedesPeerId *id);
/* @session has asked something beyond blocks. Returns: whether there is anybody to answer. */
gboolean redes_swarm_take_query (RedesSwarm *self,
                                 RedesPeerSession *session,
                                 RedesMessageType type,
                                 GVariant *body);
RedesThrottle *redes_swarm_get_up (RedesSwarm *self);
RedesThrottle *redes_swarm_get_down (RedesSwarm *self);
guint redes_swarm_get_patience_s (RedesSwarm *self);
gboolean redes_swarm_keeps_partial_files (RedesSwarm *self);

/* Memory for messages that have not come whole yet. */
RedesBudget *redes_swarm_get_receive (RedesSwarm *self);

/* Somebody asked, or was served, in @session: it is not the first to make room for others. */
void redes_swarm_note_activity (RedesSwarm *self, RedesPeerSession *session);
/* @session ends: its place among those that others made is free. */
void redes_swarm_free_place (RedesSwarm *self, RedesPeerSession *session);
/* A session that was just made; takes the reference. */
void redes_swarm_take_session (RedesSwarm *self, RedesPeerSession *session);
/* A session is done with HELLO, or has come to its end (@error). */
void redes_swarm_session_ready (RedesSwarm *self, RedesPeerSession *session);
void redes_swarm_session_closed (RedesSwarm *self, RedesPeerSession *session, const GError *error);
/* Tells of an violation without ending the session. */
void redes_swarm_report (RedesSwarm *self,
                         RedesPeerSession *session,
                         gint64 block,
                         const GError *error,
                         RedesDownload *download);
/* @session wants @content from us: it may have some of it, too. */
void redes_swarm_notice_interest (RedesSwarm *self,
                                  RedesPeerSession *session,
                                  const RedesContentId *content);
/* Tells those interested that we have got a block. Returns: whether there was anybody. */
gboolean
redes_swarm_announce_block (RedesSwarm *self, const RedesContentId *content, guint32 index);
/* It wants one of the places for downloads that run. */
void redes_swarm_enqueue (RedesSwarm *self, RedesDownload *download);
gboolean redes_swarm_is_ended (RedesSwarm *self);
void redes_swarm_want_sources (RedesSwarm *self, RedesDownload *download);
/* Whether a download may ask sooner than usual; it counts as asked then. However many starve, a few
 * a second. */
gboolean redes_swarm_may_hurry (RedesSwarm *self, gint64 now_us);
void redes_swarm_download_resumed (RedesSwarm *self,
                                   RedesDownload *download,
                                   guint32 n_kept,
                                   guint32 n_doubtful);
void redes_swarm_download_changed (RedesSwarm *self, RedesDownload *download, gboolean at_once);
/* Bytes that wait to be verified and written: above a limit no session is read from. */
void redes_swarm_add_unwritten (RedesSwarm *self, gssize bytes);

G_END_DECLS

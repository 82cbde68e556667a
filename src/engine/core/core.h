/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/library/store.h"
#include "engine/classic/peer.h"
#include "engine/base/config.h"
#include "engine/lookup/lookup.h"
#include "engine/lookup/peer-finder.h"
#include "engine/base/transfer-snapshot.h"
#include "engine/swarm/swarm.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesCore:
 *
 * The node's inside, in the engine's thread: puts identity, library, cache, swarm and tracker
 * clients together and lets them work for each other. RedesNode is its outside.
 */
typedef struct _RedesCore RedesCore;

/* All called in the engine's thread. */
typedef struct
{
  void (*tracker_changed) (const char *address,
                           RedesTrackerState state,
                           const RedesNotice *reason,
                           gpointer user_data);
  void (*shared) (RedesHolding *holding, gpointer user_data);
  void (*withdrawn) (RedesHolding *holding, const RedesNotice *reason, gpointer user_data);
  void (*hashing) (const RedesHashingProgress *progress, gpointer user_data);
  void (*skipped) (const char *path, const GError *error, gpointer user_data);
  void (*idle) (gpointer user_data);
  /* @snapshot: (transfer full) */
  void (*transfer_changed) (RedesTransferSnapshot *snapshot, gpointer user_data);
  /* A download of an earlier run is there again. @snapshot: (transfer full) */
  void (*transfer_restored) (const RedesLink *link,
                             RedesTransferSnapshot *snapshot,
                             gpointer user_data);
  void (*transfer_resumed) (guint transfer_id,
                            guint32 n_kept,
                            guint32 n_doubtful,
                            gpointer user_data);
  void (*transfer_removed) (guint transfer_id, gpointer user_data);
  /* @peer: (nullable); @transfer_id: 0 if it has to do with none */
  void (*violation) (const RedesPeerId *peer,
                     const char *address,
                     gint64 block,
                     const char *reason,
                     guint transfer_id,
                     gpointer user_data);
  /* Trouble with what this peer remembers, and what was done about it. */
  void (*notice) (const RedesNotice *notice, gpointer user_data);
  /* One that is remembered; while starting. @name: (nullable) */
  void (*publisher) (const RedesPeerId *id,
                     const char *name,
                     RedesPublisherTrust trust,
                     gpointer user_data);
  /* It talks with somebody, after a while with nobody. */
  void (*connected) (gpointer user_data);
  /* A tracker that was found is not used any more. */
  void (*tracker_dropped) (const char *address, gpointer user_data);
  /* As those of RedesClassicPeerEvents. */
  void (*classic_tracker_changed) (const char *address,
                                   RedesTrackerState state,
                                   const RedesNotice *reason,
                                   gboolean found,
                                   gpointer user_data);
  void (*classic_tracker_dropped) (const char *address, gpointer user_data);
  void (*found) (const RedesSighting *sighting, gpointer user_data);
  void (*lost) (const RedesSighting *sighting, gpointer user_data);
} RedesCoreEvents;

/* Transfers of an earlier run have numbers from here on; the front end counts from 1. */
#define REDES_CORE_FIRST_RESTORED_ID (1u << 31)

/* Blocks while the identity is loaded or made, and the store is opened. */
RedesCore *redes_core_new (const RedesConfig *config,
                           const RedesCoreEvents *events,
                           gpointer user_data,
                           GError **error);
/* Shares and fetches again what the run before did; once, after what its events go to is ready.
 * Blocks while the store is read: about 0.2 s for 100,000 files. */
void redes_core_restore (RedesCore *self);
/* Leaves the trackers and ends everything; at most about half a second. */
void redes_core_free (RedesCore *self);

const RedesPeerId *redes_core_get_peer_id (RedesCore *self);
/* (nullable): when it does not listen */
const char *redes_core_get_address (RedesCore *self);

void redes_core_share (RedesCore *self, const char *path);
void redes_core_unshare (RedesCore *self, const char *path);
void redes_core_set_hashing_paused (RedesCore *self, gboolean paused);
void redes_core_download (RedesCore *self,
                          guint transfer_id,
                          const RedesLink *link,
                          const char *folder,
                          const char *target);
/* See redes_node_accept_publisher(). */
void redes_core_accept_publisher (RedesCore *self, guint transfer_id, const RedesPeerId *publisher);
void redes_core_pause (RedesCore *self, guint transfer_id);
void redes_core_resume (RedesCore *self, guint transfer_id);
/* Ends with @transfer_removed. */
void redes_core_remove (RedesCore *self, guint transfer_id);
/* As redes_store_list_history() and redes_store_remove_history(). @ids: of gint64 */
GPtrArray *redes_core_list_history (
    RedesCore *self, gint64 above, gint64 below, guint max_rows, GError **error);
void redes_core_remove_history (RedesCore *self, GArray *ids, gint64 below);
/* From original peers, into @folder's own for such. */
void redes_core_download_unsigned (RedesCore *self,
                                   guint transfer_id,
                                   const RedesClassicFile *file,
                                   const char *folder);
void redes_core_get_cache_stats (RedesCore *self, RedesBlockCacheStats *out);

/**
 * redes_core_configure:
 * @config: what is wanted from now on; copied
 *
 * Compares @config with what was wanted before and tells those concerned: parts that do not care of
 * what has changed do not notice. What RedesConfig says is read at the start only waits for the
 * next start; malformed trackers are passed over.
 *
 * Returns: %FALSE if the port cannot be opened: the one before is kept, everything else is done
 */
gboolean redes_core_configure (RedesCore *self, const RedesConfig *config, GError **error);
/* What a blocked publisher signed is not fetched any more. @name: (nullable) */
void redes_core_set_publisher (RedesCore *self,
                               const RedesPeerId *id,
                               const char *name,
                               RedesPublisherTrust trust);

/* core-peers.c */

/* Whether all of @content is here and shared. */
gboolean redes_core_holds (RedesCore *self, const RedesContentId *content);

/* News of that transfer come with its blocks from now on, the first at once; 0: of none. */
void redes_core_watch_blocks (RedesCore *self, guint transfer_id);

/**
 * RedesPeerStatus:
 * @address: where it listens, or came from
 * @connected: whether there is a session with it now
 * @by_them: whether they made that
 * @bytes_in, @bytes_out: of that session, with all overhead
 *
 * What is known of a peer at one moment.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  char *address;
  guint how; /* of RedesPeerOrigin: who else says that it is there */
  gboolean connected;
  gboolean by_them;
  guint64 bytes_in;
  guint64 bytes_out;
} RedesPeerStatus;

void redes_peer_status_free (gpointer data);

/* (transfer full) (element-type RedesPeerStatus): those that there is a session with */
GPtrArray *redes_core_list_sessions (RedesCore *self);

/* What passes now, in bytes a second, with all overhead, and to how many peers something goes. */
void redes_core_get_flow (RedesCore *self, gdouble *up, gdouble *down, guint *n_sessions);

/* The network may have changed. */
void redes_core_refresh_lan (RedesCore *self);
/* The network has changed: trackers and sources that were out of reach are tried at once. */
void redes_core_try_again_now (RedesCore *self);

/* (transfer none): who has what, and who is there, is asked here. */
RedesLookup *redes_core_get_lookup (RedesCore *self);

G_END_DECLS

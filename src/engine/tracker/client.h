/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/endpoint.h"
#include "engine/base/tracker-state.h"
#include "engine/content/manifest.h"
#include "engine/tracker/directory.h"
#include "engine/tracker/error.h"
#include "engine/tracker/queries.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTrackerClient:
 *
 * A lasting connection to one tracker: it registers this peer and its files, sends heartbeats and
 * queries. A connection that breaks is made again after 0.25 s, then 0.5, 1, 2, 4, and every 5 s
 * (each with some jitter), and all files are registered anew. A client belongs to the main context
 * that was the thread's default when it was made, and to that thread.
 */
typedef struct _RedesTrackerClient RedesTrackerClient;

/**
 * RedesTrackerClientParams:
 * @address: `HOST:PORT`, or `HOST:PORT#PEERID` with the id that the tracker must have
 * @expected: (nullable): the id that the tracker must have, if @address does not say it
 * @clock: (nullable) (transfer none): says when a heartbeat is due and what is silent for too
 *   long; %NULL: the system's
 * @nickname: this peer's
 * @listen_host: (nullable): where this peer listens, see redes_dial_from_async()
 * @port: where this peer listens
 * @register_peer: whether this peer is registered; %FALSE: the client only asks
 * @heartbeat_s: the time between two heartbeats, in seconds; 0: REDES_TRACKER_HEARTBEAT_S
 * @list_files: (scope): the files to register, called at each new connection;
 *   returns (transfer full) (element-type RedesManifest)
 * @reach_told: (nullable): whether the tracker could connect to this peer's port, at the address
 *   that it sees and tells others; once for each connection, if the tracker tries that
 * @state_changed: @error is set for WAITING, and for REGISTERED if the tracker does not take all
 *   files
 */
typedef struct
{
  const RedesClock *clock;
  RedesIdentity *identity;
  const char *address;
  const RedesPeerId *expected;
  const char *nickname;
  const char *listen_host;
  guint16 port;
  gboolean register_peer;
  guint heartbeat_s;
  GPtrArray *(*list_files) (gpointer user_data);
  void (*state_changed) (RedesTrackerClient *client,
                         RedesTrackerState state,
                         const GError *error,
                         gpointer user_data);
  void (*reach_told) (RedesTrackerClient *client,
                      gboolean reachable,
                      const char *host,
                      guint16 port,
                      gpointer user_data);
  gpointer user_data;
} RedesTrackerClientParams;

/* @params: copied. Returns: (transfer full): a client, which starts to connect at once; %NULL with
 * G_IO_ERROR_INVALID_ARGUMENT for a malformed address */
RedesTrackerClient *redes_tracker_client_new (const RedesTrackerClientParams *params,
                                              GError **error);
/* Sends UNREGISTER (waiting for at most 300 ms in the background) and ends. Queries that wait are
 * answered with G_IO_ERROR_CANCELLED. */
void redes_tracker_client_free (RedesTrackerClient *self);

const char *redes_tracker_client_get_address (RedesTrackerClient *self);
RedesTrackerState redes_tracker_client_get_state (RedesTrackerClient *self);
/* Returns: (nullable) (transfer none): the id of the tracker that answered last, or that must
 * answer; %NULL if neither is known */
const RedesPeerId *redes_tracker_client_get_remote_id (RedesTrackerClient *self);

/* Tells the tracker of files added or gone; both copied. Gathered for a few ms into one UPDATE.
 * Nothing happens when not connected: all is registered anew then. */
void redes_tracker_client_add_file (RedesTrackerClient *self, RedesManifest *manifest);
void redes_tracker_client_remove_file (RedesTrackerClient *self, RedesManifest *manifest);

/* Tries at once to connect again, if there is no connection, because the network has changed. */
void redes_tracker_client_try_again_now (RedesTrackerClient *self);

/* A query asked while the first connection is still being made waits for it (at most
 * @timeout_ms); while WAITING it fails at once. @guests: (nullable) */
void redes_tracker_client_search (RedesTrackerClient *self,
                                  const char *words,
                                  guint first,
                                  guint n_rows,
                                  guint timeout_ms,
                                  RedesTrackerGuestsFunc guests,
                                  RedesTrackerAnswerFunc func,
                                  gpointer user_data);
/* Asks who has each of @n_contents contents, 1 to 1,000, which are copied. */
void redes_tracker_client_sources (RedesTrackerClient *self,
                                   const RedesContentId *contents,
                                   guint n_contents,
                                   guint timeout_ms,
                                   RedesTrackerAnswerFunc func,
                                   gpointer user_data);
/* Asks who is registered. */
void redes_tracker_client_list (RedesTrackerClient *self,
                                guint timeout_ms,
                                RedesTrackerAnswerFunc func,
                                gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/identity/identity.h"
#include "engine/net/event-log.h"
#include "engine/tracker/directory.h"
#include "engine/tracker/registered-peer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* In seconds: how often a peer sends a heartbeat, and after how long a silent one is removed. */
#define REDES_TRACKER_HEARTBEAT_S 10
#define REDES_TRACKER_TIMEOUT_S 25
#define REDES_TRACKER_MAX_PEERS_AN_ADDRESS 1024

/**
 * RedesTrackerServer:
 *
 * The tracker: it keeps the list of peers that are registered and answers SEARCH, SOURCES and LIST.
 * A server belongs to the main context that was the thread's default when it was made, and to that
 * thread.
 */
typedef struct _RedesTrackerServer RedesTrackerServer;

/**
 * RedesTrackerServerParams:
 * @identity: the identity of the tracker
 * @clock: (nullable) (transfer none): says who is silent for too long, and who has to make room;
 *   %NULL: the system's
 * @host: numeric, or "" for every address
 * @port: the TCP port; 0: any free one
 * @timeout_s: a peer that is silent for longer, in seconds, is removed; 0: REDES_TRACKER_TIMEOUT_S
 * @nickname: (nullable): the nickname of the tracker in its HELLO
 * @classic: whether peers of the original system are served, too, see RedesClassicHost
 * @classic_udp_port: the port for DISCOVER_TRACKER; 0: REDES_CLASSIC_UDP_PORT
 * @classic_timeout_s: the same as @timeout_s for peers of the original system; 0:
 *   REDES_CLASSIC_TIMEOUT_S
 * @files: how many files may be registered
 * @max_peers: how many peers may be registered; 0: as many as the memory of the machine and the
 *   files that the process may open allow
 * @max_peers_an_address: how many of them from one address, which is what
 *   redes_address_dup_group() returns; 0: REDES_TRACKER_MAX_PEERS_AN_ADDRESS
 * @log: (nullable): called in the server's thread
 */
typedef struct
{
  const RedesClock *clock;
  RedesIdentity *identity;
  const char *host;
  guint16 port;
  guint timeout_s;
  const char *nickname;
  gboolean classic;
  guint16 classic_udp_port;
  guint classic_timeout_s;
  RedesDirectoryLimits files;
  guint max_peers;
  guint max_peers_an_address;
  RedesEventLogFunc log;
  gpointer user_data;
} RedesTrackerServerParams;

RedesTrackerServer *redes_tracker_server_new (const RedesTrackerServerParams *params,
                                              GError **error);
/* Closes the port and every connection at once. */
void redes_tracker_server_free (RedesTrackerServer *self);

const char *redes_tracker_server_get_address (RedesTrackerServer *self);
guint16 redes_tracker_server_get_port (RedesTrackerServer *self);
/* Returns: (transfer full) (element-type RedesRegisteredPeer): the peers that are registered, in no
 * particular order */
GPtrArray *redes_tracker_server_list_registered_peers (RedesTrackerServer *self);
guint redes_tracker_server_get_n_peers (RedesTrackerServer *self);
/* Returns: (transfer full): what it has done and how it is, see redes_metrics_format() */
char *redes_tracker_server_dup_metrics (RedesTrackerServer *self);

G_END_DECLS

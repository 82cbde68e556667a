/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/identity/identity.h"
#include "engine/net/event-log.h"
#include "engine/tracker/directory.h"
#include "engine/tracker/registered-peer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TRACKER_HEARTBEAT_S 10
#define REDES_TRACKER_TIMEOUT_S 25
#define REDES_TRACKER_MAX_PEERS 4096
#define REDES_TRACKER_MAX_PEERS_AN_ADDRESS 1024

/**
 * RedesTrackerServer:
 *
 * The tracker: keeps the list of active peers true and answers SEARCH, SOURCES and LIST. Any
 * program can switch it on. Belongs to the main context that was the thread's default when it was
 * started.
 */
typedef struct _RedesTrackerServer RedesTrackerServer;

/**
 * RedesTrackerServerParams:
 * @identity: the tracker's own
 * @clock: (nullable) (transfer none): says who is silent for too long, and who has to make room;
 *   %NULL: the system's
 * @host: numeric, or "" for every address
 * @port: 0 picks a free one
 * @timeout_s: silent for longer: gone. 0 = REDES_TRACKER_TIMEOUT_S
 * @nickname: (nullable): in its HELLO
 * @classic: whether the original system's peers are welcome too, see RedesClassicHost
 * @classic_udp_port: 0 = REDES_CLASSIC_UDP_PORT
 * @classic_timeout_s: 0 = REDES_CLASSIC_TIMEOUT_S
 * @files: how many are taken
 * @max_peers: registered in all; 0 = REDES_TRACKER_MAX_PEERS
 * @max_peers_an_address: 0 = REDES_TRACKER_MAX_PEERS_AN_ADDRESS; an address is what
 *   redes_address_dup_group() says
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
/* (transfer full) (element-type RedesRegisteredPeer): in no order */
GPtrArray *redes_tracker_server_list_registered_peers (RedesTrackerServer *self);
guint redes_tracker_server_get_n_peers (RedesTrackerServer *self);

G_END_DECLS

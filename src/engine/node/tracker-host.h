/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/registered-peer-item.h"

G_BEGIN_DECLS

/* A peer that was silent for so long is not registered any more, in seconds, where nothing else is
 * said. */
#define REDES_TRACKER_HOST_TIMEOUT_S 25

#define REDES_TYPE_TRACKER_HOST (redes_tracker_host_get_type ())
/**
 * RedesTrackerHost:
 *
 * A tracker with a thread of its own, for a front end to switch on and off. All calls are made in
 * the front end's thread, whose thread-default main context gets the answers and signals.
 *
 * Signals:
 * - `log (host, RedesNotice *event)`: one event in words
 */
G_DECLARE_FINAL_TYPE (RedesTrackerHost, redes_tracker_host, REDES, TRACKER_HOST, GObject)

/**
 * redes_tracker_host_new:
 * @data_dir: (nullable): where its identity is kept; %NULL = a new identity in memory
 * @listen_host: numeric, or "" for every address
 * @port: 0 picks a free one
 * @timeout_s: 0 = REDES_TRACKER_HOST_TIMEOUT_S
 * @rsa_bits: of a new identity
 */
RedesTrackerHost *redes_tracker_host_new (
    const char *data_dir, const char *listen_host, guint16 port, guint timeout_s, guint rsa_bits);

/**
 * redes_tracker_host_set_lan:
 * @lan: whether the tracker announces itself on the local network; %FALSE unless set
 * @interfaces: (nullable) (array zero-terminated=1): only these network interfaces; %NULL or empty
 *   = all
 * @nickname: (nullable): what others see beside the id
 *
 * Before the start.
 */
void redes_tracker_host_set_lan (RedesTrackerHost *self,
                                 gboolean lan,
                                 const char *const *interfaces,
                                 const char *nickname);

/* How many peers may be registered; 0 unless set: as many as the memory of the machine and the
 * files that the process may open allow. Before the start. */
void redes_tracker_host_set_max_peers (RedesTrackerHost *self, guint max_peers);

/**
 * redes_tracker_host_set_metrics:
 * @host: (nullable): numeric, or "" for every address; %NULL: no metrics, as unless set
 * @port: 0 picks a free one
 *
 * What the tracker does and how it is, as `http://HOST:PORT/metrics` in the format of OpenMetrics.
 * Before the start, which fails if redes_tracker_host_can_tell_metrics() is %FALSE.
 */
void redes_tracker_host_set_metrics (RedesTrackerHost *self, const char *host, guint16 port);

/* Whether this program was built with libsoup. */
gboolean redes_tracker_host_can_tell_metrics (void);

/* Whether the original system's peers are welcome on the same port; %FALSE unless set. Before the
 * start. */
void redes_tracker_host_set_classic (RedesTrackerHost *self, gboolean classic);

void redes_tracker_host_start_async (RedesTrackerHost *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* Errors: a port in use, an identity file that cannot be read; the words say what to do. */
gboolean
redes_tracker_host_start_finish (RedesTrackerHost *self, GAsyncResult *result, GError **error);
/* Closes everything and ends the thread, well within a second. */
void redes_tracker_host_stop_async (RedesTrackerHost *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
redes_tracker_host_stop_finish (RedesTrackerHost *self, GAsyncResult *result, GError **error);

/* The last lines of its log, the newest last: (transfer none), of RedesLogLine. */
GListModel *redes_tracker_host_get_log (RedesTrackerHost *self);
/* Who is registered: (transfer none), of RedesRegisteredPeerItem. True while watched. */
GListModel *redes_tracker_host_get_registered_peers (RedesTrackerHost *self);
/* Refreshes who is registered every two seconds from the first watch to the last unwatch: they
 * count. */
void redes_tracker_host_watch (RedesTrackerHost *self);
void redes_tracker_host_unwatch (RedesTrackerHost *self);

/* (nullable): where the metrics are, HOST:PORT, once started */
const char *redes_tracker_host_get_metrics_address (RedesTrackerHost *self);
/* (nullable): once started */
const char *redes_tracker_host_get_address (RedesTrackerHost *self);
const RedesPeerId *redes_tracker_host_get_peer_id (RedesTrackerHost *self);

G_END_DECLS

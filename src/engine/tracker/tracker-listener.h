/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/net/endpoint.h"
#include "engine/net/event-log.h"

G_BEGIN_DECLS

/**
 * RedesTrackerListener:
 *
 * The tracker's port, at which peers connect, and, if the tracker serves them, original peers, who
 * are handed to a RedesClassicHost. A listener belongs to the main context that was the thread's
 * default when it was made, and to that thread.
 */
typedef struct _RedesTrackerListener RedesTrackerListener;

/**
 * redes_tracker_listener_new:
 * @host: a numeric address, or "" for every address
 * @port: the TCP port; 0: any free one
 * @clock: (transfer none): of the deadlines of original peers
 * @accept: called with the connections that speak TLS
 *
 * Returns: (transfer full): %NULL with an error as redes_listener_new() sets it
 */
RedesTrackerListener *redes_tracker_listener_new (const char *host,
                                                  guint16 port,
                                                  const RedesClock *clock,
                                                  RedesAcceptFunc accept,
                                                  gpointer user_data,
                                                  GError **error);
/* Closes the port, and forgets the original peers. @self: (nullable) */
void redes_tracker_listener_free (RedesTrackerListener *self);

/**
 * redes_tracker_listener_accept_classic:
 * @udp_port: the port for DISCOVER_TRACKER; 0: REDES_CLASSIC_UDP_PORT
 * @timeout_s: an original peer that is silent for longer, in seconds, is removed; 0:
 *   REDES_CLASSIC_TIMEOUT_S
 * @log: (transfer none): it must outlive the listener
 *
 * Serves original peers, too, from now on. To be called at most once.
 */
void redes_tracker_listener_accept_classic (RedesTrackerListener *self,
                                            guint16 udp_port,
                                            guint timeout_s,
                                            RedesEventLog *log);

/**
 * redes_tracker_listener_find_original_files:
 * @words: what somebody searches for
 * @to: the numeric address of whoever searches; original peers that this address may not be told of
 *   are left out, see redes_address_may_tell()
 *
 * Finds the files of original peers whose names have all the words, as a search of the directory
 * does.
 *
 * Returns: (transfer full) (nullable) (element-type RedesWireGuestFile): in the order of their
 *   names, at most %REDES_WIRE_MAX_GUEST_FILES; %NULL: there are none
 */
GPtrArray *redes_tracker_listener_find_original_files (RedesTrackerListener *self,
                                                       const char *words,
                                                       const char *to);

/* Returns: the TCP port that is listened at */
guint16 redes_tracker_listener_get_port (RedesTrackerListener *self);
/* Returns: (transfer none): `HOST:PORT` */
const char *redes_tracker_listener_get_address (RedesTrackerListener *self);

G_END_DECLS

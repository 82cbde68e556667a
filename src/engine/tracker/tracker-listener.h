/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/endpoint.h"
#include "engine/net/event-log.h"

G_BEGIN_DECLS

/**
 * RedesTrackerListener:
 *
 * The tracker's port: lets peers in, and, when they are welcome, classic guests by another way.
 * Belongs to the main context that was the thread's default when it was made.
 */
typedef struct _RedesTrackerListener RedesTrackerListener;

/* @accept: gets the connections that speak TLS. Errors: as redes_listener_new() */
RedesTrackerListener *redes_tracker_listener_new (
    const char *host, guint16 port, RedesAcceptFunc accept, gpointer user_data, GError **error);
/* Closes it; guests are gone. @self: (nullable) */
void redes_tracker_listener_free (RedesTrackerListener *self);

/* Lets guests in from now on, too. @udp_port, @timeout_s: 0 = what the protocol says; @log:
 * borrowed */
void redes_tracker_listener_accept_classic (RedesTrackerListener *self,
                                            guint16 udp_port,
                                            guint timeout_s,
                                            RedesEventLog *log);

/**
 * redes_tracker_listener_find_guests:
 * @words: what somebody searches for
 * @to: the numeric address that is to be told; guests that it may not be told of are left out, see
 *   redes_address_may_tell()
 *
 * Finds the names of guests that hold all the words, as a search of the directory does.
 *
 * Returns: (transfer full) (nullable) (element-type RedesWireGuestFile): in the order of their
 *   names, at most %REDES_WIRE_MAX_GUEST_FILES; %NULL: there are none
 */
GPtrArray *
redes_tracker_listener_find_guests (RedesTrackerListener *self, const char *words, const char *to);

guint16 redes_tracker_listener_get_port (RedesTrackerListener *self);
const char *redes_tracker_listener_get_address (RedesTrackerListener *self);

G_END_DECLS

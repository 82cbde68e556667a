/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/endpoint.h"
#include "engine/tracker/event-log.h"

G_BEGIN_DECLS

/**
 * RedesTrackerDoor:
 *
 * The tracker's port: lets peers in, and, when they are welcome, classic guests by another way.
 * Belongs to the main context that was the thread's default when it was made.
 */
typedef struct _RedesTrackerDoor RedesTrackerDoor;

/* @accept: gets the connections that speak TLS. Errors: as redes_listener_new() */
RedesTrackerDoor *redes_tracker_door_new (
    const char *host, guint16 port, RedesAcceptFunc accept, gpointer user_data, GError **error);
/* Closes it; guests are gone. @self: (nullable) */
void redes_tracker_door_free (RedesTrackerDoor *self);

/* Lets guests in from now on, too. @udp_port, @timeout_s: 0 = what the protocol says; @log:
 * borrowed */
void redes_tracker_door_welcome_guests (RedesTrackerDoor *self,
                                        guint16 udp_port,
                                        guint timeout_s,
                                        RedesEventLog *log);

guint16 redes_tracker_door_get_port (RedesTrackerDoor *self);
const char *redes_tracker_door_get_address (RedesTrackerDoor *self);

G_END_DECLS

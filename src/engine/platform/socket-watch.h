/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesSocketWatch:
 *
 * Calls a function whenever a socket can be read or written. A GSource for each socket makes every
 * iteration of the main loop look at all of them; where the system can, an iteration costs nothing
 * for a socket at which nothing happens, so that thousands may be open. A watch belongs to the
 * thread that runs its context.
 */
typedef struct _RedesSocketWatch RedesSocketWatch;

/**
 * RedesSocketWatchFunc:
 * @condition: what has happened: some of what the watch waits for, and G_IO_HUP or G_IO_ERR
 *
 * Called at each iteration of the main loop for as long as the condition lasts. It may change and
 * free this watch and others.
 */
typedef void (*RedesSocketWatchFunc) (GIOCondition condition, gpointer user_data);

/* (transfer full): waits for nothing yet. @socket: a reference is kept; there is one watch for it
 * at most, which is freed before the socket is closed. */
RedesSocketWatch *redes_socket_watch_new (GMainContext *context,
                                          GSocket *socket,
                                          RedesSocketWatchFunc func,
                                          gpointer user_data);
/* @condition: G_IO_IN, G_IO_OUT, both, or 0: nothing is told then, not even that the other end has
 * hung up */
void redes_socket_watch_set_condition (RedesSocketWatch *self, GIOCondition condition);
GIOCondition redes_socket_watch_get_condition (const RedesSocketWatch *self);
void redes_socket_watch_free (RedesSocketWatch *self);

G_END_DECLS

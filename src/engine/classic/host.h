/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/event-log.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicHost:
 *
 * The tracker's side of the classic protocol: guests on the tracker's own port, and the answer to
 * DISCOVER_TRACKER on a UDP port. Belongs to the main context that was the thread's default when it
 * was made.
 */
typedef struct _RedesClassicHost RedesClassicHost;

/**
 * redes_classic_host_new:
 * @listen_host: numeric, or "" for every address
 * @port: the tracker's
 * @udp_port: where it is looked for; one that another program has is not fatal: the log says so
 * @timeout_s: a guest that is silent for longer is gone; 0 = REDES_CLASSIC_TIMEOUT_S
 * @log: borrowed
 */
RedesClassicHost *redes_classic_host_new (
    const char *listen_host, guint16 port, guint16 udp_port, guint timeout_s, RedesEventLog *log);
/* @self: (nullable) */
void redes_classic_host_free (RedesClassicHost *self);

/* Takes a connection whose first byte is not TLS's. */
void redes_classic_host_accept (RedesClassicHost *self, GSocketConnection *connection);

G_END_DECLS

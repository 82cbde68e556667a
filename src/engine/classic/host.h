/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/classic/registry.h"
#include "engine/net/event-log.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicHost:
 *
 * The tracker's side of the classic protocol: it serves original peers on the tracker's own port,
 * and answers DISCOVER_TRACKER on a UDP port. It belongs to the main context that was the thread's
 * default when it was made.
 */
typedef struct _RedesClassicHost RedesClassicHost;

/**
 * redes_classic_host_new:
 * @listen_host: a numeric address, or "" for every address
 * @port: the tracker's TCP port
 * @udp_port: the port for DISCOVER_TRACKER; if another program has it, the log says so, and the
 * rest works
 * @timeout_s: an original peer that is silent for longer, in seconds, is removed; 0:
 *   REDES_CLASSIC_TIMEOUT_S
 * @fold: see redes_classic_registry_new()
 * @clock: (transfer none): says who is silent for too long
 * @log: (transfer none): it must outlive the host
 *
 * Returns: (transfer full)
 */
RedesClassicHost *redes_classic_host_new (const char *listen_host,
                                          guint16 port,
                                          guint16 udp_port,
                                          guint timeout_s,
                                          RedesClassicFoldFunc fold,
                                          const RedesClock *clock,
                                          RedesEventLog *log);
/* @self: (nullable) */
void redes_classic_host_free (RedesClassicHost *self);

/* Who is registered here now. Returns: (transfer none) */
RedesClassicRegistry *redes_classic_host_get_registry (RedesClassicHost *self);

/* Takes over a connection whose first byte is not that of TLS. @connection: (transfer none) */
void redes_classic_host_accept (RedesClassicHost *self, GSocketConnection *connection);

G_END_DECLS

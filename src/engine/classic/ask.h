/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/protocol.h"

G_BEGIN_DECLS

/**
 * redes_classic_ask_async:
 * @host, @port: of an original tracker or peer
 * @command: copied; where it names this machine's own address, a %NULL host stands for the one that
 *   the connection leaves from
 * @max_bytes: of the answer; what comes beyond is not read
 * @timeout_ms: for the whole
 *
 * One command on a connection of its own. The answer is over when the other side closes, when
 * @max_bytes are there, or, once something came, after a quarter of a second without more (unless
 * @whole): it has no length of its own. REGISTER, UPDATE, HEARTBEAT and UNREGISTER are answered by
 * silence too: a second of it.
 */
void redes_classic_ask_async (const char *host,
                              guint16 port,
                              const RedesClassicCommand *command,
                              gsize max_bytes,
                              gboolean whole,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): perhaps empty. Errors: G_IO_ERROR: no connection, or no end in time. */
GBytes *redes_classic_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS

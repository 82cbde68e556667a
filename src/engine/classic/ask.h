/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/protocol.h"

G_BEGIN_DECLS

/**
 * redes_classic_ask_async:
 * @host, @port: the address of a tracker or peer of the original system
 * @command: copied; if its host is %NULL, the local address of the connection is sent as this
 * peer's own
 * @max_bytes: the most bytes of the answer that are read
 * @whole: whether the answer ends only with the connection, or with @max_bytes
 * @timeout_ms: the time for the connection and the answer
 *
 * Sends one command on a connection of its own. An answer has no length: it ends when the other
 * side closes the connection, when @max_bytes were read, or (unless @whole) when a quarter of a
 * second has passed without more bytes after the first ones. A second without an answer is a
 * success for REGISTER, UPDATE, HEARTBEAT and UNREGISTER.
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
/* (transfer full): the answer, perhaps empty; %NULL with an error if there was no connection, or no
 * end in time. */
GBytes *redes_classic_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS

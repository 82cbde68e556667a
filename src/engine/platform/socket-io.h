/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Bytes in and out of a connected socket that does not block, with one system call each. GLib's own
 * functions make an error object whenever a socket has nothing to read or no room. One thread at a
 * time for each socket; nothing blocks.
 */

/* Returns: how many bytes were received, 0 at the end of the stream; -1 with errno set, which is
 * EAGAIN if nothing is there to read */
gssize redes_socket_receive (GSocket *socket, guint8 *buffer, gsize len);
/* Returns: how many bytes were taken, which may be less than @len; -1 with errno set, which is
 * EAGAIN if the socket has no room. No signal is raised when the other end is gone. */
gssize redes_socket_send (GSocket *socket, const guint8 *data, gsize len);

/* @n_bytes: (out): how many bytes that the socket has taken the other end has not acknowledged.
 * Returns: %FALSE, and @n_bytes unset, where the system does not tell */
gboolean redes_socket_get_unsent (GSocket *socket, guint64 *n_bytes);

G_END_DECLS

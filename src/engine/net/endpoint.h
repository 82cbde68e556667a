/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesListener:
 *
 * Accepts TCP connections at one address. It belongs to the thread and main context in which it was
 * made.
 */
typedef struct _RedesListener RedesListener;

/* @connection: (transfer none) */
typedef void (*RedesAcceptFunc) (GSocketConnection *connection, gpointer user_data);

/**
 * redes_listener_new:
 * @host: a numeric address, or "" for every address of this machine (IPv6 and IPv4)
 * @port: the port; 0: any free one
 *
 * Returns: (transfer full): %NULL with an error of REDES_IO_ERROR, whose notice names the address
 */
RedesListener *redes_listener_new (
    const char *host, guint16 port, RedesAcceptFunc func, gpointer user_data, GError **error);
void redes_listener_free (RedesListener *self);
guint16 redes_listener_get_port (RedesListener *self);
/* (transfer none): the address with the port, such as "127.0.0.1:40001" or "[::1]:40001";
 * "0.0.0.0:40001" for every address. */
const char *redes_listener_get_address (RedesListener *self);

/**
 * redes_socket_dup_remote_host:
 * @port: (out) (optional): the remote's port; 0 if it is not known
 *
 * Returns: (transfer full): the remote's numeric address, without zone; an IPv4 address in IPv6 as
 *   the IPv4 address; "" if it is not known
 */
char *redes_socket_dup_remote_host (GSocket *socket, guint16 *port);

/**
 * redes_dial_async:
 * @host: a name or a numeric address
 * @timeout_s: 1 or more
 *
 * Connects by TCP, without a proxy. redes_dial_finish() returns errors of REDES_IO_ERROR, whose
 * notices name the address.
 */
void redes_dial_async (const char *host,
                       guint16 port,
                       guint timeout_s,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
/**
 * redes_dial_from_async:
 * @local_host: (nullable): the numeric address at which this program listens; "" or %NULL: every
 *   address of this machine
 *
 * As redes_dial_async(), but binds the connection to @local_host if possible: the other end sees
 * that address, and tells it to others as the one to connect to. If @local_host is of another
 * address family than the target, or only one of them is a loopback address, the system chooses.
 */
void redes_dial_from_async (const char *local_host,
                            const char *host,
                            guint16 port,
                            guint timeout_s,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GSocketConnection *redes_dial_finish (GAsyncResult *result, GError **error);

G_END_DECLS

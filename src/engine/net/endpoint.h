/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesListener:
 *
 * Accepts TCP connections on one address. Belongs to the thread and main context it was made in.
 */
typedef struct _RedesListener RedesListener;

/* @connection: (transfer none) */
typedef void (*RedesAcceptFunc) (GSocketConnection *connection, gpointer user_data);

/**
 * redes_listener_new:
 * @host: numeric, or "" for every address of this machine (IPv6 and IPv4)
 * @port: 0 picks a free one
 *
 * Errors: G_IO_ERROR, in words that name the address ("127.0.0.1:5000 is in use by another program:
 *   …").
 */
RedesListener *redes_listener_new (
    const char *host, guint16 port, RedesAcceptFunc func, gpointer user_data, GError **error);
void redes_listener_free (RedesListener *self);
guint16 redes_listener_get_port (RedesListener *self);
/* "127.0.0.1:40001", "[::1]:40001"; every address: "0.0.0.0:40001". */
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
 * Connects TCP. No proxy is asked. Errors: G_IO_ERROR, in words that name the address.
 */
void redes_dial_async (const char *host,
                       guint16 port,
                       guint timeout_s,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
/**
 * redes_dial_from_async:
 * @local_host: (nullable): the numeric address where this program listens, "" or %NULL for every
 *   one of this machine
 *
 * As redes_dial_async(), and calls from @local_host where that can be: who is called sees that
 * address, and tells others to call it. An address of the other family, and a loopback one when
 * the call does not go to one, are left to the system.
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

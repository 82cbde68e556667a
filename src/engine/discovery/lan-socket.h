/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/platform/interfaces.h"

G_BEGIN_DECLS

/**
 * RedesLanSocket:
 *
 * The beacons' group on one interface, in one address family: what is sent leaves there and
 * nowhere else, and only what came in there is heard. Datagrams have a hop limit of 1, and come
 * back to other programs on this machine. Reads at most 1,000 datagrams in a tenth of a second;
 * what comes beyond that is dropped by the system. Belongs to the main context that was the
 * thread's default when it was made.
 */
typedef struct _RedesLanSocket RedesLanSocket;

/* @host: numeric, with a zone if link-local: where it came from */
typedef void (*RedesLanSocketFunc) (const guint8 *data,
                                    gsize len,
                                    const char *host,
                                    gpointer user_data);

RedesLanSocket *redes_lan_socket_new (const RedesInterface *interface,
                                      GSocketFamily family,
                                      RedesLanSocketFunc heard,
                                      gpointer user_data,
                                      GError **error);
void redes_lan_socket_free (RedesLanSocket *self);

/* Never blocks. Errors: the interface is gone, or has no way to the group. */
gboolean redes_lan_socket_send (RedesLanSocket *self, GBytes *datagram, GError **error);

G_END_DECLS

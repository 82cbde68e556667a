/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/platform/interfaces.h"

G_BEGIN_DECLS

/**
 * RedesLanSocket:
 *
 * A socket in the multicast group of the beacons, for one network interface and one address family.
 * It sends and receives on that interface only. Datagrams have a hop limit of 1, and are also
 * delivered to other programs on this machine. The socket reads at most 1,000 datagrams in a tenth
 * of a second; the system drops those beyond that. It belongs to the main context that was the
 * thread's default when it was made.
 */
typedef struct _RedesLanSocket RedesLanSocket;

/* @host: the numeric address that the datagram came from, with a zone if it is link-local */
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

/* Sends without blocking. Returns: %FALSE with @error set if the interface is gone or has no route
 * to the group */
gboolean redes_lan_socket_send (RedesLanSocket *self, GBytes *datagram, GError **error);

G_END_DECLS

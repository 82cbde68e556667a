/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/platform/interfaces.h"

G_BEGIN_DECLS

/*
 * What a socket for multicast datagrams needs beyond what GSocket does in the same way everywhere.
 * Any thread; nothing blocks.
 */

/* @group: the address of a multicast group. Returns: (transfer full): the address that a socket for
 * that group is bound to: the group's own where the system allows that, so that nothing that is
 * sent to this machine alone is received; else the one that stands for all of this machine's */
GInetAddress *redes_multicast_dup_bind_address (GInetAddress *group);

/* Lets @socket, of the family @family, receive only what is sent to the groups that it has joined
 * itself, and not to those that another socket of this machine has joined. An older Linux cannot do
 * so for IPv6: the caller has to look at the zone of the sender. Returns: %FALSE with @error set if
 * the system refuses it */
gboolean redes_multicast_hear_only_joined (GSocket *socket, GSocketFamily family, GError **error);

/* Lets @socket, of the family @family, send by @interface. Nothing happens for the interface with
 * the name "": the system chooses then. Returns: %FALSE with @error set if the system refuses it */
gboolean redes_multicast_send_from (GSocket *socket,
                                    const RedesInterface *interface,
                                    GSocketFamily family,
                                    GError **error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesInterface:
 * @name: "eth0"; "" on systems where interfaces cannot be told apart
 * @index: the system's number for it; 0 with the name ""
 * @ipv4: (nullable): one of its addresses
 * @broadcast: (nullable): that reaches all on its IPv4 network
 * @has_ipv6: whether it has an IPv6 address
 *
 * A network interface over which others can be reached by multicast.
 */
typedef struct
{
  char *name;
  guint index;
  GInetAddress *ipv4;
  GInetAddress *broadcast;
  gboolean has_ipv6;
} RedesInterface;

void redes_interface_free (RedesInterface *self);
gboolean redes_interface_equal (const RedesInterface *self, const RedesInterface *other);

/**
 * redes_interfaces_list:
 * @names: (nullable) (array zero-terminated=1): only these; %NULL or empty = all that are usable
 * @host: numeric: only interfaces with that address, and only its family; "" = any
 *
 * The interfaces that are up and running, can multicast or are the loopback, and lead to more than
 * one other place (no tunnels from point to point, unless they are named).
 *
 * Returns: (transfer full) (element-type RedesInterface)
 */
GPtrArray *redes_interfaces_list (const char *const *names, const char *host);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesInterface:
 * @name: the system's name for it, such as "eth0"; "" on systems where the interfaces cannot be
 *   listed
 * @index: the system's number for it; 0 with the name ""
 * @ipv4: (nullable): one of its IPv4 addresses
 * @broadcast: (nullable): the broadcast address of that IPv4 network
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
 * @names: (nullable) (array zero-terminated=1): the names of the interfaces to list; %NULL or
 *   empty: all that are usable
 * @host: a numeric address: only interfaces with it, and only its family; "": any
 *
 * Lists the interfaces that are up and running and can multicast or are the loopback interface.
 * Point-to-point links are listed only if @names has them. Any thread.
 *
 * Returns: (transfer full) (element-type RedesInterface)
 */
GPtrArray *redes_interfaces_list (const char *const *names, const char *host);

/**
 * redes_interfaces_list_addresses:
 *
 * Lists all addresses of the interfaces that are up and running, loopback included, IPv4 before
 * IPv6. Any thread; it may block for a moment.
 *
 * Returns: (transfer full) (element-type GInetAddress): empty if the system tells none
 */
GPtrArray *redes_interfaces_list_addresses (void);

G_END_DECLS

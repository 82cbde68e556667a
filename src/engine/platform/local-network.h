/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesLocalNetwork:
 * @interface: the system's name for the interface that leads there, such as "eth0"
 * @prefix: what the addresses of the network begin with: "10.7.8.0/24"
 * @gateway: (nullable): the IPv4 address of the gateway of the default route by @interface
 * @gateway_hardware: (nullable): the hardware address of @gateway; %NULL if it is not known
 * @is_this_computer: whether the address that was asked for is one of this computer's own; then
 *   @gateway and @gateway_hardware are %NULL
 *
 * A network that this computer is in.
 */
typedef struct
{
  char *interface;
  char *prefix;
  char *gateway;
  char *gateway_hardware;
  gboolean is_this_computer;
} RedesLocalNetwork;

/* @host: a numeric address. Returns: (transfer full) (nullable): the network that @host is in;
 * %NULL if this computer is in none such, or the system does not tell. It blocks for a moment. Any
 * thread
 */
RedesLocalNetwork *redes_local_network_find (const char *host);
/* @self: (nullable) */
void redes_local_network_free (RedesLocalNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesLocalNetwork, redes_local_network_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesReach:
 * @REDES_REACH_NONE: link-local, multicast, or no numeric address at all
 * @REDES_REACH_MACHINE: loopback
 * @REDES_REACH_NETWORK: a private network (RFC 1918, and RFC 4193 for IPv6)
 * @REDES_REACH_WORLD: all others
 *
 * From how far away an address can be reached.
 */
typedef enum
{
  REDES_REACH_NONE,
  REDES_REACH_MACHINE,
  REDES_REACH_NETWORK,
  REDES_REACH_WORLD,
} RedesReach;

/* @host: a numeric address; for all else the answer is %REDES_REACH_NONE. */
RedesReach redes_reach_of_host (const char *host);

/**
 * redes_reach_is_local_name:
 * @host: a name or a numeric address
 *
 * Whether @host is a name that says of itself that it leads to this machine or to its network: one
 * of a single label that begins with a message, but not one that is a number to the resolver
 * ("0x7f000001"), or below a domain that is kept for that ("local", RFC 6762; "localhost", RFC
 * 6761; "home.arpa", RFC 8375; "internal"; and what routers use: "lan", "home", "localdomain").
 */
gboolean redes_reach_is_local_name (const char *host);

G_END_DECLS

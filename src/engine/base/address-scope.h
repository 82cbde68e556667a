/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * From where an address can be reached, and so who may be told of it: one rule for trackers, for
 * what peers tell each other, and for whoever is told. Pure; any thread.
 */

/**
 * RedesAddressScope:
 * @REDES_ADDRESS_SCOPE_NONE: no address to connect to: link-local, multicast, reserved, unspecified
 *   or not numeric
 * @REDES_ADDRESS_SCOPE_MACHINE: loopback
 * @REDES_ADDRESS_SCOPE_NETWORK: private (RFC 1918), shared by a carrier (RFC 6598) or unique local
 *   (RFC 4193)
 * @REDES_ADDRESS_SCOPE_WORLD: public
 */
typedef enum
{
  REDES_ADDRESS_SCOPE_NONE,
  REDES_ADDRESS_SCOPE_MACHINE,
  REDES_ADDRESS_SCOPE_NETWORK,
  REDES_ADDRESS_SCOPE_WORLD,
} RedesAddressScope;

/* @host: numeric; IPv4 may come as an IPv6-mapped address */
RedesAddressScope redes_address_get_scope (const char *host);

/**
 * redes_address_may_tell:
 * @other: the numeric address of the other side of a connection
 * @host: the numeric address of somebody else
 *
 * Whether the two sides of that connection may tell each other of @host: who was met at a public
 * address only of public ones, who was met at a private one of private ones too, who is on this
 * machine of all. Otherwise anybody far away could aim connections at programs of this machine or
 * of its network.
 */
gboolean redes_address_may_tell (const char *other, const char *host);

/* The same, when both scopes are known. */
gboolean redes_address_scope_may_tell (RedesAddressScope of_other, RedesAddressScope of_host);

/**
 * redes_address_is_local_name:
 * @host: a name or a numeric address
 *
 * Whether @host is a name that says of itself that it leads to this machine or to its network: one
 * of a single label that begins with a letter, but not one that is a number to the resolver
 * ("0x7f000001"), or below a domain that is kept for that ("local", RFC 6762; "localhost", RFC
 * 6761; "home.arpa", RFC 8375; "internal"; and what routers use: "lan", "home", "localdomain").
 */
gboolean redes_address_is_local_name (const char *host);

G_END_DECLS

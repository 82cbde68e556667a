/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The range from which an address can be reached decides who may be told of it. Trackers, peer
 * exchange and the receivers of such addresses all use the one rule of this file. The functions
 * have no side effects and may be called in any thread.
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

/* @host: a numeric address; an IPv4 address may be written as an IPv6-mapped one */
RedesAddressScope redes_address_get_scope (const char *host);

/**
 * redes_address_may_tell:
 * @other: the numeric address of the other side of a connection
 * @host: the numeric address of somebody else
 *
 * Whether the two sides of that connection may tell each other of @host. A side with a public
 * address may be told only of public addresses, a side with a private address of private ones too,
 * and a side on this machine of all. Otherwise a remote could make this peer connect to programs
 * on this machine or in its network.
 */
gboolean redes_address_may_tell (const char *other, const char *host);

/* As redes_address_may_tell(), for a caller that knows both scopes already. */
gboolean redes_address_scope_may_tell (RedesAddressScope of_other, RedesAddressScope of_host);

/**
 * redes_address_is_local_name:
 * @host: a name or a numeric address
 *
 * Whether the form of @host shows that it leads to this machine or to its network. Such a name is
 * either a single label that begins with a letter, unless the resolver reads it as a number
 * ("0x7f000001"); or it is below a domain that is reserved for local names ("local", RFC 6762;
 * "localhost", RFC 6761; "home.arpa", RFC 8375; "internal"), or that routers use for them ("lan",
 * "home", "localdomain").
 */
gboolean redes_address_is_local_name (const char *host);

G_END_DECLS

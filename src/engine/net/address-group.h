/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesAddressGroup:
 *
 * The addresses that limits for one address treat as one: an IPv4 address (also as an IPv6-mapped
 * one), or a /64 network of IPv6, because whoever has one of its addresses can use all of them. A
 * link-local IPv6 address is a group by itself, as all machines of a link are in one /64. It is a
 * plain value, compared by redes_address_group_equal().
 */
typedef struct
{
  guint8 family; /* 0: none, 4 or 6 */
  guint8 bytes[16];
} RedesAddressGroup;

/* @host: a numeric address without zone; any other text gives the group of family 0 */
void redes_address_group_from_host (RedesAddressGroup *self, const char *host);
/* Whether it is in 127.0.0.0/8 (where each address is a group by itself) or ::1. */
gboolean redes_address_group_is_loopback (const RedesAddressGroup *self);

guint redes_address_group_hash (gconstpointer group);
gboolean redes_address_group_equal (gconstpointer a, gconstpointer b);

/**
 * redes_address_dup_group:
 * @host: a numeric address without zone
 *
 * Gives the same group as text, for keys.
 *
 * Returns: (transfer full): "192.0.2.7", "fe80::7" or "2001:db8:0:1::/64"; @host if it is no
 * address
 */
char *redes_address_dup_group (const char *host);

G_END_DECLS

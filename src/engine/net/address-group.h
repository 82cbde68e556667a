/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesAddressGroup:
 *
 * What counts as one address where limits are an address: an IPv4 address (also one that came in on
 * an IPv6 socket), or a /64 of IPv6, because whoever has one address of a /64 has all of them. A
 * link-local IPv6 address stands for itself: all of a link are in one /64. A plain value,
 * comparable by redes_address_group_equal().
 */
typedef struct
{
  guint8 family; /* 0: none, 4 or 6 */
  guint8 bytes[16];
} RedesAddressGroup;

/* @host: numeric, without zone; anything else is the one group of those without an address. */
void redes_address_group_from_host (RedesAddressGroup *self, const char *host);
/* 127.0.0.0/8 (each address of it a group of its own) or ::1. */
gboolean redes_address_group_is_loopback (const RedesAddressGroup *self);

guint redes_address_group_hash (gconstpointer group);
gboolean redes_address_group_equal (gconstpointer a, gconstpointer b);

/**
 * redes_address_dup_group:
 * @host: numeric, without zone
 *
 * The same group, as words that can be a key.
 *
 * Returns: (transfer full): "192.0.2.7", "fe80::7" or "2001:db8:0:1::/64"; @host if it is no
 * address
 */
char *redes_address_dup_group (const char *host);

G_END_DECLS

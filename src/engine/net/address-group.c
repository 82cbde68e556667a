/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/address-group.h"

#include <gio/gio.h>
#include <string.h>

#define IPV6_PREFIX_BYTES 8u

static gboolean
is_mapped_ipv4 (const guint8 *bytes)
{
  static const guint8 prefix[12] = { [10] = 0xff, [11] = 0xff };

  return memcmp (bytes, prefix, sizeof prefix) == 0;
}

static gboolean
is_ipv6_loopback (const guint8 *bytes)
{
  static const guint8 loopback[16] = { [15] = 1 };

  return memcmp (bytes, loopback, sizeof loopback) == 0;
}

static gboolean
is_link_local (const guint8 *bytes)
{
  return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

void
redes_address_group_from_host (RedesAddressGroup *self, const char *host)
{
  g_autoptr (GInetAddress) inet = host != NULL ? g_inet_address_new_from_string (host) : NULL;
  const guint8 *bytes;

  memset (self, 0, sizeof *self);
  if (inet == NULL)
    return;
  bytes = g_inet_address_to_bytes (inet);
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4)
    {
      self->family = 4;
      memcpy (self->bytes, bytes, 4);
    }
  else if (is_mapped_ipv4 (bytes))
    {
      self->family = 4;
      memcpy (self->bytes, bytes + 12, 4);
    }
  else
    {
      self->family = 6;
      memcpy (self->bytes, bytes,
              is_ipv6_loopback (bytes) || is_link_local (bytes) ? sizeof self->bytes
                                                                : IPV6_PREFIX_BYTES);
    }
}

gboolean
redes_address_group_is_loopback (const RedesAddressGroup *self)
{
  return (self->family == 4 && self->bytes[0] == 127)
         || (self->family == 6 && is_ipv6_loopback (self->bytes));
}

guint
redes_address_group_hash (gconstpointer group)
{
  const RedesAddressGroup *self = group;
  guint hash = 5381 + self->family;

  for (gsize i = 0; i < sizeof self->bytes; i++)
    hash = hash * 33 + self->bytes[i];
  return hash;
}

gboolean
redes_address_group_equal (gconstpointer a, gconstpointer b)
{
  const RedesAddressGroup *group_a = a;
  const RedesAddressGroup *group_b = b;

  return group_a->family == group_b->family
         && memcmp (group_a->bytes, group_b->bytes, sizeof group_a->bytes) == 0;
}

char *
redes_address_dup_group (const char *host)
{
  RedesAddressGroup group;
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *text = NULL;

  redes_address_group_from_host (&group, host);
  if (group.family == 0)
    return g_strdup (host);
  address = g_inet_address_new_from_bytes (group.bytes, group.family == 4 ? G_SOCKET_FAMILY_IPV4
                                                                          : G_SOCKET_FAMILY_IPV6);
  text = g_inet_address_to_string (address);
  if (group.family == 4 || is_ipv6_loopback (group.bytes) || is_link_local (group.bytes))
    return g_steal_pointer (&text);
  return g_strconcat (text, "/64", NULL);
}

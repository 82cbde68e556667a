/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/address-scope.h"

#include <gio/gio.h>
#include <string.h>

/* Bytes 0 to 9 of an IPv6-mapped IPv4 address are zero, 10 and 11 are 0xff. */
static const guint8 mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

/* (nullable) (transfer full): IPv4 also when it came by an IPv6 socket */
static GInetAddress *
parse_host (const char *host)
{
  GInetAddress *address = g_inet_address_new_from_string (host);
  const guint8 *bytes;
  GInetAddress *mapped;

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return address;
  bytes = g_inet_address_to_bytes (address);
  if (memcmp (bytes, mapped_prefix, sizeof mapped_prefix) != 0)
    return address;
  mapped = g_inet_address_new_from_bytes (bytes + sizeof mapped_prefix, G_SOCKET_FAMILY_IPV4);
  g_object_unref (address);
  return mapped;
}

static RedesAddressScope
get_ipv4_scope (const guint8 *bytes)
{
  if (bytes[0] == 127)
    return REDES_ADDRESS_SCOPE_MACHINE;
  /* This network, link-local, multicast and reserved, the broadcast address among them. */
  if (bytes[0] == 0 || (bytes[0] == 169 && bytes[1] == 254) || bytes[0] >= 224)
    return REDES_ADDRESS_SCOPE_NONE;
  if (bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16)
      || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64))
    return REDES_ADDRESS_SCOPE_NETWORK;
  return REDES_ADDRESS_SCOPE_WORLD;
}

static RedesAddressScope
get_ipv6_scope (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_is_loopback (address))
    return REDES_ADDRESS_SCOPE_MACHINE;
  if (g_inet_address_get_is_any (address) || g_inet_address_get_is_link_local (address)
      || g_inet_address_get_is_multicast (address))
    return REDES_ADDRESS_SCOPE_NONE;
  if ((bytes[0] & 0xfe) == 0xfc || g_inet_address_get_is_site_local (address))
    return REDES_ADDRESS_SCOPE_NETWORK;
  return REDES_ADDRESS_SCOPE_WORLD;
}

RedesAddressScope
redes_address_get_scope (const char *host)
{
  g_autoptr (GInetAddress) address = parse_host (host);

  if (address == NULL)
    return REDES_ADDRESS_SCOPE_NONE;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return get_ipv4_scope (g_inet_address_to_bytes (address));
  return get_ipv6_scope (address);
}

gboolean
redes_address_scope_may_tell (RedesAddressScope of_other, RedesAddressScope of_host)
{
  if (of_host == REDES_ADDRESS_SCOPE_NONE)
    return FALSE;
  /* A link-local address may belong to another network than private ones do. */
  if (of_other == REDES_ADDRESS_SCOPE_NONE)
    return of_host == REDES_ADDRESS_SCOPE_WORLD;
  return of_host >= of_other;
}

gboolean
redes_address_may_tell (const char *other, const char *host)
{
  return redes_address_scope_may_tell (redes_address_get_scope (other),
                                       redes_address_get_scope (host));
}

gboolean
redes_address_is_local_name (const char *host)
{
  static const char *const domains[]
      = { ".local", ".localhost", ".localdomain", ".home.arpa", ".internal", ".lan", ".home" };
  g_autofree char *name = g_ascii_strdown (host, -1);
  gsize len = strlen (name);

  if (!g_ascii_isalpha (name[0]) || g_hostname_is_ip_address (name))
    return FALSE;
  /* The root's dot. */
  if (name[len - 1] == '.')
    name[len - 1] = '\0';
  if (strchr (name, '.') == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    if (g_str_has_suffix (name, domains[i]))
      return TRUE;
  return FALSE;
}

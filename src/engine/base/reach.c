/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/reach.h"

#include <gio/gio.h>
#include <string.h>

RedesReach
redes_reach_of_host (const char *host)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  /* An IPv4 address written as an IPv6 one, RFC 4291, 2.5.5.2. */
  if (address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
      && memcmp (g_inet_address_to_bytes (address), mapped, sizeof mapped) == 0)
    {
      g_autoptr (GInetAddress) plain = g_inet_address_new_from_bytes (
          g_inet_address_to_bytes (address) + sizeof mapped, G_SOCKET_FAMILY_IPV4);

      g_set_object (&address, plain);
    }
  if (address == NULL || g_inet_address_get_is_link_local (address)
      || g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address))
    return REDES_REACH_NONE;
  if (g_inet_address_get_is_loopback (address))
    return REDES_REACH_MACHINE;
  /* GIO calls private networks site-local (RFC 1918), and knows IPv6's unique local ones not. */
  if (g_inet_address_get_is_site_local (address)
      || (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
          && (g_inet_address_to_bytes (address)[0] & 0xfe) == 0xfc))
    return REDES_REACH_NETWORK;
  return REDES_REACH_WORLD;
}

gboolean
redes_reach_is_local_name (const char *host)
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

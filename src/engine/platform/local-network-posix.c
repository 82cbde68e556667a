/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/local-network.h"

#include "engine/platform/gateway.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static const guint8 *
get_bytes (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return (const guint8 *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
  return (const guint8 *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
}

/* (nullable) (transfer full): "10.7.8.0/24", if @host is within that */
static char *
match (const struct ifaddrs *entry, GInetAddress *host, gboolean *is_own)
{
  int family = g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV4 ? AF_INET : AF_INET6;
  gsize len = g_inet_address_get_native_size (host);
  g_autoptr (GInetAddress) network = NULL;
  g_autofree char *text = NULL;
  guint8 prefix[16];
  guint n_bits = 0;

  if (entry->ifa_addr == NULL || entry->ifa_netmask == NULL || entry->ifa_addr->sa_family != family
      || (entry->ifa_flags & IFF_UP) == 0)
    return NULL;
  for (gsize i = 0; i < len; i++)
    {
      guint8 mask = get_bytes (entry->ifa_netmask)[i];

      prefix[i] = get_bytes (entry->ifa_addr)[i] & mask;
      if (prefix[i] != (g_inet_address_to_bytes (host)[i] & mask))
        return NULL;
      n_bits += (guint)__builtin_popcount (mask);
    }
  *is_own = memcmp (get_bytes (entry->ifa_addr), g_inet_address_to_bytes (host), len) == 0;
  network = g_inet_address_new_from_bytes (prefix, g_inet_address_get_family (host));
  text = g_inet_address_to_string (network);
  return g_strdup_printf ("%s/%u", text, n_bits);
}

RedesLocalNetwork *
redes_local_network_find (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  struct ifaddrs *entries = NULL;
  RedesLocalNetwork *self = NULL;

  if (address == NULL || getifaddrs (&entries) != 0)
    return NULL;
  for (const struct ifaddrs *entry = entries; entry != NULL && self == NULL;
       entry = entry->ifa_next)
    {
      gboolean is_own = FALSE;
      g_autofree char *prefix = match (entry, address, &is_own);

      if (prefix == NULL)
        continue;
      self = g_new0 (RedesLocalNetwork, 1);
      self->interface = g_strdup (entry->ifa_name);
      self->prefix = g_steal_pointer (&prefix);
      self->is_this_computer = is_own || (entry->ifa_flags & IFF_LOOPBACK) != 0;
      if (self->is_this_computer)
        continue;
      self->gateway = redes_gateway_find (self->interface);
      if (self->gateway != NULL)
        self->gateway_hardware = redes_gateway_find_hardware (self->interface, self->gateway);
    }
  freeifaddrs (entries);
  return self;
}

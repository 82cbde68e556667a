/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/local-network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
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

/* (nullable) (transfer full): the gateway of the default route by @interface; Linux only */
static char *
find_gateway (const char *interface)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/net/route", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 4);
      struct in_addr gateway;
      char host[INET_ADDRSTRLEN];

      if (g_strv_length (fields) < 4 || !g_str_equal (fields[0], interface)
          || !g_str_equal (fields[1], "00000000") || g_str_equal (fields[2], "00000000"))
        continue;
      /* As the kernel's memory has it. */
      gateway.s_addr = (in_addr_t)g_ascii_strtoull (fields[2], NULL, 16);
      return g_strdup (inet_ntop (AF_INET, &gateway, host, sizeof host));
    }
  return NULL;
}

/* (nullable) (transfer full): the hardware address of who has @host there, if it is known */
static char *
find_hardware (const char *interface, const char *host)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/net/arp", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      char ip[64], hardware[64], device[64];

      if (sscanf (lines[i], "%63s %*s %*s %63s %*s %63s", ip, hardware, device) == 3
          && g_str_equal (ip, host) && g_str_equal (device, interface)
          && !g_str_equal (hardware, "00:00:00:00:00:00"))
        return g_strdup (hardware);
    }
  return NULL;
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
      self->gateway = find_gateway (self->interface);
      if (self->gateway != NULL)
        self->gateway_hardware = find_hardware (self->interface, self->gateway);
    }
  freeifaddrs (entries);
  return self;
}

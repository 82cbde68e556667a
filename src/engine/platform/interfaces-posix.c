/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static gboolean
is_wanted (const struct ifaddrs *entry, const char *const *names)
{
  gboolean named = names != NULL && names[0] != NULL;
  guint needed = IFF_UP | IFF_RUNNING;

  if (entry->ifa_addr == NULL || (entry->ifa_flags & needed) != needed)
    return FALSE;
  if (named)
    return g_strv_contains (names, entry->ifa_name);
  return (entry->ifa_flags & IFF_LOOPBACK) != 0
         || ((entry->ifa_flags & IFF_MULTICAST) != 0 && (entry->ifa_flags & IFF_POINTOPOINT) == 0);
}

/* (nullable) */
static GInetAddress *
convert (const struct sockaddr *address)
{
  if (address != NULL && address->sa_family == AF_INET)
    return g_inet_address_new_from_bytes (
        (const guint8 *)&((const struct sockaddr_in *)(const void *)address)->sin_addr,
        G_SOCKET_FAMILY_IPV4);
  if (address != NULL && address->sa_family == AF_INET6)
    return g_inet_address_new_from_bytes (
        (const guint8 *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
        G_SOCKET_FAMILY_IPV6);
  return NULL;
}

static RedesInterface *
ensure_interface (GPtrArray *found, const char *name)
{
  RedesInterface *interface;

  for (guint i = 0; i < found->len; i++)
    {
      interface = g_ptr_array_index (found, i);
      if (g_str_equal (interface->name, name))
        return interface;
    }
  interface = g_new0 (RedesInterface, 1);
  interface->name = g_strdup (name);
  interface->index = if_nametoindex (name);
  g_ptr_array_add (found, interface);
  return interface;
}

GPtrArray *
redes_interfaces_list (const char *const *names, const char *host)
{
  g_autoptr (GPtrArray) found
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_interface_free);
  g_autoptr (GInetAddress) only = g_inet_address_new_from_string (host);
  struct ifaddrs *entries = NULL;

  /* "::" and "0.0.0.0" are other words for every address. */
  if (only != NULL && g_inet_address_get_is_any (only))
    g_clear_object (&only);
  if (getifaddrs (&entries) != 0)
    return g_steal_pointer (&found);
  for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next)
    {
      g_autoptr (GInetAddress) address
          = is_wanted (entry, names) ? convert (entry->ifa_addr) : NULL;
      RedesInterface *interface;

      if (address == NULL || (only != NULL && !g_inet_address_equal (only, address)))
        continue;
      interface = ensure_interface (found, entry->ifa_name);
      if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
        interface->has_ipv6 = TRUE;
      else if (interface->ipv4 == NULL)
        {
          interface->ipv4 = g_steal_pointer (&address);
          if ((entry->ifa_flags & IFF_BROADCAST) != 0)
            interface->broadcast = convert (entry->ifa_broadaddr);
        }
    }
  freeifaddrs (entries);
  return g_steal_pointer (&found);
}

static void
add_addresses (GPtrArray *found, const struct ifaddrs *entries, int family)
{
  const guint needed = IFF_UP | IFF_RUNNING;

  for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next)
    if (entry->ifa_addr != NULL && entry->ifa_addr->sa_family == family
        && (entry->ifa_flags & needed) == needed)
      g_ptr_array_add (found, convert (entry->ifa_addr));
}

GPtrArray *
redes_interfaces_list_addresses (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  struct ifaddrs *entries = NULL;

  if (getifaddrs (&entries) != 0)
    return found;
  add_addresses (found, entries, AF_INET);
  add_addresses (found, entries, AF_INET6);
  freeifaddrs (entries);
  return found;
}

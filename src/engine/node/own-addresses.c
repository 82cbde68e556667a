/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/own-addresses.h"

#include "engine/base/text.h"

#ifdef G_OS_UNIX
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

/* Whether others could reach it, as far as its kind tells. */
static gboolean
is_worth_giving (GInetAddress *address)
{
  return !g_inet_address_get_is_any (address) && !g_inet_address_get_is_loopback (address)
         && !g_inet_address_get_is_link_local (address)
         && !g_inet_address_get_is_multicast (address);
}

#ifdef G_OS_UNIX

static void
add_family (GStrvBuilder *builder, const struct ifaddrs *all, int family, guint16 port)
{
  for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
    {
      g_autoptr (GSocketAddress) socket_address = NULL;
      g_autofree char *host = NULL;
      g_autofree char *text = NULL;
      GInetAddress *address;
      gsize len = family == AF_INET ? sizeof (struct sockaddr_in) : sizeof (struct sockaddr_in6);

      if (i->ifa_addr == NULL || i->ifa_addr->sa_family != family
          || (i->ifa_flags & (IFF_UP | IFF_RUNNING)) != (IFF_UP | IFF_RUNNING))
        continue;
      socket_address = g_socket_address_new_from_native (i->ifa_addr, len);
      if (socket_address == NULL)
        continue;
      address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address));
      if (!is_worth_giving (address))
        continue;
      host = g_inet_address_to_string (address);
      text = redes_text_format_address (host, port);
      g_strv_builder_add (builder, text);
    }
}

static void
add_interfaces (GStrvBuilder *builder, guint16 port)
{
  struct ifaddrs *all = NULL;

  if (getifaddrs (&all) != 0)
    return;
  add_family (builder, all, AF_INET, port);
  add_family (builder, all, AF_INET6, port);
  freeifaddrs (all);
}

#else

static void
add_interfaces (GStrvBuilder *builder, guint16 port)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GList *addresses = g_resolver_lookup_by_name (resolver, g_get_host_name (), NULL, NULL);

  for (GList *l = addresses; l != NULL; l = l->next)
    if (is_worth_giving (l->data))
      {
        g_autofree char *host = g_inet_address_to_string (l->data);
        g_autofree char *text = redes_text_format_address (host, port);

        g_strv_builder_add (builder, text);
      }
  g_resolver_free_addresses (addresses);
}

#endif

char **
redes_list_own_addresses (const char *listening)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *host = NULL;
  g_autofree char *loopback = NULL;
  g_auto (GStrv) found = NULL;
  guint16 port;

  if (!redes_text_parse_address (listening, 0, &host, &port, NULL))
    return g_new0 (char *, 1);
  address = g_inet_address_new_from_string (host);
  if (address == NULL || !g_inet_address_get_is_any (address))
    {
      g_strv_builder_add (builder, listening);
      return g_strv_builder_end (builder);
    }
  add_interfaces (builder, port);
  found = g_strv_builder_end (builder);
  if (found[0] != NULL)
    return g_steal_pointer (&found);
  loopback = redes_text_format_address ("127.0.0.1", port);
  g_strv_builder_add (builder, loopback);
  return g_strv_builder_end (builder);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/multicast.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* Since Linux 4.20; not in every header. */
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

gboolean
redes_multicast_hear_only_joined (GSocket *socket, GSocketFamily family, GError **error)
{
  if (family == G_SOCKET_FAMILY_IPV4)
    return g_socket_set_option (socket, IPPROTO_IP, IP_MULTICAST_ALL, 0, error);
  g_socket_set_option (socket, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0, NULL);
  return TRUE;
}

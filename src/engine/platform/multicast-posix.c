/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/multicast.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

GInetAddress *
redes_multicast_dup_bind_address (GInetAddress *group)
{
  return g_object_ref (group);
}

gboolean
redes_multicast_send_from (GSocket *socket,
                           const RedesInterface *interface,
                           GSocketFamily family,
                           GError **error)
{
  if (family == G_SOCKET_FAMILY_IPV6)
    return g_socket_set_option (socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, (gint)interface->index,
                                error);
  if (interface->index != 0)
    {
      gint address;

      memcpy (&address, g_inet_address_to_bytes (interface->ipv4), sizeof address);
      return g_socket_set_option (socket, IPPROTO_IP, IP_MULTICAST_IF, address, error);
    }
  return TRUE;
}

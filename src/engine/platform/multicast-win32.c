/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/multicast.h"

/* A socket cannot be bound to a group there. */
GInetAddress *
redes_multicast_dup_bind_address (GInetAddress *group)
{
  return g_inet_address_new_any (g_inet_address_get_family (group));
}

/* The only interface is the one with the name "" (interfaces-win32.c): the system chooses. */
gboolean
redes_multicast_send_from (GSocket *socket,
                           const RedesInterface *interface,
                           GSocketFamily family,
                           GError **error)
{
  return TRUE;
}

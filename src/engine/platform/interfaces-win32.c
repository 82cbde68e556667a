/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/interfaces.h"

/* The system chooses. */
GPtrArray *
redes_interfaces_list (const char *const *names, const char *host)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_interface_free);
  RedesInterface *any;

  if (names != NULL && names[0] != NULL)
    return found;
  any = g_new0 (RedesInterface, 1);
  any->name = g_strdup ("");
  any->ipv4 = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_ptr_array_add (found, any);
  return found;
}

GPtrArray *
redes_interfaces_list_addresses (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GList *addresses = g_resolver_lookup_by_name (resolver, g_get_host_name (), NULL, NULL);

  for (GList *l = addresses; l != NULL; l = l->next)
    g_ptr_array_add (found, g_object_ref (l->data));
  g_resolver_free_addresses (addresses);
  return found;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/interfaces.h"

void
redes_interface_free (RedesInterface *self)
{
  g_clear_object (&self->ipv4);
  g_clear_object (&self->broadcast);
  g_free (self->name);
  g_free (self);
}

gboolean
redes_interface_equal (const RedesInterface *self, const RedesInterface *other)
{
  if (self->index != other->index || self->has_ipv6 != other->has_ipv6
      || !g_str_equal (self->name, other->name) || (self->ipv4 == NULL) != (other->ipv4 == NULL))
    return FALSE;
  return self->ipv4 == NULL || g_inet_address_equal (self->ipv4, other->ipv4);
}

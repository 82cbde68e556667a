/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/local-network.h"

void
redes_local_network_free (RedesLocalNetwork *self)
{
  if (self == NULL)
    return;
  g_free (self->interface);
  g_free (self->prefix);
  g_free (self->gateway);
  g_free (self->gateway_hardware);
  g_free (self);
}

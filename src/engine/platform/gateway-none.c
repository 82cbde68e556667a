/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/gateway.h"

char *
redes_gateway_find (const char *interface)
{
  return NULL;
}

char *
redes_gateway_find_hardware (const char *interface, const char *host)
{
  return NULL;
}

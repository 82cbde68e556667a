/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/gateway.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

char *
redes_gateway_find (const char *interface)
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

char *
redes_gateway_find_hardware (const char *interface, const char *host)
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lan-options.h"

#include <net/if.h>

gboolean redes_lan_option_off;
char **redes_lan_option_interfaces;

gboolean
redes_lan_options_check (RedesOutput *output)
{
  if (redes_lan_option_interfaces == NULL)
    return TRUE;
  if (redes_lan_option_off)
    {
      redes_output_error (output, "--no-lan and --lan-interface exclude each other");
      return FALSE;
    }
  for (guint i = 0; redes_lan_option_interfaces[i] != NULL; i++)
    {
      g_autofree char *shown = g_utf8_make_valid (redes_lan_option_interfaces[i], -1);

      /* One that does not exist yet may come later, but most likely it is a slip. */
      if (if_nametoindex (redes_lan_option_interfaces[i]) != 0)
        continue;
      redes_output_error (output,
                          "--lan-interface %s: there is no such network interface; the loopback is "
                          "called lo on most systems",
                          shown);
      return FALSE;
    }
  return TRUE;
}

void
redes_lan_options_apply (RedesConfig *config)
{
  config->lan = !redes_lan_option_off;
  /* Who types a command says by its switches what it may use. */
  config->use_found_trackers = TRUE;
  if (redes_lan_option_interfaces == NULL)
    return;
  g_strfreev (config->lan_interfaces);
  config->lan_interfaces = g_strdupv (redes_lan_option_interfaces);
}

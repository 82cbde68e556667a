/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/own-addresses.h"

#include "engine/base/text.h"
#include "engine/platform/interfaces.h"

/* Whether others could reach it, as far as its kind tells. */
static gboolean
is_worth_giving (GInetAddress *address)
{
  return !g_inet_address_get_is_any (address) && !g_inet_address_get_is_loopback (address)
         && !g_inet_address_get_is_link_local (address)
         && !g_inet_address_get_is_multicast (address);
}

static void
add_interfaces (GStrvBuilder *builder, guint16 port)
{
  g_autoptr (GPtrArray) addresses = redes_interfaces_list_addresses ();

  for (guint i = 0; i < addresses->len; i++)
    if (is_worth_giving (addresses->pdata[i]))
      {
        g_autofree char *host = g_inet_address_to_string (addresses->pdata[i]);
        g_autofree char *text = redes_text_format_address (host, port);

        g_strv_builder_add (builder, text);
      }
}

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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/peer-exchange.h"

#include "engine/base/address-scope.h"

#define MAX_TOLD 32u

GPtrArray *
redes_peer_exchange_choose (GPtrArray *met, const RedesPeerId *to, const char *to_host)
{
  GPtrArray *told = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_endpoint_free);
  guint start = met->len > 0 ? g_random_int () % met->len : 0;

  for (guint i = 0; i < met->len && told->len < MAX_TOLD; i++)
    {
      const RedesPeerRecord *peer = g_ptr_array_index (met, (start + i) % met->len);

      if (!peer->met || redes_digest_equal (&peer->endpoint.id, to)
          || !redes_address_may_tell (to_host, peer->endpoint.host))
        continue;
      g_ptr_array_add (told, redes_endpoint_copy (&peer->endpoint));
    }
  return told;
}

void
redes_peer_exchange_filter (GPtrArray *told, const RedesPeerId *self, const char *from)
{
  for (guint i = told->len; i > 0; i--)
    {
      const RedesEndpoint *peer = g_ptr_array_index (told, i - 1);

      /* Nobody far away sends us to the addresses of our own network. */
      if (redes_digest_equal (&peer->id, self) || !redes_address_may_tell (from, peer->host))
        g_ptr_array_remove_index (told, i - 1);
    }
}

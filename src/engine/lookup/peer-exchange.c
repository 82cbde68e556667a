/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/peer-exchange.h"

#include "engine/base/address-scope.h"
#include "engine/wire/message.h"

#define MAX_TOLD 32u

GVariant *
redes_peer_exchange_make_answer (guint32 serial,
                                 GPtrArray *met,
                                 const RedesPeerId *to,
                                 const char *to_host)
{
  GVariantBuilder builder;
  guint n_told = 0;
  guint start = met->len > 0 ? g_random_int () % met->len : 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aysqs)"));
  for (guint i = 0; i < met->len && n_told < MAX_TOLD; i++)
    {
      const RedesPeerRecord *peer = g_ptr_array_index (met, (start + i) % met->len);

      if (!peer->met || redes_digest_equal (&peer->id, to)
          || !redes_address_may_tell (to_host, peer->host))
        continue;
      g_variant_builder_add (&builder, "(@aysqs)", redes_message_new_digest (&peer->id), peer->host,
                             peer->port, peer->nickname);
      n_told++;
    }
  return g_variant_new ("(u@a(aysqs))", serial, g_variant_builder_end (&builder));
}

GPtrArray *
redes_peer_exchange_read (GVariant *body, const RedesPeerId *self, const char *from)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_tracker_peer_free);
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 1);
  gsize n = g_variant_n_children (list);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) id = g_variant_get_child_value (row, 0);
      RedesTrackerPeer *peer = g_new0 (RedesTrackerPeer, 1);

      redes_message_get_digest (id, &peer->id);
      g_variant_get_child (row, 1, "s", &peer->host);
      g_variant_get_child (row, 2, "q", &peer->port);
      g_variant_get_child (row, 3, "s", &peer->nickname);
      /* Nobody far away sends us to the addresses of our own network. */
      if (redes_digest_equal (&peer->id, self) || !redes_address_may_tell (from, peer->host))
        redes_tracker_peer_free (peer);
      else
        g_ptr_array_add (peers, peer);
    }
  return peers;
}

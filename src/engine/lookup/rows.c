/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/rows.h"

GPtrArray *
redes_rows_copy_results (GPtrArray *rows)
{
  GPtrArray *copies = g_ptr_array_new_full (rows->len, (GDestroyNotify)redes_result_entry_free);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (copies, redes_result_entry_copy (g_ptr_array_index (rows, i)));
  return copies;
}

RedesKnownPeer *
redes_known_peer_new (const RedesEndpoint *endpoint, guint how, gint64 seen_us)
{
  RedesKnownPeer *self = g_new (RedesKnownPeer, 1);

  redes_endpoint_init_copy (&self->endpoint, endpoint);
  self->how = how;
  self->seen_us = seen_us;
  return self;
}

void
redes_known_peer_free (RedesKnownPeer *peer)
{
  redes_endpoint_clear (&peer->endpoint);
  g_free (peer);
}

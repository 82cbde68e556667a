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

void
redes_known_peer_free (RedesKnownPeer *peer)
{
  g_free (peer->host);
  g_free (peer->nickname);
  g_free (peer);
}

RedesKnownPeer *
redes_rows_new_known_from_tracker (const RedesEndpoint *peer)
{
  RedesKnownPeer *known = g_new0 (RedesKnownPeer, 1);

  known->id = peer->id;
  known->host = g_strdup (peer->host);
  known->port = peer->port;
  known->nickname = g_strdup (peer->nickname);
  known->how = REDES_PEER_ORIGIN_TRACKER;
  known->seen_us = g_get_monotonic_time ();
  return known;
}

RedesKnownPeer *
redes_rows_new_known (const RedesPeerRecord *peer)
{
  RedesKnownPeer *known = g_new0 (RedesKnownPeer, 1);

  known->id = peer->id;
  known->host = g_strdup (peer->host);
  known->port = peer->port;
  known->nickname = g_strdup (peer->nickname);
  known->how = peer->how;
  known->seen_us = peer->seen_us;
  return known;
}

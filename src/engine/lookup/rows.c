/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/rows.h"

#include "engine/tracker/result-rows.h"

GPtrArray *
redes_rows_copy_results (GPtrArray *rows)
{
  GPtrArray *copies = g_ptr_array_new_full (rows->len, (GDestroyNotify)redes_directory_row_free);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (copies, redes_directory_row_copy (g_ptr_array_index (rows, i)));
  return copies;
}

RedesTrackerPeer *
redes_rows_copy_peer (const RedesTrackerPeer *peer)
{
  RedesTrackerPeer *copy = g_memdup2 (peer, sizeof *copy);

  copy->host = g_strdup (copy->host);
  copy->nickname = g_strdup (copy->nickname);
  return copy;
}

RedesTrackerPeer *
redes_rows_new_peer (const RedesPeerId *id, const char *host, guint16 port, const char *nickname)
{
  RedesTrackerPeer *peer = g_new0 (RedesTrackerPeer, 1);

  peer->id = *id;
  peer->host = g_strdup (host);
  peer->port = port;
  peer->nickname = g_strdup (nickname);
  return peer;
}

void
redes_known_peer_free (RedesKnownPeer *peer)
{
  g_free (peer->host);
  g_free (peer->nickname);
  g_free (peer);
}

RedesKnownPeer *
redes_rows_new_known_from_tracker (const RedesTrackerPeer *peer)
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

GPtrArray *
redes_rows_read (GVariant *body)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  gsize n = g_variant_n_children (list);
  GPtrArray *rows = g_ptr_array_new_full (n, (GDestroyNotify)redes_directory_row_free);

  redes_result_rows_unpack (list, rows);
  return rows;
}

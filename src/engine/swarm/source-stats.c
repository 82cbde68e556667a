/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/source-stats.h"

static void
stats_free (gpointer data)
{
  RedesSourceStats *stats = data;

  redes_sender_clear (&stats->sender);
  g_free (stats);
}

GHashTable *
redes_source_stats_new (void)
{
  return g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, stats_free);
}

RedesSourceStats *
redes_source_stats_ensure (GHashTable *source_stats,
                           const RedesPeerId *peer,
                           const char *nickname,
                           const char *address)
{
  RedesSourceStats *stats = g_hash_table_lookup (source_stats, peer);

  if (stats != NULL)
    return stats;
  stats = g_new0 (RedesSourceStats, 1);
  redes_sender_init (&stats->sender, peer, nickname, address, 0);
  stats->number = MIN (g_hash_table_size (source_stats) + 1, REDES_MANY_SENDERS);
  g_hash_table_insert (source_stats, &stats->sender.peer, stats);
  return stats;
}

GPtrArray *
redes_source_stats_list_senders (GHashTable *source_stats)
{
  GPtrArray *senders = redes_senders_new ();
  GHashTableIter iter;
  gpointer stats;

  g_hash_table_iter_init (&iter, source_stats);
  while (g_hash_table_iter_next (&iter, NULL, &stats))
    g_ptr_array_add (senders, redes_sender_copy (&((RedesSourceStats *)stats)->sender));
  return senders;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/source-stats.h"

static void
stats_free (gpointer data)
{
  RedesSourceStats *stats = data;

  g_free (stats->nickname);
  g_free (stats->address);
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
  stats->peer = *peer;
  stats->nickname = g_strdup (nickname);
  stats->address = g_strdup (address);
  stats->number = MIN (g_hash_table_size (source_stats) + 1, REDES_MANY_SENDERS);
  g_hash_table_insert (source_stats, &stats->peer, stats);
  return stats;
}

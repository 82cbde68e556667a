/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/contributions.h"

static void
contribution_free (gpointer data)
{
  RedesContribution *contribution = data;

  g_free (contribution->nickname);
  g_free (contribution->address);
  g_free (contribution);
}

GHashTable *
redes_contributions_new (void)
{
  return g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, contribution_free);
}

RedesContribution *
redes_contributions_add (GHashTable *contributions,
                         const RedesPeerId *peer,
                         const char *nickname,
                         const char *address)
{
  RedesContribution *contribution = g_hash_table_lookup (contributions, peer);

  if (contribution != NULL)
    return contribution;
  contribution = g_new0 (RedesContribution, 1);
  contribution->peer = *peer;
  contribution->nickname = g_strdup (nickname);
  contribution->address = g_strdup (address);
  contribution->number = MIN (g_hash_table_size (contributions) + 1, REDES_MANY_CONTRIBUTIONS);
  g_hash_table_insert (contributions, &contribution->peer, contribution);
  return contribution;
}

RedesContribution *
redes_contributions_ensure (GHashTable *contributions, RedesPeerSession *session)
{
  return redes_contributions_add (contributions, redes_peer_session_get_id (session),
                                  redes_peer_session_get_nickname (session),
                                  redes_peer_session_get_address (session));
}

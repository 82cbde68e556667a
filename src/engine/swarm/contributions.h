/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/swarm/peer-session.h"

G_BEGIN_DECLS

/* A block's sender is remembered in a byte. */
#define REDES_MANY_CONTRIBUTIONS 255

/**
 * RedesContribution:
 * @number: 1, 2, … in the order in which they came; REDES_MANY_CONTRIBUTIONS for all from there on
 * @blocks: verified blocks that it sent
 *
 * What one peer has given to a download, kept after it left.
 */
typedef struct
{
  RedesPeerId peer;
  char *nickname;
  char *address;
  guint8 number;
  guint blocks;
} RedesContribution;

/* Who sent what: RedesPeerId -> RedesContribution, each owned by the table. */
GHashTable *redes_contributions_new (void);

/* (transfer none): that of @session's peer; a new one has no blocks yet. */
RedesContribution *redes_contributions_ensure (GHashTable *contributions,
                                               RedesPeerSession *session);

RedesContribution *redes_contributions_add (GHashTable *contributions,
                                            const RedesPeerId *peer,
                                            const char *nickname,
                                            const char *address);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/* A block's sender is remembered in a byte. */
#define REDES_MANY_CONTRIBUTIONS 255

/**
 * RedesSourceStats:
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
} RedesSourceStats;

/* Who sent what: RedesPeerId -> RedesSourceStats, each owned by the table. */
GHashTable *redes_source_stats_new (void);

/* (transfer none): that of @peer; a new one has no blocks yet, and keeps copies of the texts. */
RedesSourceStats *redes_source_stats_ensure (GHashTable *source_stats,
                                             const RedesPeerId *peer,
                                             const char *nickname,
                                             const char *address);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/sender.h"

G_BEGIN_DECLS

/* The highest number of a sender, as a block's sender is kept in one byte. */
#define REDES_MANY_SENDERS 255

/**
 * RedesSourceStats:
 * @sender: who it is, and how many blocks it has sent
 * @number: 1, 2, … in the order in which the peers were added; REDES_MANY_SENDERS for all from
 * there on
 *
 * The blocks that one peer has sent for a download, which are kept after its session has ended.
 */
typedef struct
{
  RedesSender sender;
  guint8 number;
} RedesSourceStats;

/* (transfer full): a table from RedesPeerId to RedesSourceStats, which it owns. */
GHashTable *redes_source_stats_new (void);

/* (transfer none): that of @peer; a new one has no blocks yet, and keeps copies of the texts. */
RedesSourceStats *redes_source_stats_ensure (GHashTable *source_stats,
                                             const RedesPeerId *peer,
                                             const char *nickname,
                                             const char *address);

/* (transfer full) (element-type RedesSender): copies, in no order */
GPtrArray *redes_source_stats_list_senders (GHashTable *source_stats);

G_END_DECLS

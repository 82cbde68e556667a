/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/items.h"

G_BEGIN_DECLS

/* So many rows can be asked for by one call. */
#define REDES_NODE_MAX_RESULTS 100000u

#define REDES_TYPE_RESULTS (redes_results_get_type ())
/**
 * RedesResults:
 *
 * What a search has found so far, as a list of RedesResult: the better ones first, each content
 * once, what nobody has signed at the very end. redes_node_search_more_async() makes it longer.
 * Front end's thread.
 */
G_DECLARE_FINAL_TYPE (RedesResults, redes_results, REDES, RESULTS, GObject)

/* How many there are in all, as the one says of those asked who has the most: never less than have
 * come. */
guint redes_results_get_total (RedesResults *self);
/* Whether the number above is how many there are, and not a number that is smaller: a tracker
 * counts up to %REDES_RESULTS_MAX_COUNTED. */
gboolean redes_results_is_total_exact (RedesResults *self);
#define REDES_RESULTS_MAX_COUNTED 10000u
/* Whether one of those asked has said that there are more, and was not asked for
 * REDES_NODE_MAX_RESULTS yet: one that only repeats himself would promise more for ever. */
gboolean redes_results_has_more (RedesResults *self);
/* How many have come: more than are in the list, while it is held. */
guint redes_results_get_n_found (RedesResults *self);
/* Whether what comes from now on is kept back; the end of that tells of all of it at once. For a
 * front end that has to sort: 100,000 once is little work, 1,000 a hundred times is much. */
void redes_results_set_held_back (RedesResults *self, gboolean held_back);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_RESULTS_BAR (redes_results_bar_get_type ())
/**
 * RedesResultsBar:
 *
 * The line below a list of results: how many there are, who was asked; and the button that fetches
 * all the others, 1,000 at a time, until they are there or somebody stops it.
 */
G_DECLARE_FINAL_TYPE (RedesResultsBar, redes_results_bar, REDES, RESULTS_BAR, AdwBin)

/* Shows @words alone; "": nothing. */
void redes_results_bar_say (RedesResultsBar *self, const char *words);
/**
 * redes_results_bar_show:
 * @sorter: what the list is sorted by
 * @results: of a search, kept until there are others
 * @asked: who was asked, in words
 */
void redes_results_bar_show (RedesResultsBar *self,
                             RedesService *service,
                             GtkSorter *sorter,
                             RedesResults *results,
                             const char *asked);
/* Fetches the next, if there are more and none are on their way. */
void redes_results_bar_fetch (RedesResultsBar *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesResultCache:
 *
 * All that the last few searches found, in order, for those who ask for page after page: to find
 * and sort 100,000 names anew for each page of 200 would take a minute instead of a moment. What
 * is kept is of the moment it was found: who keeps it forgets all as soon as anything changes. One
 * thread at a time.
 */
typedef struct _RedesResultCache RedesResultCache;

RedesResultCache *redes_result_cache_new (void);
void redes_result_cache_free (RedesResultCache *self);

/* (nullable) (transfer none): what was kept for the very @words; valid until the next call */
GPtrArray *redes_result_cache_lookup (RedesResultCache *self, const char *words);
/* Takes @hits, in the place of those that were asked for the longest ago. */
void redes_result_cache_keep (RedesResultCache *self, const char *words, GPtrArray *hits);
void redes_result_cache_forget (RedesResultCache *self);

G_END_DECLS

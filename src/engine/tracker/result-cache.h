/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesResultCache:
 *
 * The complete, sorted results of the last few searches, for those who ask for page after page: to
 * find and sort 100,000 names again for each page of 200 would take a minute in all. The results
 * are those of the moment of the search, so the owner forgets all of them when anything changes. It
 * may be used by one thread at a time.
 */
typedef struct _RedesResultCache RedesResultCache;

RedesResultCache *redes_result_cache_new (void);
void redes_result_cache_free (RedesResultCache *self);

/* Returns: (nullable) (transfer none): the results that were kept for exactly these @words, valid
 * until the next call */
GPtrArray *redes_result_cache_lookup (RedesResultCache *self, const char *words);
/* Keeps @hits (transfer full) instead of those results that were asked for the longest time ago. */
void redes_result_cache_keep (RedesResultCache *self, const char *words, GPtrArray *hits);
/* Forgets all results. */
void redes_result_cache_forget (RedesResultCache *self);

G_END_DECLS

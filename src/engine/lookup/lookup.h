/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/query.h"

G_BEGIN_DECLS

/**
 * RedesLookup:
 *
 * Who has it, who is there: takes one query to all providers at once. It knows none of them by
 * name; see RedesLookupProviderClass for what they do. Engine's thread.
 */

/**
 * redes_lookup_new:
 * @clock: (nullable): by which those who give nothing are given up; %NULL: the system's
 */
RedesLookup *redes_lookup_new (const RedesClock *clock);
/* Cancels all queries, then frees all providers. @self: (nullable) */
void redes_lookup_free (RedesLookup *self);

/* Queries that begin from now on go to @provider, too. @provider: (transfer full) */
void redes_lookup_add_provider (RedesLookup *self, RedesLookupProvider *provider);
/* Frees @provider; queries under way go on without those whom it has asked. @provider: (nullable)
 */
void redes_lookup_remove_provider (RedesLookup *self, RedesLookupProvider *provider);

/*
 * Each of these begins a query; @func is called once, when the last one has answered or failed, and
 * never before the call has returned. While there is nobody to ask, a query waits for those around
 * to be found, for some seconds at most. The query that is returned is borrowed, and valid until
 * @func is called.
 */

/* From row @first of each one's answers on @n_rows at most, in pages. */
RedesLookupQuery *redes_lookup_search (RedesLookup *self,
                                       const char *words,
                                       guint first,
                                       guint n_rows,
                                       RedesLookupFunc func,
                                       gpointer user_data);

/**
 * redes_lookup_find_sources:
 * @link_trackers: (array zero-terminated=1): trackers that are asked, too, but for this content
 *   alone, see RedesLinkTrackers
 * @wanted: whether a peer need still be asked
 * @found: called for each source at once, also more than once for the same
 * @func: its result has no rows
 *
 * Contents that are wanted in the same turn of the main loop go to the providers together.
 */
RedesLookupQuery *redes_lookup_find_sources (RedesLookup *self,
                                             const RedesContentId *content,
                                             const char *const *link_trackers,
                                             RedesLookupWantedFunc wanted,
                                             RedesLookupSourceFunc found,
                                             RedesLookupFunc func,
                                             gpointer user_data);

/* Who is there. */
RedesLookupQuery *redes_lookup_list (RedesLookup *self, RedesLookupFunc func, gpointer user_data);

/**
 * redes_lookup_browse:
 * @address: (nullable): `HOST:PORT` where @peer listens; %NULL: as is known here
 *
 * All that @peer lets be seen, up to 20,000 rows.
 */
RedesLookupQuery *redes_lookup_browse (RedesLookup *self,
                                       const RedesPeerId *peer,
                                       const char *address,
                                       RedesLookupFunc func,
                                       gpointer user_data);

/* Ends @query: its function is called, with %G_IO_ERROR_CANCELLED, before this returns. */
void redes_lookup_cancel (RedesLookup *self, RedesLookupQuery *query);

/* Gives up those who have given nothing for too long at @now_us. The lookup does so by itself every
 * second while queries are under way; for tests. */
void redes_lookup_tick (RedesLookup *self, gint64 now_us);

G_END_DECLS

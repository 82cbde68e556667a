/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lookup/query.h"

G_BEGIN_DECLS

/* What #RedesLookup does with a query; the rest is for callers and providers. */

/* When nobody is asked any more; the callbacks are called just before. */
typedef void (*RedesLookupEndedFunc) (RedesLookupQuery *query, gpointer user_data);

typedef void (*RedesLookupOfferedFunc) (RedesLookupQuery *query,
                                        const char *name,
                                        const char *const *addresses,
                                        gpointer user_data);

RedesLookupQuery *
redes_lookup_query_new (RedesLookupKind kind, RedesLookupFunc func, gpointer user_data);
void redes_lookup_query_set_search (RedesLookupQuery *self,
                                    const char *words,
                                    guint first,
                                    guint n_rows);
void redes_lookup_query_set_content (RedesLookupQuery *self,
                                     const RedesContentId *content,
                                     const char *const *link_trackers,
                                     RedesLookupWantedFunc wanted,
                                     RedesLookupSourceFunc found);
void
redes_lookup_query_set_peer (RedesLookupQuery *self, const RedesPeerId *peer, const char *address);
/* @clock: for timeouts; borrowed */
void redes_lookup_query_set_owner (RedesLookupQuery *self,
                                   const RedesClock *clock,
                                   RedesLookupEndedFunc ended,
                                   RedesLookupOfferedFunc offered,
                                   gpointer owner);
RedesLookupQuery *redes_lookup_query_ref (RedesLookupQuery *self);
void redes_lookup_query_unref (RedesLookupQuery *self);
gboolean redes_lookup_query_is_over (const RedesLookupQuery *self);

/* All providers have been called: it may end. */
void redes_lookup_query_release (RedesLookupQuery *self);
/* Ends those whom @provider (%NULL: any) has asked, and who have given nothing since
 * their time was up at @now_us (%G_MAXINT64: all). Returns: whether there were any */
gboolean redes_lookup_query_give_up (RedesLookupQuery *self,
                                     const RedesLookupProvider *provider,
                                     gint64 now_us);
/* Ends at once, with @error as its result. */
void redes_lookup_query_end (RedesLookupQuery *self, const GError *error);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RedesLookup RedesLookup;
typedef struct _RedesLookupQuery RedesLookupQuery;
typedef struct _RedesLookupProvider RedesLookupProvider;

/* The most contents that one call of find_sources() has. */
#define REDES_LOOKUP_MAX_CONTENTS 1000u

/* What those whom a provider asks count as in a query's tally (RedesLookupTally). */
typedef enum
{
  REDES_LOOKUP_COUNTS_AS_NOBODY,
  REDES_LOOKUP_COUNTS_AS_TRACKER,
  REDES_LOOKUP_COUNTS_AS_PEER,
} RedesLookupCountsAs;

/**
 * RedesLookupProviderClass:
 * @name: for the debug log
 * @counts_as: as what those count whom it asks
 * @timeout_ms: for so long one whom it has asked may give nothing; then the query goes on without
 *   that one. A provider whose own connections time out has a longer one here. 0: as long as they
 *   want
 * @has_somebody: (nullable): whether there is somebody to ask @query now, or nobody will be found
 *   by waiting. A query waits for a moment while all providers that have this function say %FALSE
 * @search: (nullable): asks for the words of @query
 * @find_sources: (nullable): asks who has the contents of @queries, one content each; up to
 *   %REDES_LOOKUP_MAX_CONTENTS of them, which were wanted at the same time
 * @list: (nullable): asks who is there
 * @browse: (nullable): asks one peer for all that it shares
 * @offer: (nullable): somebody whom another provider has asked for the words of @query says that
 * the peers at @addresses (array zero-terminated=1) of `HOST:PORT`, of the original system, have a
 * file of this name. Nothing of it is proven
 * @cancel: (nullable): @query has ended: what is still on its way for it is wanted no more. What
 *   comes all the same is ignored, so a provider may also do nothing
 * @free: frees the provider. Those that it has asked may still hold their RedesLookupAsk
 *
 * Where answers come from: one file of this folder each. Each function that asks calls
 * redes_lookup_query_ask() for everyone whom it asks, before or after it has returned while the
 * query is open, and gives what comes to the RedesLookupAsk: batch by batch, then its end.
 * A query ends when all who were asked have ended, so one who is asked later is asked while another
 * of the same provider has not ended yet. Engine's thread.
 */
typedef struct
{
  const char *name;
  RedesLookupCountsAs counts_as;
  guint timeout_ms;
  gboolean (*has_somebody) (RedesLookupProvider *self, RedesLookupQuery *query);
  void (*search) (RedesLookupProvider *self, RedesLookupQuery *query);
  void (*find_sources) (RedesLookupProvider *self, RedesLookupQuery *const *queries, guint n);
  void (*list) (RedesLookupProvider *self, RedesLookupQuery *query);
  void (*browse) (RedesLookupProvider *self, RedesLookupQuery *query);
  void (*offer) (RedesLookupProvider *self,
                 RedesLookupQuery *query,
                 const char *name,
                 const char *const *addresses);
  void (*cancel) (RedesLookupProvider *self, RedesLookupQuery *query);
  void (*free) (RedesLookupProvider *self);
} RedesLookupProviderClass;

/* A provider's own struct begins with this one. */
struct _RedesLookupProvider
{
  const RedesLookupProviderClass *class;
};

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/classic-provider.h"

#include "engine/lookup/query.h"

#define GIVE_UP_MS 60000

/* @asks: (element-type RedesLookupAsk): not answered yet; when the peer is freed it answers none */
typedef struct
{
  RedesLookupProvider parent;
  RedesClassicPeer *classic;
  GQueue asks;
} ClassicProvider;

typedef struct
{
  ClassicProvider *owner;
  RedesLookupAsk *ask;
  GList link;
} Search;

static void
search_end (Search *search)
{
  RedesLookupAsk *ask = search->ask;

  g_queue_unlink (&search->owner->asks, &search->link);
  g_free (search);
  redes_lookup_ask_end (ask, NULL);
}

static void
search_cb (RedesClassicFile *file, gpointer user_data)
{
  Search *search = user_data;

  redes_lookup_ask_take_unsigned (search->ask, file);
  search_end (search);
}

static Search *
search_new (ClassicProvider *self, RedesLookupQuery *query)
{
  Search *search = g_new0 (Search, 1);

  search->owner = self;
  search->ask = redes_lookup_query_ask (query, &self->parent, "");
  search->link.data = search;
  g_queue_push_tail_link (&self->asks, &search->link);
  return search;
}

static void
search (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  ClassicProvider *self = (ClassicProvider *)provider;

  if (redes_lookup_query_get_first (query) == 0)
    redes_classic_peer_search (self->classic, redes_lookup_query_get_words (query), search_cb,
                               search_new (self, query));
}

static void
list_cb (char **addresses, gpointer user_data)
{
  Search *search = user_data;

  redes_lookup_ask_take_guests (search->ask, addresses);
  search_end (search);
}

static void
list (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  redes_classic_peer_list (((ClassicProvider *)provider)->classic, list_cb,
                           search_new ((ClassicProvider *)provider, query));
}

/* What it has for a search is found by a whole name only, which is no reason not to wait for
 * others. */
static gboolean
has_somebody (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  return redes_lookup_query_get_kind (query) == REDES_LOOKUP_LIST
         && redes_classic_peer_has_tracker (((ClassicProvider *)provider)->classic);
}

static void
classic_provider_free (RedesLookupProvider *provider)
{
  ClassicProvider *self = (ClassicProvider *)provider;

  while (self->asks.length > 0)
    search_end (g_queue_peek_head (&self->asks));
  g_free (self);
}

RedesLookupProvider *
redes_classic_provider_new (RedesClassicPeer *classic)
{
  static const RedesLookupProviderClass class = { .name = "original system",
                                                  .counts_as = REDES_LOOKUP_COUNTS_AS_NOBODY,
                                                  .timeout_ms = GIVE_UP_MS,
                                                  .has_somebody = has_somebody,
                                                  .search = search,
                                                  .list = list,
                                                  .free = classic_provider_free };
  ClassicProvider *self = g_new0 (ClassicProvider, 1);

  self->parent.class = &class;
  self->classic = classic;
  return &self->parent;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/classic-provider.h"

#include "engine/lookup/query.h"

#define GIVE_UP_MS 60000
/* Of what trackers say that their guests have: for each query, and at a time in all. */
#define MAX_OFFERED_EACH 8u
#define MAX_SIZES_AT_ONCE 2u

/**
 * ClassicProvider:
 * @asks: (element-type Search): not answered yet; when the peer is freed it answers none
 * @offers: (element-type Search): those in @asks that nobody was asked for yet
 * @n_sizes: files whose size is being asked for
 */
typedef struct
{
  RedesLookupProvider parent;
  RedesClassicPeer *classic;
  GQueue asks;
  GQueue offers;
  guint n_sizes;
} ClassicProvider;

/* @name, @addresses: (nullable): of an offer */
typedef struct
{
  ClassicProvider *owner;
  RedesLookupAsk *ask;
  char *name;
  char **addresses;
  GList link;
  GList offer_link;
} Search;

static void
search_end (Search *search)
{
  RedesLookupAsk *ask = search->ask;

  g_queue_unlink (&search->owner->asks, &search->link);
  g_free (search->name);
  g_strfreev (search->addresses);
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

/* What guests of a tracker have. Two sizes are asked for at a time: who named them is believed so
 * far, and no further. */

static void ask_sizes (ClassicProvider *self);

static void
size_cb (RedesClassicFile *file, gpointer user_data)
{
  Search *search = user_data;
  ClassicProvider *self = search->owner;

  self->n_sizes--;
  redes_lookup_ask_take_unsigned (search->ask, file);
  search_end (search);
  ask_sizes (self);
}

static void
ask_sizes (ClassicProvider *self)
{
  while (self->n_sizes < MAX_SIZES_AT_ONCE && self->offers.length > 0)
    {
      GList *link = g_queue_pop_head_link (&self->offers);
      Search *search = link->data;

      if (redes_lookup_ask_get_query (search->ask) == NULL)
        {
          search_end (search);
          continue;
        }
      self->n_sizes++;
      redes_classic_peer_ask_size (self->classic, search->name,
                                   (const char *const *)search->addresses, size_cb, search);
    }
}

static guint
count_offers (ClassicProvider *self, const RedesLookupQuery *query, const char *name)
{
  guint n = 0;

  for (GList *l = self->asks.head; l != NULL; l = l->next)
    {
      const Search *search = l->data;

      if (search->name == NULL || redes_lookup_ask_get_query (search->ask) != query)
        continue;
      if (g_str_equal (search->name, name))
        return MAX_OFFERED_EACH;
      n++;
    }
  return n;
}

/* Another tracker may name it too: it is asked for once. */
static void
offer (RedesLookupProvider *provider,
       RedesLookupQuery *query,
       const char *name,
       const char *const *addresses)
{
  ClassicProvider *self = (ClassicProvider *)provider;
  Search *search;

  if (count_offers (self, query, name) >= MAX_OFFERED_EACH)
    return;
  search = search_new (self, query);
  search->name = g_strdup (name);
  search->addresses = g_strdupv ((char **)addresses);
  search->offer_link.data = search;
  g_queue_push_tail_link (&self->offers, &search->offer_link);
  ask_sizes (self);
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
                                                  .offer = offer,
                                                  .free = classic_provider_free };
  ClassicProvider *self = g_new0 (ClassicProvider, 1);

  self->parent.class = &class;
  self->classic = classic;
  return &self->parent;
}

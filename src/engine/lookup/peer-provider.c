/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/peer-provider.h"

#include "engine/base/text.h"
#include "engine/lookup/find-batches.h"
#include "engine/lookup/query.h"
#include "engine/swarm/peer-rpc.h"

/* A peer that was there a moment ago: who does not answer at once holds up all others' answers. */
#define SEARCH_TIMEOUT_MS 3000
#define BROWSE_TIMEOUT_MS 10000
#define MAX_PEERS_ASKED 32u
/* A FIND waits for the one before it, and for its turn. */
#define GIVE_UP_MS 30000

typedef struct
{
  RedesLookupProvider parent;
  RedesSwarm *swarm;
  RedesPeerFinder *peer_finder;
  RedesFindBatches *find_batches;
} PeerProvider;

/* A search, or browsing, goes on page by page with the same peer. */
typedef struct
{
  RedesLookupAsk *ask;
  RedesSwarm *swarm;
  RedesEndpoint *peer;
} Paging;

static gboolean
has_somebody (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  PeerProvider *self = (PeerProvider *)provider;

  return redes_lookup_query_get_kind (query) == REDES_LOOKUP_BROWSE
         || redes_peer_finder_is_settled (self->peer_finder);
}

/* Pages. */

static void ask_page (Paging *paging);

static void
paging_free (Paging *paging)
{
  redes_endpoint_free (paging->peer);
  g_free (paging);
}

static void
page_cb (RedesMessage *answer, const GError *error, gpointer user_data)
{
  Paging *paging = user_data;

  if (answer == NULL)
    redes_lookup_ask_end (paging->ask, error);
  else if (redes_lookup_ask_take_rows (paging->ask, g_steal_pointer (&answer->results.rows),
                                       answer->results.total))
    {
      ask_page (paging);
      return;
    }
  paging_free (paging);
}

static void
ask_page (Paging *paging)
{
  RedesLookupQuery *query = redes_lookup_ask_get_query (paging->ask);
  RedesPeerRpc *rpc = redes_swarm_get_rpc (paging->swarm);
  guint first = redes_lookup_ask_get_next_row (paging->ask);
  guint n_rows = redes_lookup_ask_get_page_rows (paging->ask);
  gboolean browses = redes_lookup_query_get_kind (query) == REDES_LOOKUP_BROWSE;
  RedesMessage message;

  if (browses)
    message = (RedesMessage){ .type = REDES_MESSAGE_BROWSE,
                              .list = { .first = first, .n_rows = n_rows } };
  else
    message = (RedesMessage){
      .type = REDES_MESSAGE_PEER_SEARCH,
      .search = { .words = redes_lookup_query_get_words (query), .first = first, .n_rows = n_rows }
    };
  redes_peer_rpc_ask (rpc, &paging->peer->id, paging->peer->host, paging->peer->port, &message,
                      browses ? BROWSE_TIMEOUT_MS : SEARCH_TIMEOUT_MS, page_cb, paging);
}

/* Takes @peer. */
static void
begin_paging (PeerProvider *self, RedesLookupQuery *query, RedesEndpoint *peer)
{
  Paging *paging = g_new (Paging, 1);

  *paging = (Paging){ redes_lookup_query_ask (query, &self->parent, ""), self->swarm, peer };
  ask_page (paging);
}

static void
search (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  PeerProvider *self = (PeerProvider *)provider;
  g_autoptr (GPtrArray) peers = redes_peer_finder_list (self->peer_finder, FALSE);

  for (guint i = 0; i < peers->len && i < MAX_PEERS_ASKED; i++)
    {
      const RedesPeerRecord *peer = g_ptr_array_index (peers, i);

      begin_paging (self, query, redes_endpoint_copy (&peer->endpoint));
    }
}

static void
browse (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  PeerProvider *self = (PeerProvider *)provider;
  const RedesPeerId *id = redes_lookup_query_get_peer (query);
  const RedesPeerRecord *known = redes_peer_finder_lookup (self->peer_finder, id);
  const char *address = redes_lookup_query_get_address (query);
  g_autofree char *host = NULL;
  guint16 port = 0;

  if (known != NULL)
    {
      host = g_strdup (known->endpoint.host);
      port = known->endpoint.port;
    }
  else if (address == NULL || !redes_text_parse_address (address, 0, &host, &port, NULL))
    host = g_strdup ("");
  begin_paging (self, query, redes_endpoint_new (id, "", host, port));
}

/* Who is there need not be asked. */
static void
list (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  PeerProvider *self = (PeerProvider *)provider;
  g_autoptr (GPtrArray) peers = redes_peer_finder_list (self->peer_finder, FALSE);

  for (guint i = 0; i < peers->len; i++)
    {
      const RedesPeerRecord *peer = g_ptr_array_index (peers, i);
      GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_known_peer_free);

      g_ptr_array_add (rows, redes_known_peer_new (&peer->endpoint, peer->how, peer->seen_us));
      redes_lookup_ask_take_rows (redes_lookup_query_ask (query, provider, ""), rows, 1);
    }
}

/* Finding sources. */

static gboolean
is_find_wanted (const RedesPeerId *peer, gpointer user_data)
{
  RedesLookupQuery *query = redes_lookup_ask_get_query (user_data);

  return query != NULL && redes_lookup_query_wants (query, peer);
}

static void
find_cb (const RedesEndpoint *peer, gboolean has_it, const GError *error, gpointer user_data)
{
  if (has_it)
    redes_lookup_ask_take_source (user_data, peer);
  redes_lookup_ask_end (user_data, error);
}

static void
find_sources (RedesLookupProvider *provider, RedesLookupQuery *const *queries, guint n)
{
  PeerProvider *self = (PeerProvider *)provider;
  g_autoptr (GPtrArray) peers = redes_peer_finder_list (self->peer_finder, FALSE);

  for (guint i = 0; i < peers->len && i < MAX_PEERS_ASKED; i++)
    {
      const RedesPeerRecord *record = g_ptr_array_index (peers, i);

      for (guint j = 0; j < n; j++)
        redes_find_batches_ask (self->find_batches, &record->endpoint,
                                redes_lookup_query_get_content (queries[j]), is_find_wanted,
                                find_cb, redes_lookup_query_ask (queries[j], provider, ""));
    }
}

static void
peer_provider_free (RedesLookupProvider *provider)
{
  PeerProvider *self = (PeerProvider *)provider;

  redes_find_batches_free (self->find_batches);
  g_free (self);
}

RedesLookupProvider *
redes_peer_provider_new (RedesSwarm *swarm, RedesPeerFinder *peer_finder, const RedesClock *clock)
{
  static const RedesLookupProviderClass class = { .name = "peers",
                                                  .counts_as = REDES_LOOKUP_COUNTS_AS_PEER,
                                                  .timeout_ms = GIVE_UP_MS,
                                                  .has_somebody = has_somebody,
                                                  .search = search,
                                                  .find_sources = find_sources,
                                                  .list = list,
                                                  .browse = browse,
                                                  .free = peer_provider_free };
  PeerProvider *self = g_new0 (PeerProvider, 1);

  self->parent.class = &class;
  self->swarm = swarm;
  self->peer_finder = peer_finder;
  self->find_batches = redes_find_batches_new (swarm, clock);
  return &self->parent;
}

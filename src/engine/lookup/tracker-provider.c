/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/tracker-provider.h"

#include "engine/lookup/query.h"

#define ANSWER_TIMEOUT_MS 10000
/* Longer than a link's tracker may take, which is looked up and tried at three addresses. */
#define GIVE_UP_MS 60000

typedef struct
{
  RedesLookupProvider parent;
  RedesTrackerTable *table;
  RedesLinkTrackers *link_trackers;
} TrackerProvider;

/* A search goes on page by page with the same client; @client stays while it has queries. */
typedef struct
{
  RedesLookupAsk *ask;
  RedesTrackerClient *client;
} Search;

static gboolean
has_somebody (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  TrackerProvider *self = (TrackerProvider *)provider;
  GPtrArray *trackers = redes_tracker_table_get_all (self->table);

  for (guint i = 0; i < trackers->len; i++)
    if (redes_tracker_table_is_believed (self->table, g_ptr_array_index (trackers, i)))
      return TRUE;
  return redes_lookup_query_get_link_trackers (query)[0] != NULL;
}

/* Calls @ask for each tracker that is believed. */
static void
ask_each (TrackerProvider *self,
          RedesLookupQuery *query,
          void (*ask) (RedesTrackerClient *client, RedesLookupAsk *ask))
{
  GPtrArray *trackers = redes_tracker_table_get_all (self->table);

  for (guint i = 0; i < trackers->len; i++)
    {
      RedesTrackerClient *client = g_ptr_array_index (trackers, i);

      if (redes_tracker_table_is_believed (self->table, client))
        ask (client, redes_lookup_query_ask (query, &self->parent,
                                             redes_tracker_client_get_address (client)));
    }
}

/* Searching. */

static void search_page (Search *search);

static void
results_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Search *search = user_data;

  if (rows == NULL)
    redes_lookup_ask_end (search->ask, error);
  else if (redes_lookup_ask_take_rows (search->ask, redes_rows_copy_results (rows), total))
    {
      search_page (search);
      return;
    }
  g_free (search);
}

static void
search_page (Search *search)
{
  redes_tracker_client_search (
      search->client, redes_lookup_query_get_words (redes_lookup_ask_get_query (search->ask)),
      redes_lookup_ask_get_next_row (search->ask), redes_lookup_ask_get_page_rows (search->ask),
      ANSWER_TIMEOUT_MS, results_cb, search);
}

static void
search_tracker (RedesTrackerClient *client, RedesLookupAsk *ask)
{
  Search *search = g_new (Search, 1);

  *search = (Search){ ask, client };
  search_page (search);
}

static void
search (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  ask_each ((TrackerProvider *)provider, query, search_tracker);
}

/* Who is there. */

static void
list_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  GPtrArray *known;

  if (rows == NULL)
    {
      redes_lookup_ask_end (user_data, error);
      return;
    }
  known = g_ptr_array_new_full (rows->len, (GDestroyNotify)redes_known_peer_free);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (known, redes_rows_new_known_from_tracker (g_ptr_array_index (rows, i)));
  redes_lookup_ask_take_rows (user_data, known, total);
}

static void
list_tracker (RedesTrackerClient *client, RedesLookupAsk *ask)
{
  redes_tracker_client_list (client, ANSWER_TIMEOUT_MS, list_cb, ask);
}

static void
list (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  ask_each ((TrackerProvider *)provider, query, list_tracker);
}

/* Finding sources. */

static void
sources_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    redes_lookup_ask_take_source (user_data, g_ptr_array_index (rows, i));
  redes_lookup_ask_end (user_data, error);
}

static void
find_at_tracker (RedesTrackerClient *client, RedesLookupAsk *ask)
{
  redes_tracker_client_sources (client,
                                redes_lookup_query_get_content (redes_lookup_ask_get_query (ask)),
                                ANSWER_TIMEOUT_MS, sources_cb, ask);
}

/* Those that are used anyway are asked as such. */
static void
ask_link_trackers (TrackerProvider *self, RedesLookupQuery *query)
{
  const char *const *addresses = redes_lookup_query_get_link_trackers (query);
  const RedesContentId *content = redes_lookup_query_get_content (query);

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      RedesTrackerClient *client = redes_tracker_table_lookup (self->table, addresses[i]);
      RedesLookupAsk *ask;

      if ((client != NULL && redes_tracker_table_is_believed (self->table, client))
          || !redes_link_trackers_may_ask (self->link_trackers, addresses[i], content))
        continue;
      ask = redes_lookup_query_ask (query, &self->parent, addresses[i]);
      redes_link_trackers_ask (self->link_trackers, addresses[i], content, ANSWER_TIMEOUT_MS,
                               sources_cb, ask);
    }
}

static void
find_sources (RedesLookupProvider *provider, RedesLookupQuery *const *queries, guint n)
{
  TrackerProvider *self = (TrackerProvider *)provider;

  for (guint i = 0; i < n; i++)
    {
      ask_each (self, queries[i], find_at_tracker);
      ask_link_trackers (self, queries[i]);
    }
}

static void
cancel (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  TrackerProvider *self = (TrackerProvider *)provider;

  if (redes_lookup_query_get_kind (query) == REDES_LOOKUP_FIND_SOURCES)
    redes_link_trackers_drop (self->link_trackers, redes_lookup_query_get_content (query));
}

static void
tracker_provider_free (RedesLookupProvider *provider)
{
  g_free (provider);
}

RedesLookupProvider *
redes_tracker_provider_new (RedesTrackerTable *table, RedesLinkTrackers *link_trackers)
{
  static const RedesLookupProviderClass class = { .name = "trackers",
                                                  .counts_as = REDES_LOOKUP_COUNTS_AS_TRACKER,
                                                  .timeout_ms = GIVE_UP_MS,
                                                  .has_somebody = has_somebody,
                                                  .search = search,
                                                  .find_sources = find_sources,
                                                  .list = list,
                                                  .cancel = cancel,
                                                  .free = tracker_provider_free };
  TrackerProvider *self = g_new0 (TrackerProvider, 1);

  self->parent.class = &class;
  self->table = table;
  self->link_trackers = link_trackers;
  return &self->parent;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/tracker-provider.h"

#include "engine/lookup/query.h"

#define ANSWER_TIMEOUT_MS 10000
#define MAX_UNDER_WAY 4u
/* Longer than a link's tracker may take, which is looked up and tried at three addresses. */
#define GIVE_UP_MS 60000

typedef struct
{
  RedesLookupProvider parent;
  RedesTrackerTable *table;
  RedesLinkTrackers *link_trackers;
  GHashTable *lines; /* address, the line's -> Line */
} TrackerProvider;

/**
 * Line:
 * @owner: (nullable): %NULL once the provider is gone
 * @waiting: (element-type RedesLookupAsk): not sent yet
 * @n_under_way: SOURCES that are not answered
 *
 * What one tracker is to be asked for: all that is wanted in the same moment in one SOURCES, and
 * what comes while some are under way in the next one.
 */
typedef struct
{
  guint ref_count;
  TrackerProvider *owner;
  char *address;
  GPtrArray *waiting;
  guint n_under_way;
} Line;

typedef struct
{
  Line *line;
  GPtrArray *asks;
} Batch;

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
guests_cb (GPtrArray *files, gpointer user_data)
{
  Search *search = user_data;

  for (guint i = 0; i < files->len; i++)
    {
      const RedesWireGuestFile *file = g_ptr_array_index (files, i);

      redes_lookup_ask_offer (search->ask, file->name, (const char *const *)file->addresses);
    }
}

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
      ANSWER_TIMEOUT_MS, guests_cb, results_cb, search);
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
  RedesLookupQuery *query = redes_lookup_ask_get_query (user_data);
  GPtrArray *known;

  if (rows == NULL || query == NULL)
    {
      redes_lookup_ask_end (user_data, error);
      return;
    }
  known = g_ptr_array_new_full (rows->len, (GDestroyNotify)redes_known_peer_free);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (known,
                     redes_known_peer_new (g_ptr_array_index (rows, i), REDES_PEER_ORIGIN_TRACKER,
                                           redes_lookup_query_now_us (query)));
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
end_all (GPtrArray *asks, const GError *error)
{
  for (guint i = 0; i < asks->len; i++)
    redes_lookup_ask_end (g_ptr_array_index (asks, i), error);
  g_ptr_array_set_size (asks, 0);
}

/* Those that cannot be sent any more. */
static void
end_waiting (Line *line)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The tracker is not used any more");

  end_all (line->waiting, error);
}

static void
line_unref (Line *line)
{
  if (--line->ref_count > 0)
    return;
  g_ptr_array_unref (line->waiting);
  g_free (line->address);
  g_free (line);
}

/* @holders: (element-type RedesEndpoint) */
static void
take_holders (RedesLookupAsk *ask, GPtrArray *holders)
{
  for (guint i = 0; i < holders->len; i++)
    redes_lookup_ask_take_source (ask, g_ptr_array_index (holders, i));
}

static void send_waiting (Line *line);

static void
sources_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Batch *batch = user_data;
  Line *line = batch->line;

  for (guint i = 0; rows != NULL && i < batch->asks->len; i++)
    take_holders (g_ptr_array_index (batch->asks, i), g_ptr_array_index (rows, i));
  line->n_under_way--;
  /* Who does not answer one query is not waited for with the next. */
  if (error != NULL)
    end_all (line->waiting, error);
  end_all (batch->asks, error);
  send_waiting (line);
  g_ptr_array_unref (batch->asks);
  g_free (batch);
  line_unref (line);
}

/* What nobody wants to know any more is not asked. (element-type RedesLookupAsk) */
static GPtrArray *
take_batch (Line *line)
{
  GPtrArray *batch = g_ptr_array_new ();
  guint n = MIN (line->waiting->len, REDES_LOOKUP_MAX_CONTENTS);

  for (guint i = 0; i < n; i++)
    {
      RedesLookupAsk *ask = g_ptr_array_index (line->waiting, i);

      if (redes_lookup_ask_get_query (ask) != NULL)
        g_ptr_array_add (batch, ask);
      else
        redes_lookup_ask_end (ask, NULL);
    }
  g_ptr_array_remove_range (line->waiting, 0, n);
  return batch;
}

static void
send_batch (Line *line, RedesTrackerClient *client)
{
  g_autoptr (GPtrArray) asks = take_batch (line);
  g_autoptr (GArray) contents = g_array_new (FALSE, FALSE, sizeof (RedesContentId));
  Batch *batch;

  if (asks->len == 0)
    return;
  for (guint i = 0; i < asks->len; i++)
    g_array_append_val (contents, *redes_lookup_query_get_content (
                                      redes_lookup_ask_get_query (g_ptr_array_index (asks, i))));
  batch = g_new (Batch, 1);
  *batch = (Batch){ line, g_steal_pointer (&asks) };
  line->ref_count++;
  line->n_under_way++;
  redes_tracker_client_sources (client, (const RedesContentId *)(void *)contents->data,
                                contents->len, ANSWER_TIMEOUT_MS, sources_cb, batch);
}

/* A few at once: the answer to one that is far away is not waited for by the next. */
static void
send_waiting (Line *line)
{
  while (line->owner != NULL && line->waiting->len > 0 && line->n_under_way < MAX_UNDER_WAY)
    {
      RedesTrackerClient *client = redes_tracker_table_lookup (line->owner->table, line->address);

      if (client != NULL)
        send_batch (line, client);
      else
        end_waiting (line);
    }
}

static Line *
ensure_line (TrackerProvider *self, RedesTrackerClient *client)
{
  const char *address = redes_tracker_client_get_address (client);
  Line *line = g_hash_table_lookup (self->lines, address);

  if (line != NULL)
    return line;
  line = g_new0 (Line, 1);
  line->ref_count = 1;
  line->owner = self;
  line->address = g_strdup (address);
  line->waiting = g_ptr_array_new ();
  g_hash_table_insert (self->lines, line->address, line);
  return line;
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer user_data)
{
  const Line *line = value;

  return line->n_under_way == 0 && line->waiting->len == 0;
}

static void
find_at_trackers (TrackerProvider *self, RedesLookupQuery *const *queries, guint n)
{
  GPtrArray *trackers = redes_tracker_table_get_all (self->table);

  for (guint i = 0; i < trackers->len; i++)
    {
      RedesTrackerClient *client = g_ptr_array_index (trackers, i);
      Line *line;

      if (!redes_tracker_table_is_believed (self->table, client))
        continue;
      line = ensure_line (self, client);
      for (guint j = 0; j < n; j++)
        g_ptr_array_add (line->waiting,
                         redes_lookup_query_ask (queries[j], &self->parent,
                                                 redes_tracker_client_get_address (client)));
      send_waiting (line);
    }
  /* Trackers come and go. */
  if (g_hash_table_size (self->lines) > trackers->len)
    g_hash_table_foreach_remove (self->lines, is_idle, NULL);
}

static void
link_sources_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  if (rows != NULL)
    take_holders (user_data, g_ptr_array_index (rows, 0));
  redes_lookup_ask_end (user_data, error);
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
                               link_sources_cb, ask);
    }
}

static void
find_sources (RedesLookupProvider *provider, RedesLookupQuery *const *queries, guint n)
{
  TrackerProvider *self = (TrackerProvider *)provider;

  find_at_trackers (self, queries, n);
  for (guint i = 0; i < n; i++)
    ask_link_trackers (self, queries[i]);
}

static void
cancel (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  TrackerProvider *self = (TrackerProvider *)provider;

  if (redes_lookup_query_get_kind (query) == REDES_LOOKUP_FIND_SOURCES)
    redes_link_trackers_drop (self->link_trackers, redes_lookup_query_get_content (query));
}

static void
line_leave (gpointer data)
{
  Line *line = data;

  line->owner = NULL;
  end_waiting (line);
  line_unref (line);
}

static void
tracker_provider_free (RedesLookupProvider *provider)
{
  g_hash_table_unref (((TrackerProvider *)provider)->lines);
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
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, line_leave);
  return &self->parent;
}

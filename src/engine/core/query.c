/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-private.h"

#include "engine/core/rows.h"
#include "engine/swarm/peer-rpc.h"

#define QUESTION_TIMEOUT_MS 10000
/* A peer that was there a moment ago: who does not answer at once holds up all others' answers. */
#define PEER_TIMEOUT_MS 3000
#define MAX_PEERS_ASKED 32u
/* The most that one message may ask for. */
#define PAGE_ROWS 200u
#define SETTLE_PAUSE_MS 50

/**
 * Query:
 * @words: for a search; %NULL otherwise
 * @first, @n_rows: of a search's answers, the same of everyone's
 * @content, @wanted, @found: for sources
 * @link_trackers: for sources: those that the link names; %NULL otherwise
 *
 * One query, on its way to several trackers and peers.
 */
typedef struct
{
  RedesCore *core;
  char *words;
  guint first;
  guint n_rows;
  RedesContentId content;
  RedesFindWantedFunc wanted;
  RedesSourceFunc found;
  char **link_trackers;
  void (*ask_tracker) (gpointer query, RedesTrackerClient *client);
  void (*ask_peer) (gpointer query, const RedesPeerRecord *peer);

  RedesTally tally;
  RedesClassicFile *classic;
  guint n_pending;
  GSource *timer; /* while it waits for those around */
  GPtrArray *rows;
  GPtrArray *origins;
  GString *failures;
  RedesQueryFunc func;
  gpointer user_data;
} Query;

/**
 * Part:
 * @tracker, @peer: who was asked: one of the two, or none of them, a link's tracker
 * @origin: the tracker's address
 * @n_rows: of a search: so many have come
 */
typedef struct
{
  Query *query;
  RedesTrackerClient *tracker;
  char *origin;
  gpointer (*copy_row) (gconstpointer row);
  RedesTrackerPeer *peer;
  guint n_rows;
} Part;

static Query *
query_new (RedesCore *core, GDestroyNotify row_free, RedesQueryFunc func, gpointer user_data)
{
  Query *self = g_new0 (Query, 1);

  self->core = core;
  /* Held until all have been asked. */
  self->n_pending = 1;
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->origins = g_ptr_array_new_with_free_func (g_free);
  self->failures = g_string_new (NULL);
  self->func = func;
  self->user_data = user_data;
  return self;
}

static void
query_release (Query *self)
{
  if (--self->n_pending > 0)
    return;
  self->tally.classic = self->classic;
  self->tally.words = self->failures->len > 0 ? self->failures->str : NULL;
  self->func (self->rows, self->origins, &self->tally, self->user_data);
  g_string_free (self->failures, TRUE);
  redes_classic_file_free (self->classic);
  g_strfreev (self->link_trackers);
  g_free (self->words);
  g_free (self);
}

/* Takes @row. */
static void
add_row (Query *query, gpointer row, const char *origin)
{
  g_ptr_array_add (query->rows, row);
  g_ptr_array_add (query->origins, g_strdup (origin));
}

static void
part_free (Part *part)
{
  g_clear_pointer (&part->peer, redes_tracker_peer_free);
  g_free (part->origin);
  g_free (part);
}

/* Of @n rows that came, of @total that there are. Returns: how many to ask for next, 0 = no more. A
 * page that is not full is the last, whatever is said of the total; so is one that holds more than
 * was asked for. */
static guint
count_next_rows (Part *part, guint n, guint total)
{
  Query *query = part->query;
  guint asked = MIN (query->n_rows - part->n_rows, PAGE_ROWS);

  query->tally.total = MAX (query->tally.total, total);
  part->n_rows += n;
  if (n != asked || query->first + part->n_rows >= total)
    return 0;
  return MIN (query->n_rows - part->n_rows, PAGE_ROWS);
}

/* It does not go on: what came before is an answer, too, and all can be asked on from there. */
static void
break_off (Part *part)
{
  part->query->tally.n_rows = MIN (part->query->tally.n_rows, part->n_rows);
}

/* Trackers. */

static void search_tracker_on (Part *part, guint n_rows);

static void
answer_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Part *part = user_data;
  Query *query = part->query;
  guint n_next = 0;

  if (rows != NULL)
    {
      query->tally.trackers_answered += part->n_rows == 0;
      for (guint i = 0; i < rows->len && query->found != NULL; i++)
        query->found (g_ptr_array_index (rows, i), query->user_data);
      for (guint i = 0; i < rows->len && query->found == NULL; i++)
        add_row (query, part->copy_row (g_ptr_array_index (rows, i)), part->origin);
      if (query->words != NULL)
        n_next = count_next_rows (part, rows->len, total);
    }
  else if (part->n_rows > 0)
    break_off (part);
  else
    g_string_append_printf (query->failures, "%s%s", query->failures->len > 0 ? "; " : "",
                            error->message);
  if (n_next > 0)
    {
      search_tracker_on (part, n_next);
      return;
    }
  part_free (part);
  query_release (query);
}

static Part *
part_new_for_address (Query *query, const char *address, gpointer (*copy_row) (gconstpointer row))
{
  Part *part = g_new0 (Part, 1);

  query->tally.trackers_asked++;
  query->n_pending++;
  part->query = query;
  part->origin = g_strdup (address);
  part->copy_row = copy_row;
  return part;
}

static Part *
part_new (Query *query, RedesTrackerClient *client, gpointer (*copy_row) (gconstpointer row))
{
  Part *part = part_new_for_address (query, redes_tracker_client_get_address (client), copy_row);

  part->tracker = client;
  return part;
}

static void
search_tracker_on (Part *part, guint n_rows)
{
  redes_tracker_client_search (part->tracker, part->query->words, part->query->first + part->n_rows,
                               n_rows, QUESTION_TIMEOUT_MS, answer_cb, part);
}

static void
search_tracker (gpointer data, RedesTrackerClient *client)
{
  Query *query = data;

  search_tracker_on (part_new (query, client, redes_rows_copy_result),
                     MIN (query->n_rows, PAGE_ROWS));
}

static void
list_tracker (gpointer data, RedesTrackerClient *client)
{
  redes_tracker_client_list (client, QUESTION_TIMEOUT_MS, answer_cb,
                             part_new (data, client, redes_rows_new_known_from_tracker));
}

static void
find_by_tracker (gpointer data, RedesTrackerClient *client)
{
  Query *query = data;

  redes_tracker_client_sources (client, &query->content, QUESTION_TIMEOUT_MS, answer_cb,
                                part_new (query, client, NULL));
}

/* Those that are used anyway are asked as such. */
static void
ask_link_trackers (Query *query)
{
  RedesCore *core = query->core;

  for (guint i = 0; query->link_trackers != NULL && query->link_trackers[i] != NULL; i++)
    {
      const char *address = query->link_trackers[i];
      RedesTrackerClient *client = g_hash_table_lookup (core->trackers, address);
      Part *part;

      if (client != NULL && redes_core_is_tracker_believed (core, client))
        continue;
      part = part_new_for_address (query, address, NULL);
      if (redes_link_trackers_ask (core->link_trackers, address, &query->content,
                                   QUESTION_TIMEOUT_MS, answer_cb, part))
        continue;
      /* Not asked after all. */
      query->tally.trackers_asked--;
      query->n_pending--;
      part_free (part);
    }
}

/* Peers. */

/* As count_next_rows(). */
static guint
take_results (Part *part, GVariant *body)
{
  g_autoptr (GPtrArray) rows = redes_rows_read (body);
  guint32 total;

  g_variant_get_child (body, 1, "u", &total);
  for (guint i = 0; i < rows->len; i++)
    add_row (part->query, redes_rows_copy_result (g_ptr_array_index (rows, i)), "");
  return count_next_rows (part, rows->len, total);
}

static void search_peer_on (Part *part, guint n_rows);

static void
peer_answer_cb (GVariant *body, const GError *error, gpointer user_data)
{
  Part *part = user_data;
  Query *query = part->query;
  guint n_next = 0;

  if (body != NULL)
    {
      query->tally.peers_answered += part->n_rows == 0;
      n_next = take_results (part, body);
    }
  else if (part->n_rows > 0)
    break_off (part);
  if (n_next > 0)
    {
      search_peer_on (part, n_next);
      return;
    }
  part_free (part);
  query_release (query);
}

static guint32
next_serial (Query *query)
{
  return redes_peer_rpc_next_serial (redes_swarm_get_rpc (redes_core_get_swarm (query->core)));
}

static void
send_to_peer (Part *part, RedesMessageType type, GVariant *body)
{
  RedesPeerRpc *rpc = redes_swarm_get_rpc (redes_core_get_swarm (part->query->core));

  redes_peer_rpc_ask (rpc, &part->peer->id, part->peer->host, part->peer->port, type, body,
                      PEER_TIMEOUT_MS, peer_answer_cb, part);
}

static Part *
part_new_for_peer (Query *query, const RedesPeerRecord *peer)
{
  Part *part = g_new0 (Part, 1);

  query->tally.peers_asked++;
  query->n_pending++;
  part->query = query;
  part->peer = redes_rows_new_peer (&peer->id, peer->host, peer->port, peer->nickname);
  return part;
}

static void
search_peer_on (Part *part, guint n_rows)
{
  Query *query = part->query;

  send_to_peer (part, REDES_MESSAGE_PEER_SEARCH,
                g_variant_new ("(usuu)", next_serial (query), query->words,
                               query->first + part->n_rows, n_rows));
}

static void
search_peer (gpointer data, const RedesPeerRecord *peer)
{
  Query *query = data;

  search_peer_on (part_new_for_peer (query, peer), MIN (query->n_rows, PAGE_ROWS));
}

static gboolean
is_find_wanted (const RedesPeerId *peer, gpointer user_data)
{
  const Part *part = user_data;

  return part->query->wanted (peer, part->query->user_data);
}

static void
find_cb (gboolean answered, gboolean has_it, gpointer user_data)
{
  Part *part = user_data;
  Query *query = part->query;

  query->tally.peers_answered += answered;
  if (has_it)
    query->found (part->peer, query->user_data);
  part_free (part);
  query_release (query);
}

static void
find_at_peer (gpointer data, const RedesPeerRecord *peer)
{
  Query *query = data;
  Part *part = part_new_for_peer (query, peer);

  redes_find_batches_ask (query->core->find_batches, part->peer, &query->content, is_find_wanted,
                          find_cb, part);
}

/* Who is there need not be asked. */
static void
list_peer (gpointer data, const RedesPeerRecord *peer)
{
  Query *query = data;

  query->tally.peers_asked++;
  query->tally.peers_answered++;
  add_row (query, redes_rows_new_known (peer), "");
}

/* Asking. */

/* What the original peers have under that name, kept apart from all that is signed. */
static void
classic_cb (RedesClassicFile *file, gpointer user_data)
{
  Query *query = user_data;

  g_queue_remove (&query->core->asking_classic, query);
  query->classic = file;
  query_release (query);
}

void
redes_core_end_classic_queries (RedesCore *self)
{
  Query *query;

  while ((query = g_queue_pop_head (&self->asking_classic)) != NULL)
    query_release (query);
}

static void
ask_all (Query *query)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (query->core);
  g_autoptr (GPtrArray) peers
      = redes_peer_finder_list (redes_core_get_peer_finder (query->core), FALSE);

  for (guint i = 0; i < trackers->len; i++)
    query->ask_tracker (query, g_ptr_array_index (trackers, i));
  ask_link_trackers (query);
  for (guint i = 0; i < peers->len && i < MAX_PEERS_ASKED; i++)
    query->ask_peer (query, g_ptr_array_index (peers, i));
  /* They have one answer, which came with the first rows. */
  if (query->words != NULL && query->first == 0 && query->core->classic != NULL)
    {
      query->n_pending++;
      g_queue_push_tail (&query->core->asking_classic, query);
      redes_classic_peer_search (query->core->classic, query->words, classic_cb, query);
    }
  query_release (query);
}

static gboolean
is_settled (Query *query)
{
  g_autoptr (GPtrArray) trackers = redes_core_list_trackers (query->core);

  return trackers->len > 0 || (query->link_trackers != NULL && query->link_trackers[0] != NULL)
         || redes_peer_finder_is_settled (redes_core_get_peer_finder (query->core));
}

static void
stop_waiting (Query *query)
{
  g_queue_remove (&query->core->waiting, query);
  g_source_destroy (query->timer);
  g_clear_pointer (&query->timer, g_source_unref);
}

static gboolean
on_settling (gpointer user_data)
{
  Query *query = user_data;

  if (!is_settled (query))
    return G_SOURCE_CONTINUE;
  stop_waiting (query);
  ask_all (query);
  return G_SOURCE_REMOVE;
}

static void
ask_when_settled (Query *query)
{
  if (is_settled (query))
    {
      ask_all (query);
      return;
    }
  query->timer = g_timeout_source_new (SETTLE_PAUSE_MS);
  g_source_set_callback (query->timer, on_settling, query, NULL);
  g_source_attach (query->timer, g_main_context_get_thread_default ());
  g_queue_push_tail (&query->core->waiting, query);
}

void
redes_core_end_queries (RedesCore *self)
{
  Query *query;

  while ((query = g_queue_peek_head (&self->waiting)) != NULL)
    {
      stop_waiting (query);
      query_release (query);
    }
}

void
redes_core_search (RedesCore *self,
                   const char *words,
                   guint first,
                   guint n_rows,
                   RedesQueryFunc func,
                   gpointer user_data)
{
  Query *query = query_new (self, (GDestroyNotify)redes_directory_row_free, func, user_data);

  query->words = g_strdup (words);
  query->first = first;
  query->n_rows = n_rows;
  query->tally.n_rows = n_rows;
  query->ask_tracker = search_tracker;
  query->ask_peer = search_peer;
  ask_when_settled (query);
}

void
redes_core_list_peers (RedesCore *self, RedesQueryFunc func, gpointer user_data)
{
  Query *query = query_new (self, (GDestroyNotify)redes_known_peer_free, func, user_data);

  query->ask_tracker = list_tracker;
  query->ask_peer = list_peer;
  ask_when_settled (query);
}

void
redes_core_find_sources (RedesCore *self,
                         const RedesContentId *content,
                         const char *const *link_trackers,
                         RedesFindWantedFunc wanted,
                         RedesSourceFunc found,
                         RedesQueryFunc func,
                         gpointer user_data)
{
  Query *query = query_new (self, (GDestroyNotify)redes_tracker_peer_free, func, user_data);

  query->content = *content;
  query->wanted = wanted;
  query->found = found;
  query->link_trackers = g_strdupv ((char **)link_trackers);
  query->ask_tracker = find_by_tracker;
  query->ask_peer = find_at_peer;
  ask_when_settled (query);
}

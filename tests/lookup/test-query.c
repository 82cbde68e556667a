/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/lookup.h"

#include <gio/gio.h>

/* The query with providers that answer what a test wants, when it wants. */

#define MANY 1500u

static gint64 now_us;

static gint64
get_now_us (gpointer user_data)
{
  return now_us;
}

static const RedesClock test_clock = { .now_us = get_now_us };

/**
 * FakeProvider:
 * @asks: (element-type RedesLookupAsk): not ended yet
 * @n_asked_each: how many it asks for each query
 * @calls: (element-type guint): of find_sources(): how many contents came together
 * @settled: what has_somebody() says; only with the class that has it
 */
typedef struct
{
  RedesLookupProvider parent;
  GPtrArray *asks;
  guint n_asked_each;
  GArray *calls;
  guint n_cancelled;
  gboolean settled;
  gboolean *freed;
} FakeProvider;

static void
ask_some (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  FakeProvider *self = (FakeProvider *)provider;

  for (guint i = 0; i < self->n_asked_each; i++)
    {
      g_autofree char *origin = provider->class->counts_as == REDES_LOOKUP_COUNTS_AS_TRACKER
                                    ? g_strdup_printf ("192.0.2.%u:5000", i + 1)
                                    : g_strdup ("");

      g_ptr_array_add (self->asks, redes_lookup_query_ask (query, provider, origin));
    }
}

static void
find_some (RedesLookupProvider *provider, RedesLookupQuery *const *queries, guint n)
{
  FakeProvider *self = (FakeProvider *)provider;

  g_array_append_val (self->calls, n);
  for (guint i = 0; i < n; i++)
    ask_some (provider, queries[i]);
}

static void
count_cancelled (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  ((FakeProvider *)provider)->n_cancelled++;
}

static gboolean
is_settled (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  return ((FakeProvider *)provider)->settled;
}

static void
fake_free (RedesLookupProvider *provider)
{
  FakeProvider *self = (FakeProvider *)provider;

  /* Those that it has asked are answered in vain. */
  for (guint i = 0; i < self->asks->len; i++)
    redes_lookup_ask_end (g_ptr_array_index (self->asks, i), NULL);
  g_ptr_array_unref (self->asks);
  g_array_unref (self->calls);
  if (self->freed != NULL)
    *self->freed = TRUE;
  g_free (self);
}

#define FAKE_CLASS(kind)                                                                           \
  {                                                                                                \
    .name = "fake", .counts_as = kind, .timeout_ms = 10000, .search = ask_some,                    \
    .find_sources = find_some, .list = ask_some, .browse = ask_some, .cancel = count_cancelled,    \
    .free = fake_free                                                                              \
  }

static const RedesLookupProviderClass tracker_class = FAKE_CLASS (REDES_LOOKUP_COUNTS_AS_TRACKER);
static const RedesLookupProviderClass peer_class = FAKE_CLASS (REDES_LOOKUP_COUNTS_AS_PEER);
static const RedesLookupProviderClass nobody_class = FAKE_CLASS (REDES_LOOKUP_COUNTS_AS_NOBODY);
static const RedesLookupProviderClass slow_class = { .name = "slow",
                                                     .counts_as = REDES_LOOKUP_COUNTS_AS_PEER,
                                                     .timeout_ms = 10000,
                                                     .has_somebody = is_settled,
                                                     .search = ask_some,
                                                     .free = fake_free };

static FakeProvider *
add_fake (RedesLookup *lookup, const RedesLookupProviderClass *class)
{
  FakeProvider *self = g_new0 (FakeProvider, 1);

  self->parent.class = class;
  self->asks = g_ptr_array_new ();
  self->calls = g_array_new (FALSE, FALSE, sizeof (guint));
  self->n_asked_each = 1;
  redes_lookup_add_provider (lookup, &self->parent);
  return self;
}

/* What a query came to. @n_found: sources that were told of */
typedef struct
{
  guint n_ended;
  GPtrArray *rows;
  GPtrArray *contents;
  GPtrArray *origins;
  RedesLookupTally tally;
  char *words;
  char *unsigned_names;
  GError *error;
  guint n_found;
  gboolean wants_nobody;
} Outcome;

static void
on_ended (RedesLookupResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->n_ended++;
  outcome->rows = g_ptr_array_ref (result->rows);
  outcome->contents = g_ptr_array_ref (result->contents);
  outcome->origins = g_ptr_array_ref (result->origins);
  outcome->tally = *result->tally;
  outcome->words = g_strdup (redes_notice_get_english (result->tally->reason));
  for (guint i = 0; result->tally->unsigned_files != NULL && i < result->tally->unsigned_files->len;
       i++)
    {
      const RedesClassicFile *file = g_ptr_array_index (result->tally->unsigned_files, i);
      g_autofree char *peers = g_strjoinv (",", file->peers);
      char *names = g_strdup_printf (
          "%s%s%s at %s", outcome->unsigned_names != NULL ? outcome->unsigned_names : "",
          outcome->unsigned_names != NULL ? "; " : "", file->name, peers);

      g_free (outcome->unsigned_names);
      outcome->unsigned_names = names;
    }
  if (result->error != NULL)
    outcome->error = g_error_copy (result->error);
}

static gboolean
is_wanted (const RedesPeerId *peer, gpointer user_data)
{
  return !((Outcome *)user_data)->wants_nobody;
}

static void
on_found (const RedesEndpoint *source, gpointer user_data)
{
  ((Outcome *)user_data)->n_found++;
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->rows, g_ptr_array_unref);
  g_clear_pointer (&outcome->contents, g_ptr_array_unref);
  g_clear_pointer (&outcome->origins, g_ptr_array_unref);
  g_free (outcome->words);
  g_free (outcome->unsigned_names);
  g_clear_error (&outcome->error);
  *outcome = (Outcome){ 0 };
}

/* Until all that is due now is done. */
static void
run_due (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
wait_for_ask (FakeProvider *provider, guint n)
{
  while (provider->asks->len < n)
    g_main_context_iteration (NULL, TRUE);
  run_due ();
}

static RedesLookupAsk *
take_ask (FakeProvider *provider)
{
  g_assert_cmpuint (provider->asks->len, >, 0);
  return g_ptr_array_steal_index (provider->asks, 0);
}

static RedesContentId
make_content (guint number)
{
  RedesContentId id = { .size_bytes = 1 };

  id.root.bytes[0] = (guint8)number;
  id.root.bytes[1] = (guint8)(number >> 8);
  return id;
}

static GPtrArray *
make_rows (guint first, guint n, const char *name, guint sources)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);

  for (guint i = 0; i < n; i++)
    {
      RedesResultEntry *row = g_new0 (RedesResultEntry, 1);

      row->content = make_content (first + i);
      row->name = g_strdup (name);
      row->sources = sources;
      g_ptr_array_add (rows, row);
    }
  return rows;
}

static const char *
get_name (const Outcome *outcome, guint i)
{
  return ((RedesResultEntry *)g_ptr_array_index (outcome->rows, i))->name;
}

static void
test_merge (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *trackers = add_fake (lookup, &tracker_class);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  FakeProvider *unsigned_ones = add_fake (lookup, &nobody_class);
  RedesClassicFile file
      = { .name = (char *)"song", .peers = (char *[]){ (char *)"192.0.2.5:1", NULL } };
  RedesClassicFile same
      = { .name = (char *)"song",
          .peers = (char *[]){ (char *)"192.0.2.5:1", (char *)"192.0.2.6:1", NULL } };
  RedesClassicFile other
      = { .name = (char *)"song-2", .peers = (char *[]){ (char *)"192.0.2.7:1", NULL } };
  RedesClassicFile longer
      = { .name = (char *)"song", .size = 9, .peers = (char *[]){ (char *)"192.0.2.8:1", NULL } };
  Outcome outcome = { 0 };
  RedesLookupAsk *ask;

  trackers->n_asked_each = 2;
  redes_lookup_search (lookup, "song", 0, 200, on_ended, &outcome);
  g_assert_cmpuint (trackers->asks->len, ==, 0);
  wait_for_ask (trackers, 2);

  /* The same content from two trackers and a peer; the peer has one more, that fits better. */
  ask = take_ask (trackers);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (1, 1, "song of all", 5), 1));
  ask = take_ask (trackers);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (1, 1, "song of all", 3), 1));
  ask = take_ask (peers);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (2, 1, "song", 1), 1));
  g_assert_cmpuint (outcome.n_ended, ==, 0);
  ask = take_ask (unsigned_ones);
  redes_lookup_ask_take_unsigned (ask, redes_classic_file_copy (&file));
  redes_lookup_ask_take_unsigned (ask, redes_classic_file_copy (&same));
  redes_lookup_ask_take_unsigned (ask, redes_classic_file_copy (&other));
  redes_lookup_ask_take_unsigned (ask, redes_classic_file_copy (&longer));
  redes_lookup_ask_take_unsigned (ask, NULL);
  redes_lookup_ask_end (ask, NULL);
  g_assert_cmpuint (outcome.n_ended, ==, 1);

  g_assert_cmpuint (outcome.rows->len, ==, 2);
  g_assert_cmpstr (get_name (&outcome, 0), ==, "song");
  g_assert_cmpstr (get_name (&outcome, 1), ==, "song of all");
  g_assert_cmpuint (((RedesResultEntry *)g_ptr_array_index (outcome.rows, 1))->sources, ==, 5);
  /* Both trackers named that content; what a peer says names no tracker. */
  g_assert_cmpuint (outcome.origins->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (outcome.origins, 0), ==, "192.0.2.1:5000");
  g_assert_cmpstr (g_ptr_array_index (outcome.origins, 1), ==, "192.0.2.2:5000");
  g_assert_cmpuint (outcome.tally.trackers_asked, ==, 2);
  g_assert_cmpuint (outcome.tally.trackers_answered, ==, 2);
  g_assert_cmpuint (outcome.tally.peers_asked, ==, 1);
  g_assert_cmpuint (outcome.tally.peers_answered, ==, 1);
  g_assert_cmpstr (outcome.unsigned_names, ==,
                   "song at 192.0.2.5:1,192.0.2.6:1; song-2 at 192.0.2.7:1");
  g_assert_null (outcome.words);
  g_assert_no_error (outcome.error);
  redes_lookup_free (lookup);
  outcome_clear (&outcome);
}

static void
test_pages (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *trackers = add_fake (lookup, &tracker_class);
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "it is gone");
  Outcome outcome = { 0 };
  RedesLookupAsk *ask;

  trackers->n_asked_each = 2;
  redes_lookup_search (lookup, "song", 10, 450, on_ended, &outcome);
  wait_for_ask (trackers, 2);

  ask = take_ask (trackers);
  g_assert_cmpuint (redes_lookup_ask_get_next_row (ask), ==, 10);
  g_assert_cmpuint (redes_lookup_ask_get_page_rows (ask), ==, 200);
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (0, 200, "song", 1), 1000));
  g_assert_cmpuint (redes_lookup_ask_get_next_row (ask), ==, 210);
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (200, 200, "song", 1), 1000));
  /* No more than was wanted in all. */
  g_assert_cmpuint (redes_lookup_ask_get_page_rows (ask), ==, 50);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (400, 50, "song", 1), 1000));

  /* The other breaks off after a page: all can be asked on from there. */
  ask = take_ask (trackers);
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (0, 200, "song", 1), 300));
  redes_lookup_ask_end (ask, error);
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  g_assert_cmpuint (outcome.rows->len, ==, 450);
  g_assert_cmpuint (outcome.tally.n_rows, ==, 200);
  g_assert_cmpuint (outcome.tally.total, ==, 1000);
  g_assert_cmpuint (outcome.tally.trackers_answered, ==, 2);
  g_assert_null (outcome.words);
  redes_lookup_free (lookup);
  outcome_clear (&outcome);
}

static void
test_too_much (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  RedesContentId content = make_content (1);
  RedesEndpoint source = { .host = (char *)"192.0.2.9", .port = 1, .nickname = (char *)"" };
  Outcome searched = { 0 };
  Outcome found = { 0 };
  RedesLookupAsk *ask;

  redes_lookup_search (lookup, "song", 0, 100, on_ended, &searched);
  redes_lookup_find_sources (lookup, &content, NULL, is_wanted, on_found, on_ended, &found);
  wait_for_ask (peers, 2);

  /* Who sends more rows than were asked for is not asked on, and the rest is dropped. */
  ask = take_ask (peers);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (0, 30000, "song", 1), 30000));
  g_assert_cmpuint (searched.n_ended, ==, 1);
  g_assert_cmpuint (searched.rows->len, ==, 100);

  ask = take_ask (peers);
  for (guint i = 0; i < 5000; i++)
    {
      source.port = (guint16)(i + 1);
      redes_lookup_ask_take_source (ask, &source);
    }
  redes_lookup_ask_end (ask, NULL);
  g_assert_cmpuint (found.n_ended, ==, 1);
  g_assert_cmpuint (found.n_found, ==, 1000);
  redes_lookup_free (lookup);
  outcome_clear (&searched);
  outcome_clear (&found);
}

/* One who never answers holds up the others' answers for as long as its class says, and no longer.
 */
static void
test_silence (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *silent = add_fake (lookup, &tracker_class);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  Outcome outcome = { 0 };
  RedesLookupAsk *ask;

  now_us = 1000;
  redes_lookup_search (lookup, "song", 0, 400, on_ended, &outcome);
  wait_for_ask (peers, 1);
  now_us += 6 * G_USEC_PER_SEC;
  ask = take_ask (peers);
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (0, 200, "song", 1), 1000));
  redes_lookup_tick (lookup, now_us);
  g_assert_cmpuint (outcome.n_ended, ==, 0);
  /* The tracker's time is up; the peer, which gave something later, still has some. */
  now_us += 5 * G_USEC_PER_SEC;
  redes_lookup_tick (lookup, now_us);
  g_assert_cmpuint (outcome.n_ended, ==, 0);
  now_us += 6 * G_USEC_PER_SEC;
  redes_lookup_tick (lookup, now_us);
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  g_assert_cmpuint (outcome.rows->len, ==, 200);
  g_assert_cmpuint (outcome.tally.n_rows, ==, 200);
  g_assert_cmpuint (outcome.tally.trackers_asked, ==, 1);
  g_assert_cmpuint (outcome.tally.trackers_answered, ==, 0);
  g_assert_cmpuint (outcome.tally.peers_answered, ==, 1);
  g_assert_nonnull (outcome.words);
  g_assert_cmpuint (silent->n_cancelled, ==, 1);
  /* What comes late is dropped. */
  g_assert_null (redes_lookup_ask_get_query (ask));
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (200, 200, "song", 1), 1000));
  ask = take_ask (silent);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (0, 1, "song", 1), 1));
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  redes_lookup_free (lookup);
  outcome_clear (&outcome);
}

static void
test_cancel (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  Outcome asked = { 0 };
  Outcome waiting = { 0 };
  RedesLookupQuery *query;
  RedesLookupAsk *ask;

  peers->n_asked_each = 2;
  query = redes_lookup_search (lookup, "song", 0, 400, on_ended, &asked);
  wait_for_ask (peers, 2);
  ask = take_ask (peers);
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (0, 200, "song", 1), 1000));
  redes_lookup_cancel (lookup, query);
  g_assert_cmpuint (asked.n_ended, ==, 1);
  g_assert_error (asked.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (asked.rows->len, ==, 0);
  g_assert_cmpuint (peers->n_cancelled, ==, 1);
  /* Both are still on their way, and come in vain. */
  g_assert_cmpuint (redes_lookup_ask_get_page_rows (ask), ==, 0);
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (200, 200, "song", 1), 1000));
  redes_lookup_ask_end (take_ask (peers), NULL);
  g_assert_cmpuint (asked.n_ended, ==, 1);

  /* One that nobody was asked yet. */
  query = redes_lookup_list (lookup, on_ended, &waiting);
  redes_lookup_cancel (lookup, query);
  g_assert_cmpuint (waiting.n_ended, ==, 1);
  run_due ();
  g_assert_cmpuint (peers->asks->len, ==, 0);
  redes_lookup_free (lookup);
  outcome_clear (&asked);
  outcome_clear (&waiting);
}

static void
test_removed_provider (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *leaving = add_fake (lookup, &tracker_class);
  FakeProvider *staying = add_fake (lookup, &peer_class);
  gboolean freed = FALSE;
  Outcome outcome = { 0 };
  Outcome later = { 0 };

  leaving->freed = &freed;
  redes_lookup_search (lookup, "song", 0, 10, on_ended, &outcome);
  wait_for_ask (staying, 1);
  g_assert_cmpuint (leaving->asks->len, ==, 1);
  redes_lookup_remove_provider (lookup, &leaving->parent);
  g_assert_true (freed);
  g_assert_cmpuint (outcome.n_ended, ==, 0);
  redes_lookup_ask_take_rows (take_ask (staying), make_rows (0, 1, "song", 1), 1);
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  g_assert_cmpuint (outcome.rows->len, ==, 1);
  g_assert_cmpuint (outcome.tally.trackers_asked, ==, 1);
  g_assert_cmpuint (outcome.tally.trackers_answered, ==, 0);

  /* When the last one goes the query ends, and so does one that then asks nobody. */
  redes_lookup_list (lookup, on_ended, &later);
  wait_for_ask (staying, 1);
  redes_lookup_remove_provider (lookup, &staying->parent);
  g_assert_cmpuint (later.n_ended, ==, 1);
  outcome_clear (&later);
  redes_lookup_list (lookup, on_ended, &later);
  run_due ();
  g_assert_cmpuint (later.n_ended, ==, 1);
  g_assert_cmpuint (later.tally.peers_asked, ==, 0);
  redes_lookup_free (lookup);
  outcome_clear (&outcome);
  outcome_clear (&later);
}

/* What several downloads want in the same moment goes to a provider together, 1,000 at most. */
static void
test_find_many (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  g_autofree Outcome *outcomes = g_new0 (Outcome, MANY);
  RedesEndpoint source = { .host = (char *)"192.0.2.9", .port = 1, .nickname = (char *)"" };
  guint n_ended = 0;

  outcomes[1].wants_nobody = TRUE;
  for (guint i = 0; i < MANY; i++)
    {
      RedesContentId content = make_content (i);

      redes_lookup_find_sources (lookup, &content, NULL, is_wanted, on_found, on_ended,
                                 &outcomes[i]);
    }
  g_assert_cmpuint (peers->calls->len, ==, 0);
  wait_for_ask (peers, MANY);
  g_assert_cmpuint (peers->calls->len, ==, 2);
  g_assert_cmpuint (g_array_index (peers->calls, guint, 0), ==, REDES_LOOKUP_MAX_CONTENTS);
  g_assert_cmpuint (g_array_index (peers->calls, guint, 1), ==, MANY - REDES_LOOKUP_MAX_CONTENTS);

  for (guint i = 0; i < MANY; i++)
    {
      RedesLookupAsk *ask = g_ptr_array_index (peers->asks, i);
      RedesLookupQuery *query = redes_lookup_ask_get_query (ask);
      RedesContentId content = make_content (i);

      g_assert_true (redes_content_id_equal (redes_lookup_query_get_content (query), &content));
      g_assert_true (redes_lookup_query_wants (query, &source.id) == (i != 1));
      /* A source is told of at once, and each query ends for itself. */
      redes_lookup_ask_take_source (ask, &source);
      g_assert_cmpuint (outcomes[i].n_found, ==, 1);
      g_assert_cmpuint (outcomes[i].n_ended, ==, 0);
      redes_lookup_ask_end (ask, NULL);
      n_ended += outcomes[i].n_ended;
      outcome_clear (&outcomes[i]);
    }
  g_assert_cmpuint (n_ended, ==, MANY);
  g_ptr_array_set_size (peers->asks, 0);
  redes_lookup_free (lookup);
}

static void
test_list (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *trackers = add_fake (lookup, &tracker_class);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  Outcome outcome = { 0 };
  guint how[] = { REDES_PEER_ORIGIN_TRACKER, REDES_PEER_ORIGIN_LAN };

  redes_lookup_list (lookup, on_ended, &outcome);
  wait_for_ask (peers, 1);
  /* The same peer, from both. */
  for (guint i = 0; i < 2; i++)
    {
      GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_known_peer_free);
      RedesPeerId id = { 0 };
      g_autoptr (RedesEndpoint) peer = redes_endpoint_new (&id, "ana", "192.0.2.9", 6001);

      g_ptr_array_add (rows, redes_known_peer_new (peer, how[i], 100 + i));
      redes_lookup_ask_take_rows (take_ask (i == 0 ? trackers : peers), rows, 1);
    }
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  g_assert_cmpuint (outcome.rows->len, ==, 1);
  {
    const RedesKnownPeer *peer = g_ptr_array_index (outcome.rows, 0);

    g_assert_cmpuint (peer->how, ==, how[0] | how[1]);
    g_assert_cmpint (peer->seen_us, ==, 101);
  }
  redes_lookup_free (lookup);
  outcome_clear (&outcome);
}

static void
test_browse (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *peers = add_fake (lookup, &peer_class);
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "it is private");
  RedesPeerId id = { 0 };
  Outcome outcome = { 0 };
  RedesLookupAsk *ask;

  /* In the peer's order, whatever the names, and a page that is not full is not the last. */
  redes_lookup_browse (lookup, &id, NULL, on_ended, &outcome);
  wait_for_ask (peers, 1);
  ask = take_ask (peers);
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (0, 1, "zebra", 1), 3));
  g_assert_true (redes_lookup_ask_take_rows (ask, make_rows (0, 1, "ant", 1), 3));
  g_assert_false (redes_lookup_ask_take_rows (ask, make_rows (0, 1, "mole", 1), 3));
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  g_assert_cmpuint (outcome.rows->len, ==, 3);
  g_assert_cmpstr (get_name (&outcome, 0), ==, "zebra");
  g_assert_cmpstr (get_name (&outcome, 1), ==, "ant");
  outcome_clear (&outcome);

  /* One that goes on for ever is read so far. */
  redes_lookup_browse (lookup, &id, NULL, on_ended, &outcome);
  wait_for_ask (peers, 1);
  ask = take_ask (peers);
  for (guint n = 200; redes_lookup_ask_take_rows (ask, make_rows (0, 200, "ant", 1), G_MAXUINT);
       n += 200)
    g_assert_cmpuint (n, <, 20000);
  g_assert_cmpuint (outcome.rows->len, ==, 20000);
  outcome_clear (&outcome);

  redes_lookup_browse (lookup, &id, NULL, on_ended, &outcome);
  wait_for_ask (peers, 1);
  redes_lookup_ask_end (take_ask (peers), error);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  redes_lookup_free (lookup);
  outcome_clear (&outcome);
}

/* While nobody is there a query waits, but not for ever. */
static void
test_waits_for_somebody (void)
{
  RedesLookup *lookup = redes_lookup_new (&test_clock);
  FakeProvider *peers = add_fake (lookup, &slow_class);
  FakeProvider *others = add_fake (lookup, &tracker_class);
  Outcome outcome = { 0 };

  redes_lookup_search (lookup, "song", 0, 10, on_ended, &outcome);
  run_due ();
  g_assert_cmpuint (others->asks->len, ==, 0);
  peers->settled = TRUE;
  wait_for_ask (peers, 1);
  g_assert_cmpuint (others->asks->len, ==, 1);
  redes_lookup_ask_end (take_ask (peers), NULL);
  redes_lookup_ask_end (take_ask (others), NULL);
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  outcome_clear (&outcome);

  peers->settled = FALSE;
  redes_lookup_search (lookup, "song", 0, 10, on_ended, &outcome);
  run_due ();
  g_assert_cmpuint (others->asks->len, ==, 0);
  now_us += 6 * G_USEC_PER_SEC;
  wait_for_ask (others, 1);
  /* The end of the lookup ends its queries. */
  redes_lookup_free (lookup);
  g_assert_cmpuint (outcome.n_ended, ==, 1);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/query/merge", test_merge);
  g_test_add_func ("/query/pages", test_pages);
  g_test_add_func ("/query/too-much", test_too_much);
  g_test_add_func ("/query/silence", test_silence);
  g_test_add_func ("/query/cancel", test_cancel);
  g_test_add_func ("/query/removed-provider", test_removed_provider);
  g_test_add_func ("/query/find-many", test_find_many);
  g_test_add_func ("/query/list", test_list);
  g_test_add_func ("/query/browse", test_browse);
  g_test_add_func ("/query/waits-for-somebody", test_waits_for_somebody);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory-worker.h"
#include "engine/base/error.h"
#include "engine/tracker/manifest-table.h"
#include "tracker-fixture.h"

#include <gio/gio.h>
#include <string.h>

/* What is asked of one worker by many: whose answer comes when. */

#define N_FILES 20000u

typedef struct
{
  GString *order; /* a letter for each answer, '-' for one that was given up */
} Log;

typedef struct
{
  Log *log;
  char letter;
  gint64 asked_us;
  GError *error;
  gboolean done;
} Query;

static void
answer_func (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  Query *query = user_data;

  query->done = TRUE;
  if (answer->error != NULL)
    query->error = g_error_copy (answer->error);
  g_string_append_c (
      query->log->order,
      g_error_matches (query->error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? '-' : query->letter);
}

static RedesDirectoryWorker *
new_worker (const RedesDirectoryLimits *limits)
{
  g_autoptr (GError) error = NULL;
  RedesDirectoryWorker *worker = redes_directory_worker_new (limits);

  g_assert_no_error (error);
  return worker;
}

static Query *
query_new (Log *log, char letter)
{
  Query *query = g_new0 (Query, 1);

  if (log->order == NULL)
    log->order = g_string_new (NULL);
  query->log = log;
  query->letter = letter;
  query->asked_us = g_get_monotonic_time ();
  return query;
}

static void
query_free (Query *query)
{
  g_clear_error (&query->error);
  g_free (query);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Query, query_free)

/* The body of a REGISTER or UPDATE. */
static GBytes *
encode (RedesMessageType type, RedesFileTable *table)
{
  g_autoptr (GArray) gone = redes_wire_gone_new ();
  RedesMessage message = { .type = type, .update = { .serial = 7, .table = table, .gone = gone } };
  g_autoptr (GBytes) frame = NULL;

  if (type == REDES_MESSAGE_REGISTER)
    message.registration = (RedesWireRegister){ .serial = 7, .table = table };
  frame = redes_message_encode (&message);
  return g_bytes_new_from_bytes (frame, REDES_FRAME_HEADER_SIZE,
                                 g_bytes_get_size (frame) - REDES_FRAME_HEADER_SIZE);
}

static GBytes *
pack (RedesMessageType type, GPtrArray *manifests)
{
  g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);

  g_assert_cmpuint (tables->len, ==, 1);
  return encode (type, g_ptr_array_index (tables, 0));
}

static void
register_files (RedesDirectoryWorker *worker, const RedesAsker *peer, guint identity, guint n)
{
  g_autoptr (GPtrArray) manifests = fixture_manifests (identity, n, 1000);
  g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);
  Log log = { 0 };

  for (guint i = 0; i < tables->len; i++)
    {
      g_autoptr (Query) query = query_new (&log, 'r');
      g_autoptr (GBytes) body = encode (i == 0 ? REDES_MESSAGE_REGISTER : REDES_MESSAGE_UPDATE,
                                        g_ptr_array_index (tables, i));

      if (i == 0)
        redes_directory_worker_register (worker, peer, body, answer_func, query);
      else
        redes_directory_worker_update (worker, peer, body, answer_func, query);
      fixture_wait_for (query->done);
      g_assert_no_error (query->error);
    }
  g_string_free (log.order, TRUE);
}

/* Somebody has put a hundred searches that find all; one by another, at another address or at the
 * same one, is answered among the first of them. */
static void
test_broad_searches (void)
{
  RedesDirectoryWorker *worker = new_worker (&(RedesDirectoryLimits){ 0 });
  RedesPeerId ids[] = { fixture_digest ("ana"), fixture_digest ("rui"), fixture_digest ("eva") };
  RedesAsker greedy = { "192.0.2.1", &ids[0] };
  RedesAsker elsewhere = { "192.0.2.2", &ids[1] };
  RedesAsker beside = { "192.0.2.1", &ids[2] };
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)query_free);
  Log log = { 0 };
  Query *one;
  Query *other;
  gint64 took_us = 0;

  register_files (worker, &greedy, 0, N_FILES);
  for (guint i = 0; i < 100; i++)
    {
      Query *query = query_new (&log, 'g');

      g_ptr_array_add (queries, query);
      redes_directory_worker_search (worker, &greedy, "f", 0, 200, answer_func, query);
    }
  one = query_new (&log, 'e');
  g_ptr_array_add (queries, one);
  redes_directory_worker_search (worker, &elsewhere, "file 77", 0, 200, answer_func, one);
  other = query_new (&log, 'b');
  g_ptr_array_add (queries, other);
  redes_directory_worker_search (worker, &beside, "file 78", 0, 200, answer_func, other);
  while (!one->done)
    {
      g_main_context_iteration (NULL, TRUE);
      took_us = g_get_monotonic_time () - one->asked_us;
    }
  fixture_wait_for (log.order->len == queries->len);
  g_test_message ("an honest search beside a hundred broad ones: %.1f ms", took_us / 1000.0);
  g_assert_cmpint (strchr (log.order->str, 'e') - log.order->str, <, 20);
  g_assert_cmpint (strchr (log.order->str, 'b') - log.order->str, <, 20);

  redes_directory_worker_free (worker);
  g_string_free (log.order, TRUE);
}

/* Somebody registers again and again, which takes all signatures to be verified each time. How many
 * are begun before the next one is told depends on when this thread runs: a few at most. */
static void
test_repeated_register (void)
{
  RedesDirectoryWorker *worker = new_worker (&(RedesDirectoryLimits){ 0 });
  RedesPeerId ids[] = { fixture_digest ("ana"), fixture_digest ("rui") };
  RedesAsker greedy = { "192.0.2.1", &ids[0] };
  RedesAsker honest = { "192.0.2.2", &ids[1] };
  g_autoptr (GPtrArray) manifests = fixture_manifests (1, 1000, 50);
  g_autoptr (GBytes) body = pack (REDES_MESSAGE_REGISTER, manifests);
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)query_free);
  Log log = { 0 };
  guint n_given_up = 0;
  guint n_done_before = 0;

  for (guint i = 0; i < 20; i++)
    {
      Query *query = query_new (&log, 'g');

      g_ptr_array_add (queries, query);
      redes_directory_worker_register (worker, &greedy, body, answer_func, query);
    }
  g_ptr_array_add (queries, query_new (&log, 'h'));
  redes_directory_worker_search (worker, &honest, "file", 0, 200, answer_func,
                                 g_ptr_array_index (queries, 20));
  fixture_wait_for (log.order->len == queries->len);
  for (const char *p = log.order->str; *p != 'h'; p++)
    n_done_before += *p == 'g';
  g_assert_cmpuint (n_done_before, <, 10);
  /* What was overtaken costs nothing; the last one counts. */
  for (guint i = 0; i < 20; i++)
    {
      const Query *query = g_ptr_array_index (queries, i);

      n_given_up += g_error_matches (query->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpuint (n_given_up, >=, 10);
  g_assert_null (((Query *)g_ptr_array_index (queries, 19))->error);

  redes_directory_worker_free (worker);
  g_string_free (log.order, TRUE);
}

/* Who asks while another one's answers wait for the main context does not stand behind all of
 * them: the worker goes no further than a few answers ahead. */
static void
test_few_answers_ahead (void)
{
  RedesDirectoryWorker *worker = new_worker (&(RedesDirectoryLimits){ 0 });
  RedesPeerId ids[] = { fixture_digest ("ana"), fixture_digest ("rui") };
  RedesAsker greedy = { "192.0.2.1", &ids[0] };
  RedesAsker honest = { "192.0.2.2", &ids[1] };
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)query_free);
  const guint n = 3000;
  Log log = { 0 };
  gsize begun;

  for (guint i = 0; i <= n; i++)
    g_ptr_array_add (queries, query_new (&log, i < n ? 'g' : 'h'));
  for (guint i = 0; i < n; i++)
    redes_directory_worker_wait (worker, &greedy, answer_func, g_ptr_array_index (queries, i));
  fixture_wait_for (log.order->len > 0);
  begun = log.order->len;
  redes_directory_worker_wait (worker, &honest, answer_func, g_ptr_array_index (queries, n));
  fixture_wait_for (strchr (log.order->str, 'h') != NULL);
  g_assert_cmpuint (strchr (log.order->str, 'h') - log.order->str, <=, begun + 8);
  fixture_wait_for (log.order->len == queries->len);

  redes_directory_worker_free (worker);
  g_string_free (log.order, TRUE);
}

#define N_COMING 40u

/* Peers that register, each at an address of its own, stand in line behind one another, and not
 * before who searches: that one waits for what is under way. What one peer asks stays in order. */
static void
test_many_register (void)
{
  RedesDirectoryWorker *worker = new_worker (&(RedesDirectoryLimits){ 0 });
  g_autoptr (GPtrArray) manifests = fixture_manifests_named (1, "one.txt", NULL);
  g_autoptr (GBytes) body = pack (REDES_MESSAGE_REGISTER, manifests);
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify)query_free);
  Log log = { 0 };
  RedesPeerId last, other = fixture_digest ("other");
  RedesAsker searcher = { "192.0.2.1", &other };
  guint at;

  for (guint i = 0; i < N_COMING; i++)
    {
      g_autofree char *address = g_strdup_printf ("198.51.100.%u", i);
      RedesAsker peer = { address, &last };

      last = fixture_digest (address);
      g_ptr_array_add (queries, query_new (&log, 'r'));
      redes_directory_worker_register (worker, &peer, body, answer_func,
                                       g_ptr_array_index (queries, i));
      if (i + 1 < N_COMING)
        continue;
      g_ptr_array_add (queries, query_new (&log, 'w'));
      redes_directory_worker_wait (worker, &peer, answer_func, g_ptr_array_index (queries, i + 1));
    }
  g_ptr_array_add (queries, query_new (&log, 's'));
  redes_directory_worker_search (worker, &searcher, "one", 0, 50, answer_func,
                                 g_ptr_array_index (queries, N_COMING + 1));
  fixture_wait_for (log.order->len == N_COMING + 2);
  /* The worker goes a few answers ahead, which it may have done before the search came. */
  at = (guint)(strchr (log.order->str, 's') - log.order->str);
  g_assert_cmpuint (at, <=, 10);
  g_assert_cmpint (log.order->str[N_COMING + 1], ==, 'w');

  redes_directory_worker_free (worker);
  g_string_free (log.order, TRUE);
}

typedef struct
{
  gboolean done;
  guint total;
} Found;

static void
found_func (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  Found *found = user_data;

  found->done = TRUE;
  found->total = answer->total;
}

static guint
search (RedesDirectoryWorker *worker, const RedesAsker *asker, const char *words)
{
  Found found = { 0 };

  redes_directory_worker_search (worker, asker, words, 0, 200, found_func, &found);
  fixture_wait_for (found.done);
  return found.total;
}

/* What was removed before a query is in no answer to it, though the names are still being taken
 * out of the index; and what waited of one who left does not come back. */
static void
test_removal_comes_first (void)
{
  RedesDirectoryWorker *worker = new_worker (&(RedesDirectoryLimits){ 0 });
  RedesPeerId ids[] = { fixture_digest ("ana"), fixture_digest ("rui") };
  RedesAsker ana = { "192.0.2.1", &ids[0] };
  RedesAsker rui = { "192.0.2.2", &ids[1] };
  g_autoptr (GPtrArray) more = fixture_manifests_named (1, "more.txt", NULL);
  g_autoptr (GBytes) body = pack (REDES_MESSAGE_UPDATE, more);
  Log log = { 0 };
  g_autoptr (Query) late = query_new (&log, 'l');

  register_files (worker, &ana, 0, N_FILES);
  g_assert_cmpuint (search (worker, &rui, "txt"), >, REDES_DIRECTORY_MAX_COUNTED);
  redes_directory_worker_update (worker, &ana, body, answer_func, late);
  redes_directory_worker_remove_peer (worker, &ana);
  g_assert_cmpuint (search (worker, &rui, "txt"), ==, 0);
  fixture_wait_for (late->done);
  g_assert_cmpuint (search (worker, &rui, "more"), ==, 0);

  /* The same names again, while the old ones are being tidied away. */
  register_files (worker, &rui, 0, 1000);
  g_assert_cmpuint (search (worker, &rui, "txt"), ==, 1000);
  g_assert_cmpuint (search (worker, &rui, "77"), ==, 11);

  redes_directory_worker_free (worker);
  g_string_free (log.order, TRUE);
}

/* What is no REGISTER is found out in the worker; what the peer had before is gone. */
static void
test_undecodable (void)
{
  RedesDirectoryWorker *worker = new_worker (&(RedesDirectoryLimits){ 0 });
  RedesPeerId id = fixture_digest ("ana");
  RedesAsker ana = { "192.0.2.1", &id };
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  Log log = { 0 };
  g_autoptr (Query) update = query_new (&log, 'u');
  g_autoptr (Query) anew = query_new (&log, 'r');

  register_files (worker, &ana, 0, 10);
  redes_directory_worker_update (worker, &ana, nonsense, answer_func, update);
  fixture_wait_for (update->done);
  g_assert_error (update->error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE);
  g_assert_cmpuint (search (worker, &ana, "file"), ==, 10);
  redes_directory_worker_register (worker, &ana, nonsense, answer_func, anew);
  fixture_wait_for (anew->done);
  g_assert_error (anew->error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE);
  g_assert_cmpuint (search (worker, &ana, "file"), ==, 0);

  redes_directory_worker_free (worker);
  g_string_free (log.order, TRUE);
}

static gboolean
try_files (RedesDirectoryWorker *worker, const char *address, const char *who, guint n)
{
  RedesPeerId id = fixture_digest (who);
  RedesAsker peer = { address, &id };
  g_autoptr (GPtrArray) manifests = fixture_manifests (1, n, n);
  g_autoptr (GBytes) body = pack (REDES_MESSAGE_REGISTER, manifests);
  Log log = { 0 };
  g_autoptr (Query) query = query_new (&log, 't');

  redes_directory_worker_register (worker, &peer, body, answer_func, query);
  fixture_wait_for (query->done);
  g_string_free (log.order, TRUE);
  if (query->error != NULL)
    g_assert_error (query->error, REDES_IO_ERROR, G_IO_ERROR_NO_SPACE);
  return query->error == NULL;
}

static void
test_limits (void)
{
  RedesDirectoryWorker *worker = new_worker (
      &(RedesDirectoryLimits){ .files_a_peer = 10, .files_an_address = 15, .files_in_all = 25 });
  RedesPeerId ana = fixture_digest ("ana");
  RedesAsker peer = { "192.0.2.1", &ana };

  g_assert_false (try_files (worker, "192.0.2.1", "ana", 11));
  g_assert_true (try_files (worker, "192.0.2.1", "ana", 10));
  /* In place of what it had. */
  g_assert_true (try_files (worker, "192.0.2.1", "ana", 10));
  g_assert_false (try_files (worker, "192.0.2.1", "another", 6));
  g_assert_true (try_files (worker, "192.0.2.1", "another", 5));
  g_assert_true (try_files (worker, "192.0.2.2", "rui", 10));
  g_assert_false (try_files (worker, "192.0.2.3", "eva", 1));
  redes_directory_worker_remove_peer (worker, &peer);
  g_assert_true (try_files (worker, "192.0.2.1", "a third", 10));
  redes_directory_worker_free (worker);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tracker/directory-worker/broad-searches", test_broad_searches);
  g_test_add_func ("/tracker/directory-worker/repeated-register", test_repeated_register);
  g_test_add_func ("/tracker/directory-worker/many-register", test_many_register);
  g_test_add_func ("/tracker/directory-worker/few-answers-ahead", test_few_answers_ahead);
  g_test_add_func ("/tracker/directory-worker/removal-comes-first", test_removal_comes_first);
  g_test_add_func ("/tracker/directory-worker/undecodable", test_undecodable);
  g_test_add_func ("/tracker/directory-worker/limits", test_limits);
  return g_test_run ();
}

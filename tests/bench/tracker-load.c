/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-many.h"

#include "engine/net/channel.h"
#include "engine/tracker/client.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Many peers of one tracker, by the client code of the real ones, each at an address of its own in
 * 127.0.0.0/8: what bench.py measures a tracker with.
 * Usage: tracker-load HOST:PORT FILES FIRST PEERS ALL
 *
 * ALL peers with FILES each; this process is those from FIRST on, PEERS of them, and the one with
 * FIRST 0 is who searches, too. One process for all would be slow by itself: each peer has timers,
 * and a main loop looks at all that it has.
 *
 * It reads commands, a line each, and answers each with a line:
 *   register    connects all peers, COMING at a time; until all are registered
 *   wait        until all are registered, after the tracker was killed
 *   search N    N searches, one after the other
 *   flood N     the same while strangers make handshakes as fast as they can
 *   load on     a hundredth of the peers goes and comes each second, its part of 1,000 files are
 *               added or removed each second, 100 searches a second for what people search for, and
 * 4 who search for what costs most, each again as soon as it has an answer load off
 */

#define COMING 64u
#define N_SEARCHERS 8u
#define N_HOSTILE_SEARCHERS 4u
#define UPDATES_A_TICK 20u
#define SEARCHES_A_TICK 2u
#define TICK_MS 20u
#define TICKS_A_SECOND (1000u / TICK_MS)
#define PAGE_ROWS 50u
#define TIMEOUT_MS 20000u
#define PORT 6001u
#define HELPERS_HOST "127.250.0.%u"

/* Half of all names have the first. */
static const char *const words[]
    = { "summer", "photos", "report", "music",   "lecture", "garden", "final",
        "draft",  "house",  "river",  "winter",  "meeting", "recipe", "journey",
        "market", "school", "letter", "concert", "holiday", "manual", "sketch" };

static const char *const hostile_words[] = { "a", "s", "summer", "p", "t", "su", "m" };

typedef struct _Load Load;

typedef struct
{
  Load *load;
  guint number;
  RedesIdentity *identity;
  char *host;
  GPtrArray *manifests;
  RedesTrackerClient *client; /* nullable: while it is away */
  gboolean is_registered;
} Peer;

typedef struct
{
  Load *load;
  RedesTrackerClient *client;
  gboolean is_hostile;
  guint n_asked;
} Searcher;

struct _Load
{
  GMainLoop *loop;
  const char *address;
  guint n_files;
  Peer *peers;
  guint first;
  guint n_peers;
  guint n_all;
  guint n_registered;
  guint n_refused;
  guint next_to_start;
  gint64 waiting_since_us; /* 0: nobody waits until all are registered */
  guint n_losses;
  GPtrArray *helpers; /* identities */
  Searcher searchers[N_SEARCHERS + N_HOSTILE_SEARCHERS];
  guint n_answers;
  guint n_hostile_answers;
  guint ticker;
  guint n_ticks;
  guint n_updates;
  guint n_churned;
  GRand *random;
};

/* ---- Names ---- */

static char *
make_name (guint peer, guint file)
{
  guint number = peer * 1000003u + file * 7919u;
  const char *first = file % 2 == 0 ? words[0] : words[1 + number % (G_N_ELEMENTS (words) - 1)];

  return g_strdup_printf ("%s %s %u.txt", first,
                          words[1 + number / 32 % (G_N_ELEMENTS (words) - 1)], number);
}

/* A third of one word, the rest of two. */
static char *
make_query (guint number)
{
  const char *second = words[1 + number / 3 % (G_N_ELEMENTS (words) - 1)];

  if (number % 3 == 0)
    return g_strdup (number % 2 == 0 ? words[0] : second);
  return g_strdup_printf ("%s %s", number % 3 == 1 ? words[0] : words[1 + number % 19], second);
}

static GPtrArray *
make_manifests (Peer *self)
{
  guint n = self->load->n_files;
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, n);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GPtrArray *manifests;

  for (guint i = 0; i < n; i++)
    {
      char *name = make_name (self->number, i);

      g_ptr_array_add (names, name);
      drafts[i].name = name;
      drafts[i].geometry.file_size = 1000 + i;
      drafts[i].geometry.block_size = redes_block_size_for (1000 + i);
      redes_digest_of (name, strlen (name), &drafts[i].root);
    }
  manifests = redes_manifest_sign_batch (self->identity, drafts, n, 1700000000, &error);
  g_assert_no_error (error);
  return manifests;
}

/* ---- Peers ---- */

static void start_some (Load *load);

static void
say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  fflush (stdout);
}

static void
consider (Load *self)
{
  if (self->waiting_since_us == 0 || self->n_registered < self->n_peers)
    return;
  say ("{\"registered\": %u, \"seconds\": %.3f, \"losses\": %u, \"refused\": %u}\n",
       self->n_registered,
       (gdouble)(g_get_monotonic_time () - self->waiting_since_us) / G_USEC_PER_SEC, self->n_losses,
       self->n_refused);
  self->waiting_since_us = 0;
}

static GPtrArray *
list_files (gpointer user_data)
{
  return g_ptr_array_ref (((Peer *)user_data)->manifests);
}

static void
on_state (RedesTrackerClient *client,
          RedesTrackerState state,
          const GError *error,
          gpointer user_data)
{
  Peer *peer = user_data;
  gboolean was_registered = peer->is_registered;

  peer->is_registered = state == REDES_TRACKER_REGISTERED;
  if (peer->is_registered && error != NULL)
    {
      if (peer->load->n_refused++ == 0)
        g_printerr ("not all is taken: %s\n", error->message);
    }
  if (peer->is_registered == was_registered)
    return;
  if (peer->is_registered)
    peer->load->n_registered++;
  else
    {
      peer->load->n_registered--;
      peer->load->n_losses++;
    }
  start_some (peer->load);
  consider (peer->load);
}

static void
peer_start (Peer *self)
{
  g_autoptr (GError) error = NULL;
  RedesTrackerClientParams params = { .identity = self->identity,
                                      .address = self->load->address,
                                      .nickname = "",
                                      .listen_host = self->host,
                                      .port = PORT,
                                      .register_peer = TRUE,
                                      .list_files = list_files,
                                      .state_changed = on_state,
                                      .user_data = self };

  if (self->manifests == NULL)
    self->manifests = make_manifests (self);
  self->client = redes_tracker_client_new (&params, &error);
  g_assert_no_error (error);
}

static void
peer_stop (Peer *self)
{
  g_clear_pointer (&self->client, redes_tracker_client_free);
  if (self->is_registered)
    self->load->n_registered--;
  self->is_registered = FALSE;
}

/* Of @n of all peers together, how many fall on those of this process. */
static guint
get_part (Load *self, guint n)
{
  return (guint)((guint64)n * self->n_peers / self->n_all);
}

/* The first time they come one after the other, so that it is not their handshakes that fail. */
static void
start_some (Load *self)
{
  guint coming = MAX (get_part (self, COMING), 1);

  while (self->next_to_start < self->n_peers && self->next_to_start < self->n_registered + coming
         && self->waiting_since_us != 0)
    peer_start (&self->peers[self->next_to_start++]);
}

/* ---- The load ---- */

static void ask (Searcher *self);

static void
on_answer (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Searcher *self = user_data;

  self->load->n_answers += error == NULL ? 1 : 0;
  self->load->n_hostile_answers += error == NULL && self->is_hostile ? 1 : 0;
  if (self->client != NULL && self->is_hostile)
    ask (self);
}

static void
ask (Searcher *self)
{
  g_autofree char *query
      = self->is_hostile ? g_strdup (hostile_words[self->n_asked % G_N_ELEMENTS (hostile_words)])
                         : make_query (self->n_asked);

  self->n_asked++;
  redes_tracker_client_search (self->client, query, 0, PAGE_ROWS, TIMEOUT_MS, NULL, on_answer,
                               self);
}

static RedesTrackerClient *
new_asker (Load *load, guint number, const char *host)
{
  g_autoptr (GError) error = NULL;
  RedesTrackerClientParams params = { .identity = g_ptr_array_index (load->helpers, number),
                                      .address = load->address,
                                      .nickname = "",
                                      .listen_host = host,
                                      .port = PORT };
  RedesTrackerClient *client = redes_tracker_client_new (&params, &error);

  g_assert_no_error (error);
  return client;
}

/* One file of somebody goes, and comes again with the next. */
static void
update_one (Load *self)
{
  Peer *peer = &self->peers[g_rand_int_range (self->random, 0, (gint32)self->n_peers)];
  RedesManifest *manifest;

  if (!peer->is_registered || peer->manifests->len == 0)
    return;
  manifest = g_ptr_array_index (peer->manifests,
                                g_rand_int_range (self->random, 0, (gint32)peer->manifests->len));
  if (self->n_updates++ % 2 == 0)
    redes_tracker_client_remove_file (peer->client, manifest);
  else
    redes_tracker_client_add_file (peer->client, manifest);
}

static void
churn_one (Load *self)
{
  Peer *peer = &self->peers[g_rand_int_range (self->random, 0, (gint32)self->n_peers)];

  if (!peer->is_registered)
    return;
  peer_stop (peer);
  peer_start (peer);
  self->n_churned++;
}

static gboolean
on_tick (gpointer user_data)
{
  Load *self = user_data;
  guint a_second = MAX (self->n_peers / 100, 1);
  guint n
      = a_second * (self->n_ticks + 1) / TICKS_A_SECOND - a_second * self->n_ticks / TICKS_A_SECOND;

  self->n_ticks++;
  for (guint i = 0; i < n; i++)
    churn_one (self);
  for (guint i = 0; i < MAX (get_part (self, UPDATES_A_TICK), 1); i++)
    update_one (self);
  for (guint i = 0; i < SEARCHES_A_TICK && self->first == 0; i++)
    ask (&self->searchers[(self->n_ticks * SEARCHES_A_TICK + i) % N_SEARCHERS]);
  return G_SOURCE_CONTINUE;
}

static void
load_on (Load *self)
{
  self->n_answers = self->n_hostile_answers = 0;
  self->n_updates = self->n_churned = self->n_ticks = 0;
  for (guint i = 0; i < G_N_ELEMENTS (self->searchers) && self->first == 0; i++)
    {
      Searcher *searcher = &self->searchers[i];
      g_autofree char *host = g_strdup_printf (HELPERS_HOST, i + 2);

      *searcher = (Searcher){ .load = self, .is_hostile = i >= N_SEARCHERS, .n_asked = 7 * i };
      searcher->client = new_asker (self, i + 1, host);
      if (searcher->is_hostile)
        ask (searcher);
    }
  self->ticker = g_timeout_add (TICK_MS, on_tick, self);
  say ("{}\n");
}

static void
load_off (Load *self)
{
  g_clear_handle_id (&self->ticker, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->searchers); i++)
    {
      RedesTrackerClient *client = g_steal_pointer (&self->searchers[i].client);

      g_clear_pointer (&client, redes_tracker_client_free);
    }
  say ("{\"answers\": %u, \"hostile_answers\": %u, \"updates\": %u, \"churned\": %u}\n",
       self->n_answers, self->n_hostile_answers, self->n_updates, self->n_churned);
}

/* ---- Who measures: in a thread of its own, so that the load does not slow it down ---- */

typedef struct
{
  Load *load;
  guint n_wanted;
  gboolean with_flood;
  GMainLoop *loop;
  RedesTrackerClient *client;
  gint64 asked_us;
  GArray *took_us; /* gint64 */
  guint n_failed;
  gint flood_ends;   /* atomic */
  gint n_handshakes; /* atomic */
} Measure;

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a;
  gint64 other = *(const gint64 *)b;

  return one < other ? -1 : one > other;
}

static void measure_next (Measure *self);

static void
on_measured (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Measure *self = user_data;
  gint64 took_us = g_get_monotonic_time () - self->asked_us;

  if (error != NULL)
    {
      g_printerr ("a search failed: %s\n", error->message);
      self->n_failed++;
    }
  g_array_append_val (self->took_us, took_us);
  if (self->took_us->len >= self->n_wanted)
    g_main_loop_quit (self->loop);
  else
    measure_next (self);
}

static void
measure_next (Measure *self)
{
  g_autofree char *query = make_query (self->took_us->len);

  self->asked_us = g_get_monotonic_time ();
  redes_tracker_client_search (self->client, query, 0, PAGE_ROWS, TIMEOUT_MS, NULL, on_measured,
                               self);
}

/* The first waits for the connection, and does not count. */
static void
on_connected (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  measure_next (user_data);
}

static gpointer
flood (gpointer data)
{
  Measure *self = data;
  const char *colon = strrchr (self->load->address, ':');
  guint16 port = (guint16)g_ascii_strtoull (colon + 1, NULL, 10);

  while (g_atomic_int_get (&self->flood_ends) == 0)
    {
      HostileLink link = { .fd = -1 };

      if (hostile_open_from (&link, g_ptr_array_index (self->load->helpers, 0), "127.251.0.1", port,
                             0))
        g_atomic_int_inc (&self->n_handshakes);
      if (link.fd >= 0)
        hostile_close (&link);
    }
  return NULL;
}

static gboolean
tell_measured (gpointer data)
{
  Measure *self = data;
  guint n = self->took_us->len;

  g_array_sort (self->took_us, compare_times);
  say ("{\"n\": %u, \"failed\": %u, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f,"
       " \"handshakes\": %d}\n",
       n, self->n_failed, g_array_index (self->took_us, gint64, n / 2) / 1000.0,
       g_array_index (self->took_us, gint64, MIN (n - 1, n * 99 / 100)) / 1000.0,
       g_array_index (self->took_us, gint64, n - 1) / 1000.0, self->n_handshakes);
  g_array_unref (self->took_us);
  g_free (self);
  return G_SOURCE_REMOVE;
}

static gpointer
run_measure (gpointer data)
{
  Measure *self = data;
  GMainContext *context = g_main_context_new ();
  GThread *flooder = NULL;

  g_main_context_push_thread_default (context);
  self->loop = g_main_loop_new (context, FALSE);
  self->client = new_asker (self->load, 0, "127.250.0.1");
  redes_tracker_client_search (self->client, "nothing", 0, PAGE_ROWS, TIMEOUT_MS, NULL,
                               on_connected, self);
  if (self->with_flood)
    flooder = g_thread_new ("flood", flood, self);
  g_main_loop_run (self->loop);
  g_atomic_int_set (&self->flood_ends, 1);
  g_clear_pointer (&flooder, g_thread_join);
  redes_tracker_client_free (self->client);
  /* Its last word leaves in the background. */
  for (gint64 end_us = g_get_monotonic_time () + G_USEC_PER_SEC / 2;
       redes_channel_count_finishing () > 0 && g_get_monotonic_time () < end_us;)
    g_main_context_iteration (context, FALSE);
  g_main_loop_unref (self->loop);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  g_idle_add (tell_measured, self);
  return NULL;
}

static void
measure (Load *self, guint n, gboolean with_flood)
{
  Measure *measure = g_new0 (Measure, 1);

  measure->load = self;
  measure->n_wanted = MAX (n, 1);
  measure->with_flood = with_flood;
  measure->took_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_thread_unref (g_thread_new ("measure", run_measure, measure));
}

/* ---- Commands ---- */

static void read_command (GDataInputStream *stream, Load *load);

static void
wait_for_all (Load *self)
{
  self->waiting_since_us = g_get_monotonic_time ();
  start_some (self);
  consider (self);
}

static void
on_command (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Load *self = user_data;
  GDataInputStream *stream = G_DATA_INPUT_STREAM (object);
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (stream, result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (self->loop);
      return;
    }
  if (g_str_equal (line, "register") || g_str_equal (line, "wait"))
    wait_for_all (self);
  else if (g_str_has_prefix (line, "search "))
    measure (self, (guint)g_ascii_strtoull (line + 7, NULL, 10), FALSE);
  else if (g_str_has_prefix (line, "flood "))
    measure (self, (guint)g_ascii_strtoull (line + 6, NULL, 10), TRUE);
  else if (g_str_equal (line, "load on"))
    load_on (self);
  else if (g_str_equal (line, "load off"))
    load_off (self);
  else
    g_error ("what is \"%s\"?", line);
  read_command (stream, self);
}

static void
read_command (GDataInputStream *stream, Load *load)
{
  g_data_input_stream_read_line_async (stream, G_PRIORITY_DEFAULT, NULL, on_command, load);
}

static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

int
main (int argc, char **argv)
{
  Load load = { .random = g_rand_new_with_seed (1) };
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) commands = g_data_input_stream_new (input);
  g_autoptr (GPtrArray) identities = NULL;

  if (argc != 6)
    {
      g_printerr ("usage: tracker-load HOST:PORT FILES FIRST PEERS ALL\n");
      return 2;
    }
  allow_many_files ();
  load.address = argv[1];
  load.n_files = (guint)g_ascii_strtoull (argv[2], NULL, 10);
  load.first = (guint)g_ascii_strtoull (argv[3], NULL, 10);
  load.n_peers = (guint)g_ascii_strtoull (argv[4], NULL, 10);
  load.n_all = (guint)g_ascii_strtoull (argv[5], NULL, 10);
  load.peers = g_new0 (Peer, load.n_peers);
  identities = hostile_identities_new (load.n_peers);
  load.helpers = hostile_identities_new (1 + G_N_ELEMENTS (load.searchers));
  for (guint i = 0; i < load.n_peers; i++)
    {
      guint number = load.first + i;

      load.peers[i] = (Peer){ .load = &load,
                              .number = number,
                              .identity = g_ptr_array_index (identities, i),
                              .host = g_strdup_printf ("127.%u.%u.%u", 1 + number / 62500,
                                                       number / 250 % 250, 1 + number % 250) };
    }
  load.loop = g_main_loop_new (NULL, FALSE);
  read_command (commands, &load);
  say ("{}\n");
  g_main_loop_run (load.loop);
  /* Nothing is unregistered one by one: the tracker is ended anyway. */
  _exit (0);
}

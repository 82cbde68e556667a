/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/endpoint.h"
#include "engine/base/error.h"
#include "engine/wire/body.h"
#include "engine/tracker/queries.h"
#include "tracker-ends.h"
#include "tracker-fixture.h"

/*
 * The client against a tracker that this program plays, so that it can misbehave.
 */

#define N_PEERS 2500u

/**
 * FakeTracker:
 * @answer: what it does with a message
 * @n_connections: so far
 */
typedef struct _FakeTracker FakeTracker;

struct _FakeTracker
{
  RedesListener *listener;
  RedesChannel *channel;
  void (*answer) (FakeTracker *self, RedesMessage *frame);
  guint n_connections;
  guint n_unregistered;
  gint64 refused_us;
};

static void
on_message (RedesChannel *channel, RedesMessage *frame, gpointer user_data)
{
  FakeTracker *self = user_data;

  if (frame->type == REDES_MESSAGE_UNREGISTER)
    self->n_unregistered++;
  if (self->answer != NULL)
    self->answer (self, frame);
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
  FakeTracker *self = user_data;

  g_clear_pointer (&self->channel, redes_channel_unref);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  static const RedesChannelEvents events = { .message = on_message, .closed = on_closed };
  FakeTracker *self = user_data;
  RedesHello *hello = redes_hello_new ("fake", 0);
  RedesChannelParams params = {
    .identity = fixture_get_identity (0),
    .hello = hello,
    .link = REDES_LINK_TRACKER,
    .server = TRUE,
  };

  g_clear_pointer (&self->channel, redes_channel_unref);
  self->channel = redes_channel_new (connection, &params, &events, self);
  self->n_connections++;
  redes_hello_free (hello);
}

static void
fake_start (FakeTracker *self, void (*answer) (FakeTracker *self, RedesMessage *frame))
{
  g_autoptr (GError) error = NULL;

  self->answer = answer;
  self->listener = redes_listener_new ("127.0.0.1", 0, on_accept, self, &error);
  g_assert_no_error (error);
}

static void
fake_stop (FakeTracker *self)
{
  g_clear_pointer (&self->channel, redes_channel_unref);
  g_clear_pointer (&self->listener, redes_listener_free);
}

static guint32
get_serial (RedesMessage *frame)
{
  return frame->serial;
}

static void
send_ok (FakeTracker *self, RedesMessage *frame)
{
  test_send_body (self->channel, REDES_MESSAGE_OK, g_variant_new ("(u)", get_serial (frame)));
}

static void
send_peers (FakeTracker *self, guint32 serial, guint first, guint n_rows)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(aysqs)"));
  for (guint i = first; i < N_PEERS && i - first < n_rows; i++)
    {
      g_autofree char *nickname = g_strdup_printf ("peer %u", i);
      RedesPeerId id = fixture_digest (nickname);

      g_variant_builder_add (&rows, "(@aysqs)", redes_body_new_digest (&id), "10.0.0.1",
                             (guint16)(1 + i), nickname);
    }
  test_send_body (self->channel, REDES_MESSAGE_PEERS,
                  g_variant_new ("(uu@a(aysqs))", serial, N_PEERS, g_variant_builder_end (&rows)));
}

static void
answer_list (FakeTracker *self, RedesMessage *frame)
{
  g_assert_cmpuint (frame->list.n_rows, <=, 1000);
  send_peers (self, frame->list.serial, frame->list.first, frame->list.n_rows);
}

typedef struct
{
  guint32 serial;
  guint first;
} Sent;

static void
on_query (const RedesMessage *query, gpointer user_data)
{
  Sent *sent = user_data;

  sent->serial = query->serial;
  if (query->type == REDES_MESSAGE_LIST)
    sent->first = query->list.first;
}

static void
give_page (RedesQueries *queries, guint32 serial, guint total, const char *const *hosts)
{
  g_autoptr (GError) error = NULL;
  g_auto (RedesMessage) message
      = { .type = REDES_MESSAGE_PEERS, .peers = { .serial = serial, .total = total } };

  message.peers.peers = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_endpoint_free);
  for (guint i = 0; hosts[i] != NULL; i++)
    {
      RedesPeerId id = fixture_digest (hosts[i]);

      g_ptr_array_add (message.peers.peers, redes_endpoint_new (&id, "x", hosts[i], 6001));
    }
  g_assert_true (redes_queries_take (queries, &message, &error));
  g_assert_no_error (error);
}

/* A tracker far away cannot aim this program at its own machine or network; one on the same network
 * may tell of that, and one on this machine of all. */
static void
test_who_is_believed (void)
{
  static const char *const first_page[]
      = { "127.0.0.1", "203.0.113.7", "192.168.1.5", "::1", "fe80::1", NULL };
  static const char *const second_page[] = { "10.0.0.1", "2001:db8::1", NULL };
  static const struct
  {
    const char *origin;
    guint n_believed;
  } cases[] = { { "198.51.100.1", 2 }, { "192.168.1.1", 4 }, { "127.0.0.1", 6 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Sent sent = { 0 };
      TestAnswer answer = { 0 };
      RedesQueries *queries = redes_queries_new (on_query, &sent);

      redes_queries_set_origin (queries, cases[i].origin);
      redes_queries_open (queries);
      redes_queries_list (queries, 10000, test_answer_func, &answer);
      give_page (queries, sent.serial, 7, first_page);
      g_assert_false (answer.done);
      g_assert_cmpuint (sent.first, ==, 5);
      give_page (queries, sent.serial, 7, second_page);
      g_assert_true (answer.done);
      g_assert_no_error (answer.error);
      g_assert_cmpuint (answer.rows->len, ==, cases[i].n_believed);
      g_assert_cmpuint (answer.total, ==, cases[i].n_believed);
      test_answer_clear (&answer);
      redes_queries_free (queries);
    }
}

static void
on_guests (GPtrArray *files, gpointer user_data)
{
  GString *told = user_data;

  g_string_append_c (told, '|');
  for (guint i = 0; i < files->len; i++)
    {
      const RedesWireGuestFile *file = g_ptr_array_index (files, i);
      g_autofree char *addresses = g_strjoinv (",", file->addresses);

      g_string_append_printf (told, "%s at %s;", file->name, addresses);
    }
}

static void
on_guests_answer (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  g_assert_no_error (error);
  g_string_append_printf (user_data, "|%u rows", rows->len);
}

static void
give_guests (RedesQueries *queries, guint32 serial)
{
  g_autoptr (GError) error = NULL;
  g_auto (RedesMessage) message = { .type = REDES_MESSAGE_GUESTS, .guests = { .serial = serial } };

  message.guests.files
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_wire_guest_file_free);
  g_ptr_array_add (message.guests.files,
                   redes_wire_guest_file_new (
                       "song", (const char *const[]){ "203.0.113.7:1", "127.0.0.1:2", NULL }));
  g_ptr_array_add (message.guests.files,
                   redes_wire_guest_file_new ("own", (const char *const[]){ "[::1]:3", NULL }));
  g_assert_true (redes_queries_take (queries, &message, &error));
  g_assert_no_error (error);
}

/* What a tracker says of its guests comes ahead of a search's rows, once, and is believed as far as
 * what it says of peers. */
static void
test_guests (void)
{
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (RedesMessage) results = { .type = REDES_MESSAGE_RESULTS };
  TestAnswer answer = { 0 };
  Sent sent = { 0 };
  RedesQueries *queries = redes_queries_new (on_query, &sent);

  redes_queries_set_origin (queries, "198.51.100.1");
  g_assert_cmpuint (redes_queries_get_limit (queries, REDES_MESSAGE_GUESTS), ==, 0);
  redes_queries_open (queries);
  redes_queries_search (queries, "song", 0, 10, 10000, on_guests, on_guests_answer, told);
  g_assert_cmpuint (redes_queries_get_limit (queries, REDES_MESSAGE_GUESTS), >, 0);
  give_guests (queries, sent.serial + 1);
  g_assert_cmpstr (told->str, ==, "");
  give_guests (queries, sent.serial);
  give_guests (queries, sent.serial);
  results.results = (RedesWireResults){
    .serial = sent.serial,
    .rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free),
  };
  g_assert_true (redes_queries_take (queries, &results, &error));
  g_assert_cmpstr (told->str, ==, "|song at 203.0.113.7:1;|0 rows");
  g_assert_cmpuint (redes_queries_get_limit (queries, REDES_MESSAGE_GUESTS), ==, 0);

  /* To another question they are nothing, and do no harm. */
  redes_queries_list (queries, 10000, test_answer_func, &answer);
  give_guests (queries, sent.serial);
  give_page (queries, sent.serial, 0, (const char *const[]){ NULL });
  g_assert_true (answer.done);
  test_answer_clear (&answer);
  redes_queries_free (queries);
}

/* A list of more peers than a page holds is put together from pages. */
static void
test_list_pages (void)
{
  FakeTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  TestClient *client;

  fake_start (&tracker, answer_list);
  client = test_client_register (1, redes_listener_get_address (tracker.listener), 0, NULL);
  redes_tracker_client_list (client->client, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.total, ==, N_PEERS);
  g_assert_cmpuint (answer.rows->len, ==, N_PEERS);
  for (guint i = 0; i < N_PEERS; i++)
    {
      const RedesEndpoint *peer = g_ptr_array_index (answer.rows, i);

      g_assert_cmpuint (peer->port, ==, 1 + i);
    }
  test_answer_clear (&answer);
  test_client_free (client);
  fake_stop (&tracker);
}

/* PEERS to whatever was asked. */
static void
answer_wrongly (FakeTracker *self, RedesMessage *frame)
{
  if (frame->type == REDES_MESSAGE_SEARCH)
    send_peers (self, get_serial (frame), 0, 1);
}

static void
test_wrong_answer (void)
{
  FakeTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  TestClient *client;

  fake_start (&tracker, answer_wrongly);
  client = test_client_register (1, redes_listener_get_address (tracker.listener), 0, NULL);
  redes_tracker_client_search (client->client, "x", 0, 10, 10000, NULL, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_error (answer.error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (answer.error->message, "PEERS came as an answer to SEARCH"));
  g_assert_cmpint (client->state, ==, REDES_TRACKER_WAITING);
  /* It does not hold a grudge. */
  fixture_wait_for (client->n_registered == 2);
  g_assert_cmpuint (tracker.n_connections, ==, 2);
  test_answer_clear (&answer);
  test_client_free (client);
  fake_stop (&tracker);
}

/* A query has its own time to wait, and an answer that comes later is dropped. */
static void
test_query_timeout (void)
{
  FakeTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  TestClient *client;

  fake_start (&tracker, NULL);
  client = test_client_register (1, redes_listener_get_address (tracker.listener), 0, NULL);
  redes_tracker_client_list (client->client, 20, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_error (answer.error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  test_answer_clear (&answer);

  send_peers (&tracker, 1, 0, 1);
  tracker.answer = answer_list;
  redes_tracker_client_list (client->client, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpint (client->state, ==, REDES_TRACKER_REGISTERED);
  test_answer_clear (&answer);
  test_client_free (client);
  fake_stop (&tracker);
}

/* Nothing is set aside for an answer that nobody asked for. */
static void
test_unasked_answer (void)
{
  FakeTracker tracker = { 0 };
  TestClient *client;

  fake_start (&tracker, NULL);
  client = test_client_register (1, redes_listener_get_address (tracker.listener), 0, NULL);
  send_peers (&tracker, 1, 0, 1);
  fixture_wait_for (client->error != NULL);
  g_assert_nonnull (strstr (client->error->message, "PEERS came without being asked for"));
  test_client_free (client);
  fake_stop (&tracker);
}

/* A tracker that never says anything is left after two and a half heartbeats. */
static void
test_silent_tracker (void)
{
  FakeTracker tracker = { 0 };
  TestClient *client = g_new0 (TestClient, 1);
  g_autoptr (GError) error = NULL;
  RedesTrackerClientParams params = {
    .identity = fixture_get_identity (1),
    .heartbeat_s = 1,
  };

  fake_start (&tracker, NULL);
  params.address = redes_listener_get_address (tracker.listener);
  client->client = redes_tracker_client_new (&params, &error);
  g_assert_no_error (error);
  fixture_wait_for (redes_tracker_client_get_state (client->client) == REDES_TRACKER_REGISTERED);
  fixture_wait_for (redes_tracker_client_get_state (client->client) == REDES_TRACKER_WAITING);
  fixture_wait_for (tracker.n_connections == 2);
  test_client_free (client);
  fake_stop (&tracker);
}

static void
answer_no (FakeTracker *self, RedesMessage *frame)
{
  test_send_body (
      self->channel, REDES_MESSAGE_ERROR,
      g_variant_new ("(uys)", get_serial (frame), (guint8)REDES_REFUSAL_FULL, "full \033[31m up"));
}

static void
test_refused_registration (void)
{
  FakeTracker tracker = { 0 };
  TestClient *client;

  fake_start (&tracker, answer_no);
  client = test_client_new (1, redes_listener_get_address (tracker.listener), 6001,
                            fixture_manifests_named (1, "one.txt", NULL));
  fixture_wait_for (client->state == REDES_TRACKER_WAITING);
  g_assert_error (client->error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED);
  g_assert_nonnull (strstr (client->error->message, "full"));
  /* A remote's words do not colour a terminal. */
  g_assert_null (strchr (client->error->message, '\033'));
  g_assert_cmpuint (client->n_registered, ==, 0);
  fixture_wait_for (tracker.n_connections >= 2);
  test_client_free (client);
  fake_stop (&tracker);
}

static void
answer_ok (FakeTracker *self, RedesMessage *frame)
{
  send_ok (self, frame);
}

#define PACE_MS 1200

static void
answer_no_for_a_while (FakeTracker *self, RedesMessage *frame)
{
  if (self->n_connections == 1)
    {
      test_send_body (self->channel, REDES_MESSAGE_PACE, g_variant_new ("(uu)", PACE_MS, 0));
      answer_no (self, frame);
      self->refused_us = g_get_monotonic_time ();
    }
  else
    send_ok (self, frame);
}

/* Who was told when to come again does not come before that. */
static void
test_pace (void)
{
  FakeTracker tracker = { 0 };
  TestClient *client;

  fake_start (&tracker, answer_no_for_a_while);
  client = test_client_new (1, redes_listener_get_address (tracker.listener), 6001,
                            fixture_manifests_named (1, "one.txt", NULL));
  fixture_wait_for (tracker.n_connections >= 2);
  g_assert_cmpint (g_get_monotonic_time () - tracker.refused_us, >=, PACE_MS * 1000);
  fixture_wait_for (client->state == REDES_TRACKER_REGISTERED);
  test_client_free (client);
  fake_stop (&tracker);
}

static void
test_unregister (void)
{
  FakeTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  TestClient *client;

  fake_start (&tracker, answer_ok);
  client = test_client_register (1, redes_listener_get_address (tracker.listener), 6001,
                                 fixture_manifests_named (1, "one.txt", NULL));
  tracker.answer = NULL;
  redes_tracker_client_list (client->client, 10000, test_answer_func, &answer);
  g_clear_pointer (&client->client, redes_tracker_client_free);
  g_assert_true (answer.done);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_answer_clear (&answer);
  fixture_wait_for (tracker.n_unregistered == 1);
  test_client_free (client);
  fake_stop (&tracker);
}

static void
test_identity (void)
{
  FakeTracker tracker = { 0 };
  g_autofree char *right
      = redes_digest_dup_hex (redes_identity_get_peer_id (fixture_get_identity (0)));
  g_autofree char *wrong
      = redes_digest_dup_hex (redes_identity_get_peer_id (fixture_get_identity (1)));
  g_autofree char *right_address = NULL;
  g_autofree char *wrong_address = NULL;
  TestClient *client;

  fake_start (&tracker, NULL);
  right_address = g_strdup_printf ("%s#%s", redes_listener_get_address (tracker.listener), right);
  wrong_address = g_strdup_printf ("%s#%s", redes_listener_get_address (tracker.listener), wrong);
  client = test_client_register (1, right_address, 0, NULL);
  g_assert_cmpstr (redes_tracker_client_get_address (client->client), ==, right_address);
  test_client_free (client);

  client = test_client_new (1, wrong_address, 0, NULL);
  fixture_wait_for (client->state == REDES_TRACKER_WAITING);
  g_assert_error (client->error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  g_assert_cmpuint (client->n_registered, ==, 0);
  test_client_free (client);
  fake_stop (&tracker);
}

static void
test_addresses (void)
{
  static const char *const cases[] = {
    "",
    ":",
    ":5000",
    "host:0",
    "host:65536",
    "host:x",
    "host:5000#",
    "host:5000#abc",
    "#0000000000000000000000000000000000000000000000000000000000000000",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RedesTrackerClientParams params
          = { .identity = fixture_get_identity (1), .address = cases[i] };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i]);
      g_assert_null (redes_tracker_client_new (&params, &error));
      g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* Nobody there: says so, and goes on trying. */
static void
test_nobody_there (void)
{
  FakeTracker tracker = { 0 };
  TestAnswer answer = { 0 };
  g_autofree char *address = NULL;
  guint16 port;
  g_autoptr (GError) error = NULL;
  TestClient *client;

  fake_start (&tracker, NULL);
  address = g_strdup (redes_listener_get_address (tracker.listener));
  port = redes_listener_get_port (tracker.listener);
  fake_stop (&tracker);

  client = test_client_new (1, address, 0, NULL);
  redes_tracker_client_list (client->client, 10000, test_answer_func, &answer);
  fixture_wait_for (answer.done);
  g_assert_error (answer.error, REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (answer.error->message, address));
  g_assert_cmpint (client->state, ==, REDES_TRACKER_WAITING);
  test_answer_clear (&answer);

  tracker.listener = redes_listener_new ("127.0.0.1", port, on_accept, &tracker, &error);
  g_assert_no_error (error);
  fixture_wait_for (client->state == REDES_TRACKER_REGISTERED);
  test_client_free (client);
  fake_stop (&tracker);
}

/**
 * Suicide:
 *
 * A client that is freed inside its own callbacks.
 */
typedef struct
{
  RedesTrackerClient *client;
  RedesTrackerState when;
  guint n_answers;
} Suicide;

static void
on_suicide_state (RedesTrackerClient *client,
                  RedesTrackerState state,
                  const GError *error,
                  gpointer user_data)
{
  Suicide *self = user_data;

  if (state == self->when)
    g_clear_pointer (&self->client, redes_tracker_client_free);
}

static void
on_suicide_answer (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  Suicide *self = user_data;

  self->n_answers++;
  g_clear_pointer (&self->client, redes_tracker_client_free);
}

static void
start_suicide (Suicide *self, FakeTracker *tracker)
{
  RedesTrackerClientParams params = {
    .identity = fixture_get_identity (1),
    .address = redes_listener_get_address (tracker->listener),
    .state_changed = on_suicide_state,
    .user_data = self,
  };

  self->client = redes_tracker_client_new (&params, NULL);
  for (guint i = 0; i < 3; i++)
    redes_tracker_client_list (self->client, 10000, on_suicide_answer, self);
}

static void
test_free_inside (void)
{
  FakeTracker tracker = { 0 };

  for (guint when = REDES_TRACKER_CONNECTING; when <= REDES_TRACKER_WAITING; when++)
    {
      Suicide suicide = { .when = when };

      fake_start (&tracker, NULL);
      start_suicide (&suicide, &tracker);
      if (when != REDES_TRACKER_REGISTERED)
        fake_stop (&tracker);
      /* For CONNECTING, which is not told at the start, it is the failed queries that do it. */
      fixture_wait_for (suicide.client == NULL);
      g_assert_cmpuint (suicide.n_answers, ==, 3);
      fake_stop (&tracker);
    }

  {
    /* Inside an answer, by message and by time-out. */
    Suicide answered = { .when = G_MAXUINT };
    Suicide late = { .when = G_MAXUINT };

    fake_start (&tracker, answer_list);
    start_suicide (&answered, &tracker);
    fixture_wait_for (answered.client == NULL);
    g_assert_cmpuint (answered.n_answers, ==, 3);
    tracker.answer = NULL;
    start_suicide (&late, &tracker);
    redes_tracker_client_search (late.client, "x", 0, 1, 10, NULL, on_suicide_answer, &late);
    fixture_wait_for (late.client == NULL);
    g_assert_cmpuint (late.n_answers, ==, 4);
    fake_stop (&tracker);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/client/list-pages", test_list_pages);
  g_test_add_func ("/tracker/client/who-is-believed", test_who_is_believed);
  g_test_add_func ("/tracker/client/guests", test_guests);
  g_test_add_func ("/tracker/client/wrong-answer", test_wrong_answer);
  g_test_add_func ("/tracker/client/query-timeout", test_query_timeout);
  g_test_add_func ("/tracker/client/unasked-answer", test_unasked_answer);
  g_test_add_func ("/tracker/client/silent-tracker", test_silent_tracker);
  g_test_add_func ("/tracker/client/refused-registration", test_refused_registration);
  g_test_add_func ("/tracker/client/pace", test_pace);
  g_test_add_func ("/tracker/client/unregister", test_unregister);
  g_test_add_func ("/tracker/client/identity", test_identity);
  g_test_add_func ("/tracker/client/addresses", test_addresses);
  g_test_add_func ("/tracker/client/nobody-there", test_nobody_there);
  g_test_add_func ("/tracker/client/free-inside", test_free_inside);
  return g_test_run ();
}

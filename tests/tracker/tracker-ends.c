/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-ends.h"

#include "engine/net/endpoint.h"
#include "engine/tracker/outbox.h"
#include "engine/wire/body.h"
#include "tracker-fixture.h"

#include <string.h>

#define TRACKER_IDENTITY 0
#define ANSWER_TIMEOUT_MS 10000

static void
on_log (RedesNotice *event, gpointer user_data)
{
  const char *line = redes_notice_get_english (event);
  GPtrArray *log = user_data;

  g_test_message ("%s", line);
  g_ptr_array_add (log, g_strdup (line));
}

void
test_tracker_start (TestTracker *self, const char *host, guint16 port, guint timeout_s)
{
  RedesTrackerServerParams params = {
    .identity = fixture_get_identity (TRACKER_IDENTITY),
    .host = host,
    .port = port,
    .timeout_s = timeout_s,
    .nickname = "tracker",
    .files = self->files,
    .max_peers_an_address = self->max_peers_an_address,
    .log = on_log,
  };
  g_autoptr (GError) error = NULL;

  if (self->log == NULL)
    self->log = g_ptr_array_new_with_free_func (g_free);
  params.user_data = self->log;
  self->server = redes_tracker_server_new (&params, &error);
  g_assert_no_error (error);
}

void
test_tracker_stop (TestTracker *self)
{
  g_clear_pointer (&self->server, redes_tracker_server_free);
  g_clear_pointer (&self->log, g_ptr_array_unref);
}

gboolean
test_tracker_logged (TestTracker *self, const char *words)
{
  for (guint i = 0; i < self->log->len; i++)
    {
      if (strstr (g_ptr_array_index (self->log, i), words) != NULL)
        return TRUE;
    }
  return FALSE;
}

static GPtrArray *
on_list_files (gpointer user_data)
{
  TestClient *self = user_data;

  return g_ptr_array_copy (self->files, (GCopyFunc)(void (*) (void))redes_manifest_ref, NULL);
}

static void
on_state_changed (RedesTrackerClient *client,
                  RedesTrackerState state,
                  const GError *error,
                  gpointer user_data)
{
  TestClient *self = user_data;

  g_assert_cmpint (state, ==, redes_tracker_client_get_state (client));
  g_assert_true (state != REDES_TRACKER_WAITING || error != NULL);
  self->state = state;
  if (state == REDES_TRACKER_REGISTERED)
    self->n_registered++;
  if (error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
on_reach_told (RedesTrackerClient *client,
               gboolean reachable,
               const char *host,
               guint16 port,
               gpointer user_data)
{
  TestClient *self = user_data;

  self->n_reach_told++;
  self->is_reachable = reachable;
}

TestClient *
test_client_new (guint identity, const char *address, guint16 port, GPtrArray *files)
{
  TestClient *self = g_new0 (TestClient, 1);
  RedesTrackerClientParams params = {
    .identity = fixture_get_identity (identity),
    .address = address,
    .nickname = "ana",
    .port = port,
    .register_peer = files != NULL,
    .list_files = on_list_files,
    .state_changed = on_state_changed,
    .reach_told = on_reach_told,
    .user_data = self,
  };
  g_autoptr (GError) error = NULL;

  self->files = files;
  self->client = redes_tracker_client_new (&params, &error);
  g_assert_no_error (error);
  return self;
}

TestClient *
test_client_register (guint identity, const char *address, guint16 port, GPtrArray *files)
{
  TestClient *self = test_client_new (identity, address, port, files);

  fixture_wait_for (self->state == REDES_TRACKER_REGISTERED);
  return self;
}

void
test_client_free (TestClient *self)
{
  g_clear_pointer (&self->client, redes_tracker_client_free);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

void
test_answer_func (GPtrArray *rows, guint total, const GError *error, gpointer answer)
{
  TestAnswer *self = answer;

  g_assert_false (self->done);
  g_assert_true ((rows == NULL) == (error != NULL));
  self->done = TRUE;
  self->total = total;
  self->rows = rows != NULL ? g_ptr_array_ref (rows) : NULL;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

void
test_answer_clear (TestAnswer *self)
{
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_error (&self->error);
  *self = (TestAnswer){ 0 };
}

/* Waits for @answer and clears it. */
static guint
finish_answer (TestAnswer *answer)
{
  guint total;

  g_assert_false (answer->done);
  fixture_wait_for (answer->done);
  g_assert_no_error (answer->error);
  total = answer->total;
  test_answer_clear (answer);
  return total;
}

guint
test_client_search (TestClient *self, const char *words)
{
  TestAnswer answer = { 0 };

  redes_tracker_client_search (self->client, words, 0, 50, ANSWER_TIMEOUT_MS, NULL,
                               test_answer_func, &answer);
  return finish_answer (&answer);
}

guint
test_client_sources (TestClient *self, const char *content)
{
  TestAnswer answer = { 0 };
  RedesContentId id = fixture_content (content);

  redes_tracker_client_sources (self->client, &id, 1, ANSWER_TIMEOUT_MS, test_answer_func, &answer);
  return finish_answer (&answer);
}

guint
test_client_list (TestClient *self)
{
  TestAnswer answer = { 0 };

  redes_tracker_client_list (self->client, ANSWER_TIMEOUT_MS, test_answer_func, &answer);
  return finish_answer (&answer);
}

static void
on_ready (RedesChannel *channel, gpointer user_data)
{
  TestRaw *self = user_data;

  self->ready = TRUE;
}

static void
on_message (RedesChannel *channel, RedesMessage *frame, gpointer user_data)
{
  TestRaw *self = user_data;
  TestMessage *message;

  if (frame->type == REDES_MESSAGE_REACH)
    {
      g_clear_pointer (&self->reach, g_variant_unref);
      self->reach = g_steal_pointer (&frame->body);
      return;
    }
  if (frame->type == REDES_MESSAGE_PACE)
    {
      self->pace = frame->pace;
      return;
    }
  message = g_new0 (TestMessage, 1);
  message->type = frame->type;
  message->body = g_steal_pointer (&frame->body);
  g_queue_push_tail (&self->messages, message);
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
  TestRaw *self = user_data;

  self->error = g_error_copy (error);
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GSocketConnection **connection = user_data;
  g_autoptr (GError) error = NULL;

  *connection = redes_dial_finish (result, &error);
  g_assert_no_error (error);
}

TestRaw *
test_raw_new (guint identity, guint16 tracker_port, guint16 port)
{
  static const RedesChannelEvents events
      = { .ready = on_ready, .message = on_message, .closed = on_closed };
  TestRaw *self = g_new0 (TestRaw, 1);
  RedesHello *hello = redes_hello_new ("raw", port);
  RedesChannelParams params
      = { .identity = fixture_get_identity (identity), .hello = hello, .link = REDES_LINK_CLIENT };
  g_autoptr (GSocketConnection) connection = NULL;

  redes_dial_async ("127.0.0.1", tracker_port, 10, NULL, dial_cb, &connection);
  fixture_wait_for (connection != NULL);
  self->channel = redes_channel_new (connection, &params, &events, self);
  redes_hello_free (hello);
  fixture_wait_for (self->ready);
  return self;
}

static void
message_free (TestMessage *message)
{
  g_clear_pointer (&message->body, g_variant_unref);
  g_free (message);
}

void
test_raw_free (TestRaw *self)
{
  redes_channel_close (self->channel);
  redes_channel_unref (self->channel);
  g_queue_clear_full (&self->messages, (GDestroyNotify)message_free);
  g_clear_pointer (&self->reach, g_variant_unref);
  g_clear_error (&self->error);
  g_free (self);
}

void
test_send_body (RedesChannel *channel, RedesMessageType type, GVariant *body)
{
  g_autoptr (GBytes) frame = redes_body_encode (type, body);

  redes_channel_send_frame (channel, frame);
}

GVariant *
test_raw_expect (TestRaw *self, RedesMessageType type)
{
  TestMessage *message;
  GVariant *body;

  fixture_wait_for (!g_queue_is_empty (&self->messages));
  message = g_queue_pop_head (&self->messages);
  g_assert_cmpstr (redes_message_type_get_name (message->type), ==,
                   redes_message_type_get_name (type));
  body = g_variant_ref (message->body);
  message_free (message);
  return body;
}

void
test_raw_expect_error (TestRaw *self, guint32 serial, RedesTrackerRefusal refusal)
{
  g_autoptr (GVariant) body = test_raw_expect (self, REDES_MESSAGE_ERROR);
  guint32 got_serial;
  guint8 got_refusal;
  const char *words;

  g_variant_get (body, "(uy&s)", &got_serial, &got_refusal, &words);
  g_test_message ("ERROR: %s", words);
  g_assert_cmpuint (got_serial, ==, serial);
  g_assert_cmpuint (got_refusal, ==, refusal);
  g_assert_cmpstr (words, !=, "");
}

void
test_raw_send_files (TestRaw *self, RedesMessageType type, guint32 serial, GPtrArray *files)
{
  RedesOutbox *outbox = redes_outbox_new ();
  RedesMessage page;

  redes_outbox_add_files (outbox, files);
  page = redes_outbox_get_page (outbox, type, serial);
  redes_channel_send (self->channel, &page);
  redes_outbox_drop_page (outbox);
  g_assert_false (redes_outbox_has_pages (outbox));
  redes_outbox_free (outbox);
}

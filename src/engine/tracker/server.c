/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/server.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/own-sleep.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/net/admission.h"
#include "engine/net/event-log.h"
#include "engine/platform/memory-size.h"
#include "engine/platform/open-files.h"
#include "engine/tracker/connection.h"
#include "engine/tracker/directory-worker.h"
#include "engine/tracker/metrics.h"
#include "engine/tracker/prober.h"
#include "engine/tracker/registered-peer-private.h"
#include "engine/tracker/tracker-listener.h"

/* Peers that one HOLDERS tells of. */
#define MAX_HOLDERS_IN_ALL 1000u
/* A SOURCES counts as one query more for each group of contents of this size. */
#define CONTENTS_PER_LOAD 64u
/* After this process was asleep. */
#define GRACE_US G_USEC_PER_SEC
/* Connections that have not said who they are yet. */
#define MAX_HALF_OPEN 256u
#define MAX_HALF_OPEN_PER_ADDRESS 32u
#define MAX_HALF_OPEN_PER_LOOPBACK_ADDRESS 192u
/* Those that only ask. */
#define MAX_ASKERS 512u
#define MAX_ASKERS_PER_ADDRESS 64u
#define MAX_ASKERS_PER_LOOPBACK_ADDRESS 448u
/* Whoever asked within this time keeps its place against newcomers. */
#define KEEP_ASKER_S 10
/* As long after the last one an equal search is no news for the log. */
#define SAME_SEARCH_S 60u
/* See get_default_max_peers(). */
#define SPARE_FILES 1024u
#define MEMORY_PART 4u
#define PEER_BYTES (128u * 1024)
#define LEAST_MAX_PEERS 64u
#define MOST_MAX_PEERS 1000000u
/* What PACE says: see PROTOCOL.md. */
#define RETURNS_PER_S 400u
#define LEAST_SPREAD_MS 250u
#define MOST_SPREAD_MS 600000u
#define FULL_LEAST_MS 5000u
#define FULL_SPREAD_MS 10000u
#define FULL_COMES_PER_S 20u
#define FULL_WINDOW_US (30 * G_USEC_PER_SEC)
/* Of the descriptors that the process may open. */
#define HALF_OPEN_PART 4u
#define ASKERS_PART 2u
/* Memory for messages that have not come whole: a REGISTER has up to 1 MiB. */
#define RECEIVE_BYTES (32u * 1024 * 1024)
#define RECEIVE_ADDRESS_BYTES (RECEIVE_BYTES / 2)
#define RECEIVE_PATIENCE_S 10
#define RECEIVE_LEAST_BYTES_PER_S 4096u
#define RECEIVE_LEAST_ALONE_BYTES_PER_S 256u

/**
 * RedesTrackerServer:
 * @connections: all, in the order in which they were last heard: the first is the next to time out
 * @half_open: those that have not said HELLO
 * @askers: those that have, and are not registered
 * @owners: peer id to the one connection that speaks for it
 * @registered: in the order of registration, which is LIST's
 * @n_refused: whom it refused as FULL since @refused_since_us
 */
struct _RedesTrackerServer
{
  const RedesClock *clock;
  RedesIdentity *identity;
  RedesHello *hello;
  RedesTrackerListener *tracker_listener;
  RedesDirectoryWorker *directory;
  RedesEventLog *log;
  GMainContext *context;
  GSource *timer;
  gint64 due_us; /* when that should come */
  gint64 timeout_us;
  guint max_peers;
  guint max_peers_an_address;
  gboolean was_full; /* it has been told */
  gboolean stopping;

  RedesSites *sites;
  RedesProber *prober;

  GQueue connections;
  RedesAdmission *half_open;
  RedesAdmission *askers;
  RedesBudget *receive;
  GHashTable *owners;
  GPtrArray *registered;
  guint n_refused;
  gint64 refused_since_us;
  RedesMetrics metrics;
};

static void arm_timer (RedesTrackerServer *self);

/* As many as there are descriptors for, beside those of who only asks and of the rest; and as many
 * as a part of the memory has room for, with 100 files each. */
static guint
get_default_max_peers (void)
{
  guint64 n_files = redes_open_files_get_max ();
  guint64 by_memory = redes_memory_size_get () / MEMORY_PART / PEER_BYTES;
  guint64 most = n_files > 2 * SPARE_FILES ? n_files - SPARE_FILES : n_files / 2;

  if (by_memory > 0)
    most = MIN (most, by_memory);
  return (guint)CLAMP (most, LEAST_MAX_PEERS, MOST_MAX_PEERS);
}

static RedesAsker
get_asker (RedesConnection *connection)
{
  return (RedesAsker){ .address = connection->site->address,
                       .id = redes_channel_get_remote_id (connection->channel) };
}

/* Answers ERROR and says so in the log. */
static void
refuse (RedesConnection *connection,
        guint32 serial,
        RedesTrackerRefusal refusal,
        const char *what,
        const RedesNotice *reason)
{
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = redes_connection_describe (connection);

  self->metrics.refusals[refusal]++;
  redes_event_log_add_violation (
      self->log, redes_notice_new (REDES_NOTICE_LOG_MESSAGE_REFUSED, who, what, reason));
  redes_connection_send_error (connection, serial, refusal, redes_notice_get_english (reason));
}

static void
refuse_with (RedesConnection *connection,
             guint32 serial,
             RedesTrackerRefusal refusal,
             const char *what,
             RedesNoticeCode code)
{
  g_autoptr (RedesNotice) reason = redes_notice_new (code);

  refuse (connection, serial, refusal, what, reason);
}

static void
refuse_for_error (RedesConnection *connection,
                  guint32 serial,
                  const char *what,
                  const GError *error)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);

  refuse (connection, serial, redes_connection_refusal_for (error), what, reason);
}

/* Whether the peer has registered, or its registration is being verified. */
static gboolean
is_registered (RedesConnection *connection)
{
  return connection->state == REDES_CONNECTION_REGISTERED
         || connection->state == REDES_CONNECTION_REGISTERING;
}

/* Removes a registered peer from the list of peers, but not its files from the directory. */
static void
unlist (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;
  const RedesPeerId *id = redes_channel_get_remote_id (connection->channel);

  if (connection->state == REDES_CONNECTION_REGISTERED)
    {
      g_ptr_array_remove (self->registered, connection);
      self->metrics.departures++;
    }
  if (id != NULL && g_hash_table_lookup (self->owners, id) == connection)
    {
      g_hash_table_remove (self->owners, id);
      connection->site->n_peers--;
    }
}

/* What it shared is no longer found, by any query that comes from now on. */
static void
withdraw (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;
  RedesAsker peer;

  if (!is_registered (connection))
    return;
  peer = get_asker (connection);
  unlist (connection);
  if (!self->stopping)
    redes_directory_worker_remove_peer (self->directory, &peer);
}

/* The connection's end, after unlist() or withdraw(). */
static void
end_connection (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;

  redes_admission_leave (self->half_open, connection);
  redes_admission_leave (self->askers, connection);
  g_queue_unlink (&self->connections, &connection->link);
  self->metrics.bytes_in += redes_channel_get_bytes_in (connection->channel);
  self->metrics.bytes_out += redes_channel_get_bytes_out (connection->channel);
  redes_connection_set_state (connection, REDES_CONNECTION_GONE);
  redes_connection_unref (connection);
}

static void
drop (RedesConnection *connection)
{
  withdraw (connection);
  end_connection (connection);
}

/* Puts @connection, heard at @heard_us, in its place in the line: nearly always the last one. */
static void
note_heard (RedesConnection *connection, gint64 heard_us)
{
  RedesTrackerServer *self = connection->owner;
  GList *before;

  g_queue_unlink (&self->connections, &connection->link);
  connection->heard_us = heard_us;
  before = self->connections.tail;
  while (before != NULL && ((RedesConnection *)before->data)->heard_us > heard_us)
    before = before->prev;
  if (before == NULL)
    g_queue_push_head_link (&self->connections, &connection->link);
  else
    g_queue_insert_after_link (&self->connections, before, &connection->link);
}

static void
drop_silent (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = redes_connection_describe (connection);

  redes_event_log_add_from (self->log, connection->site->address,
                            redes_notice_new (REDES_NOTICE_LOG_TIMED_OUT, who,
                                              (guint)(self->timeout_us / G_USEC_PER_SEC)));
  drop (connection);
}

static gboolean on_timer (gpointer user_data);

static void
set_timer (RedesTrackerServer *self, gint64 due_us)
{
  gint64 wait_us = MAX (due_us - redes_clock_now_us (self->clock), 0);

  self->due_us = due_us;
  redes_timer_set (&self->timer, self->context, wait_us / 1000 + 1, on_timer, self);
}

static gboolean
on_timer (gpointer user_data)
{
  RedesTrackerServer *self = user_data;
  gint64 now_us = redes_clock_now_us (self->clock);
  RedesConnection *connection;

  redes_timer_clear (&self->timer);
  /* What peers said meanwhile is read first. */
  if (redes_was_asleep (self->due_us, now_us))
    {
      set_timer (self, now_us + GRACE_US);
      return G_SOURCE_REMOVE;
    }
  while ((connection = g_queue_peek_head (&self->connections)) != NULL
         && connection->heard_us + self->timeout_us <= now_us)
    {
      /* Bytes of a long message that is still on its way count too. */
      gint64 received_us = redes_channel_get_last_received_us (connection->channel);

      /* Until HELLO the channel itself sees to it that it does not take too long. */
      if (connection->state == REDES_CONNECTION_GREETING
          /* It is not read from because of what others ask: its silence is not its own. */
          || connection->is_held)
        note_heard (connection, now_us);
      else if (received_us > connection->heard_us)
        note_heard (connection, received_us);
      else
        drop_silent (connection);
    }
  arm_timer (self);
  return G_SOURCE_REMOVE;
}

/* For the earliest deadline. When that moves on, the timer still comes, finds nothing and is set
 * anew: at most once in a timeout. */
static void
arm_timer (RedesTrackerServer *self)
{
  const RedesConnection *first = g_queue_peek_head (&self->connections);

  if (first == NULL || self->timer != NULL)
    return;
  set_timer (self, first->heard_us + self->timeout_us);
}

static void
drop_for_others (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = redes_connection_describe (connection);

  redes_event_log_add_violation (self->log, redes_notice_new (REDES_NOTICE_LOG_MADE_ROOM, who));
  drop (connection);
}

/* Gives @connection a place; somebody may have to make room for it. Returns: %FALSE if there is
 * none for it, and it is dropped. */
static gboolean
take_place (RedesAdmission *places, RedesConnection *connection)
{
  const RedesTrackerServer *self = connection->owner;
  RedesConnection *leaving
      = redes_admission_enter (places, connection, redes_channel_get_host (connection->channel),
                               redes_clock_now_us (self->clock));

  if (leaving != NULL)
    drop_for_others (leaving);
  return leaving != connection;
}

/* It only asks, from now on. */
static void
become_asker (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;

  redes_connection_set_state (connection, REDES_CONNECTION_CONNECTED);
  take_place (self->askers, connection);
}

static void
probed_cb (gboolean is_reachable, gpointer user_data)
{
  RedesConnection *connection = user_data;
  RedesTrackerServer *self = connection->owner;
  RedesMessage reach = { .type = REDES_MESSAGE_REACH, .reach = { .is_reachable = is_reachable } };
  g_autoptr (RedesNotice) who = NULL;

  if (connection->state == REDES_CONNECTION_GONE)
    return;
  connection->is_unreachable = !is_reachable;
  reach.reach.host = redes_channel_get_host (connection->channel);
  reach.reach.port = redes_channel_get_hello (connection->channel)->port;
  redes_channel_send (connection->channel, &reach);
  if (is_reachable)
    return;
  who = redes_connection_describe (connection);
  redes_event_log_add_from (self->log, connection->site->address,
                            redes_notice_new (REDES_NOTICE_LOG_NOT_REACHABLE, who));
}

/* Tries once for each connection whether the peer can be connected to, only at the address from
 * which it has connected. */
static void
probe (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;

  if (!connection->is_probed)
    connection->is_probed = redes_prober_try (
        self->prober, redes_channel_get_host (connection->channel),
        redes_channel_get_hello (connection->channel)->port, probed_cb,
        redes_connection_ref (connection), (GDestroyNotify)redes_connection_unref);
  if (!connection->is_probed)
    redes_connection_unref (connection);
}

/* The connection's end, by its remote's fault or not. */
static void
log_end (RedesConnection *connection, const GError *error)
{
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = redes_connection_describe (connection);

  if (redes_connection_is_violation (error))
    {
      self->metrics.violations++;
      redes_event_log_add_violation (
          self->log, redes_notice_new (REDES_NOTICE_LOG_REFUSED, who,
                                       redes_net_error_get_violation (error), error));
    }
  else if (is_registered (connection))
    redes_event_log_add_from (self->log, connection->site->address,
                              redes_notice_new (REDES_NOTICE_LOG_LOST, who, error));
}

/* Whether the worker found that what was left undecoded breaks the protocol: then the connection
 * has ended. */
static gboolean
end_for_violation (RedesConnection *connection, const GError *error)
{
  if (error == NULL || error->domain != REDES_WIRE_ERROR)
    return FALSE;
  log_end (connection, error);
  drop (connection);
  return TRUE;
}

static void
send_pace (RedesConnection *connection, guint least_ms, guint spread_ms)
{
  redes_channel_send (connection->channel,
                      &(RedesMessage){ .type = REDES_MESSAGE_PACE,
                                       .pace = { .least_ms = least_ms, .spread_ms = spread_ms } });
  connection->spread_ms = spread_ms;
}

/* How long it takes for all to come back, so that they do not come at once. */
static void
tell_pace (RedesConnection *connection)
{
  const RedesTrackerServer *self = connection->owner;
  guint64 spread_ms = (guint64)self->registered->len * 1000 / RETURNS_PER_S;
  guint64 told_ms = connection->spread_ms;

  spread_ms = MIN (spread_ms, MOST_SPREAD_MS);
  if (spread_ms < LEAST_SPREAD_MS)
    spread_ms = 0;
  if (MAX (spread_ms, told_ms) - MIN (spread_ms, told_ms) > told_ms / 4)
    send_pace (connection, 0, (guint)spread_ms);
}

/* A tracker that is full would have nothing to do but handshakes if all whom it refuses came again
 * every few seconds. */
static void
refuse_as_full (RedesConnection *connection, guint32 serial, RedesNoticeCode code)
{
  RedesTrackerServer *self = connection->owner;
  gint64 now_us = redes_clock_now_us (self->clock);

  if (self->n_refused == 0 || now_us - self->refused_since_us > FULL_WINDOW_US)
    {
      self->n_refused = 0;
      self->refused_since_us = now_us;
    }
  self->n_refused++;
  send_pace (connection, FULL_LEAST_MS,
             (guint)CLAMP ((guint64)self->n_refused * 1000 / FULL_COMES_PER_S, FULL_SPREAD_MS,
                           MOST_SPREAD_MS));
  refuse_with (connection, serial, REDES_REFUSAL_FULL, "REGISTER", code);
}

static void
registered_cb (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  g_autoptr (RedesRequest) request = user_data;
  RedesConnection *connection = request->connection;
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = NULL;

  if (connection->state != REDES_CONNECTION_REGISTERING
      || request->registration != connection->registration
      || end_for_violation (connection, answer->error))
    return;
  if (answer->error != NULL)
    {
      refuse_for_error (connection, request->serial, "REGISTER", answer->error);
      withdraw (connection);
      become_asker (connection);
      return;
    }
  redes_connection_set_state (connection, REDES_CONNECTION_REGISTERED);
  g_ptr_array_add (self->registered, connection);
  self->metrics.registrations++;
  connection->n_files = answer->n_files;
  redes_connection_send_ok (connection, request->serial);
  tell_pace (connection);
  who = redes_connection_describe (connection);
  redes_debug ("%s registered with %u files, %u peers now", redes_notice_get_english (who),
               answer->n_files, self->registered->len);
  redes_event_log_add_from (self->log, connection->site->address,
                            redes_notice_new (REDES_NOTICE_LOG_REGISTERED, who, answer->n_files));
  probe (connection);
}

/* The newest connection of a peer is the one that counts. */
static void
replace_owner (RedesConnection *connection)
{
  RedesTrackerServer *self = connection->owner;
  const RedesPeerId *id = redes_channel_get_remote_id (connection->channel);
  RedesConnection *old = g_hash_table_lookup (self->owners, id);

  if (old != NULL)
    unlist (old);
  if (old != NULL && old != connection)
    {
      g_autoptr (RedesNotice) who = redes_connection_describe (connection);

      redes_event_log_add_from (self->log, connection->site->address,
                                redes_notice_new (REDES_NOTICE_LOG_REGISTERS_ANEW, who));
      end_connection (old);
    }
  g_hash_table_insert (self->owners, redes_digest_copy (id), connection);
  connection->site->n_peers++;
}

static void
on_register (RedesConnection *connection, const RedesMessage *message)
{
  RedesTrackerServer *self = connection->owner;
  const RedesPeerId *id = redes_channel_get_remote_id (connection->channel);
  RedesAsker peer = get_asker (connection);
  RedesRequest *request;
  guint32 serial = message->serial;

  if (redes_channel_get_hello (connection->channel)->port == 0)
    {
      refuse_with (connection, serial, REDES_REFUSAL_NOT_REGISTERED, "REGISTER",
                   REDES_NOTICE_SAY_PORT);
      return;
    }
  if (!g_hash_table_contains (self->owners, id)
      && connection->site->n_peers >= self->max_peers_an_address)
    {
      refuse_as_full (connection, serial, REDES_NOTICE_FULL_OF_ADDRESS);
      return;
    }
  if (!g_hash_table_contains (self->owners, id)
      && g_hash_table_size (self->owners) >= self->max_peers)
    {
      if (!self->was_full)
        redes_event_log_add (self->log, redes_notice_new (REDES_NOTICE_LOG_FULL, self->max_peers));
      self->was_full = TRUE;
      refuse_as_full (connection, serial, REDES_NOTICE_FULL);
      return;
    }
  replace_owner (connection);
  redes_admission_leave (self->askers, connection);
  connection->registration++;
  if (connection->state != REDES_CONNECTION_REGISTERING)
    redes_connection_set_state (connection, REDES_CONNECTION_REGISTERING);
  request = redes_request_new (connection, REDES_CONNECTION_BULKY_LOAD, serial);
  redes_directory_worker_register (self->directory, &peer, message->undecoded, registered_cb,
                                   request);
}

static void
updated_cb (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  g_autoptr (RedesRequest) request = user_data;
  RedesConnection *connection = request->connection;
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = NULL;

  if (connection->state == REDES_CONNECTION_GONE || end_for_violation (connection, answer->error))
    return;
  if (answer->error != NULL)
    {
      refuse_for_error (connection, request->serial, "UPDATE", answer->error);
      return;
    }
  connection->n_files = answer->n_files;
  redes_connection_send_ok (connection, request->serial);
  who = redes_connection_describe (connection);
  redes_event_log_add_from (self->log, connection->site->address,
                            redes_notice_new (REDES_NOTICE_LOG_UPDATED, who, answer->n_added,
                                              answer->n_removed, answer->n_files));
}

static void
on_update (RedesConnection *connection, const RedesMessage *message)
{
  RedesTrackerServer *self = connection->owner;
  RedesAsker peer = get_asker (connection);
  RedesRequest *request;

  if (connection->state != REDES_CONNECTION_REGISTERED)
    {
      refuse_with (connection, message->serial, REDES_REFUSAL_NOT_REGISTERED, "UPDATE",
                   REDES_NOTICE_REGISTER_FIRST);
      return;
    }
  request = redes_request_new (connection, REDES_CONNECTION_BULKY_LOAD, message->serial);
  redes_directory_worker_update (self->directory, &peer, message->undecoded, updated_cb, request);
}

static void
on_heartbeat (RedesConnection *connection, const RedesMessage *message)
{
  redes_channel_send (connection->channel,
                      &(RedesMessage){ .type = REDES_MESSAGE_PONG, .number = message->number });
  if (connection->state == REDES_CONNECTION_REGISTERED)
    tell_pace (connection);
}

static void
on_unregister (RedesConnection *connection, const RedesMessage *message)
{
  RedesTrackerServer *self = connection->owner;
  gboolean was_registered = is_registered (connection);

  if (was_registered)
    {
      g_autoptr (RedesNotice) who = redes_connection_describe (connection);

      redes_event_log_add_from (self->log, connection->site->address,
                                redes_notice_new (REDES_NOTICE_LOG_LEFT, who));
      withdraw (connection);
      redes_debug ("%s left, %u peers now", redes_notice_get_english (who), self->registered->len);
    }
  redes_connection_send_ok (connection, message->serial);
  if (was_registered)
    become_asker (connection);
}

/* What peers of the original system have under these words goes ahead of the first rows, in a
 * message of its own: nothing of it is signed. */
static void
send_original_files (RedesConnection *connection, const RedesRequest *request)
{
  RedesTrackerServer *self = connection->owner;
  g_autoptr (GPtrArray) files = NULL;
  RedesMessage message = { .type = REDES_MESSAGE_GUESTS };

  if (request->first > 0)
    return;
  files = redes_tracker_listener_find_original_files (self->tracker_listener, request->words,
                                                      redes_channel_get_host (connection->channel));
  if (files == NULL)
    return;
  message.guests = (RedesWireGuests){ .serial = request->serial, .files = files };
  redes_channel_send (connection->channel, &message);
}

static void
count_search (const RedesRequest *request, const RedesDirectoryAnswer *answer)
{
  RedesTrackerServer *self = request->connection->owner;
  RedesSearchOutcome outcome = REDES_SEARCH_FOUND;

  if (answer->results == NULL)
    outcome = REDES_SEARCH_REFUSED;
  else if (answer->total == 0)
    outcome = REDES_SEARCH_FOUND_NOTHING;
  redes_metrics_add_search (&self->metrics, outcome,
                            redes_clock_now_us (self->clock) - request->began_us);
}

/* One line for one question: a program that waits for somebody who is just registering asks the
 * same again and again, and a page that is turned asks for the same words. */
static gboolean
is_logged_already (RedesConnection *connection, const char *words, guint total, gint64 now_us)
{
  guint32 hash = g_str_hash (words) ^ (total * 2654435761u);
  guint32 now_s = (guint32)(now_us / G_USEC_PER_SEC) + 1;
  gboolean is_same = connection->searched_hash == hash && connection->searched_s != 0
                     && now_s - connection->searched_s < SAME_SEARCH_S;

  connection->searched_hash = hash;
  connection->searched_s = now_s;
  return is_same;
}

static void
searched_cb (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  g_autoptr (RedesRequest) request = user_data;
  RedesConnection *connection = request->connection;
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = NULL;
  g_autofree char *words = NULL;

  if (connection->state == REDES_CONNECTION_GONE)
    return;
  count_search (request, answer);
  if (answer->results == NULL)
    {
      self->metrics.refusals[REDES_REFUSAL_QUERY]++;
      redes_connection_send_error (
          connection, request->serial, REDES_REFUSAL_QUERY,
          "There is no word in the search: type letters, digits or symbols");
      return;
    }
  send_original_files (connection, request);
  redes_connection_send_results (connection, request->serial, answer->total, answer->results);
  if (is_logged_already (connection, request->words, answer->total,
                         redes_clock_now_us (self->clock)))
    return;
  who = redes_connection_describe (connection);
  words = redes_text_make_printable (request->words, 80);
  redes_event_log_add_query (
      self->log, connection->site->address,
      redes_notice_new (REDES_NOTICE_LOG_SEARCHED, who, words, answer->total));
}

static void
on_search (RedesConnection *connection, const RedesMessage *message)
{
  RedesTrackerServer *self = connection->owner;
  const RedesWireSearch *search = &message->search;
  RedesAsker asker = get_asker (connection);
  RedesRequest *request = redes_request_new (connection, 1, search->serial);

  request->words = g_strdup (search->words);
  request->first = search->first;
  request->began_us = redes_clock_now_us (self->clock);
  redes_directory_worker_search (self->directory, &asker, search->words, search->first,
                                 search->n_rows, searched_cb, request);
}

/* Whoever was met at a public address is not told of loopback and private ones: it could not reach
 * them, and somebody could register only to aim others at them. */
static gboolean
may_tell (const RedesConnection *to, const RedesConnection *peer)
{
  return redes_address_scope_may_tell (to->site->scope, peer->site->scope);
}

/**
 * Holders:
 * @peers: (element-type RedesConnection): those that are told of
 * @places: RedesConnection -> its place in @peers, and one more
 * @contents: (element-type GArray): for each content its holders' places, guint16
 *
 * An answer to SOURCES, in the making.
 */
typedef struct
{
  GPtrArray *peers;
  GHashTable *places;
  GPtrArray *contents;
} Holders;

/* A tracker tells of no more peers in one answer; the first contents have theirs in any case. */
static void
add_holder (Holders *self, RedesConnection *peer, GArray *places)
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->places, peer));
  guint16 wire_place;

  if (place == 0 && self->peers->len == MAX_HOLDERS_IN_ALL)
    return;
  if (place == 0)
    {
      g_ptr_array_add (self->peers, peer);
      place = self->peers->len;
      g_hash_table_insert (self->places, peer, GUINT_TO_POINTER (place));
    }
  wire_place = (guint16)(place - 1);
  g_array_append_val (places, wire_place);
}

/* @ids: (element-type RedesPeerId): who has it. Returns: how many are told of */
static guint
add_content (Holders *self, RedesConnection *to, GPtrArray *ids)
{
  RedesTrackerServer *server = to->owner;
  const RedesPeerId *asker = redes_channel_get_remote_id (to->channel);
  g_autoptr (GPtrArray) unreachable = g_ptr_array_new ();
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint16));

  for (guint i = 0; i < ids->len; i++)
    {
      const RedesPeerId *id = g_ptr_array_index (ids, i);
      RedesConnection *peer = g_hash_table_lookup (server->owners, id);

      if (peer == NULL || peer->state != REDES_CONNECTION_REGISTERED
          || redes_digest_equal (id, asker) || !may_tell (to, peer))
        continue;
      if (peer->is_unreachable)
        g_ptr_array_add (unreachable, peer);
      else
        add_holder (self, peer, places);
    }
  /* Peers that the tracker could not connect to come last, and are not left out, because the fault
   * may be the tracker's. */
  for (guint i = 0; i < unreachable->len; i++)
    add_holder (self, g_ptr_array_index (unreachable, i), places);
  g_ptr_array_add (self->contents, places);
  return places->len;
}

static void
log_sources (RedesConnection *connection, GArray *contents, guint n_told)
{
  RedesTrackerServer *self = connection->owner;
  g_autoptr (RedesNotice) who = redes_connection_describe (connection);
  g_autofree char *content
      = redes_digest_dup_base32 (&g_array_index (contents, RedesContentId, 0).root);

  content[12] = '\0';
  redes_event_log_add_query (
      self->log, connection->site->address,
      contents->len == 1
          ? redes_notice_new (REDES_NOTICE_LOG_SOURCES, who, content, n_told)
          : redes_notice_new (REDES_NOTICE_LOG_SOURCES_MANY, who, contents->len, n_told));
}

static void
sources_cb (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  g_autoptr (RedesRequest) request = user_data;
  RedesConnection *connection = request->connection;
  g_autoptr (GPtrArray) peers = g_ptr_array_new ();
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  Holders holders = { .peers = peers, .places = places, .contents = contents };
  guint n_told = 0;

  if (connection->state == REDES_CONNECTION_GONE)
    return;
  for (guint i = 0; i < answer->sources->len; i++)
    n_told += add_content (&holders, connection, g_ptr_array_index (answer->sources, i));
  redes_connection_send_holders (connection, request->serial, peers, contents);
  log_sources (connection, request->contents, n_told);
}

static void
on_sources (RedesConnection *connection, const RedesMessage *message)
{
  RedesTrackerServer *self = connection->owner;
  RedesAsker asker = get_asker (connection);
  GArray *contents = message->find.contents;
  guint load = MIN (1 + contents->len / CONTENTS_PER_LOAD, REDES_CONNECTION_BULKY_LOAD);
  RedesRequest *request = redes_request_new (connection, load, message->find.serial);

  request->contents = g_array_ref (contents);
  redes_directory_worker_sources (self->directory, &asker, contents, sources_cb, request);
}

static void
list_cb (const RedesDirectoryAnswer *answer, gpointer user_data)
{
  g_autoptr (RedesRequest) request = user_data;
  RedesConnection *connection = request->connection;
  RedesTrackerServer *self = connection->owner;
  g_autoptr (GPtrArray) peers = g_ptr_array_new ();

  if (connection->state == REDES_CONNECTION_GONE)
    return;
  for (guint i = 0; i < self->registered->len; i++)
    if (may_tell (connection, g_ptr_array_index (self->registered, i)))
      g_ptr_array_add (peers, g_ptr_array_index (self->registered, i));
  redes_connection_send_peers (connection, request->serial, peers->len, peers, request->first,
                               request->n_rows);
}

/* Answered from the table here, but in turn: a LIST after a REGISTER shows it, and one who asks a
 * thousand times without reading is slowed like everyone else. */
static void
on_list (RedesConnection *connection, const RedesMessage *message)
{
  RedesTrackerServer *self = connection->owner;
  const RedesWireList *list = &message->list;
  RedesAsker asker = get_asker (connection);
  RedesRequest *request = redes_request_new (connection, REDES_CONNECTION_BULKY_LOAD, list->serial);

  request->first = list->first;
  request->n_rows = list->n_rows;
  redes_directory_worker_wait (self->directory, &asker, list_cb, request);
}

static void
on_ready (RedesChannel *channel, gpointer user_data)
{
  RedesConnection *connection = user_data;
  RedesTrackerServer *self = connection->owner;

  redes_admission_leave (self->half_open, connection);
  note_heard (connection, redes_clock_now_us (self->clock));
  become_asker (connection);
}

static void
on_message (RedesChannel *channel, RedesMessage *message, gpointer user_data)
{
  static const struct
  {
    RedesMessageType type;
    void (*handle) (RedesConnection *connection, const RedesMessage *message);
  } handlers[] = {
    { REDES_MESSAGE_REGISTER, on_register },     { REDES_MESSAGE_UPDATE, on_update },
    { REDES_MESSAGE_HEARTBEAT, on_heartbeat },   { REDES_MESSAGE_SEARCH, on_search },
    { REDES_MESSAGE_SOURCES, on_sources },       { REDES_MESSAGE_LIST, on_list },
    { REDES_MESSAGE_UNREGISTER, on_unregister },
  };
  g_autoptr (RedesConnection) connection = redes_connection_ref (user_data);
  RedesTrackerServer *self = connection->owner;
  gint64 now_us = redes_clock_now_us (self->clock);

  note_heard (connection, now_us);
  if (message->type != REDES_MESSAGE_HEARTBEAT && message->type != REDES_MESSAGE_PONG)
    redes_admission_touch (self->askers, connection, now_us);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    {
      if (handlers[i].type == message->type)
        handlers[i].handle (connection, message);
    }
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
  RedesConnection *connection = user_data;

  log_end (connection, error);
  drop (connection);
}

static void
on_accept (GSocketConnection *stream, gpointer user_data)
{
  static const RedesChannelEvents events
      = { .ready = on_ready, .message = on_message, .closed = on_closed };
  RedesTrackerServer *self = user_data;
  RedesChannelParams params = {
    .clock = self->clock,
    .identity = self->identity,
    .hello = self->hello,
    .link = REDES_LINK_TRACKER,
    .server = TRUE,
    .receive = self->receive,
    .leave_files = TRUE,
  };
  RedesConnection *connection;

  connection = redes_connection_new (self, redes_clock_now_us (self->clock));
  redes_connection_take_channel (
      connection, redes_channel_new (stream, &params, &events, connection), self->sites);
  g_queue_push_tail_link (&self->connections, &connection->link);
  arm_timer (self);
  take_place (self->half_open, connection);
}

static void
make_places (RedesTrackerServer *self)
{
  RedesAdmissionLimits half_open = { .max = redes_admission_scale (MAX_HALF_OPEN, HALF_OPEN_PART),
                                     .max_per_address = MAX_HALF_OPEN_PER_ADDRESS,
                                     .max_per_loopback_address = MAX_HALF_OPEN_PER_LOOPBACK_ADDRESS,
                                     .rate = REDES_HANDSHAKE_RATE,
                                     .loopback_rate = REDES_LOOPBACK_HANDSHAKE_RATE };
  RedesAdmissionLimits askers = { .max = redes_admission_scale (MAX_ASKERS, ASKERS_PART),
                                  .max_per_address = MAX_ASKERS_PER_ADDRESS,
                                  .max_per_loopback_address = MAX_ASKERS_PER_LOOPBACK_ADDRESS,
                                  .keep_us = KEEP_ASKER_S * G_USEC_PER_SEC };
  RedesBudgetLimits receive = { .max_bytes = RECEIVE_BYTES,
                                .max_address_bytes = RECEIVE_ADDRESS_BYTES,
                                .patience_us = RECEIVE_PATIENCE_S * G_USEC_PER_SEC,
                                .least_bytes_per_s = RECEIVE_LEAST_BYTES_PER_S,
                                .least_alone_bytes_per_s = RECEIVE_LEAST_ALONE_BYTES_PER_S,
                                .clock = self->clock };

  self->half_open = redes_admission_new (&half_open);
  self->askers = redes_admission_new (&askers);
  self->receive = redes_budget_new (&receive);
}

RedesTrackerServer *
redes_tracker_server_new (const RedesTrackerServerParams *params, GError **error)
{
  RedesTrackerServer *self = g_new0 (RedesTrackerServer, 1);
  guint timeout_s = params->timeout_s != 0 ? params->timeout_s : REDES_TRACKER_TIMEOUT_S;

  self->clock = params->clock != NULL ? params->clock : redes_clock_get_system ();
  self->context = g_main_context_ref_thread_default ();
  self->identity = redes_identity_ref (params->identity);
  self->timeout_us = (gint64)timeout_s * G_USEC_PER_SEC;
  self->owners = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->registered = g_ptr_array_new ();
  self->sites = redes_sites_new ();
  self->prober = redes_prober_new (params->host);
  self->max_peers = params->max_peers != 0 ? params->max_peers : get_default_max_peers ();
  self->max_peers_an_address = params->max_peers_an_address != 0
                                   ? params->max_peers_an_address
                                   : REDES_TRACKER_MAX_PEERS_AN_ADDRESS;
  self->log = redes_event_log_new (params->log, params->user_data);
  make_places (self);
  self->directory = redes_directory_worker_new (&params->files);
  self->tracker_listener = redes_tracker_listener_new (params->host, params->port, self->clock,
                                                       on_accept, self, error);
  if (self->tracker_listener == NULL)
    {
      redes_tracker_server_free (self);
      return NULL;
    }
  self->hello = redes_hello_new (params->nickname,
                                 redes_tracker_listener_get_port (self->tracker_listener));
  self->hello->timeout_s = timeout_s;
  redes_event_log_add (
      self->log, redes_notice_new (REDES_NOTICE_LOG_STARTED,
                                   redes_tracker_listener_get_address (self->tracker_listener)));
  if (params->classic)
    redes_tracker_listener_accept_classic (self->tracker_listener, params->classic_udp_port,
                                           params->classic_timeout_s, self->log);
  return self;
}

void
redes_tracker_server_free (RedesTrackerServer *self)
{
  RedesConnection *connection;

  if (self == NULL)
    return;
  self->stopping = TRUE;
  if (self->tracker_listener != NULL)
    redes_event_log_add (self->log,
                         redes_notice_new (REDES_NOTICE_LOG_STOPPED, self->registered->len));
  g_clear_pointer (&self->tracker_listener, redes_tracker_listener_free);
  redes_prober_free (self->prober);
  while ((connection = g_queue_peek_head (&self->connections)) != NULL)
    drop (connection);
  redes_admission_free (self->half_open);
  redes_admission_free (self->askers);
  redes_budget_unref (self->receive);
  redes_directory_worker_free (self->directory);
  redes_timer_clear (&self->timer);
  redes_event_log_free (self->log);
  redes_sites_free (self->sites);
  g_ptr_array_unref (self->registered);
  g_hash_table_unref (self->owners);
  g_clear_pointer (&self->hello, redes_hello_free);
  redes_identity_unref (self->identity);
  g_main_context_unref (self->context);
  g_free (self);
}

const char *
redes_tracker_server_get_address (RedesTrackerServer *self)
{
  return redes_tracker_listener_get_address (self->tracker_listener);
}

guint16
redes_tracker_server_get_port (RedesTrackerServer *self)
{
  return redes_tracker_listener_get_port (self->tracker_listener);
}

guint
redes_tracker_server_get_n_peers (RedesTrackerServer *self)
{
  return self->registered->len;
}

GPtrArray *
redes_tracker_server_list_registered_peers (RedesTrackerServer *self)
{
  GPtrArray *registered_peers = g_ptr_array_new_with_free_func (redes_registered_peer_free);

  for (guint i = 0; i < self->registered->len; i++)
    g_ptr_array_add (registered_peers,
                     redes_registered_peer_new (g_ptr_array_index (self->registered, i)));
  return registered_peers;
}

char *
redes_tracker_server_dup_metrics (RedesTrackerServer *self)
{
  RedesMetricsState now
      = { .peers = self->registered->len, .connections = self->connections.length };

  for (guint i = 0; i < self->registered->len; i++)
    now.files += ((RedesConnection *)g_ptr_array_index (self->registered, i))->n_files;
  for (const GList *l = self->connections.head; l != NULL; l = l->next)
    {
      RedesChannel *channel = ((RedesConnection *)l->data)->channel;

      now.bytes_in += redes_channel_get_bytes_in (channel);
      now.bytes_out += redes_channel_get_bytes_out (channel);
    }
  return redes_metrics_format (&self->metrics, &now);
}

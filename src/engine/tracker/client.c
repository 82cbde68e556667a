/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/client.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/own-sleep.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/net/channel.h"
#include "engine/net/endpoint.h"
#include "engine/tracker/outbox.h"
#include "engine/tracker/queries.h"
#include "engine/tracker/server.h"

#include <string.h>

#define DIAL_TIMEOUT_S 5
#define UNREGISTER_TIMEOUT_MS 300
/* How long changes are gathered. */
#define GATHER_MS 5
/* The tracker verifies what it is sent, perhaps after what many others sent. */
#define PAGE_TIMEOUT_US (60 * G_USEC_PER_SEC)
#define JITTER 0.2
/* Of both numbers of PACE. */
#define MOST_PACE_MS 600000u

static const guint retry_delays_ms[] = { 250, 500, 1000, 2000, 4000, 5000 };

static const char *const state_names[] = {
  [REDES_TRACKER_CONNECTING] = "CONNECTING",
  [REDES_TRACKER_REGISTERED] = "REGISTERED",
  [REDES_TRACKER_WAITING] = "WAITING",
};

#define TO(state) (1u << (state))

static const guint state_edges[] = {
  [REDES_TRACKER_CONNECTING] = TO (REDES_TRACKER_REGISTERED) | TO (REDES_TRACKER_WAITING),
  [REDES_TRACKER_REGISTERED] = TO (REDES_TRACKER_WAITING),
  [REDES_TRACKER_WAITING] = TO (REDES_TRACKER_CONNECTING),
};

/**
 * RedesTrackerClient:
 * @outbox: files still to be sent; its first page is under way while @page_serial is not 0
 * @page_sent_us: when it was sent, monotonic
 * @listed: whether the files were listed for this connection, so that changes count
 * @pace: what the tracker has said of the way back; least_ms becomes 0 when it has been waited
 */
struct _RedesTrackerClient
{
  guint ref_count;
  gboolean freed;
  RedesTrackerClientParams params;
  char *address;
  char *host;
  guint16 port;
  char *listen_host;
  gboolean has_expected;
  RedesPeerId expected;
  RedesPeerId *remote; /* who answered last */
  RedesHello *hello;
  GMainContext *context;

  RedesTrackerState state;
  RedesQueries *queries;
  GCancellable *dialing;
  RedesChannel *channel;
  gboolean is_ready;
  guint n_failures;
  RedesWirePace pace;
  GSource *retry_timer;

  guint64 usual_heartbeat_us;
  guint64 heartbeat_us; /* with this tracker */
  gint64 heartbeat_sent_us;
  guint64 n_heartbeats;
  GSource *pulse_timer;
  gint64 pulse_due_us;
  gint64 awake_since_us; /* when this process last found that it had been asleep */

  RedesOutbox *outbox;
  guint32 page_serial;
  RedesMessageType page_type;
  gint64 page_sent_us;
  gboolean listed;
  GSource *gather_timer;
};

static void connect_to_tracker (RedesTrackerClient *self);
static void send_page (RedesTrackerClient *self, RedesMessageType type);

static RedesTrackerClient *
client_ref (RedesTrackerClient *self)
{
  self->ref_count++;
  return self;
}

static void
client_unref (RedesTrackerClient *self)
{
  if (--self->ref_count > 0)
    return;
  redes_queries_free (self->queries);
  redes_outbox_free (self->outbox);
  redes_identity_unref (self->params.identity);
  redes_hello_free (self->hello);
  g_main_context_unref (self->context);
  g_free (self->remote);
  g_free (self->host);
  g_free (self->listen_host);
  g_free (self->address);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesTrackerClient, client_unref)

static void
set_timer (RedesTrackerClient *self, GSource **timer, guint timeout_ms, GSourceFunc func)
{
  redes_timer_set (timer, self->context, timeout_ms, func, self);
}

/* The caller holds a reference: the owner may free the client in there. */
static void
set_state (RedesTrackerClient *self, RedesTrackerState state, const GError *error)
{
  if ((state_edges[self->state] & TO (state)) == 0)
    {
      g_critical ("tracker client: %s -> %s is not allowed", state_names[self->state],
                  state_names[state]);
      return;
    }
  if (redes_debug_is_on ())
    {
      g_autofree char *words = redes_text_make_printable (error != NULL ? error->message : "", 200);

      g_debug ("tracker %s: %s -> %s%s%s", redes_tracker_client_get_address (self),
               state_names[self->state], state_names[state], error != NULL ? ": " : "", words);
    }
  self->state = state;
  if (self->params.state_changed != NULL && !self->freed)
    self->params.state_changed (self, state, error, self->params.user_data);
}

/* Ends the connection, or the try to make one, and forgets what it knew. */
static void
disconnect (RedesTrackerClient *self)
{
  if (self->dialing != NULL)
    g_cancellable_cancel (self->dialing);
  g_clear_object (&self->dialing);
  if (self->channel != NULL)
    redes_channel_close (self->channel);
  g_clear_pointer (&self->channel, redes_channel_unref);
  self->is_ready = FALSE;
  redes_timer_clear (&self->retry_timer);
  redes_timer_clear (&self->pulse_timer);
  redes_timer_clear (&self->gather_timer);
  redes_outbox_clear (self->outbox);
  self->page_serial = 0;
  self->listed = FALSE;
}

static gboolean
on_retry (gpointer user_data)
{
  g_autoptr (RedesTrackerClient) self = client_ref (user_data);

  redes_timer_clear (&self->retry_timer);
  redes_queries_wait (self->queries);
  set_state (self, REDES_TRACKER_CONNECTING, NULL);
  if (!self->freed)
    connect_to_tracker (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_retry (RedesTrackerClient *self)
{
  guint last = G_N_ELEMENTS (retry_delays_ms) - 1;
  guint delay_ms = retry_delays_ms[MIN (self->n_failures, last)];

  self->n_failures++;
  /* Peers that lost the same tracker at the same moment must not all come back at once. */
  delay_ms *= g_random_double_range (1 - JITTER, 1 + JITTER);
  delay_ms = MAX (delay_ms, (guint)(g_random_double () * self->pace.spread_ms));
  delay_ms += self->pace.least_ms;
  self->pace.least_ms = 0;
  set_timer (self, &self->retry_timer, delay_ms, on_retry);
}

/* The connection is of no more use: says why, and tries again later. */
static void
give_up (RedesTrackerClient *client, const GError *why)
{
  g_autoptr (RedesTrackerClient) self = client_ref (client);
  g_autoptr (GError) error = NULL;

  if (self->freed || self->state == REDES_TRACKER_WAITING)
    return;
  if (why->domain == REDES_TRACKER_ERROR)
    error = g_error_copy (why);
  else
    error = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE,
                             REDES_NOTICE_TRACKER_OUT_OF_REACH, self->address, why);
  disconnect (self);
  schedule_retry (self);
  set_state (self, REDES_TRACKER_WAITING, error);
  if (!self->freed)
    redes_queries_fail (self->queries, error);
}

static void
give_up_with (RedesTrackerClient *self, RedesNoticeCode reason)
{
  g_autoptr (GError) error = redes_error_new (REDES_IO_ERROR, G_IO_ERROR_TIMED_OUT, reason);

  give_up (self, error);
}

/* When the tracker counts as silent. */
static gint64
get_silence_deadline_us (RedesTrackerClient *self)
{
  gint64 heard_us = MAX (redes_channel_get_last_received_us (self->channel), self->awake_since_us);

  return heard_us + self->usual_heartbeat_us * 5 / 2;
}

static void arm_pulse (RedesTrackerClient *self);

static gboolean
on_pulse (gpointer user_data)
{
  RedesTrackerClient *self = user_data;
  gint64 now_us = redes_clock_now_us (self->params.clock);

  redes_timer_clear (&self->pulse_timer);
  if (redes_was_asleep (self->pulse_due_us, now_us))
    self->awake_since_us = now_us;
  if (now_us >= get_silence_deadline_us (self))
    {
      give_up_with (self, REDES_NOTICE_FELL_SILENT);
      return G_SOURCE_REMOVE;
    }
  if (self->page_serial != 0 && now_us >= self->page_sent_us + PAGE_TIMEOUT_US)
    {
      give_up_with (self, REDES_NOTICE_TRACKER_TAKES_UNKNOWN);
      return G_SOURCE_REMOVE;
    }
  if (now_us >= self->heartbeat_sent_us + (gint64)self->heartbeat_us)
    {
      self->heartbeat_sent_us = now_us;
      redes_channel_send (self->channel, &(RedesMessage){ .type = REDES_MESSAGE_HEARTBEAT,
                                                          .number = ++self->n_heartbeats });
    }
  arm_pulse (self);
  return G_SOURCE_REMOVE;
}

/* One timer for the next heartbeat and for the tracker's silence, whichever comes first. */
static void
arm_pulse (RedesTrackerClient *self)
{
  gint64 next_us
      = MIN (self->heartbeat_sent_us + (gint64)self->heartbeat_us, get_silence_deadline_us (self));

  self->pulse_due_us = next_us;
  set_timer (self, &self->pulse_timer,
             MAX (next_us - redes_clock_now_us (self->params.clock), 0) / 1000 + 1, on_pulse);
}

static void
note_registered (RedesTrackerClient *self)
{
  self->n_failures = 0;
  self->pace = (RedesWirePace){ 0 };
  set_state (self, REDES_TRACKER_REGISTERED, NULL);
}

static gboolean
on_gathered (gpointer user_data)
{
  RedesTrackerClient *self = user_data;

  redes_timer_clear (&self->gather_timer);
  redes_outbox_page_changes (self->outbox);
  send_page (self, REDES_MESSAGE_UPDATE);
  return G_SOURCE_REMOVE;
}

/* Changes go out when no page is under way: with the next OK otherwise. */
static void
gather (RedesTrackerClient *self)
{
  if (self->page_serial == 0 && self->gather_timer == NULL
      && redes_outbox_has_changes (self->outbox))
    set_timer (self, &self->gather_timer, GATHER_MS, on_gathered);
}

static void
send_page (RedesTrackerClient *self, RedesMessageType type)
{
  RedesMessage page;

  self->page_serial = redes_queries_next_serial (self->queries);
  self->page_type = type;
  self->page_sent_us = redes_clock_now_us (self->params.clock);
  page = redes_outbox_get_page (self->outbox, type, self->page_serial);
  redes_channel_send (self->channel, &page);
}

static void
start_registration (RedesTrackerClient *self)
{
  g_autoptr (GPtrArray) files = self->params.list_files (self->params.user_data);

  self->listed = TRUE;
  redes_outbox_add_files (self->outbox, files);
  send_page (self, REDES_MESSAGE_REGISTER);
}

static void
take_ok (RedesTrackerClient *self, guint32 serial)
{
  if (serial != self->page_serial || serial == 0)
    return;
  redes_outbox_drop_page (self->outbox);
  self->page_serial = 0;
  if (redes_outbox_has_pages (self->outbox))
    {
      send_page (self, REDES_MESSAGE_UPDATE);
      return;
    }
  gather (self);
  if (self->state == REDES_TRACKER_CONNECTING)
    note_registered (self);
}

/* The tracker takes no more files of this peer. Those that it has are found by it; to begin anew
 * would bring as many as before. */
static void
keep_what_fits (RedesTrackerClient *self, const RedesNotice *reason)
{
  g_autoptr (GError) error
      = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED,
                         REDES_NOTICE_TRACKER_TAKES_NOT_ALL, self->address, reason);

  redes_outbox_clear (self->outbox);
  self->page_serial = 0;
  self->n_failures = 0;
  if (self->state == REDES_TRACKER_CONNECTING)
    set_state (self, REDES_TRACKER_REGISTERED, error);
  else if (self->params.state_changed != NULL && !self->freed)
    self->params.state_changed (self, self->state, error, self->params.user_data);
}

/* ERROR to REGISTER or UPDATE: what the tracker knows is not what is shared here, so it starts
 * anew. */
static void
take_page_refusal (RedesTrackerClient *self, const RedesWireRefusal *refusal)
{
  g_autoptr (RedesNotice) reason = redes_queries_make_refusal (refusal);
  g_autoptr (GError) error = NULL;

  if (refusal->refusal == REDES_REFUSAL_FULL && self->page_type == REDES_MESSAGE_UPDATE)
    {
      keep_what_fits (self, reason);
      return;
    }
  error = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED,
                           REDES_NOTICE_TRACKER_REFUSES, self->address, reason);
  give_up (self, error);
}

/* A tracker that is soon tired of silence must hear of this peer more often than others. */
static void
follow_timeout (RedesTrackerClient *self)
{
  guint64 timeout_us = redes_channel_get_hello (self->channel)->timeout_s * (guint64)G_USEC_PER_SEC;

  self->heartbeat_us = self->usual_heartbeat_us;
  if (timeout_us > 0)
    self->heartbeat_us = MIN (self->heartbeat_us, timeout_us * 2 / 5);
}

static void
on_ready (RedesChannel *channel, gpointer user_data)
{
  g_autoptr (RedesTrackerClient) self = client_ref (user_data);

  self->is_ready = TRUE;
  g_free (self->remote);
  self->remote = redes_digest_copy (redes_channel_get_remote_id (channel));
  redes_queries_set_origin (self->queries, redes_channel_get_host (channel));
  follow_timeout (self);
  self->heartbeat_sent_us = redes_clock_now_us (self->params.clock);
  arm_pulse (self);
  if (self->params.register_peer)
    start_registration (self);
  redes_queries_open (self->queries);
  if (!self->params.register_peer)
    note_registered (self);
}

static void
take_reach (RedesTrackerClient *self, const RedesWireReach *reach)
{
  if (self->params.reach_told != NULL && self->params.register_peer)
    self->params.reach_told (self, reach->is_reachable, reach->host, reach->port,
                             self->params.user_data);
}

static void
on_message (RedesChannel *channel, RedesMessage *message, gpointer user_data)
{
  g_autoptr (RedesTrackerClient) self = client_ref (user_data);
  g_autoptr (GError) error = NULL;

  switch (message->type)
    {
    case REDES_MESSAGE_OK:
      take_ok (self, message->serial);
      break;
    case REDES_MESSAGE_REACH:
      take_reach (self, &message->reach);
      break;
    case REDES_MESSAGE_PACE:
      self->pace.least_ms = MIN (message->pace.least_ms, MOST_PACE_MS);
      self->pace.spread_ms = MIN (message->pace.spread_ms, MOST_PACE_MS);
      break;
    case REDES_MESSAGE_ERROR:
    case REDES_MESSAGE_GUESTS:
    case REDES_MESSAGE_RESULTS:
    case REDES_MESSAGE_PEERS:
    case REDES_MESSAGE_HOLDERS:
      if (message->type == REDES_MESSAGE_ERROR && message->serial != 0
          && message->serial == self->page_serial)
        take_page_refusal (self, &message->refusal);
      else if (!redes_queries_take (self->queries, message, &error))
        give_up (self, error);
      break;
    default:
      /* PONG says that it is there, which the channel has noted. */
      break;
    }
}

/* Before memory is set aside for a message: only answers that are owed may come. */
static gsize
on_limit (RedesChannel *channel, guint8 type, gpointer user_data)
{
  RedesTrackerClient *self = user_data;

  switch (type)
    {
    case REDES_MESSAGE_GUESTS:
    case REDES_MESSAGE_RESULTS:
    case REDES_MESSAGE_PEERS:
    case REDES_MESSAGE_HOLDERS:
      return redes_queries_get_limit (self->queries, type);
    case REDES_MESSAGE_ERROR:
      return self->page_serial != 0 ? G_MAXSIZE : redes_queries_get_limit (self->queries, type);
    case REDES_MESSAGE_OK:
      return self->page_serial != 0 ? G_MAXSIZE : 0;
    default:
      return G_MAXSIZE;
    }
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
  give_up (user_data, error);
}

static void
dial_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const RedesChannelEvents events
      = { .ready = on_ready, .message = on_message, .limit = on_limit, .closed = on_closed };
  g_autoptr (RedesTrackerClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = redes_dial_finish (result, &error);
  RedesChannelParams params = { .clock = self->params.clock,
                                .identity = self->params.identity,
                                .hello = self->hello,
                                .link = REDES_LINK_CLIENT };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->dialing);
  if (connection == NULL)
    {
      give_up (self, error);
      return;
    }
  if (self->has_expected)
    params.expected = &self->expected;
  self->channel = redes_channel_new (connection, &params, &events, self);
}

static void
connect_to_tracker (RedesTrackerClient *self)
{
  self->dialing = g_cancellable_new ();
  redes_dial_from_async (self->listen_host, self->host, self->port, DIAL_TIMEOUT_S, self->dialing,
                         dial_cb, client_ref (self));
}

static void
send_query (const RedesMessage *query, gpointer user_data)
{
  RedesTrackerClient *self = user_data;

  redes_channel_send (self->channel, query);
}

/* `HOST:PORT`, perhaps with `#PEERID`. */
static gboolean
parse_address (RedesTrackerClient *self, const char *address, GError **error)
{
  const char *hash = strchr (address, '#');
  g_autofree char *where = hash != NULL ? g_strndup (address, hash - address) : g_strdup (address);

  if (hash != NULL)
    {
      self->has_expected = redes_digest_from_text (hash + 1, -1, &self->expected);
      if (!self->has_expected)
        {
          redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           REDES_NOTICE_TRACKER_ADDRESS_ID, address);
          return FALSE;
        }
    }
  if (!redes_text_parse_address (where, REDES_TRACKER_DEFAULT_PORT, &self->host, &self->port,
                                 error))
    return FALSE;
  if (*self->host == '\0' || self->port == 0)
    {
      redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       REDES_NOTICE_TRACKER_ADDRESS, address, REDES_TRACKER_DEFAULT_PORT);
      return FALSE;
    }
  return TRUE;
}

RedesTrackerClient *
redes_tracker_client_new (const RedesTrackerClientParams *params, GError **error)
{
  RedesTrackerClient *self;

  g_return_val_if_fail (!params->register_peer || params->list_files != NULL, NULL);

  self = g_new0 (RedesTrackerClient, 1);
  self->ref_count = 1;
  self->params = *params;
  if (self->params.clock == NULL)
    self->params.clock = redes_clock_get_system ();
  self->params.identity = redes_identity_ref (params->identity);
  self->address = g_strdup (params->address);
  self->params.address = self->address;
  self->params.nickname = NULL;
  self->listen_host = g_strdup (params->listen_host);
  self->params.listen_host = self->listen_host;
  self->has_expected = params->expected != NULL;
  if (self->has_expected)
    self->expected = *params->expected;
  self->hello = redes_hello_new (params->nickname, params->port);
  self->context = g_main_context_ref_thread_default ();
  self->queries = redes_queries_new (send_query, self);
  self->outbox = redes_outbox_new ();
  self->usual_heartbeat_us
      = G_USEC_PER_SEC
        * (guint64)(params->heartbeat_s != 0 ? params->heartbeat_s : REDES_TRACKER_HEARTBEAT_S);
  self->state = REDES_TRACKER_CONNECTING;
  if (!parse_address (self, params->address, error))
    {
      client_unref (self);
      return NULL;
    }
  connect_to_tracker (self);
  return self;
}

void
redes_tracker_client_free (RedesTrackerClient *self)
{
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  self->freed = TRUE;
  if (self->is_ready && self->params.register_peer)
    {
      redes_channel_send (self->channel,
                          &(RedesMessage){ .type = REDES_MESSAGE_UNREGISTER,
                                           .serial = redes_queries_next_serial (self->queries) });
      redes_channel_finish (self->channel, UNREGISTER_TIMEOUT_MS);
      g_clear_pointer (&self->channel, redes_channel_unref);
    }
  disconnect (self);
  error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The tracker is not used any more");
  redes_queries_fail (self->queries, error);
  client_unref (self);
}

const char *
redes_tracker_client_get_address (RedesTrackerClient *self)
{
  return self->address;
}

RedesTrackerState
redes_tracker_client_get_state (RedesTrackerClient *self)
{
  return self->state;
}

const RedesPeerId *
redes_tracker_client_get_remote_id (RedesTrackerClient *self)
{
  return self->remote == NULL && self->has_expected ? &self->expected : self->remote;
}

static void
note_change (RedesTrackerClient *self, RedesManifest *manifest, gboolean is_added)
{
  if (!self->listed)
    return;
  redes_outbox_add_change (self->outbox, manifest, is_added);
  gather (self);
}

void
redes_tracker_client_add_file (RedesTrackerClient *self, RedesManifest *manifest)
{
  note_change (self, manifest, TRUE);
}

void
redes_tracker_client_remove_file (RedesTrackerClient *self, RedesManifest *manifest)
{
  note_change (self, manifest, FALSE);
}

void
redes_tracker_client_try_again_now (RedesTrackerClient *self)
{
  if (self->state != REDES_TRACKER_WAITING)
    return;
  self->n_failures = 0;
  set_timer (self, &self->retry_timer, 0, on_retry);
}

void
redes_tracker_client_search (RedesTrackerClient *self,
                             const char *words,
                             guint first,
                             guint n_rows,
                             guint timeout_ms,
                             RedesTrackerGuestsFunc guests,
                             RedesTrackerAnswerFunc func,
                             gpointer user_data)
{
  redes_queries_search (self->queries, words, first, n_rows, timeout_ms, guests, func, user_data);
}

void
redes_tracker_client_sources (RedesTrackerClient *self,
                              const RedesContentId *contents,
                              guint n_contents,
                              guint timeout_ms,
                              RedesTrackerAnswerFunc func,
                              gpointer user_data)
{
  redes_queries_sources (self->queries, contents, n_contents, timeout_ms, func, user_data);
}

void
redes_tracker_client_list (RedesTrackerClient *self,
                           guint timeout_ms,
                           RedesTrackerAnswerFunc func,
                           gpointer user_data)
{
  redes_queries_list (self->queries, timeout_ms, func, user_data);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/peer.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/classic/goodbye.h"
#include "engine/classic/seek.h"
#include "engine/classic/serve.h"
#include "engine/classic/ask.h"
#include "engine/classic/reader.h"

#include <string.h>

/* Each brings 50 bytes, if it is an original peer that asks. */
#define COMMANDS_PER_S 4000
#define MAX_FOUND_TRACKERS 4u
#define MAX_TRACKERS 16u
#define ASK_TIMEOUT_MS 5000
/* A tracker that was started again has forgotten us, and does not say so. */
#define REGISTER_AGAIN_US (60 * G_USEC_PER_SEC)
/* REGISTER must go into one read of the other side; what does not follows as UPDATEs. */
#define MAX_REGISTER_BYTES 900u
/* One connection each, to a tracker that may serve them one after the other. */
#define UPDATES_AT_ONCE 16u
#define GATHER_MS 500
#define MAX_TOLD 1000u
#define MAX_ANSWER_BYTES 4096u
/* Asked for to see whether it is a tracker: that is never answered by silence. */
#define SOME_NAME "redes"

/**
 * Tracker:
 * @address: as it was named
 * @found: looked for on the local network, and not named
 * @state: REGISTERED: it has answered as only such a tracker does
 * @cancellable: of what is being said to it
 * @told: names that it knows of; %NULL: it has to be registered with
 * @registered_us: when that was begun last
 */
typedef struct
{
  RedesClassicPeer *owner;
  char *address;
  char *host;
  guint16 port;
  gboolean found;
  RedesTrackerState state;
  GCancellable *cancellable;
  GHashTable *told;
  gint64 registered_us;
  gboolean answers;
} Tracker;

struct _RedesClassicPeer
{
  const RedesClock *clock;
  const RedesConfig *config;
  const RedesClassicPeerEvents *events;
  gpointer user_data;
  guint16 port;
  GCancellable *cancellable;
  RedesClassicReader *reader;
  RedesClassicServer *server;
  RedesClassicSeeker *seeker; /* NULL: the trackers were named */
  GHashTable *names;          /* name -> GQueue of RedesHolding */
  GPtrArray *trackers;
  GSource *timer;
  GSource *gather_timer;
};

static void
tracker_free (gpointer data)
{
  Tracker *tracker = data;

  g_cancellable_cancel (tracker->cancellable);
  g_object_unref (tracker->cancellable);
  g_clear_pointer (&tracker->told, g_hash_table_unref);
  g_free (tracker->address);
  g_free (tracker->host);
  g_free (tracker);
}

static void
queue_free (gpointer data)
{
  g_queue_free_full (data, (GDestroyNotify)redes_holding_unref);
}

/* Registering. */

/* @reason: (nullable) */
static void
note (Tracker *tracker, RedesTrackerState state, const RedesNotice *reason)
{
  RedesClassicPeer *self = tracker->owner;

  tracker->state = state;
  self->events->tracker_changed (tracker->address, state, reason, tracker->found, self->user_data);
}

static void
note_error (Tracker *tracker, const GError *error)
{
  g_autoptr (RedesNotice) reason
      = g_error_matches (error, REDES_IO_ERROR, G_IO_ERROR_TIMED_OUT)
                || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
            ? redes_notice_new (REDES_NOTICE_CLASSIC_NO_ANSWER)
            : redes_notice_new_of_error (error);

  note (tracker, REDES_TRACKER_WAITING, reason);
}

static gboolean
is_tracker_answer (GBytes *answer)
{
  gsize len;
  const char *data = g_bytes_get_data (answer, &len);
  g_auto (GStrv) peers = NULL;

  if (len == 0)
    return FALSE;
  if (len >= strlen (REDES_CLASSIC_NOT_FOUND)
      && memcmp (data, REDES_CLASSIC_NOT_FOUND, strlen (REDES_CLASSIC_NOT_FOUND)) == 0)
    return TRUE;
  peers = redes_classic_parse_addresses (data, len, 1);
  return peers[0] != NULL;
}

static void
proved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    note_error (user_data, error);
  else if (is_tracker_answer (answer))
    note (user_data, REDES_TRACKER_REGISTERED, NULL);
  else
    {
      g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_CLASSIC_NO_TRACKER);

      note (user_data, REDES_TRACKER_WAITING, reason);
    }
}

/* Whatever takes connections would seem to be one: most of what it is told is not answered. */
static void
prove (RedesClassicPeer *self, Tracker *tracker)
{
  RedesClassicCommand command = { .verb = REDES_CLASSIC_SEARCH, .name = (char *)SOME_NAME };

  redes_classic_ask_async (tracker->host, tracker->port, &command, MAX_ANSWER_BYTES, FALSE,
                           ASK_TIMEOUT_MS, tracker->cancellable, proved_cb, tracker);
}

static void
told_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, &error);
  Tracker *tracker = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  tracker->answers = answer != NULL;
  if (answer == NULL && tracker->state == REDES_TRACKER_REGISTERED)
    note_error (tracker, error);
  /* It does not know us, or is gone: from the beginning, then. */
  if (answer == NULL || g_bytes_get_size (answer) > 0)
    g_clear_pointer (&tracker->told, g_hash_table_unref);
}

static void
tell (
    RedesClassicPeer *self, Tracker *tracker, RedesClassicVerb verb, const char *name, char **names)
{
  RedesClassicCommand command
      = { .verb = verb, .port = self->port, .name = (char *)name, .names = names };

  redes_classic_ask_async (tracker->host, tracker->port, &command, MAX_ANSWER_BYTES, FALSE,
                           ASK_TIMEOUT_MS, tracker->cancellable, told_cb, tracker);
}

static void
register_at (RedesClassicPeer *self, Tracker *tracker)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = NULL;
  gsize n_bytes = 0;
  GHashTableIter iter;
  gpointer key;

  g_clear_pointer (&tracker->told, g_hash_table_unref);
  tracker->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  tracker->registered_us = redes_clock_now_us (self->clock);
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      n_bytes += strlen (key) + 1;
      if (n_bytes > MAX_REGISTER_BYTES)
        break;
      g_strv_builder_add (builder, key);
      g_hash_table_add (tracker->told, g_strdup (key));
    }
  names = g_strv_builder_end (builder);
  tell (self, tracker, REDES_CLASSIC_REGISTER, NULL, names);
}

/* Returns: whether there is more to tell */
static gboolean
update_at (RedesClassicPeer *self, Tracker *tracker)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &key, NULL) && g_hash_table_size (tracker->told) < MAX_TOLD)
    {
      if (g_hash_table_contains (tracker->told, key))
        continue;
      if (n++ == UPDATES_AT_ONCE)
        return TRUE;
      g_hash_table_add (tracker->told, g_strdup (key));
      tell (self, tracker, REDES_CLASSIC_UPDATE, key, NULL);
    }
  return FALSE;
}

/* There is no way to take back one name: the rest is registered anew. */
static gboolean
is_outdated (RedesClassicPeer *self, Tracker *tracker)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, tracker->told);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (self->names, key))
      return TRUE;
  return FALSE;
}

static void gather (RedesClassicPeer *self);

static void
beat (RedesClassicPeer *self, Tracker *tracker, gboolean due)
{
  gint64 now_us = redes_clock_now_us (self->clock);

  if (tracker->told == NULL || is_outdated (self, tracker)
      || now_us - tracker->registered_us >= REGISTER_AGAIN_US)
    {
      register_at (self, tracker);
      if (tracker->state != REDES_TRACKER_REGISTERED)
        prove (self, tracker);
    }
  else if (due)
    tell (self, tracker, REDES_CLASSIC_HEARTBEAT, NULL, NULL);
  if (update_at (self, tracker))
    gather (self);
}

static gboolean
on_gathered (gpointer user_data)
{
  RedesClassicPeer *self = user_data;

  redes_timer_clear (&self->gather_timer);
  for (guint i = 0; i < self->trackers->len; i++)
    beat (self, g_ptr_array_index (self->trackers, i), FALSE);
  return G_SOURCE_REMOVE;
}

/* Many files are shared at a time. */
static void
gather (RedesClassicPeer *self)
{
  if (self->gather_timer != NULL || self->port == 0)
    return;
  redes_timer_set (&self->gather_timer, NULL, GATHER_MS, on_gathered, self);
}

static void
drop_tracker (RedesClassicPeer *self, guint index)
{
  Tracker *tracker = g_ptr_array_index (self->trackers, index);

  if (tracker->answers && self->port != 0)
    redes_classic_goodbye (tracker->host, tracker->port, self->port);
  self->events->tracker_dropped (tracker->address, self->user_data);
  g_ptr_array_remove_index (self->trackers, index);
}

/* Others, or the same elsewhere, may be found in the place of one that is gone. */
static void
drop_lost_trackers (RedesClassicPeer *self)
{
  for (guint i = self->trackers->len; i-- > 0;)
    {
      Tracker *tracker = g_ptr_array_index (self->trackers, i);

      if (tracker->found && tracker->state == REDES_TRACKER_WAITING)
        drop_tracker (self, i);
    }
}

static gboolean
on_timer (gpointer user_data)
{
  RedesClassicPeer *self = user_data;

  drop_lost_trackers (self);
  for (guint i = 0; i < self->trackers->len && self->port != 0; i++)
    beat (self, g_ptr_array_index (self->trackers, i), TRUE);
  if (self->seeker != NULL && self->trackers->len == 0)
    redes_classic_seeker_ask (self->seeker);
  return G_SOURCE_CONTINUE;
}

/* (nullable) */
static Tracker *
find_tracker (RedesClassicPeer *self, const char *host, guint16 port)
{
  for (guint i = 0; i < self->trackers->len; i++)
    {
      Tracker *tracker = g_ptr_array_index (self->trackers, i);

      if (tracker->port == port && g_str_equal (tracker->host, host))
        return tracker;
    }
  return NULL;
}

static void
add_tracker (
    RedesClassicPeer *self, const char *address, const char *host, guint16 port, gboolean found)
{
  Tracker *tracker;

  if (find_tracker (self, host, port) != NULL
      || self->trackers->len >= (found ? MAX_FOUND_TRACKERS : MAX_TRACKERS))
    return;
  tracker = g_new0 (Tracker, 1);
  tracker->owner = self;
  tracker->address = g_strdup (address);
  tracker->host = g_strdup (host);
  tracker->port = port;
  tracker->found = found;
  tracker->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->trackers, tracker);
  note (tracker, REDES_TRACKER_CONNECTING, NULL);
  /* A goodbye that is on its way would end what is said now. */
  if (redes_classic_count_goodbyes () > 0)
    gather (self);
  else if (self->port != 0)
    beat (self, tracker, FALSE);
}

static void
on_tracker_found (const char *host, guint16 port, gpointer user_data)
{
  g_autofree char *address = redes_text_format_address (host, port);

  add_tracker (user_data, address, host, port, TRUE);
}

static gboolean
parse_named (const char *address, char **host, guint16 *port)
{
  return redes_text_parse_address (address, REDES_CLASSIC_TRACKER_PORT, host, port, NULL);
}

gboolean
redes_classic_is_any_named (const RedesConfig *config)
{
  for (guint i = 0; config->classic_trackers[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port;

      if (parse_named (config->classic_trackers[i], &host, &port))
        return TRUE;
    }
  return FALSE;
}

/* Without names it looks for one on the local network. */
static void
use_named_trackers (RedesClassicPeer *self)
{
  const RedesConfig *config = self->config;

  for (guint i = 0; config->classic_trackers[i] != NULL; i++)
    {
      const char *address = config->classic_trackers[i];
      g_autofree char *host = NULL;
      guint16 port;

      if (parse_named (address, &host, &port))
        add_tracker (self, address, host, port, FALSE);
    }
  if (redes_classic_is_any_named (config) || !config->lan)
    g_clear_pointer (&self->seeker, redes_classic_seeker_free);
  else if (self->seeker == NULL)
    self->seeker = redes_classic_seeker_new ((const char *const *)config->lan_interfaces,
                                             config->listen ? config->listen_host : "",
                                             on_tracker_found, self);
}

void
redes_classic_peer_set_trackers (RedesClassicPeer *self)
{
  const char *const *named = (const char *const *)self->config->classic_trackers;
  gboolean any_named = redes_classic_is_any_named (self->config);

  for (guint i = self->trackers->len; i-- > 0;)
    {
      Tracker *tracker = g_ptr_array_index (self->trackers, i);
      gboolean stays = g_strv_contains (named, tracker->address);

      if (stays && tracker->found)
        {
          tracker->found = FALSE;
          note (tracker,
                tracker->state == REDES_TRACKER_REGISTERED ? REDES_TRACKER_REGISTERED
                                                           : REDES_TRACKER_CONNECTING,
                NULL);
        }
      /* Trackers that were found are dropped as soon as the person names one. */
      else if (!stays && (!tracker->found || any_named))
        drop_tracker (self, i);
    }
  use_named_trackers (self);
}

/* Serving. */

static void
on_command (const RedesClassicCommand *command,
            GSocketConnection *connection,
            const char *from,
            gpointer user_data)
{
  RedesClassicPeer *self = user_data;
  GQueue *holdings = command->verb == REDES_CLASSIC_GET
                         ? g_hash_table_lookup (self->names, command->name)
                         : NULL;

  if (holdings != NULL)
    redes_classic_server_send (self->server, connection, g_queue_peek_head (holdings),
                               command->offset, command->size);
  else if (command->verb == REDES_CLASSIC_GET)
    redes_classic_reply (
        connection, g_bytes_new_static (REDES_CLASSIC_NO_FILE, strlen (REDES_CLASSIC_NO_FILE)));
  else
    redes_classic_reply (connection, g_bytes_new_static ("", 0));
}

void
redes_classic_peer_add (RedesClassicPeer *self, RedesHolding *holding)
{
  const char *name = redes_manifest_get_name (redes_holding_get_manifest (holding));
  GQueue *holdings = g_hash_table_lookup (self->names, name);

  if (!redes_classic_is_name (name))
    return;
  if (holdings == NULL)
    {
      holdings = g_queue_new ();
      g_hash_table_insert (self->names, g_strdup (name), holdings);
    }
  g_queue_push_tail (holdings, redes_holding_ref (holding));
  gather (self);
}

void
redes_classic_peer_remove (RedesClassicPeer *self, RedesHolding *holding)
{
  const char *name = redes_manifest_get_name (redes_holding_get_manifest (holding));
  GQueue *holdings = g_hash_table_lookup (self->names, name);

  if (holdings == NULL || !g_queue_remove (holdings, holding))
    return;
  redes_holding_unref (holding);
  if (g_queue_is_empty (holdings))
    g_hash_table_remove (self->names, name);
}

void
redes_classic_peer_accept (RedesClassicPeer *self, GSocketConnection *connection)
{
  redes_classic_reader_add (self->reader, connection);
}

RedesClassicPeer *
redes_classic_peer_new (const RedesConfig *config,
                        RedesBlockCache *cache,
                        RedesThrottle *up,
                        const RedesClock *clock,
                        guint16 port,
                        const RedesClassicPeerEvents *events,
                        gpointer user_data)
{
  RedesClassicPeer *self = g_new0 (RedesClassicPeer, 1);

  self->config = config;
  self->clock = clock;
  self->events = events;
  self->user_data = user_data;
  self->port = port;
  self->cancellable = g_cancellable_new ();
  self->reader = redes_classic_reader_new (clock, COMMANDS_PER_S, on_command, self);
  self->server = redes_classic_server_new (cache, up);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, queue_free);
  self->trackers = g_ptr_array_new_with_free_func (tracker_free);
  use_named_trackers (self);
  redes_timer_set_seconds (&self->timer, NULL, REDES_CLASSIC_HEARTBEAT_S, on_timer, self);
  return self;
}

void
redes_classic_peer_set_port (RedesClassicPeer *self, guint16 port)
{
  if (port == self->port)
    return;
  /* The place of before ends by silence. */
  self->port = port;
  for (guint i = 0; i < self->trackers->len; i++)
    g_clear_pointer (&((Tracker *)g_ptr_array_index (self->trackers, i))->told, g_hash_table_unref);
  gather (self);
}

void
redes_classic_peer_free (RedesClassicPeer *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  redes_timer_clear (&self->timer);
  redes_timer_clear (&self->gather_timer);
  while (self->trackers->len > 0)
    drop_tracker (self, self->trackers->len - 1);
  redes_classic_seeker_free (self->seeker);
  redes_classic_reader_free (self->reader);
  redes_classic_server_free (self->server);
  g_ptr_array_unref (self->trackers);
  g_hash_table_unref (self->names);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* (element-type utf8) (array zero-terminated=1): the trackers', borrowed */
static GPtrArray *
list_addresses (RedesClassicPeer *self)
{
  GPtrArray *addresses = g_ptr_array_new ();

  for (guint i = 0; i < self->trackers->len; i++)
    g_ptr_array_add (addresses, ((Tracker *)g_ptr_array_index (self->trackers, i))->address);
  g_ptr_array_add (addresses, NULL);
  return addresses;
}

void
redes_classic_peer_search (RedesClassicPeer *self,
                           const char *name,
                           RedesClassicSearchFunc func,
                           gpointer user_data)
{
  g_autoptr (GPtrArray) addresses = list_addresses (self);

  redes_classic_search ((const char *const *)addresses->pdata, name, self->cancellable, func,
                        user_data);
}

void
redes_classic_peer_ask_size (RedesClassicPeer *self,
                             const char *name,
                             const char *const *peers,
                             RedesClassicSearchFunc func,
                             gpointer user_data)
{
  redes_classic_ask_size (name, peers, self->cancellable, func, user_data);
}

void
redes_classic_peer_list (RedesClassicPeer *self, RedesClassicListFunc func, gpointer user_data)
{
  g_autoptr (GPtrArray) addresses = list_addresses (self);

  redes_classic_list ((const char *const *)addresses->pdata, self->cancellable, func, user_data);
}

gboolean
redes_classic_peer_has_tracker (RedesClassicPeer *self)
{
  for (guint i = 0; i < self->trackers->len; i++)
    if (((Tracker *)g_ptr_array_index (self->trackers, i))->state == REDES_TRACKER_REGISTERED)
      return TRUE;
  return FALSE;
}

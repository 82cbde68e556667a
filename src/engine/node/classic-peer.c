/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/classic-peer.h"

#include "engine/base/text.h"
#include "engine/node/classic-goodbye.h"
#include "engine/node/classic-seek.h"
#include "engine/node/classic-serve.h"
#include "engine/tracker/classic/ask.h"
#include "engine/tracker/classic/reader.h"

#include <string.h>

#define MAX_TRACKERS 4u
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
#define MAX_PEERS 32u

/**
 * Tracker:
 * @told: names that it knows of; %NULL: it has to be registered with
 * @registered_us: when that was begun last
 */
typedef struct
{
  RedesClassicPeer *owner;
  char *host;
  guint16 port;
  GHashTable *told;
  gint64 registered_us;
  gboolean answers;
} Tracker;

struct _RedesClassicPeer
{
  const RedesConfig *config;
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

  g_clear_pointer (&tracker->told, g_hash_table_unref);
  g_free (tracker->host);
  g_free (tracker);
}

static void
queue_free (gpointer data)
{
  g_queue_free_full (data, (GDestroyNotify)redes_holding_unref);
}

/* Registering. */

static void
told_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, &error);
  Tracker *tracker = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  tracker->answers = answer != NULL;
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
                           ASK_TIMEOUT_MS, self->cancellable, told_cb, tracker);
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
  tracker->registered_us = g_get_monotonic_time ();
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
  gint64 now_us = g_get_monotonic_time ();

  if (tracker->told == NULL || is_outdated (self, tracker)
      || now_us - tracker->registered_us >= REGISTER_AGAIN_US)
    register_at (self, tracker);
  else if (due)
    tell (self, tracker, REDES_CLASSIC_HEARTBEAT, NULL, NULL);
  if (update_at (self, tracker))
    gather (self);
}

static gboolean
on_gathered (gpointer user_data)
{
  RedesClassicPeer *self = user_data;

  g_clear_pointer (&self->gather_timer, g_source_unref);
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
  self->gather_timer = g_timeout_source_new (GATHER_MS);
  g_source_set_callback (self->gather_timer, on_gathered, self, NULL);
  g_source_attach (self->gather_timer, g_main_context_get_thread_default ());
}

static gboolean
on_timer (gpointer user_data)
{
  RedesClassicPeer *self = user_data;

  for (guint i = 0; i < self->trackers->len && self->port != 0; i++)
    beat (self, g_ptr_array_index (self->trackers, i), TRUE);
  if (self->seeker != NULL && self->trackers->len == 0)
    redes_classic_seeker_ask (self->seeker);
  return G_SOURCE_CONTINUE;
}

static void
add_tracker (RedesClassicPeer *self, const char *host, guint16 port)
{
  Tracker *tracker;

  for (guint i = 0; i < self->trackers->len; i++)
    {
      tracker = g_ptr_array_index (self->trackers, i);
      if (tracker->port == port && g_str_equal (tracker->host, host))
        return;
    }
  if (self->trackers->len >= MAX_TRACKERS)
    return;
  tracker = g_new0 (Tracker, 1);
  tracker->owner = self;
  tracker->host = g_strdup (host);
  tracker->port = port;
  g_ptr_array_add (self->trackers, tracker);
  /* A goodbye that is on its way would end what is said now. */
  if (redes_classic_count_goodbyes () > 0)
    gather (self);
  else if (self->port != 0)
    beat (self, tracker, FALSE);
}

static void
on_tracker_found (const char *host, guint16 port, gpointer user_data)
{
  add_tracker (user_data, host, port);
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
                        guint16 port)
{
  RedesClassicPeer *self = g_new0 (RedesClassicPeer, 1);

  self->config = config;
  self->port = port;
  self->cancellable = g_cancellable_new ();
  self->reader = redes_classic_reader_new (on_command, self);
  self->server = redes_classic_server_new (cache, up);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, queue_free);
  self->trackers = g_ptr_array_new_with_free_func (tracker_free);
  for (guint i = 0; config->classic_trackers[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 tracker_port;

      if (redes_text_parse_address (config->classic_trackers[i], REDES_CLASSIC_TRACKER_PORT, &host,
                                    &tracker_port, NULL))
        add_tracker (self, host, tracker_port);
    }
  if (config->lan && self->trackers->len == 0)
    self->seeker = redes_classic_seeker_new ((const char *const *)config->lan_interfaces,
                                             config->listen ? config->listen_host : "",
                                             on_tracker_found, self);
  self->timer = g_timeout_source_new_seconds (REDES_CLASSIC_HEARTBEAT_S);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
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
    g_clear_pointer (&((Tracker *)g_ptr_array_index (self->trackers, i))->told,
                     g_hash_table_unref);
  gather (self);
}

void
redes_classic_peer_free (RedesClassicPeer *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  if (self->gather_timer != NULL)
    g_source_destroy (self->gather_timer);
  g_clear_pointer (&self->gather_timer, g_source_unref);
  for (guint i = 0; i < self->trackers->len && self->port != 0; i++)
    {
      Tracker *tracker = g_ptr_array_index (self->trackers, i);

      if (tracker->answers)
        redes_classic_goodbye (tracker->host, tracker->port, self->port);
    }
  redes_classic_seeker_free (self->seeker);
  redes_classic_reader_free (self->reader);
  redes_classic_server_free (self->server);
  g_ptr_array_unref (self->trackers);
  g_hash_table_unref (self->names);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* Searching: who has the name, then how long the file is. */

typedef struct
{
  GCancellable *cancellable;
  RedesClassicFile *file;
  GPtrArray *peers;
  guint n_pending;
  guint next; /* peer to ask for the size */
  RedesClassicSearchFunc func;
  gpointer user_data;
} Search;

RedesClassicFile *
redes_classic_file_copy (const RedesClassicFile *file)
{
  RedesClassicFile *copy = g_memdup2 (file, sizeof *copy);

  copy->name = g_strdup (file->name);
  copy->peers = g_strdupv (file->peers);
  return copy;
}

void
redes_classic_file_free (RedesClassicFile *file)
{
  if (file == NULL)
    return;
  g_free (file->name);
  g_strfreev (file->peers);
  g_free (file);
}

static void
end_search (Search *search, gboolean found)
{
  if (!found)
    g_clear_pointer (&search->file, redes_classic_file_free);
  if (!g_cancellable_is_cancelled (search->cancellable))
    search->func (g_steal_pointer (&search->file), search->user_data);
  redes_classic_file_free (search->file);
  g_ptr_array_unref (search->peers);
  g_object_unref (search->cancellable);
  g_free (search);
}

static void ask_size (Search *search);

static void
size_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, NULL);
  g_autofree char *text = NULL;

  if (answer != NULL)
    text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  if (text != NULL
      && g_ascii_string_to_unsigned (g_strstrip (text), 10, 0, G_GUINT64_CONSTANT (1) << 48,
                                     &search->file->size, NULL))
    {
      g_ptr_array_add (search->peers, NULL);
      search->file->peers = g_strdupv ((char **)search->peers->pdata);
      end_search (search, TRUE);
    }
  else
    ask_size (search);
}

static void
ask_size (Search *search)
{
  RedesClassicCommand command = { .verb = REDES_CLASSIC_GET, .name = search->file->name };
  g_autofree char *host = NULL;
  guint16 port;

  if (search->next >= search->peers->len
      || !redes_text_parse_address (g_ptr_array_index (search->peers, search->next++), 0, &host,
                                    &port, NULL))
    {
      end_search (search, FALSE);
      return;
    }
  redes_classic_ask_async (host, port, &command, 64, FALSE, ASK_TIMEOUT_MS, search->cancellable,
                           size_cb, search);
}

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, NULL);
  g_auto (GStrv) peers = NULL;

  if (answer != NULL)
    peers = redes_classic_parse_addresses (g_bytes_get_data (answer, NULL),
                                           g_bytes_get_size (answer), MAX_PEERS);
  for (guint i = 0; peers != NULL && peers[i] != NULL && search->peers->len < MAX_PEERS; i++)
    if (!g_ptr_array_find_with_equal_func (search->peers, peers[i], g_str_equal, NULL))
      g_ptr_array_add (search->peers, g_strdup (peers[i]));
  if (--search->n_pending == 0)
    ask_size (search);
}

void
redes_classic_peer_search (RedesClassicPeer *self,
                           const char *name,
                           RedesClassicSearchFunc func,
                           gpointer user_data)
{
  RedesClassicCommand command = { .verb = REDES_CLASSIC_SEARCH, .name = (char *)name };
  Search *search;

  if (!redes_classic_is_name (name) || self->trackers->len == 0)
    {
      func (NULL, user_data);
      return;
    }
  search = g_new0 (Search, 1);
  search->cancellable = g_object_ref (self->cancellable);
  search->file = g_new0 (RedesClassicFile, 1);
  search->file->name = g_strdup (name);
  search->peers = g_ptr_array_new_with_free_func (g_free);
  search->func = func;
  search->user_data = user_data;
  search->n_pending = self->trackers->len;
  for (guint i = 0; i < self->trackers->len; i++)
    {
      Tracker *tracker = g_ptr_array_index (self->trackers, i);

      redes_classic_ask_async (tracker->host, tracker->port, &command, MAX_ANSWER_BYTES, FALSE,
                               ASK_TIMEOUT_MS, self->cancellable, searched_cb, search);
    }
}

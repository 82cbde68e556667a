/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/tracker-host.h"

#include "engine/base/loop-thread.h"
#include "engine/base/main-queue.h"
#include "engine/base/timer.h"
#include "engine/discovery/lan.h"
#include "engine/node/registered-peer-item-private.h"
#include "engine/platform/open-files.h"
#include "engine/tracker/metrics-server.h"
#include "engine/tracker/server.h"

#define MAX_LOG_LINES 1000u
#define REFRESH_MS 2000

G_STATIC_ASSERT (REDES_TRACKER_HOST_TIMEOUT_S == REDES_TRACKER_TIMEOUT_S);

struct _RedesTrackerHost
{
  GObject parent_instance;
  char *data_dir;
  char *listen_host;
  guint16 port;
  guint timeout_s;
  guint rsa_bits;
  gboolean lan;
  gboolean classic;
  guint max_peers;
  char **lan_interfaces;
  char *nickname;
  RedesLoopThread *thread;
  RedesMainQueue *main_queue;
  char *metrics_host; /* (nullable) */
  guint16 metrics_port;
  RedesTrackerServer *server; /* the thread's, as those after it */
  RedesMetricsServer *metrics;
  RedesLan *beacon;
  gboolean running;
  char *address;
  char *metrics_address;
  gboolean has_peer_id;
  RedesPeerId peer_id;
  GListStore *log;
  GListStore *registered_peers;
  GHashTable
      *registered_peers_by_id; /* RedesPeerId -> RedesRegisteredPeerItem, which the list holds */
  guint n_watching;
  GSource *watch_source;
};

G_DEFINE_FINAL_TYPE (RedesTrackerHost, redes_tracker_host, G_TYPE_OBJECT)

enum
{
  SIGNAL_LOG,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * Message:
 * @task: (nullable): what a call is to return; only touched in the front end's thread
 * @clear: (nullable): frees what the fields of the message's own struct hold
 *
 * A call on its way to the tracker's thread and back, or an event on its way up. Each has a struct
 * of its own that begins with this one.
 */
typedef struct
{
  RedesTrackerHost *host;
  GTask *task;
  GError *error;
  GDestroyNotify clear;
} Message;

#define message_new(Type, host, task, clear)                                                       \
  ((Type *)message_alloc (sizeof (Type), host, task, clear))

static gpointer
message_alloc (gsize size, RedesTrackerHost *host, GTask *task, GDestroyNotify clear)
{
  Message *message = g_malloc0 (size);

  message->host = host;
  message->task = task;
  message->clear = clear;
  return message;
}

static void
message_free (gpointer data)
{
  Message *message = data;

  if (message->clear != NULL)
    message->clear (message);
  g_clear_object (&message->task);
  g_clear_error (&message->error);
  g_free (message);
}

static void
send_down (gpointer message, void (*func) (gpointer message))
{
  redes_loop_thread_invoke (((Message *)message)->host->thread, func, message);
}

static void
send_up (gpointer message, void (*func) (gpointer message))
{
  redes_main_queue_send (((Message *)message)->host->main_queue, func, message, message_free);
}

static void
stop_watching (RedesTrackerHost *self)
{
  if (self->watch_source == NULL)
    return;
  redes_timer_clear (&self->watch_source);
}

static void
redes_tracker_host_finalize (GObject *object)
{
  RedesTrackerHost *self = REDES_TRACKER_HOST (object);

  if (self->running)
    g_critical ("a tracker was dropped while it was running");
  redes_main_queue_close (self->main_queue);
  redes_main_queue_unref (self->main_queue);
  g_free (self->data_dir);
  g_free (self->listen_host);
  g_strfreev (self->lan_interfaces);
  g_free (self->nickname);
  g_free (self->address);
  g_free (self->metrics_host);
  g_free (self->metrics_address);
  stop_watching (self);
  g_object_unref (self->log);
  g_object_unref (self->registered_peers);
  g_hash_table_unref (self->registered_peers_by_id);
  G_OBJECT_CLASS (redes_tracker_host_parent_class)->finalize (object);
}

static void
redes_tracker_host_class_init (RedesTrackerHostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_tracker_host_finalize;

  signals[SIGNAL_LOG] = g_signal_new ("log", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, REDES_TYPE_NOTICE);
}

static void
redes_tracker_host_init (RedesTrackerHost *self)
{
  self->log = g_list_store_new (REDES_TYPE_LOG_LINE);
  self->registered_peers = g_list_store_new (REDES_TYPE_REGISTERED_PEER_ITEM);
  self->registered_peers_by_id
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->main_queue = redes_main_queue_new (g_main_context_get_thread_default ());
}

RedesTrackerHost *
redes_tracker_host_new (
    const char *data_dir, const char *listen_host, guint16 port, guint timeout_s, guint rsa_bits)
{
  RedesTrackerHost *self = g_object_new (REDES_TYPE_TRACKER_HOST, NULL);

  self->data_dir = g_strdup (data_dir);
  self->listen_host = g_strdup (listen_host);
  self->port = port;
  self->timeout_s = timeout_s;
  self->rsa_bits = rsa_bits;
  return self;
}

void
redes_tracker_host_set_lan (RedesTrackerHost *self,
                            gboolean lan,
                            const char *const *interfaces,
                            const char *nickname)
{
  g_return_if_fail (self->thread == NULL);

  self->lan = lan;
  g_strfreev (self->lan_interfaces);
  self->lan_interfaces = g_strdupv ((char **)interfaces);
  g_free (self->nickname);
  self->nickname = g_strdup (nickname);
}

void
redes_tracker_host_set_classic (RedesTrackerHost *self, gboolean classic)
{
  g_return_if_fail (self->thread == NULL);

  self->classic = classic;
}

void
redes_tracker_host_set_max_peers (RedesTrackerHost *self, guint max_peers)
{
  g_return_if_fail (self->thread == NULL);

  self->max_peers = max_peers;
}

void
redes_tracker_host_set_metrics (RedesTrackerHost *self, const char *host, guint16 port)
{
  g_return_if_fail (self->thread == NULL);

  g_free (self->metrics_host);
  self->metrics_host = g_strdup (host);
  self->metrics_port = port;
}

gboolean
redes_tracker_host_can_tell_metrics (void)
{
  return redes_metrics_server_is_built ();
}

typedef struct
{
  Message base;
  RedesNotice *notice;
} LogEvent;

static void
log_event_clear (gpointer data)
{
  redes_notice_unref (((LogEvent *)data)->notice);
}

static void
read_log (gpointer data)
{
  LogEvent *event = data;
  GListStore *log = event->base.host->log;
  g_autoptr (RedesLogLine) line
      = redes_log_line_new (g_get_real_time () / G_USEC_PER_SEC, event->notice);

  g_list_store_append (log, line);
  if (g_list_model_get_n_items (G_LIST_MODEL (log)) > MAX_LOG_LINES)
    g_list_store_remove (log, 0);
  g_signal_emit (event->base.host, signals[SIGNAL_LOG], 0, event->notice);
}

static void
on_log (RedesNotice *notice, gpointer user_data)
{
  LogEvent *event = message_new (LogEvent, user_data, NULL, log_event_clear);

  event->notice = redes_notice_ref (notice);
  send_up (event, read_log);
}

static RedesIdentity *
load_identity (RedesTrackerHost *self, GError **error)
{
  g_autofree char *path = NULL;

  if (self->data_dir == NULL)
    return redes_identity_new (self->rsa_bits, error);
  path = g_build_filename (self->data_dir, "tracker-identity.pem", NULL);
  return redes_identity_load_or_create (path, self->rsa_bits, error);
}

/**
 * StartCall:
 * @address: where it listens, @metrics_address: (nullable): where its metrics are, and @peer_id:
 *   the answer, without an error
 */
typedef struct
{
  Message base;
  char *address;
  char *metrics_address;
  RedesPeerId peer_id;
} StartCall;

static void
start_call_clear (gpointer data)
{
  StartCall *call = data;

  g_free (call->address);
  g_free (call->metrics_address);
}

static void
read_started (gpointer data)
{
  StartCall *call = data;
  RedesTrackerHost *self = call->base.host;

  if (call->base.error != NULL)
    {
      g_clear_pointer (&self->thread, redes_loop_thread_free);
      g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
      return;
    }
  self->running = TRUE;
  self->address = g_steal_pointer (&call->address);
  self->metrics_address = g_steal_pointer (&call->metrics_address);
  self->peer_id = call->peer_id;
  self->has_peer_id = TRUE;
  g_task_return_boolean (call->base.task, TRUE);
}

/* Nobody here cares who else is around; newcomers are answered all the same. */
static void
on_heard (const RedesBeacon *beacon, const char *host, gpointer user_data)
{
}

static void
announce (RedesTrackerHost *self, const RedesPeerId *id)
{
  RedesLanParams params = { .id = id,
                            .nickname = self->nickname,
                            .tracker_port = redes_tracker_server_get_port (self->server),
                            .listen_host = self->listen_host,
                            .interfaces = (const char *const *)self->lan_interfaces,
                            .heard = on_heard };

  self->beacon = redes_lan_new (&params);
}

static char *
dup_metrics (gpointer user_data)
{
  return redes_tracker_server_dup_metrics (((RedesTrackerHost *)user_data)->server);
}

static void
start_metrics (RedesTrackerHost *self, GError **error)
{
  if (self->metrics_host != NULL)
    self->metrics = redes_metrics_server_new (self->metrics_host, self->metrics_port, dup_metrics,
                                              self, error);
  if (self->metrics_host != NULL && self->metrics == NULL)
    g_clear_pointer (&self->server, redes_tracker_server_free);
}

static void
run_start (gpointer data)
{
  StartCall *call = data;
  RedesTrackerHost *self = call->base.host;
  g_autoptr (RedesIdentity) identity = load_identity (self, &call->base.error);

  if (identity != NULL)
    {
      RedesTrackerServerParams params = { .identity = identity,
                                          .host = self->listen_host,
                                          .port = self->port,
                                          .timeout_s = self->timeout_s,
                                          .classic = self->classic,
                                          .max_peers = self->max_peers,
                                          .log = on_log,
                                          .user_data = self };

      /* Each peer is a connection. */
      redes_open_files_raise_max ();
      self->server = redes_tracker_server_new (&params, &call->base.error);
    }
  if (self->server != NULL)
    start_metrics (self, &call->base.error);
  if (self->server != NULL)
    {
      if (self->metrics != NULL)
        call->metrics_address = g_strdup (redes_metrics_server_get_address (self->metrics));
      call->address = g_strdup (redes_tracker_server_get_address (self->server));
      call->peer_id = *redes_identity_get_peer_id (identity);
      if (self->lan)
        announce (self, &call->peer_id);
    }
  send_up (call, read_started);
}

void
redes_tracker_host_start_async (RedesTrackerHost *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (self->thread == NULL);

  g_task_set_source_tag (task, redes_tracker_host_start_async);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->metrics_address, g_free);
  self->thread = redes_loop_thread_new ("redes-tracker", 0);
  send_down (message_new (StartCall, self, task, start_call_clear), run_start);
}

gboolean
redes_tracker_host_start_finish (RedesTrackerHost *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
read_stopped (gpointer data)
{
  Message *call = data;

  g_clear_pointer (&call->host->thread, redes_loop_thread_free);
  g_list_store_remove_all (call->host->registered_peers);
  g_hash_table_remove_all (call->host->registered_peers_by_id);
  g_task_return_boolean (call->task, TRUE);
}

static void
run_stop (gpointer data)
{
  Message *call = data;

  g_clear_pointer (&call->host->beacon, redes_lan_free);
  g_clear_pointer (&call->host->metrics, redes_metrics_server_free);
  g_clear_pointer (&call->host->server, redes_tracker_server_free);
  send_up (call, read_stopped);
}

void
redes_tracker_host_stop_async (RedesTrackerHost *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, redes_tracker_host_stop_async);
  if (!self->running)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  self->running = FALSE;
  send_down (message_new (Message, self, task, NULL), run_stop);
}

gboolean
redes_tracker_host_stop_finish (RedesTrackerHost *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
redes_tracker_host_get_address (RedesTrackerHost *self)
{
  return self->address;
}

const char *
redes_tracker_host_get_metrics_address (RedesTrackerHost *self)
{
  return self->metrics_address;
}

const RedesPeerId *
redes_tracker_host_get_peer_id (RedesTrackerHost *self)
{
  return self->has_peer_id ? &self->peer_id : NULL;
}

/* Who is registered. */

/* Those who stand side by side leave in one change: each change costs a view that is sorted and has
 * ten thousand rows. */
static void
remove_gone (RedesTrackerHost *self, GHashTable *there)
{
  guint n_gone = 0; /* directly after @i */

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->registered_peers)); i > 0; i--)
    {
      g_autoptr (RedesRegisteredPeerItem) item
          = g_list_model_get_item (G_LIST_MODEL (self->registered_peers), i - 1);

      if (!g_hash_table_contains (there, redes_registered_peer_item_get_id (item)))
        {
          g_hash_table_remove (self->registered_peers_by_id,
                               redes_registered_peer_item_get_id (item));
          n_gone++;
          continue;
        }
      if (n_gone > 0)
        g_list_store_splice (self->registered_peers, i, n_gone, NULL, 0);
      n_gone = 0;
    }
  if (n_gone > 0)
    g_list_store_splice (self->registered_peers, 0, n_gone, NULL, 0);
}

/**
 * ListCall:
 * @registered_peers: (element-type RedesRegisteredPeer): the answer
 */
typedef struct
{
  Message base;
  GPtrArray *registered_peers;
} ListCall;

static void
list_call_clear (gpointer data)
{
  g_clear_pointer (&((ListCall *)data)->registered_peers, g_ptr_array_unref);
}

static void
read_registered (gpointer data)
{
  ListCall *call = data;
  RedesTrackerHost *self = call->base.host;
  g_autoptr (GHashTable) there = g_hash_table_new (redes_digest_hash, redes_digest_equal);
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < call->registered_peers->len; i++)
    g_hash_table_add (
        there,
        &((RedesRegisteredPeer *)g_ptr_array_index (call->registered_peers, i))->endpoint.id);
  remove_gone (self, there);
  g_ptr_array_set_free_func (call->registered_peers, NULL);
  for (guint i = 0; i < call->registered_peers->len; i++)
    {
      RedesRegisteredPeer *registered = g_ptr_array_index (call->registered_peers, i);
      RedesRegisteredPeerItem *known
          = g_hash_table_lookup (self->registered_peers_by_id, &registered->endpoint.id);

      if (known != NULL)
        redes_registered_peer_item_update (known, registered);
      else
        {
          RedesRegisteredPeerItem *item = redes_registered_peer_item_new (registered);

          g_hash_table_insert (self->registered_peers_by_id,
                               redes_digest_copy (&registered->endpoint.id), item);
          g_ptr_array_add (added, item);
        }
    }
  g_list_store_splice (self->registered_peers,
                       g_list_model_get_n_items (G_LIST_MODEL (self->registered_peers)), 0,
                       added->pdata, added->len);
}

static void
run_list (gpointer data)
{
  ListCall *call = data;

  call->registered_peers = redes_tracker_server_list_registered_peers (call->base.host->server);
  send_up (call, read_registered);
}

static gboolean
on_refresh (gpointer user_data)
{
  RedesTrackerHost *self = user_data;

  if (self->running)
    send_down (message_new (ListCall, self, NULL, list_call_clear), run_list);
  return G_SOURCE_CONTINUE;
}

void
redes_tracker_host_watch (RedesTrackerHost *self)
{
  if (self->n_watching++ > 0)
    return;
  redes_timer_set (&self->watch_source, NULL, REFRESH_MS, on_refresh, self);
  on_refresh (self);
}

void
redes_tracker_host_unwatch (RedesTrackerHost *self)
{
  g_return_if_fail (self->n_watching > 0);

  if (--self->n_watching == 0)
    stop_watching (self);
}

GListModel *
redes_tracker_host_get_log (RedesTrackerHost *self)
{
  return G_LIST_MODEL (self->log);
}

GListModel *
redes_tracker_host_get_registered_peers (RedesTrackerHost *self)
{
  return G_LIST_MODEL (self->registered_peers);
}

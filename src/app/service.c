/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service.h"

#include "app/format.h"
#include "engine/base/error.h"
#include "engine/node/node-configure.h"
#include "engine/node/node-peers.h"

#include <glib/gi18n.h>

/* With this niceness the engine gets a tenth of the processor time that the window's thread gets
 * when both are busy. */
#define NICENESS 10
/* The upload limit on a metered network: it is enough for messages to trackers and peers. */
#define TRICKLE_BYTES_PER_S 8000

struct _RedesService
{
  GObject parent_instance;
  GSettings *settings;
  RedesNode *node;
  RedesTrackerMode *tracker_mode;
  RedesNetworks *networks;
  RedesServiceState state;
  char *problem;
  gboolean any_port; /* the port that is set was taken when it started */
  gboolean sparing;
  gboolean node_starts; /* redes_node_start_async() is under way */
  guint start_id;       /* the idle source of begin_start(), or 0 */
  gboolean node_stopped;
  GTask *stopping;       /* (nullable): redes_service_stop_async() is under way */
  guint patience_id;     /* the timeout of on_patience_over(), or 0 */
  GHashTable *transfers; /* RedesContentId, the transfer's own -> RedesTransfer */
  GHashTable *states;    /* RedesTransfer -> its state when last looked at, plus one */
};

G_DEFINE_FINAL_TYPE (RedesService, redes_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SAY,
  SIGNAL_TRANSFER_STATE_CHANGED,
  SIGNAL_TRANSFER_FINISHED,
  SIGNAL_STOP_DELAYED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_state (RedesService *self, RedesServiceState state, const char *problem)
{
  g_autofree char *old = self->problem;

  g_debug ("service: state %d%s%s", state, problem != NULL ? ": " : "",
           problem != NULL ? problem : "");
  self->state = state;
  self->problem = g_strdup (problem);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Transfers. */

static void
note_transfer (RedesService *self, RedesTransfer *transfer)
{
  gpointer state = GUINT_TO_POINTER (redes_transfer_get_state (transfer) + 1);
  gpointer before = g_hash_table_lookup (self->states, transfer);

  if (before == state)
    return;
  g_hash_table_insert (self->states, transfer, state);
  g_hash_table_replace (self->transfers, (gpointer)redes_transfer_get_content (transfer),
                        g_object_ref (transfer));
  g_signal_emit (self, signals[SIGNAL_TRANSFER_STATE_CHANGED], 0, transfer);
  if (before != NULL && redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    g_signal_emit (self, signals[SIGNAL_TRANSFER_FINISHED], 0, transfer);
}

static void
on_transfer_changed (RedesNode *node, RedesTransfer *transfer, RedesService *self)
{
  note_transfer (self, transfer);
}

static void
on_transfers_changed (
    GListModel *model, guint position, guint removed, guint added, RedesService *self)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (model, position + i);

      note_transfer (self, transfer);
    }
}

static void
on_transfer_removed (RedesNode *node, RedesTransfer *transfer, RedesService *self)
{
  g_autoptr (RedesTransfer) guard = g_object_ref (transfer);
  const RedesContentId *content = redes_transfer_get_content (transfer);

  g_hash_table_remove (self->states, transfer);
  if (g_hash_table_lookup (self->transfers, content) == transfer)
    g_hash_table_remove (self->transfers, content);
  g_signal_emit (self, signals[SIGNAL_TRANSFER_STATE_CHANGED], 0, transfer);
}

static void
on_notice (RedesNode *node, const RedesNotice *notice, RedesService *self)
{
  g_autofree char *words = redes_format_notice (notice);

  g_signal_emit (self, signals[SIGNAL_SAY], 0, words);
}

static void
redes_service_dispose (GObject *object)
{
  RedesService *self = REDES_SERVICE (object);

  if (self->node != NULL)
    {
      g_signal_handlers_disconnect_by_data (redes_node_get_transfers (self->node), self);
      g_signal_handlers_disconnect_by_data (self->node, self);
    }
  g_clear_object (&self->networks);
  g_clear_object (&self->node);
  g_clear_object (&self->tracker_mode);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (redes_service_parent_class)->dispose (object);
}

static void
redes_service_finalize (GObject *object)
{
  RedesService *self = REDES_SERVICE (object);

  g_free (self->problem);
  g_hash_table_unref (self->transfers);
  g_hash_table_unref (self->states);
  G_OBJECT_CLASS (redes_service_parent_class)->finalize (object);
}

static void
redes_service_class_init (RedesServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = redes_service_dispose;
  object_class->finalize = redes_service_finalize;

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SAY] = g_signal_new ("say", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TRANSFER_STATE_CHANGED]
      = g_signal_new ("transfer-state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, REDES_TYPE_TRANSFER);
  signals[SIGNAL_TRANSFER_FINISHED]
      = g_signal_new ("transfer-finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, REDES_TYPE_TRANSFER);
  signals[SIGNAL_STOP_DELAYED] = g_signal_new ("stop-delayed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
redes_service_init (RedesService *self)
{
  self->transfers
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, g_object_unref);
  self->states = g_hash_table_new (NULL, NULL);
}

/* From the settings to the node. */

/* The value of @key, or @fallback if that is empty. */
static char *
get_text (GSettings *settings, const char *key, const char *fallback)
{
  g_autofree char *value = g_settings_get_string (settings, key);

  return *value != '\0' ? g_steal_pointer (&value) : g_strdup (fallback);
}

static guint64
get_limit (GSettings *settings, const char *key)
{
  return 1000 * (guint64)g_settings_get_uint (settings, key);
}

static guint64
get_cache_bytes (GSettings *settings)
{
  return 1024 * 1024 * (guint64)g_settings_get_uint (settings, "cache-mb");
}

/* The tracker in this program is used, too, under the address that is given to others, because
 * links contain it. */
static char **
list_trackers (RedesService *self)
{
  g_auto (GStrv) set = g_settings_get_strv (self->settings, "trackers");
  const char *own = redes_tracker_mode_get_addresses (self->tracker_mode)[0];
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **)set);
  if (own != NULL && !g_strv_contains ((const char *const *)set, own))
    g_strv_builder_add (builder, own);
  return g_strv_builder_end (builder);
}

static RedesConfig *
make_config (RedesService *self)
{
  g_autoptr (RedesConfig) defaults = redes_config_new ();
  RedesConfig *config = redes_config_new ();

  g_free (config->nickname);
  config->nickname = get_text (self->settings, "nickname", defaults->nickname);
  g_free (config->download_dir);
  config->download_dir = get_text (self->settings, "download-folder", defaults->download_dir);
  g_free (config->listen_host);
  config->listen_host = get_text (self->settings, "listen-host", defaults->listen_host);
  config->listen_port = self->any_port ? 0 : g_settings_get_uint (self->settings, "listen-port");
  g_strfreev (config->trackers);
  config->trackers = list_trackers (self);
  g_strfreev (config->refused_trackers);
  config->refused_trackers = g_settings_get_strv (self->settings, "refused-trackers");
  g_strfreev (config->classic_trackers);
  config->classic_trackers = g_settings_get_strv (self->settings, "classic-trackers");
  config->max_up_bytes_per_s
      = self->sparing ? TRICKLE_BYTES_PER_S : get_limit (self->settings, "max-up-kb-per-s");
  config->max_down_bytes_per_s = get_limit (self->settings, "max-down-kb-per-s");
  config->cache_bytes = get_cache_bytes (self->settings);
  config->niceness = NICENESS;
  config->lan = g_settings_get_boolean (self->settings, "lan");
  /* Trackers that are found are used only on networks where the person agreed. */
  config->use_found_trackers = FALSE;
  if (self->networks != NULL)
    {
      g_strfreev (config->accepted_trackers);
      config->accepted_trackers = redes_networks_list_accepted (self->networks);
    }
  config->browsable = g_settings_get_boolean (self->settings, "browsable");
  config->classic = g_settings_get_boolean (self->settings, "classic");
  g_strfreev (config->lan_interfaces);
  config->lan_interfaces = g_settings_get_strv (self->settings, "lan-interfaces");
  return config;
}

static void
listening_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesService) self = user_data;
  g_autoptr (GError) error = NULL;

  redes_node_configure_finish (REDES_NODE (object), result, &error);
  if (self->state == REDES_SERVICE_RUNNING)
    {
      g_autofree char *problem = error != NULL ? redes_format_error (error) : NULL;

      set_state (self, REDES_SERVICE_RUNNING, problem);
    }
}

static void
configure (RedesService *self)
{
  g_autoptr (RedesConfig) config = make_config (self);

  redes_node_configure (self->node, config);
}

static void
on_setting_changed (GSettings *settings, const char *key, RedesService *self)
{
  g_autoptr (RedesConfig) config = NULL;

  if (!g_str_equal (key, "listen-port"))
    {
      configure (self);
      return;
    }
  /* The row of the preference shows whether the port could be opened. */
  self->any_port = FALSE;
  config = make_config (self);
  redes_node_configure_async (self->node, config, listening_cb, g_object_ref (self));
}

RedesService *
redes_service_new (GSettings *settings)
{
  RedesService *self = g_object_new (REDES_TYPE_SERVICE, NULL);
  g_autoptr (RedesConfig) config = NULL;
  g_autoptr (RedesConfig) defaults = redes_config_new ();

  self->settings = g_object_ref (settings);
  self->tracker_mode = redes_tracker_mode_new (settings, defaults->data_dir);
  config = make_config (self);
  self->node = redes_node_new (config);
  self->networks = redes_networks_new (settings, self->node);
  g_signal_connect (self->node, "transfer-changed", G_CALLBACK (on_transfer_changed), self);
  g_signal_connect (self->node, "transfer-removed", G_CALLBACK (on_transfer_removed), self);
  g_signal_connect (self->node, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect (redes_node_get_transfers (self->node), "items-changed",
                    G_CALLBACK (on_transfers_changed), self);
  g_signal_connect_object (settings, "changed", G_CALLBACK (on_setting_changed), self, 0);
  g_signal_connect_object (self->networks, "changed", G_CALLBACK (configure), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tracker_mode, "changed", G_CALLBACK (configure), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* Starting and stopping. */

static void stop_node (RedesService *self);

/* The node has started or failed. Returns: whether that is of no interest any more, as the service
 * is being stopped */
static gboolean
end_node_start (RedesService *self)
{
  self->node_starts = FALSE;
  if (self->stopping == NULL)
    return FALSE;
  stop_node (self);
  return TRUE;
}

static void
be_running (RedesService *self, const char *problem)
{
  set_state (self, REDES_SERVICE_RUNNING, problem);
  /* The window shows what is in folders. */
  redes_node_watch_blocks (self->node, NULL);
  /* The tracker in this program may have come up meanwhile. */
  configure (self);
}

static void
started_on_any_port_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesService) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  redes_node_start_finish (REDES_NODE (object), result, &error);
  if (end_node_start (self))
    return;
  if (error != NULL)
    {
      problem = redes_format_error (error);
      set_state (self, REDES_SERVICE_FAILED, problem);
      return;
    }
  problem = g_strdup_printf (_ ("Port %u is in use by another program, so Redes listens on %s "
                                "for now"),
                             g_settings_get_uint (self->settings, "listen-port"),
                             redes_node_get_address (self->node));
  be_running (self, problem);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesService) self = user_data;
  g_autoptr (GError) error = NULL;

  redes_node_start_finish (REDES_NODE (object), result, &error);
  if (end_node_start (self))
    return;
  if (error == NULL)
    be_running (self, NULL);
  else if (g_error_matches (error, REDES_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      /* Redes listens on another port rather than not at all. */
      self->any_port = TRUE;
      configure (self);
      self->node_starts = TRUE;
      redes_node_start_async (self->node, NULL, started_on_any_port_cb, g_object_ref (self));
    }
  else
    {
      g_autofree char *problem = redes_format_error (error);

      set_state (self, REDES_SERVICE_FAILED, problem);
    }
}

static gboolean
begin_start (gpointer user_data)
{
  RedesService *self = user_data;

  self->start_id = 0;
  self->node_starts = TRUE;
  redes_node_start_async (self->node, NULL, started_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

void
redes_service_start (RedesService *self)
{
  if (self->state != REDES_SERVICE_STOPPED && self->state != REDES_SERVICE_FAILED)
    return;
  set_state (self, REDES_SERVICE_STARTING, NULL);
  /* The window is drawn first: loading the keys and the library takes processor time. */
  self->start_id
      = g_idle_add_full (G_PRIORITY_LOW, begin_start, g_object_ref (self), g_object_unref);
}

static void
end_stop (RedesService *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stopping);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  set_state (self, REDES_SERVICE_STOPPED, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
tracker_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesService) self = user_data;

  redes_tracker_mode_stop_finish (REDES_TRACKER_MODE (object), result);
  end_stop (self);
}

static void
node_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesService) self = user_data;

  redes_node_stop_finish (REDES_NODE (object), result, NULL);
  self->node_stopped = TRUE;
  redes_tracker_mode_stop_async (self->tracker_mode, tracker_stopped_cb, g_object_ref (self));
}

/* One that does not run has stopped at once. */
static void
stop_node (RedesService *self)
{
  redes_node_stop_async (self->node, node_stopped_cb, g_object_ref (self));
}

static gboolean
on_patience_over (gpointer user_data)
{
  RedesService *self = user_data;
  const char *words;

  self->patience_id = 0;
  if (self->node_starts)
    words = _ ("Redes waits until its list of shared files is read, and then ends");
  else if (!self->node_stopped)
    words = _ ("Redes waits until what was downloaded is written to the disk, and then ends");
  else
    words = _ ("Redes waits until its tracker has stopped, and then ends");
  g_signal_emit (self, signals[SIGNAL_STOP_DELAYED], 0, words);
  return G_SOURCE_REMOVE;
}

void
redes_service_stop_async (RedesService *self,
                          guint patience_ms,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (self->stopping == NULL);

  self->stopping = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stopping, redes_service_stop_async);
  self->patience_id = g_timeout_add (patience_ms, on_patience_over, self);
  g_clear_handle_id (&self->start_id, g_source_remove);
  self->node_stopped = self->state != REDES_SERVICE_RUNNING && !self->node_starts;
  set_state (self, REDES_SERVICE_STOPPING, NULL);
  if (!self->node_starts)
    stop_node (self);
}

gboolean
redes_service_stop_finish (RedesService *self, GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

RedesServiceState
redes_service_get_state (RedesService *self)
{
  return self->state;
}

void
redes_service_set_sparing (RedesService *self, gboolean sparing)
{
  self->sparing = sparing;
  configure (self);
}

const char *
redes_service_get_problem (RedesService *self)
{
  return self->problem;
}

RedesNode *
redes_service_get_node (RedesService *self)
{
  return self->node;
}

GSettings *
redes_service_get_settings (RedesService *self)
{
  return self->settings;
}

RedesNetworks *
redes_service_get_networks (RedesService *self)
{
  return self->networks;
}

RedesTrackerMode *
redes_service_get_tracker_mode (RedesService *self)
{
  return self->tracker_mode;
}

char *
redes_service_dup_publisher_name (RedesService *self, const RedesPeerId *id)
{
  const RedesPeerId *own = redes_node_get_peer_id (self->node);
  RedesPublisherItem *known = redes_node_lookup_publisher (self->node, id);

  if (own != NULL && redes_digest_equal (own, id))
    return g_strdup (_ ("You"));
  if (known != NULL && *redes_publisher_item_get_name (known) != '\0')
    return g_strdup (redes_publisher_item_get_name (known));
  return redes_format_short_id (id);
}

RedesTransfer *
redes_service_lookup_transfer (RedesService *self, const RedesContentId *content)
{
  return g_hash_table_lookup (self->transfers, content);
}

guint
redes_service_count_running (RedesService *self)
{
  guint n_running = 0;
  GHashTableIter iter;
  gpointer transfer;

  g_hash_table_iter_init (&iter, self->states);
  while (g_hash_table_iter_next (&iter, &transfer, NULL))
    if (!redes_transfer_is_over (transfer)
        && redes_transfer_get_state (transfer) != REDES_TRANSFER_PAUSED)
      n_running++;
  return n_running;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service.h"

#include <glib/gi18n.h>

struct _RedesService
{
  GObject parent_instance;
  GSettings *settings;
  RedesNode *node;
  RedesServiceState state;
  char *problem;
  GHashTable *transfers; /* RedesContentId, the transfer's own -> RedesTransfer */
  GHashTable *states;    /* RedesTransfer -> its state when last looked at, plus one */
};

G_DEFINE_FINAL_TYPE (RedesService, redes_service, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SAY,
  SIGNAL_TRANSFER_STATE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_state (RedesService *self, RedesServiceState state, const char *problem)
{
  g_autofree char *old = self->problem;

  self->state = state;
  self->problem = g_strdup (problem);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Transfers. */

static void
note_transfer (RedesService *self, RedesTransfer *transfer)
{
  gpointer state = GUINT_TO_POINTER (redes_transfer_get_state (transfer) + 1);

  if (g_hash_table_lookup (self->states, transfer) == state)
    return;
  g_hash_table_insert (self->states, transfer, state);
  g_hash_table_replace (self->transfers, (gpointer)redes_transfer_get_content (transfer),
                        g_object_ref (transfer));
  g_signal_emit (self, signals[SIGNAL_TRANSFER_STATE_CHANGED], 0, transfer);
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
on_notice (RedesNode *node, const char *words, RedesService *self)
{
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
  g_clear_object (&self->node);
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
}

static void
redes_service_init (RedesService *self)
{
  self->transfers
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_object_unref);
  self->states = g_hash_table_new (NULL, NULL);
}

static void
replace_unless_empty (char **field, GSettings *settings, const char *key)
{
  g_autofree char *value = g_settings_get_string (settings, key);

  if (*value == '\0')
    return;
  g_free (*field);
  *field = g_steal_pointer (&value);
}

static RedesConfig *
make_config (GSettings *settings)
{
  RedesConfig *config = redes_config_new ();

  replace_unless_empty (&config->nickname, settings, "nickname");
  replace_unless_empty (&config->download_dir, settings, "download-folder");
  replace_unless_empty (&config->listen_host, settings, "listen-host");
  config->listen_port = g_settings_get_uint (settings, "listen-port");
  g_strfreev (config->trackers);
  config->trackers = g_settings_get_strv (settings, "trackers");
  config->max_up_bytes_per_s = 1000 * (guint64)g_settings_get_uint (settings, "max-up-kb-per-s");
  config->max_down_bytes_per_s
      = 1000 * (guint64)g_settings_get_uint (settings, "max-down-kb-per-s");
  config->cache_bytes = 1024 * 1024 * (guint64)g_settings_get_uint (settings, "cache-mb");
  return config;
}

RedesService *
redes_service_new (GSettings *settings)
{
  RedesService *self = g_object_new (REDES_TYPE_SERVICE, NULL);
  g_autoptr (RedesConfig) config = make_config (settings);

  self->settings = g_object_ref (settings);
  self->node = redes_node_new (config);
  g_signal_connect (self->node, "transfer-changed", G_CALLBACK (on_transfer_changed), self);
  g_signal_connect (self->node, "transfer-removed", G_CALLBACK (on_transfer_removed), self);
  g_signal_connect (self->node, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect (redes_node_get_transfers (self->node), "items-changed",
                    G_CALLBACK (on_transfers_changed), self);
  return self;
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RedesService) self = user_data;
  g_autoptr (GError) error = NULL;

  if (redes_node_start_finish (REDES_NODE (object), result, &error))
    set_state (self, REDES_SERVICE_RUNNING, NULL);
  else
    set_state (self, REDES_SERVICE_FAILED, error->message);
}

void
redes_service_start (RedesService *self)
{
  if (self->state == REDES_SERVICE_STARTING || self->state == REDES_SERVICE_RUNNING)
    return;
  set_state (self, REDES_SERVICE_STARTING, NULL);
  redes_node_start_async (self->node, NULL, started_cb, g_object_ref (self));
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *stopped = user_data;

  redes_node_stop_finish (REDES_NODE (object), result, NULL);
  *stopped = TRUE;
}

void
redes_service_stop (RedesService *self)
{
  gboolean stopped = FALSE;

  while (self->state == REDES_SERVICE_STARTING)
    g_main_context_iteration (NULL, TRUE);
  if (self->state != REDES_SERVICE_RUNNING)
    return;
  redes_node_stop_async (self->node, stopped_cb, &stopped);
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  set_state (self, REDES_SERVICE_STOPPED, NULL);
}

RedesServiceState
redes_service_get_state (RedesService *self)
{
  return self->state;
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

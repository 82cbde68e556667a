/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/metered.h"

struct _RedesMetered
{
  GObject parent_instance;
  RedesService *service;
  gboolean sparing;
  GPtrArray *waiting; /* RedesTransfer: those that it paused */
};

G_DEFINE_FINAL_TYPE (RedesMetered, redes_metered, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
pause_if_running (RedesMetered *self, RedesTransfer *transfer)
{
  if (redes_transfer_is_over (transfer)
      || redes_transfer_get_state (transfer) == REDES_TRANSFER_PAUSED
      || redes_transfer_get_state (transfer) == REDES_TRANSFER_FINISHING
      || g_ptr_array_find (self->waiting, transfer, NULL))
    return;
  redes_node_pause (redes_service_get_node (self->service), transfer);
  g_ptr_array_add (self->waiting, g_object_ref (transfer));
}

static void
pause_all (RedesMetered *self)
{
  GListModel *transfers = redes_node_get_transfers (redes_service_get_node (self->service));

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      pause_if_running (self, transfer);
    }
}

static void
resume_all (RedesMetered *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    redes_node_resume (redes_service_get_node (self->service),
                       g_ptr_array_index (self->waiting, i));
  g_ptr_array_set_size (self->waiting, 0);
}

static void
update (RedesMetered *self)
{
  GSettings *settings = redes_service_get_settings (self->service);
  gboolean sparing = g_network_monitor_get_network_metered (g_network_monitor_get_default ())
                     && g_settings_get_boolean (settings, "spare-metered")
                     && redes_service_get_state (self->service) == REDES_SERVICE_RUNNING;

  if (sparing == self->sparing)
    return;
  self->sparing = sparing;
  redes_service_set_sparing (self->service, sparing);
  if (redes_service_get_state (self->service) == REDES_SERVICE_RUNNING)
    {
      if (sparing)
        pause_all (self);
      else
        resume_all (self);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* A transfer that the person resumes while the others are paused is left running. */
static void
on_transfer_state_changed (RedesService *service, RedesTransfer *transfer, RedesMetered *self)
{
  if (self->sparing)
    pause_if_running (self, transfer);
}

static void
redes_metered_dispose (GObject *object)
{
  RedesMetered *self = REDES_METERED (object);

  g_clear_object (&self->service);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  G_OBJECT_CLASS (redes_metered_parent_class)->dispose (object);
}

static void
redes_metered_class_init (RedesMeteredClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = redes_metered_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_metered_init (RedesMetered *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

RedesMetered *
redes_metered_new (RedesService *service)
{
  RedesMetered *self = g_object_new (REDES_TYPE_METERED, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_object (g_network_monitor_get_default (), "notify::network-metered",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_service_get_settings (service), "changed::spare-metered",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (service, "transfer-state-changed",
                           G_CALLBACK (on_transfer_state_changed), self, 0);
  return self;
}

gboolean
redes_metered_is_sparing (RedesMetered *self)
{
  return self->sparing;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/mounts.h"

#include <gio/gunixmounts.h>

struct _RedesMounts
{
  GUnixMountMonitor *monitor;
  void (*changed) (gpointer user_data);
  gpointer user_data;
};

static void
on_mounts_changed (GUnixMountMonitor *monitor, gpointer user_data)
{
  RedesMounts *self = user_data;

  self->changed (self->user_data);
}

RedesMounts *
redes_mounts_new (void (*changed) (gpointer user_data), gpointer user_data)
{
  RedesMounts *self = g_new0 (RedesMounts, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->monitor = g_unix_mount_monitor_get ();
  g_signal_connect (self->monitor, "mounts-changed", G_CALLBACK (on_mounts_changed), self);
  return self;
}

void
redes_mounts_free (RedesMounts *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_object_unref (self->monitor);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/fs-monitor.h"

#include "engine/platform/mounts.h"

#include <gio/gio.h>

#define MAX_FOLDERS 64

struct _RedesFsMonitor
{
  void (*func) (gpointer user_data);
  gpointer user_data;
  GHashTable *monitors; /* folder -> GFileMonitor */
  RedesMounts *mounts;
};

static void
on_folder_changed (GFileMonitor *monitor,
                   GFile *file,
                   GFile *other_file,
                   GFileMonitorEvent event,
                   gpointer user_data)
{
  RedesFsMonitor *self = user_data;
  g_autofree char *name = g_file_get_basename (file);

  /* Hidden files are not shared; among them are our own unfinished downloads. */
  if (name == NULL || name[0] != '.')
    self->func (self->user_data);
}

static void
monitor_free (gpointer data)
{
  GFileMonitor *monitor = data;

  g_signal_handlers_disconnect_matched (monitor, G_SIGNAL_MATCH_FUNC, 0, 0, NULL,
                                        (gpointer)on_folder_changed, NULL);
  g_file_monitor_cancel (monitor);
  g_object_unref (monitor);
}

RedesFsMonitor *
redes_fs_monitor_new (void (*func) (gpointer user_data), gpointer user_data)
{
  RedesFsMonitor *self = g_new0 (RedesFsMonitor, 1);

  self->func = func;
  self->user_data = user_data;
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, monitor_free);
  self->mounts = redes_mounts_new (func, user_data);
  return self;
}

void
redes_fs_monitor_free (RedesFsMonitor *self)
{
  redes_mounts_free (self->mounts);
  g_hash_table_unref (self->monitors);
  g_free (self);
}

void
redes_fs_monitor_add_folder (RedesFsMonitor *self, const char *folder)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor;

  if (g_hash_table_size (self->monitors) >= MAX_FOLDERS
      || g_hash_table_contains (self->monitors, folder))
    return;

  file = g_file_new_for_path (folder);
  monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOUNTS, NULL, &error);
  if (monitor == NULL)
    {
      g_debug ("no hints of “%s”: %s", folder, error->message);
      return;
    }
  g_signal_connect (monitor, "changed", G_CALLBACK (on_folder_changed), self);
  g_hash_table_insert (self->monitors, g_strdup (folder), monitor);
}

void
redes_fs_monitor_set_folders (RedesFsMonitor *self, GPtrArray *folders)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->monitors);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_ptr_array_find_with_equal_func (folders, key, g_str_equal, NULL))
      g_hash_table_iter_remove (&iter);

  for (guint i = 0; i < MIN (folders->len, MAX_FOLDERS); i++)
    redes_fs_monitor_add_folder (self, folders->pdata[i]);
}

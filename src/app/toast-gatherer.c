/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/toast-gatherer.h"

#include "app/toast.h"

#include <string.h>

#define QUIET_MS 500
#define LONGEST_US (3 * G_USEC_PER_SEC)

struct _RedesToastGatherer
{
  GtkWidget *where;
  RedesGatheredWords words;
  guint n_files;
  char *path;
  char *folder;
  char *reason;
  gint64 first_us;
  guint timer_id;
};

static void
forget (RedesToastGatherer *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->reason, g_free);
  self->n_files = 0;
}

RedesToastGatherer *
redes_toast_gatherer_new (GtkWidget *where, RedesGatheredWords words)
{
  RedesToastGatherer *self = g_new0 (RedesToastGatherer, 1);

  self->where = where;
  self->words = words;
  return self;
}

void
redes_toast_gatherer_free (RedesToastGatherer *self)
{
  if (self == NULL)
    return;
  forget (self);
  g_free (self);
}

static void
tell (RedesToastGatherer *self)
{
  g_autofree char *words = self->words (self->n_files, self->path, self->folder, self->reason);

  redes_toast_say (self->where, words);
  forget (self);
}

static gboolean
on_quiet (gpointer user_data)
{
  RedesToastGatherer *self = user_data;

  self->timer_id = 0;
  tell (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  return g_str_has_prefix (path, folder)
         && (path[length] == G_DIR_SEPARATOR || g_str_has_suffix (folder, G_DIR_SEPARATOR_S));
}

void
redes_toast_gatherer_add (RedesToastGatherer *self, const char *path, const char *reason)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->n_files++ == 0)
    {
      self->path = g_strdup (path);
      self->folder = g_path_get_dirname (path);
      self->reason = g_strdup (reason);
      self->first_us = now_us;
    }
  /* At the latest the root is above both; what has no folder at all has ".". */
  while (!is_below (path, self->folder) && strlen (self->folder) > 1)
    {
      g_autofree char *folder = g_steal_pointer (&self->folder);

      self->folder = g_path_get_dirname (folder);
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (now_us - self->first_us >= LONGEST_US)
    tell (self);
  else
    self->timer_id = g_timeout_add (QUIET_MS, on_quiet, self);
}

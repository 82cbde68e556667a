/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/background.h"

#include "app/background-portal.h"
#include "app/sandbox.h"

struct _RedesBackground
{
  GObject parent_instance;
  gboolean is_allowed;
  gboolean is_asking;
  char *status; /* (nullable): the last one that the desktop was told */
};

G_DEFINE_FINAL_TYPE (RedesBackground, redes_background, G_TYPE_OBJECT)

static void
request_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RedesBackground *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->is_asking = FALSE;
  self->is_allowed = redes_background_portal_request_finish (result, &error);
  if (self->is_allowed)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
redes_background_finalize (GObject *object)
{
  RedesBackground *self = REDES_BACKGROUND (object);

  g_free (self->status);
  G_OBJECT_CLASS (redes_background_parent_class)->finalize (object);
}

static void
redes_background_class_init (RedesBackgroundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_background_finalize;
}

static void
redes_background_init (RedesBackground *self)
{
  self->is_allowed = !redes_sandbox_is_around ();
}

RedesBackground *
redes_background_new (void)
{
  return g_object_new (REDES_TYPE_BACKGROUND, NULL);
}

gboolean
redes_background_has_to_ask (RedesBackground *self)
{
  return !self->is_allowed;
}

gboolean
redes_background_is_asking (RedesBackground *self)
{
  return self->is_asking;
}

void
redes_background_ask (RedesBackground *self,
                      const char *reason,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (!self->is_asking);

  g_task_set_source_tag (task, redes_background_ask);
  if (!redes_background_has_to_ask (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->is_asking = TRUE;
  redes_background_portal_request_async (reason, request_cb, g_steal_pointer (&task));
}

gboolean
redes_background_ask_finish (RedesBackground *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
redes_background_set_status (RedesBackground *self, const char *status)
{
  g_autofree char *shown = NULL;

  if (!redes_sandbox_is_around () || g_strcmp0 (status, self->status) == 0)
    return;
  g_free (self->status);
  self->status = g_strdup (status);
  shown = g_utf8_substring (status, 0,
                            MIN (g_utf8_strlen (status, -1), REDES_BACKGROUND_MAX_STATUS_CHARS));
  redes_background_portal_set_status (shown);
}

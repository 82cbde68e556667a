/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/session.h"

#include "cli/options.h"
#include "cli/runner.h"

#define AGAIN_MS 250

struct _RedesSession
{
  RedesOutput *output;
  RedesNode *node;
  RedesRunner *runner;
  GCancellable *cancellable;
  RedesSessionFunc started;
  gpointer user_data;
  gint64 started_us; /* when the node was ready, monotonic */
  RedesSessionFunc again;
  gpointer again_data;
  guint again_id;
  int interrupted_status;
  int status;
  gboolean starting;
  gboolean ending;
};

static void
on_interrupted (gpointer data)
{
  RedesSession *self = data;

  redes_session_end (self, self->interrupted_status);
}

RedesSession *
redes_session_new (RedesOutput *output,
                   const RedesConfig *config,
                   RedesSessionFunc started,
                   gpointer user_data)
{
  RedesSession *self = g_new0 (RedesSession, 1);

  self->output = output;
  self->node = redes_node_new (config);
  self->runner = redes_runner_new (output, on_interrupted, self);
  self->cancellable = g_cancellable_new ();
  self->started = started;
  self->user_data = user_data;
  self->interrupted_status = REDES_EXIT_FAILED;
  return self;
}

void
redes_session_free (RedesSession *self)
{
  g_clear_object (&self->node);
  g_clear_object (&self->cancellable);
  redes_runner_free (self->runner);
  g_free (self);
}

RedesOutput *
redes_session_get_output (RedesSession *self)
{
  return self->output;
}

RedesNode *
redes_session_get_node (RedesSession *self)
{
  return self->node;
}

GCancellable *
redes_session_get_cancellable (RedesSession *self)
{
  return self->cancellable;
}

static gboolean
on_again (gpointer data)
{
  RedesSession *self = data;

  self->again_id = 0;
  self->again (self, self->again_data);
  return G_SOURCE_REMOVE;
}

gboolean
redes_session_try_again (RedesSession *self,
                         guint patience_s,
                         RedesSessionFunc again,
                         gpointer user_data)
{
  gint64 waited_us = g_get_monotonic_time () - self->started_us;

  if (self->ending || waited_us >= (gint64)patience_s * G_USEC_PER_SEC)
    return FALSE;
  self->again = again;
  self->again_data = user_data;
  g_clear_handle_id (&self->again_id, g_source_remove);
  self->again_id = g_timeout_add (AGAIN_MS, on_again, self);
  return TRUE;
}

void
redes_session_set_interrupted_status (RedesSession *self, int status)
{
  self->interrupted_status = status;
}

static void
node_stop_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesSession *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!redes_node_stop_finish (self->node, result, &error))
    redes_output_error (self->output, "%s", error->message);
  redes_runner_quit (self->runner, self->status);
}

static void
node_start_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesSession *self = user_data;
  g_autoptr (GError) error = NULL;

  self->starting = FALSE;
  if (redes_node_start_finish (self->node, result, &error) && !self->ending)
    {
      self->started_us = g_get_monotonic_time ();
      self->started (self, self->user_data);
      return;
    }

  if (!self->ending)
    {
      redes_output_error (self->output, "%s", error->message);
      self->ending = TRUE;
      self->status = REDES_EXIT_FAILED;
    }
  redes_node_stop_async (self->node, node_stop_cb, self);
}

void
redes_session_set_interrupt_func (RedesSession *self,
                                  gboolean (*interrupted) (gpointer),
                                  gpointer user_data)
{
  redes_runner_set_interrupt_func (self->runner, interrupted, user_data);
}

int
redes_session_run (RedesSession *self)
{
  self->starting = TRUE;
  redes_node_start_async (self->node, self->cancellable, node_start_cb, self);
  return redes_runner_run (self->runner);
}

void
redes_session_end (RedesSession *self, int status)
{
  if (self->ending)
    return;
  self->ending = TRUE;
  self->status = status;
  g_clear_handle_id (&self->again_id, g_source_remove);
  redes_output_set_status (self->output, NULL);
  g_cancellable_cancel (self->cancellable);
  if (!self->starting)
    redes_node_stop_async (self->node, node_stop_cb, self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/runner.h"

#include "cli/options.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

struct _RedesRunner
{
  RedesOutput *output;
  GMainLoop *loop;
  void (*stop) (gpointer);
  gpointer user_data;
  gboolean (*interrupted) (gpointer); /* (nullable) */
  gpointer interrupted_data;
  guint source_ids[G_N_ELEMENTS (signals)];
  int status;
  gboolean stopping;
  gboolean over;
};

static gboolean on_signal (gpointer data);

static void
begin_stop (gpointer data)
{
  RedesRunner *self = data;

  if (self->stopping)
    return;
  self->stopping = TRUE;
  redes_output_abandon (self->output);
  self->stop (self->user_data);
}

static gboolean
on_interrupt (gpointer data)
{
  RedesRunner *self = data;

  if (!self->stopping && self->interrupted != NULL && self->interrupted (self->interrupted_data))
    return G_SOURCE_CONTINUE;
  return on_signal (self);
}

void
redes_runner_set_interrupt_func (RedesRunner *self,
                                 gboolean (*interrupted) (gpointer),
                                 gpointer user_data)
{
  self->interrupted = interrupted;
  self->interrupted_data = user_data;
}

static gboolean
on_signal (gpointer data)
{
  RedesRunner *self = data;

  if (self->stopping)
    _exit (REDES_EXIT_FAILED);
  begin_stop (self);
  return G_SOURCE_CONTINUE;
}

/* nohup and the like have a signal ignored on purpose. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

RedesRunner *
redes_runner_new (RedesOutput *output, void (*stop) (gpointer), gpointer user_data)
{
  RedesRunner *self = g_new0 (RedesRunner, 1);

  self->output = output;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->stop = stop;
  self->user_data = user_data;
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      if (signals[i] != SIGHUP || !is_ignored (SIGHUP))
        self->source_ids[i]
            = g_unix_signal_add (signals[i], signals[i] == SIGINT ? on_interrupt : on_signal, self);
    }
  redes_output_set_closed_func (output, begin_stop, self);
  return self;
}

void
redes_runner_free (RedesRunner *self)
{
  redes_output_set_closed_func (self->output, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_clear_handle_id (&self->source_ids[i], g_source_remove);
  g_main_loop_unref (self->loop);
  g_free (self);
}

int
redes_runner_run (RedesRunner *self)
{
  if (!self->over)
    g_main_loop_run (self->loop);
  return self->status;
}

void
redes_runner_quit (RedesRunner *self, int status)
{
  if (self->over)
    return;
  self->over = TRUE;
  self->status = status;
  g_main_loop_quit (self->loop);
}

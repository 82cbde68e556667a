/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/engine-thread.h"

#include "engine/base/turns.h"
#include "engine/node/mailbox.h"

struct _RedesEngineThread
{
  GMainContext *context;
  RedesMailbox *mailbox;
  GMainLoop *loop;
  GThread *thread;
  int niceness;
};

static gpointer
run (gpointer data)
{
  RedesEngineThread *self = data;

  if (self->niceness > 0)
    redes_thread_step_back (self->niceness);
  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

RedesEngineThread *
redes_engine_thread_new (const char *name, int niceness)
{
  RedesEngineThread *self = g_new0 (RedesEngineThread, 1);

  /* GLib makes a locale of its own when numbers are first read. Two threads that do so at once can
   * disturb each other's errno, and one takes a good number for a bad one. */
  (void)g_ascii_strtoull ("0", NULL, 10);
  self->context = g_main_context_new ();
  self->mailbox = redes_mailbox_new (self->context);
  self->loop = g_main_loop_new (self->context, FALSE);
  self->niceness = niceness;
  self->thread = g_thread_new (name, run, self);
  return self;
}

GMainContext *
redes_engine_thread_get_context (RedesEngineThread *self)
{
  return self->context;
}

void
redes_engine_thread_invoke (RedesEngineThread *self, void (*func) (gpointer), gpointer data)
{
  redes_mailbox_send (self->mailbox, func, data, NULL);
}

static void
quit (gpointer data)
{
  g_main_loop_quit (data);
}

void
redes_engine_thread_free (RedesEngineThread *self)
{
  if (self == NULL)
    return;
  redes_engine_thread_invoke (self, quit, self->loop);
  g_thread_join (self->thread);
  redes_mailbox_unref (self->mailbox);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

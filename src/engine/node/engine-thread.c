/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/engine-thread.h"

struct _RedesEngineThread
{
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
};

typedef struct
{
  void (*func) (gpointer);
  gpointer data;
} Call;

static gpointer
run (gpointer data)
{
  RedesEngineThread *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

RedesEngineThread *
redes_engine_thread_new (const char *name)
{
  RedesEngineThread *self = g_new0 (RedesEngineThread, 1);

  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new (name, run, self);
  return self;
}

GMainContext *
redes_engine_thread_get_context (RedesEngineThread *self)
{
  return self->context;
}

static gboolean
on_call (gpointer user_data)
{
  Call *call = user_data;

  call->func (call->data);
  return G_SOURCE_REMOVE;
}

void
redes_engine_thread_invoke (RedesEngineThread *self, void (*func) (gpointer), gpointer data)
{
  Call *call = g_new (Call, 1);
  GSource *source = g_idle_source_new ();

  *call = (Call){ .func = func, .data = data };
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_call, call, g_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
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
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/loop-thread.h"

#include "engine/platform/file-io.h"
#include "engine/platform/thread-priority.h"
#include "engine/base/main-queue.h"

struct _RedesLoopThread
{
  GMainContext *context;
  RedesMainQueue *main_queue;
  GMainLoop *loop;
  GThread *thread;
  int niceness;
};

static gpointer
run (gpointer data)
{
  RedesLoopThread *self = data;

  if (self->niceness > 0)
    redes_thread_lower_priority (self->niceness);
  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

RedesLoopThread *
redes_loop_thread_new (const char *name, int niceness)
{
  RedesLoopThread *self = g_new0 (RedesLoopThread, 1);

  /* A file that grows beyond what the session allows is an error of the disk, and ends nothing. */
  redes_file_io_ignore_size_signal ();
  /* GLib makes a locale of its own when numbers are first read. Two threads that do so at once can
   * disturb each other's errno, and one takes a good number for a bad one. */
  (void)g_ascii_strtoull ("0", NULL, 10);
  self->context = g_main_context_new ();
  self->main_queue = redes_main_queue_new (self->context);
  self->loop = g_main_loop_new (self->context, FALSE);
  self->niceness = niceness;
  self->thread = g_thread_new (name, run, self);
  return self;
}

GMainContext *
redes_loop_thread_get_context (RedesLoopThread *self)
{
  return self->context;
}

void
redes_loop_thread_invoke (RedesLoopThread *self, void (*func) (gpointer), gpointer data)
{
  redes_main_queue_send (self->main_queue, func, data, NULL);
}

static void
quit (gpointer data)
{
  g_main_loop_quit (data);
}

void
redes_loop_thread_free (RedesLoopThread *self)
{
  if (self == NULL)
    return;
  redes_loop_thread_invoke (self, quit, self->loop);
  g_thread_join (self->thread);
  redes_main_queue_unref (self->main_queue);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_free (self);
}

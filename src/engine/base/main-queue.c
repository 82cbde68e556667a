/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/main-queue.h"

struct _RedesMainQueue
{
  gatomicrefcount ref_count;
  GMainContext *context;
  GMutex lock;
  GQueue messages;
  gboolean woken;
  gboolean closed;
};

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
  GDestroyNotify data_free;
} Message;

static void
message_free (Message *message)
{
  if (message->data_free != NULL)
    message->data_free (message->data);
  g_free (message);
}

RedesMainQueue *
redes_main_queue_new (GMainContext *context)
{
  RedesMainQueue *self = g_new0 (RedesMainQueue, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  g_mutex_init (&self->lock);
  g_queue_init (&self->messages);
  return self;
}

RedesMainQueue *
redes_main_queue_ref (RedesMainQueue *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
redes_main_queue_unref (RedesMainQueue *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->messages, (GDestroyNotify)message_free);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Takes the messages that are there now: those that come meanwhile get a turn of their own. */
static gboolean
on_woken (gpointer user_data)
{
  RedesMainQueue *self = user_data;
  GQueue messages;

  g_mutex_lock (&self->lock);
  messages = self->messages;
  g_queue_init (&self->messages);
  self->woken = FALSE;
  g_mutex_unlock (&self->lock);

  while (!g_queue_is_empty (&messages))
    {
      Message *message = g_queue_pop_head (&messages);

      if (!self->closed)
        message->func (message->data);
      message_free (message);
    }
  return G_SOURCE_REMOVE;
}

void
redes_main_queue_send (RedesMainQueue *self,
                       void (*func) (gpointer data),
                       gpointer data,
                       GDestroyNotify data_free)
{
  Message *message = g_new (Message, 1);
  gboolean wake;

  *message = (Message){ .func = func, .data = data, .data_free = data_free };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->messages, message);
  wake = !self->woken;
  self->woken = TRUE;
  g_mutex_unlock (&self->lock);
  if (wake)
    {
      GSource *source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, on_woken, redes_main_queue_ref (self),
                             (GDestroyNotify)redes_main_queue_unref);
      g_source_attach (source, self->context);
      g_source_unref (source);
    }
}

void
redes_main_queue_close (RedesMainQueue *self)
{
  self->closed = TRUE;
}

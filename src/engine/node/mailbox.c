/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/mailbox.h"

struct _RedesMailbox
{
  gatomicrefcount ref_count;
  GMainContext *context;
  GMutex lock;
  GQueue letters;
  gboolean woken;
  gboolean closed;
};

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
  GDestroyNotify data_free;
} Letter;

static void
letter_free (Letter *letter)
{
  if (letter->data_free != NULL)
    letter->data_free (letter->data);
  g_free (letter);
}

RedesMailbox *
redes_mailbox_new (GMainContext *context)
{
  RedesMailbox *self = g_new0 (RedesMailbox, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  g_mutex_init (&self->lock);
  g_queue_init (&self->letters);
  return self;
}

RedesMailbox *
redes_mailbox_ref (RedesMailbox *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
redes_mailbox_unref (RedesMailbox *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->letters, (GDestroyNotify)letter_free);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Takes the letters that are there now: those that come meanwhile get a turn of their own. */
static gboolean
on_woken (gpointer user_data)
{
  RedesMailbox *self = user_data;
  GQueue letters;

  g_mutex_lock (&self->lock);
  letters = self->letters;
  g_queue_init (&self->letters);
  self->woken = FALSE;
  g_mutex_unlock (&self->lock);

  while (!g_queue_is_empty (&letters))
    {
      Letter *letter = g_queue_pop_head (&letters);

      if (!self->closed)
        letter->func (letter->data);
      letter_free (letter);
    }
  return G_SOURCE_REMOVE;
}

void
redes_mailbox_send (RedesMailbox *self,
                    void (*func) (gpointer data),
                    gpointer data,
                    GDestroyNotify data_free)
{
  Letter *letter = g_new (Letter, 1);
  gboolean wake;

  *letter = (Letter){ .func = func, .data = data, .data_free = data_free };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->letters, letter);
  wake = !self->woken;
  self->woken = TRUE;
  g_mutex_unlock (&self->lock);
  if (wake)
    {
      GSource *source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, on_woken, redes_mailbox_ref (self),
                             (GDestroyNotify)redes_mailbox_unref);
      g_source_attach (source, self->context);
      g_source_unref (source);
    }
}

void
redes_mailbox_close (RedesMailbox *self)
{
  self->closed = TRUE;
}

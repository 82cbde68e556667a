/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/throttle.h"

#include "engine/base/token-bucket.h"

/* A turn: the plaintext of one full TLS record. */
#define TURN_BYTES 16384u

struct _RedesThrottle
{
  guint ref_count;
  RedesTokenBucket bucket;
  GQueue line;
  GMainContext *context;
  GSource *timer;
};

static void schedule (RedesThrottle *self);

RedesThrottle *
redes_throttle_new (guint64 rate_bytes_per_s)
{
  RedesThrottle *self = g_new0 (RedesThrottle, 1);

  self->ref_count = 1;
  self->context = g_main_context_ref_thread_default ();
  g_queue_init (&self->line);
  redes_token_bucket_set_rate (&self->bucket, rate_bytes_per_s, g_get_monotonic_time ());
  return self;
}

RedesThrottle *
redes_throttle_ref (RedesThrottle *self)
{
  self->ref_count++;
  return self;
}

static void
clear_timer (RedesThrottle *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
redes_throttle_unref (RedesThrottle *self)
{
  if (--self->ref_count > 0)
    return;
  g_assert (g_queue_is_empty (&self->line));
  clear_timer (self);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Lets those at the head of the line have their turn, as long as there is something to give. */
static void
serve (RedesThrottle *self)
{
  guint turns = g_queue_get_length (&self->line);

  redes_throttle_ref (self);
  while (turns-- > 0 && !g_queue_is_empty (&self->line)
         && redes_token_bucket_peek (&self->bucket, TURN_BYTES, g_get_monotonic_time ()) > 0)
    {
      GList *link = g_queue_pop_head_link (&self->line);
      RedesThrottleWaiter *waiter = link->data;

      waiter->waiting = FALSE;
      waiter->ready (waiter->user_data);
    }
  if (self->ref_count > 1)
    schedule (self);
  redes_throttle_unref (self);
}

static gboolean
on_timer (gpointer user_data)
{
  RedesThrottle *self = user_data;

  clear_timer (self);
  serve (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (RedesThrottle *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 wait_us;

  if (g_queue_is_empty (&self->line) || self->timer != NULL)
    return;
  wait_us = redes_token_bucket_wait_us (&self->bucket, TURN_BYTES, now_us);
  self->timer = g_timeout_source_new ((guint) CLAMP ((wait_us + 999) / 1000, 1, 1000));
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

void
redes_throttle_set_rate (RedesThrottle *self, guint64 rate_bytes_per_s)
{
  redes_token_bucket_set_rate (&self->bucket, rate_bytes_per_s, g_get_monotonic_time ());
  clear_timer (self);
  serve (self);
}

void
redes_throttle_waiter_init (RedesThrottleWaiter *waiter,
                            void (*ready) (gpointer user_data),
                            gpointer user_data)
{
  *waiter = (RedesThrottleWaiter){ .ready = ready, .user_data = user_data };
  waiter->link.data = waiter;
}

gsize
redes_throttle_ask (RedesThrottle *self, RedesThrottleWaiter *waiter, gsize want)
{
  gsize granted = 0;

  if (self->bucket.rate_bytes_per_s == 0)
    return want;
  if (waiter->waiting)
    return 0;

  want = MIN (want, TURN_BYTES);
  granted = redes_token_bucket_peek (&self->bucket, want, g_get_monotonic_time ());
  /* A sliver is not worth a record of its own. */
  if (granted >= MIN (want, 1024))
    return granted;

  waiter->waiting = TRUE;
  g_queue_push_tail_link (&self->line, &waiter->link);
  schedule (self);
  return 0;
}

void
redes_throttle_spend (RedesThrottle *self, gsize bytes)
{
  redes_token_bucket_take (&self->bucket, bytes, g_get_monotonic_time ());
}

void
redes_throttle_leave (RedesThrottle *self, RedesThrottleWaiter *waiter)
{
  if (!waiter->waiting)
    return;
  waiter->waiting = FALSE;
  g_queue_unlink (&self->line, &waiter->link);
}

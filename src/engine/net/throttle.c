/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/throttle.h"

#include "engine/base/rate-meter.h"
#include "engine/base/timer.h"
#include "engine/base/token-bucket.h"

/* A turn: the plaintext of one full TLS record, or a quarter of a second's worth if that is less.
 */
#define TURN_BYTES 16384u
/* A sliver is not worth a record of its own. */
#define LEAST_BYTES 1024u

struct _RedesThrottle
{
  guint ref_count;
  const RedesClock *clock;
  RedesTokenBucket bucket;
  RedesRateMeter meter;
  GQueue line;
  /* What those whose turn it is have not asked for yet. */
  gsize granted_bytes;
  GMainContext *context;
  GSource *timer;
};

static void schedule (RedesThrottle *self);

RedesThrottle *
redes_throttle_new (guint64 rate_bytes_per_s, const RedesClock *clock)
{
  RedesThrottle *self = g_new0 (RedesThrottle, 1);

  self->ref_count = 1;
  self->clock = clock != NULL ? clock : redes_clock_get_system ();
  self->context = g_main_context_ref_thread_default ();
  g_queue_init (&self->line);
  redes_token_bucket_set_rate (&self->bucket, rate_bytes_per_s, redes_clock_now_us (self->clock));
  return self;
}

RedesThrottle *
redes_throttle_ref (RedesThrottle *self)
{
  self->ref_count++;
  return self;
}

void
redes_throttle_unref (RedesThrottle *self)
{
  if (--self->ref_count > 0)
    return;
  g_assert (g_queue_is_empty (&self->line));
  redes_timer_clear (&self->timer);
  g_main_context_unref (self->context);
  g_free (self);
}

static gsize
get_turn (const RedesThrottle *self)
{
  return (gsize)CLAMP (self->bucket.rate_per_s / 4, LEAST_BYTES, TURN_BYTES);
}

/* Gives those at the head of the line their turn, as far as there is something to give: they ask
 * and spend only later, from the main loop, so what each is going to take is reckoned with here. */
static void
serve (RedesThrottle *self)
{
  guint turns = g_queue_get_length (&self->line);
  gsize turn = get_turn (self);
  gsize available
      = redes_token_bucket_peek (&self->bucket, turns * turn, redes_clock_now_us (self->clock));

  redes_throttle_ref (self);
  /* Who had no use for its turn until now holds nobody up. */
  self->granted_bytes = 0;
  while (turns-- > 0 && !g_queue_is_empty (&self->line) && available >= turn)
    {
      GList *link = g_queue_pop_head_link (&self->line);
      RedesThrottleWaiter *waiter = link->data;

      available -= turn;
      waiter->waiting = FALSE;
      waiter->turn_bytes = turn;
      self->granted_bytes += turn;
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

  redes_timer_clear (&self->timer);
  serve (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (RedesThrottle *self)
{
  gint64 now_us = redes_clock_now_us (self->clock);
  gint64 wait_us;

  if (g_queue_is_empty (&self->line) || self->timer != NULL)
    return;
  wait_us = redes_token_bucket_wait_us (&self->bucket, get_turn (self), now_us);
  redes_timer_set (&self->timer, self->context, (guint)MIN ((wait_us + 999) / 1000, 1000), on_timer,
                   self);
}

void
redes_throttle_set_rate (RedesThrottle *self, guint64 rate_bytes_per_s)
{
  redes_token_bucket_set_rate (&self->bucket, rate_bytes_per_s, redes_clock_now_us (self->clock));
  redes_timer_clear (&self->timer);
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

static void
use_turn (RedesThrottle *self, RedesThrottleWaiter *waiter, gsize bytes)
{
  waiter->turn_bytes -= bytes;
  self->granted_bytes -= MIN (bytes, self->granted_bytes);
}

gsize
redes_throttle_ask (RedesThrottle *self, RedesThrottleWaiter *waiter, gsize want)
{
  gboolean in_turn;
  gsize granted = 0;

  if (self->bucket.rate_per_s == 0)
    return want;
  if (waiter->waiting)
    return 0;

  in_turn = waiter->turn_bytes >= MIN (want, LEAST_BYTES);
  want = MIN (want, in_turn ? waiter->turn_bytes : get_turn (self));
  if (!in_turn)
    use_turn (self, waiter, waiter->turn_bytes);
  /* Nobody passes those who stand in the line, or have just been called from it. */
  if (in_turn || (g_queue_is_empty (&self->line) && self->granted_bytes == 0))
    granted = redes_token_bucket_peek (&self->bucket, want, redes_clock_now_us (self->clock));
  if (granted >= MIN (want, LEAST_BYTES))
    {
      if (in_turn)
        use_turn (self, waiter, granted);
      return granted;
    }

  use_turn (self, waiter, waiter->turn_bytes);
  waiter->waiting = TRUE;
  g_queue_push_tail_link (&self->line, &waiter->link);
  schedule (self);
  return 0;
}

void
redes_throttle_spend (RedesThrottle *self, gsize bytes)
{
  gint64 now_us = redes_clock_now_us (self->clock);

  redes_token_bucket_take (&self->bucket, bytes, now_us);
  redes_rate_meter_add (&self->meter, bytes, now_us);
}

gdouble
redes_throttle_get_rate (RedesThrottle *self)
{
  return redes_rate_meter_get (&self->meter, redes_clock_now_us (self->clock));
}

void
redes_throttle_leave (RedesThrottle *self, RedesThrottleWaiter *waiter)
{
  use_turn (self, waiter, waiter->turn_bytes);
  if (!waiter->waiting)
    return;
  waiter->waiting = FALSE;
  g_queue_unlink (&self->line, &waiter->link);
}

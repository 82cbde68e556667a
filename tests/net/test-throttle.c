/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/throttle.h"
#include "net-fixture.h"

#define N_TAKERS 3

/* One who always wants more, as a channel does: it asks from the main loop once it is its turn. */
typedef struct
{
  RedesThrottle *throttle;
  RedesThrottleWaiter waiter;
  gsize want;
  guint64 taken;
  gsize largest;
  guint idle;
} Taker;

static gboolean
on_turn (gpointer user_data)
{
  Taker *self = user_data;
  gsize granted;

  self->idle = 0;
  while ((granted = redes_throttle_ask (self->throttle, &self->waiter, self->want)) > 0)
    {
      g_assert_cmpuint (granted, <=, self->want);
      redes_throttle_spend (self->throttle, granted);
      self->taken += granted;
      self->largest = MAX (self->largest, granted);
      if (self->taken > 64 * 1024 * 1024)
        break;
    }
  return G_SOURCE_REMOVE;
}

static void
on_ready (gpointer user_data)
{
  Taker *self = user_data;

  g_assert_false (self->waiter.waiting);
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}

static void
taker_start (Taker *self, RedesThrottle *throttle, gsize want)
{
  *self = (Taker){ .throttle = throttle, .want = want };
  redes_throttle_waiter_init (&self->waiter, on_ready, self);
  on_ready (self);
}

static void
taker_stop (Taker *self)
{
  redes_throttle_leave (self->throttle, &self->waiter);
  redes_throttle_leave (self->throttle, &self->waiter);
  if (self->idle != 0)
    g_source_remove (self->idle);
}

static guint64
sum (const Taker *takers)
{
  guint64 bytes = 0;

  for (guint i = 0; i < N_TAKERS; i++)
    bytes += takers[i].taken;
  return bytes;
}

static void
test_no_limit (void)
{
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (0, NULL);
  RedesThrottleWaiter waiter;

  redes_throttle_waiter_init (&waiter, on_ready, NULL);
  g_assert_cmpuint (redes_throttle_ask (throttle, &waiter, G_MAXUINT32), ==, G_MAXUINT32);
  redes_throttle_spend (throttle, G_MAXUINT32);
  g_assert_cmpuint (redes_throttle_ask (throttle, &waiter, 1), ==, 1);
  g_assert_false (waiter.waiting);
}

/* All want as much as they can get: each gets its share, whoever came first. */
static void
test_fair (gconstpointer data)
{
  guint64 rate = GPOINTER_TO_UINT (data);
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (rate, NULL);
  Taker takers[N_TAKERS];
  guint64 all;

  for (guint i = 0; i < N_TAKERS; i++)
    taker_start (&takers[i], throttle, 262144);
  net_wait_for (sum (takers) >= MAX (rate / 2, 20 * 16384));
  all = sum (takers);
  for (guint i = 0; i < N_TAKERS; i++)
    {
      g_test_message ("%u: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, i, takers[i].taken, all);
      g_assert_cmpuint (takers[i].largest, <=, 16384);
      /* What the bucket held at the start goes to whoever came first. */
      g_assert_cmpuint (takers[i].taken, >=, (all - rate / 4) / 5);
      taker_stop (&takers[i]);
    }
}

static gboolean
on_busy (gpointer user_data)
{
  /* A main loop that comes by late finds many turns' worth in the bucket. */
  g_usleep (30000);
  return G_SOURCE_CONTINUE;
}

static void
test_fair_when_late (void)
{
  const guint64 rate = 4 * 1024 * 1024;
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (rate, NULL);
  Taker takers[N_TAKERS];
  guint busy = g_timeout_add (40, on_busy, NULL);
  guint64 all;

  for (guint i = 0; i < N_TAKERS; i++)
    taker_start (&takers[i], throttle, 262144);
  net_wait_for (sum (takers) >= rate);
  all = sum (takers);
  g_source_remove (busy);
  for (guint i = 0; i < N_TAKERS; i++)
    {
      g_test_message ("%u: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, i, takers[i].taken, all);
      g_assert_cmpuint (takers[i].taken, >=, (all - rate / 4) / 4);
      taker_stop (&takers[i]);
    }
}

/* Who wants little is not kept from it by one who wants much. */
static void
test_small_among_large (void)
{
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (400 * 1024, NULL);
  Taker takers[N_TAKERS];

  taker_start (&takers[0], throttle, 262144);
  taker_start (&takers[1], throttle, 262144);
  taker_start (&takers[2], throttle, 100);
  net_wait_for (takers[2].taken >= 1000);
  for (guint i = 0; i < N_TAKERS; i++)
    taker_stop (&takers[i]);
}

static void
test_rate_is_kept (void)
{
  const guint64 rate = 256 * 1024;
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (rate, NULL);
  Taker takers[N_TAKERS];
  gint64 start_us = g_get_monotonic_time ();
  gdouble seconds;

  for (guint i = 0; i < N_TAKERS; i++)
    taker_start (&takers[i], throttle, 262144);
  net_wait_for (sum (takers) >= rate);
  /* Never faster: the bucket's quarter of a second, and one turn each on credit. */
  seconds = (g_get_monotonic_time () - start_us) / 1e6;
  g_assert_cmpuint (sum (takers), <=, (guint64)(rate * (seconds + 0.25)) + N_TAKERS * 16384);
  for (guint i = 0; i < N_TAKERS; i++)
    taker_stop (&takers[i]);
}

/* A new rate is in force for those who stand in the line already. */
static void
test_set_rate (void)
{
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (1, NULL);
  Taker takers[N_TAKERS];
  guint64 before;

  for (guint i = 0; i < N_TAKERS; i++)
    taker_start (&takers[i], throttle, 1000000);
  net_wait_for (takers[0].waiter.waiting && takers[1].waiter.waiting && takers[2].waiter.waiting);
  before = sum (takers);
  g_assert_cmpuint (before, <=, 16384 + 1024);
  redes_throttle_set_rate (throttle, 50 * 1000 * 1000);
  net_wait_for (sum (takers) >= before + 3000000);
  redes_throttle_set_rate (throttle, 1);
  net_wait_for (takers[0].waiter.waiting && takers[1].waiter.waiting && takers[2].waiter.waiting);
  redes_throttle_set_rate (throttle, 0);
  net_wait_for (takers[0].taken > 1000000 && takers[1].taken > 1000000
                && takers[2].taken > 1000000);
  for (guint i = 0; i < N_TAKERS; i++)
    taker_stop (&takers[i]);
}

/* One who leaves does not stop the line. */
static void
test_leave (void)
{
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (200 * 1024, NULL);
  Taker takers[N_TAKERS];
  guint64 left_with;

  for (guint i = 0; i < N_TAKERS; i++)
    taker_start (&takers[i], throttle, 262144);
  net_wait_for (takers[0].waiter.waiting && takers[1].waiter.waiting && takers[2].waiter.waiting);
  taker_stop (&takers[0]);
  left_with = takers[0].taken;
  net_wait_for (takers[1].taken + takers[2].taken > 150 * 1024 && takers[1].taken > 16384
                && takers[2].taken > 16384);
  g_assert_cmpuint (takers[0].taken, ==, left_with);
  taker_stop (&takers[1]);
  taker_stop (&takers[2]);
}

static void
on_ready_for_nothing (gpointer user_data)
{
}

/* One who gets its turn and has no use for it (its socket is empty) does not hold the others up. */
static void
test_unused_turn (void)
{
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (200 * 1024, NULL);
  RedesThrottleWaiter waiter;
  Taker taker;

  redes_throttle_waiter_init (&waiter, on_ready_for_nothing, NULL);
  redes_throttle_spend (throttle, 60 * 1024);
  g_assert_cmpuint (redes_throttle_ask (throttle, &waiter, 16384), ==, 0);
  g_assert_true (waiter.waiting);
  taker_start (&taker, throttle, 262144);
  net_wait_for (taker.taken > 100 * 1024);
  g_assert_false (waiter.waiting);
  taker_stop (&taker);
}

static gint64
get_test_time (gpointer user_data)
{
  return *(gint64 *)user_data;
}

/* Takes all that is granted. */
static guint64
drain (RedesThrottle *throttle, RedesThrottleWaiter *waiter)
{
  guint64 taken = 0;
  gsize granted;

  while ((granted = redes_throttle_ask (throttle, waiter, 16384)) > 0)
    {
      redes_throttle_spend (throttle, granted);
      taken += granted;
    }
  redes_throttle_leave (throttle, waiter);
  return taken;
}

/* What may pass depends on the clock that it was given, and not on the time that a test takes. */
static void
test_clock (void)
{
  const guint64 rate = 400 * 1024;
  gint64 now_us = 1;
  RedesClock clock = { .now_us = get_test_time, .user_data = &now_us };
  g_autoptr (RedesThrottle) throttle = redes_throttle_new (rate, &clock);
  RedesThrottleWaiter waiter;
  guint64 first;

  redes_throttle_waiter_init (&waiter, on_ready, NULL);
  first = drain (throttle, &waiter);
  g_assert_cmpuint (drain (throttle, &waiter), ==, 0);
  now_us += G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;
  g_assert_cmpuint (drain (throttle, &waiter), >=, MAX (first, 16384));
  g_assert_cmpuint (drain (throttle, &waiter), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/throttle/no-limit", test_no_limit);
  g_test_add_data_func ("/net/throttle/fair/100-KiB", GUINT_TO_POINTER (100 * 1024), test_fair);
  g_test_add_data_func ("/net/throttle/fair/2-MiB", GUINT_TO_POINTER (2 * 1024 * 1024), test_fair);
  g_test_add_func ("/net/throttle/fair-when-late", test_fair_when_late);
  g_test_add_func ("/net/throttle/small-among-large", test_small_among_large);
  g_test_add_func ("/net/throttle/rate-is-kept", test_rate_is_kept);
  g_test_add_func ("/net/throttle/set-rate", test_set_rate);
  g_test_add_func ("/net/throttle/leave", test_leave);
  g_test_add_func ("/net/throttle/clock", test_clock);
  g_test_add_func ("/net/throttle/unused-turn", test_unused_turn);
  return g_test_run ();
}

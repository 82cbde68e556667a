/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/clock.h"
#include "engine/base/timer.h"

/* The clock of a test, and what a timer has done. */

typedef struct
{
  GSource *timer;
  guint n_calls;
  guint n_more; /* how often it asks to be called again */
  gboolean sets_anew;
} Counter;

static gboolean
on_timer (gpointer user_data)
{
  Counter *counter = user_data;

  counter->n_calls++;
  if (counter->n_more > 0)
    {
      counter->n_more--;
      if (!counter->sets_anew)
        return G_SOURCE_CONTINUE;
      redes_timer_set (&counter->timer, NULL, 0, on_timer, counter);
      return G_SOURCE_REMOVE;
    }
  redes_timer_clear (&counter->timer);
  return G_SOURCE_REMOVE;
}

static gboolean
on_bound (gpointer user_data)
{
  g_error ("waited in vain for a timer");
  return G_SOURCE_REMOVE;
}

/* Runs @context until @counter's timer is not set any more. */
static void
run (Counter *counter, GMainContext *context)
{
  GSource *bound = NULL;

  redes_timer_set_seconds (&bound, context, 20, on_bound, NULL);
  while (counter->timer != NULL)
    g_main_context_iteration (context, TRUE);
  redes_timer_clear (&bound);
  g_assert_null (bound);
}

static void
test_set (void)
{
  Counter counter = { .n_more = 2 };

  redes_timer_clear (&counter.timer);
  redes_timer_set (&counter.timer, NULL, 1, on_timer, &counter);
  run (&counter, NULL);
  g_assert_cmpuint (counter.n_calls, ==, 3);
}

/* A timer that was set anew comes once, also when it did so itself. */
static void
test_set_anew (void)
{
  Counter counter = { .n_more = 2, .sets_anew = TRUE };

  redes_timer_set (&counter.timer, NULL, 3600 * 1000, on_timer, &counter);
  redes_timer_set_soon (&counter.timer, NULL, on_timer, &counter);
  run (&counter, NULL);
  g_assert_cmpuint (counter.n_calls, ==, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (counter.n_calls, ==, 3);
}

static void
test_clear (void)
{
  Counter counter = { 0 };

  redes_timer_set (&counter.timer, NULL, 0, on_timer, &counter);
  redes_timer_clear (&counter.timer);
  g_assert_null (counter.timer);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (counter.n_calls, ==, 0);
}

static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Counter given = { 0 };
  Counter pushed = { 0 };

  redes_timer_set_soon (&given.timer, context, on_timer, &given);
  g_main_context_push_thread_default (context);
  redes_timer_set (&pushed.timer, NULL, 0, on_timer, &pushed);
  g_main_context_pop_thread_default (context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (given.n_calls + pushed.n_calls, ==, 0);
  run (&given, context);
  run (&pushed, context);
  g_assert_cmpuint (given.n_calls, ==, 1);
  g_assert_cmpuint (pushed.n_calls, ==, 1);
}

static gint64
get_test_time (gpointer user_data)
{
  return *(gint64 *)user_data;
}

static void
test_clock (void)
{
  gint64 now_us = 5;
  RedesClock clock = { .now_us = get_test_time, .user_data = &now_us };
  gint64 before_us = g_get_monotonic_time ();
  gint64 system_us = redes_clock_now_us (redes_clock_get_system ());

  g_assert_cmpint (redes_clock_now_us (&clock), ==, 5);
  now_us = 7;
  g_assert_cmpint (redes_clock_now_us (&clock), ==, 7);
  g_assert_cmpint (system_us, >=, before_us);
  g_assert_cmpint (system_us, <=, g_get_monotonic_time ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timer/set", test_set);
  g_test_add_func ("/timer/set-anew", test_set_anew);
  g_test_add_func ("/timer/clear", test_clear);
  g_test_add_func ("/timer/context", test_context);
  g_test_add_func ("/clock/given-and-system", test_clock);
  return g_test_run ();
}

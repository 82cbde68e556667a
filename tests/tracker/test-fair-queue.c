/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/fair-queue.h"
#include "tracker-fixture.h"

static void
push (RedesFairQueue *queue, const char *address, const char *who, const char *item)
{
  RedesPeerId id = fixture_digest (who);

  redes_fair_queue_push (queue, address, &id, (gpointer)item);
}

/* Takes one, charges it with @cost_us, and returns it. */
static const char *
serve (RedesFairQueue *queue, const char *address, const char *who, gint64 cost_us)
{
  RedesPeerId id = fixture_digest (who);
  const char *item = redes_fair_queue_pop (queue);

  redes_fair_queue_charge (queue, address, &id, cost_us);
  return item;
}

static void
test_order_of_one (void)
{
  RedesFairQueue *queue = redes_fair_queue_new ();
  RedesPeerId id = fixture_digest ("ana");

  g_assert_null (redes_fair_queue_pop (queue));
  push (queue, "192.0.2.1", "ana", "1");
  push (queue, "192.0.2.1", "ana", "2");
  g_assert_cmpuint (redes_fair_queue_get_length (queue), ==, 2);
  g_assert_cmpstr (serve (queue, "192.0.2.1", "ana", 10), ==, "1");
  /* What has been begun comes before what waits. */
  redes_fair_queue_push_back (queue, "192.0.2.1", &id, (gpointer) "1 again");
  push (queue, "192.0.2.1", "ana", "3");
  g_assert_cmpstr (serve (queue, "192.0.2.1", "ana", 10), ==, "1 again");
  g_assert_cmpstr (serve (queue, "192.0.2.1", "ana", 10), ==, "2");
  g_assert_cmpstr (serve (queue, "192.0.2.1", "ana", 10), ==, "3");
  g_assert_null (redes_fair_queue_pop (queue));
  redes_fair_queue_free (queue);
}

/* A hundred that wait at one address do not stand before the one of another, however many
 * identities they are divided among. */
static void
test_addresses (void)
{
  RedesFairQueue *queue = redes_fair_queue_new ();

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *who = g_strdup_printf ("sybil %u", i);

      push (queue, "192.0.2.1", who, "many");
    }
  g_assert_cmpstr (serve (queue, "192.0.2.1", "sybil 0", 1000), ==, "many");
  push (queue, "192.0.2.2", "rui", "one");
  g_assert_cmpstr (serve (queue, "192.0.2.2", "rui", 1000), ==, "one");
  redes_fair_queue_free (queue);
}

static void
test_identities_at_one_address (void)
{
  RedesFairQueue *queue = redes_fair_queue_new ();

  for (guint i = 0; i < 100; i++)
    push (queue, "192.0.2.1", "ana", "ana's");
  g_assert_cmpstr (serve (queue, "192.0.2.1", "ana", 1000), ==, "ana's");
  push (queue, "192.0.2.1", "rui", "rui's");
  g_assert_cmpstr (serve (queue, "192.0.2.1", "rui", 1000), ==, "rui's");
  redes_fair_queue_free (queue);
}

/* Turns are equal by the time they take, not by number: ten short ones to each long one. */
static void
test_by_time (void)
{
  RedesFairQueue *queue = redes_fair_queue_new ();
  guint n_long = 0;
  guint n_short = 0;

  for (guint i = 0; i < 1000; i++)
    {
      push (queue, "192.0.2.1", "long", "long");
      push (queue, "192.0.2.2", "short", "short");
    }
  for (guint i = 0; i < 440; i++)
    {
      const char *item = redes_fair_queue_pop (queue);
      gboolean is_long = g_str_equal (item, "long");
      RedesPeerId id = fixture_digest (item);

      n_long += is_long;
      n_short += !is_long;
      redes_fair_queue_charge (queue, is_long ? "192.0.2.1" : "192.0.2.2", &id,
                               is_long ? 10000 : 1000);
    }
  g_assert_cmpuint (n_long, >=, 39);
  g_assert_cmpuint (n_long, <=, 41);
  g_assert_cmpuint (n_short, ==, 440 - n_long);
  redes_fair_queue_free (queue);
}

/* Who has nothing in the queue for a moment after each long piece of work has used the worker all
 * the same; who comes for the first time does not wait for it. */
static void
test_one_at_a_time (void)
{
  RedesFairQueue *queue = redes_fair_queue_new ();

  push (queue, "192.0.2.1", "greedy", "greedy");
  g_assert_cmpstr (serve (queue, "192.0.2.1", "greedy", 100000), ==, "greedy");
  for (guint i = 0; i < 90; i++)
    {
      push (queue, "192.0.2.1", "greedy", "greedy");
      push (queue, "192.0.2.2", "modest", "modest");
      g_assert_cmpstr (serve (queue, "192.0.2.2", "modest", 1000), ==, "modest");
    }
  /* And is not shut out for ever. */
  for (guint i = 0; i < 20; i++)
    push (queue, "192.0.2.2", "modest", "modest");
  for (guint i = 0; i < 20; i++)
    {
      const char *item = redes_fair_queue_pop (queue);
      RedesPeerId id = fixture_digest ("modest");

      if (g_str_equal (item, "greedy"))
        {
          redes_fair_queue_free (queue);
          return;
        }
      redes_fair_queue_charge (queue, "192.0.2.2", &id, 1000);
    }
  g_assert_not_reached ();
}

static void
test_memory_is_bounded (void)
{
  RedesFairQueue *queue = redes_fair_queue_new ();

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *address = g_strdup_printf ("10.0.%u.%u", i / 256, i % 256);

      push (queue, address, "ana", "1");
      g_assert_nonnull (serve (queue, address, "ana", 1000000));
    }
  g_assert_cmpuint (redes_fair_queue_count_addresses (queue), <=, 4200);
  redes_fair_queue_free (queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tracker/fair-queue/order-of-one", test_order_of_one);
  g_test_add_func ("/tracker/fair-queue/addresses", test_addresses);
  g_test_add_func ("/tracker/fair-queue/identities-at-one-address", test_identities_at_one_address);
  g_test_add_func ("/tracker/fair-queue/by-time", test_by_time);
  g_test_add_func ("/tracker/fair-queue/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/tracker/fair-queue/memory-is-bounded", test_memory_is_bounded);
  return g_test_run ();
}

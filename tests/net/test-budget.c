/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/budget.h"

#define SECONDS(n) ((gint64)(n)*G_USEC_PER_SEC)
#define MIB (1024u * 1024)

typedef struct
{
  RedesBudget *budget;
  RedesBudgetHolder holder;
  guint64 moved;
  guint n_ready;
  guint n_too_slow;
} Owner;

static void
on_ready (gpointer user_data)
{
  ((Owner *)user_data)->n_ready++;
}

static void
on_too_slow (gpointer user_data)
{
  Owner *owner = user_data;

  owner->n_too_slow++;
  redes_budget_leave (owner->budget, &owner->holder);
}

static guint64
get_moved (gpointer user_data)
{
  return ((Owner *)user_data)->moved;
}

static void
own (Owner *owner, RedesBudget *budget, const char *host)
{
  *owner = (Owner){ .budget = budget };
  redes_budget_holder_init (&owner->holder, host, on_ready, on_too_slow, get_moved, owner);
}

static gboolean
ask (Owner *owner, gsize bytes, gint64 now_us)
{
  return redes_budget_ask (owner->budget, &owner->holder, bytes, now_us);
}

static void
test_limits (void)
{
  RedesBudgetLimits limits
      = { .max_bytes = 16 * MIB, .max_address_bytes = 8 * MIB, .patience_us = SECONDS (10) };
  g_autoptr (RedesBudget) budget = redes_budget_new (&limits);
  Owner owners[6];

  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    own (&owners[i], budget, i < 3 ? "192.0.2.1" : i < 5 ? "192.0.2.2" : "192.0.2.3");
  /* Those that are not known to be quick have three quarters of a share: 6 MiB. */
  g_assert_true (ask (&owners[0], 4 * MIB, 0));
  g_assert_true (ask (&owners[1], 2 * MIB, 0));
  g_assert_false (ask (&owners[2], 1, 0));
  g_assert_true (redes_budget_is_short (budget));
  /* Others do not wait behind an address that has its share. */
  g_assert_true (ask (&owners[3], 5 * MIB, 0));
  /* One that has nothing gets what it wants, however much; but there is not enough in all. */
  g_assert_false (ask (&owners[5], 20 * MIB, 0));
  g_assert_cmpuint (redes_budget_get_held (budget), ==, 11 * MIB);
  /* Nor does a small wish pass a large one. */
  g_assert_false (ask (&owners[4], 1, 0));

  redes_budget_leave (budget, &owners[0].holder);
  g_assert_cmpuint (owners[2].n_ready, ==, 1);
  g_assert_cmpuint (owners[4].n_ready, ==, 0);
  redes_budget_leave (budget, &owners[5].holder);
  g_assert_cmpuint (owners[4].n_ready, ==, 1);
  g_assert_false (redes_budget_is_short (budget));
  g_assert_cmpuint (redes_budget_get_held (budget), ==, 7 * MIB + 2);

  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    redes_budget_leave (budget, &owners[i].holder);
  g_assert_cmpuint (redes_budget_get_held (budget), ==, 0);
  g_assert_true (ask (&owners[5], 20 * MIB, 0));
  redes_budget_set (budget, &owners[5].holder, MIB, 0);
  g_assert_cmpuint (redes_budget_get_held (budget), ==, MIB);
  redes_budget_leave (budget, &owners[5].holder);
}

/* Who is slow loses its place when others wait for it, and only then. */
static void
test_slow (void)
{
  RedesBudgetLimits limits = { .max_bytes = 4 * MIB,
                               .max_address_bytes = 4 * MIB,
                               .patience_us = SECONDS (10),
                               .least_bytes_per_s = 4096 };
  g_autoptr (RedesBudget) budget = redes_budget_new (&limits);
  Owner slow, steady, waiter;

  own (&slow, budget, "192.0.2.1");
  own (&steady, budget, "192.0.2.1");
  own (&waiter, budget, "192.0.2.2");
  g_assert_true (ask (&slow, 1 * MIB, 0));
  g_assert_true (ask (&steady, 2 * MIB, 0));
  redes_budget_sweep (budget, SECONDS (100));
  g_assert_cmpuint (slow.n_too_slow, ==, 0);

  g_assert_false (ask (&waiter, 2 * MIB, SECONDS (100)));
  slow.moved += 40959;
  steady.moved += 40960;
  redes_budget_sweep (budget, SECONDS (109));
  g_assert_cmpuint (slow.n_too_slow, ==, 0);
  redes_budget_sweep (budget, SECONDS (110));
  g_assert_cmpuint (slow.n_too_slow, ==, 1);
  g_assert_cmpuint (steady.n_too_slow, ==, 0);
  g_assert_cmpuint (waiter.n_ready, ==, 1);
  redes_budget_leave (budget, &steady.holder);
  redes_budget_leave (budget, &waiter.holder);
}

/* What this end itself makes wait is not slow; nor is what only holds up another address. */
static void
test_excused (void)
{
  RedesBudgetLimits limits = { .max_bytes = 16 * MIB,
                               .max_address_bytes = 4 * MIB,
                               .patience_us = SECONDS (10),
                               .least_bytes_per_s = 4096 };
  g_autoptr (RedesBudget) budget = redes_budget_new (&limits);
  Owner own_limit, elsewhere, waiter;

  own (&own_limit, budget, "192.0.2.1");
  own (&elsewhere, budget, "192.0.2.2");
  own (&waiter, budget, "192.0.2.1");
  own_limit.moved = REDES_BUDGET_EXCUSED;
  g_assert_true (ask (&own_limit, 3 * MIB, 0));
  g_assert_true (ask (&elsewhere, 3 * MIB, 0));
  g_assert_false (ask (&waiter, 2 * MIB, 0));
  redes_budget_sweep (budget, SECONDS (20));
  g_assert_cmpuint (own_limit.n_too_slow + elsewhere.n_too_slow, ==, 0);
  own_limit.moved = 5;
  redes_budget_sweep (budget, SECONDS (21));
  redes_budget_sweep (budget, SECONDS (30));
  g_assert_cmpuint (own_limit.n_too_slow, ==, 0);
  redes_budget_sweep (budget, SECONDS (31));
  g_assert_cmpuint (own_limit.n_too_slow, ==, 1);
  g_assert_cmpuint (elsewhere.n_too_slow, ==, 0);
  redes_budget_leave (budget, &elsewhere.holder);
  redes_budget_leave (budget, &waiter.holder);
}

/* What nobody waits for is held for long, but not for ever. */
static void
test_alone (void)
{
  RedesBudgetLimits limits = { .max_bytes = 4 * MIB,
                               .max_address_bytes = 4 * MIB,
                               .patience_us = SECONDS (10),
                               .least_bytes_per_s = 4096,
                               .least_alone_bytes_per_s = 256 };
  g_autoptr (RedesBudget) budget = redes_budget_new (&limits);
  Owner owner;

  own (&owner, budget, "192.0.2.1");
  g_assert_true (ask (&owner, MIB, 0));
  redes_budget_sweep (budget, SECONDS (10));
  redes_budget_sweep (budget, SECONDS (20));
  owner.moved += 2560;
  redes_budget_sweep (budget, SECONDS (30));
  redes_budget_sweep (budget, SECONDS (40));
  redes_budget_sweep (budget, SECONDS (50));
  g_assert_cmpuint (owner.n_too_slow, ==, 0);
  redes_budget_sweep (budget, SECONDS (60));
  g_assert_cmpuint (owner.n_too_slow, ==, 1);
}

/* Slow ones at several addresses do not stop a newcomer from elsewhere. */
static void
test_elsewhere (void)
{
  RedesBudgetLimits limits
      = { .max_bytes = 8 * MIB, .max_address_bytes = 4 * MIB, .patience_us = SECONDS (10) };
  g_autoptr (RedesBudget) budget = redes_budget_new (&limits);
  Owner slow[8], newcomer;

  for (guint i = 0; i < 8; i++)
    {
      own (&slow[i], budget, i % 2 == 0 ? "192.0.2.1" : "192.0.2.2");
      g_assert_cmpint (ask (&slow[i], MIB, 0), ==, i < 6);
    }
  own (&newcomer, budget, "192.0.2.3");
  g_assert_true (ask (&newcomer, MIB, 0));
  g_assert_false (ask (&newcomer, MIB, 0));
  redes_budget_leave (budget, &newcomer.holder);
  g_assert_true (ask (&newcomer, 2 * MIB, 0));
  redes_budget_leave (budget, &newcomer.holder);
  for (guint i = 0; i < 8; i++)
    redes_budget_leave (budget, &slow[i].holder);
}

/* Many that are slow leave a quarter to those that have shown that they are not. */
static void
test_quick (void)
{
  RedesBudgetLimits limits = { .max_bytes = 8 * MIB,
                               .max_address_bytes = 8 * MIB,
                               .patience_us = SECONDS (10),
                               .least_bytes_per_s = 4096 };
  g_autoptr (RedesBudget) budget = redes_budget_new (&limits);
  Owner quick, slow[8];

  own (&quick, budget, "192.0.2.1");
  for (guint i = 0; i < 8; i++)
    own (&slow[i], budget, "192.0.2.1");
  g_assert_true (ask (&quick, MIB, SECONDS (1)));
  quick.moved += MIB;
  redes_budget_set (budget, &quick.holder, 0, SECONDS (2));

  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (ask (&slow[i], MIB, SECONDS (3)), ==, i < 6);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (ask (&quick, MIB, SECONDS (4 + i)));
      quick.moved += MIB;
      redes_budget_set (budget, &quick.holder, 0, SECONDS (4 + i));
    }
  /* It is found out when it is quick no more. */
  g_assert_true (ask (&quick, 2 * MIB, SECONDS (10)));
  redes_budget_sweep (budget, SECONDS (12));
  quick.moved += 100000;
  redes_budget_sweep (budget, SECONDS (21));
  g_assert_false (quick.holder.is_quick);
  redes_budget_leave (budget, &quick.holder);
  for (guint i = 0; i < 8; i++)
    redes_budget_leave (budget, &slow[i].holder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budget/limits", test_limits);
  g_test_add_func ("/budget/slow", test_slow);
  g_test_add_func ("/budget/excused", test_excused);
  g_test_add_func ("/budget/alone", test_alone);
  g_test_add_func ("/budget/elsewhere", test_elsewhere);
  g_test_add_func ("/budget/quick", test_quick);
  return g_test_run ();
}

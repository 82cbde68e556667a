/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/token-bucket.h"

#define START_US (G_GINT64_CONSTANT (1000) * G_USEC_PER_SEC)

static void
test_no_limit (void)
{
  RedesTokenBucket bucket = { 0 };

  g_assert_cmpuint (redes_token_bucket_peek (&bucket, G_MAXSIZE, START_US), ==, G_MAXSIZE);
  redes_token_bucket_take (&bucket, 1 << 30, START_US);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 5, START_US), ==, 5);
  g_assert_cmpint (redes_token_bucket_wait_us (&bucket, G_MAXSIZE, START_US), ==, 0);
}

static void
test_capacity (void)
{
  static const struct
  {
    guint64 rate;
    gsize capacity;
  } cases[] = {
    { 1, 16384 }, { 1024, 16384 }, { 65536, 16384 }, { 400000, 100000 }, { 1u << 30, 1u << 28 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RedesTokenBucket bucket = { 0 };

      redes_token_bucket_set_rate (&bucket, cases[i].rate, START_US);
      g_assert_cmpuint (redes_token_bucket_peek (&bucket, G_MAXSIZE, START_US), ==,
                        cases[i].capacity);
      /* It does not grow by waiting. */
      g_assert_cmpuint (redes_token_bucket_peek (&bucket, G_MAXSIZE, 2 * START_US), ==,
                        cases[i].capacity);
      g_assert_cmpuint (redes_token_bucket_peek (&bucket, 100, START_US), ==, 100);
    }
}

/* Over a long time as much passes as the rate says, whatever the pieces. */
static void
test_rate_holds (void)
{
  static const gsize wants[] = { 100, 1000, 16384, 50000, 1 << 20 };
  const guint64 rate = 100000;

  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      RedesTokenBucket bucket = { 0 };
      gint64 now_us = START_US;
      gint64 end_us = START_US + 60 * G_USEC_PER_SEC;
      guint64 passed = 0;
      guint rounds = 0;

      redes_token_bucket_set_rate (&bucket, rate, now_us);
      while (now_us < end_us && rounds++ < 1000000)
        {
          gint64 wait_us = redes_token_bucket_wait_us (&bucket, wants[i], now_us);
          gsize may;

          now_us += wait_us;
          may = redes_token_bucket_peek (&bucket, wants[i], now_us);
          /* Whoever waited as long as told gets something. */
          g_assert_cmpuint (may, >, 0);
          g_assert_cmpuint (may, ==, MIN (wants[i], 25000));
          redes_token_bucket_take (&bucket, may, now_us);
          passed += may;
        }
      g_assert_cmpuint (passed, >=, 60 * rate - 25000);
      g_assert_cmpuint (passed, <=, 60 * rate + 2 * 25000);
    }
}

static void
test_debt (void)
{
  RedesTokenBucket bucket = { 0 };

  redes_token_bucket_set_rate (&bucket, 100000, START_US);
  redes_token_bucket_take (&bucket, 125000, START_US);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1, START_US), ==, 0);
  /* 100,000 owed and 1,000 wanted at 100,000 a second. */
  g_assert_cmpint (redes_token_bucket_wait_us (&bucket, 1000, START_US), >=, 1009000);
  g_assert_cmpint (redes_token_bucket_wait_us (&bucket, 1000, START_US), <=, 1010001);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1000, START_US + 1000000), ==, 0);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1000, START_US + 1010000), ==, 1000);
}

static void
test_change_of_rate (void)
{
  RedesTokenBucket bucket = { 0 };

  redes_token_bucket_set_rate (&bucket, 400000, START_US);
  redes_token_bucket_take (&bucket, 100000, START_US);
  redes_token_bucket_set_rate (&bucket, 800000, START_US);
  /* Nothing is given for changing the rate. */
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1, START_US), ==, 0);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1 << 20, START_US + G_USEC_PER_SEC), ==,
                    200000);

  redes_token_bucket_set_rate (&bucket, 0, START_US + G_USEC_PER_SEC);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1 << 20, START_US + G_USEC_PER_SEC), ==,
                    1 << 20);
}

static void
test_clock_runs_back (void)
{
  RedesTokenBucket bucket = { 0 };

  redes_token_bucket_set_rate (&bucket, 400000, START_US);
  redes_token_bucket_take (&bucket, 90000, START_US);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1 << 20, START_US - G_USEC_PER_SEC), ==,
                    10000);
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 1 << 20, START_US), ==, 10000);
}

/* What is counted: a burst, and then so many a second, however long nobody asked before. */
static void
test_counted (void)
{
  RedesTokenBucket bucket;
  gint64 now_us = START_US;

  redes_token_bucket_init (&bucket, 4, 10, now_us);
  g_assert_true (redes_token_bucket_is_full (&bucket, now_us));
  for (guint i = 0; i < 10; i++)
    g_assert_true (redes_token_bucket_try (&bucket, now_us));
  g_assert_false (redes_token_bucket_try (&bucket, now_us));
  g_assert_false (redes_token_bucket_is_full (&bucket, now_us));
  g_assert_cmpint (redes_token_bucket_wait_us (&bucket, 1, now_us), ==, 250000);
  g_assert_false (redes_token_bucket_try (&bucket, now_us + 240000));
  g_assert_true (redes_token_bucket_try (&bucket, now_us + 250000));
  g_assert_false (redes_token_bucket_try (&bucket, now_us + 250000));

  now_us += 250000;
  g_assert_cmpint (redes_token_bucket_wait_us (&bucket, 100, now_us), ==, 2500000);
  g_assert_false (redes_token_bucket_is_full (&bucket, now_us + 2400000));
  g_assert_true (redes_token_bucket_is_full (&bucket, now_us + 2500000));
  g_assert_cmpuint (redes_token_bucket_peek (&bucket, 100, now_us + 60 * G_USEC_PER_SEC), ==, 10);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-bucket/no-limit", test_no_limit);
  g_test_add_func ("/token-bucket/capacity", test_capacity);
  g_test_add_func ("/token-bucket/rate-holds", test_rate_holds);
  g_test_add_func ("/token-bucket/debt", test_debt);
  g_test_add_func ("/token-bucket/change-of-rate", test_change_of_rate);
  g_test_add_func ("/token-bucket/clock-runs-back", test_clock_runs_back);
  g_test_add_func ("/token-bucket/counted", test_counted);
  return g_test_run ();
}

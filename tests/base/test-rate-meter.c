/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/rate-meter.h"

#define START_US (G_GINT64_CONSTANT (1000) * G_USEC_PER_SEC)

static void
assert_near (gdouble value, gdouble expected, gdouble share)
{
  g_assert_cmpfloat (value, >=, expected * (1.0 - share));
  g_assert_cmpfloat (value, <=, expected * (1.0 + share));
}

static void
test_nothing (void)
{
  RedesRateMeter meter = { 0 };

  g_assert_cmpfloat (redes_rate_meter_get (&meter, START_US), ==, 0.0);
  g_assert_cmpfloat (redes_rate_meter_get (&meter, 0), ==, 0.0);
}

/* Shows the truth soon, and not a mean with the time before the first byte. */
static void
test_steady (void)
{
  RedesRateMeter meter = { 0 };
  gint64 now_us = START_US;

  for (guint i = 0; i < 1000; i++)
    {
      redes_rate_meter_add (&meter, 10000, now_us);
      now_us += 10000;
      if (i == 50)
        assert_near (redes_rate_meter_get (&meter, now_us), 1e6, 0.25);
    }
  assert_near (redes_rate_meter_get (&meter, now_us), 1e6, 0.05);
  g_assert_cmpuint (meter.total_bytes, ==, 10000000);
}

static void
test_decay (void)
{
  RedesRateMeter meter = { 0 };
  gint64 now_us = START_US;
  gdouble before;

  for (guint i = 0; i < 500; i++)
    redes_rate_meter_add (&meter, 10000, now_us += 10000);

  before = redes_rate_meter_get (&meter, now_us);
  /* One time constant later: about 1/e of it is left. */
  assert_near (redes_rate_meter_get (&meter, now_us + 2 * G_USEC_PER_SEC), before / 2.718, 0.15);
  g_assert_cmpfloat (redes_rate_meter_get (&meter, now_us + 120 * G_USEC_PER_SEC), ==, 0.0);
  /* Looking does not change it. */
  g_assert_cmpfloat (redes_rate_meter_get (&meter, now_us), ==, before);
}

static void
test_change (void)
{
  RedesRateMeter meter = { 0 };
  gint64 now_us = START_US;

  for (guint i = 0; i < 1000; i++)
    redes_rate_meter_add (&meter, 10000, now_us += 10000);
  for (guint i = 0; i < 1000; i++)
    redes_rate_meter_add (&meter, 40000, now_us += 10000);
  assert_near (redes_rate_meter_get (&meter, now_us), 4e6, 0.1);
}

/* Many bytes at one instant are no infinite rate. */
static void
test_burst (void)
{
  RedesRateMeter meter = { 0 };

  for (guint i = 0; i < 100; i++)
    redes_rate_meter_add (&meter, 100000, START_US);
  g_assert_cmpfloat (redes_rate_meter_get (&meter, START_US), <=, 1e8);
  /* A little less than 10 MB in a second: what is older weighs less. */
  assert_near (redes_rate_meter_get (&meter, START_US + G_USEC_PER_SEC), 0.8e7, 0.1);
  /* A clock that stands still or runs back does no harm. */
  g_assert_cmpfloat (redes_rate_meter_get (&meter, START_US - G_USEC_PER_SEC), >=, 0.0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-meter/nothing", test_nothing);
  g_test_add_func ("/rate-meter/steady", test_steady);
  g_test_add_func ("/rate-meter/decay", test_decay);
  g_test_add_func ("/rate-meter/change", test_change);
  g_test_add_func ("/rate-meter/burst", test_burst);
  return g_test_run ();
}

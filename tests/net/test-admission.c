/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/address-group.h"
#include "engine/net/admission.h"

#define MEMBER(n) GUINT_TO_POINTER (n)
#define SECONDS(n) ((gint64)(n)*G_USEC_PER_SEC)

static gboolean
are_one (const char *a, const char *b)
{
  RedesAddressGroup group_a, group_b;

  redes_address_group_from_host (&group_a, a);
  redes_address_group_from_host (&group_b, b);
  if (redes_address_group_equal (&group_a, &group_b))
    g_assert_cmpuint (redes_address_group_hash (&group_a), ==, redes_address_group_hash (&group_b));
  return redes_address_group_equal (&group_a, &group_b);
}

static void
test_address_groups (void)
{
  RedesAddressGroup group;

  g_assert_true (are_one ("192.0.2.1", "192.0.2.1"));
  g_assert_true (are_one ("192.0.2.1", "::ffff:192.0.2.1"));
  g_assert_false (are_one ("192.0.2.1", "192.0.2.2"));
  g_assert_false (are_one ("127.0.0.1", "127.0.0.2"));
  g_assert_true (are_one ("2001:db8::1", "2001:db8:0:0:ffff::2"));
  g_assert_false (are_one ("2001:db8::1", "2001:db8:0:1::1"));
  g_assert_false (are_one ("::1", "::2"));
  g_assert_false (are_one ("fe80::1", "fe80::2"));
  g_assert_true (are_one ("", "example.org"));
  g_assert_false (are_one ("", "0.0.0.0"));

  redes_address_group_from_host (&group, "127.8.9.10");
  g_assert_true (redes_address_group_is_loopback (&group));
  redes_address_group_from_host (&group, "::1");
  g_assert_true (redes_address_group_is_loopback (&group));
  redes_address_group_from_host (&group, "192.0.2.1");
  g_assert_false (redes_address_group_is_loopback (&group));
  redes_address_group_from_host (&group, "::2");
  g_assert_false (redes_address_group_is_loopback (&group));
}

/* One address has no more than its own places, and its own idlest makes room. */
static void
test_one_address (void)
{
  RedesAdmissionLimits limits = { .max = 100, .max_per_address = 4, .max_per_loopback_address = 8 };
  RedesAdmission *table = redes_admission_new (&limits);

  g_assert_null (redes_admission_enter (table, MEMBER (99), "198.51.100.1", 0));
  for (guint i = 1; i <= 4; i++)
    g_assert_null (redes_admission_enter (table, MEMBER (i), "192.0.2.1", i));
  /* The first was active since. */
  redes_admission_touch (table, MEMBER (1), 10);
  g_assert_true (redes_admission_enter (table, MEMBER (5), "192.0.2.1", 11) == MEMBER (2));
  g_assert_true (redes_admission_enter (table, MEMBER (6), "::ffff:192.0.2.1", 12) == MEMBER (3));
  g_assert_cmpuint (redes_admission_get_n_members (table), ==, 5);
  g_assert_true (redes_admission_leave (table, MEMBER (99)));
  g_assert_false (redes_admission_leave (table, MEMBER (99)));
  g_assert_false (redes_admission_leave (table, MEMBER (2)));

  for (guint i = 20; i < 28; i++)
    g_assert_null (redes_admission_enter (table, MEMBER (i), "127.0.0.1", i));
  g_assert_true (redes_admission_enter (table, MEMBER (28), "127.0.0.1", 28) == MEMBER (20));
  g_assert_null (redes_admission_enter (table, MEMBER (29), "127.0.0.2", 29));
  redes_admission_free (table);
}

/* When all places are taken, the address that has most of them gives one up, not the oldest. */
static void
test_many_addresses (void)
{
  RedesAdmissionLimits limits = { .max = 10, .max_per_address = 6, .max_per_loopback_address = 6 };
  RedesAdmission *table = redes_admission_new (&limits);

  g_assert_null (redes_admission_enter (table, MEMBER (1), "192.0.2.1", 1));
  for (guint i = 2; i <= 7; i++)
    g_assert_null (redes_admission_enter (table, MEMBER (i), "192.0.2.2", i));
  for (guint i = 8; i <= 10; i++)
    g_assert_null (redes_admission_enter (table, MEMBER (i), "192.0.2.3", i));
  g_assert_true (redes_admission_enter (table, MEMBER (11), "192.0.2.4", 11) == MEMBER (2));
  g_assert_true (redes_admission_enter (table, MEMBER (12), "192.0.2.5", 12) == MEMBER (3));
  g_assert_true (redes_admission_enter (table, MEMBER (13), "192.0.2.6", 13) == MEMBER (4));
  /* Two addresses have three now: the idlest of both goes. */
  g_assert_true (redes_admission_enter (table, MEMBER (14), "192.0.2.7", 14) == MEMBER (5));
  g_assert_true (redes_admission_enter (table, MEMBER (15), "192.0.2.8", 15) == MEMBER (8));
  g_assert_cmpuint (redes_admission_get_n_members (table), ==, 10);
  redes_admission_free (table);
}

/* Who asks keeps its place, for a while, against one of the same standing. */
static void
test_keep (void)
{
  RedesAdmissionLimits limits
      = { .max = 4, .max_per_address = 3, .max_per_loopback_address = 3, .keep_us = SECONDS (10) };
  RedesAdmission *table = redes_admission_new (&limits);

  for (guint i = 1; i <= 3; i++)
    g_assert_null (redes_admission_enter (table, MEMBER (i), "192.0.2.1", 0));
  redes_admission_touch (table, MEMBER (1), SECONDS (1));
  redes_admission_touch (table, MEMBER (3), SECONDS (1));
  /* To have come is no activity. */
  g_assert_true (redes_admission_enter (table, MEMBER (4), "192.0.2.1", SECONDS (1)) == MEMBER (2));
  redes_admission_touch (table, MEMBER (4), SECONDS (1));
  g_assert_true (redes_admission_enter (table, MEMBER (5), "192.0.2.1", SECONDS (10))
                 == MEMBER (5));
  g_assert_false (redes_admission_leave (table, MEMBER (5)));

  /* An address that has more gives way in any case. */
  g_assert_null (redes_admission_enter (table, MEMBER (6), "192.0.2.2", SECONDS (2)));
  redes_admission_touch (table, MEMBER (6), SECONDS (2));
  g_assert_true (redes_admission_enter (table, MEMBER (7), "192.0.2.3", SECONDS (3)) == MEMBER (1));
  g_assert_true (redes_admission_enter (table, MEMBER (8), "192.0.2.1", SECONDS (12))
                 == MEMBER (3));
  redes_admission_free (table);
}

/* One address enters no more than so many a second, whether they stay or not; another has its own
 * rate, and that of a machine with many peers is higher. */
static void
test_rate (void)
{
  RedesAdmissionLimits limits = { .max = 1000,
                                  .max_per_address = 1000,
                                  .max_per_loopback_address = 1000,
                                  .rate = { .per_s = 2, .at_once = 5 },
                                  .loopback_rate = { .per_s = 10, .at_once = 50 } };
  RedesAdmission *table = redes_admission_new (&limits);
  guint n = 0;

  for (guint i = 1; i <= 100; i++)
    if (redes_admission_enter (table, MEMBER (i), "192.0.2.1", SECONDS (1)) != MEMBER (i))
      {
        n++;
        g_assert_true (redes_admission_leave (table, MEMBER (i)));
      }
  g_assert_cmpuint (n, ==, 5);
  /* Those that were refused are not in the table. */
  g_assert_cmpuint (redes_admission_get_n_members (table), ==, 0);
  /* A network of IPv6 has one rate for all of its addresses. */
  n = 0;
  for (guint i = 1; i <= 100; i++)
    {
      g_autofree char *host = g_strdup_printf ("2001:db8::%x", i);

      n += redes_admission_enter (table, MEMBER (i), host, SECONDS (1)) != MEMBER (i);
    }
  g_assert_cmpuint (n, ==, 5);
  g_assert_null (redes_admission_enter (table, MEMBER (200), "192.0.2.2", SECONDS (1)));

  /* Two more each second. */
  n = 0;
  for (guint i = 201; i <= 300; i++)
    n += redes_admission_enter (table, MEMBER (i), "192.0.2.1", SECONDS (1) + 100000 * (i - 200))
         != MEMBER (i);
  g_assert_cmpuint (n, >=, 19);
  g_assert_cmpuint (n, <=, 21);

  n = 0;
  for (guint i = 301; i <= 400; i++)
    n += redes_admission_enter (table, MEMBER (i), "127.0.0.1", SECONDS (1)) != MEMBER (i);
  g_assert_cmpuint (n, ==, 50);
  redes_admission_free (table);
}

/* Addresses that came long ago take no memory. */
static void
test_rates_forgotten (void)
{
  RedesAdmissionLimits limits = { .max = 10,
                                  .max_per_address = 10,
                                  .max_per_loopback_address = 10,
                                  .rate = { .per_s = 2, .at_once = 5 } };
  RedesAdmission *table = redes_admission_new (&limits);

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *host
          = g_strdup_printf ("198.%u.%u.%u", 18 + i / 65536, i / 256 % 256, i % 256);

      redes_admission_enter (table, MEMBER (i + 1), host, SECONDS (1) + 10000 * (gint64)i);
      redes_admission_leave (table, MEMBER (i + 1));
    }
  g_assert_cmpuint (redes_admission_get_n_rates (table), <=, 1000);
  redes_admission_free (table);
}

static void
test_scale (void)
{
  g_assert_cmpuint (redes_admission_scale (1, 2), ==, 1);
  g_assert_cmpuint (redes_admission_scale (4, 2), ==, 4);
  g_assert_cmpuint (redes_admission_scale (G_MAXUINT, G_MAXUINT), >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/admission/address-groups", test_address_groups);
  g_test_add_func ("/admission/one-address", test_one_address);
  g_test_add_func ("/admission/many-addresses", test_many_addresses);
  g_test_add_func ("/admission/keep", test_keep);
  g_test_add_func ("/admission/rate", test_rate);
  g_test_add_func ("/admission/rates-forgotten", test_rates_forgotten);
  g_test_add_func ("/admission/scale", test_scale);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/natural-order.h"

#include <locale.h>
#include <string.h>

static void
test_order (void)
{
  /* Each comes before the next. */
  static const char *const names[] = {
    "1.txt",     "2.txt",         "10.txt",     "Day 1 Lisbon", "Day 2 Porto", "day 10 Faro",
    "IMG_2.jpg", "IMG_2 (2).jpg", "IMG_10.jpg", "img_11.jpg",   "Track 9",     "Track 10",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
      {
        gint order = redes_natural_order_compare (names[i], names[j]);

        g_test_message ("%s, %s: %d", names[i], names[j], order);
        g_assert_cmpint (i < j, ==, order < 0);
        g_assert_cmpint (i == j, ==, order == 0);
      }
}

static void
test_keys_differ (void)
{
  static const char *const names[]
      = { "1", "01", "001", "a", "A", "\xc3\xa9", "e\xcc\x81", "\xff", "\xff\xfe", "", "\x7f" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
      g_assert_cmpint (i == j, ==, redes_natural_order_compare (names[i], names[j]) == 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/natural-order/order", test_order);
  g_test_add_func ("/base/natural-order/keys-differ", test_keys_differ);
  return g_test_run ();
}

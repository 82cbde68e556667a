/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/bitfield.h"

static void
test_empty (void)
{
  g_autoptr (RedesBitfield) field = redes_bitfield_new (0);
  g_autoptr (GBytes) bytes = redes_bitfield_to_bytes (field);
  g_autoptr (RedesBitfield) back = redes_bitfield_new_from_bytes (0, NULL, 0);

  g_assert_cmpuint (redes_bitfield_get_size (field), ==, 0);
  g_assert_true (redes_bitfield_is_full (field));
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_assert_nonnull (back);
  redes_bitfield_set_all (field);
  g_assert_cmpuint (redes_bitfield_get_count (field), ==, 0);
}

static void
test_set_and_clear (void)
{
  for (guint n = 1; n <= 130; n++)
    {
      g_autoptr (RedesBitfield) field = redes_bitfield_new (n);

      for (guint i = 0; i < n; i++)
        {
          g_assert_false (redes_bitfield_is_full (field));
          g_assert_false (redes_bitfield_get (field, i));
          g_assert_true (redes_bitfield_set (field, i));
          g_assert_false (redes_bitfield_set (field, i));
          g_assert_true (redes_bitfield_get (field, i));
          g_assert_cmpuint (redes_bitfield_get_count (field), ==, i + 1);
        }
      g_assert_true (redes_bitfield_is_full (field));

      g_assert_true (redes_bitfield_clear (field, n / 2));
      g_assert_false (redes_bitfield_clear (field, n / 2));
      g_assert_cmpuint (redes_bitfield_get_count (field), ==, n - 1);
      g_assert_false (redes_bitfield_get (field, n / 2));
    }
}

static void
test_set_all (void)
{
  for (guint n = 1; n <= 40; n++)
    {
      g_autoptr (RedesBitfield) all = redes_bitfield_new (n);
      g_autoptr (RedesBitfield) one_by_one = redes_bitfield_new (n);
      g_autoptr (GBytes) a = NULL;
      g_autoptr (GBytes) b = NULL;

      redes_bitfield_set_all (all);
      for (guint i = 0; i < n; i++)
        redes_bitfield_set (one_by_one, i);
      a = redes_bitfield_to_bytes (all);
      b = redes_bitfield_to_bytes (one_by_one);
      g_assert_true (g_bytes_equal (a, b));
      g_assert_true (redes_bitfield_is_full (all));
      g_assert_cmpuint (redes_bitfield_get_count (all), ==, n);
    }
}

static void
test_copy (void)
{
  g_autoptr (RedesBitfield) field = redes_bitfield_new (20);
  g_autoptr (RedesBitfield) copy = NULL;

  redes_bitfield_set (field, 3);
  copy = redes_bitfield_copy (field);
  redes_bitfield_set (field, 4);

  g_assert_cmpuint (redes_bitfield_get_size (copy), ==, 20);
  g_assert_cmpuint (redes_bitfield_get_count (copy), ==, 1);
  g_assert_true (redes_bitfield_get (copy, 3));
  g_assert_false (redes_bitfield_get (copy, 4));
}

/* Bit 0 is the high bit of the first byte. */
static void
test_wire_order (void)
{
  static const guint8 expected[] = { 0x80, 0x41, 0x80 };
  g_autoptr (RedesBitfield) field = redes_bitfield_new (17);
  g_autoptr (RedesBitfield) back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize len;
  const guint8 *data;

  redes_bitfield_set (field, 0);
  redes_bitfield_set (field, 9);
  redes_bitfield_set (field, 15);
  redes_bitfield_set (field, 16);
  bytes = redes_bitfield_to_bytes (field);
  data = g_bytes_get_data (bytes, &len);
  g_assert_cmpmem (data, len, expected, sizeof expected);

  back = redes_bitfield_new_from_bytes (17, data, len);
  g_assert_nonnull (back);
  g_assert_cmpuint (redes_bitfield_get_count (back), ==, 4);
  for (guint i = 0; i < 17; i++)
    g_assert_cmpint (redes_bitfield_get (back, i), ==, redes_bitfield_get (field, i));
}

static void
test_refused (void)
{
  static const struct
  {
    guint n_bits;
    guint8 bytes[4];
    gsize len;
    gboolean valid;
  } cases[] = {
    { 0, { 0 }, 1, FALSE },
    { 1, { 0 }, 0, FALSE },
    { 1, { 0x80 }, 1, TRUE },
    { 1, { 0x40 }, 1, FALSE },
    { 1, { 0x01 }, 1, FALSE },
    { 7, { 0xfe }, 1, TRUE },
    { 7, { 0x01 }, 1, FALSE },
    { 8, { 0xff }, 1, TRUE },
    { 8, { 0xff, 0x00 }, 2, FALSE },
    { 9, { 0xff }, 1, FALSE },
    { 9, { 0xff, 0x80 }, 2, TRUE },
    { 9, { 0xff, 0xc0 }, 2, FALSE },
    { 9, { 0xff, 0x80, 0x00 }, 3, FALSE },
    { G_MAXUINT, { 0 }, 4, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* Of the exact size, so that a read past its end is seen by AddressSanitizer. */
      g_autofree guint8 *data = g_memdup2 (cases[i].bytes, cases[i].len);
      g_autoptr (RedesBitfield) field
          = redes_bitfield_new_from_bytes (cases[i].n_bits, data, cases[i].len);

      g_test_message ("case %u", i);
      g_assert_cmpint (field != NULL, ==, cases[i].valid);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitfield/empty", test_empty);
  g_test_add_func ("/bitfield/set-and-clear", test_set_and_clear);
  g_test_add_func ("/bitfield/set-all", test_set_all);
  g_test_add_func ("/bitfield/copy", test_copy);
  g_test_add_func ("/bitfield/wire-order", test_wire_order);
  g_test_add_func ("/bitfield/refused", test_refused);
  return g_test_run ();
}

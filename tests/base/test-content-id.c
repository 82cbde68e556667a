/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/content-id.h"

static RedesContentId
make (guint8 first, guint64 size_bytes)
{
  RedesContentId content = { { { first } }, size_bytes };

  return content;
}

/* One root and two sizes are two contents, wherever they are keys. */
static void
test_key (void)
{
  g_autoptr (GHashTable) table
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  RedesContentId small = make (7, 64);
  RedesContentId large = make (7, 3 * 1024 * 1024);
  RedesContentId other = make (8, 64);
  RedesContentId again = small;

  g_assert_true (redes_content_id_equal (&small, &again));
  g_assert_cmpuint (redes_content_id_hash (&small), ==, redes_content_id_hash (&again));
  g_assert_false (redes_content_id_equal (&small, &large));
  g_assert_cmpuint (redes_content_id_hash (&small), !=, redes_content_id_hash (&large));
  g_assert_false (redes_content_id_equal (&small, &other));

  g_assert_true (g_hash_table_add (table, redes_content_id_copy (&small)));
  g_assert_true (g_hash_table_add (table, redes_content_id_copy (&large)));
  g_assert_true (g_hash_table_add (table, redes_content_id_copy (&other)));
  g_assert_false (g_hash_table_add (table, redes_content_id_copy (&again)));
  g_assert_cmpuint (g_hash_table_size (table), ==, 3);
}

static void
test_order (void)
{
  RedesContentId in_order[]
      = { make (1, 9), make (2, 0), make (2, 1), make (2, G_GUINT64_CONSTANT (1) << 48) };

  for (guint i = 0; i < G_N_ELEMENTS (in_order); i++)
    for (guint j = 0; j < G_N_ELEMENTS (in_order); j++)
      {
        gint order = redes_content_id_compare (&in_order[i], &in_order[j]);

        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
}

static void
test_text (void)
{
  RedesContentId content = make (0xab, G_MAXUINT64);
  RedesContentId empty = make (0, 0);
  g_autofree char *text = redes_content_id_dup_text (&content);
  g_autofree char *empty_text = redes_content_id_dup_text (&empty);

  g_assert_cmpstr (
      text, ==,
      "ab00000000000000000000000000000000000000000000000000000000000000-18446744073709551615");
  g_assert_cmpuint (strlen (text) + 1, ==, REDES_CONTENT_ID_TEXT_SIZE);
  g_assert_true (g_str_has_suffix (empty_text, "00-0"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/content-id/key", test_key);
  g_test_add_func ("/base/content-id/order", test_order);
  g_test_add_func ("/base/content-id/text", test_text);
  return g_test_run ();
}

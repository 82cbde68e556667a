/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/ledger.h"

static RedesContentId
content (guint8 number)
{
  RedesContentId id = { .bytes = { number } };

  return id;
}

static void
test_contents (void)
{
  g_autoptr (GHashTable) ledger = redes_ledger_new_contents ();
  RedesContentId a = content (1);
  RedesContentId b = content (2);

  g_assert_false (redes_ledger_take_content (ledger, &a));
  redes_ledger_add_content (ledger, &a);
  redes_ledger_add_content (ledger, &a);
  redes_ledger_add_content (ledger, &b);
  g_assert_cmpuint (g_hash_table_size (ledger), ==, 2);

  g_assert_true (redes_ledger_take_content (ledger, &a));
  g_assert_true (redes_ledger_take_content (ledger, &a));
  g_assert_false (redes_ledger_take_content (ledger, &a));
  g_assert_true (redes_ledger_take_content (ledger, &b));
  g_assert_false (redes_ledger_take_content (ledger, &b));
  /* What is not owed takes no room. */
  g_assert_cmpuint (g_hash_table_size (ledger), ==, 0);
}

/* The same number in another file is another block. */
static void
test_blocks (void)
{
  g_autoptr (GHashTable) ledger = redes_ledger_new_blocks ();
  RedesBlockKey a0 = { content (1), 0 };
  RedesBlockKey a1 = { content (1), 1 };
  RedesBlockKey b0 = { content (2), 0 };
  RedesBlockKey last = { content (1), G_MAXUINT32 };

  redes_ledger_add_block (ledger, &a0);
  g_assert_false (redes_ledger_take_block (ledger, &a1));
  g_assert_false (redes_ledger_take_block (ledger, &b0));
  g_assert_false (redes_ledger_take_block (ledger, &last));
  redes_ledger_add_block (ledger, &last);
  redes_ledger_add_block (ledger, &b0);
  g_assert_true (redes_ledger_take_block (ledger, &a0));
  g_assert_false (redes_ledger_take_block (ledger, &a0));
  g_assert_true (redes_ledger_take_block (ledger, &b0));
  g_assert_true (redes_ledger_take_block (ledger, &last));
  g_assert_cmpuint (g_hash_table_size (ledger), ==, 0);
}

static void
test_many (void)
{
  g_autoptr (GHashTable) ledger = redes_ledger_new_blocks ();

  for (guint round = 0; round < 2; round++)
    for (guint32 i = 0; i < 5000; i++)
      {
        RedesBlockKey key = { content (i % 7), i };

        redes_ledger_add_block (ledger, &key);
      }
  g_assert_cmpuint (g_hash_table_size (ledger), ==, 5000);
  for (guint round = 0; round < 3; round++)
    for (guint32 i = 0; i < 5000; i++)
      {
        RedesBlockKey key = { content (i % 7), i };

        g_assert_true (redes_ledger_take_block (ledger, &key) == (round < 2));
      }
  g_assert_cmpuint (g_hash_table_size (ledger), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/ledger/contents", test_contents);
  g_test_add_func ("/swarm/ledger/blocks", test_blocks);
  g_test_add_func ("/swarm/ledger/many", test_many);
  return g_test_run ();
}

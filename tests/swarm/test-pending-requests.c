/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/pending-requests.h"

static RedesContentId
content (guint8 number)
{
  RedesContentId id = { .root = { { number } }, .size_bytes = 1 };

  return id;
}

static void
test_contents (void)
{
  g_autoptr (GHashTable) pending = redes_pending_requests_new_contents ();
  RedesContentId a = content (1);
  RedesContentId b = content (2);

  g_assert_false (redes_pending_requests_take_content (pending, &a));
  redes_pending_requests_add_content (pending, &a);
  redes_pending_requests_add_content (pending, &a);
  redes_pending_requests_add_content (pending, &b);
  g_assert_cmpuint (g_hash_table_size (pending), ==, 2);

  g_assert_true (redes_pending_requests_take_content (pending, &a));
  g_assert_true (redes_pending_requests_take_content (pending, &a));
  g_assert_false (redes_pending_requests_take_content (pending, &a));
  g_assert_true (redes_pending_requests_take_content (pending, &b));
  g_assert_false (redes_pending_requests_take_content (pending, &b));
  /* What is not owed takes no room. */
  g_assert_cmpuint (g_hash_table_size (pending), ==, 0);
}

/* The same number in another file is another block. */
static void
test_blocks (void)
{
  g_autoptr (GHashTable) pending = redes_pending_requests_new_blocks ();
  RedesBlockKey a0 = { content (1), 0 };
  RedesBlockKey a1 = { content (1), 1 };
  RedesBlockKey b0 = { content (2), 0 };
  RedesBlockKey last = { content (1), G_MAXUINT32 };

  redes_pending_requests_add_block (pending, &a0);
  g_assert_false (redes_pending_requests_take_block (pending, &a1));
  g_assert_false (redes_pending_requests_take_block (pending, &b0));
  g_assert_false (redes_pending_requests_take_block (pending, &last));
  redes_pending_requests_add_block (pending, &last);
  redes_pending_requests_add_block (pending, &b0);
  g_assert_true (redes_pending_requests_take_block (pending, &a0));
  g_assert_false (redes_pending_requests_take_block (pending, &a0));
  g_assert_true (redes_pending_requests_take_block (pending, &b0));
  g_assert_true (redes_pending_requests_take_block (pending, &last));
  g_assert_cmpuint (g_hash_table_size (pending), ==, 0);
}

static void
test_many (void)
{
  g_autoptr (GHashTable) pending = redes_pending_requests_new_blocks ();

  for (guint round = 0; round < 2; round++)
    for (guint32 i = 0; i < 5000; i++)
      {
        RedesBlockKey key = { content (i % 7), i };

        redes_pending_requests_add_block (pending, &key);
      }
  g_assert_cmpuint (g_hash_table_size (pending), ==, 5000);
  for (guint round = 0; round < 3; round++)
    for (guint32 i = 0; i < 5000; i++)
      {
        RedesBlockKey key = { content (i % 7), i };

        g_assert_true (redes_pending_requests_take_block (pending, &key) == (round < 2));
      }
  g_assert_cmpuint (g_hash_table_size (pending), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/pending-requests/contents", test_contents);
  g_test_add_func ("/swarm/pending-requests/blocks", test_blocks);
  g_test_add_func ("/swarm/pending-requests/many", test_many);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store.h"

#include "store-fixture.h"

static void
add_history (StoreFixture *fixture, const char *name, guint n_sources)
{
  g_autoptr (GPtrArray) senders = redes_senders_new ();
  RedesStoreDownload download = {
    .content = { store_fixture_digest (name), REDES_MAX_FILE_SIZE },
    .name = (char *)name,
    .path = (char *)"/downloads/caf\xe9",
    .blocks = 1u << 26,
    .finished_s = 1700000000 - n_sources,
    .seconds = 0.5,
    .senders = senders,
  };

  for (guint i = 0; i < n_sources; i++)
    {
      g_autofree char *nickname = g_strdup_printf ("peer %u", i);
      RedesSender *sender = g_new (RedesSender, 1);
      RedesPeerId peer;

      redes_digest_of (&i, sizeof i, &peer);
      redes_sender_init (sender, &peer, nickname, NULL, i);
      g_ptr_array_add (senders, sender);
    }
  redes_store_add_history (fixture->store, &download);
}

static void
test_listing (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  add_history (&fixture, "first", 0);
  add_history (&fixture, "second", 3);
  add_history (&fixture, "third", 1);
  redes_store_flush (fixture.store);
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) downloads
        = redes_store_list_history (fixture.store, 0, G_MAXINT64, 2, &error);
    const RedesStoreDownload *second;

    g_assert_no_error (error);
    g_assert_cmpuint (downloads->len, ==, 2);
    g_assert_cmpstr (((RedesStoreDownload *)downloads->pdata[0])->name, ==, "third");
    second = g_ptr_array_index (downloads, 1);
    g_assert_cmpstr (second->name, ==, "second");
    g_assert_cmpstr (second->path, ==, "/downloads/caf\xe9");
    g_assert_cmpuint (second->content.size_bytes, ==, REDES_MAX_FILE_SIZE);
    g_assert_cmpuint (second->blocks, ==, 1u << 26);
    g_assert_cmpint (second->finished_s, ==, 1700000000 - 3);
    g_assert_cmpfloat (second->seconds, ==, 0.5);
    g_assert_cmpuint (second->senders->len, ==, 3);
    for (guint i = 0; i < 3; i++)
      {
        const RedesSender *sender = g_ptr_array_index (second->senders, i);
        g_autofree char *nickname = g_strdup_printf ("peer %u", i);

        g_assert_cmpstr (sender->nickname, ==, nickname);
        g_assert_cmpuint (sender->blocks, ==, i);
      }
  }
  {
    g_autoptr (GPtrArray) all = NULL;

    store_fixture_run_sql (&fixture, "UPDATE history SET size = -1 WHERE name = 'second'");
    all = redes_store_list_history (fixture.store, 0, G_MAXINT64, G_MAXUINT, NULL);
    g_assert_cmpuint (all->len, ==, 2);
  }
  store_fixture_clear (&fixture);
}

static void
assert_history (StoreFixture *fixture, gint64 above, gint64 below, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) downloads
      = redes_store_list_history (fixture->store, above, below, G_MAXUINT, &error);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < downloads->len; i++)
    g_string_append (names, ((RedesStoreDownload *)downloads->pdata[i])->name);
  g_assert_cmpstr (names->str, ==, expected);
}

static gint64
find_in_history (StoreFixture *fixture, const char *name)
{
  g_autoptr (GPtrArray) downloads
      = redes_store_list_history (fixture->store, 0, G_MAXINT64, G_MAXUINT, NULL);

  for (guint i = 0; i < downloads->len; i++)
    {
      const RedesStoreDownload *download = g_ptr_array_index (downloads, i);

      if (g_str_equal (download->name, name))
        return download->id;
    }
  g_assert_not_reached ();
}

static void
test_removal (void)
{
  StoreFixture fixture;
  gint64 ids[2];

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  for (const char *name = "abcdef"; *name != '\0'; name++)
    {
      const char text[] = { *name, '\0' };

      add_history (&fixture, text, 2);
    }
  assert_history (&fixture, 0, G_MAXINT64, "fedcba");
  assert_history (&fixture, find_in_history (&fixture, "b"), find_in_history (&fixture, "e"), "dc");
  assert_history (&fixture, find_in_history (&fixture, "f"), G_MAXINT64, "");

  ids[0] = find_in_history (&fixture, "f");
  ids[1] = find_in_history (&fixture, "c");
  redes_store_remove_history (fixture.store, ids, 2, 0);
  assert_history (&fixture, 0, G_MAXINT64, "edba");
  /* Once more is no matter. */
  redes_store_remove_history (fixture.store, ids, 2, 0);
  ids[0] = find_in_history (&fixture, "e");
  redes_store_remove_history (fixture.store, ids, 1, find_in_history (&fixture, "b"));
  assert_history (&fixture, 0, G_MAXINT64, "db");
  add_history (&fixture, "g", 1);
  assert_history (&fixture, find_in_history (&fixture, "d"), G_MAXINT64, "g");

  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  assert_history (&fixture, 0, G_MAXINT64, "gdb");
  g_assert_cmpint (store_fixture_count_rows (&fixture, "history_sources"), ==, 5);
  redes_store_remove_history (fixture.store, NULL, 0, G_MAXINT64);
  assert_history (&fixture, 0, G_MAXINT64, "");
  g_assert_cmpint (store_fixture_count_rows (&fixture, "history_sources"), ==, 0);
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/history/listing", test_listing);
  g_test_add_func ("/store/history/removal", test_removal);
  return g_test_run ();
}

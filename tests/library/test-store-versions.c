/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-schema.h"

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Makes the fixture's database from a stored text. */
static void
load (StoreFixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (TEST_DATA, name, NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &sql, NULL, &error);
  g_assert_no_error (error);
  folder_add_folder (&fixture->folder, "data");
  store_fixture_run_sql (fixture, sql);
}

static RedesDatabase *
open_raw (StoreFixture *fixture)
{
  int status;
  RedesDatabase *database = redes_database_open (fixture->path, &status);

  g_assert_cmpint (status, ==, SQLITE_OK);
  return database;
}

static int
get_version (StoreFixture *fixture)
{
  g_autoptr (RedesDatabase) database = open_raw (fixture);
  int version;

  g_assert_cmpint (redes_schema_get_version (database, &version), ==, SQLITE_OK);
  return version;
}

static void
describe_publisher (const RedesPeerId *id,
                    const char *name,
                    RedesPublisherTrust trust,
                    gpointer user_data)
{
  g_string_append (user_data, name);
}

/* All that is in library-1.sql, in an open store. */
static void
assert_version_1_contents (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) roots = redes_store_list_roots (fixture->store, &error);
  g_autoptr (GPtrArray) transfers = redes_store_list_transfers (fixture->store, &error);
  g_autoptr (GPtrArray) history
      = redes_store_list_history (fixture->store, 0, G_MAXINT64, 9, &error);
  g_autoptr (GPtrArray) sources = NULL;
  const RedesStoreTransfer *one;
  const RedesStoreTransfer *two;

  g_assert_no_error (error);
  g_assert_cmpuint (roots->len, ==, 2);
  g_assert_cmpstr (roots->pdata[0], ==, "/home/ana/music");
  g_assert_cmpstr (roots->pdata[1], ==, "/home/ana/caf\xe9");
  g_assert_cmpuint (store_fixture_count_files (fixture), ==, 12);

  g_assert_cmpuint (transfers->len, ==, 2);
  one = transfers->pdata[0];
  two = transfers->pdata[1];
  /* A content is its root and its size: from the manifest, or from the link; the third download
   * has neither, and cannot be asked for any more. */
  g_assert_cmpstr (one->link, ==, "redes:one?s=786432");
  g_assert_cmpuint (one->content.size_bytes, ==, 786432);
  g_assert_cmpstr (two->link, ==, "redes:two?n=two.bin&s=5&t=192.0.2.1:5000");
  g_assert_cmpuint (two->content.size_bytes, ==, 5);
  g_assert_cmpstr (one->target, ==, "/home/ana/one.bin");
  g_assert_cmpint (one->state, ==, REDES_STORE_TRANSFER_PAUSED);
  g_assert_cmpfloat (one->seconds, ==, 2.5);
  g_assert_cmpint (one->partial_mtime_ns, ==, G_GINT64_CONSTANT (1700000002000000003));
  g_assert_true (one->partial_in_use);
  g_assert_nonnull (one->manifest);
  redes_manifest_verify (one->manifest, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (redes_notice_get_english (two->message), ==, "no room");
  g_assert_null (two->manifest);

  sources = redes_store_list_senders (fixture->store, &one->content, &error);
  g_assert_cmpuint (sources->len, ==, 1);
  g_assert_cmpuint (history->len, ==, 1);
  g_assert_cmpstr (((RedesStoreDownload *)history->pdata[0])->name, ==, "done.bin");
  g_assert_cmpuint (((RedesStoreDownload *)history->pdata[0])->senders->len, ==, 1);
  g_assert_cmpint (store_fixture_count_rows (fixture, "blocks"), ==, 2);
  g_assert_cmpint (store_fixture_count_rows (fixture, "blocks WHERE safe = 1"), ==, 1);
}

static void
test_from_version_1 (void)
{
  StoreFixture fixture;
  RedesDigest peer = store_fixture_digest ("peer");

  store_fixture_init (&fixture);
  load (&fixture, "library-1.sql");
  g_assert_cmpint (get_version (&fixture), ==, 1);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GString) names = g_string_new (NULL);

      store_fixture_open (&fixture);
      g_assert_null (fixture.notice);
      assert_version_1_contents (&fixture);
      redes_store_each_publisher (fixture.store, describe_publisher, names, NULL);
      g_assert_cmpstr (names->str, ==, round == 0 ? "" : "Ana");
      redes_store_put_publisher (fixture.store, &peer, "Ana", REDES_PUBLISHER_KNOWN);
      store_fixture_close (&fixture);
      g_assert_cmpint (get_version (&fixture), ==, REDES_SCHEMA_VERSION);
    }
  store_fixture_open (&fixture);
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
}

/* The same schema, whether made today or long ago. */
static void
test_same_schema (void)
{
  StoreFixture old;
  g_autoptr (RedesDatabase) database = NULL;

  store_fixture_init (&old);
  load (&old, "library-1.sql");
  database = open_raw (&old);
  g_assert_cmpint (redes_schema_check (database), ==, SQLITE_CORRUPT);
  g_assert_cmpint (redes_schema_update (database), ==, SQLITE_OK);
  g_assert_cmpint (redes_schema_check (database), ==, SQLITE_OK);
  g_clear_pointer (&database, redes_database_free);
  store_fixture_clear (&old);
}

/* Killed when all is changed but the commit. */
static void
test_killed_in_between (void)
{
  StoreFixture fixture;
  char byte;
  int fds[2];
  int status;
  pid_t child;

  store_fixture_init (&fixture);
  load (&fixture, "library-1.sql");
  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      RedesDatabase *database = open_raw (&fixture);

      /* Small enough that changes reach the disk before the commit. */
      redes_database_run (database, "PRAGMA cache_size = 1", "");
      redes_database_run (database, "BEGIN IMMEDIATE", "");
      if (redes_schema_migrate (database, 1, REDES_SCHEMA_VERSION) == SQLITE_OK
          && write (fds[1], "x", 1) == 1)
        pause ();
      _exit (1);
    }
  g_assert_cmpint (read (fds[0], &byte, 1), ==, 1);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (fds[0]);
  close (fds[1]);

  g_assert_cmpint (get_version (&fixture), ==, 1);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "files"), ==, 12);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "pragma_table_info ('transfers')"
                                                       " WHERE name = 'partial_in_use'"),
                   ==, 0);
  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  assert_version_1_contents (&fixture);
  store_fixture_clear (&fixture);
}

/* A step that fails takes back those before it. */
static void
test_failed_in_between (void)
{
  StoreFixture fixture;
  RedesDatabase *database;

  store_fixture_init (&fixture);
  load (&fixture, "library-1.sql");
  store_fixture_run_sql (&fixture, "CREATE TABLE publishers (in_the_way)");
  database = open_raw (&fixture);
  g_assert_cmpint (redes_schema_update (database), ==, SQLITE_ERROR);
  redes_database_free (database);
  g_assert_cmpint (get_version (&fixture), ==, 1);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "pragma_table_info ('transfers')"
                                                       " WHERE name = 'partial_in_use'"),
                   ==, 0);

  /* Such a file is none of ours any more: it is rebuilt, with all that it has. */
  store_fixture_open (&fixture);
  g_assert_nonnull (fixture.notice);
  assert_version_1_contents (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_later_version (void)
{
  StoreFixture fixture;
  g_autofree char *words = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_size;
  gsize after_size;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_put_root (fixture.store, "/a");
  store_fixture_close (&fixture);
  store_fixture_run_sql (&fixture, "PRAGMA user_version = 7; PRAGMA application_id = 0x52444c07");
  g_assert_true (g_file_get_contents (fixture.path, &before, &before_size, NULL));
  words = store_fixture_fail_to_open (&fixture);
  g_test_message ("%s", words);
  g_assert_nonnull (strstr (words, "later version of Redes"));
  g_assert_true (g_file_get_contents (fixture.path, &after, &after_size, NULL));
  g_assert_cmpmem (before, before_size, after, after_size);
  g_assert_cmpuint (folder_count (&fixture.folder, "data"), ==, 1);

  /* A flipped bit is no later version. */
  store_fixture_run_sql (&fixture, "PRAGMA application_id = 0x52444c03");
  store_fixture_open (&fixture);
  g_assert_nonnull (fixture.notice);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 1);
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/from-version-1", test_from_version_1);
  g_test_add_func ("/store/same-schema", test_same_schema);
  g_test_add_func ("/store/killed-in-between", test_killed_in_between);
  g_test_add_func ("/store/failed-in-between", test_failed_in_between);
  g_test_add_func ("/store/later-version", test_later_version);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/fetched-folder.h"
#include "engine/library/store-schema.h"

#include "store-fixture.h"

/* Folders that were fetched, and what was chosen of those that are being fetched. */

static void
test_patterns (void)
{
  const char *const patterns[]
      = { "*.jpg", "two words", "100%", "a\nb", "caf\xe9", "música/*", NULL };
  g_autofree char *text = redes_store_join_patterns ((char *const *)patterns);
  g_auto (GStrv) back = redes_store_split_patterns (text);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_strv_equal ((const char *const *)back, patterns));
  g_assert_null (redes_store_join_patterns (NULL));
  g_assert_null (redes_store_join_patterns ((char *const *)&patterns[6]));
  g_assert_null (redes_store_split_patterns (NULL));
  g_assert_null (redes_store_split_patterns (""));
}

static void
test_chosen_files (void)
{
  const char *const only[] = { "*.jpg", "notes *", NULL };
  StoreFixture fixture;
  RedesStoreTransfer transfer = { .content = store_fixture_content ("folder"),
                                  .link = (char *)"redes:link",
                                  .folder = (char *)"/downloads",
                                  .only = (char **)only };

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_put_transfer (fixture.store, &transfer);
  store_fixture_put_transfer (&fixture, "all");
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  {
    g_autoptr (GPtrArray) transfers = redes_store_list_transfers (fixture.store, NULL);

    g_assert_cmpuint (transfers->len, ==, 2);
    g_assert_true (g_strv_equal (
        (const char *const *)((RedesStoreTransfer *)transfers->pdata[0])->only, only));
    g_assert_null (((RedesStoreTransfer *)transfers->pdata[1])->only);
  }
  store_fixture_clear (&fixture);
}

/* What a program of before has put is there, with nothing chosen. */
static void
test_from_version_5 (void)
{
  StoreFixture fixture;
  RedesDatabase *database;
  RedesContentId content = store_fixture_content ("before");
  int status;

  store_fixture_init (&fixture);
  g_assert_cmpint (g_mkdir_with_parents (fixture.data_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture.path, "", 0, NULL));
  database = redes_database_open (fixture.path, &status);
  g_assert_cmpint (redes_schema_migrate (database, 0, 5), ==, SQLITE_OK);
  g_assert_cmpint (redes_database_run (database,
                                       "INSERT INTO transfers (content, size, link, folder, state,"
                                       " added_s, seconds, partial_mtime_ns) VALUES (?1, ?2,"
                                       " 'redes:before', ?3, 1, 2, 3, 4)",
                                       "hip", &content.root, (gint64)content.size_bytes,
                                       "/downloads"),
                   ==, SQLITE_OK);
  redes_database_free (database);
  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  {
    g_autoptr (GPtrArray) transfers = redes_store_list_transfers (fixture.store, NULL);
    g_autoptr (GPtrArray) fetched = redes_store_list_fetched (fixture.store, NULL);

    g_assert_cmpuint (transfers->len, ==, 1);
    g_assert_cmpstr (((RedesStoreTransfer *)transfers->pdata[0])->link, ==, "redes:before");
    g_assert_null (((RedesStoreTransfer *)transfers->pdata[0])->only);
    g_assert_cmpuint (fetched->len, ==, 0);
  }
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
}

/* ---- Folders ---- */

/* A folder with one file of 3 blocks. */
static RedesStoreFetched *
make_fetched (StoreFixture *fixture, const char *path, char *const *only)
{
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) file
      = folder_sign (&fixture->folder, "film", 3 * REDES_MIN_BLOCK_SIZE, 1, &tree);
  RedesFolderChild child = { .kind = REDES_FOLDER_KIND_FILE,
                             .name = "film",
                             .content = *redes_manifest_get_content (file),
                             .time_s = 1000 };
  g_autoptr (RedesFolder) list = redes_folder_new (&child, 1, NULL);
  g_autoptr (RedesHashTree) list_tree = redes_folder_make_tree (list);
  RedesManifestDraft draft = { .name = "Folder",
                               .geometry = *redes_hash_tree_get_geometry (list_tree),
                               .root = *redes_hash_tree_get_root (list_tree),
                               .folder = redes_folder_get_totals (list) };
  g_autoptr (GPtrArray) signed_
      = redes_manifest_sign_batch (fixture->folder.identity, &draft, 1, 1700000000, NULL);
  const RedesContentId *content = redes_manifest_get_content (signed_->pdata[0]);
  g_autoptr (RedesHolding) top = redes_fetched_folder_make_list (list, content, signed_->pdata[0]);
  g_autoptr (RedesFetchedFolder) folder = redes_fetched_folder_new (path, top);
  g_autoptr (RedesHolding) member
      = redes_fetched_folder_make_member (path, "film", &child.content, 1000, tree);

  redes_fetched_folder_add (folder, member);
  return redes_fetched_folder_describe (folder, only != NULL ? "part/of it" : NULL, only);
}

static GPtrArray *
list_fetched (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *all = redes_store_list_fetched (fixture->store, &error);

  g_assert_no_error (error);
  return all;
}

static void
test_fetched (void)
{
  const char *const only[] = { "*.jpg", NULL };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_put_fetched (fixture.store, make_fetched (&fixture, "/a/Folder", NULL));
  redes_store_put_fetched (fixture.store, make_fetched (&fixture, "/caf\xe9", (char *const *)only));
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  {
    g_autoptr (GPtrArray) all = list_fetched (&fixture);
    const RedesStoreFetched *one;
    const RedesStoreFetched *two;

    g_assert_cmpuint (all->len, ==, 2);
    one = all->pdata[0];
    two = all->pdata[1];
    g_assert_cmpstr (one->path, ==, "/a/Folder");
    g_assert_null (one->inside);
    g_assert_null (one->only);
    g_assert_cmpstr (redes_manifest_get_name (one->manifest), ==, "Folder");
    g_assert_true (redes_manifest_verify (one->manifest, NULL, NULL));
    g_assert_cmpuint (one->lists->len, ==, 1);
    g_assert_cmpuint (one->trees->len, ==, 1);
    g_assert_cmpuint (redes_hash_tree_get_geometry (one->trees->pdata[0])->file_size, ==,
                      3 * REDES_MIN_BLOCK_SIZE);
    g_assert_cmpstr (two->path, ==, "/caf\xe9");
    g_assert_cmpstr (two->inside, ==, "part/of it");
    g_assert_true (g_strv_equal ((const char *const *)two->only, only));
  }
  /* The same place again is one row, and nothing is left of the one before. */
  redes_store_put_fetched (fixture.store, make_fetched (&fixture, "/a/Folder", NULL));
  redes_store_remove_fetched (fixture.store, "/caf\xe9");
  redes_store_flush (fixture.store);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "fetched"), ==, 1);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "fetched_lists"), ==, 1);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "fetched_trees"), ==, 1);
  store_fixture_clear (&fixture);
}

/* A row that nobody has signed goes, with all that belongs to it; a tree that is not its content's
 * is left out. */
static void
test_senseless_fetched (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_put_fetched (fixture.store, make_fetched (&fixture, "/bad", NULL));
  redes_store_put_fetched (fixture.store, make_fetched (&fixture, "/good", NULL));
  redes_store_flush (fixture.store);
  store_fixture_run_sql (&fixture, "UPDATE fetched SET signature = zeroblob (256) WHERE path = CAST"
                                   " ('/bad' AS BLOB)");
  store_fixture_run_sql (&fixture, "UPDATE fetched_trees SET blocks = zeroblob (96) WHERE folder ="
                                   " (SELECT id FROM fetched WHERE path = CAST ('/good' AS BLOB))");
  {
    g_autoptr (GPtrArray) all = list_fetched (&fixture);

    g_assert_cmpuint (all->len, ==, 1);
    g_assert_cmpstr (((RedesStoreFetched *)all->pdata[0])->path, ==, "/good");
    g_assert_cmpuint (((RedesStoreFetched *)all->pdata[0])->trees->len, ==, 0);
  }
  redes_store_flush (fixture.store);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "fetched"), ==, 1);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "fetched_lists"), ==, 1);
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/patterns", test_patterns);
  g_test_add_func ("/store/chosen-files", test_chosen_files);
  g_test_add_func ("/store/from-version-5", test_from_version_5);
  g_test_add_func ("/store/fetched", test_fetched);
  g_test_add_func ("/store/senseless-fetched", test_senseless_fetched);
  return g_test_run ();
}

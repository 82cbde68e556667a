/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store.h"

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void
test_file_mode (void)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  redes_store_put_root (fixture.store, "/a");
  redes_store_flush (fixture.store);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (fixture.path, suffixes[i], NULL);
      GStatBuf info;

      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
  store_fixture_clear (&fixture);
}

/* ---- Roots ---- */

static void
assert_roots (StoreFixture *fixture, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) roots = redes_store_list_roots (fixture->store, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  g_ptr_array_add (roots, NULL);
  joined = g_strjoinv ("|", (char **)roots->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_roots (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  assert_roots (&fixture, "");
  redes_store_put_root (fixture.store, "/z");
  redes_store_put_root (fixture.store, "/caf\xe9");
  redes_store_put_root (fixture.store, "/a");
  redes_store_put_root (fixture.store, "/z");
  redes_store_put_root (fixture.store, "/gone");
  redes_store_remove_root (fixture.store, "/gone");
  redes_store_remove_root (fixture.store, "/never");
  assert_roots (&fixture, "/z|/caf\xe9|/a");
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  assert_roots (&fixture, "/z|/caf\xe9|/a");
  redes_store_remove_root (fixture.store, "/z");
  redes_store_flush (fixture.store);
  redes_store_put_root (fixture.store, "/z");
  assert_roots (&fixture, "/caf\xe9|/a|/z");
  store_fixture_clear (&fixture);
}

/* ---- Files ---- */

typedef struct
{
  GString *paths;
  GPtrArray *manifests;
  GPtrArray *trees;
  GArray *times;
} Files;

static void
add_file (const RedesStoreFile *file, gpointer user_data)
{
  Files *files = user_data;

  g_string_append_printf (files->paths, "%s%s:%s", files->paths->len > 0 ? "|" : "", file->root,
                          file->relative);
  g_ptr_array_add (files->manifests, redes_manifest_ref (file->manifest));
  g_ptr_array_add (files->trees, file->tree != NULL ? redes_hash_tree_ref (file->tree) : NULL);
  g_array_append_val (files->times, file->mtime_ns);
}

static void
unref_tree (gpointer tree)
{
  if (tree != NULL)
    redes_hash_tree_unref (tree);
}

static void
read_files (StoreFixture *fixture, Files *files)
{
  g_autoptr (GError) error = NULL;

  files->paths = g_string_new (NULL);
  files->manifests = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  files->trees = g_ptr_array_new_with_free_func (unref_tree);
  files->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  redes_store_each_file (fixture->store, add_file, files, &error);
  g_assert_no_error (error);
}

static void
clear_files (Files *files)
{
  g_string_free (files->paths, TRUE);
  g_ptr_array_unref (files->manifests);
  g_ptr_array_unref (files->trees);
  g_array_unref (files->times);
}

static void
assert_paths (StoreFixture *fixture, const char *expected)
{
  Files files;

  read_files (fixture, &files);
  g_assert_cmpstr (files.paths->str, ==, expected);
  clear_files (&files);
}

static void
assert_same_bytes (GBytes *a, GBytes *b)
{
  g_assert_true (g_bytes_equal (a, b));
  g_bytes_unref (a);
  g_bytes_unref (b);
}

static void
assert_same_manifest (RedesManifest *a, RedesManifest *b)
{
  assert_same_bytes (redes_manifest_dup_body (a), redes_manifest_dup_body (b));
  assert_same_bytes (redes_manifest_dup_path (a), redes_manifest_dup_path (b));
  g_assert_cmpuint (redes_manifest_get_batch_index (a), ==, redes_manifest_get_batch_index (b));
  g_assert_cmpuint (redes_manifest_get_batch_size (a), ==, redes_manifest_get_batch_size (b));
  g_assert_true (
      g_bytes_equal (redes_manifest_get_signature (a), redes_manifest_get_signature (b)));
  g_assert_true (g_bytes_equal (redes_manifest_get_spki (a), redes_manifest_get_spki (b)));
}

/* As it comes from a remote: by its path only. */
static RedesManifest *
by_path (RedesManifest *manifest)
{
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);
  g_autoptr (GError) error = NULL;
  RedesManifest *copy = redes_manifest_new_from_parts (
      body, redes_manifest_get_batch_index (manifest), redes_manifest_get_batch_size (manifest),
      path, redes_manifest_get_signature (manifest), redes_manifest_get_spki (manifest), &error);

  g_assert_no_error (error);
  return copy;
}

static void
put_file (StoreFixture *fixture,
          const char *root,
          const char *relative,
          gint64 mtime_ns,
          RedesManifest *manifest,
          RedesHashTree *tree)
{
  RedesStoreFile file = { root, relative, mtime_ns, manifest, tree };

  redes_store_put_file (fixture->store, &file);
}

static void
test_files (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) trees = g_ptr_array_new_with_free_func (unref_tree);
  g_autoptr (GPtrArray) manifests = NULL;
  Files files;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  manifests = store_fixture_sign (&fixture, 30, trees);
  for (guint i = 0; i < 30; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);
      /* Every third was fetched, and every fourth has another name on disk. */
      g_autoptr (RedesManifest) put
          = i % 3 == 0 ? by_path (manifest) : redes_manifest_ref (manifest);
      g_autofree char *relative
          = i % 4 == 0 ? g_strdup_printf ("sub/other %u", i)
                       : g_strdup_printf ("sub/%s", redes_manifest_get_name (manifest));

      put_file (&fixture, i % 2 == 0 ? "/one" : "/", relative, 1000 + i, put,
                i % 10 == 0 ? g_ptr_array_index (trees, i) : NULL);
    }

  for (guint round = 0; round < 2; round++)
    {
      read_files (&fixture, &files);
      g_assert_cmpuint (files.manifests->len, ==, 30);
      for (guint i = 0; i < 30; i++)
        {
          g_autoptr (GError) error = NULL;
          RedesManifest *read = g_ptr_array_index (files.manifests, i);
          RedesHashTree *tree = g_ptr_array_index (files.trees, i);

          assert_same_manifest (read, g_ptr_array_index (manifests, i));
          redes_manifest_verify (read, NULL, &error);
          g_assert_no_error (error);
          g_assert_true (redes_manifest_get_spki (read)
                         == redes_manifest_get_spki (g_ptr_array_index (files.manifests, 0)));
          g_assert_cmpint (g_array_index (files.times, gint64, i), ==, 1000 + i);
          if (i % 10 == 0)
            {
              RedesDigest found[2];
              RedesDigest expected[2];

              g_assert_true (redes_hash_tree_get_proof (tree, 1, found));
              g_assert_true (redes_hash_tree_get_proof (g_ptr_array_index (trees, i), 1, expected));
              g_assert_cmpmem (found, sizeof found, expected, sizeof expected);
            }
          else
            g_assert_null (tree);
        }
      clear_files (&files);
      store_fixture_close (&fixture);
      store_fixture_open (&fixture);
      g_assert_null (fixture.notice);
    }
  store_fixture_clear (&fixture);
}

static void
test_files_are_replaced (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) trees = g_ptr_array_new_with_free_func (unref_tree);
  g_autoptr (GPtrArray) manifests = NULL;
  RedesManifest *a;
  RedesManifest *b;
  Files files;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  manifests = store_fixture_sign (&fixture, 3, trees);
  a = g_ptr_array_index (manifests, 1);
  b = g_ptr_array_index (manifests, 2);

  put_file (&fixture, "/one", "x/y", 1, a, NULL);
  put_file (&fixture, "/one", "z", 1, a, NULL);
  assert_paths (&fixture, "/one:x/y|/one:z");
  put_file (&fixture, "/one", "x/y", 2, b, NULL);
  read_files (&fixture, &files);
  g_assert_cmpstr (files.paths->str, ==, "/one:x/y|/one:z");
  g_assert_cmpint (g_array_index (files.times, gint64, 0), ==, 2);
  assert_same_manifest (g_ptr_array_index (files.manifests, 0), b);
  clear_files (&files);

  /* The same path by another root, and then by the topmost. */
  put_file (&fixture, "/one/x", "y", 3, a, NULL);
  assert_paths (&fixture, "/one:z|/one/x:y");
  put_file (&fixture, "/", "one/x/y", 3, a, NULL);
  assert_paths (&fixture, "/one:z|/:one/x/y");
  g_assert_cmpint (store_fixture_count_rows (&fixture, "folders"), ==, 2);

  redes_store_remove_file (fixture.store, "/one/x");
  redes_store_remove_file (fixture.store, "/one/x/y/z");
  redes_store_remove_file (fixture.store, "/one/x/y");
  assert_paths (&fixture, "/one:z");
  g_assert_cmpint (store_fixture_count_rows (&fixture, "folders"), ==, 1);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "batches"), ==, 1);
  redes_store_remove_file (fixture.store, "/one/z");
  assert_paths (&fixture, "");
  g_assert_cmpint (store_fixture_count_rows (&fixture, "folders"), ==, 0);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "batches"), ==, 0);
  store_fixture_clear (&fixture);
}

/* One that came by its path first, and then a batch of our own with leaves. */
static void
test_batch_learns_its_leaves (void)
{
  StoreFixture fixture;
  g_autoptr (GPtrArray) trees = g_ptr_array_new_with_free_func (unref_tree);
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (RedesManifest) fetched = NULL;
  Files files;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  manifests = store_fixture_sign (&fixture, 5, trees);
  fetched = by_path (g_ptr_array_index (manifests, 1));
  put_file (&fixture, "/a", "1", 1, fetched, NULL);
  put_file (&fixture, "/a", "2", 1, g_ptr_array_index (manifests, 2), NULL);
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, 2);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "batches"), ==, 1);
  read_files (&fixture, &files);
  assert_same_manifest (g_ptr_array_index (files.manifests, 0), fetched);
  assert_same_manifest (g_ptr_array_index (files.manifests, 1), g_ptr_array_index (manifests, 2));
  clear_files (&files);
  store_fixture_clear (&fixture);
}

/* Each of these makes one row of a hundred senseless; it is left out and removed. */
static void
test_senseless_rows (void)
{
  static const char *const spoilers[] = {
    "UPDATE files SET folder = 999 WHERE id = 5",
    "UPDATE files SET batch = 999 WHERE id = 5",
    "UPDATE files SET relative = x'' WHERE id = 5",
    "UPDATE files SET relative = x'610062' WHERE id = 5",
    "UPDATE files SET relative = x'6162' WHERE id = 5",
    "UPDATE files SET content = x'00' WHERE id = 5",
    "UPDATE files SET content = zeroblob (32) WHERE id = 5",
    "UPDATE files SET size = -1 WHERE id = 5",
    "UPDATE files SET size = 101 WHERE id = 5",
    "UPDATE files SET size = 9223372036854775807 WHERE id = 5",
    "UPDATE files SET time_s = -1 WHERE id = 5",
    "UPDATE files SET time_s = 1 WHERE id = 5",
    "UPDATE files SET batch_index = 100 WHERE id = 5",
    "UPDATE files SET batch_index = -1 WHERE id = 5",
    "UPDATE files SET batch_index = 7 WHERE id = 5",
    "UPDATE files SET batch_index = 9223372036854775807 WHERE id = 5",
    "UPDATE files SET name = '' WHERE id = 5",
    "UPDATE files SET name = CAST (x'ff' AS TEXT) WHERE id = 5",
    "UPDATE files SET batch_path = x'' WHERE id = 5",
    "UPDATE files SET batch_path = zeroblob (224) WHERE id = 5",
    "UPDATE files SET blocks = NULL WHERE id = 11",
    "UPDATE files SET blocks = x'00' WHERE id = 11",
    "UPDATE files SET blocks = zeroblob (96) WHERE id = 11",
    "UPDATE files SET blocks = zeroblob (100000) WHERE id = 11",
  };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (spoilers); i++)
    {
      store_fixture_put_files (&fixture, "/shared", 100);
      g_assert_cmpuint (store_fixture_count_files (&fixture), ==, 100);
      store_fixture_run_sql (&fixture, spoilers[i]);
      if (store_fixture_count_files (&fixture) != 99)
        g_error ("%s: %u files", spoilers[i], store_fixture_count_files (&fixture));
      redes_store_flush (fixture.store);
      g_assert_cmpint (store_fixture_count_rows (&fixture, "files"), ==, 99);
      store_fixture_run_sql (&fixture, "DELETE FROM files");
    }
  store_fixture_clear (&fixture);
}

/* Whatever is wrong with a batch, none of its files is handed out. */
static void
test_senseless_batches (void)
{
  static const char *const spoilers[] = {
    "UPDATE batches SET size = 0",
    "UPDATE batches SET size = 99",
    "UPDATE batches SET size = 101",
    "UPDATE batches SET size = 1000000000000",
    "UPDATE batches SET signature = x''",
    "UPDATE batches SET signature = zeroblob (256)",
    "UPDATE batches SET spki = zeroblob (10000)",
    "UPDATE batches SET spki = zeroblob (294)",
    "UPDATE batches SET key = zeroblob (32)",
    "UPDATE batches SET key = x'00'",
    "UPDATE batches SET leaves = NULL",
    "UPDATE batches SET leaves = x''",
    "UPDATE batches SET leaves = zeroblob (3200)",
  };
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (spoilers); i++)
    {
      store_fixture_put_files (&fixture, "/shared", 100);
      g_assert_cmpuint (store_fixture_count_files (&fixture), ==, 100);
      store_fixture_run_sql (&fixture, spoilers[i]);
      if (store_fixture_count_files (&fixture) != 0)
        g_error ("%s: %u files", spoilers[i], store_fixture_count_files (&fixture));
      redes_store_flush (fixture.store);
      g_assert_cmpint (store_fixture_count_rows (&fixture, "batches"), ==, 0);
    }
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/file-mode", test_file_mode);
  g_test_add_func ("/store/roots", test_roots);
  g_test_add_func ("/store/files", test_files);
  g_test_add_func ("/store/files-are-replaced", test_files_are_replaced);
  g_test_add_func ("/store/batch-learns-its-leaves", test_batch_learns_its_leaves);
  g_test_add_func ("/store/senseless-rows", test_senseless_rows);
  g_test_add_func ("/store/senseless-batches", test_senseless_batches);
  return g_test_run ();
}

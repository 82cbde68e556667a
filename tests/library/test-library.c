/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library.h"

#include "engine/library/partial-file.h"
#include "library-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_file (LibraryFixture *fixture, gconstpointer data)
{
  /* Byte i is i mod 251, 262144 of them. */
  static const char known[] = "936f20cb9f0648c16ce2556795f1cc50ad21a3e3ec53ed8a6e554a75f8a4357f";
  RedesContentId content = { .size_bytes = 262144 };
  RedesHolding *holding;
  RedesManifest *manifest;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *path = NULL;
  g_autofree char *expected_path = NULL;

  folder_add_file (&fixture->folder, "a name é.bin", 262144, 0);
  fixture_share_and_wait (fixture, "a name é.bin");
  g_assert_cmpuint (fixture->n_skipped, ==, 0);
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 262144);

  holding = fixture->shared->pdata[0];
  manifest = redes_holding_get_manifest (holding);
  g_assert_cmpstr (redes_manifest_get_name (manifest), ==, "a name é.bin");
  g_assert_cmpuint (redes_manifest_get_geometry (manifest)->file_size, ==, 262144);
  g_assert_true (redes_digest_from_text (known, -1, &content.root));
  g_assert_true (redes_content_id_equal (redes_manifest_get_content (manifest), &content));
  g_assert_true (redes_manifest_verify (manifest, NULL, &error));
  g_assert_no_error (error);
  path = redes_holding_dup_path (holding);
  expected_path = folder_get_path (&fixture->folder, "a name é.bin");
  g_assert_cmpstr (path, ==, expected_path);
  block = redes_holding_read (holding, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (block), ==, 262144);

  g_assert_true (redes_library_lookup (fixture->library, &content) == holding);
  list = redes_library_list (fixture->library);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_true (list->pdata[0] == holding);
}

static void
test_folder (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/empty", 0, 0);
  folder_add_file (&fixture->folder, "s/one", 1, 0);
  folder_add_file (&fixture->folder, "s/sub/big", 20u << 20, 1);
  folder_add_file (&fixture->folder, "s/sub/🎉.txt", 5000, 2);
  folder_add_file (&fixture->folder, "s/.hidden", 10, 3);
  folder_add_file (&fixture->folder, "outside", 10, 4);
  folder_add_link (&fixture->folder, "../outside", "s/link");
  folder_add_pipe (&fixture->folder, "s/sub/pipe");
  fixture_share_and_wait (fixture, "s");

  g_assert_cmpuint (fixture->shared->len, ==, 4);
  fixture_find_shared (fixture, "empty");
  fixture_find_shared (fixture, "one");
  fixture_find_shared (fixture, "big");
  fixture_find_shared (fixture, "🎉.txt");
  g_assert_cmpuint (fixture->n_skipped, ==, 2);
  fixture_assert_skipped (fixture, "s/link", "symbolic link");
  fixture_assert_skipped (fixture, "s/sub/pipe", "neither a file nor a folder");
}

static void
test_bad_paths (LibraryFixture *fixture, gconstpointer data)
{
  g_autofree char *locked = folder_get_path (&fixture->folder, "locked");

  folder_add_file (&fixture->folder, "locked", 10, 0);
  g_assert_cmpint (g_chmod (locked, 0), ==, 0);
  folder_add_pipe (&fixture->folder, "pipe");
  rights_drop ();
  fixture_share_and_wait (fixture, "missing");
  fixture_share_and_wait (fixture, "pipe");
  fixture_share_and_wait (fixture, "locked");
  rights_restore ();
  fixture_assert_skipped (fixture, "missing", "does not exist");
  fixture_assert_skipped (fixture, "pipe", "neither a file nor a folder");
  fixture_assert_skipped (fixture, "locked", "permission");
  g_assert_cmpuint (fixture->shared->len, ==, 0);

  /* Mended, it can be shared. */
  g_assert_cmpint (g_chmod (locked, 0644), ==, 0);
  fixture_share_and_wait (fixture, "locked");
  g_assert_cmpuint (fixture->shared->len, ==, 1);
}

static void
test_twice (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 100000, 0);
  folder_add_file (&fixture->folder, "s/b", 100000, 1);
  folder_add_link (&fixture->folder, "s", "same");

  /* At the same time, by several ways. */
  fixture_share (fixture, "s");
  fixture_share (fixture, "s/a");
  fixture_share (fixture, "same");
  fixture_share (fixture, "s");
  fixture_wait_until_idle (fixture);
  g_assert_cmpuint (fixture->shared->len, ==, 2);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 200000);

  /* Later: only what is new. */
  folder_add_file (&fixture->folder, "s/c", 5, 2);
  fixture_share_and_wait (fixture, "s");
  g_assert_cmpuint (fixture->shared->len, ==, 3);
  g_assert_cmpuint (fixture->n_skipped, ==, 0);

  /* Withdrawn, it may come back. */
  redes_library_remove (fixture->library, fixture_find_shared (fixture, "a"));
  g_assert_cmpuint (fixture->withdrawn->len, ==, 1);
  fixture_share_and_wait (fixture, "s");
  g_assert_cmpuint (fixture->shared->len, ==, 4);
}

static void
test_same_bytes (LibraryFixture *fixture, gconstpointer data)
{
  const RedesContentId *content;
  RedesHolding *first;
  RedesHolding *second;

  folder_add_file (&fixture->folder, "x/name", 1000, 0);
  folder_add_file (&fixture->folder, "y/name", 1000, 0);
  folder_add_file (&fixture->folder, "y/other", 1000, 0);
  fixture_share_and_wait (fixture, "x");
  fixture_share_and_wait (fixture, "y");
  g_assert_cmpuint (fixture->shared->len, ==, 3);
  first = fixture->shared->pdata[0];
  second = fixture->shared->pdata[1];
  content = redes_manifest_get_content (redes_holding_get_manifest (first));

  g_assert_true (redes_library_lookup (fixture->library, content) == first);
  redes_library_remove (fixture->library, first);
  g_assert_true (redes_library_lookup (fixture->library, content) == second);
  redes_library_remove (fixture->library, second);
  redes_library_remove (fixture->library, fixture->shared->pdata[2]);
  g_assert_null (redes_library_lookup (fixture->library, content));
  redes_library_remove (fixture->library, first);
  g_assert_cmpuint (fixture->withdrawn->len, ==, 3);
}

/* A download: at first a partial holding, in the end a file. */
static void
test_download (LibraryFixture *fixture, gconstpointer data)
{
  gint64 mtime_ns;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = folder_sign (&fixture->folder, "name", 1000, 0, &tree);
  const RedesContentId *content = redes_manifest_get_content (manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autoptr (RedesHolding) partial = NULL;
  g_autoptr (RedesHolding) complete = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree guint8 *bytes = g_malloc (1000);
  g_autofree char *path = NULL;

  file = redes_partial_file_create (fixture->folder.path, content, &error);
  g_assert_no_error (error);
  partial = redes_holding_new_partial (redes_partial_file_get_fd (file), manifest, tree);
  redes_library_add (fixture->library, partial);
  redes_library_add (fixture->library, partial);
  g_assert_cmpuint (fixture->shared->len, ==, 0);
  g_assert_true (redes_library_lookup (fixture->library, content) == partial);
  list = redes_library_list (fixture->library);
  g_assert_cmpuint (list->len, ==, 0);

  for (guint i = 0; i < 1000; i++)
    bytes[i] = (guint8)(i % 251);
  g_assert_true (redes_partial_file_write (file, 0, bytes, 1000, &error));
  redes_holding_add_block (partial, 0);
  path = redes_partial_file_finish (file, "name", NULL, NULL, &mtime_ns, &error);
  g_assert_no_error (error);

  complete = redes_holding_new_file (fixture->folder.path, "name", mtime_ns, manifest, tree);
  redes_library_add (fixture->library, complete);
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  g_assert_true (redes_library_lookup (fixture->library, content) == complete);
  redes_library_remove (fixture->library, partial);
  g_assert_cmpuint (fixture->withdrawn->len, ==, 0);
  g_assert_true (redes_library_lookup (fixture->library, content) == complete);

  /* Sharing the folder that it is in does not hash it again. */
  fixture_share_and_wait (fixture, "");
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 0);
}

static void
test_name_that_is_no_text (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/caf\351.txt", 10, 0);
  fixture_share_and_wait (fixture, "s");
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  fixture_find_shared (fixture, "caf\357\277\275.txt");
}

static void
test_many_small_files (LibraryFixture *fixture, gconstpointer data)
{
  const guint n_files = 3000;
  g_autoptr (GHashTable) batches = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (100);

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("s/%u/%u", i % 7, i);

      folder_add_file (&fixture->folder, name, 4096, i % 251);
    }
  fixture_share_and_wait (fixture, "s");
  g_assert_cmpuint (fixture->n_skipped, ==, 0);
  g_assert_cmpuint (fixture->shared->len, ==, n_files);

  for (guint i = 0; i < n_files; i++)
    {
      RedesHolding *holding = fixture->shared->pdata[i];
      RedesManifest *manifest = redes_holding_get_manifest (holding);
      const RedesGeometry *geometry = redes_manifest_get_geometry (manifest);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) block = redes_holding_read (holding, 0, &error);
      RedesDigest digest;

      g_assert_no_error (error);
      g_hash_table_add (batches, redes_manifest_get_signature (manifest));
      g_assert_true (redes_manifest_verify (manifest, memo, &error));
      g_assert_no_error (error);
      redes_geometry_hash_block (geometry, 0, g_bytes_get_data (block, NULL), 4096, &digest);
      g_assert_true (redes_digest_equal (&digest, &redes_manifest_get_content (manifest)->root));
    }

  /* Three full batches at best; a slow machine may cut more. */
  g_assert_cmpuint (g_hash_table_size (batches), >=, 3);
  g_assert_cmpuint (g_hash_table_size (batches), <, n_files / 4);
}

/* Stopped at any moment, nothing comes any more. */
static void
test_free_while_busy (LibraryFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *name = g_strdup_printf ("s/%u", i);

      folder_add_file (&fixture->folder, name, 100, i);
    }
  folder_add_file (&fixture->folder, "s/big", 30u << 20, 0);

  for (guint n_iterations = 0; n_iterations < 40; n_iterations += 3)
    {
      guint n_shared;
      guint n_idle;

      fixture_share (fixture, "s");
      fixture_share (fixture, "s/big");
      for (guint i = 0; i < n_iterations && redes_library_is_busy (fixture->library); i++)
        g_main_context_iteration (fixture->context, TRUE);
      fixture_close (fixture);
      n_shared = fixture->shared->len;
      n_idle = fixture->n_idle;
      while (redes_workers_get_pending (fixture->workers) > 0)
        g_main_context_iteration (fixture->context, TRUE);
      g_assert_cmpuint (fixture->shared->len, ==, n_shared);
      g_assert_cmpuint (fixture->n_idle, ==, n_idle);
      g_assert_cmpuint (fixture->n_skipped, ==, 0);
      fixture_open (fixture);
    }
}

#define ADD(name, function)                                                                        \
  g_test_add ("/library/" name, LibraryFixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("file", test_file);
  ADD ("folder", test_folder);
  ADD ("bad-paths", test_bad_paths);
  ADD ("twice", test_twice);
  ADD ("same-bytes", test_same_bytes);
  ADD ("download", test_download);
  ADD ("name-that-is-no-text", test_name_that_is_no_text);
  ADD ("many-small-files", test_many_small_files);
  ADD ("free-while-busy", test_free_while_busy);
  return g_test_run ();
}

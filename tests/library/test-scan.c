/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/scan.h"

#include "engine/library/library.h"
#include "fixture.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  GHashTable *found;
  /* path -> error code */
  GHashTable *skipped;
  char *root;
  guint n_runs;
} Result;

static void
result_clear (Result *result)
{
  g_hash_table_unref (result->found);
  g_hash_table_unref (result->skipped);
  g_free (result->root);
}

static void
walk (const char *path, guint chunk, Result *result)
{
  g_autoptr (RedesScan) scan = redes_scan_new (path);

  *result = (Result){ g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  while (!redes_scan_is_finished (scan))
    {
      g_autoptr (GPtrArray) found = NULL;
      g_autoptr (GPtrArray) folders = NULL;
      g_autoptr (GPtrArray) skipped = NULL;

      redes_scan_run (scan, chunk);
      result->n_runs++;
      g_assert_cmpuint (result->n_runs, <, 100000);
      found = redes_scan_take_found (scan);
      skipped = redes_scan_take_skipped (scan);
      folders = redes_scan_take_folders (scan);
      g_assert_cmpuint (found->len + folders->len + skipped->len, <=, chunk);
      for (guint i = 0; i < found->len; i++)
        g_assert_true (g_hash_table_add (result->found,
                                         g_strdup (((RedesScanFound *)found->pdata[i])->relative)));
      for (guint i = 0; i < skipped->len; i++)
        {
          RedesScanSkipped *entry = skipped->pdata[i];

          g_test_message ("%s", entry->error->message);
          g_assert_true (entry->error->domain == REDES_LIBRARY_ERROR);
          g_assert_nonnull (strstr (entry->error->message, entry->path));
          g_assert_true (g_hash_table_insert (result->skipped, g_strdup (entry->path),
                                              GINT_TO_POINTER (entry->error->code)));
        }
    }
  result->root = g_strdup (redes_scan_get_root (scan));
}

static void
assert_skipped (Result *result, const char *path, RedesLibraryError code)
{
  gpointer found;

  g_assert_true (g_hash_table_lookup_extended (result->skipped, path, NULL, &found));
  g_assert_cmpint (GPOINTER_TO_INT (found), ==, code);
}

static void
test_folder (void)
{
  static const char *const files[] = { "a", "b.txt", "sub/c", "sub/deeper/d é 🎉", "sub2/e" };
  Folder folder;
  Result result;
  g_autofree char *link = NULL;
  g_autofree char *link_to_folder = NULL;
  g_autofree char *dangling = NULL;
  g_autofree char *pipe = NULL;

  folder_init (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    folder_add_file (&folder, files[i], 10, i);
  folder_add_folder (&folder, "empty");
  folder_add_file (&folder, ".hidden", 10, 0);
  folder_add_file (&folder, ".git/config", 10, 0);
  folder_add_file (&folder, "sub/.redes-00.part", 10, 0);
  folder_add_link (&folder, "a", "link");
  folder_add_link (&folder, "/etc", "sub/etc");
  folder_add_link (&folder, "..", "sub/deeper/up");
  folder_add_link (&folder, "nowhere", "dangling");
  folder_add_pipe (&folder, "sub2/pipe");
  link = folder_get_path (&folder, "link");
  link_to_folder = folder_get_path (&folder, "sub/etc");
  dangling = folder_get_path (&folder, "dangling");
  pipe = folder_get_path (&folder, "sub2/pipe");

  for (guint chunk = 1; chunk <= 100; chunk += 33)
    {
      walk (folder.path, chunk, &result);
      g_assert_cmpstr (result.root, ==, folder.path);
      g_assert_cmpuint (g_hash_table_size (result.found), ==, G_N_ELEMENTS (files));
      for (guint i = 0; i < G_N_ELEMENTS (files); i++)
        g_assert_true (g_hash_table_contains (result.found, files[i]));
      g_assert_cmpuint (g_hash_table_size (result.skipped), ==, 5);
      assert_skipped (&result, link, REDES_LIBRARY_ERROR_KIND);
      assert_skipped (&result, link_to_folder, REDES_LIBRARY_ERROR_KIND);
      assert_skipped (&result, dangling, REDES_LIBRARY_ERROR_KIND);
      assert_skipped (&result, pipe, REDES_LIBRARY_ERROR_KIND);
      if (chunk == 1)
        g_assert_cmpuint (result.n_runs, >=, 10);
      result_clear (&result);
    }
  folder_clear (&folder);
}

static void
test_top_level (void)
{
  Folder folder;
  Result result;
  g_autofree char *file = NULL;
  g_autofree char *link = NULL;
  g_autofree char *folder_link = NULL;
  g_autofree char *dangling = NULL;
  g_autofree char *pipe = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *real = NULL;
  const char *bad[3];

  folder_init (&folder);
  folder_add_file (&folder, "real/file", 10, 0);
  folder_add_link (&folder, "real/file", "link");
  folder_add_link (&folder, "real", "folder-link");
  folder_add_link (&folder, "nowhere", "dangling");
  folder_add_pipe (&folder, "pipe");
  real = folder_get_path (&folder, "real");
  file = folder_get_path (&folder, "real/file");
  link = folder_get_path (&folder, "link");
  folder_link = folder_get_path (&folder, "folder-link");
  dangling = folder_get_path (&folder, "dangling");
  pipe = folder_get_path (&folder, "pipe");
  missing = folder_get_path (&folder, "missing");

  /* Whichever way its owner points at it. */
  {
    const char *const good[] = { file, link, folder_link, real };

    for (guint i = 0; i < G_N_ELEMENTS (good); i++)
      {
        walk (good[i], 10, &result);
        g_assert_cmpstr (result.root, ==, real);
        g_assert_cmpuint (g_hash_table_size (result.found), ==, 1);
        g_assert_true (g_hash_table_contains (result.found, "file"));
        g_assert_cmpuint (g_hash_table_size (result.skipped), ==, 0);
        result_clear (&result);
      }
  }

  bad[0] = dangling;
  bad[1] = missing;
  bad[2] = pipe;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      walk (bad[i], 10, &result);
      g_assert_cmpuint (g_hash_table_size (result.found), ==, 0);
      g_assert_cmpuint (g_hash_table_size (result.skipped), ==, 1);
      assert_skipped (&result, bad[i],
                      i < 2 ? REDES_LIBRARY_ERROR_NOT_FOUND : REDES_LIBRARY_ERROR_KIND);
      result_clear (&result);
    }

  walk ("/dev/null", 10, &result);
  assert_skipped (&result, "/dev/null", REDES_LIBRARY_ERROR_KIND);
  result_clear (&result);
  folder_clear (&folder);
}

static void
test_unreadable (void)
{
  Folder folder;
  Result result;
  g_autofree char *locked = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "open/file", 10, 0);
  folder_add_file (&folder, "locked/file", 10, 0);
  locked = folder_get_path (&folder, "locked");
  g_assert_cmpint (g_chmod (locked, 0), ==, 0);

  rights_drop ();
  walk (folder.path, 10, &result);
  g_assert_cmpuint (g_hash_table_size (result.found), ==, 1);
  g_assert_cmpuint (g_hash_table_size (result.skipped), ==, 1);
  assert_skipped (&result, locked, REDES_LIBRARY_ERROR_UNREADABLE);
  result_clear (&result);

  walk (locked, 10, &result);
  assert_skipped (&result, locked, REDES_LIBRARY_ERROR_UNREADABLE);
  result_clear (&result);
  rights_restore ();

  g_assert_cmpint (g_chmod (locked, 0755), ==, 0);
  folder_clear (&folder);
}

static void
test_too_deep (void)
{
  g_autoptr (GString) relative = g_string_new ("f");
  Folder folder;
  Result result;

  folder_init (&folder);
  for (guint i = 0; i < REDES_SCAN_MAX_DEPTH + 5; i++)
    g_string_prepend (relative, "d/");
  folder_add_file (&folder, relative->str, 10, 0);
  folder_add_file (&folder, "d/d/near", 10, 0);

  walk (folder.path, 10, &result);
  g_assert_cmpuint (g_hash_table_size (result.found), ==, 1);
  g_assert_cmpuint (g_hash_table_size (result.skipped), ==, 1);
  result_clear (&result);
  folder_clear (&folder);
}

static void
test_cancel (void)
{
  Folder folder;
  g_autoptr (RedesScan) scan = NULL;
  g_autoptr (RedesScan) never_begun = NULL;
  g_autoptr (GPtrArray) found = NULL;

  folder_init (&folder);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      folder_add_file (&folder, name, 1, 0);
    }

  scan = redes_scan_new (folder.path);
  redes_scan_run (scan, 6); /* the folder itself is one of them */
  g_assert_false (redes_scan_is_finished (scan));
  redes_scan_cancel (scan);
  redes_scan_run (scan, 100);
  g_assert_true (redes_scan_is_finished (scan));
  found = redes_scan_take_found (scan);
  g_assert_cmpuint (found->len, ==, 5);

  never_begun = redes_scan_new (folder.path);
  redes_scan_cancel (never_begun);
  redes_scan_run (never_begun, 100);
  g_assert_true (redes_scan_is_finished (never_begun));
  folder_clear (&folder);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
test_folders (void)
{
  g_autoptr (RedesScan) scan = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autofree char *joined = NULL;
  Folder folder;

  folder_init (&folder);
  folder_add_file (&folder, "a/b/x", 1, 1);
  folder_add_folder (&folder, "a/empty");
  folder_add_folder (&folder, "a/.hidden");
  scan = redes_scan_new (folder.path);
  redes_scan_run (scan, 1000);
  g_assert_true (redes_scan_is_whole (scan));
  folders = redes_scan_take_folders (scan);
  g_ptr_array_sort (folders, compare_names);
  g_ptr_array_add (folders, NULL);
  joined = g_strjoinv (";", (char **)folders->pdata);
  g_assert_cmpstr (joined, ==, ";a;a/b;a/empty");
  folder_clear (&folder);
}

/* Nobody takes what it found any more: it ends all the same. */
static void
test_cancelled_while_full (void)
{
  g_autoptr (RedesScan) scan = NULL;
  Folder folder;

  folder_init (&folder);
  folder_add_file (&folder, "a/x", 1, 1);
  folder_add_file (&folder, "a/y", 1, 1);
  scan = redes_scan_new (folder.path);
  redes_scan_run (scan, 2);
  g_assert_false (redes_scan_is_finished (scan));
  redes_scan_cancel (scan);
  redes_scan_run (scan, 2);
  g_assert_true (redes_scan_is_finished (scan));
  g_assert_false (redes_scan_is_whole (scan));
  folder_clear (&folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/folders", test_folders);
  g_test_add_func ("/scan/cancelled-while-full", test_cancelled_while_full);
  g_test_add_func ("/scan/folder", test_folder);
  g_test_add_func ("/scan/top-level", test_top_level);
  g_test_add_func ("/scan/unreadable", test_unreadable);
  g_test_add_func ("/scan/too-deep", test_too_deep);
  g_test_add_func ("/scan/cancel", test_cancel);
  return g_test_run ();
}

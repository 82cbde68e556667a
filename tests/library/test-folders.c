/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library-fixture.h"

#include "engine/library/holding-private.h"
#include "engine/library/scan.h"
#include "engine/platform/file-system.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

/* Shared folders as folder objects: their lists, what makes them change, and who keeps them. */

typedef LibraryFixture Fixture;

static void
add (const char *path, void (*func) (Fixture *, gconstpointer), gconstpointer data)
{
  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down);
}

/* The same time for all files, so that what a list says does not depend on when the test runs. */
static void
add_file (Fixture *fixture, const char *relative, gsize size, guint seed)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);
  struct utimbuf times = { 1700000000, 1700000000 };

  folder_add_file (&fixture->folder, relative, size, seed);
  g_assert_cmpint (utime (path, &times), ==, 0);
}

static RedesHolding *
find_list (Fixture *fixture, const char *relative)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);
  g_autofree char *real = redes_file_system_dup_real_path (path);

  return real != NULL ? redes_library_lookup_folder (fixture->library, real) : NULL;
}

/* What a peer would get who asks for the content: each block by itself, with its proof. */
static RedesFolder *
fetch_holding (RedesHolding *holding)
{
  RedesManifest *manifest = redes_holding_get_manifest (holding);
  const RedesGeometry *geometry = redes_manifest_get_geometry (manifest);
  const RedesContentId *content = redes_manifest_get_content (manifest);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) list = NULL;
  g_autoptr (GError) error = NULL;
  RedesFolderTotals totals;
  RedesFolder *folder;

  g_assert_true (redes_manifest_verify (manifest, NULL, &error));
  g_assert_true (redes_holding_is_complete (holding));
  g_assert_null (redes_holding_get_blocks (holding));
  for (guint32 i = 0; i < redes_geometry_get_n_blocks (geometry); i++)
    {
      RedesDigest proof[REDES_MAX_PROOF_LENGTH];
      g_autoptr (GBytes) block = redes_holding_read (holding, i, &error);
      RedesDigest digest;
      gsize len;
      const guint8 *data;

      g_assert_no_error (error);
      g_assert_true (redes_holding_has_block (holding, i));
      g_assert_true (redes_holding_get_proof (holding, i, proof));
      data = g_bytes_get_data (block, &len);
      redes_geometry_hash_block (geometry, i, data, len, &digest);
      g_assert_true (redes_geometry_check_proof (
          geometry, i, &digest, proof, redes_geometry_get_proof_length (geometry), &content->root));
      g_byte_array_append (bytes, data, (guint)len);
    }
  list = g_bytes_new (bytes->data, bytes->len);
  g_assert_true (redes_manifest_get_folder (manifest, &totals));
  folder = redes_folder_parse_proven (list, content, &totals, &error);
  g_assert_no_error (error);
  return folder;
}

static RedesFolder *
fetch (Fixture *fixture, const RedesContentId *content)
{
  RedesHolding *holding = redes_library_lookup (fixture->library, content);

  g_assert_nonnull (holding);
  return fetch_holding (holding);
}

/* "name" of a file, "name*" of one that may be executed, "name/(…)" of a folder. */
static void
describe (Fixture *fixture, RedesFolder *folder, GString *out)
{
  g_autofree guint32 *order = redes_folder_dup_natural_order (folder);

  for (guint i = 0; i < redes_folder_get_n_children (folder); i++)
    {
      RedesFolderChild child;

      redes_folder_get_child (folder, order[i], &child);
      g_string_append_printf (out, "%s%s", i > 0 ? " " : "", child.name);
      if (child.kind == REDES_FOLDER_KIND_FOLDER)
        {
          g_autoptr (RedesFolder) below = fetch (fixture, &child.content);
          g_autoptr (GError) error = NULL;

          redes_folder_check_totals (below, &child.totals, &error);
          g_assert_no_error (error);
          g_string_append (out, "/(");
          describe (fixture, below, out);
          g_string_append_c (out, ')');
        }
      else
        {
          /* The file itself is there, too. */
          g_assert_nonnull (redes_library_lookup (fixture->library, &child.content));
          if (child.kind == REDES_FOLDER_KIND_EXECUTABLE)
            g_string_append_c (out, '*');
        }
    }
}

static void
assert_holds (Fixture *fixture, const char *relative, const char *expected)
{
  RedesHolding *holding = find_list (fixture, relative);
  g_autoptr (RedesFolder) folder = NULL;
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_nonnull (holding);
  folder = fetch_holding (holding);
  describe (fixture, folder, found);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
share_and_calm (Fixture *fixture, const char *relative)
{
  fixture_share_and_wait (fixture, relative);
  fixture_wait_until_calm (fixture);
}

static guint
count_tops (Fixture *fixture)
{
  g_autoptr (GPtrArray) tops = redes_library_list_folders (fixture->library);

  return tops->len;
}

static gboolean
is_tree_idle (LibraryFixture *fixture)
{
  return !redes_folder_tree_is_busy (redes_library_get_folder_tree (fixture->library));
}

static gboolean
is_not_executable (LibraryFixture *fixture)
{
  return !redes_holding_is_executable (fixture_find_shared (fixture, "run.sh"));
}

static gboolean
is_album_listed (LibraryFixture *fixture)
{
  return find_list (fixture, "Album") != NULL;
}

static gboolean
has_no_tops (LibraryFixture *fixture)
{
  return count_tops (fixture) == 0;
}

static void
add_album (Fixture *fixture)
{
  add_file (fixture, "Album/IMG_10.jpg", 300, 1);
  add_file (fixture, "Album/IMG_2.jpg", 0, 2);
  add_file (fixture, "Album/Day 1 Lisbon/tram.jpg", 1000, 3);
  add_file (fixture, "Album/Day 1 Lisbon/notes/todo.txt", 20, 4);
  folder_add_folder (&fixture->folder, "Album/empty");
}

static void
test_tree (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) tops = NULL;
  RedesManifest *manifest;
  RedesFolderTotals totals;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  assert_holds (fixture, "Album",
                "Day 1 Lisbon/(notes/(todo.txt) tram.jpg) empty/() IMG_2.jpg IMG_10.jpg");

  tops = redes_library_list_folders (fixture->library);
  g_assert_cmpuint (tops->len, ==, 1);
  manifest = redes_holding_get_manifest (tops->pdata[0]);
  g_assert_cmpstr (redes_manifest_get_name (manifest), ==, "Album");
  g_assert_true (redes_manifest_get_folder (manifest, &totals));
  g_assert_cmpuint (totals.bytes, ==, 1320);
  g_assert_cmpuint (totals.n_files, ==, 4);
  g_assert_cmpuint (totals.n_folders, ==, 3);
  g_assert_cmpuint (totals.height, ==, 2);
}

/* The same files elsewhere, shared by another, are the same content. */
static void
test_same_content (Fixture *fixture, gconstpointer data)
{
  RedesContentId first;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  first = *redes_manifest_get_content (redes_holding_get_manifest (find_list (fixture, "Album")));

  add_file (fixture, "other/Copy/Day 1 Lisbon/notes/todo.txt", 20, 4);
  folder_add_folder (&fixture->folder, "other/Copy/empty");
  add_file (fixture, "other/Copy/Day 1 Lisbon/tram.jpg", 1000, 3);
  add_file (fixture, "other/Copy/IMG_2.jpg", 0, 2);
  add_file (fixture, "other/Copy/IMG_10.jpg", 300, 1);
  share_and_calm (fixture, "other");
  g_assert_true (redes_content_id_equal (
      &first,
      redes_manifest_get_content (redes_holding_get_manifest (find_list (fixture, "other/Copy")))));
}

static const RedesContentId *
get_content (Fixture *fixture, const char *relative)
{
  return redes_manifest_get_content (redes_holding_get_manifest (find_list (fixture, relative)));
}

static void
test_change (Fixture *fixture, gconstpointer data)
{
  RedesContentId album;
  RedesContentId lisbon;
  RedesContentId notes;
  RedesManifest *untouched;
  g_autoptr (RedesFolder) old = NULL;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  album = *get_content (fixture, "Album");
  lisbon = *get_content (fixture, "Album/Day 1 Lisbon");
  notes = *get_content (fixture, "Album/Day 1 Lisbon/notes");
  untouched = redes_holding_get_manifest (find_list (fixture, "Album/Day 1 Lisbon/notes"));

  add_file (fixture, "Album/Day 1 Lisbon/new.jpg", 50, 9);
  fixture_wait_for (fixture, 5, 0);
  assert_holds (fixture, "Album",
                "Day 1 Lisbon/(notes/(todo.txt) new.jpg tram.jpg) empty/() IMG_2.jpg IMG_10.jpg");
  /* Only the way up was made anew. */
  g_assert_false (redes_content_id_equal (&album, get_content (fixture, "Album")));
  g_assert_false (redes_content_id_equal (&lisbon, get_content (fixture, "Album/Day 1 Lisbon")));
  g_assert_true (
      redes_content_id_equal (&notes, get_content (fixture, "Album/Day 1 Lisbon/notes")));
  g_assert_true (untouched
                 == redes_holding_get_manifest (find_list (fixture, "Album/Day 1 Lisbon/notes")));

  /* Who was fetching what it was before gets the rest of it. */
  old = fetch (fixture, &album);
  g_assert_cmpuint (redes_folder_get_totals (old)->n_files, ==, 4);
  g_assert_cmpuint (redes_folder_tree_get_n_kept (redes_library_get_folder_tree (fixture->library)),
                    ==, 2);
}

static gboolean
is_nothing_kept (LibraryFixture *fixture)
{
  return redes_folder_tree_get_n_kept (redes_library_get_folder_tree (fixture->library)) == 0;
}

static void
test_kept_for_a_while (Fixture *fixture, gconstpointer data)
{
  static const RedesFolderTreePeriods short_periods = { .wait_ms = 5, .keep_ms = 30 };
  RedesContentId album;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  album = *get_content (fixture, "Album");
  redes_folder_tree_set_periods (redes_library_get_folder_tree (fixture->library), &short_periods);
  add_file (fixture, "Album/new.jpg", 50, 9);
  fixture_wait_for (fixture, 5, 0);
  g_assert_false (redes_content_id_equal (&album, get_content (fixture, "Album")));
  fixture_wait_until (fixture, is_nothing_kept);
  g_assert_null (redes_library_lookup (fixture->library, &album));
}

/* However often a folder changes, few of its lists are kept. */
static void
test_kept_bounded (Fixture *fixture, gconstpointer data)
{
  static const RedesFolderTreePeriods periods = { .wait_ms = 1, .keep_ms = 3600000 };
  RedesFolderTree *tree = redes_library_get_folder_tree (fixture->library);

  add_file (fixture, "Album/a", 1, 1);
  redes_folder_tree_set_periods (tree, &periods);
  share_and_calm (fixture, "Album");
  for (guint i = 0; i < 300; i++)
    {
      RedesHolding *holding = fixture_find_shared (fixture, "a");

      redes_holding_set_executable (holding, i % 2 == 0);
      redes_folder_tree_touch_file (tree, holding);
      fixture_wait_until (fixture, is_tree_idle);
    }
  g_assert_cmpuint (redes_folder_tree_get_n_kept (tree), ==, 256);
}

static gboolean
is_empty_folder_gone (LibraryFixture *fixture)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "Album");
  g_autofree char *real = redes_file_system_dup_real_path (path);
  g_autofree char *empty = g_build_filename (real, "empty", NULL);

  return redes_library_lookup_folder (fixture->library, empty) == NULL
         && !redes_library_is_looking (fixture->library);
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  add_album (fixture);
  share_and_calm (fixture, "Album");
  folder_remove (&fixture->folder, "Album/Day 1 Lisbon/notes/todo.txt");
  folder_remove (&fixture->folder, "Album/empty");
  fixture_wait_for (fixture, 4, 1);
  /* A look at the files may end before the scan that finds the folder gone. */
  fixture_wait_until (fixture, is_empty_folder_gone);
  assert_holds (fixture, "Album", "Day 1 Lisbon/(notes/() tram.jpg) IMG_2.jpg IMG_10.jpg");
}

/* What is unshared is not handed out any more, in no list, however old. */
static void
test_unshared (Fixture *fixture, gconstpointer data)
{
  RedesContentId album;
  RedesContentId lisbon;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  album = *get_content (fixture, "Album");
  lisbon = *get_content (fixture, "Album/Day 1 Lisbon");
  fixture_unshare (fixture, "Album/Day 1 Lisbon");
  fixture_wait_until_calm (fixture);
  assert_holds (fixture, "Album", "empty/() IMG_2.jpg IMG_10.jpg");
  g_assert_null (redes_library_lookup (fixture->library, &album));
  g_assert_null (redes_library_lookup (fixture->library, &lisbon));
  g_assert_true (is_nothing_kept (fixture));

  fixture_unshare (fixture, "Album/IMG_2.jpg");
  fixture_wait_until_calm (fixture);
  assert_holds (fixture, "Album", "empty/() IMG_10.jpg");

  fixture_unshare (fixture, "Album");
  fixture_wait_until_calm (fixture);
  g_assert_cmpuint (count_tops (fixture), ==, 0);
  g_assert_true (is_nothing_kept (fixture));
}

/* A folder in a folder that is shared later is a part of that. */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  RedesManifest *before;

  add_album (fixture);
  share_and_calm (fixture, "Album/Day 1 Lisbon");
  g_assert_cmpuint (count_tops (fixture), ==, 1);
  before = redes_holding_get_manifest (find_list (fixture, "Album/Day 1 Lisbon"));
  share_and_calm (fixture, "Album");
  g_assert_cmpuint (count_tops (fixture), ==, 1);
  g_assert_true (before == redes_holding_get_manifest (find_list (fixture, "Album/Day 1 Lisbon")));
  assert_holds (fixture, "Album",
                "Day 1 Lisbon/(notes/(todo.txt) tram.jpg) empty/() IMG_2.jpg IMG_10.jpg");

  fixture_unshare (fixture, "Album");
  fixture_wait_until_calm (fixture);
  g_assert_cmpuint (count_tops (fixture), ==, 0);
}

static void
test_single_file (Fixture *fixture, gconstpointer data)
{
  add_album (fixture);
  share_and_calm (fixture, "Album/IMG_10.jpg");
  g_assert_cmpuint (count_tops (fixture), ==, 0);
}

static void
test_modes_and_times (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "Album/run.sh");
  g_autoptr (RedesFolder) folder = NULL;
  RedesFolderChild child;

  add_file (fixture, "Album/run.sh", 10, 1);
  add_file (fixture, "Album/read.txt", 10, 2);
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  share_and_calm (fixture, "Album");
  assert_holds (fixture, "Album", "read.txt run.sh*");
  folder = redes_library_open_folder (fixture->library, get_content (fixture, "Album"));
  g_assert_true (redes_folder_find_child (folder, "read.txt", &child));
  g_assert_cmpint (child.time_s, ==, 1700000000);

  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  fixture_wait_until (fixture, is_not_executable);
  fixture_wait_until_calm (fixture);
  assert_holds (fixture, "Album", "read.txt run.sh");
}

static gboolean
is_told (Fixture *fixture, const char *words)
{
  guint n = 0;

  for (guint i = 0; i < fixture->notices->len; i++)
    n += strstr (fixture->notices->pdata[i], words) != NULL;
  g_assert_cmpuint (n, <=, 1);
  return n == 1;
}

/* On this disk they are two files; a list cannot hold both. */
static void
test_alike (Fixture *fixture, gconstpointer data)
{
  add_file (fixture, "Album/README", 10, 1);
  add_file (fixture, "Album/readme", 10, 2);
  add_file (fixture, "Album/sub/x", 10, 3);
  share_and_calm (fixture, "Album");
  assert_holds (fixture, "Album", "sub/(x) README");
  g_assert_true (is_told (fixture, "readme” is left out of its folder"));
  g_assert_cmpuint (fixture_count_files (fixture), ==, 3);

  /* It is told once, not at each change. */
  add_file (fixture, "Album/z", 10, 4);
  fixture_wait_for (fixture, 4, 0);
  assert_holds (fixture, "Album", "sub/(x) README z");
  g_assert_true (is_told (fixture, "readme” is left out of its folder"));
}

/* A name that is no text has another in the list, as it has in the file's manifest. */
static void
test_odd_names (Fixture *fixture, gconstpointer data)
{
  add_file (fixture, "Album/bad\xff.txt", 10, 1);
  add_file (fixture, "Album/\xd0\xbf\xd1\x80\xd0\xb8/\xe6\x97\xa5\xe6\x9c\xac.txt", 10, 2);
  add_file (fixture, "Album/a\\b\n", 10, 3);
  share_and_calm (fixture, "Album");
  assert_holds (fixture, "Album",
                "\xd0\xbf\xd1\x80\xd0\xb8/(\xe6\x97\xa5\xe6\x9c\xac.txt) a\\b\n "
                "bad\xef\xbf\xbd.txt");
}

static GBytes *
dup_signature (Fixture *fixture, const char *relative)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);
  RedesHolding *holding = redes_library_lookup_folder (fixture->library, path);

  return g_bytes_ref (redes_manifest_get_signature (redes_holding_get_manifest (holding)));
}

static void
count_list (const char *path, RedesManifest *manifest, gpointer user_data)
{
  (*(guint *)user_data)++;
}

/* Those that the store remembers. */
static guint
count_lists (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  redes_store_each_list (fixture->store, count_list, &n, &error);
  g_assert_no_error (error);
  return n;
}

static void
remove_folder (Fixture *fixture, const char *relative)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);

  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
test_restored (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) signature = NULL;
  RedesContentId album;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  album = *get_content (fixture, "Album");
  signature = dup_signature (fixture, "Album");
  fixture_restart (fixture);
  fixture_wait_until_calm (fixture);
  fixture_wait_until (fixture, is_album_listed);
  assert_holds (fixture, "Album",
                "Day 1 Lisbon/(notes/(todo.txt) tram.jpg) empty/() IMG_2.jpg IMG_10.jpg");
  g_assert_true (redes_content_id_equal (&album, get_content (fixture, "Album")));
  /* RSA-PSS is salted: what is signed anew has another signature. */
  {
    g_autoptr (GBytes) again = dup_signature (fixture, "Album");

    g_assert_true (g_bytes_equal (again, signature));
  }
  g_assert_cmpuint (count_lists (fixture), ==, 4);

  /* What changed while it did not run is signed anew, what is gone is forgotten. */
  fixture_close (fixture);
  remove_folder (fixture, "Album/empty");
  fixture_open (fixture);
  g_assert_true (redes_library_restore (fixture->library, NULL));
  fixture_wait_until_calm (fixture);
  fixture_wait_until (fixture, is_album_listed);
  g_assert_false (redes_content_id_equal (&album, get_content (fixture, "Album")));
  g_assert_cmpuint (count_lists (fixture), ==, 3);
}

static gboolean
on_next_moment (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* A folder that is unshared at any moment, while its list is read, hashed or signed, is gone, and
 * nothing of it is used any more (which the sanitizers see). */
static void
test_unshared_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSource) moments = g_timeout_source_new (20);

  /* So that the main loop never waits for long. */
  g_source_set_callback (moments, on_next_moment, NULL, NULL);
  g_source_attach (moments, fixture->context);
  add_album (fixture);
  for (guint n_turns = 0; n_turns < 60; n_turns++)
    {
      fixture_share (fixture, "Album");
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (fixture->context, TRUE);
      fixture_unshare (fixture, "Album");
      fixture_wait_until_calm (fixture);
      g_assert_cmpuint (count_tops (fixture), ==, 0);
    }
  g_source_destroy (moments);
}

/* A drive that is taken away is no folder that was emptied. */
static void
test_taken_away (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "Album");
  g_autofree char *away = folder_get_path (&fixture->folder, "Away");
  RedesContentId album;

  add_album (fixture);
  share_and_calm (fixture, "Album");
  album = *get_content (fixture, "Album");
  g_assert_cmpint (g_rename (path, away), ==, 0);
  fixture_wait_for (fixture, 4, 4);
  fixture_wait_until (fixture, has_no_tops);

  g_assert_cmpint (g_rename (away, path), ==, 0);
  fixture_wait_for (fixture, 8, 4);
  fixture_wait_until (fixture, is_album_listed);
  g_assert_true (redes_content_id_equal (&album, get_content (fixture, "Album")));
}

/* Lists of several blocks, and many folders. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RedesFolder) big = NULL;

  for (guint i = 0; i < 4000; i++)
    {
      g_autofree char *relative = g_strdup_printf (
          "Album/big/a name that is rather long, so that few of them fill a block %05u", i);

      add_file (fixture, relative, 1, i);
    }
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *relative = g_strdup_printf ("Album/%u/%u/file", i % 20, i);

      add_file (fixture, relative, 1, i);
    }
  share_and_calm (fixture, "Album");
  g_assert_cmpuint (get_content (fixture, "Album/big")->size_bytes, >, 256 * 1024);
  big = fetch (fixture, get_content (fixture, "Album/big"));
  g_assert_cmpuint (redes_folder_get_n_children (big), ==, 4000);
  g_assert_cmpuint (redes_folder_get_totals (big)->bytes, ==, 4000);
  g_clear_pointer (&big, redes_folder_unref);
  big = fetch (fixture, get_content (fixture, "Album"));
  g_assert_cmpuint (redes_folder_get_totals (big)->n_files, ==, 4200);
  g_assert_cmpuint (redes_folder_get_totals (big)->n_folders, ==, 221);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/library/folders/tree", test_tree, NULL);
  add ("/library/folders/same-content", test_same_content, NULL);
  add ("/library/folders/change", test_change, NULL);
  add ("/library/folders/kept-for-a-while", test_kept_for_a_while, NULL);
  add ("/library/folders/kept-bounded", test_kept_bounded, NULL);
  add ("/library/folders/removed", test_removed, NULL);
  add ("/library/folders/unshared", test_unshared, NULL);
  add ("/library/folders/unshared-meanwhile", test_unshared_meanwhile, NULL);
  add ("/library/folders/nested", test_nested, NULL);
  add ("/library/folders/single-file", test_single_file, NULL);
  add ("/library/folders/modes-and-times", test_modes_and_times, NULL);
  add ("/library/folders/alike", test_alike, NULL);
  add ("/library/folders/odd-names", test_odd_names, NULL);
  add ("/library/folders/restored", test_restored, "store");
  add ("/library/folders/taken-away", test_taken_away, NULL);
  add ("/library/folders/many", test_many, NULL);

  return g_test_run ();
}

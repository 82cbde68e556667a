/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/holding.h"
#include "engine/library/safe-open.h"

#include "engine/library/library.h"
#include "engine/library/share-index.h"
#include "fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (256u * 1024)

static void
assert_opens (const Folder *folder, const char *relative)
{
  g_autoptr (GError) error = NULL;
  struct stat info;
  int fd = redes_safe_open (folder->path, relative, &info, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  /* Not inherited by a program that we start. */
  g_assert_true ((fcntl (fd, F_GETFD) & FD_CLOEXEC) != 0);
  g_close (fd, NULL);
}

static void
assert_refused (const Folder *folder, const char *relative, RedesLibraryError code)
{
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_cmpint (redes_safe_open (folder->path, relative, &info, &error), ==, -1);
  g_assert_error (error, REDES_LIBRARY_ERROR, (gint)code);
  g_test_message ("%s", error->message);
}

static void
test_open_beneath (void)
{
  Folder folder;
  g_autofree char *secret = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "file", 10, 0);
  folder_add_file (&folder, "sub/deeper/file", 10, 0);
  folder_add_link (&folder, "file", "link");
  folder_add_link (&folder, "sub", "folder-link");
  folder_add_link (&folder, "/etc/passwd", "outside");
  folder_add_link (&folder, "/etc", "sub/etc");
  folder_add_pipe (&folder, "pipe");
  secret = folder_get_path (&folder, "secret");

  assert_opens (&folder, "file");
  assert_opens (&folder, "sub/deeper/file");

  assert_refused (&folder, "missing", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, "sub/missing/file", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, "link", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "outside", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "folder-link/deeper/file", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "sub/etc/passwd", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "file/more", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "pipe", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "sub", REDES_LIBRARY_ERROR_KIND);
  assert_refused (&folder, "", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, ".", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, "..", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, "sub/../file", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, "sub//deeper/file", REDES_LIBRARY_ERROR_NOT_FOUND);
  assert_refused (&folder, "/etc/passwd", REDES_LIBRARY_ERROR_NOT_FOUND);

  folder_add_file (&folder, "secret", 10, 0);
  g_assert_cmpint (g_chmod (secret, 0), ==, 0);
  rights_drop ();
  assert_refused (&folder, "secret", REDES_LIBRARY_ERROR_UNREADABLE);
  rights_restore ();
  folder_clear (&folder);
}

static void
assert_block (RedesHolding *holding, guint32 index, gsize size, guint seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = redes_holding_read (holding, index, &error);
  const guint8 *data;
  gsize len;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &len);
  g_assert_cmpuint (len, ==, MIN (BLOCK, size - (gsize)index * BLOCK));
  for (gsize i = 0; i < len; i++)
    if (data[i] != ((gsize)index * BLOCK + i + seed) % 251)
      g_error ("byte %" G_GSIZE_FORMAT " of block %u is wrong", i, index);
}

static void
assert_read_fails (RedesHolding *holding, guint32 index)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (redes_holding_read (holding, index, &error));
  g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ);
  g_test_message ("%s", error->message);
}

static void
assert_proof (RedesHolding *holding, RedesHashTree *tree, guint32 index)
{
  const RedesGeometry *geometry = redes_hash_tree_get_geometry (tree);
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
  RedesDigest block;

  g_assert_true (redes_hash_tree_get_block (tree, index, &block));
  g_assert_true (redes_holding_get_proof (holding, index, proof));
  g_assert_true (redes_geometry_check_proof (geometry, index, &block, proof,
                                             redes_geometry_get_proof_length (geometry),
                                             redes_hash_tree_get_root (tree)));
}

static void
test_file (void)
{
  static const gsize sizes[] = { 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 77 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Folder folder;
      g_autoptr (RedesHashTree) tree = NULL;
      g_autoptr (RedesManifest) manifest = NULL;
      g_autoptr (RedesHolding) holding = NULL;
      g_autofree char *path = NULL;
      g_autofree char *expected_path = NULL;
      RedesDigest proof[REDES_MAX_PROOF_LENGTH];
      guint32 n_blocks = (guint32)((sizes[i] + BLOCK - 1) / BLOCK);

      folder_init (&folder);
      folder_add_file (&folder, "sub/file", sizes[i], i);
      manifest = folder_sign (&folder, "file", sizes[i], i, &tree);
      holding = redes_holding_new_file (folder.path, "sub/file", REDES_FILE_TIME_UNKNOWN, manifest,
                                        tree);

      g_assert_true (redes_holding_is_complete (holding));
      g_assert_true (redes_holding_is_file (holding));
      g_assert_null (redes_holding_get_blocks (holding));
      g_assert_true (redes_holding_get_manifest (holding) == manifest);
      path = redes_holding_dup_path (holding);
      expected_path = folder_get_path (&folder, "sub/file");
      g_assert_cmpstr (path, ==, expected_path);
      for (guint32 block = 0; block < n_blocks; block++)
        {
          g_assert_true (redes_holding_has_block (holding, block));
          assert_proof (holding, tree, block);
          assert_block (holding, block, sizes[i], i);
        }
      g_assert_false (redes_holding_has_block (holding, n_blocks));
      g_assert_false (redes_holding_get_proof (holding, n_blocks, proof));
      assert_read_fails (holding, n_blocks);
      assert_read_fails (holding, G_MAXUINT32);
      folder_clear (&folder);
    }
}

static void
test_empty_file (void)
{
  Folder folder;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHolding) holding = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "file", 0, 0);
  manifest = folder_sign (&folder, "file", 0, 0, &tree);
  holding = redes_holding_new_file (folder.path, "file", REDES_FILE_TIME_UNKNOWN, manifest, tree);
  g_assert_true (redes_holding_is_complete (holding));
  g_assert_false (redes_holding_has_block (holding, 0));
  assert_read_fails (holding, 0);
  folder_clear (&folder);
}

/* What may happen on disk after sharing: nothing outside the folder is ever read. */
static void
test_changed_on_disk (void)
{
  const gsize size = 2 * BLOCK + 10;
  Folder folder;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHolding) holding = NULL;
  g_autofree char *path = NULL;
  g_autofree char *root = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "shared/sub/file", size, 3);
  folder_add_file (&folder, "outside/file", size, 9);
  path = folder_get_path (&folder, "shared/sub/file");
  root = folder_get_path (&folder, "shared");
  manifest = folder_sign (&folder, "file", size, 3, &tree);
  holding = redes_holding_new_file (root, "sub/file", REDES_FILE_TIME_UNKNOWN, manifest, tree);
  assert_block (holding, 2, size, 3);

  /* Shorter: nothing of it is what was shared. */
  g_assert_cmpint (truncate (path, BLOCK + 5), ==, 0);
  assert_read_fails (holding, 0);
  assert_read_fails (holding, 1);
  assert_read_fails (holding, 2);

  /* Replaced by links. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  assert_read_fails (holding, 0);
  folder_add_link (&folder, "../../outside/file", "shared/sub/file");
  assert_read_fails (holding, 0);
  folder_remove (&folder, "shared/sub");
  folder_add_link (&folder, "../outside", "shared/sub");
  assert_read_fails (holding, 0);

  /* Replaced by a pipe: no waiting for a writer. */
  folder_remove (&folder, "shared/sub");
  folder_add_pipe (&folder, "shared/sub/file");
  assert_read_fails (holding, 0);
  folder_remove (&folder, "shared/sub/file");

  /* Back again. */
  folder_add_file (&folder, "shared/sub/file", size, 3);
  assert_block (holding, 1, size, 3);
  folder_clear (&folder);
}

/* A file of a folder that was fetched, on a disk that does not keep the time that the file was
 * given. */
static void
test_member_without_its_time (void)
{
  static const gsize sizes[] = { 100, 2 * BLOCK + 10 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Folder folder;
      g_autoptr (RedesHashTree) tree = NULL;
      g_autoptr (RedesManifest) manifest = NULL;
      g_autoptr (RedesHolding) holding = NULL;

      folder_init (&folder);
      folder_add_file (&folder, "sub/file", sizes[i], 3);
      manifest = folder_sign (&folder, "file", sizes[i], 3, &tree);
      holding = redes_holding_new_member (folder.path, "sub/file", 1000, manifest, tree);
      assert_block (holding, 0, sizes[i], 3);
      /* Only its bytes can tell that it was altered. */
      folder_add_file (&folder, "sub/file", sizes[i], 4);
      assert_read_fails (holding, 0);
      folder_add_file (&folder, "sub/file", sizes[i] + 1, 3);
      assert_read_fails (holding, 0);
      folder_clear (&folder);
    }
}

/* The way to the root may lead through a link. */
static void
test_root_through_link (void)
{
  Folder folder;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHolding) holding = NULL;
  g_autofree char *root = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "real/file", 10, 0);
  folder_add_link (&folder, "real", "link");
  root = folder_get_path (&folder, "link");
  manifest = folder_sign (&folder, "file", 10, 0, &tree);
  holding = redes_holding_new_file (root, "file", REDES_FILE_TIME_UNKNOWN, manifest, tree);
  assert_block (holding, 0, 10, 0);
  folder_clear (&folder);
}

static void
test_partial (void)
{
  const gsize size = 2 * BLOCK + 10;
  Folder folder;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHolding) holding = NULL;
  g_autofree char *path = NULL;
  int fd;

  folder_init (&folder);
  folder_add_file (&folder, "partial", size, 3);
  path = folder_get_path (&folder, "partial");
  manifest = folder_sign (&folder, "file", size, 3, &tree);
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  holding = redes_holding_new_partial (fd, manifest, tree);
  g_close (fd, NULL);

  g_assert_false (redes_holding_is_complete (holding));
  g_assert_false (redes_holding_is_file (holding));
  g_assert_null (redes_holding_dup_path (holding));
  g_assert_cmpuint (redes_bitfield_get_size (redes_holding_get_blocks (holding)), ==, 3);
  g_assert_cmpuint (redes_bitfield_get_count (redes_holding_get_blocks (holding)), ==, 0);

  redes_holding_add_block (holding, 1);
  redes_holding_add_block (holding, 1);
  g_assert_false (redes_holding_has_block (holding, 0));
  g_assert_true (redes_holding_has_block (holding, 1));
  g_assert_false (redes_holding_has_block (holding, 3));
  assert_block (holding, 1, size, 3);

  /* It is the open file that counts, not its name. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  redes_holding_add_block (holding, 0);
  redes_holding_add_block (holding, 2);
  assert_block (holding, 2, size, 3);
  g_assert_true (redes_holding_is_complete (holding));
  g_assert_false (redes_holding_is_file (holding));
  g_assert_null (redes_holding_get_blocks (holding));
  folder_clear (&folder);
}

/* @relative: in the folder; @name: the manifest's, which may be another than the file's own */
static void
add_to_index (RedesShareIndex *index, const Folder *folder, const char *relative, const char *name)
{
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = folder_sign (folder, name, 10, 0, &tree);
  g_autoptr (RedesHolding) holding
      = redes_holding_new_file (folder->path, relative, REDES_FILE_TIME_UNKNOWN, manifest, tree);

  g_assert_true (redes_share_index_add (index, holding));
}

static void
assert_below (RedesShareIndex *index, const Folder *folder, const char *relative, guint n_files)
{
  g_autofree char *path = folder_get_path (folder, relative);
  g_autoptr (GPtrArray) files = redes_share_index_list_below (index, path);
  g_autofree char *shown = g_filename_display_name (relative);

  g_test_message ("below “%s”", shown);
  g_assert_cmpuint (files->len, ==, n_files);
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *found = redes_holding_dup_path (files->pdata[i]);

      g_assert_true (g_str_has_prefix (found, path));
      g_assert_true (found[strlen (path)] == '/' || found[strlen (path)] == '\0');
    }
}

/* Files of one folder are not looked at one by one. */
static void
test_list_below (void)
{
  RedesShareIndex *index = redes_share_index_new ();
  Folder folder;

  folder_init (&folder);
  add_to_index (index, &folder, "top", "top");
  add_to_index (index, &folder, "a/one", "one");
  add_to_index (index, &folder, "a/two", "two");
  add_to_index (index, &folder, "ab/one", "one");
  add_to_index (index, &folder, "a/b/one", "one");
  add_to_index (index, &folder, "a/b/two", "two");
  add_to_index (index, &folder, "a/three", "three");
  add_to_index (index, &folder, "a/caf\xe9", "caf_");
  assert_below (index, &folder, "a", 6);
  assert_below (index, &folder, "a/b", 2);
  assert_below (index, &folder, "ab", 1);
  assert_below (index, &folder, "a/two", 1);
  assert_below (index, &folder, "a/tw", 0);
  assert_below (index, &folder, "a/caf\xe9", 1);
  assert_below (index, &folder, "a/caf_", 0);
  assert_below (index, &folder, "a/one/more", 0);
  assert_below (index, &folder, "nothing", 0);
  redes_share_index_free (index);
  folder_clear (&folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holding/open-beneath", test_open_beneath);
  g_test_add_func ("/holding/file", test_file);
  g_test_add_func ("/holding/empty-file", test_empty_file);
  g_test_add_func ("/holding/changed-on-disk", test_changed_on_disk);
  g_test_add_func ("/holding/member-without-its-time", test_member_without_its_time);
  g_test_add_func ("/holding/root-through-link", test_root_through_link);
  g_test_add_func ("/holding/partial", test_partial);
  g_test_add_func ("/holding/list-below", test_list_below);
  return g_test_run ();
}

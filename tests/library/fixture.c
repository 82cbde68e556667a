/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static guint8 *
make_bytes (gsize size, guint seed)
{
  guint8 *bytes = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8)((i + seed) % 251);
  return bytes;
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *state)
{
  return remove (path);
}

static void
remove_tree (const char *path)
{
  g_assert_cmpint (nftw (path, remove_entry, 32, FTW_DEPTH | FTW_PHYS), ==, 0);
}

/* One serves all folders of a program: to make it takes longer than most tests. */
static RedesIdentity *
ref_identity (void)
{
  static RedesIdentity *identity;
  g_autoptr (GError) error = NULL;

  if (identity == NULL)
    identity = redes_identity_new (2048, &error);
  g_assert_no_error (error);
  return redes_identity_ref (identity);
}

void
folder_init (Folder *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *made = g_dir_make_tmp ("redes-test-XXXXXX", &error);
  char *resolved;

  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (made, 0777), ==, 0);
  resolved = realpath (made, NULL);
  folder->path = g_strdup (resolved);
  free (resolved);
  folder->identity = ref_identity ();
}

void
folder_clear (Folder *folder)
{
  remove_tree (folder->path);
  g_clear_pointer (&folder->path, g_free);
  g_clear_pointer (&folder->identity, redes_identity_unref);
}

char *
folder_get_path (const Folder *folder, const char *relative)
{
  return g_build_filename (folder->path, relative, NULL);
}

static char *
prepare_path (const Folder *folder, const char *relative)
{
  char *path = folder_get_path (folder, relative);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  return path;
}

void
folder_add_file (const Folder *folder, const char *relative, gsize size, guint seed)
{
  g_autofree char *path = prepare_path (folder, relative);
  g_autofree guint8 *bytes = make_bytes (size, seed);
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

void
folder_add_folder (const Folder *folder, const char *relative)
{
  g_autofree char *path = folder_get_path (folder, relative);

  g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
}

void
folder_add_link (const Folder *folder, const char *target, const char *relative)
{
  g_autofree char *path = prepare_path (folder, relative);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

void
folder_add_pipe (const Folder *folder, const char *relative)
{
  g_autofree char *path = prepare_path (folder, relative);

  g_assert_cmpint (mkfifo (path, 0644), ==, 0);
}

void
folder_remove (const Folder *folder, const char *relative)
{
  g_autofree char *path = folder_get_path (folder, relative);

  remove_tree (path);
}

void
folder_assert_file (const Folder *folder, const char *relative, gsize size, guint seed)
{
  g_autofree char *path = folder_get_path (folder, relative);
  g_autofree guint8 *expected = make_bytes (size, seed);
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;
  gsize found_size;

  g_file_get_contents (path, &found, &found_size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (found, found_size, expected, size);
}

guint
folder_count (const Folder *folder, const char *relative)
{
  g_autofree char *path = folder_get_path (folder, relative);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

RedesManifest *
folder_sign (const Folder *folder, const char *name, gsize size, guint seed, RedesHashTree **tree)
{
  RedesGeometry geometry = { size, redes_block_size_for (size) };
  guint32 n_blocks = redes_geometry_get_n_blocks (&geometry);
  g_autofree RedesDigest *blocks = g_new0 (RedesDigest, n_blocks + 1);
  g_autofree guint8 *bytes = make_bytes (size, seed);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) manifests = NULL;
  RedesManifestDraft draft = { .name = name, .geometry = geometry };

  for (guint32 i = 0; i < n_blocks; i++)
    redes_geometry_hash_block (&geometry, i, bytes + (gsize)i * geometry.block_size,
                               redes_geometry_get_block_length (&geometry, i), &blocks[i]);
  *tree = redes_hash_tree_new_from_blocks (&geometry, n_blocks > 0 ? blocks : NULL);
  draft.root = *redes_hash_tree_get_root (*tree);
  manifests = redes_manifest_sign_batch (folder->identity, &draft, 1, 1700000000, &error);
  g_assert_no_error (error);
  return redes_manifest_ref (g_ptr_array_index (manifests, 0));
}

void
rights_drop (void)
{
  if (getuid () == 0)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
}

void
rights_restore (void)
{
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
}

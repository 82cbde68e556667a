/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include "fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

typedef int (*MoveFunc) (const char *from, const char *to);

static const MoveFunc ways[] = { redes_move_no_replace, redes_move_by_kernel, redes_move_by_link,
                                 redes_move_by_placeholder };

static void
test_moves (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Folder folder;
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;
      int result;

      folder_init (&folder);
      folder_add_file (&folder, "from", 1000, 1);
      from = folder_get_path (&folder, "from");
      to = folder_get_path (&folder, "to");
      result = ways[i](from, to);
      g_test_message ("way %u: %s", i, g_strerror (result));
      /* A file system may not know the kernel's way or links; then nothing has happened. */
      if (result == ENOSYS && i > 0)
        folder_assert_file (&folder, "from", 1000, 1);
      else
        {
          g_assert_cmpint (result, ==, 0);
          folder_assert_file (&folder, "to", 1000, 1);
        }
      g_assert_cmpuint (folder_count (&folder, ""), ==, 1);
      folder_clear (&folder);
    }
}

static void
test_never_replaces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Folder folder;
      g_autofree char *from = NULL;
      g_autofree char *file = NULL;
      g_autofree char *link = NULL;
      g_autofree char *sub = NULL;

      folder_init (&folder);
      folder_add_file (&folder, "from", 1000, 1);
      folder_add_file (&folder, "file", 10, 2);
      folder_add_link (&folder, "nowhere", "link");
      folder_add_folder (&folder, "folder");
      from = folder_get_path (&folder, "from");
      file = folder_get_path (&folder, "file");
      link = folder_get_path (&folder, "link");
      sub = folder_get_path (&folder, "folder");

      g_assert_cmpint (ways[i](from, file), ==, EEXIST);
      g_assert_cmpint (ways[i](from, link), ==, EEXIST);
      g_assert_cmpint (ways[i](from, sub), ==, EEXIST);
      folder_assert_file (&folder, "from", 1000, 1);
      folder_assert_file (&folder, "file", 10, 2);
      g_assert_cmpuint (folder_count (&folder, ""), ==, 4);
      folder_clear (&folder);
    }
}

static void
test_failures_leave_nothing (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Folder folder;
      g_autofree char *from = NULL;
      g_autofree char *missing = NULL;
      g_autofree char *to = NULL;
      g_autofree char *nowhere = NULL;

      folder_init (&folder);
      folder_add_file (&folder, "from", 1000, 1);
      from = folder_get_path (&folder, "from");
      missing = folder_get_path (&folder, "missing");
      to = folder_get_path (&folder, "to");
      nowhere = folder_get_path (&folder, "no/where");

      g_assert_cmpint (ways[i](missing, to), ==, ENOENT);
      g_assert_cmpint (ways[i](from, nowhere), ==, ENOENT);
      g_assert_cmpuint (folder_count (&folder, ""), ==, 1);
      folder_assert_file (&folder, "from", 1000, 1);
      folder_clear (&folder);
    }
}

/* A folder with what is in it, also by the way for file systems that know no other. */
static void
test_moves_folders (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Folder folder;
      g_autofree char *from = NULL;
      g_autofree char *to = NULL;
      int result;

      folder_init (&folder);
      folder_add_folder (&folder, "from");
      folder_add_file (&folder, "from/file", 1000, 1);
      from = folder_get_path (&folder, "from");
      to = folder_get_path (&folder, "to");
      result = ways[i](from, to);
      if (result == ENOSYS && ways[i] != redes_move_no_replace
          && ways[i] != redes_move_by_placeholder)
        folder_assert_file (&folder, "from/file", 1000, 1);
      else
        {
          g_assert_cmpint (result, ==, 0);
          folder_assert_file (&folder, "to/file", 1000, 1);
        }
      g_assert_cmpuint (folder_count (&folder, ""), ==, 1);
      folder_clear (&folder);
    }
}

static void
test_folders_replace_nothing (void)
{
  static const char *const others[] = { "file", "link", "empty", "full" };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Folder folder;
      g_autofree char *from = NULL;

      folder_init (&folder);
      folder_add_folder (&folder, "from");
      folder_add_file (&folder, "from/file", 1000, 1);
      folder_add_file (&folder, "file", 10, 2);
      folder_add_link (&folder, "nowhere", "link");
      folder_add_folder (&folder, "empty");
      folder_add_folder (&folder, "full");
      folder_add_file (&folder, "full/file", 10, 3);
      from = folder_get_path (&folder, "from");
      for (guint j = 0; j < G_N_ELEMENTS (others); j++)
        {
          g_autofree char *to = folder_get_path (&folder, others[j]);

          g_assert_cmpint (ways[i](from, to), ==, EEXIST);
        }
      folder_assert_file (&folder, "from/file", 1000, 1);
      folder_assert_file (&folder, "file", 10, 2);
      folder_assert_file (&folder, "full/file", 10, 3);
      g_assert_cmpuint (folder_count (&folder, ""), ==, 5);
      folder_clear (&folder);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/move/moves", test_moves);
  g_test_add_func ("/move/never-replaces", test_never_replaces);
  g_test_add_func ("/move/failures-leave-nothing", test_failures_leave_nothing);
  g_test_add_func ("/move/moves-folders", test_moves_folders);
  g_test_add_func ("/move/folders-replace-nothing", test_folders_replace_nothing);
  return g_test_run ();
}

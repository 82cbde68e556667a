/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/partial-file.h"

#include "engine/library/final-name.h"
#include "engine/library/folder-build.h"
#include "engine/library/library.h"
#include "fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static RedesContentId
make_content (guint64 size)
{
  RedesContentId content = { { { 0xab, 0xcd } }, size };

  return content;
}

static char *
hidden_name (guint64 size)
{
  RedesContentId content = make_content (size);
  g_autofree char *text = redes_content_id_dup_text (&content);

  return g_strdup_printf (".redes-%s.part", text);
}

static RedesPartialFile *
create (const Folder *folder, const char *relative, guint64 size)
{
  g_autofree char *path = folder_get_path (folder, relative);
  g_autoptr (GError) error = NULL;
  RedesContentId content = make_content (size);
  RedesPartialFile *file = redes_partial_file_create (path, &content, &error);

  g_assert_no_error (error);
  return file;
}

/* Writes what folder_assert_file() expects. */
static void
fill (RedesPartialFile *file, gsize size, guint seed)
{
  g_autofree guint8 *bytes = g_malloc (size + 1);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8)((i + seed) % 251);

  /* The second half first. */
  redes_partial_file_write (file, size / 2, bytes + size / 2, size - size / 2, &error);
  g_assert_no_error (error);
  redes_partial_file_write (file, 0, bytes, size / 2, &error);
  g_assert_no_error (error);
}

static char *
finish (RedesPartialFile *file, const char *name, const char *target)
{
  gint64 mtime_ns;
  g_autoptr (GError) error = NULL;
  char *path = redes_partial_file_finish (file, name, target, NULL, &mtime_ns, &error);

  g_assert_no_error (error);
  return path;
}

static void
test_finish (void)
{
  Folder folder;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *hidden = hidden_name (100000);
  g_autofree char *hidden_path = NULL;

  folder_init (&folder);
  file = create (&folder, "new/folders", 100000);
  hidden_path = g_build_filename (folder.path, "new/folders", hidden, NULL);
  g_assert_true (g_file_test (hidden_path, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (redes_partial_file_get_fd (file), >=, 0);
  fill (file, 100000, 5);
  path = finish (file, "name.bin", NULL);
  expected = folder_get_path (&folder, "new/folders/name.bin");
  g_assert_cmpstr (path, ==, expected);
  folder_assert_file (&folder, "new/folders/name.bin", 100000, 5);
  g_assert_cmpuint (folder_count (&folder, "new/folders"), ==, 1);

  /* After that there is nothing to discard. */
  redes_partial_file_discard (file);
  folder_assert_file (&folder, "new/folders/name.bin", 100000, 5);
  folder_clear (&folder);
}

static void
test_empty (void)
{
  Folder folder;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autofree char *path = NULL;

  folder_init (&folder);
  file = create (&folder, "", 0);
  path = finish (file, "empty", NULL);
  folder_assert_file (&folder, "empty", 0, 0);
  folder_clear (&folder);
}

static void
test_same_name (void)
{
  static const char *const names[] = { "n.txt", "n (2).txt", "n (3).txt" };
  Folder folder;

  folder_init (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (RedesPartialFile) file = create (&folder, "", 1000);
      g_autofree char *path = NULL;

      fill (file, 1000, i);
      path = finish (file, "n.txt", NULL);
      g_assert_true (g_str_has_suffix (path, names[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    folder_assert_file (&folder, names[i], 1000, i);
  folder_clear (&folder);
}

/* Neither a folder nor a link is replaced or followed. */
static void
test_name_taken_by_others (void)
{
  Folder folder;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autofree char *path = NULL;

  folder_init (&folder);
  folder_add_folder (&folder, "n");
  folder_add_link (&folder, "victim", "n (2)");
  file = create (&folder, "", 10);
  fill (file, 10, 1);
  path = finish (file, "n", NULL);
  folder_assert_file (&folder, "n (3)", 10, 1);
  g_assert_cmpuint (folder_count (&folder, ""), ==, 3);
  folder_clear (&folder);
}

static void
test_hostile_names (void)
{
  static const char *const names[]
      = { "../x", "/etc/x", "C:\\x", "..", "", ".hidden", "a\nb", "../../../../../../tmp/x" };
  Folder folder;

  folder_init (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (RedesPartialFile) file = create (&folder, "downloads", 10);
      g_autofree char *path = finish (file, names[i], NULL);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autofree char *expected = folder_get_path (&folder, "downloads");
      g_autofree char *base = g_path_get_basename (path);

      g_assert_cmpstr (parent, ==, expected);
      g_assert_true (base[0] != '.');
      g_assert_cmpuint (folder_count (&folder, "downloads"), ==, i + 1);
    }
  g_assert_cmpuint (folder_count (&folder, ""), ==, 1);
  folder_clear (&folder);
}

static void
test_longest_name (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  Folder folder;

  for (guint i = 0; i < 125; i++)
    g_string_append (name, "é");
  g_string_append (name, ".jpeg");
  g_assert_cmpuint (name->len, ==, 255);

  folder_init (&folder);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (RedesPartialFile) file = create (&folder, "", 10);
      g_autofree char *path = finish (file, name->str, NULL);
      g_autofree char *base = g_path_get_basename (path);

      g_assert_cmpuint (strlen (base), <=, 255);
      g_assert_true (g_utf8_validate (base, -1, NULL));
      g_assert_cmpint (g_str_equal (base, name->str), ==, i == 0);
      g_assert_true (g_str_has_suffix (base, ".jpeg"));
    }
  g_assert_cmpuint (folder_count (&folder, ""), ==, 3);
  folder_clear (&folder);
}

static void
test_target (void)
{
  gint64 mtime_ns;
  Folder folder;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *taken = NULL;
  g_autofree char *free_path = NULL;
  g_autofree char *path = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "taken", 3, 0);
  taken = folder_get_path (&folder, "taken");
  free_path = folder_get_path (&folder, ".exactly: this");
  file = create (&folder, "", 10);
  fill (file, 10, 1);

  g_assert_null (redes_partial_file_finish (file, "name", taken, NULL, &mtime_ns, &error));
  g_assert_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK);
  g_assert_nonnull (strstr (error->message, taken));
  folder_assert_file (&folder, "taken", 3, 0);

  /* It can be tried again under another name. */
  path = finish (file, "name", free_path);
  g_assert_cmpstr (path, ==, free_path);
  folder_assert_file (&folder, ".exactly: this", 10, 1);
  g_assert_cmpuint (folder_count (&folder, ""), ==, 2);
  folder_clear (&folder);
}

static void
assert_target_is_good (const Folder *folder, const char *name)
{
  g_autofree char *target = folder_get_path (folder, name);
  g_autoptr (GError) error = NULL;
  guint before = folder_count (folder, "");

  redes_final_name_check (folder->path, target, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (folder_count (folder, ""), ==, before);
}

/* Before anything is fetched, and nothing is left of it. */
static void
test_target_is_checked (void)
{
  Folder folder;
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *too_long = g_strnfill (256, 'x');
  g_autofree char *marks = g_strnfill (255, '?');
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;

  folder_init (&folder);
  assert_target_is_good (&folder, "name");
  assert_target_is_good (&folder, "what? now: a|b.bin");
  assert_target_is_good (&folder, longest);
  assert_target_is_good (&folder, marks);
  folder_add_file (&folder, "taken", 3, 0);
  assert_target_is_good (&folder, "taken");
  folder_assert_file (&folder, "taken", 3, 0);

  target = folder_get_path (&folder, too_long);
  g_assert_false (redes_final_name_check (folder.path, target, &error));
  g_assert_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME);
  g_assert_nonnull (strstr (error->message, "too long"));
  folder_clear (&folder);
}

static void
test_discard_and_keep (void)
{
  Folder folder;
  RedesPartialFile *file;

  folder_init (&folder);
  file = create (&folder, "", 10);
  redes_partial_file_discard (file);
  redes_partial_file_discard (file);
  g_assert_cmpuint (folder_count (&folder, ""), ==, 0);
  redes_partial_file_unref (file);

  file = create (&folder, "", 10);
  redes_partial_file_unref (file);
  g_assert_cmpuint (folder_count (&folder, ""), ==, 1);
  folder_clear (&folder);
}

/* What is left from before must not show through holes. */
static void
test_leftover_is_emptied (void)
{
  g_autofree char *hidden = hidden_name (200000);
  g_autofree guint8 *zeroes = g_malloc0 (100000);
  g_autofree char *path = NULL;
  g_autofree char *contents = NULL;
  g_autoptr (RedesPartialFile) file = NULL;
  Folder folder;
  gsize size;

  folder_init (&folder);
  folder_add_file (&folder, hidden, 300000, 7);
  file = create (&folder, "", 200000);
  g_assert_true (redes_partial_file_write (file, 0, zeroes, 100000, NULL));
  g_assert_true (redes_partial_file_write (file, 100000, zeroes, 100000, NULL));
  path = finish (file, "zeroes", NULL);
  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  g_assert_cmpuint (size, ==, 200000);
  g_assert_cmpmem (contents, 100000, zeroes, 100000);
  g_assert_cmpmem (contents + 100000, 100000, zeroes, 100000);
  folder_clear (&folder);
}

/* A crash between the two steps of giving a name: the finished file must survive the next download.
 */
static void
test_leftover_with_two_names (void)
{
  g_autofree char *hidden = hidden_name (500);
  g_autofree char *hidden_path = NULL;
  g_autofree char *finished_path = NULL;
  g_autofree char *path = NULL;
  g_autoptr (RedesPartialFile) file = NULL;
  Folder folder;

  folder_init (&folder);
  folder_add_file (&folder, "finished", 1000, 7);
  hidden_path = folder_get_path (&folder, hidden);
  finished_path = folder_get_path (&folder, "finished");
  g_assert_cmpint (link (finished_path, hidden_path), ==, 0);

  file = create (&folder, "", 500);
  fill (file, 500, 1);
  folder_assert_file (&folder, "finished", 1000, 7);
  path = finish (file, "finished", NULL);
  folder_assert_file (&folder, "finished (2)", 500, 1);
  folder_clear (&folder);
}

static void
assert_create_fails (const char *path, guint64 size, const char *words)
{
  RedesContentId content = make_content (size);
  g_autoptr (GError) error = NULL;

  g_assert_null (redes_partial_file_create (path, &content, &error));
  g_assert_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_hidden_name_is_a_trap (void)
{
  g_autofree char *hidden = hidden_name (10);
  Folder folder;

  folder_init (&folder);
  folder_add_file (&folder, "victim", 1000, 7);
  folder_add_link (&folder, "victim", hidden);
  assert_create_fails (folder.path, 10, "remove it");
  folder_assert_file (&folder, "victim", 1000, 7);

  folder_remove (&folder, hidden);
  folder_add_folder (&folder, hidden);
  assert_create_fails (folder.path, 10, "remove it");

  folder_remove (&folder, hidden);
  folder_add_pipe (&folder, hidden);
  assert_create_fails (folder.path, 10, "remove it");
  folder_clear (&folder);
}

static void
test_locked (void)
{
  Folder folder;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autofree char *path = NULL;
  RedesContentId content = make_content (1000);
  RedesPartialFile *second;
  int copy;
  pid_t pid;
  int status;

  folder_init (&folder);
  file = create (&folder, "", 1000);
  fill (file, 1000, 4);
  assert_create_fails (folder.path, 1000, "already");

  /* The same in another process. */
  pid = fork ();
  if (pid == 0)
    _exit (redes_partial_file_create (folder.path, &content, NULL) == NULL ? 0 : 1);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  path = finish (file, "done", NULL);
  folder_assert_file (&folder, "done", 1000, 4);

  /* The finished file is not touched by the next one, even while it is still open here. */
  second = create (&folder, "", 10);
  folder_assert_file (&folder, "done", 1000, 4);

  /* A copy of the descriptor that outlives the partial file does not keep the lock. */
  copy = dup (redes_partial_file_get_fd (second));
  redes_partial_file_unref (second);
  second = create (&folder, "", 10);
  redes_partial_file_unref (second);
  g_close (copy, NULL);
  folder_clear (&folder);
}

static void
test_bad_folders (void)
{
  Folder folder;
  g_autofree char *file_path = NULL;
  g_autofree char *locked = NULL;

  folder_init (&folder);
  folder_add_file (&folder, "file", 1, 0);
  file_path = folder_get_path (&folder, "file");
  assert_create_fails (file_path, 10, "not a folder");

  folder_add_folder (&folder, "locked");
  locked = folder_get_path (&folder, "locked");
  g_assert_cmpint (g_chmod (locked, 0555), ==, 0);
  rights_drop ();
  assert_create_fails (locked, 10, "permission");
  rights_restore ();
  folder_clear (&folder);
}

/* A limit on the size of files stands in for a disk that cannot take it. */
static void
test_too_large (void)
{
  struct rlimit old;
  struct rlimit small;
  Folder folder;

  folder_init (&folder);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 1 << 20;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  assert_create_fails (folder.path, 2 << 20, "cannot hold");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  /* Nothing is left behind. */
  g_assert_cmpuint (folder_count (&folder, ""), ==, 0);
  folder_clear (&folder);
}

static void
test_folder_disappears (void)
{
  gint64 mtime_ns;
  Folder folder;
  g_autoptr (RedesPartialFile) file = NULL;
  g_autoptr (GError) error = NULL;

  folder_init (&folder);
  file = create (&folder, "sub", 10);
  folder_remove (&folder, "sub");
  fill (file, 10, 1);
  g_assert_null (redes_partial_file_finish (file, "name", NULL, NULL, &mtime_ns, &error));
  g_assert_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK);
  g_assert_nonnull (strstr (error->message, "gone"));
  folder_clear (&folder);
}

/* A large sparse file takes no room. */
static void
test_sparse (void)
{
  const guint64 size = G_GUINT64_CONSTANT (5) << 30;
  g_autofree guint8 *zeroes = g_malloc0 (1 << 20);
  g_autoptr (RedesPartialFile) file = NULL;
  g_autofree char *path = NULL;
  struct stat info;
  Folder folder;

  folder_init (&folder);
  file = create (&folder, "", size);
  for (guint64 offset = 0; offset < (G_GUINT64_CONSTANT (64) << 20); offset += 1 << 20)
    g_assert_true (redes_partial_file_write (file, offset, zeroes, 1 << 20, NULL));
  g_assert_true (redes_partial_file_write (file, size - 4, (const guint8 *)"tail", 4, NULL));
  path = finish (file, "sparse", NULL);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint ((guint64)info.st_size, ==, size);
  g_assert_cmpuint ((guint64)info.st_blocks * 512, <, 1 << 20);
  folder_clear (&folder);
}

/* Somebody who may write in the folder has made the file beforehand, and keeps it open. */
static void
test_of_another_user (void)
{
  Folder folder;
  RedesContentId content = make_content (1000);
  g_autoptr (RedesPartialFile) file = NULL;
  g_autofree char *hidden = hidden_name (1000);
  g_autofree char *path = NULL;
  g_autofree char *foreign = NULL;
  g_autoptr (RedesPartialFile) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  gint64 mtime_ns;
  struct stat info;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a file of another user's, to see that it is not used");
      return;
    }
  folder_init (&folder);
  folder_add_file (&folder, hidden, 5000, 3);
  foreign = folder_get_path (&folder, hidden);
  g_assert_cmpint (chown (foreign, 65534, 65534), ==, 0);
  g_assert_cmpint (chmod (foreign, 0666), ==, 0);

  file = create (&folder, "", 1000);
  g_assert_cmpint (fstat (redes_partial_file_get_fd (file), &info), ==, 0);
  g_assert_cmpuint (info.st_uid, ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_clear_pointer (&file, redes_partial_file_unref);
  folder_assert_file (&folder, hidden, 5000, 3);

  /* The next run goes on with it, and `check` finds it. */
  again = redes_partial_file_open (folder.path, &content, &mtime_ns, &error);
  g_assert_no_error (error);
  found = redes_partial_file_find (folder.path, &content);
  g_assert_cmpstr (found, !=, foreign);
  g_assert_cmpuint (folder_count (&folder, ""), ==, 2);
  fill (again, 1000, 1);
  path = finish (again, "name", NULL);
  folder_assert_file (&folder, "name", 1000, 1);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_uid, ==, 0);
  g_assert_cmpuint (info.st_mode & 0022, ==, 0);
  g_assert_cmpuint (info.st_mode & 0400, !=, 0);
  folder_assert_file (&folder, hidden, 5000, 3);
  folder_clear (&folder);
}

/* There is none of ours: nothing is made either. */
static void
test_only_of_another_user (void)
{
  Folder folder;
  RedesContentId content = make_content (1000);
  g_autofree char *hidden = hidden_name (1000);
  g_autofree char *foreign = NULL;
  g_autoptr (GError) error = NULL;
  gint64 mtime_ns;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a file of another user's, to see that it is not opened");
      return;
    }
  folder_init (&folder);
  folder_add_file (&folder, hidden, 1000, 3);
  foreign = folder_get_path (&folder, hidden);
  g_assert_cmpint (chown (foreign, 65534, 65534), ==, 0);
  g_assert_null (redes_partial_file_open (folder.path, &content, &mtime_ns, &error));
  g_assert_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND);
  g_assert_cmpuint (folder_count (&folder, ""), ==, 1);
  folder_clear (&folder);
}

/* The hidden folder that a folder is fetched into. */
static void
test_foreign_folder (void)
{
  const RedesContentId content = make_content (1000);
  g_autofree char *hidden = hidden_name (1000);
  Folder folder;
  g_autofree char *foreign = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolderBuild) build = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a folder of another user's, to see that it is not used");
      return;
    }
  folder_init (&folder);
  foreign = folder_get_path (&folder, hidden);
  g_assert_cmpint (g_mkdir (foreign, 0777), ==, 0);
  g_assert_cmpint (chown (foreign, 65534, 65534), ==, 0);
  g_assert_null (redes_folder_build_open (folder.path, &content, &error));
  g_assert_nonnull (error);
  /* Nothing was put there. */
  g_assert_cmpint (g_rmdir (foreign), ==, 0);
  build = redes_folder_build_open (folder.path, &content, NULL);
  g_assert_nonnull (build);
  redes_folder_build_discard (build);
  folder_clear (&folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partial-file/foreign-folder", test_foreign_folder);
  g_test_add_func ("/partial-file/finish", test_finish);
  g_test_add_func ("/partial-file/empty", test_empty);
  g_test_add_func ("/partial-file/same-name", test_same_name);
  g_test_add_func ("/partial-file/name-taken-by-others", test_name_taken_by_others);
  g_test_add_func ("/partial-file/hostile-names", test_hostile_names);
  g_test_add_func ("/partial-file/longest-name", test_longest_name);
  g_test_add_func ("/partial-file/target", test_target);
  g_test_add_func ("/partial-file/target-is-checked", test_target_is_checked);
  g_test_add_func ("/partial-file/discard-and-keep", test_discard_and_keep);
  g_test_add_func ("/partial-file/leftover-is-emptied", test_leftover_is_emptied);
  g_test_add_func ("/partial-file/leftover-with-two-names", test_leftover_with_two_names);
  g_test_add_func ("/partial-file/hidden-name-is-a-trap", test_hidden_name_is_a_trap);
  g_test_add_func ("/partial-file/locked", test_locked);
  g_test_add_func ("/partial-file/bad-folders", test_bad_folders);
  g_test_add_func ("/partial-file/too-large", test_too_large);
  g_test_add_func ("/partial-file/folder-disappears", test_folder_disappears);
  g_test_add_func ("/partial-file/sparse", test_sparse);
  g_test_add_func ("/partial-file/of-another-user", test_of_another_user);
  g_test_add_func ("/partial-file/only-of-another-user", test_only_of_another_user);
  return g_test_run ();
}

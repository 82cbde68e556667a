/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

#include "store-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RETRY_MS 20

/* ---- Trouble, and the end of it ---- */

static void
put_many_roots (StoreFixture *fixture, guint first, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *padding = g_strnfill (1000, 'x');
      g_autofree char *path = g_strdup_printf ("/%u/%s", first + i, padding);

      redes_store_put_root (fixture->store, path);
    }
}

static void
test_full (void)
{
  StoreFixture fixture;
  gint64 n_pages;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_set_retry_ms (fixture.store, RETRY_MS);
  put_many_roots (&fixture, 0, 10);
  redes_store_flush (fixture.store);
  n_pages = store_fixture_count_rows (&fixture, "(SELECT 1 FROM pragma_page_count ())") + 40;
  redes_store_set_max_pages (fixture.store, (guint)n_pages);

  redes_store_begin (fixture.store);
  put_many_roots (&fixture, 100, 1000);
  redes_store_end (fixture.store);
  redes_store_flush (fixture.store);
  store_fixture_wait_for_trouble (&fixture, TRUE);
  g_test_message ("%s", fixture.trouble);
  g_assert_nonnull (strstr (fixture.trouble, "no room left"));
  g_assert_nonnull (strstr (fixture.trouble, "MB more"));
  g_assert_nonnull (strstr (fixture.trouble, "Make room"));
  /* Whole or not at all; and told once, however often it is tried. */
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 10);
  for (guint i = 0; i < 5; i++)
    {
      redes_store_put_root (fixture.store, "/one more");
      redes_store_flush (fixture.store);
    }
  while (g_main_context_iteration (fixture.context, FALSE))
    ;
  g_assert_cmpuint (fixture.n_troubles, ==, 1);

  redes_store_set_max_pages (fixture.store, 0);
  store_fixture_wait_for_trouble (&fixture, FALSE);
  g_assert_cmpuint (fixture.n_troubles, ==, 2);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 1011);
  store_fixture_clear (&fixture);
}

/* What cannot be written is written with the last try, if it goes by then; else it is dropped. */
static void
test_full_until_the_end (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  put_many_roots (&fixture, 0, 10);
  redes_store_flush (fixture.store);
  redes_store_set_max_pages (fixture.store, 1);
  put_many_roots (&fixture, 100, 100);
  redes_store_flush (fixture.store);
  redes_store_set_max_pages (fixture.store, 0);
  store_fixture_close (&fixture);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 110);

  store_fixture_open (&fixture);
  redes_store_set_max_pages (fixture.store, 1);
  put_many_roots (&fixture, 300, 100);
  store_fixture_close (&fixture);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 110);
  store_fixture_clear (&fixture);
}

static void
test_busy (void)
{
  StoreFixture fixture;
  sqlite3 *other;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_set_retry_ms (fixture.store, RETRY_MS);
  g_assert_cmpint (sqlite3_open (fixture.path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  redes_store_put_root (fixture.store, "/a");
  store_fixture_wait_for_trouble (&fixture, TRUE);
  g_assert_nonnull (strstr (fixture.trouble, "Another program holds"));
  /* What is read meanwhile is what was there. */
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, 0);
  g_assert_cmpint (sqlite3_exec (other, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  store_fixture_wait_for_trouble (&fixture, FALSE);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 1);
  store_fixture_clear (&fixture);
}

/* A row that the database refuses does not keep back the others. */
static void
test_refused_row (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_set_retry_ms (fixture.store, RETRY_MS);
  store_fixture_run_sql (&fixture, "CREATE TRIGGER test_refuses BEFORE INSERT ON roots"
                                   " WHEN NEW.path = x'2f62' BEGIN"
                                   " SELECT RAISE (ABORT, 'not this one'); END");
  g_test_expect_message ("redes-library", G_LOG_LEVEL_WARNING, "*takes no such row*not this one*");
  redes_store_begin (fixture.store);
  redes_store_put_root (fixture.store, "/a");
  redes_store_put_root (fixture.store, "/b");
  redes_store_put_root (fixture.store, "/c");
  redes_store_end (fixture.store);
  redes_store_flush (fixture.store);
  g_test_assert_expected_messages ();
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 2);
  store_fixture_clear (&fixture);
}

/* What is put over and over while nothing can be written waits but once. */
static void
test_replaced_while_full (void)
{
  StoreFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) transfers = NULL;
  RedesStoreTransfer transfer = {
    .content = store_fixture_content ("a"),
    .link = (char *)"redes:link",
    .folder = (char *)"/downloads",
  };
  guint n_safe;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_set_retry_ms (fixture.store, RETRY_MS);
  redes_store_set_max_pages (fixture.store, 1);
  put_many_roots (&fixture, 0, 200);
  store_fixture_wait_for_trouble (&fixture, TRUE);
  for (guint i = 0; i < 1000; i++)
    {
      RedesSender sender = { .peer = transfer.content.root, .blocks = i };

      transfer.added_s = i;
      redes_store_put_transfer (fixture.store, &transfer);
      redes_store_put_sender (fixture.store, &transfer.content, &sender);
      store_fixture_put_files (&fixture, "/shared", 1);
      if (i == 500)
        redes_store_put_block (fixture.store, &transfer.content, 3, &transfer.content.root, NULL,
                               0);
      if (i % 250 == 0)
        redes_store_flush (fixture.store);
    }
  /* The roots; transfer, source, file and block. */
  g_assert_cmpuint (redes_store_get_n_queued (fixture.store), ==, 200 + 4);
  redes_store_set_max_pages (fixture.store, 0);
  store_fixture_wait_for_trouble (&fixture, FALSE);

  transfers = redes_store_list_transfers (fixture.store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (transfers->len, ==, 1);
  g_assert_cmpint (((RedesStoreTransfer *)transfers->pdata[0])->added_s, ==, 999);
  g_assert_cmpuint (store_fixture_count_blocks (&fixture, "a", &n_safe), ==, 1);
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, 1);
  store_fixture_clear (&fixture);
}

/* A real disk that is full: a small tmpfs in a mount namespace of a child's own. */
static void
test_small_disk (void)
{
  g_autofree char *folder = g_dir_make_tmp ("redes-test-XXXXXX", NULL);
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *script = NULL;
  const char *argv[] = { "unshare", "-m", "sh", "-c", NULL, NULL };
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status = -1;

  script
      = g_strdup_printf ("mount -t tmpfs -o size=4m none '%s' || exit 77; exec '%s' --on-disk '%s'",
                         folder, self_path, folder);
  argv[4] = script;
  if (self_path == NULL
      || !g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                        &errors, &status, &error)
      || (WIFEXITED (status) && WEXITSTATUS (status) == 77) || strstr (errors, "unshare:") != NULL)
    g_test_skip ("this user may not mount a small disk");
  else
    {
      if (status != 0)
        g_error ("the child failed: %s%s", output, errors);
      g_test_message ("%s", output);
    }
  g_rmdir (folder);
}

/* To the last page. */
static void
fill_disk (const char *path)
{
  static const guint8 page[4096];
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  while (write (fd, page, sizeof page) == sizeof page)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

/* The child's half: everything in @folder, on a disk of 4 MiB. */
static int
run_on_small_disk (const char *folder)
{
  StoreFixture fixture = { 0 };
  g_autofree char *ballast = g_build_filename (folder, "ballast", NULL);
  g_autofree char *words = NULL;

  fixture.data_dir = g_build_filename (folder, "data", NULL);
  fixture.path = g_build_filename (folder, "data/library.db", NULL);
  fixture.context = g_main_context_new ();
  store_fixture_open (&fixture);
  redes_store_set_retry_ms (fixture.store, RETRY_MS);
  put_many_roots (&fixture, 0, 10);
  redes_store_flush (fixture.store);

  fill_disk (ballast);
  put_many_roots (&fixture, 100, 100);
  store_fixture_wait_for_trouble (&fixture, TRUE);
  g_print ("%s\n", fixture.trouble);
  g_assert_nonnull (strstr (fixture.trouble, "no room left"));
  redes_store_put_root (fixture.store, "/in between");
  redes_store_flush (fixture.store);

  g_unlink (ballast);
  store_fixture_wait_for_trouble (&fixture, FALSE);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 111);
  store_fixture_close (&fixture);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 111);

  /* A start on a full disk fails in words, and does no harm. */
  fill_disk (ballast);
  words = store_fixture_fail_to_open (&fixture);
  g_print ("%s\n", words);
  g_assert_nonnull (strstr (words, "no room left"));
  g_unlink (ballast);
  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "roots"), ==, 111);
  store_fixture_close (&fixture);
  store_fixture_clear (&fixture);
  return 0;
}

/* ---- Opening ---- */

static void
test_not_permitted (void)
{
  StoreFixture fixture;
  g_autofree char *words = NULL;
  g_autofree char *more_words = NULL;
  g_autofree char *other_words = NULL;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  store_fixture_close (&fixture);

  /* A file that may not be read */
  g_assert_cmpint (g_chmod (fixture.path, 0), ==, 0);
  rights_drop ();
  words = store_fixture_fail_to_open (&fixture);
  rights_restore ();
  g_assert_nonnull (strstr (words, "cannot be written: see that"));

  /* A folder that may not be written */
  g_assert_cmpint (g_chmod (fixture.path, 0666), ==, 0);
  g_assert_cmpint (g_chmod (fixture.data_dir, 0555), ==, 0);
  rights_drop ();
  more_words = store_fixture_fail_to_open (&fixture);
  rights_restore ();
  g_test_message ("%s", more_words);
  g_assert_nonnull (strstr (more_words, "cannot be written: see that"));

  /* No database in it either */
  g_assert_cmpint (g_chmod (fixture.data_dir, 0755), ==, 0);
  g_assert_cmpint (g_unlink (fixture.path), ==, 0);
  g_assert_cmpint (g_chmod (fixture.data_dir, 0555), ==, 0);
  rights_drop ();
  other_words = store_fixture_fail_to_open (&fixture);
  rights_restore ();
  g_assert_nonnull (strstr (other_words, "cannot be written: see that"));
  g_assert_cmpint (g_chmod (fixture.data_dir, 0755), ==, 0);

  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_not_a_file (void)
{
  StoreFixture fixture;
  g_autofree char *words = NULL;

  store_fixture_init (&fixture);
  folder_add_folder (&fixture.folder, "data/library.db");
  words = store_fixture_fail_to_open (&fixture);
  g_assert_nonnull (strstr (words, "library.db"));
  store_fixture_clear (&fixture);
}

/* ---- Killed ---- */

static void G_GNUC_NORETURN
write_until_killed (StoreFixture *fixture, int report_fd)
{
  store_fixture_open (fixture);
  store_fixture_put_transfer (fixture, "a");
  for (guint32 i = 0;; i++)
    {
      RedesContentId content = store_fixture_content ("a");

      redes_store_begin (fixture->store);
      redes_store_put_block (fixture->store, &content, i, &content.root, NULL, 0);
      redes_store_mark_safe (fixture->store, &content, &i, 1, i + 1);
      redes_store_end (fixture->store);
      /* Now and then a promise: told to the parent only when it is kept. */
      if (i % 16 == 0)
        {
          redes_store_flush (fixture->store);
          if (write (report_fd, &i, sizeof i) != sizeof i)
            _exit (1);
        }
    }
}

typedef struct
{
  guint32 n;
  guint32 n_safe;
  guint32 highest;
} Found;

static void
note_block (const RedesStoreBlock *block, gpointer user_data)
{
  Found *found = user_data;

  found->n++;
  found->n_safe += block->safe ? 1 : 0;
  found->highest = MAX (found->highest, block->index);
}

static void
test_killed (void)
{
  for (guint round = 0; round < 20; round++)
    {
      StoreFixture fixture;
      RedesContentId content = store_fixture_content ("a");
      g_autoptr (GPtrArray) transfers = NULL;
      Found found = { 0 };
      guint32 promised = 0;
      int fds[2];
      int status;
      pid_t child;

      store_fixture_init (&fixture);
      g_assert_cmpint (pipe (fds), ==, 0);
      child = fork ();
      g_assert_cmpint (child, >=, 0);
      if (child == 0)
        write_until_killed (&fixture, fds[1]);
      close (fds[1]);
      for (guint i = 0; i < 1 + 7 * round; i++)
        g_assert_cmpint (read (fds[0], &promised, sizeof promised), ==, sizeof promised);
      g_assert_cmpint (kill (child, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFSIGNALED (status));
      /* What it promised between our last look and its end. */
      while (read (fds[0], &promised, sizeof promised) == sizeof promised)
        ;
      close (fds[0]);

      store_fixture_open (&fixture);
      g_assert_null (fixture.notice);
      redes_store_each_block (fixture.store, &content, note_block, &found, NULL);
      g_assert_cmpuint (found.highest, >=, promised);
      /* No hole, and block and mark together. */
      g_assert_cmpuint (found.n, ==, found.highest + 1);
      g_assert_cmpuint (found.n_safe, ==, found.n);
      transfers = redes_store_list_transfers (fixture.store, NULL);
      g_assert_cmpuint (transfers->len, ==, 1);
      g_assert_cmpint (((RedesStoreTransfer *)transfers->pdata[0])->partial_mtime_ns, ==, found.n);
      store_fixture_clear (&fixture);
    }
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--on-disk"))
    return run_on_small_disk (argv[2]);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/full", test_full);
  g_test_add_func ("/store/full-until-the-end", test_full_until_the_end);
  g_test_add_func ("/store/busy", test_busy);
  g_test_add_func ("/store/refused-row", test_refused_row);
  g_test_add_func ("/store/replaced-while-full", test_replaced_while_full);
  g_test_add_func ("/store/small-disk", test_small_disk);
  g_test_add_func ("/store/not-permitted", test_not_permitted);
  g_test_add_func ("/store/not-a-file", test_not_a_file);
  g_test_add_func ("/store/killed", test_killed);
  return g_test_run ();
}

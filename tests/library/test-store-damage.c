/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library.h"
#include "engine/library/store-writer.h"

#include "store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_FILES 1000
#define PAGE_SIZE 4096
#define N_FUZZ 300

/* ---- A database, and what is done to it ---- */

static void
fill (StoreFixture *fixture, guint n_files)
{
  RedesContentId content = store_fixture_content ("a");
  RedesDigest proof[8] = { store_fixture_digest ("p") };

  store_fixture_open (fixture);
  redes_store_put_root (fixture->store, "/shared");
  store_fixture_put_files (fixture, "/shared", n_files);
  store_fixture_put_transfer (fixture, "a");
  for (guint32 i = 0; i < n_files / 4; i++)
    redes_store_put_block (fixture->store, &content, i, &content.root, proof, G_N_ELEMENTS (proof));
  redes_store_put_publisher (fixture->store, &content.root, "Ana", REDES_PUBLISHER_KNOWN);
  store_fixture_close (fixture);
}

/* From a process of its own: here it would take away SQLite's locks. */
static void
overwrite (const char *path, gsize offset, const void *bytes, gsize size)
{
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

      _exit (fd >= 0 && pwrite (fd, bytes, size, (off_t)offset) == (ssize_t)size ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
overwrite_randomly (const char *path, gsize offset, gsize size)
{
  g_autofree guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8)g_test_rand_int ();
  overwrite (path, offset, bytes, size);
}

static gsize
get_size (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return (gsize)info.st_size;
}

/* How many `library.db.damaged-…` there are (without logs), for nobody else to read. */
static guint
count_kept (StoreFixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->data_dir, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (!g_str_has_prefix (name, "library.db.damaged-"))
        continue;
      if (!g_str_has_suffix (name, "-wal") && !g_str_has_suffix (name, "-shm"))
        n++;
    }
  return n;
}

/* Opens a database that must be found damaged; returns the number of files that are left. */
static guint
open_damaged (StoreFixture *fixture)
{
  guint n_kept = count_kept (fixture);
  guint n_files;

  store_fixture_open (fixture);
  g_assert_nonnull (fixture->notice);
  g_assert_nonnull (strstr (redes_notice_get_english (fixture->notice), "library.db.damaged-"));
  g_assert_cmpuint (count_kept (fixture), ==, n_kept + 1);
  n_files = store_fixture_count_files (fixture);
  store_fixture_assert_usable (fixture);
  store_fixture_close (fixture);

  /* It stays well. */
  store_fixture_open (fixture);
  g_assert_null (fixture->notice);
  g_assert_cmpuint (count_kept (fixture), ==, n_kept + 1);
  store_fixture_close (fixture);
  return n_files;
}

/* ---- Kinds of damage ---- */

static void
test_truncated (void)
{
  static const gsize sizes[]
      = { 1, 15, 16, 99, 100, 1000, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 10 * PAGE_SIZE };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      StoreFixture fixture;

      store_fixture_init (&fixture);
      fill (&fixture, N_FILES);
      g_assert_cmpint (truncate (fixture.path, (off_t)sizes[i]), ==, 0);
      open_damaged (&fixture);
      store_fixture_clear (&fixture);
    }
}

static void
test_cut_in_half (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  fill (&fixture, N_FILES);
  g_assert_cmpint (truncate (fixture.path, (off_t)get_size (fixture.path) / 2), ==, 0);
  g_test_message ("%u of %u files", open_damaged (&fixture), N_FILES);
  store_fixture_clear (&fixture);
}

/* All that is lost is in the header: nothing is lost. */
static void
test_header (void)
{
  static const gsize sizes[] = { 16, 100, PAGE_SIZE };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      StoreFixture fixture;

      store_fixture_init (&fixture);
      fill (&fixture, N_FILES);
      overwrite_randomly (fixture.path, 0, sizes[i]);
      g_assert_cmpuint (open_damaged (&fixture), ==, N_FILES);
      store_fixture_clear (&fixture);
    }
}

/* The header's version is a part of the damage: no later version of the program is told of. */
static void
test_later_version_by_damage (void)
{
  static const guint8 version[] = { 0, 0, 0, 151 };
  static const guint8 application[] = { 0x52, 0x44, 0x4c, 151 };
  /* The second number may agree with the first, and it is still damage. */
  for (guint agrees = 0; agrees < 2; agrees++)
    {
      StoreFixture fixture;

      store_fixture_init (&fixture);
      fill (&fixture, N_FILES);
      overwrite (fixture.path, 60, version, sizeof version);
      if (agrees)
        overwrite (fixture.path, 68, application, sizeof application);
      overwrite_randomly (fixture.path, 8 * PAGE_SIZE, 4 * PAGE_SIZE);
      g_assert_cmpuint (open_damaged (&fixture), >, 0);
      store_fixture_clear (&fixture);
    }
}

/* One page after the other is lost: never more than what stands on it, or below it. */
static void
test_pages (void)
{
  StoreFixture fixture;
  g_autofree char *good = NULL;
  gsize size;
  guint n_pages;
  guint n_found = 0;
  guint n_most_lost = 0;

  store_fixture_init (&fixture);
  fill (&fixture, N_FILES);
  g_assert_true (g_file_get_contents (fixture.path, &good, &size, NULL));
  n_pages = (guint)(size / PAGE_SIZE);
  for (guint page = 1; page < n_pages; page += MAX (n_pages / 40, 1))
    {
      guint n_kept = count_kept (&fixture);
      guint n_files;

      g_assert_true (g_file_set_contents (fixture.path, good, (gssize)size, NULL));
      overwrite_randomly (fixture.path, (gsize)page * PAGE_SIZE, PAGE_SIZE);
      store_fixture_open (&fixture);
      n_found += count_kept (&fixture) - n_kept;
      n_files = store_fixture_count_files (&fixture);
      n_most_lost = MAX (n_most_lost, N_FILES - MIN (n_files, N_FILES));
      store_fixture_assert_usable (&fixture);
      store_fixture_close (&fixture);
    }
  g_test_message ("%u pages of %u tried, %u found to be damaged, at most %u files lost",
                  (n_pages - 1) / MAX (n_pages / 40, 1), n_pages, n_found, n_most_lost);
  g_assert_cmpuint (n_found, >, 20);
  store_fixture_clear (&fixture);
}

/* A page of the table of files: what stands before and behind it is kept. */
static void
test_gap (void)
{
  StoreFixture fixture;
  sqlite3 *handle;
  sqlite3_stmt *statement;
  gint64 page;
  guint n_files;

  store_fixture_init (&fixture);
  fill (&fixture, N_FILES);
  g_assert_cmpint (sqlite3_open (fixture.path, &handle), ==, SQLITE_OK);
  if (sqlite3_prepare_v2 (handle,
                          "SELECT pageno FROM dbstat WHERE name = 'files' AND pagetype = 'leaf'"
                          " ORDER BY path LIMIT 1 OFFSET 10",
                          -1, &statement, NULL)
      != SQLITE_OK)
    {
      g_test_skip ("this SQLite has no dbstat");
      sqlite3_close (handle);
      store_fixture_clear (&fixture);
      return;
    }
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  page = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (handle);

  overwrite_randomly (fixture.path, (gsize)(page - 1) * PAGE_SIZE, PAGE_SIZE);
  n_files = open_damaged (&fixture);
  g_test_message ("%u of %u files", n_files, N_FILES);
  g_assert_cmpuint (n_files, <, N_FILES);
  g_assert_cmpuint (n_files, >, N_FILES - 60);
  store_fixture_clear (&fixture);
}

static void
test_not_a_database (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  folder_add_file (&fixture.folder, "data/library.db", 100000, 1);
  g_assert_cmpuint (open_damaged (&fixture), ==, 0);
  /* Within the same second, perhaps: the first is not replaced. */
  overwrite_randomly (fixture.path, 0, get_size (fixture.path));
  open_damaged (&fixture);
  g_assert_cmpuint (count_kept (&fixture), ==, 2);
  store_fixture_clear (&fixture);
}

/* A log that makes no sense is passed over by SQLite. */
static void
test_log (void)
{
  static const gsize sizes[] = { 1, 31, 32, 1000, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      StoreFixture fixture;
      g_autofree char *log = NULL;
      g_autofree char *index = NULL;

      store_fixture_init (&fixture);
      fill (&fixture, N_FILES);
      log = g_strconcat (fixture.path, "-wal", NULL);
      index = g_strconcat (fixture.path, "-shm", NULL);
      overwrite_randomly (log, 0, sizes[i]);
      overwrite_randomly (index, 0, 32768);
      store_fixture_open (&fixture);
      g_assert_cmpuint (store_fixture_count_files (&fixture), ==, N_FILES);
      store_fixture_assert_usable (&fixture);
      store_fixture_clear (&fixture);
    }
}

/* What is in the log of a damaged database is kept too. */
static void
test_damage_with_log (void)
{
  StoreFixture fixture;
  pid_t child;
  int status;

  store_fixture_init (&fixture);
  fill (&fixture, 100);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      store_fixture_open (&fixture);
      store_fixture_put_files (&fixture, "/later", 50);
      redes_store_flush (fixture.store);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  overwrite_randomly (fixture.path, 0, PAGE_SIZE);
  overwrite_randomly (fixture.path, get_size (fixture.path) - PAGE_SIZE, PAGE_SIZE);
  store_fixture_open (&fixture);
  g_test_message ("%s", fixture.notice != NULL ? redes_notice_get_english (fixture.notice)
                                               : "nothing to be noticed");
  g_assert_cmpuint (store_fixture_count_files (&fixture), >=, 50);
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
}

/* ---- Cut short, or found late ---- */

/* The process ended after the damaged database was put aside, and before its log was. */
static void
test_rebuild_cut_short (void)
{
  StoreFixture fixture;
  g_autofree char *new_path = NULL;
  g_autofree char *log = NULL;

  store_fixture_init (&fixture);
  fill (&fixture, 100);
  new_path = g_strconcat (fixture.path, ".new", NULL);
  log = g_strconcat (fixture.path, "-wal", NULL);
  g_assert_cmpint (g_rename (fixture.path, new_path), ==, 0);
  overwrite_randomly (log, 0, 10000);
  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, 100);
  g_assert_false (g_file_test (new_path, G_FILE_TEST_EXISTS));
  store_fixture_close (&fixture);

  /* And before all of it: what was begun is begun anew. */
  folder_add_file (&fixture.folder, "data/library.db.new", 5000, 1);
  folder_add_file (&fixture.folder, "data/library.db.new-journal", 5000, 1);
  overwrite_randomly (fixture.path, get_size (fixture.path) - PAGE_SIZE, PAGE_SIZE);
  open_damaged (&fixture);
  g_assert_false (g_file_test (new_path, G_FILE_TEST_EXISTS));
  store_fixture_clear (&fixture);
}

static void
pass_over (const RedesStoreFile *file, gpointer user_data)
{
}

/* Damaged while it is open; found by who reads, or by the writer. */
static void
find_damage_while_open (gboolean by_reading)
{
  StoreFixture fixture;
  g_autofree char *mark = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) roots = NULL;
  guint n_files;

  store_fixture_init (&fixture);
  fill (&fixture, N_FILES);
  mark = redes_store_dup_mark_path (fixture.path);
  store_fixture_open (&fixture);
  /* Somebody else's change: what connections have in memory counts no more. */
  if (!by_reading)
    store_fixture_run_sql (&fixture, "UPDATE roots SET path = x'2f72'");
  overwrite_randomly (fixture.path, 8 * PAGE_SIZE, 40 * PAGE_SIZE);
  if (by_reading)
    {
      g_assert_false (redes_store_each_file (fixture.store, pass_over, NULL, &error));
      g_assert_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK);
      g_clear_error (&error);
    }
  else
    {
      for (guint i = 0; i < N_FILES; i++)
        {
          g_autofree char *path = g_strdup_printf ("/shared/file %u", i);

          redes_store_remove_file (fixture.store, path);
        }
      redes_store_flush (fixture.store);
    }
  g_assert_true (g_file_test (mark, G_FILE_TEST_EXISTS));
  store_fixture_wait_for_trouble (&fixture, TRUE);
  g_test_message ("%s", fixture.trouble);
  g_assert_nonnull (strstr (fixture.trouble, "damaged"));

  /* It goes on, in memory, and nothing waits for what will not come. */
  redes_store_put_root (fixture.store, "/afterwards");
  redes_store_flush (fixture.store);
  store_fixture_close (&fixture);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_kept (&fixture), ==, 1);

  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  roots = redes_store_list_roots (fixture.store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (roots->len, ==, 2);
  g_assert_cmpstr (roots->pdata[1], ==, "/afterwards");
  n_files = store_fixture_count_files (&fixture);
  g_assert_cmpuint (n_files, <, N_FILES);
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
}

static void
test_damage_while_open (void)
{
  find_damage_while_open (TRUE);
  find_damage_while_open (FALSE);
}

/* As after a kill: only the mark tells of it. */
static void
test_marked (void)
{
  StoreFixture fixture;
  g_autofree char *mark = NULL;

  store_fixture_init (&fixture);
  fill (&fixture, 100);
  mark = redes_store_dup_mark_path (fixture.path);
  g_assert_true (g_file_set_contents (mark, "", 0, NULL));
  g_assert_cmpuint (open_damaged (&fixture), ==, 100);
  g_assert_false (g_file_test (mark, G_FILE_TEST_EXISTS));
  store_fixture_clear (&fixture);
}

/* ---- Anything ---- */

static void
test_any_bytes (void)
{
  StoreFixture fixture;
  g_autofree char *good = NULL;
  gsize size;

  store_fixture_init (&fixture);
  fill (&fixture, 60);
  g_assert_true (g_file_get_contents (fixture.path, &good, &size, NULL));
  for (guint round = 0; round < N_FUZZ; round++)
    {
      g_autofree char *bad = g_memdup2 (good, size);
      guint n = 1u << g_test_rand_int_range (0, 10);
      /* Half of the time where it hurts most. */
      gsize range = round % 2 == 0 ? size : 2 * PAGE_SIZE;

      for (guint i = 0; i < n; i++)
        bad[(guint32)g_test_rand_int () % range] = (char)g_test_rand_int ();
      g_assert_true (g_file_set_contents (fixture.path, bad, (gssize)size, NULL));
      store_fixture_open (&fixture);
      store_fixture_assert_usable (&fixture);
      store_fixture_close (&fixture);
      store_fixture_open (&fixture);
      g_assert_null (fixture.notice);
      store_fixture_close (&fixture);
      folder_remove (&fixture.folder, "data");
      folder_add_folder (&fixture.folder, "data");
    }
  store_fixture_clear (&fixture);
}

/* What has once been a database is not empty: that is told, and the file kept aside. */
static void
test_emptied (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_put_root (fixture.store, "/a");
  store_fixture_close (&fixture);
  g_assert_cmpint (truncate (fixture.path, 0), ==, 0);
  store_fixture_open (&fixture);
  g_assert_nonnull (fixture.notice);
  g_assert_nonnull (strstr (redes_notice_get_english (fixture.notice), "kept as"));
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/truncated", test_truncated);
  g_test_add_func ("/store/cut-in-half", test_cut_in_half);
  g_test_add_func ("/store/header", test_header);
  g_test_add_func ("/store/later-version-by-damage", test_later_version_by_damage);
  g_test_add_func ("/store/pages", test_pages);
  g_test_add_func ("/store/gap", test_gap);
  g_test_add_func ("/store/not-a-database", test_not_a_database);
  g_test_add_func ("/store/log", test_log);
  g_test_add_func ("/store/damage-with-log", test_damage_with_log);
  g_test_add_func ("/store/rebuild-cut-short", test_rebuild_cut_short);
  g_test_add_func ("/store/damage-while-open", test_damage_while_open);
  g_test_add_func ("/store/marked", test_marked);
  g_test_add_func ("/store/any-bytes", test_any_bytes);
  g_test_add_func ("/store/emptied", test_emptied);
  return g_test_run ();
}

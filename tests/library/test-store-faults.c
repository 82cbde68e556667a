/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-private.h"

#include "faulty-vfs.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/*
 * Every step of SQLite's that reads or writes fails once: the first, then in a new run the second,
 * and so on, until a run has no more of them.
 */

#define RETRY_MS 5
#define MAX_STEPS 2000
#define N_OLD_FILES 40
#define N_NEW_FILES 20

static void
make_old (StoreFixture *fixture)
{
  store_fixture_open (fixture);
  store_fixture_put_files (fixture, "/old", N_OLD_FILES);
  redes_store_put_root (fixture->store, "/old");
  store_fixture_close (fixture);
}

/* Opens it, perhaps with the fault; what fails once must go the second time, and nothing be gone.
 */
static void
open_with_fault (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->notice, redes_notice_unref);
  fixture->store = redes_store_open (fixture->data_dir, fixture->context, NULL, NULL,
                                     &fixture->notice, &error);
  if (fixture->store == NULL)
    {
      g_assert_nonnull (error);
      g_assert_cmpuint (strlen (error->message), >, 30);
      g_assert_true (faulty_vfs_has_failed ());
      store_fixture_open (fixture);
    }
  redes_store_set_retry_ms (fixture->store, RETRY_MS);
}

/* A list may fail with the fault, once. */
static guint
count_with_fault (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) transfers = redes_store_list_transfers (fixture->store, &error);

  if (transfers != NULL)
    return transfers->len;
  g_assert_nonnull (error);
  g_assert_true (faulty_vfs_has_failed ());
  return store_fixture_count_transfers (fixture);
}

static void
count_file (const RedesStoreFile *file, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static guint
count_files_with_fault (StoreFixture *fixture)
{
  guint n = 0;

  if (redes_store_each_file (fixture->store, count_file, &n, NULL))
    return n;
  g_assert_true (faulty_vfs_has_failed ());
  return store_fixture_count_files (fixture);
}

/* Returns whether the step was reached. */
static gboolean
run_with_fault (guint step, int status)
{
  StoreFixture fixture;
  gboolean reached;
  gboolean written = FALSE;

  store_fixture_init (&fixture);
  make_old (&fixture);
  faulty_vfs_fail_at (step, status);
  open_with_fault (&fixture);
  g_assert_null (fixture.notice);
  redes_store_put_root (fixture.store, "/new");
  store_fixture_put_files (&fixture, "/new", N_NEW_FILES);
  redes_store_flush (fixture.store);
  store_fixture_put_transfer (&fixture, "a");
  /* It goes again by itself, without anybody's doing. */
  for (guint i = 0; i < 10 && !written; i++)
    {
      redes_store_flush (fixture.store);
      written = count_with_fault (&fixture) == 1;
    }
  g_assert_true (written);
  g_assert_cmpuint (count_files_with_fault (&fixture), ==, N_OLD_FILES + N_NEW_FILES);
  store_fixture_close (&fixture);
  reached = faulty_vfs_has_failed ();
  faulty_vfs_fail_at (0, SQLITE_OK);

  store_fixture_open (&fixture);
  g_assert_null (fixture.notice);
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, N_OLD_FILES + N_NEW_FILES);
  g_assert_cmpuint (store_fixture_count_transfers (&fixture), ==, 1);
  store_fixture_clear (&fixture);
  return reached;
}

static void
test_each_step (gconstpointer data)
{
  guint step = 1;

  while (step < MAX_STEPS && run_with_fault (step, GPOINTER_TO_INT (data)))
    step++;
  g_test_message ("%u steps", step - 1);
  g_assert_cmpuint (step, >, 20);
  g_assert_cmpuint (step, <, MAX_STEPS);
}

/* The same while an older database is changed to today's form, and a new one is made. */
static gboolean
make_with_fault (guint step, int status, gboolean from_version_1)
{
  StoreFixture fixture;
  gboolean reached;

  store_fixture_init (&fixture);
  if (from_version_1)
    {
      g_autofree char *path = g_build_filename (TEST_DATA, "library-1.sql", NULL);
      g_autofree char *sql = NULL;

      g_assert_true (g_file_get_contents (path, &sql, NULL, NULL));
      folder_add_folder (&fixture.folder, "data");
      store_fixture_run_sql (&fixture, sql);
    }
  faulty_vfs_fail_at (step, status);
  open_with_fault (&fixture);
  g_assert_null (fixture.notice);
  reached = faulty_vfs_has_failed ();
  faulty_vfs_fail_at (0, SQLITE_OK);
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, from_version_1 ? 12 : 0);
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
  return reached;
}

static void
test_each_step_of_making (void)
{
  static const int statuses[] = { SQLITE_IOERR, SQLITE_FULL };

  for (guint i = 0; i < 4; i++)
    {
      guint step = 1;

      while (step < MAX_STEPS && make_with_fault (step, statuses[i / 2], i % 2 == 1))
        step++;
      g_test_message ("%u steps", step - 1);
      g_assert_cmpuint (step, >, 5);
      g_assert_cmpuint (step, <, MAX_STEPS);
    }
}

/* And while a damaged one is rebuilt: all that can be read is there in the end. */
static gboolean
rebuild_with_fault (guint step, int status)
{
  StoreFixture fixture;
  gboolean reached;

  store_fixture_init (&fixture);
  make_old (&fixture);
  store_fixture_run_sql (&fixture, "PRAGMA application_id = 1");
  faulty_vfs_fail_at (step, status);
  open_with_fault (&fixture);
  reached = faulty_vfs_has_failed ();
  faulty_vfs_fail_at (0, SQLITE_OK);
  g_assert_cmpuint (store_fixture_count_files (&fixture), ==, N_OLD_FILES);
  store_fixture_assert_usable (&fixture);
  store_fixture_clear (&fixture);
  return reached;
}

static void
test_each_step_of_rebuilding (void)
{
  static const int statuses[] = { SQLITE_IOERR, SQLITE_FULL };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      guint step = 1;

      while (step < MAX_STEPS && rebuild_with_fault (step, statuses[i]))
        step++;
      g_test_message ("%u steps", step - 1);
      g_assert_cmpuint (step, >, 5);
      g_assert_cmpuint (step, <, MAX_STEPS);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  faulty_vfs_set_up ();
  g_test_add_data_func ("/store/each-step/error", GINT_TO_POINTER (SQLITE_IOERR), test_each_step);
  g_test_add_data_func ("/store/each-step/full", GINT_TO_POINTER (SQLITE_FULL), test_each_step);
  g_test_add_func ("/store/each-step/making", test_each_step_of_making);
  g_test_add_func ("/store/each-step/rebuilding", test_each_step_of_rebuilding);
  return g_test_run ();
}

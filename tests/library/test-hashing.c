/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library.h"

#include "engine/library/progress-meter.h"
#include "library-fixture.h"

#define MIB (1024u * 1024)

/* Hashing what a person shares: how far it is, stopping it, and ending it. */

static gboolean
is_paused (LibraryFixture *fixture)
{
  return fixture->progress.paused;
}

static gboolean
has_begun (LibraryFixture *fixture)
{
  return redes_library_get_bytes_hashed (fixture->library) > 0;
}

static gboolean
has_no_jobs (LibraryFixture *fixture)
{
  return redes_workers_get_pending (fixture->workers) == 0;
}

static void
test_progress (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/big", 40 * MIB, 0);
  folder_add_file (&fixture->folder, "s/small", 10, 0);
  folder_add_file (&fixture->folder, "s/empty", 0, 0);
  fixture_share_and_wait (fixture, "s");
  g_assert_cmpuint (fixture->n_progress, >, 0);
  g_assert_cmpuint (fixture->progress.bytes_total, ==, 40 * MIB + 10);
  g_assert_cmpuint (fixture->progress.bytes_done, ==, 40 * MIB + 10);
  g_assert_cmpuint (fixture->progress.files_total, ==, 3);
  g_assert_cmpuint (fixture->progress.files_done, ==, 3);
  g_assert_cmpfloat (fixture->progress.seconds_left, ==, 0);
  g_assert_false (fixture->progress.paused);

  /* The next time counts anew. */
  folder_add_file (&fixture->folder, "t", 1000, 0);
  fixture_share_and_wait (fixture, "t");
  g_assert_cmpuint (fixture->progress.bytes_total, ==, 1000);
  g_assert_cmpuint (fixture->progress.bytes_done, ==, 1000);
  g_assert_cmpuint (fixture->progress.files_total, ==, 1);
}

static void
test_pause (LibraryFixture *fixture, gconstpointer data)
{
  guint64 n_bytes;

  folder_add_file (&fixture->folder, "s/big", 64 * MIB, 0);
  folder_add_file (&fixture->folder, "s/other", 20, 0);
  fixture_share (fixture, "s");
  fixture_wait_until (fixture, has_begun);
  redes_library_set_hashing_paused (fixture->library, TRUE);
  fixture_wait_until (fixture, is_paused);
  fixture_wait_until (fixture, has_no_jobs);

  n_bytes = redes_library_get_bytes_hashed (fixture->library);
  g_assert_cmpuint (n_bytes, <, 64 * MIB);
  g_assert_true (redes_library_is_busy (fixture->library));
  /* Nothing is begun, and nothing read on. */
  folder_add_file (&fixture->folder, "t", 1000, 0);
  fixture_share (fixture, "t");
  fixture_wait_until (fixture, has_no_jobs);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, n_bytes);
  g_assert_cmpuint (fixture->shared->len, ==, 0);

  redes_library_set_hashing_paused (fixture->library, FALSE);
  fixture_wait_until_idle (fixture);
  g_assert_cmpuint (fixture->shared->len, ==, 3);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 64 * MIB + 1020);
  g_assert_cmpuint (fixture->progress.bytes_done, ==, fixture->progress.bytes_total);
}

static void
test_cancel (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/big", 64 * MIB, 0);
  folder_add_file (&fixture->folder, "s/more", 64 * MIB, 0);
  folder_add_file (&fixture->folder, "other", 30 * MIB, 0);
  fixture_share (fixture, "s");
  fixture_wait_until (fixture, has_begun);
  g_assert_cmpuint (fixture_unshare (fixture, "s"), ==, 2);
  fixture_share_and_wait (fixture, "other");
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  g_assert_cmpuint (fixture->withdrawn->len, ==, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), <, (64 + 64 + 30) * MIB);
  g_assert_cmpuint (fixture->progress.files_done, ==, fixture->progress.files_total);
  g_assert_cmpuint (fixture->progress.bytes_done, ==, fixture->progress.bytes_total);
}

static void
test_cancel_while_paused (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/big", 64 * MIB, 0);
  fixture_share (fixture, "s");
  fixture_wait_until (fixture, has_begun);
  redes_library_set_hashing_paused (fixture->library, TRUE);
  g_assert_cmpuint (fixture_unshare (fixture, "s"), ==, 1);
  g_assert_false (redes_library_is_busy (fixture->library));
  g_assert_cmpuint (fixture->n_idle, ==, 1);

  /* Shared once more, it is hashed from its beginning. */
  fixture_share (fixture, "s");
  redes_library_set_hashing_paused (fixture->library, FALSE);
  fixture_wait_until_idle (fixture);
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  g_assert_cmpuint (fixture->progress.bytes_done, ==, fixture->progress.bytes_total);
}

/* A large file does not keep a small one from being shared. */
static void
test_one_by_one (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "a", 1000, 0);
  folder_add_file (&fixture->folder, "b", 64 * MIB, 0);
  fixture_share (fixture, "a");
  fixture_share (fixture, "b");
  redes_library_set_hashing_paused (fixture->library, TRUE);
  fixture_wait_until (fixture, has_no_jobs);
  redes_library_set_hashing_paused (fixture->library, FALSE);
  while (fixture->shared->len == 0)
    g_main_context_iteration (fixture->context, TRUE);
  fixture_find_shared (fixture, "a");
  fixture_wait_until_idle (fixture);
  g_assert_cmpuint (fixture->shared->len, ==, 2);
}

static void
test_meter (void)
{
  RedesProgressMeter *meter = redes_progress_meter_new ();
  RedesHashingProgress progress;
  gint64 now_us = 5 * G_USEC_PER_SEC;

  redes_progress_meter_reset (meter, 5000);
  redes_progress_meter_add (meter, 100 * MIB);
  redes_progress_meter_add (meter, 50 * MIB);
  redes_progress_meter_read (meter, 5000, now_us, &progress);
  g_assert_cmpuint (progress.bytes_done, ==, 0);
  g_assert_cmpuint (progress.bytes_total, ==, 150 * MIB);
  g_assert_cmpfloat (progress.seconds_left, <, 0);

  /* 10 MiB a second. */
  for (guint i = 1; i <= 50; i++)
    {
      now_us += G_USEC_PER_SEC / 10;
      redes_progress_meter_read (meter, 5000 + i * MIB, now_us, &progress);
    }
  g_assert_cmpuint (progress.bytes_done, ==, 50 * MIB);
  g_assert_cmpfloat (progress.seconds_left, >, 8);
  g_assert_cmpfloat (progress.seconds_left, <, 13);

  /* One had shrunk by the time it was read, and the other is not wanted any more. */
  redes_progress_meter_finish (meter, 50 * MIB, 40 * MIB);
  redes_progress_meter_drop (meter, 100 * MIB);
  redes_progress_meter_discount (meter, 10 * MIB);
  redes_progress_meter_read (meter, 5000 + 50 * MIB, now_us, &progress);
  g_assert_cmpuint (progress.bytes_done, ==, 40 * MIB);
  g_assert_cmpuint (progress.bytes_total, ==, 40 * MIB);
  g_assert_cmpuint (progress.files_done, ==, 1);
  g_assert_cmpuint (progress.files_total, ==, 1);
  g_assert_cmpfloat (progress.seconds_left, ==, 0);
  redes_progress_meter_free (meter);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/hashing/" name, LibraryFixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("progress", test_progress);
  ADD ("pause", test_pause);
  ADD ("cancel", test_cancel);
  ADD ("cancel-while-paused", test_cancel_while_paused);
  ADD ("one-by-one", test_one_by_one);
  g_test_add_func ("/hashing/meter", test_meter);
  return g_test_run ();
}

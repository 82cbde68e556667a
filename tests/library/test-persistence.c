/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/library.h"

#include "engine/library/holding-private.h"
#include "library-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

/* What was shared is shared again by the next run, and nothing of it is read. */

static void
set_mtime (LibraryFixture *fixture, const char *relative, gint64 time_s)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);
  struct utimbuf times = { .actime = (time_t)time_s, .modtime = (time_t)time_s };

  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

static void
move (LibraryFixture *fixture, const char *from, const char *to)
{
  g_autofree char *from_path = folder_get_path (&fixture->folder, from);
  g_autofree char *to_path = folder_get_path (&fixture->folder, to);

  g_assert_cmpint (g_rename (from_path, to_path), ==, 0);
}

static void
assert_nothing_hashed (LibraryFixture *fixture)
{
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 0);
}

static void
assert_readable (LibraryFixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = redes_holding_read (fixture_find_shared (fixture, name), 0, &error);

  g_assert_no_error (error);
  g_assert_nonnull (block);
}

static void
test_restart (LibraryFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  RedesManifest *manifest;

  folder_add_file (&fixture->folder, "s/a", 100000, 0);
  folder_add_file (&fixture->folder, "s/sub/three blocks", 700000, 1);
  folder_add_file (&fixture->folder, "one", 0, 0);
  /* A clock that was wrong when it was written does not matter. */
  set_mtime (fixture, "s/a", G_GINT64_CONSTANT (4000000000));
  fixture_share_and_wait (fixture, "s");
  fixture_share_and_wait (fixture, "one");
  fixture_wait_until_calm (fixture);

  for (guint i = 0; i < 2; i++)
    {
      fixture_restart (fixture);
      /* At once. */
      g_assert_cmpuint (fixture->shared->len, ==, 3);
      assert_readable (fixture, "a");
      assert_readable (fixture, "three blocks");
      manifest = redes_holding_get_manifest (fixture_find_shared (fixture, "three blocks"));
      g_assert_true (redes_manifest_verify (manifest, NULL, &error));
      g_assert_no_error (error);

      fixture_wait_for (fixture, 3, 0);
      assert_nothing_hashed (fixture);
      g_assert_cmpuint (fixture->n_skipped, ==, 0);
    }
}

static void
test_another_inode (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  set_mtime (fixture, "s/a", 1700000000);
  fixture_share_and_wait (fixture, "s");
  folder_add_file (&fixture->folder, "copy", 1000, 0);
  set_mtime (fixture, "copy", 1700000000);
  fixture_wait_until_calm (fixture);
  move (fixture, "copy", "s/a");

  /* It is shared all the while, and read to see what it is. */
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 1000);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  assert_nothing_hashed (fixture);
}

static void
rewrite (LibraryFixture *fixture, const char *relative, gsize size, guint seed, gint64 time_s)
{
  folder_add_file (&fixture->folder, relative, size, seed);
  set_mtime (fixture, relative, time_s);
}

/* Size and time are those of before, bytes are not: rewritten by a program that keeps the time, or
 * by one that gives each file the same. */
static void
test_same_time (LibraryFixture *fixture, gconstpointer data)
{
  static const gint64 times_s[] = { 0, 1700000000 };

  for (guint i = 0; i < G_N_ELEMENTS (times_s); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      RedesContentId before;

      g_ptr_array_set_size (fixture->shared, 0);
      g_ptr_array_set_size (fixture->withdrawn, 0);
      rewrite (fixture, "s/a", 700000, 0, times_s[i]);
      fixture_share_and_wait (fixture, "s");
      fixture_wait_for (fixture, 1, 0);
      before = *redes_manifest_get_content (
          redes_holding_get_manifest (fixture_find_shared (fixture, "a")));

      rewrite (fixture, "s/a", 700000, 5, times_s[i]);
      /* Before anybody has looked no wrong byte is handed out. */
      bytes = redes_holding_read (fixture->shared->pdata[0], 1, &error);
      g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ);
      g_assert_null (bytes);
      fixture_wait_for (fixture, 2, 1);
      fixture_assert_reason (fixture, "altered");
      g_assert_null (redes_library_lookup (fixture->library, &before));
      assert_readable (fixture, "a");
      fixture_restart (fixture);
      fixture_wait_for (fixture, 1, 0);
      assert_nothing_hashed (fixture);
      fixture_unshare (fixture, "s");
    }
}

/* While nobody looked. */
static void
test_same_time_restarted (LibraryFixture *fixture, gconstpointer data)
{
  rewrite (fixture, "s/a", 1000, 0, 0);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  fixture_close (fixture);
  rewrite (fixture, "s/a", 1000, 5, 0);
  fixture_open (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 1);
  fixture_assert_reason (fixture, "altered");
  assert_readable (fixture, "a");
}

static void
test_other_mode (LibraryFixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "s/a");

  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  assert_readable (fixture, "a");
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 1000);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  assert_nothing_hashed (fixture);
}

static void
lead (LibraryFixture *fixture, const char *link, const char *target)
{
  g_autofree char *path = folder_get_path (&fixture->folder, link);

  g_unlink (path);
  folder_add_link (&fixture->folder, target, link);
}

/* A shared path leads elsewhere: what was shared by it goes, and nothing else comes. */
static void
test_link_that_moves (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "v1/a", 1000, 0);
  folder_add_file (&fixture->folder, "v1/b", 1000, 1);
  folder_add_file (&fixture->folder, "v2/private", 1000, 2);
  folder_add_link (&fixture->folder, "v1", "cur");
  fixture_share_and_wait (fixture, "cur");
  fixture_wait_for (fixture, 2, 0);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);

  lead (fixture, "cur", "v2");
  fixture_wait_for (fixture, 2, 2);
  fixture_assert_reason (fixture, "share it again");
  fixture_assert_skipped (fixture, "cur", "share it again");
  g_assert_cmpuint (fixture_count_files (fixture), ==, 0);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);

  /* As before. */
  lead (fixture, "cur", "v1");
  fixture_wait_for (fixture, 2, 0);
  assert_nothing_hashed (fixture);

  /* It moves while nothing runs. */
  fixture_close (fixture);
  lead (fixture, "cur", "v2");
  fixture_open (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 2);
  g_assert_cmpuint (fixture_unshare (fixture, "cur"), ==, 2);
  fixture_wait_until_calm (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
  g_assert_cmpuint (fixture_count_files (fixture), ==, 0);
}

/* A person says that the new place is meant. */
static void
test_shared_again_elsewhere (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "v1/a", 1000, 0);
  folder_add_file (&fixture->folder, "v2/b", 1000, 1);
  folder_add_link (&fixture->folder, "v1", "cur");
  fixture_share_and_wait (fixture, "cur");
  fixture_wait_for (fixture, 1, 0);
  lead (fixture, "cur", "v2");
  fixture_share_and_wait (fixture, "cur");
  fixture_wait_for (fixture, 2, 1);
  fixture_find_shared (fixture, "b");
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  fixture_find_shared (fixture, "b");
  g_assert_cmpuint (fixture_unshare (fixture, "cur"), ==, 1);
  g_assert_cmpuint (fixture_count_files (fixture), ==, 0);
}

/* Another folder, or a link, where a shared folder was. */
static void
test_folder_swapped (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "p/s/a", 1000, 0);
  folder_add_file (&fixture->folder, "private/diary", 1000, 1);
  fixture_share_and_wait (fixture, "p/s");
  fixture_wait_for (fixture, 1, 0);

  move (fixture, "p/s", "p/old");
  folder_add_link (&fixture->folder, "../private", "p/s");
  fixture_wait_for (fixture, 1, 1);
  fixture_assert_skipped (fixture, "p/s", "share it again");
  lead (fixture, "p/s", "old");
  fixture_wait_until_calm (fixture);
  g_assert_cmpuint (fixture_count_files (fixture), ==, 0);

  folder_remove (&fixture->folder, "p/s");
  folder_add_file (&fixture->folder, "p/s/diary", 1000, 1);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
  fixture_assert_skipped (fixture, "p/s", "another in its place");
  fixture_share_and_wait (fixture, "p/s");
  fixture_wait_for (fixture, 1, 0);
  fixture_find_shared (fixture, "diary");
}

/* What the store has, and nobody wishes for. */
static void
test_unwanted_in_store (LibraryFixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "s");

  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  fixture_close (fixture);
  redes_store_remove_root (fixture->store, path);
  fixture_open (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_for (fixture, 1, 0);
}

/* Of any Redes, whatever its folder is called. */
static void
test_other_data_folder (LibraryFixture *fixture, gconstpointer data)
{
  static const char pem[] = "-----BEGIN PRIVATE KEY-----\nMIIG\n";
  g_autofree char *identity = folder_get_path (&fixture->folder, "s/peer/identity.pem");
  static const char *const copies[] = { "s/backup/identity.pem", "s/backup/tracker-identity.pem",
                                        "s/backup/Copy of Identity.pem.bak", "s/backup/old.pem" };
  g_autofree char *certificate = folder_get_path (&fixture->folder, "s/mail/certificate.pem");

  folder_add_file (&fixture->folder, "s/peer/library.db", 1000, 0);
  folder_add_file (&fixture->folder, "s/peer/sub/note", 1000, 0);
  folder_add_file (&fixture->folder, "s/backup/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/mail/identity.pem", 1000, 1);
  g_assert_true (g_file_set_contents (identity, pem, -1, NULL));
  g_assert_true (
      g_file_set_contents (certificate, "-----BEGIN CERTIFICATE-----\nMIIG\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (copies); i++)
    {
      g_autofree char *copy = folder_get_path (&fixture->folder, copies[i]);

      g_assert_true (g_file_set_contents (copy, pem, -1, NULL));
    }
  fixture_share_and_wait (fixture, "s");
  fixture_wait_for (fixture, 3, 0);
  fixture_find_shared (fixture, "a");
  fixture_assert_skipped (fixture, "s/peer", "keeps for itself");
  for (gsize i = 0; i < G_N_ELEMENTS (copies); i++)
    fixture_assert_skipped (fixture, copies[i], "keeps for itself");

  /* By itself, and from below. */
  fixture_share_and_wait (fixture, "s/backup/identity.pem");
  fixture_share_and_wait (fixture, "s/peer/sub");
  fixture_share_and_wait (fixture, "s/peer/library.db");
  fixture_assert_skipped (fixture, "s/peer/sub", "keeps for itself");
  fixture_assert_skipped (fixture, "s/peer/library.db", "keeps for itself");
  fixture_wait_for (fixture, 3, 0);

  /* It becomes one while it is shared. */
  folder_add_file (&fixture->folder, "s/backup/library.db", 1000, 0);
  fixture_wait_for (fixture, 3, 1);
  fixture_assert_reason (fixture, "keeps for itself");
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);
}

static void
assert_notice (LibraryFixture *fixture, const char *words)
{
  g_assert_cmpuint (fixture->notices->len, ==, 1);
  g_assert_nonnull (strstr (fixture->notices->pdata[0], words));
  g_ptr_array_set_size (fixture->notices, 0);
}

static void
test_notices (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/.b", 1000, 0);
  folder_add_file (&fixture->folder, "s/sub/.git/config", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  assert_notice (fixture, "2 hidden files and folders");
  fixture_wait_until_calm (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  g_assert_cmpuint (fixture->notices->len, ==, 0);

  g_assert_cmpuint (fixture_unshare (fixture, "elsewhere"), ==, 0);
  assert_notice (fixture, "is not shared");
  g_assert_cmpuint (fixture_unshare (fixture, "s/a"), ==, 1);
  g_assert_cmpuint (fixture->notices->len, ==, 0);
  g_assert_cmpuint (fixture_unshare (fixture, "s"), ==, 0);
  g_assert_cmpuint (fixture->notices->len, ==, 0);
}

/* No turn of the main loop has all of them to do, and what is shared again meanwhile stays. */
static void
test_unshare_many (LibraryFixture *fixture, gconstpointer data)
{
  const guint n_files = 2000;
  guint before;

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("s/%u/%u", i % 2, i);

      folder_add_file (&fixture->folder, name, 10, i);
    }
  fixture_share_and_wait (fixture, "s");
  fixture_wait_for (fixture, n_files, 0);

  g_assert_cmpuint (fixture_unshare (fixture, "s"), ==, n_files);
  before = fixture->withdrawn->len;
  g_assert_cmpuint (before, <=, 256);
  fixture_share (fixture, "s/1");
  while (redes_library_is_looking (fixture->library) || redes_library_is_busy (fixture->library))
    {
      g_main_context_iteration (fixture->context, TRUE);
      g_assert_cmpuint (fixture->withdrawn->len - before, <=, 256);
      before = fixture->withdrawn->len;
    }
  g_assert_cmpuint (fixture_count_files (fixture), ==, n_files / 2);
  g_assert_cmpuint (fixture->withdrawn->len, ==,
                    fixture->shared->len - fixture_count_files (fixture));
  fixture_wait_until_calm (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, n_files / 2, 0);
  assert_nothing_hashed (fixture);
}

/* As if the system had noted nothing of it. */
static void
pretend_untouched (LibraryFixture *fixture, const char *relative, RedesHolding *holding)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  redes_holding_set_stamp (holding, redes_file_change_time_ns (&info), (guint64)info.st_ino);
}

/* Somebody says that he was sent wrong bytes: the disk may have changed them behind our back. */
static void
test_complaint (LibraryFixture *fixture, gconstpointer data)
{
  RedesPeerId peer = { { 1 } };
  RedesContentId content;
  RedesHolding *holding;

  rewrite (fixture, "s/a", 700000, 0, 1700000000);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_for (fixture, 1, 0);
  holding = fixture_find_shared (fixture, "a");
  content = *redes_manifest_get_content (redes_holding_get_manifest (holding));

  /* A lie costs a block's reading, and nothing else. */
  for (guint i = 0; i < 100; i++)
    redes_library_complain (fixture->library, &peer, &content, i % 4);
  g_assert_cmpuint (redes_library_get_n_complaints (fixture->library), ==, 4);
  fixture_wait_for (fixture, 1, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 700000);

  /* One that lies does not silence the others; nor do many cost more. */
  peer.bytes[0] = 2;
  redes_library_complain (fixture->library, &peer, &content, 0);
  g_assert_cmpuint (redes_library_get_n_complaints (fixture->library), ==, 5);
  for (guint i = 0; i < 100; i++)
    {
      peer.bytes[0] = (guint8)(2 + i);
      redes_library_complain (fixture->library, &peer, &content, 0);
    }
  g_assert_cmpuint (redes_library_get_n_complaints (fixture->library), ==, 16);
  fixture_wait_for (fixture, 1, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 700000);

  /* No time tells of it. */
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  rewrite (fixture, "s/a", 700000, 5, 1700000000);
  pretend_untouched (fixture, "s/a", fixture_find_shared (fixture, "a"));
  redes_library_complain (fixture->library, &peer, &content, 1);
  fixture_wait_for (fixture, 2, 1);
  fixture_assert_reason (fixture, "altered");
  assert_readable (fixture, "a");
}

static void
test_changed (LibraryFixture *fixture, gconstpointer data)
{
  RedesContentId before;

  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/b", 1000, 1);
  fixture_share_and_wait (fixture, "s");
  before = *redes_manifest_get_content (
      redes_holding_get_manifest (fixture_find_shared (fixture, "a")));
  fixture_close (fixture);

  /* Of the same size, and the clock was set back. */
  folder_add_file (&fixture->folder, "s/a", 1000, 7);
  set_mtime (fixture, "s/a", 1000000);
  fixture_open (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 3, 1);
  fixture_assert_reason (fixture, "altered");
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 1000);
  g_assert_null (redes_library_lookup (fixture->library, &before));
  assert_readable (fixture, "a");

  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);
  assert_nothing_hashed (fixture);
}

static void
test_missing_and_back (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/sub/b", 1000, 1);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);

  /* Between two runs, and found again in the same. */
  move (fixture, "s/sub", "elsewhere");
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 1);
  fixture_assert_reason (fixture, "not there any more");
  g_assert_cmpuint (fixture_count_files (fixture), ==, 1);
  move (fixture, "elsewhere", "s/sub");
  fixture_wait_for (fixture, 3, 1);
  assert_readable (fixture, "b");

  /* While it runs, and found again by the next but one. */
  move (fixture, "s/a", "a");
  fixture_wait_for (fixture, 3, 2);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 1);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 1);
  /* It was moved itself, so it is read; "b" was not. */
  move (fixture, "a", "s/a");
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 1000);
}

/* The same for all of a folder: a drive. */
static void
test_drive (LibraryFixture *fixture, gconstpointer data)
{
  const guint n_files = 700;

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("drive/s/%u", i);

      folder_add_file (&fixture->folder, name, 10, i);
    }
  fixture_share_and_wait (fixture, "drive/s");
  fixture_wait_until_calm (fixture);
  fixture_restart (fixture);

  move (fixture, "drive", "away");
  fixture_wait_for (fixture, n_files, n_files);
  fixture_assert_reason (fixture, "drive or folder");
  g_assert_cmpuint (fixture_count_files (fixture), ==, 0);
  move (fixture, "away", "drive");
  fixture_wait_for (fixture, 2 * n_files, n_files);
  g_assert_cmpuint (fixture_count_files (fixture), ==, n_files);
  assert_nothing_hashed (fixture);
}

static void
test_changed_while_absent (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/b", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  folder_remove (&fixture->folder, "s/a");
  fixture_wait_for (fixture, 2, 1);
  folder_add_file (&fixture->folder, "s/a", 2000, 3);
  fixture_wait_for (fixture, 3, 1);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 4000);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);
  assert_nothing_hashed (fixture);
}

static void
test_unreadable (LibraryFixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "s/a");
  RedesHolding *holding;

  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  holding = fixture_find_shared (fixture, "a");
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  /* The workers are threads of the same process: with its rights. */
  rights_drop ();
  redes_library_doubt (fixture->library, holding);
  redes_library_doubt (fixture->library, holding);
  while (fixture->withdrawn->len == 0)
    g_main_context_iteration (fixture->context, TRUE);
  rights_restore ();
  fixture_assert_reason (fixture, "permission");
}

static void
test_new_file (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  fixture_share_and_wait (fixture, "s");

  /* Where hints tell of it, and where they do not. */
  folder_add_file (&fixture->folder, "s/b", 1000, 1);
  folder_add_file (&fixture->folder, "s/.hidden", 1000, 1);
  fixture_wait_for (fixture, 2, 0);
  folder_add_file (&fixture->folder, "s/deep/down/c", 1000, 2);
  fixture_wait_for (fixture, 3, 0);

  /* And what came between two runs. */
  fixture_close (fixture);
  folder_add_file (&fixture->folder, "s/d", 1000, 3);
  fixture_open (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 4, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==, 1000);
}

/* What the system tells is enough, where it tells anything: nobody looks by himself for hours. */
static void
test_hints (LibraryFixture *fixture, gconstpointer data)
{
  const RedesWatchPeriods rare
      = { .look_ms = 10000000, .absent_ms = 10000000, .settle_ms = 10, .pause_ms = 0 };

  redes_library_set_periods (fixture->library, &rare);
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  folder_add_file (&fixture->folder, "s/b", 1000, 1);
  fixture_wait_for (fixture, 2, 0);
  move (fixture, "s/a", "a");
  fixture_wait_for (fixture, 2, 1);
  move (fixture, "a", "s/a");
  fixture_wait_for (fixture, 3, 1);
}

static void
test_doubt (LibraryFixture *fixture, gconstpointer data)
{
  RedesHolding *holding;
  g_autoptr (GError) error = NULL;

  folder_add_file (&fixture->folder, "one", 1000, 0);
  fixture_share_and_wait (fixture, "one");
  fixture_wait_until_calm (fixture);
  holding = fixture_find_shared (fixture, "one");
  redes_library_doubt (fixture->library, holding);
  fixture_wait_for (fixture, 1, 0);

  folder_add_file (&fixture->folder, "one", 1000, 5);
  set_mtime (fixture, "one", 1700000000);
  g_assert_null (redes_holding_read (holding, 0, &error));
  g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ);
  redes_library_doubt (fixture->library, holding);
  fixture_wait_for (fixture, 2, 1);
  fixture_assert_reason (fixture, "altered");
  assert_readable (fixture, "one");
}

static void
test_unshare (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/b", 1000, 1);
  folder_add_file (&fixture->folder, "s/sub/c", 1000, 2);
  folder_add_file (&fixture->folder, "s/sub/d", 1000, 3);
  folder_add_file (&fixture->folder, "subject", 1000, 4);
  fixture_share_and_wait (fixture, "s");
  fixture_share_and_wait (fixture, "subject");

  /* One file, and a folder inside: they stay unshared. */
  g_assert_cmpuint (fixture_unshare (fixture, "s/a"), ==, 1);
  fixture_assert_reason (fixture, NULL);
  g_assert_cmpuint (fixture_unshare (fixture, "s/sub"), ==, 2);
  g_assert_cmpuint (fixture_unshare (fixture, "nothing"), ==, 0);
  folder_add_file (&fixture->folder, "s/sub/e", 1000, 5);
  fixture_wait_for (fixture, 5, 3);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);

  /* Shared again, they stay so; what is inside goes with its folder. */
  fixture_share_and_wait (fixture, "s/sub/c");
  g_assert_cmpuint (fixture->shared->len, ==, 3);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 3, 0);
  fixture_share_and_wait (fixture, "s");
  g_assert_cmpuint (fixture->shared->len, ==, 6);

  g_assert_cmpuint (fixture_unshare (fixture, "s"), ==, 5);
  fixture_wait_until_calm (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  fixture_find_shared (fixture, "subject");
}

/* What is absent, and what was fetched, can be ended too. */
static void
test_unshare_others (LibraryFixture *fixture, gconstpointer data)
{
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHolding) fetched = NULL;

  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  fixture_share_and_wait (fixture, "s");
  folder_remove (&fixture->folder, "s/a");
  fixture_wait_for (fixture, 1, 1);
  g_assert_cmpuint (fixture_unshare (fixture, "s"), ==, 1);
  folder_add_file (&fixture->folder, "s/a", 1000, 0);

  folder_add_file (&fixture->folder, "downloads/name (2)", 1000, 9);
  set_mtime (fixture, "downloads/name (2)", 1700000000);
  manifest = folder_sign (&fixture->folder, "name", 1000, 9, &tree);
  fetched = redes_holding_new_file (fixture->folder.path, "downloads/name (2)",
                                    1700000000 * G_GINT64_CONSTANT (1000000000), manifest, tree);
  redes_library_add (fixture->library, fetched);

  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  assert_readable (fixture, "name");
  g_assert_cmpuint (fixture_unshare (fixture, "downloads/name (2)"), ==, 1);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
  assert_nothing_hashed (fixture);
}

/* What was fetched and is altered is not published by itself. */
static void
test_altered_download (LibraryFixture *fixture, gconstpointer data)
{
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHolding) fetched = NULL;

  folder_add_file (&fixture->folder, "downloads/name", 1000, 9);
  set_mtime (fixture, "downloads/name", 1700000000);
  manifest = folder_sign (&fixture->folder, "name", 1000, 9, &tree);
  fetched = redes_holding_new_file (fixture->folder.path, "downloads/name",
                                    1700000000 * G_GINT64_CONSTANT (1000000000), manifest, tree);
  redes_library_add (fixture->library, fetched);
  set_mtime (fixture, "downloads/name", 1700000001);
  fixture_wait_for (fixture, 1, 1);
  fixture_assert_reason (fixture, "altered");
  assert_nothing_hashed (fixture);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
}

static void
test_through_link (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "real/a", 1000, 0);
  folder_add_file (&fixture->folder, "real/b", 1000, 1);
  folder_add_link (&fixture->folder, "real", "link");
  fixture_share_and_wait (fixture, "link");
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);
  assert_nothing_hashed (fixture);
  g_assert_cmpuint (fixture_unshare (fixture, "link/a"), ==, 1);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 1, 0);
  g_assert_cmpuint (fixture_unshare (fixture, "link"), ==, 1);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
}

static void
test_never_there (LibraryFixture *fixture, gconstpointer data)
{
  fixture_share_and_wait (fixture, "misspelt");
  g_assert_cmpuint (fixture->n_skipped, ==, 1);
  fixture_restart (fixture);
  folder_add_file (&fixture->folder, "misspelt", 1000, 0);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 0, 0);
}

static void
test_private_folder (LibraryFixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_get_path (&fixture->folder, "s/data");

  folder_add_file (&fixture->folder, "s/data/identity.pem", 1000, 0);
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  redes_library_set_private_folder (fixture->library, path);
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  g_assert_cmpuint (fixture->shared->len, ==, 1);
  fixture_share (fixture, "s/data/identity.pem");
  fixture_assert_skipped (fixture, "s/data/identity.pem", "keeps for itself");
  folder_add_file (&fixture->folder, "s/.redes-00.part", 1000, 0);
  fixture_share (fixture, "s/.redes-00.part");
  fixture_assert_skipped (fixture, "s/.redes-00.part", "keeps for itself");
  fixture_wait_for (fixture, 1, 0);
}

/* In one breath: the last word counts, whatever is still under way. */
static void
test_changes_of_mind (LibraryFixture *fixture, gconstpointer data)
{
  folder_add_file (&fixture->folder, "s/a", 1000, 0);
  folder_add_file (&fixture->folder, "s/b", 9000000, 1);
  folder_add_link (&fixture->folder, "s", "link");
  for (guint i = 0; i < 20; i++)
    {
      fixture_share (fixture, i % 3 == 0 ? "link" : "s");
      for (guint n = 0; n < i; n++)
        g_main_context_iteration (fixture->context, FALSE);
      fixture_unshare (fixture, "link");
      fixture_unshare (fixture, "s");
      g_assert_cmpuint (fixture_count_files (fixture), ==, 0);
    }
  fixture_share_and_wait (fixture, "s");
  fixture_wait_until_calm (fixture);
  g_assert_cmpuint (fixture_count_files (fixture), ==, 2);
  g_assert_cmpuint (fixture->n_skipped, ==, 0);
  fixture_restart (fixture);
  fixture_wait_for (fixture, 2, 0);
  assert_nothing_hashed (fixture);
}

/* Kill while hashing: what was signed is not hashed again. */
static void
test_many (LibraryFixture *fixture, gconstpointer data)
{
  const guint n_files = 10000;
  guint n_before;

  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("s/%u/%u", i % 100, i);

      folder_add_file (&fixture->folder, name, 100, i);
    }
  fixture_share (fixture, "s");
  while (fixture->shared->len < n_files / 3)
    g_main_context_iteration (fixture->context, TRUE);
  n_before = fixture->shared->len;
  fixture_restart (fixture);
  g_assert_cmpuint (fixture->shared->len, ==, n_before);
  fixture_wait_for (fixture, n_files, 0);
  g_assert_cmpuint (redes_library_get_bytes_hashed (fixture->library), ==,
                    100 * (n_files - n_before));

  fixture_restart (fixture);
  fixture_wait_for (fixture, n_files, 0);
  assert_nothing_hashed (fixture);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/remembering/" name, LibraryFixture, "with a store", fixture_set_up, function,      \
              fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("restart", test_restart);
  ADD ("another-inode", test_another_inode);
  ADD ("same-time", test_same_time);
  ADD ("same-time-restarted", test_same_time_restarted);
  ADD ("other-mode", test_other_mode);
  ADD ("link-that-moves", test_link_that_moves);
  ADD ("shared-again-elsewhere", test_shared_again_elsewhere);
  ADD ("folder-swapped", test_folder_swapped);
  ADD ("unwanted-in-store", test_unwanted_in_store);
  ADD ("other-data-folder", test_other_data_folder);
  ADD ("notices", test_notices);
  ADD ("unshare-many", test_unshare_many);
  ADD ("complaint", test_complaint);
  ADD ("changed", test_changed);
  ADD ("missing-and-back", test_missing_and_back);
  ADD ("drive", test_drive);
  ADD ("changed-while-absent", test_changed_while_absent);
  ADD ("unreadable", test_unreadable);
  ADD ("new-file", test_new_file);
  ADD ("hints", test_hints);
  ADD ("doubt", test_doubt);
  ADD ("unshare", test_unshare);
  ADD ("unshare-others", test_unshare_others);
  ADD ("altered-download", test_altered_download);
  ADD ("through-link", test_through_link);
  ADD ("never-there", test_never_there);
  ADD ("private-folder", test_private_folder);
  ADD ("changes-of-mind", test_changes_of_mind);
  ADD ("many", test_many);
  return g_test_run ();
}

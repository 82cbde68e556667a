/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "library-fixture.h"

#include <string.h>

#define BOUND_MS 50000

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  LibraryFixture *fixture = user_data;

  g_ptr_array_add (fixture->shared, redes_holding_ref (holding));
}

static void
on_withdrawn (RedesHolding *holding, const RedesNotice *notice, gpointer user_data)
{
  LibraryFixture *fixture = user_data;
  const char *reason = redes_notice_get_english (notice);

  g_test_message ("withdrawn: %s", reason != NULL ? reason : "as asked");
  g_ptr_array_add (fixture->withdrawn, redes_holding_ref (holding));
  g_ptr_array_add (fixture->reasons, g_strdup (reason));
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  LibraryFixture *fixture = user_data;

  g_test_message ("%s", error->message);
  g_hash_table_insert (fixture->skipped, g_strdup (path), g_strdup (error->message));
  fixture->n_skipped++;
}

static void
on_notice (const RedesNotice *notice, gpointer user_data)
{
  const char *words = redes_notice_get_english (notice);
  LibraryFixture *fixture = user_data;

  g_test_message ("%s", words);
  g_ptr_array_add (fixture->notices, g_strdup (words));
}

static void
on_hashing (const RedesHashingProgress *progress, gpointer user_data)
{
  LibraryFixture *fixture = user_data;

  g_assert_cmpuint (progress->bytes_done, <=, progress->bytes_total);
  g_assert_cmpuint (progress->files_done, <=, progress->files_total);
  fixture->progress = *progress;
  fixture->n_progress++;
}

static void
on_idle (gpointer user_data)
{
  LibraryFixture *fixture = user_data;

  g_assert_false (redes_library_is_busy (fixture->library));
  fixture->n_idle++;
}

static void
on_trouble (const RedesNotice *notice, gpointer user_data)
{
  const char *words = redes_notice_get_english (notice);

  g_error ("the store: %s", words != NULL ? words : "works again");
}

void
fixture_open (LibraryFixture *fixture)
{
  static const RedesLibraryEvents events = { .shared = on_shared,
                                             .withdrawn = on_withdrawn,
                                             .hashing = on_hashing,
                                             .skipped = on_skipped,
                                             .notice = on_notice,
                                             .idle = on_idle };
  /* So that a test need not wait for what nobody hints at. */
  static const RedesWatchPeriods periods
      = { .look_ms = 200, .absent_ms = 20, .settle_ms = 10, .pause_ms = 0 };

  static const RedesFolderTreePeriods folder_periods = { .wait_ms = 5, .keep_ms = 60000 };

  fixture->library = redes_library_new (fixture->folder.identity, fixture->workers, fixture->store,
                                        &events, fixture);
  redes_library_set_periods (fixture->library, &periods);
  redes_folder_tree_set_periods (redes_library_get_folder_tree (fixture->library), &folder_periods);
}

void
fixture_close (LibraryFixture *fixture)
{
  g_clear_pointer (&fixture->library, redes_library_free);
}

static void
open_store (LibraryFixture *fixture)
{
  g_autofree char *path = folder_get_path (&fixture->folder, ".data");
  g_autoptr (RedesNotice) notice = NULL;
  g_autoptr (GError) error = NULL;

  folder_add_folder (&fixture->folder, ".data");
  fixture->store = redes_store_open (path, fixture->context, on_trouble, fixture, &notice, &error);
  g_assert_no_error (error);
  g_assert_null (notice);
}

void
fixture_set_up (LibraryFixture *fixture, gconstpointer data)
{
  folder_init (&fixture->folder);
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->workers = redes_workers_new ("test", 2, fixture->context);
  fixture->shared = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  fixture->withdrawn = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  fixture->reasons = g_ptr_array_new_with_free_func (g_free);
  fixture->notices = g_ptr_array_new_with_free_func (g_free);
  fixture->skipped = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (data != NULL)
    open_store (fixture);
  fixture_open (fixture);
}

void
fixture_tear_down (LibraryFixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  g_clear_pointer (&fixture->store, redes_store_free);
  redes_workers_free (fixture->workers);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  g_ptr_array_unref (fixture->shared);
  g_ptr_array_unref (fixture->withdrawn);
  g_ptr_array_unref (fixture->reasons);
  g_hash_table_unref (fixture->skipped);
  g_ptr_array_unref (fixture->notices);
  folder_clear (&fixture->folder);
}

void
fixture_restart (LibraryFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture_close (fixture);
  redes_store_free (fixture->store);
  g_ptr_array_set_size (fixture->shared, 0);
  g_ptr_array_set_size (fixture->withdrawn, 0);
  g_ptr_array_set_size (fixture->reasons, 0);
  open_store (fixture);
  fixture_open (fixture);
  g_assert_true (redes_library_restore (fixture->library, &error));
  g_assert_no_error (error);
}

void
fixture_share (LibraryFixture *fixture, const char *relative)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);

  redes_library_share (fixture->library, path);
}

guint
fixture_unshare (LibraryFixture *fixture, const char *relative)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);

  return redes_library_unshare (fixture->library, path);
}

static gboolean
on_bound (gpointer data)
{
  g_error ("what was waited for did not come in time");
  return G_SOURCE_REMOVE;
}

void
fixture_wait_until (LibraryFixture *fixture, gboolean (*is_true) (LibraryFixture *fixture))
{
  g_autoptr (GSource) bound = g_timeout_source_new (BOUND_MS);

  g_source_set_callback (bound, on_bound, NULL, NULL);
  g_source_attach (bound, fixture->context);
  while (!is_true (fixture))
    g_main_context_iteration (fixture->context, TRUE);
  g_source_destroy (bound);
}

static gboolean
is_idle (LibraryFixture *fixture)
{
  return !redes_library_is_busy (fixture->library);
}

void
fixture_wait_until_idle (LibraryFixture *fixture)
{
  fixture_wait_until (fixture, is_idle);
}

static gboolean
is_calm (LibraryFixture *fixture)
{
  return is_idle (fixture) && !redes_library_is_looking (fixture->library);
}

void
fixture_wait_until_calm (LibraryFixture *fixture)
{
  fixture_wait_until (fixture, is_calm);
}

void
fixture_wait_for (LibraryFixture *fixture, guint n_shared, guint n_withdrawn)
{
  g_autoptr (GSource) bound = g_timeout_source_new (BOUND_MS);

  g_source_set_callback (bound, on_bound, NULL, NULL);
  g_source_attach (bound, fixture->context);
  while (fixture->shared->len < n_shared || fixture->withdrawn->len < n_withdrawn
         || !is_calm (fixture))
    g_main_context_iteration (fixture->context, TRUE);
  g_source_destroy (bound);
  g_assert_cmpuint (fixture->shared->len, ==, n_shared);
  g_assert_cmpuint (fixture->withdrawn->len, ==, n_withdrawn);
}

void
fixture_share_and_wait (LibraryFixture *fixture, const char *relative)
{
  guint n_idle = fixture->n_idle;

  fixture_share (fixture, relative);
  g_assert_true (redes_library_is_busy (fixture->library));
  fixture_wait_until_idle (fixture);
  g_assert_cmpuint (fixture->n_idle, ==, n_idle + 1);
}

RedesHolding *
fixture_find_shared (LibraryFixture *fixture, const char *name)
{
  RedesHolding *found = NULL;

  for (guint i = 0; i < fixture->shared->len; i++)
    {
      RedesHolding *holding = fixture->shared->pdata[i];

      if (g_str_equal (redes_manifest_get_name (redes_holding_get_manifest (holding)), name))
        found = holding;
    }
  g_assert_nonnull (found);
  return found;
}

guint
fixture_count_files (LibraryFixture *fixture)
{
  g_autoptr (GPtrArray) list = redes_library_list (fixture->library);

  return list->len;
}

void
fixture_assert_skipped (LibraryFixture *fixture, const char *relative, const char *words)
{
  g_autofree char *path = folder_get_path (&fixture->folder, relative);
  const char *message = g_hash_table_lookup (fixture->skipped, path);

  g_assert_nonnull (message);
  g_assert_nonnull (strstr (message, words));
}

void
fixture_assert_reason (LibraryFixture *fixture, const char *words)
{
  const char *reason;

  g_assert_cmpuint (fixture->reasons->len, >, 0);
  reason = fixture->reasons->pdata[fixture->reasons->len - 1];
  if (words == NULL)
    g_assert_null (reason);
  else
    {
      g_assert_nonnull (reason);
      g_assert_nonnull (strstr (reason, words));
    }
}

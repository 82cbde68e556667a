/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

static void
on_trouble (const RedesNotice *notice, gpointer user_data)
{
  StoreFixture *self = user_data;

  g_free (self->trouble);
  self->trouble = g_strdup (redes_notice_get_english (notice));
  self->n_troubles++;
}

void
store_fixture_init (StoreFixture *self)
{
  *self = (StoreFixture){ 0 };
  folder_init (&self->folder);
  self->data_dir = folder_get_path (&self->folder, "data");
  self->path = folder_get_path (&self->folder, "data/library.db");
  self->context = g_main_context_new ();
}

void
store_fixture_clear (StoreFixture *self)
{
  store_fixture_close (self);
  if (self->folder.path != NULL)
    folder_clear (&self->folder);
  g_free (self->data_dir);
  g_free (self->path);
  redes_notice_unref (self->notice);
  g_free (self->trouble);
  g_main_context_unref (self->context);
}

void
store_fixture_open (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->notice, redes_notice_unref);
  g_clear_pointer (&self->trouble, g_free);
  self->store
      = redes_store_open (self->data_dir, self->context, on_trouble, self, &self->notice, &error);
  g_assert_no_error (error);
  g_assert_nonnull (self->store);
}

void
store_fixture_close (StoreFixture *self)
{
  g_clear_pointer (&self->store, redes_store_free);
}

char *
store_fixture_fail_to_open (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesNotice) notice = NULL;
  RedesStore *store
      = redes_store_open (self->data_dir, self->context, on_trouble, self, &notice, &error);

  g_assert_null (store);
  g_assert_null (notice);
  g_assert_nonnull (error);
  return g_strdup (error->message);
}

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("waited in vain");
  return G_SOURCE_REMOVE;
}

void
store_fixture_wait_for_trouble (StoreFixture *self, gboolean wanted)
{
  GSource *bound = g_timeout_source_new_seconds (60);

  g_source_set_callback (bound, on_too_late, NULL, NULL);
  g_source_attach (bound, self->context);
  while ((self->trouble != NULL) != wanted)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (bound);
  g_source_unref (bound);
}

RedesDigest
store_fixture_digest (const char *text)
{
  RedesDigest digest;

  redes_digest_of (text, strlen (text), &digest);
  return digest;
}

RedesContentId
store_fixture_content (const char *text)
{
  RedesContentId content = { .root = store_fixture_digest (text), .size_bytes = 1000 };

  return content;
}

GPtrArray *
store_fixture_sign (StoreFixture *self, guint n, GPtrArray *trees)
{
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, n);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  GPtrArray *manifests;

  for (guint i = 0; i < n; i++)
    {
      RedesGeometry geometry
          = { i % 10 == 0 ? 3 * REDES_MIN_BLOCK_SIZE : 100, REDES_MIN_BLOCK_SIZE };
      RedesDigest blocks[3];
      RedesHashTree *tree;

      g_ptr_array_add (names, g_strdup_printf ("file %u", i));
      for (guint j = 0; j < G_N_ELEMENTS (blocks); j++)
        {
          guint seed[] = { i, j };

          redes_digest_of (seed, sizeof seed, &blocks[j]);
        }
      tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
      drafts[i].name = g_ptr_array_index (names, i);
      drafts[i].geometry = geometry;
      drafts[i].root = *redes_hash_tree_get_root (tree);
      g_ptr_array_add (trees, tree);
    }
  manifests = redes_manifest_sign_batch (self->folder.identity, drafts, n, 1700000000, &error);
  g_assert_no_error (error);
  return manifests;
}

void
store_fixture_put_files (StoreFixture *self, const char *root, guint n)
{
  g_autoptr (GPtrArray) trees
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_hash_tree_unref);
  g_autoptr (GPtrArray) manifests = store_fixture_sign (self, n, trees);

  for (guint i = 0; i < n; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);
      RedesStoreFile file = {
        .root = root,
        .relative = redes_manifest_get_name (manifest),
        .mtime_ns = G_GINT64_CONSTANT (1700000000123456789) + i,
        .manifest = manifest,
        .tree = i % 10 == 0 ? g_ptr_array_index (trees, i) : NULL,
      };

      redes_store_put_file (self->store, &file);
    }
}

void
store_fixture_put_transfer (StoreFixture *self, const char *content)
{
  RedesStoreTransfer transfer = {
    .content = store_fixture_content (content),
    .link = (char *)"redes:link",
    .folder = (char *)"/downloads",
    .added_s = 1700000000,
  };

  redes_store_put_transfer (self->store, &transfer);
}

static void
count_file (const RedesStoreFile *file, gpointer user_data)
{
  guint *n = user_data;

  g_assert_nonnull (file->root);
  g_assert_nonnull (file->relative);
  g_assert_nonnull (file->manifest);
  (*n)++;
}

guint
store_fixture_count_files (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  guint n = 0;

  redes_store_each_file (self->store, count_file, &n, &error);
  g_assert_no_error (error);
  return n;
}

typedef struct
{
  guint n;
  guint n_safe;
} BlockCount;

static void
count_block (const RedesStoreBlock *block, gpointer user_data)
{
  BlockCount *count = user_data;

  count->n++;
  count->n_safe += block->safe ? 1 : 0;
}

guint
store_fixture_count_blocks (StoreFixture *self, const char *content, guint *n_safe)
{
  g_autoptr (GError) error = NULL;
  RedesContentId id = store_fixture_content (content);
  BlockCount count = { 0 };

  redes_store_each_block (self->store, &id, count_block, &count, &error);
  g_assert_no_error (error);
  if (n_safe != NULL)
    *n_safe = count.n_safe;
  return count.n;
}

guint
store_fixture_count_transfers (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) transfers = redes_store_list_transfers (self->store, &error);

  g_assert_no_error (error);
  return transfers->len;
}

static sqlite3 *
open_beside (StoreFixture *self)
{
  sqlite3 *handle;

  g_assert_cmpint (sqlite3_open (self->path, &handle), ==, SQLITE_OK);
  sqlite3_busy_timeout (handle, 10000);
  return handle;
}

gint64
store_fixture_count_rows (StoreFixture *self, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  sqlite3 *handle = open_beside (self);
  sqlite3_stmt *statement;
  gint64 n;

  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (handle);
  return n;
}

void
store_fixture_run_sql (StoreFixture *self, const char *sql)
{
  sqlite3 *handle = open_beside (self);
  char *words = NULL;

  if (sqlite3_exec (handle, sql, NULL, NULL, &words) != SQLITE_OK)
    g_error ("%s: %s", sql, words);
  sqlite3_close (handle);
}

void
store_fixture_assert_usable (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) roots = NULL;
  RedesContentId content = store_fixture_content ("usable");
  guint n_safe;
  guint32 index = 0;
  gboolean found = FALSE;

  store_fixture_put_files (self, "/usable", 1);
  store_fixture_put_transfer (self, "usable");
  redes_store_put_block (self->store, &content, 0, &content.root, NULL, 0);
  redes_store_mark_safe (self->store, &content, &index, 1, 5);
  redes_store_put_root (self->store, "/usable");
  redes_store_put_publisher (self->store, &content.root, "usable", REDES_PUBLISHER_KNOWN);

  redes_store_flush (self->store);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  if (self->trouble != NULL)
    g_error ("not usable: %s", self->trouble);

  g_assert_cmpuint (store_fixture_count_files (self), >=, 1);
  g_assert_cmpuint (store_fixture_count_transfers (self), >=, 1);
  g_assert_cmpuint (store_fixture_count_blocks (self, "usable", &n_safe), ==, 1);
  g_assert_cmpuint (n_safe, ==, 1);
  roots = redes_store_list_roots (self->store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < roots->len; i++)
    found = found || g_str_equal (g_ptr_array_index (roots, i), "/usable");
  g_assert_true (found);
}

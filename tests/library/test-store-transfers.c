/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store.h"

#include "store-fixture.h"

/* ---- Transfers ---- */

static GPtrArray *
list_transfers (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *transfers = redes_store_list_transfers (fixture->store, &error);

  g_assert_no_error (error);
  return transfers;
}

static void
assert_transfer (const RedesStoreTransfer *a, const RedesStoreTransfer *b)
{
  g_assert_true (redes_content_id_equal (&a->content, &b->content));
  g_assert_cmpstr (a->link, ==, b->link);
  g_assert_cmpstr (a->folder, ==, b->folder);
  g_assert_cmpstr (a->target, ==, b->target);
  g_assert_cmpint (a->state, ==, b->state);
  g_assert_true (redes_notice_equal (a->message, b->message));
  g_assert_cmpint (a->added_s, ==, b->added_s);
  g_assert_cmpfloat (a->seconds, ==, b->seconds);
  g_assert_cmpint (a->partial_mtime_ns, ==, b->partial_mtime_ns);
  g_assert_cmpint (a->partial_in_use, ==, b->partial_in_use);
  g_assert_cmpint (a->manifest != NULL, ==, b->manifest != NULL);
  if (a->manifest != NULL)
    {
      g_autoptr (GBytes) body_a = redes_manifest_dup_body (a->manifest);
      g_autoptr (GBytes) body_b = redes_manifest_dup_body (b->manifest);
      g_autoptr (GError) error = NULL;

      g_assert_true (g_bytes_equal (body_a, body_b));
      redes_manifest_verify (a->manifest, NULL, &error);
      g_assert_no_error (error);
    }
}

static void
test_transfers (void)
{
  g_autoptr (RedesNotice) message
      = redes_notice_new (REDES_NOTICE_NO_ROOM, "não há", redes_notice_arg_size (7));
  StoreFixture fixture;
  g_autoptr (GPtrArray) trees
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_hash_tree_unref);
  g_autoptr (GPtrArray) manifests = NULL;
  RedesManifest *manifest;
  RedesStoreTransfer plain = {
    .content = store_fixture_content ("plain"),
    .link = (char *)"redes:plain",
    .folder = (char *)"/downloads/caf\xe9",
    .added_s = 2000,
  };
  RedesStoreTransfer full;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  manifests = store_fixture_sign (&fixture, 3, trees);
  manifest = g_ptr_array_index (manifests, 0);
  full = (RedesStoreTransfer){
    .content = *redes_manifest_get_content (manifest),
    .link = (char *)"redes:full",
    .folder = (char *)"/downloads",
    .target = (char *)"/elsewhere/file",
    .manifest = manifest,
    .state = REDES_STORE_TRANSFER_FAILED,
    .message = message,
    .added_s = 1000,
    .seconds = 12.25,
    .partial_mtime_ns = G_GINT64_CONSTANT (1700000000123456789),
    .partial_in_use = TRUE,
  };
  redes_store_put_transfer (fixture.store, &plain);
  redes_store_put_transfer (fixture.store, &full);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) transfers = list_transfers (&fixture);

      g_assert_cmpuint (transfers->len, ==, 2);
      assert_transfer (g_ptr_array_index (transfers, 0), &plain);
      assert_transfer (g_ptr_array_index (transfers, 1), &full);
      store_fixture_close (&fixture);
      store_fixture_open (&fixture);
      g_assert_null (fixture.notice);
    }

  /* Replaced, in its place; the manifest may go again. */
  plain.state = REDES_STORE_TRANSFER_PAUSED;
  plain.target = (char *)"/t";
  full.manifest = NULL;
  full.message = NULL;
  full.partial_in_use = FALSE;
  redes_store_put_transfer (fixture.store, &full);
  redes_store_put_transfer (fixture.store, &plain);
  {
    g_autoptr (GPtrArray) transfers = list_transfers (&fixture);

    g_assert_cmpuint (transfers->len, ==, 2);
    assert_transfer (g_ptr_array_index (transfers, 0), &plain);
    assert_transfer (g_ptr_array_index (transfers, 1), &full);
  }
  g_assert_cmpint (store_fixture_count_rows (&fixture, "batches"), ==, 0);
  store_fixture_clear (&fixture);
}

static void
test_senseless_transfers (void)
{
  static const struct
  {
    const char *sql;
    guint n_left;
    gboolean keeps_manifest;
  } cases[] = {
    { "UPDATE transfers SET content = x'00'", 0, FALSE },
    { "UPDATE transfers SET link = CAST (x'ff' AS TEXT)", 0, FALSE },
    { "UPDATE transfers SET folder = x''", 0, FALSE },
    { "UPDATE transfers SET state = 4", 0, FALSE },
    { "UPDATE transfers SET state = -1", 0, FALSE },
    { "UPDATE transfers SET message = CAST (x'ff' AS TEXT)", 1, TRUE },
    { "UPDATE transfers SET batch = 999", 1, FALSE },
    { "UPDATE transfers SET batch_index = 1", 1, FALSE },
    { "UPDATE transfers SET size = 5", 1, FALSE },
    { "UPDATE transfers SET name = NULL", 1, FALSE },
    { "UPDATE transfers SET name = 'other'", 1, FALSE },
    { "UPDATE transfers SET content = zeroblob (32)", 1, FALSE },
    { "UPDATE transfers SET seconds = -1e300", 1, TRUE },
  };
  StoreFixture fixture;
  g_autoptr (GPtrArray) trees
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_hash_tree_unref);
  g_autoptr (GPtrArray) manifests = NULL;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  manifests = store_fixture_sign (&fixture, 3, trees);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, 0);
      RedesStoreTransfer transfer = {
        .content = *redes_manifest_get_content (manifest),
        .link = (char *)"redes:link",
        .folder = (char *)"/downloads",
        .manifest = manifest,
      };
      g_autoptr (GPtrArray) transfers = NULL;

      redes_store_put_transfer (fixture.store, &transfer);
      redes_store_flush (fixture.store);
      store_fixture_run_sql (&fixture, cases[i].sql);
      transfers = list_transfers (&fixture);
      if (transfers->len != cases[i].n_left)
        g_error ("%s: %u", cases[i].sql, transfers->len);
      if (transfers->len > 0)
        {
          RedesStoreTransfer *read = g_ptr_array_index (transfers, 0);

          g_assert_cmpint (read->manifest != NULL, ==, cases[i].keeps_manifest);
          g_assert_cmpfloat (read->seconds, >=, 0);
        }
      redes_store_flush (fixture.store);
      g_assert_cmpint (store_fixture_count_rows (&fixture, "transfers"), ==, cases[i].n_left);
      store_fixture_run_sql (&fixture, "DELETE FROM transfers");
    }
  store_fixture_clear (&fixture);
}

/* ---- Blocks ---- */

static void
collect_block (const RedesStoreBlock *block, gpointer user_data)
{
  g_array_append_vals (user_data, block, 1);
}

static GArray *
list_blocks (StoreFixture *fixture, const char *content)
{
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (RedesStoreBlock));
  RedesContentId id = store_fixture_content (content);
  g_autoptr (GError) error = NULL;

  redes_store_each_block (fixture->store, &id, collect_block, blocks, &error);
  g_assert_no_error (error);
  return blocks;
}

/* "3! 4": the indices, with ! those that are safe */
static void
assert_blocks (StoreFixture *fixture, const char *content, const char *expected)
{
  g_autoptr (GArray) blocks = list_blocks (fixture, content);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const RedesStoreBlock *block = &g_array_index (blocks, RedesStoreBlock, i);

      g_string_append_printf (found, "%s%u%s", i > 0 ? " " : "", block->index,
                              block->safe ? "!" : "");
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
put_block (StoreFixture *fixture, const char *content, guint32 index)
{
  RedesContentId id = store_fixture_content (content);
  RedesDigest proof[2] = { store_fixture_digest ("left"), store_fixture_digest ("right") };
  RedesDigest block;

  redes_digest_of (&index, sizeof index, &block);
  redes_store_put_block (fixture->store, &id, index, &block, proof, G_N_ELEMENTS (proof));
}

static void
mark_safe (StoreFixture *fixture, const char *content, guint32 index, gint64 mtime_ns)
{
  RedesContentId id = store_fixture_content (content);

  redes_store_mark_safe (fixture->store, &id, &index, 1, mtime_ns);
}

static void
test_blocks (void)
{
  const guint32 last_index = (1u << REDES_MAX_PROOF_LENGTH) - 1;
  StoreFixture fixture;
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
  RedesContentId a = store_fixture_content ("a");

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  store_fixture_put_transfer (&fixture, "a");
  store_fixture_put_transfer (&fixture, "b");
  put_block (&fixture, "a", 7);
  put_block (&fixture, "a", 0);
  put_block (&fixture, "b", 1);
  put_block (&fixture, "unknown", 1);
  for (guint i = 0; i < G_N_ELEMENTS (proof); i++)
    redes_digest_of (&i, sizeof i, &proof[i]);
  redes_store_put_block (fixture.store, &a, last_index, &a.root, proof, G_N_ELEMENTS (proof));
  mark_safe (&fixture, "a", 7, 99);
  mark_safe (&fixture, "a", 8, 100);
  mark_safe (&fixture, "unknown", 1, 100);
  assert_blocks (&fixture, "a", "0 7! 67108863");
  assert_blocks (&fixture, "b", "1");
  assert_blocks (&fixture, "unknown", "");
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  assert_blocks (&fixture, "a", "0 7! 67108863");
  {
    g_autoptr (GArray) blocks = list_blocks (&fixture, "a");
    g_autoptr (GPtrArray) transfers = list_transfers (&fixture);
    const RedesStoreBlock *last = &g_array_index (blocks, RedesStoreBlock, 2);
    const RedesStoreTransfer *transfer = g_ptr_array_index (transfers, 0);
    guint32 index = 7;
    RedesDigest digest;

    redes_digest_of (&index, sizeof index, &digest);
    g_assert_true (
        redes_digest_equal (&g_array_index (blocks, RedesStoreBlock, 1).digest, &digest));
    g_assert_cmpuint (g_array_index (blocks, RedesStoreBlock, 1).n_proof, ==, 2);
    g_assert_cmpmem (last->proof, last->n_proof * sizeof *proof, proof, sizeof proof);
    g_assert_cmpint (transfer->partial_mtime_ns, ==, 100);
  }

  /* Written anew: in doubt again. */
  put_block (&fixture, "a", 7);
  assert_blocks (&fixture, "a", "0 7 67108863");
  /* The transfer itself may be put again. */
  store_fixture_put_transfer (&fixture, "a");
  assert_blocks (&fixture, "a", "0 7 67108863");

  redes_store_remove_blocks (fixture.store, &a, 7);
  assert_blocks (&fixture, "a", "0 67108863");
  redes_store_remove_blocks (fixture.store, &a, -1);
  assert_blocks (&fixture, "a", "");
  assert_blocks (&fixture, "b", "1");
  store_fixture_clear (&fixture);
}

static void
test_senseless_blocks (void)
{
  StoreFixture fixture;

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  store_fixture_put_transfer (&fixture, "a");
  for (guint32 i = 0; i < 5; i++)
    put_block (&fixture, "a", i);
  redes_store_flush (fixture.store);
  store_fixture_run_sql (&fixture, "UPDATE blocks SET digest = x'00' WHERE id & 255 = 0;"
                                   "UPDATE blocks SET proof = x'00' WHERE id & 255 = 1;"
                                   "UPDATE blocks SET proof = zeroblob (27 * 32)"
                                   " WHERE id & 255 = 2;"
                                   "UPDATE blocks SET safe = 7 WHERE id & 255 = 3");
  assert_blocks (&fixture, "a", "3 4");
  redes_store_flush (fixture.store);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "blocks"), ==, 2);
  store_fixture_clear (&fixture);
}

/* ---- Sources ---- */

static void
put_sender (
    StoreFixture *fixture, const char *content, const char *peer, const char *nickname, guint n)
{
  RedesContentId id = store_fixture_content (content);
  RedesSender sender = {
    .peer = store_fixture_digest (peer),
    .nickname = (char *)nickname,
    .address = (char *)"127.0.0.1:1",
    .blocks = n,
  };

  redes_store_put_sender (fixture->store, &id, &sender);
}

static void
assert_senders (GPtrArray *senders, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < senders->len; i++)
    {
      const RedesSender *sender = g_ptr_array_index (senders, i);

      g_string_append_printf (found, "%s%s %u", i > 0 ? "|" : "", sender->nickname, sender->blocks);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_sources (void)
{
  StoreFixture fixture;
  RedesContentId a = store_fixture_content ("a");

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  put_sender (&fixture, "a", "ana", "too early", 1);
  store_fixture_put_transfer (&fixture, "a");
  /* Together: which is first must not hang on how far the writer has come. */
  redes_store_begin (fixture.store);
  put_sender (&fixture, "a", "rui", "Rui", 1);
  put_sender (&fixture, "a", "ana", NULL, G_MAXUINT32);
  put_sender (&fixture, "a", "rui", "Rui!", 2);
  redes_store_end (fixture.store);
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) senders = redes_store_list_senders (fixture.store, &a, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (senders->len, ==, 2);
      assert_senders (senders, " 4294967295|Rui! 2");
      g_assert_cmpstr (((RedesSender *)senders->pdata[0])->address, ==, "127.0.0.1:1");
      store_fixture_close (&fixture);
      store_fixture_open (&fixture);
    }
  store_fixture_clear (&fixture);
}

/* Removed with all it has; what is added after it under the same content begins anew. */
static void
test_removal (void)
{
  StoreFixture fixture;
  RedesContentId a = store_fixture_content ("a");

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  for (guint round = 0; round < 2; round++)
    {
      redes_store_begin (fixture.store);
      store_fixture_put_transfer (&fixture, "a");
      store_fixture_put_transfer (&fixture, "b");
      put_block (&fixture, "a", 1);
      put_block (&fixture, "b", 1);
      put_sender (&fixture, "a", "ana", "Ana", 1);
      if (round == 1)
        {
          redes_store_end (fixture.store);
          redes_store_flush (fixture.store);
          redes_store_begin (fixture.store);
        }
      redes_store_remove_transfer (fixture.store, &a);
      store_fixture_put_transfer (&fixture, "a");
      put_block (&fixture, "a", 2);
      put_sender (&fixture, "a", "rui", "Rui", 1);
      redes_store_end (fixture.store);

      assert_blocks (&fixture, "a", "2");
      assert_blocks (&fixture, "b", "1");
      g_assert_cmpuint (store_fixture_count_transfers (&fixture), ==, 2);
      g_assert_cmpint (store_fixture_count_rows (&fixture, "sources"), ==, 1);
    }
  redes_store_remove_transfer (fixture.store, &a);
  redes_store_flush (fixture.store);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "sources"), ==, 0);
  g_assert_cmpint (store_fixture_count_rows (&fixture, "blocks"), ==, 1);
  store_fixture_clear (&fixture);
}

/* ---- Publishers ---- */

static void
describe_publisher (const RedesPeerId *id,
                    const char *name,
                    RedesPublisherTrust trust,
                    gpointer user_data)
{
  g_string_append_printf (user_data, "%s:%d ", name != NULL ? name : "-", trust);
}

static void
assert_publishers (StoreFixture *fixture, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  redes_store_each_publisher (fixture->store, describe_publisher, found, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_publishers (void)
{
  StoreFixture fixture;
  RedesDigest ana = store_fixture_digest ("ana");
  RedesDigest rui = store_fixture_digest ("rui");

  store_fixture_init (&fixture);
  store_fixture_open (&fixture);
  redes_store_put_publisher (fixture.store, &ana, "Ana", REDES_PUBLISHER_KNOWN);
  redes_store_put_publisher (fixture.store, &rui, NULL, REDES_PUBLISHER_BLOCKED);
  assert_publishers (&fixture, "Ana:1 -:2 ");
  redes_store_put_publisher (fixture.store, &ana, "Ana", REDES_PUBLISHER_NEW);
  store_fixture_close (&fixture);
  store_fixture_open (&fixture);
  assert_publishers (&fixture, "Ana:0 -:2 ");
  redes_store_put_publisher (fixture.store, &ana, NULL, REDES_PUBLISHER_NEW);
  assert_publishers (&fixture, "-:2 ");
  redes_store_put_publisher (fixture.store, &ana, "Ana", REDES_PUBLISHER_KNOWN);
  redes_store_flush (fixture.store);
  store_fixture_run_sql (&fixture, "UPDATE publishers SET trust = 9 WHERE name IS NULL");
  assert_publishers (&fixture, "Ana:1 ");
  store_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/transfers", test_transfers);
  g_test_add_func ("/store/senseless-transfers", test_senseless_transfers);
  g_test_add_func ("/store/blocks", test_blocks);
  g_test_add_func ("/store/senseless-blocks", test_senseless_blocks);
  g_test_add_func ("/store/sources", test_sources);
  g_test_add_func ("/store/removal", test_removal);
  g_test_add_func ("/store/publishers", test_publishers);
  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/address-scope.h"
#include "engine/lookup/peer-exchange.h"
#include "engine/lookup/ranking.h"
#include "engine/lookup/local-index.h"
#include "engine/wire/message.h"

#include <string.h>

/* What is asked and told without a tracker: the pure parts. */

static RedesIdentity *identity;

static RedesManifest *
sign (const char *name, guint64 number)
{
  RedesManifestDraft draft = { .name = name };
  g_autoptr (GPtrArray) signed_ones = NULL;
  g_autoptr (GError) error = NULL;

  redes_digest_of (&number, sizeof number, &draft.root);
  draft.geometry.file_size = 10 + number;
  draft.geometry.block_size = redes_block_size_for (draft.geometry.file_size);
  signed_ones = redes_manifest_sign_batch (identity, &draft, 1, 1000, &error);
  g_assert_no_error (error);
  return redes_manifest_ref (g_ptr_array_index (signed_ones, 0));
}

static void
put (RedesLocalIndex *local_index, const char *name, guint64 number)
{
  g_autoptr (RedesManifest) manifest = sign (name, number);

  redes_local_index_add (local_index, manifest);
}

static void
expect (RedesLocalIndex *local_index, const char *words, const char *const *names)
{
  guint total;
  g_autoptr (GPtrArray) rows = redes_local_index_search (local_index, words, 0, 200, &total);

  g_assert_nonnull (rows);
  g_assert_cmpuint (total, ==, rows->len);
  g_assert_cmpuint (rows->len, ==, g_strv_length ((char **)names));
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (rows, i))->name, ==, names[i]);
}

#define EXPECT(local_index, words, ...)                                                            \
  expect (local_index, words, (const char *const[]){ __VA_ARGS__, NULL })

static void
fill (RedesLocalIndex *local_index)
{
  put (local_index, "Ação no campo.pdf", 1);
  put (local_index, "acao.pdf", 2);
  put (local_index, "summer photos 2024.zip", 3);
  put (local_index, "photos.zip", 4);
  put (local_index, "photosynthesis.txt", 5);
  put (local_index, "pho tos.txt", 6);
}

static void
test_search (void)
{
  g_autoptr (RedesLocalIndex) local_index = redes_local_index_new ();
  guint total;

  g_assert_null (redes_local_index_search (local_index, "  ", 0, 10, &total));
  expect (local_index, "x", (const char *const[]){ NULL });
  fill (local_index);
  EXPECT (local_index, "AÇÃO", "acao.pdf", "Ação no campo.pdf");
  EXPECT (local_index, "photos", "photos.zip", "summer photos 2024.zip", "photosynthesis.txt");
  EXPECT (local_index, "photos zip", "photos.zip", "summer photos 2024.zip");
  /* Only the last word may be a beginning. */
  expect (local_index, "phot zip", (const char *const[]){ NULL });
  EXPECT (local_index, "zip phot", "photos.zip", "summer photos 2024.zip");
  expect (local_index, "otos", (const char *const[]){ NULL });
}

/* A tracker's directory finds the same in the same order. */
static void
test_as_a_directory (void)
{
  static const char *const queries[]
      = { "photos",   "photos zip", "zip", "acao", "pdf acao", "p",        "2024", "ph",
          "campo no", "名前",       "前",  "名一", "名 txt",   "txt 名",   "민국", "ไทย",
          "🎉",        "!!!",        "!",   "東京", "タワ",     "一覧 名前" };
  static const char *const dense_names[]
      = { "新しい名前一覧.txt", "大韓.txt", "대한민국.pdf",  "ภาษาไทยง่าย.txt",
          "🎉party🎉.mp3",        "!!!.mp3",  "東京タワー.jpg" };
  g_autoptr (RedesLocalIndex) local_index = redes_local_index_new ();
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  fill (local_index);
  g_ptr_array_add (manifests, sign ("Ação no campo.pdf", 1));
  g_ptr_array_add (manifests, sign ("acao.pdf", 2));
  g_ptr_array_add (manifests, sign ("summer photos 2024.zip", 3));
  g_ptr_array_add (manifests, sign ("photos.zip", 4));
  g_ptr_array_add (manifests, sign ("photosynthesis.txt", 5));
  g_ptr_array_add (manifests, sign ("pho tos.txt", 6));
  for (guint i = 0; i < G_N_ELEMENTS (dense_names); i++)
    {
      put (local_index, dense_names[i], 7 + i);
      g_ptr_array_add (manifests, sign (dense_names[i], 7 + i));
    }
  redes_directory_add (directory, redes_identity_get_peer_id (identity), manifests, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      guint total, wanted;
      g_autoptr (GPtrArray) rows
          = redes_local_index_search (local_index, queries[i], 0, 200, &total);
      g_autoptr (GPtrArray) theirs
          = redes_directory_search (directory, queries[i], 0, 200, &wanted);

      g_test_message ("%s", queries[i]);
      g_assert_cmpuint (total, ==, wanted);
      for (guint j = 0; j < rows->len; j++)
        g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (rows, j))->name, ==,
                         ((RedesResultEntry *)g_ptr_array_index (theirs, j))->name);
    }
}

/* From the second page on all is found at once and kept, until something changes. */
static void
test_pages (void)
{
  g_autoptr (RedesLocalIndex) local_index = redes_local_index_new ();
  g_autoptr (RedesManifest) last = NULL;
  guint total;

  for (guint i = 0; i < 450; i++)
    {
      g_autofree char *name = g_strdup_printf ("page %03u", i);

      put (local_index, name, 1000 + i);
    }
  last = sign ("page 449", 1449);
  for (guint round = 0; round < 3; round++)
    {
      guint n = round == 1 ? 449 : 450;

      for (guint first = 0; first < 600; first += 150)
        {
          g_autoptr (GPtrArray) rows
              = redes_local_index_search (local_index, "page", first, 200, &total);

          g_assert_cmpuint (total, ==, n);
          g_assert_cmpuint (rows->len, ==, first < n ? MIN (200, n - first) : 0);
          for (guint i = 0; i < rows->len; i++)
            {
              g_autofree char *name = g_strdup_printf ("page %03u", first + i);

              g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (rows, i))->name, ==, name);
            }
        }
      if (round == 0)
        redes_local_index_remove (local_index, last);
      else
        redes_local_index_add (local_index, last);
    }
}

static void
test_take_away (void)
{
  g_autoptr (RedesLocalIndex) local_index = redes_local_index_new ();
  g_autoptr (RedesManifest) photos = sign ("photos.zip", 4);
  g_autoptr (GPtrArray) rows = NULL;
  guint total;

  fill (local_index);
  redes_local_index_remove (local_index, photos);
  redes_local_index_remove (local_index, photos);
  g_assert_cmpuint (redes_local_index_get_size (local_index), ==, 5);
  EXPECT (local_index, "photos", "summer photos 2024.zip", "photosynthesis.txt");
  for (guint64 i = 100; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("many %u", (guint)i);
      g_autoptr (RedesManifest) manifest = sign (name, i);

      redes_local_index_add (local_index, manifest);
      redes_local_index_remove (local_index, manifest);
    }
  put (local_index, "photos again.zip", 300);
  EXPECT (local_index, "photos", "photos again.zip", "summer photos 2024.zip",
          "photosynthesis.txt");
  rows = redes_local_index_browse (local_index, 4, 10, &total);
  g_assert_cmpuint (total, ==, 6);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (rows, 1))->name, ==, "photos again.zip");
}

static RedesResultEntry *
make_row (const char *name, guint64 number, guint sources)
{
  RedesResultEntry *row = g_new0 (RedesResultEntry, 1);

  redes_digest_of (&number, sizeof number, &row->content.root);
  row->content.size_bytes = 10 + number;
  row->name = g_strdup (name);
  row->sources = sources;
  return row;
}

static void
test_merge (void)
{
  static const struct
  {
    const char *name;
    guint64 number;
    guint sources;
    const char *origin;
  } answers[] = {
    { "photosynthesis", 1, 9, "t:1" },
    { "my photos", 2, 2, "t:1" },
    { "my photos", 2, 3, "t:2" },
    { "photos", 3, 1, "" },
    { "a photos", 2, 1, "" },
    { "photos", 4, 1, "" },
    { "photos", 4, 1, "" },
  };
  g_auto (RedesRanking) ranking = { 0 };
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);
  g_autoptr (GPtrArray) origins = g_ptr_array_new ();
  g_autoptr (GPtrArray) merged = NULL;
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_ptr_array_add (rows, make_row (answers[i].name, answers[i].number, answers[i].sources));
      g_ptr_array_add (origins, (gpointer)answers[i].origin);
    }
  redes_ranking_init (&ranking, "photos");
  merged = redes_ranking_merge (&ranking, rows, origins);
  for (guint i = 0; i < merged->len; i++)
    {
      RedesResultEntry *row = g_ptr_array_index (merged, i);

      g_string_append_printf (text, "%s:%u ", row->name, row->sources);
      /* What most call it is shown first, and what else it is called can be seen. */
      if (g_str_equal (row->name, "my photos"))
        {
          const RedesResultName *other = g_ptr_array_index (row->names, 1);

          g_assert_cmpuint (row->names->len, ==, 2);
          g_assert_cmpstr (other->name, ==, "a photos");
          g_assert_cmpuint (other->sources, ==, 1);
        }
    }
  /* Two peers have content 4; of content 2 the most that a tracker counts. */
  g_assert_cmpstr (text->str, ==, "photos:2 photos:1 my photos:3 photosynthesis:9 ");
  g_string_free (text, TRUE);
}

static void
test_whom_to_tell (void)
{
  g_assert_true (redes_address_may_tell ("127.0.0.1", "127.0.0.1"));
  g_assert_true (redes_address_may_tell ("192.168.1.5", "10.0.0.1"));
  g_assert_true (redes_address_may_tell ("fd00::1", "fd00::2"));
  g_assert_true (redes_address_may_tell ("192.168.1.5", "203.0.113.7"));
  g_assert_true (redes_address_may_tell ("203.0.113.7", "2001:db8::1"));
  g_assert_false (redes_address_may_tell ("192.168.1.5", "127.0.0.1"));
  g_assert_false (redes_address_may_tell ("203.0.113.7", "192.168.1.5"));
  g_assert_true (redes_address_may_tell ("127.0.0.1", "192.168.1.5"));
  g_assert_false (redes_address_may_tell ("192.168.1.5", "fe80::1"));
  g_assert_false (redes_address_may_tell ("192.168.1.5", "224.0.0.1"));
  g_assert_false (redes_address_may_tell ("192.168.1.5", "0.0.0.0"));
  g_assert_false (redes_address_may_tell ("192.168.1.5", "host.example"));
}

static void
test_what_is_told (void)
{
  RedesPeerRecord peers[100] = { 0 };
  g_autoptr (GPtrArray) met = g_ptr_array_new ();
  g_autoptr (GPtrArray) told = NULL;
  g_autoptr (GPtrArray) told_far = NULL;
  RedesPeerId stranger = { { 9 } };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      RedesEndpoint *endpoint = &peers[i].endpoint;

      redes_digest_of (&i, sizeof i, &endpoint->id);
      endpoint->host = (char *)(i % 2 == 0 ? "10.0.0.1" : "127.0.0.1");
      endpoint->port = 6001;
      endpoint->nickname = (char *)"x";
      peers[i].met = TRUE;
      g_ptr_array_add (met, &peers[i]);
    }
  told_far = redes_peer_exchange_choose (met, &peers[0].endpoint.id, "10.0.0.9");
  redes_peer_exchange_filter (told_far, &stranger, "203.0.113.7");
  g_assert_cmpuint (told_far->len, ==, 0);
  told = redes_peer_exchange_choose (met, &peers[0].endpoint.id, "10.0.0.9");
  redes_peer_exchange_filter (told, &stranger, "10.0.0.9");
  g_assert_cmpuint (told->len, ==, 32);
  for (guint i = 0; i < told->len; i++)
    {
      RedesEndpoint *peer = g_ptr_array_index (told, i);

      g_assert_cmpstr (peer->host, ==, "10.0.0.1");
      g_assert_false (redes_digest_equal (&peer->id, &peers[0].endpoint.id));
    }
}

/* The first, the last or any: each removal compares it with its like, and with no others. */
static void
test_shelf_remove_order (void)
{
  const guint n_files = 2000;
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  for (guint i = 0; i < n_files; i++)
    {
      RedesManifestDraft draft = { .geometry = { 10, redes_block_size_for (10) } };
      g_autofree char *name = g_strdup_printf ("file %u.txt", i / 2);
      g_autoptr (GPtrArray) signed_ones = NULL;
      guint64 number = i % 4 == 0 ? i : i / 4;

      draft.name = name;
      redes_digest_of (&number, sizeof number, &draft.root);
      signed_ones = redes_manifest_sign_batch (identity, &draft, 1, 1000, NULL);
      g_ptr_array_add (manifests, redes_manifest_ref (signed_ones->pdata[0]));
    }
  for (guint order = 0; order < 3; order++)
    {
      RedesLocalIndex *local_index = redes_local_index_new ();
      guint64 before;

      for (guint i = 0; i < n_files; i++)
        redes_local_index_add (local_index, manifests->pdata[i]);
      before = redes_local_index_get_n_compared ();
      for (guint i = 0; i < n_files; i++)
        {
          guint place = order == 0 ? i : order == 1 ? n_files - 1 - i : i * 7 % n_files;
          guint total;

          redes_local_index_remove (local_index, manifests->pdata[place]);
          g_assert_cmpuint (redes_local_index_get_size (local_index), ==, n_files - 1 - i);
          if (i % 500 == 0)
            {
              g_autoptr (GPtrArray) rows = redes_local_index_browse (local_index, 0, 200, &total);

              g_assert_cmpuint (total, ==, n_files - 1 - i);
            }
        }
      g_assert_cmpuint (redes_local_index_get_n_compared () - before, <, 10 * n_files);
      redes_local_index_free (local_index);
    }
}

static RedesManifest *
sign_of_size (guint64 size)
{
  RedesManifestDraft draft = { .name = "same.bin" };
  g_autoptr (GPtrArray) signed_ones = NULL;

  draft.root = (RedesDigest){ { 7 } };
  draft.geometry = (RedesGeometry){ size, redes_block_size_for (size) };
  signed_ones = redes_manifest_sign_batch (identity, &draft, 1, 1000, NULL);
  return redes_manifest_ref (signed_ones->pdata[0]);
}

/* A content is its root and its size: the other of the same root stays. */
static void
test_remove_one_size (void)
{
  g_autoptr (RedesLocalIndex) local_index = redes_local_index_new ();
  g_autoptr (RedesManifest) small = sign_of_size (1000);
  g_autoptr (RedesManifest) large = sign_of_size (2000);
  g_autoptr (GPtrArray) rows = NULL;
  guint total;

  redes_local_index_add (local_index, small);
  redes_local_index_add (local_index, large);
  redes_local_index_remove (local_index, large);
  rows = redes_local_index_browse (local_index, 0, 10, &total);
  g_assert_cmpuint (total, ==, 1);
  g_assert_cmpuint (((RedesResultEntry *)rows->pdata[0])->content.size_bytes, ==, 1000);
  redes_local_index_remove (local_index, large);
  g_assert_cmpuint (redes_local_index_get_size (local_index), ==, 1);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  identity = redes_identity_new (2048, NULL);
  g_test_add_func ("/node/local-index/search", test_search);
  g_test_add_func ("/node/local-index/shelf-remove-order", test_shelf_remove_order);
  g_test_add_func ("/node/local-index/remove-one-size", test_remove_one_size);
  g_test_add_func ("/node/local-index/pages", test_pages);
  g_test_add_func ("/node/local-index/as-a-directory", test_as_a_directory);
  g_test_add_func ("/node/local-index/take-away", test_take_away);
  g_test_add_func ("/node/ranking/merge", test_merge);
  g_test_add_func ("/node/exchange/whom-to-tell", test_whom_to_tell);
  g_test_add_func ("/node/exchange/what-is-told", test_what_is_told);
  status = g_test_run ();
  redes_identity_unref (identity);
  return status;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/manifest.h"

#include <string.h>

#define TIME_S G_GINT64_CONSTANT (1700000000)

static RedesIdentity *alice;
static RedesIdentity *mallory;

static GPtrArray *
sign (RedesIdentity *identity, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, n);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *manifests;

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("Ação %u.txt", i));
      drafts[i].name = g_ptr_array_index (names, i);
      drafts[i].geometry.file_size = 1000 + i;
      drafts[i].geometry.block_size = REDES_MIN_BLOCK_SIZE;
      redes_digest_of (&i, sizeof i, &drafts[i].root);
    }

  manifests = redes_manifest_sign_batch (identity, drafts, n, TIME_S, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (manifests->len, ==, n);

  return manifests;
}

/* A copy as long as the data, each on the heap: the sanitizer sees the first byte read beyond. */
static GBytes *
copy_of (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return g_bytes_new (data, len);
}

typedef struct
{
  GBytes *body;
  guint32 batch_index;
  guint32 batch_size;
  GBytes *path;
  GBytes *signature;
  GBytes *spki;
} Parts;

static void
parts_set (GBytes **part, GBytes *value)
{
  g_bytes_unref (*part);
  *part = value;
}

static void
parts_clear (Parts *parts)
{
  g_bytes_unref (parts->body);
  g_bytes_unref (parts->path);
  g_bytes_unref (parts->signature);
  g_bytes_unref (parts->spki);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

static Parts
parts_of (RedesManifest *manifest)
{
  Parts parts = {
    redes_manifest_dup_body (manifest),
    redes_manifest_get_batch_index (manifest),
    redes_manifest_get_batch_size (manifest),
    redes_manifest_dup_path (manifest),
    copy_of (redes_manifest_get_signature (manifest)),
    copy_of (redes_manifest_get_spki (manifest)),
  };

  return parts;
}

static RedesManifest *
join (const Parts *parts, GError **error)
{
  return redes_manifest_new_from_parts (parts->body, parts->batch_index, parts->batch_size,
                                        parts->path, parts->signature, parts->spki, error);
}

static void
assert_shape_refused (const Parts *parts)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (join (parts, &error));
  g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST);
}

static void
assert_signature_refused (const Parts *parts, RedesSignatureMemo *memo)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesManifest) manifest = join (parts, &error);

  g_assert_no_error (error);
  g_assert_false (redes_manifest_verify (manifest, memo, &error));
  g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_SIGNATURE);
}

static GBytes *
with_bit_flipped (GBytes *bytes, gsize bit)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  guint8 *copy = g_memdup2 (data, len);

  copy[bit / 8] ^= (guint8)(1u << bit % 8);
  return g_bytes_new_take (copy, len);
}

/* ---- Folders ---- */

static RedesManifest *
sign_folder (guint64 list_bytes, const RedesFolderTotals *totals, GError **error)
{
  RedesManifestDraft draft = { .name = "Álbum",
                               .geometry = { list_bytes, redes_block_size_for (list_bytes) },
                               .folder = totals };
  g_autoptr (GPtrArray) manifests = NULL;

  redes_digest_of ("list", 4, &draft.root);
  manifests = redes_manifest_sign_batch (alice, &draft, 1, TIME_S, error);
  return manifests != NULL ? redes_manifest_ref (manifests->pdata[0]) : NULL;
}

static void
test_folder (void)
{
  const RedesFolderTotals totals
      = { .bytes = 1u << 31, .n_files = 3000, .n_folders = 200, .height = 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesManifest) manifest = sign_folder (777, &totals, &error);
  g_autoptr (RedesManifest) again = NULL;
  g_autoptr (GPtrArray) files = sign (alice, 1);
  g_autoptr (GVariant) expected = NULL;
  g_autoptr (GVariant) body = NULL;
  g_auto (Parts) parts = { 0 };
  RedesFolderTotals said = { 0 };
  guint64 bytes;
  guint32 n_files;
  guint32 n_folders;
  guint8 height;

  g_assert_no_error (error);
  parts = parts_of (manifest);
  again = join (&parts, &error);
  g_assert_no_error (error);
  g_assert_true (redes_manifest_verify (again, NULL, &error));
  g_assert_cmpstr (redes_manifest_get_name (again), ==, "Álbum");
  g_assert_true (redes_manifest_get_folder (again, &said));
  g_assert_true (redes_folder_totals_equal (&said, &totals));
  g_assert_false (redes_manifest_get_folder (files->pdata[0], NULL));

  /* What is written by hand is what GVariant reads, and in its normal form. */
  expected = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE ("(ustuayayxtuuy)"), parts.body, FALSE));
  g_assert_true (g_variant_is_normal_form (expected));
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    {
      g_variant_get_child (expected, 7, "t", &bytes);
      g_variant_get_child (expected, 8, "u", &n_files);
      g_variant_get_child (expected, 9, "u", &n_folders);
      g_variant_get_child (expected, 10, "y", &height);
      g_assert_cmpuint (bytes, ==, totals.bytes);
      g_assert_cmpuint (n_files, ==, 3000);
      g_assert_cmpuint (n_folders, ==, 200);
      g_assert_cmpuint (height, ==, 7);
    }

  /* Each bit of it is signed, the kind too. */
  for (gsize bit = 0; bit < g_bytes_get_size (parts.body) * 8; bit++)
    {
      g_auto (Parts) changed = parts_of (manifest);
      g_autoptr (RedesManifest) other = NULL;

      parts_set (&changed.body, with_bit_flipped (parts.body, bit));
      other = join (&changed, NULL);
      g_assert_true (other == NULL || !redes_manifest_verify (other, NULL, NULL));
    }
}

static void
test_folder_refused (void)
{
  static const struct
  {
    guint64 list_bytes;
    RedesFolderTotals totals;
  } rows[] = {
    { 19, { 0, 0, 0, 0 } },
    { (guint64)REDES_FOLDER_MAX_LIST_BYTES + 1, { 0, 0, 0, 0 } },
    { 777, { 1, 0, 0, 0 } },
    { 777, { 0, 0, 0, 1 } },
    { 777, { 0, 0, 200, 101 } },
    { 777, { 0, 1000000000, 0, 0 } },
    { 777, { G_MAXUINT64, 1000, 0, 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sign_folder (rows[i].list_bytes, &rows[i].totals, &error));
      g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST);
    }
}

/* ---- What is said ---- */

static void
test_round_trip (void)
{
  static const guint sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 1000, 1024 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (GPtrArray) manifests = sign (alice, sizes[s]);
      g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (16);

      for (guint i = 0; i < sizes[s]; i++)
        {
          RedesManifest *manifest = g_ptr_array_index (manifests, i);
          g_auto (Parts) parts = parts_of (manifest);
          g_autoptr (GError) error = NULL;
          g_autoptr (RedesManifest) again = join (&parts, &error);

          g_assert_no_error (error);
          g_assert_cmpstr (redes_manifest_get_name (again), ==, redes_manifest_get_name (manifest));
          g_assert_cmpuint (redes_manifest_get_geometry (again)->file_size, ==, 1000 + i);
          g_assert_cmpuint (redes_manifest_get_geometry (again)->block_size, ==,
                            REDES_MIN_BLOCK_SIZE);
          g_assert_true (redes_content_id_equal (redes_manifest_get_content (again),
                                                 redes_manifest_get_content (manifest)));
          g_assert_true (redes_digest_equal (redes_manifest_get_publisher (again),
                                             redes_identity_get_peer_id (alice)));
          g_assert_cmpint (redes_manifest_get_time_s (again), ==, TIME_S);
          g_assert_cmpuint (redes_manifest_get_batch_index (again), ==, i);

          g_assert_true (redes_manifest_verify (again, memo, &error));
          g_assert_no_error (error);
          if (i % 100 == 0)
            g_assert_true (redes_manifest_verify (manifest, NULL, NULL));
        }
    }
}

/* The bytes of a body, worked out by hand from GVariant's specification. */
static void
test_body_bytes (void)
{
  g_autoptr (GByteArray) expected = g_byte_array_new ();
  g_autoptr (GPtrArray) manifests = NULL;
  RedesManifestDraft draft = { "a.txt", { 0x123456, REDES_MIN_BLOCK_SIZE }, { { 0 } } };
  g_autoptr (GBytes) body = NULL;

  memset (draft.root.bytes, 0xcc, sizeof draft.root.bytes);
  manifests = redes_manifest_sign_batch (alice, &draft, 1, 0x65432100, NULL);
  g_assert_nonnull (manifests);

  g_byte_array_append (expected, (const guint8 *)"\1\0\0\0", 4);
  g_byte_array_append (expected, (const guint8 *)"a.txt\0", 6);
  g_byte_array_append (expected, (const guint8 *)"\0\0\0\0\0\0", 6);
  g_byte_array_append (expected, (const guint8 *)"\x56\x34\x12\0\0\0\0\0", 8);
  g_byte_array_append (expected, (const guint8 *)"\0\0\4\0", 4);
  g_byte_array_append (expected, draft.root.bytes, 32);
  g_byte_array_append (expected, redes_identity_get_peer_id (alice)->bytes, 32);
  g_byte_array_append (expected, (const guint8 *)"\0\0\0\0", 4);
  g_byte_array_append (expected, (const guint8 *)"\0\x21\x43\x65\0\0\0\0", 8);
  g_byte_array_append (expected, (const guint8 *)"\x5c\x3c\x0a", 3);

  body = redes_manifest_dup_body (g_ptr_array_index (manifests, 0));
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), expected->data,
                   expected->len);
}

/* What is signed, worked out once more from the words in the header. */
static void
test_signed_digest (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 3);
  RedesManifest *first = g_ptr_array_index (manifests, 0);
  GBytes *signature = redes_manifest_get_signature (first);
  RedesDigest row[4] = { { { 0 } } };
  RedesDigest digest;
  guint8 last[REDES_DIGEST_SIZE + 4] = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) body = redes_manifest_dup_body (g_ptr_array_index (manifests, i));
      g_autoptr (GByteArray) labelled = g_byte_array_new ();

      g_byte_array_append (labelled, (const guint8 *)"redes manifest v1\0", 18);
      g_byte_array_append (labelled, g_bytes_get_data (body, NULL), (guint)g_bytes_get_size (body));
      redes_digest_of (labelled->data, labelled->len, &row[i]);
    }

  for (guint width = 4; width > 1; width /= 2)
    for (guint i = 0; i < width / 2; i++)
      {
        guint8 inner[1 + 2 * REDES_DIGEST_SIZE] = { 0x01 };

        memcpy (inner + 1, row[2 * i].bytes, REDES_DIGEST_SIZE);
        memcpy (inner + 1 + REDES_DIGEST_SIZE, row[2 * i + 1].bytes, REDES_DIGEST_SIZE);
        redes_digest_of (inner, sizeof inner, &row[i]);
      }

  memcpy (last, row[0].bytes, REDES_DIGEST_SIZE);
  last[REDES_DIGEST_SIZE + 3] = 3;
  redes_digest_of (last, sizeof last, &digest);

  g_assert_true (redes_public_key_verify (
      redes_identity_get_public_key (alice), "redes manifest batch v1", &digest,
      g_bytes_get_data (signature, NULL), g_bytes_get_size (signature)));
}

static RedesManifestDraft
good_draft (void)
{
  RedesManifestDraft draft = { "a", { 1, REDES_MIN_BLOCK_SIZE }, { { 1 } } };

  return draft;
}

static void
test_draft_values (void)
{
  g_autofree char *longest = g_strnfill (255, 'n');
  g_autofree char *too_long = g_strnfill (256, 'n');
  const guint64 mib = 1024 * 1024;
  const struct
  {
    const char *name;
    guint64 size;
    guint32 block_size;
    gint64 time_s;
    gboolean accepted;
  } rows[] = {
    { "a", 1, 256 * 1024, TIME_S, TRUE },
    { longest, 1, 256 * 1024, 0, TRUE },
    { "../x\n\x01", 1, 256 * 1024, TIME_S, TRUE },
    { "🐟 peixe", 1, 256 * 1024, TIME_S, TRUE },
    { "a", 256 * mib + 1, 1024 * 1024, TIME_S, TRUE },
    { "a", REDES_MAX_FILE_SIZE, REDES_MAX_BLOCK_SIZE, TIME_S, TRUE },
    { NULL, 1, 256 * 1024, TIME_S, FALSE },
    { "", 1, 256 * 1024, TIME_S, FALSE },
    { too_long, 1, 256 * 1024, TIME_S, FALSE },
    { "\xff", 1, 256 * 1024, TIME_S, FALSE },
    { "a", 0, 256 * 1024, TIME_S, FALSE }, /* not the empty file's root */
    { "a", 1, 1024 * 1024, TIME_S, FALSE },
    { "a", 1, 0, TIME_S, FALSE },
    { "a", REDES_MAX_FILE_SIZE + 1, REDES_MAX_BLOCK_SIZE, TIME_S, FALSE },
    { "a", 1, 256 * 1024, -1, FALSE },
    { "a", 1, 256 * 1024, G_MAXINT64, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) manifests = NULL;
      RedesManifestDraft draft = good_draft ();

      draft.name = rows[i].name;
      draft.geometry.file_size = rows[i].size;
      draft.geometry.block_size = rows[i].block_size;
      manifests = redes_manifest_sign_batch (alice, &draft, 1, rows[i].time_s, &error);
      g_assert_cmpint (manifests != NULL, ==, rows[i].accepted);
      if (!rows[i].accepted)
        g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST);
    }
}

static void
test_empty_file (void)
{
  g_autoptr (GPtrArray) manifests = NULL;
  RedesManifestDraft draft = { "empty", { 0, REDES_MIN_BLOCK_SIZE }, { { 0 } } };

  redes_digest_of (NULL, 0, &draft.root);
  manifests = redes_manifest_sign_batch (alice, &draft, 1, TIME_S, NULL);
  g_assert_nonnull (manifests);
  g_assert_true (redes_manifest_verify (g_ptr_array_index (manifests, 0), NULL, NULL));
}

/* ---- What is refused ---- */

static void
test_bodies (void)
{
  static const guint8 zeroes[33];
  g_autofree char *too_long = g_strnfill (256, 'n');
  g_autofree char *huge = g_strnfill (2000, 'n');
  const guint32 block = REDES_MIN_BLOCK_SIZE;
  const struct
  {
    guint32 version;
    const char *name;
    guint64 size;
    guint32 block_size;
    gsize content_len;
    gsize publisher_len;
    gint64 time_s;
  } rows[] = {
    { 0, "a", 1, block, 32, 32, 1 },
    { 2, "a", 1, block, 32, 32, 1 },
    { 1, "", 1, block, 32, 32, 1 },
    { 1, too_long, 1, block, 32, 32, 1 },
    { 1, huge, 1, block, 32, 32, 1 },
    { 1, "a", G_MAXUINT64, block, 32, 32, 1 },
    { 1, "a", 1, 0, 32, 32, 1 },
    { 1, "a", 1, 1, 32, 32, 1 },
    { 1, "a", 1, 2 * block, 32, 32, 1 },
    { 1, "a", 1, block, 31, 32, 1 },
    { 1, "a", 1, block, 33, 32, 1 },
    { 1, "a", 1, block, 0, 32, 1 },
    { 1, "a", 1, block, 32, 31, 1 },
    { 1, "a", 1, block, 32, 33, 1 },
    { 1, "a", 1, block, 32, 32, -1 },
    /* Nothing wrong but that the key is not that of the publisher, 32 zeroes. */
    { 1, "a", 1, block, 32, 32, 1 },
  };
  g_autoptr (GPtrArray) manifests = sign (alice, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Parts) parts = parts_of (g_ptr_array_index (manifests, 0));
      g_autoptr (GVariant) body = g_variant_ref_sink (g_variant_new (
          "(ustu@ay@ayx)", rows[i].version, rows[i].name, rows[i].size, rows[i].block_size,
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, zeroes, rows[i].content_len, 1),
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, zeroes, rows[i].publisher_len, 1),
          rows[i].time_s));

      parts_set (&parts.body, g_variant_get_data_as_bytes (body));
      assert_shape_refused (&parts);
    }
}

static void
test_body_cut (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 1);
  g_autoptr (GBytes) body = redes_manifest_dup_body (g_ptr_array_index (manifests, 0));
  gsize len = g_bytes_get_size (body);

  for (gsize cut = 0; cut < len; cut++)
    {
      g_auto (Parts) parts = parts_of (g_ptr_array_index (manifests, 0));

      parts_set (&parts.body, g_bytes_new (g_bytes_get_data (body, NULL), cut));
      assert_shape_refused (&parts);
    }
}

/* Each bit of the body: it is no manifest any more, or not the one that was signed. */
static void
test_body_tampered (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 3);
  RedesManifest *manifest = g_ptr_array_index (manifests, 1);
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  gsize n_bits = g_bytes_get_size (body) * 8;

  for (gsize bit = 0; bit < n_bits; bit++)
    {
      g_auto (Parts) parts = parts_of (manifest);
      g_autoptr (RedesManifest) altered = NULL;

      parts_set (&parts.body, with_bit_flipped (body, bit));
      altered = join (&parts, NULL);
      if (altered != NULL)
        {
          g_autoptr (GBytes) again = redes_manifest_dup_body (altered);

          g_assert_true (g_bytes_equal (again, parts.body));
          g_assert_false (redes_manifest_verify (altered, NULL, NULL));
        }
    }
}

static void
test_part_shapes (void)
{
  static const guint8 zeroes[4096];
  static const struct
  {
    guint32 index;
    guint32 size;
    gsize path_len;
    gsize signature_len;
  } rows[] = {
    { 0, 0, 0, 256 },  { 1, 1, 0, 256 },          { G_MAXUINT32, 1, 0, 256 },
    { 3, 3, 64, 256 }, { 0, 1025, 11 * 32, 256 }, { 0, G_MAXUINT32, 32 * 32, 256 },
    { 0, 1, 32, 256 }, { 0, 2, 0, 256 },          { 0, 2, 31, 256 },
    { 0, 2, 33, 256 }, { 0, 3, 32, 256 },         { 0, 1024, 11 * 32, 256 },
    { 0, 1, 0, 0 },    { 0, 1, 0, 1025 },
  };
  g_autoptr (GPtrArray) manifests = sign (alice, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Parts) parts = parts_of (g_ptr_array_index (manifests, 0));

      parts.batch_index = rows[i].index;
      parts.batch_size = rows[i].size;
      parts_set (&parts.path, g_bytes_new (zeroes, rows[i].path_len));
      parts_set (&parts.signature, g_bytes_new (zeroes, rows[i].signature_len));
      assert_shape_refused (&parts);
    }
}

/* What lies beyond a batch is not anybody's to choose: of the last of five, the siblings of the
 * first two levels are padding, and that of the third is not. */
static void
test_path_padding (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 5);

  for (gsize bit = 0; bit < 3 * 32 * 8; bit += 37)
    {
      g_auto (Parts) parts = parts_of (g_ptr_array_index (manifests, 4));

      parts_set (&parts.path, with_bit_flipped (parts.path, bit));
      if (bit < 2 * 32 * 8)
        assert_shape_refused (&parts);
      else
        assert_signature_refused (&parts, NULL);
    }
}

static void
test_wrong_place (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 1000);
  RedesManifest *manifest = g_ptr_array_index (manifests, 500);
  RedesManifest *lan_peer = g_ptr_array_index (manifests, 502);
  g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (16);

  g_assert_true (redes_manifest_verify (manifest, memo, NULL));

  for (guint32 index = 0; index < 1000; index += 99)
    {
      g_auto (Parts) parts = parts_of (manifest);

      parts.batch_index = index;
      if (index != 500)
        assert_signature_refused (&parts, memo);
    }

  /* A batch of another size with as long a path. */
  {
    g_auto (Parts) parts = parts_of (manifest);

    parts.batch_size = 1001;
    assert_signature_refused (&parts, memo);
  }

  {
    g_auto (Parts) parts = parts_of (manifest);

    parts_set (&parts.path, redes_manifest_dup_path (lan_peer));
    assert_signature_refused (&parts, memo);
  }

  for (gsize bit = 0; bit < 10 * 32 * 8; bit += 101)
    {
      g_auto (Parts) parts = parts_of (manifest);

      parts_set (&parts.path, with_bit_flipped (parts.path, bit));
      assert_signature_refused (&parts, memo);
    }
}

static void
test_wrong_signature (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 2);
  g_autoptr (GPtrArray) others = sign (mallory, 2);
  RedesManifest *manifest = g_ptr_array_index (manifests, 0);
  RedesManifest *other = g_ptr_array_index (others, 0);
  g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (16);

  g_assert_true (redes_manifest_verify (manifest, memo, NULL));
  g_assert_true (redes_manifest_verify (other, memo, NULL));

  for (gsize bit = 0; bit < 256 * 8; bit += 41)
    {
      g_auto (Parts) parts = parts_of (manifest);

      parts_set (&parts.signature, with_bit_flipped (redes_manifest_get_signature (manifest), bit));
      assert_signature_refused (&parts, memo);
    }

  /* Signed by another key, under the publisher's name. */
  {
    g_auto (Parts) parts = parts_of (manifest);

    parts_set (&parts.signature, copy_of (redes_manifest_get_signature (other)));
    assert_signature_refused (&parts, memo);
  }

  /* The other key along with its signature: not the publisher that the body names. */
  {
    g_auto (Parts) parts = parts_of (manifest);

    parts_set (&parts.signature, copy_of (redes_manifest_get_signature (other)));
    parts_set (&parts.spki, copy_of (redes_manifest_get_spki (other)));
    assert_shape_refused (&parts);
  }

  /* What was refused is not remembered as good. */
  g_assert_true (redes_manifest_verify (manifest, memo, NULL));
}

/* A publisher whose id is the digest of something that is no RSA key. */
static void
test_publisher_without_key (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 1);
  g_auto (Parts) parts = parts_of (g_ptr_array_index (manifests, 0));
  g_autoptr (GVariant) body = NULL;
  RedesDigest id;

  redes_digest_of ("no key", 6, &id);
  body = g_variant_ref_sink (
      g_variant_new ("(ustu@ay@ayx)", 1, "a", (guint64)1, REDES_MIN_BLOCK_SIZE,
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id.bytes, 32, 1),
                     g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id.bytes, 32, 1), (gint64)1));
  parts_set (&parts.body, g_variant_get_data_as_bytes (body));
  parts_set (&parts.spki, g_bytes_new ("no key", 6));
  assert_signature_refused (&parts, NULL);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  alice = redes_identity_new (2048, NULL);
  mallory = redes_identity_new (2048, NULL);

  g_test_add_func ("/content/manifest/folder", test_folder);
  g_test_add_func ("/content/manifest/folder-refused", test_folder_refused);
  g_test_add_func ("/content/manifest/round-trip", test_round_trip);
  g_test_add_func ("/content/manifest/body-bytes", test_body_bytes);
  g_test_add_func ("/content/manifest/signed-digest", test_signed_digest);
  g_test_add_func ("/content/manifest/draft-values", test_draft_values);
  g_test_add_func ("/content/manifest/empty-file", test_empty_file);
  g_test_add_func ("/content/manifest/bodies", test_bodies);
  g_test_add_func ("/content/manifest/body-cut", test_body_cut);
  g_test_add_func ("/content/manifest/body-tampered", test_body_tampered);
  g_test_add_func ("/content/manifest/part-shapes", test_part_shapes);
  g_test_add_func ("/content/manifest/path-padding", test_path_padding);
  g_test_add_func ("/content/manifest/wrong-place", test_wrong_place);
  g_test_add_func ("/content/manifest/wrong-signature", test_wrong_signature);
  g_test_add_func ("/content/manifest/publisher-without-key", test_publisher_without_key);

  result = g_test_run ();
  redes_identity_unref (alice);
  redes_identity_unref (mallory);

  return result;
}

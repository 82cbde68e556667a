/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/batch.h"

#include <string.h>

#define TIME_S G_GINT64_CONSTANT (1700000000)

static RedesIdentity *alice;

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

/* Bodies are not written by GVariant, but are the same: for each length of the name. */
static void
test_body_is_a_variant (void)
{
  for (guint len = 1; len <= REDES_MAX_NAME_BYTES; len++)
    {
      g_autofree char *name = g_strnfill (len, 'n');
      RedesManifestDraft draft = { .name = name, .geometry = { 1 + len, REDES_MIN_BLOCK_SIZE } };
      g_autoptr (GPtrArray) manifests = NULL;
      g_autoptr (GBytes) body = NULL;
      g_autoptr (GBytes) expected = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) wire = NULL;
      g_autoptr (GError) error = NULL;
      RedesManifest *manifest;

      redes_digest_of (name, len, &draft.root);
      manifests = redes_manifest_sign_batch (alice, &draft, 1, TIME_S + len, &error);
      g_assert_no_error (error);
      manifest = g_ptr_array_index (manifests, 0);
      body = redes_manifest_dup_body (manifest);
      value = g_variant_ref_sink (g_variant_new (
          "(ustu@ay@ayx)", (guint32)1, name, draft.geometry.file_size, draft.geometry.block_size,
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, draft.root.bytes, REDES_DIGEST_SIZE, 1),
          g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                     redes_manifest_get_publisher (manifest)->bytes,
                                     REDES_DIGEST_SIZE, 1),
          TIME_S + len));
      wire = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (value) : g_variant_byteswap (value);
      expected = g_variant_get_data_as_bytes (wire);
      g_assert_true (g_bytes_equal (body, expected));
    }
}

/* Taken apart and put together again, as a store does it. */
static void
test_apart_and_together (void)
{
  static const guint sizes[] = { 1, 2, 3, 64, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GPtrArray) manifests = sign (alice, sizes[i]);
      RedesManifest *first = g_ptr_array_index (manifests, 0);
      RedesBatch *batch = redes_manifest_get_batch (first);
      g_autoptr (GBytes) leaves = redes_batch_dup_leaves (batch);
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesBatch) again = NULL;
      g_autofree guint8 *altered = NULL;
      g_autoptr (GBytes) altered_leaves = NULL;
      g_autoptr (RedesBatch) other = NULL;
      RedesDigest key;
      RedesDigest key_again;

      again = redes_batch_new_from_leaves (sizes[i], leaves, redes_manifest_get_signature (first),
                                           redes_manifest_get_spki (first), &error);
      g_assert_no_error (error);
      redes_batch_compute_key (batch, &key);
      redes_batch_compute_key (again, &key_again);
      g_assert_true (redes_digest_equal (&key, &key_again));
      for (guint j = 0; j < sizes[i]; j++)
        {
          RedesManifest *manifest = g_ptr_array_index (manifests, j);
          RedesManifestDraft draft
              = { redes_manifest_get_name (manifest), *redes_manifest_get_geometry (manifest),
                  redes_manifest_get_content (manifest)->root };
          g_autoptr (RedesManifest) copy
              = redes_manifest_new_in_batch (&draft, TIME_S, again, j, &error);
          g_autoptr (RedesManifest) fetched = NULL;
          g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
          g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);

          g_assert_no_error (error);
          redes_manifest_verify (copy, NULL, &error);
          g_assert_no_error (error);
          /* Neither other values nor another place. */
          g_assert_null (redes_manifest_new_in_batch (&draft, TIME_S + 1, again, j, NULL));
          g_assert_null (redes_manifest_new_in_batch (&draft, TIME_S, again, sizes[i], NULL));
          if (sizes[i] > 1)
            g_assert_null (
                redes_manifest_new_in_batch (&draft, TIME_S, again, j == 0 ? 1 : 0, NULL));

          fetched = redes_manifest_new_from_parts (body, j, sizes[i], path,
                                                   redes_manifest_get_signature (first),
                                                   redes_manifest_get_spki (first), &error);
          g_assert_no_error (error);
          redes_manifest_compute_batch_key (fetched, &key_again);
          g_assert_true (redes_digest_equal (&key, &key_again));
          g_assert_false (redes_batch_has_leaves (redes_manifest_get_batch (fetched)));
          g_assert_null (redes_batch_dup_leaves (redes_manifest_get_batch (fetched)));
        }

      altered = g_memdup2 (g_bytes_get_data (leaves, NULL), g_bytes_get_size (leaves));
      altered[g_bytes_get_size (leaves) - 1] ^= 1;
      altered_leaves = g_bytes_new (altered, g_bytes_get_size (leaves));
      other = redes_batch_new_from_leaves (sizes[i], altered_leaves,
                                           redes_manifest_get_signature (first),
                                           redes_manifest_get_spki (first), &error);
      g_assert_no_error (error);
      redes_batch_compute_key (other, &key_again);
      g_assert_false (redes_digest_equal (&key, &key_again));
      g_assert_null (redes_batch_new_from_leaves (sizes[i] + 1, leaves,
                                                  redes_manifest_get_signature (first),
                                                  redes_manifest_get_spki (first), NULL));
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  alice = redes_identity_new (2048, NULL);

  g_test_add_func ("/content/batch/apart-and-together", test_apart_and_together);
  g_test_add_func ("/content/batch/body-is-a-variant", test_body_is_a_variant);

  result = g_test_run ();
  redes_identity_unref (alice);
  return result;
}

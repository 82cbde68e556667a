/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/content/manifest.h"

/*
 * Manifests. The fields: place in the batch, batch size (four bytes each), body, path, signature,
 * SPKI. Accepted: a manifest of good shape; that a changed one does not verify is checked as well.
 */

static GPtrArray *signed_bodies; /* GBytes: the only ones whose signature may be found good */

static gboolean
was_signed (GBytes *body)
{
  for (guint i = 0; signed_bodies != NULL && i < signed_bodies->len; i++)
    {
      if (g_bytes_equal (g_ptr_array_index (signed_bodies, i), body))
        return TRUE;
    }
  return FALSE;
}

/* What is read by hand has to be what GVariant takes for the only form of such a value. */
static void
check_form (GBytes *body, gboolean is_folder)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_from_bytes (
      G_VARIANT_TYPE (is_folder ? "(ustuayayxtuuy)" : "(ustuayayx)"), body, FALSE));

  g_assert_true (g_variant_is_normal_form (value));
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint32 batch_index = fuzz_input_number (&input, 4);
  guint32 batch_size = fuzz_input_number (&input, 4);
  g_autoptr (GBytes) body = fuzz_input_bytes (&input);
  g_autoptr (GBytes) path = fuzz_input_bytes (&input);
  g_autoptr (GBytes) signature = fuzz_input_bytes (&input);
  g_autoptr (GBytes) spki = fuzz_input_bytes (&input);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesManifest) manifest = redes_manifest_new_from_parts (
      body, batch_index, batch_size, path, signature, spki, &error);

  if (manifest == NULL)
    {
      g_assert_nonnull (error);
      return FALSE;
    }
  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (redes_manifest_get_name (manifest), -1, NULL));
  g_assert_true (redes_geometry_is_valid (redes_manifest_get_geometry (manifest)));
  again = redes_manifest_dup_body (manifest);
  g_assert_true (g_bytes_equal (again, body));
  check_form (body, redes_manifest_get_folder (manifest, NULL));
  g_assert_cmpuint (redes_manifest_get_batch_index (manifest), <,
                    redes_manifest_get_batch_size (manifest));
  if (redes_manifest_verify (manifest, NULL, &error))
    g_assert_true (was_signed (body));
  else
    g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_SIGNATURE);
  return TRUE;
}

static GBytes *
dup_input (RedesManifest *manifest)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);
  GBytes *parts[]
      = { body, path, redes_manifest_get_signature (manifest), redes_manifest_get_spki (manifest) };

  fuzz_output_number (out, redes_manifest_get_batch_index (manifest), 4);
  fuzz_output_number (out, redes_manifest_get_batch_size (manifest), 4);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gsize len;
      gconstpointer data = g_bytes_get_data (parts[i], &len);

      fuzz_output_bytes (out, data, len);
    }
  return g_byte_array_free_to_bytes (out);
}

static void
add_batch (GPtrArray *seeds, RedesIdentity *identity, guint n)
{
  RedesManifestDraft drafts[5] = { 0 };
  RedesFolderTotals totals = { .bytes = 12345, .n_files = 3, .n_folders = 2, .height = 1 };
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      drafts[i].name = i % 2 == 0 ? "a b.txt" : "\xc3\xa1gua";
      drafts[i].geometry.file_size = i * 1000000 + 1;
      drafts[i].geometry.block_size = redes_block_size_for (drafts[i].geometry.file_size);
      redes_digest_of (&n, sizeof n, &drafts[i].root);
      if (i == 3)
        drafts[i].folder = &totals;
    }
  manifests = redes_manifest_sign_batch (identity, drafts, n, 1700000000, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);

      g_assert_true (redes_manifest_verify (manifest, NULL, &error));
      g_ptr_array_add (signed_bodies, redes_manifest_dup_body (manifest));
      g_ptr_array_add (seeds, dup_input (manifest));
    }
}

void
fuzz_seeds (GPtrArray *seeds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, &error);

  g_assert_no_error (error);
  if (signed_bodies == NULL)
    signed_bodies = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  add_batch (seeds, identity, 1);
  add_batch (seeds, identity, 5);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}

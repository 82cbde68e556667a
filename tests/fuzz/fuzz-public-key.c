/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/identity/identity.h"

/* Public keys, and a signature with each. The fields: SPKI, signature. Accepted: a key. */

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  g_autoptr (GBytes) spki = fuzz_input_bytes (&input);
  g_autoptr (GBytes) signature = fuzz_input_bytes (&input);
  g_autoptr (RedesPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;
  RedesDigest digest = { { 0 } }, id;
  gsize len;
  gconstpointer bytes = g_bytes_get_data (spki, &len);

  key = redes_public_key_new_from_spki (bytes, len, &error);
  if (key == NULL)
    {
      g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY);
      return FALSE;
    }
  /* One key, one encoding, one peer id. */
  g_assert_true (g_bytes_equal (redes_public_key_get_spki (key), spki));
  redes_digest_of (bytes, len, &id);
  g_assert_true (redes_digest_equal (redes_public_key_get_peer_id (key), &id));

  bytes = g_bytes_get_data (signature, &len);
  redes_public_key_verify (key, "redes manifest batch v1", &digest, bytes, len);
  return TRUE;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const guint sizes[] = { 2048, 3072 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesIdentity) identity = redes_identity_new (sizes[i], &error);
      GByteArray *out = g_byte_array_new ();
      RedesDigest digest = { { 0 } };
      g_autoptr (GBytes) signature = NULL;
      RedesPublicKey *key;
      gsize len;
      gconstpointer data;

      g_assert_no_error (error);
      key = redes_identity_get_public_key (identity);
      signature = redes_identity_sign (identity, "redes manifest batch v1", &digest, &error);
      g_assert_no_error (error);
      data = g_bytes_get_data (redes_public_key_get_spki (key), &len);
      fuzz_output_bytes (out, data, len);
      data = g_bytes_get_data (signature, &len);
      g_assert_true (redes_public_key_verify (key, "redes manifest batch v1", &digest, data, len));
      fuzz_output_bytes (out, data, len);
      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (out));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}

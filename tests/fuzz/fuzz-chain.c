/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/identity/certificate.h"
#include "engine/identity/identity.h"

/* The certificate chain that the other side of a handshake presents. The fields: up to four
 * certificates in DER. Accepted: a chain that proves an identity. */

#define MAX_CERTIFICATES 4

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  GBytes *certificates[MAX_CERTIFICATES];
  gnutls_datum_t chain[MAX_CERTIFICATES];
  guint n = 0;
  g_autoptr (RedesPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;

  while (n < MAX_CERTIFICATES && input.left > 0)
    {
      gsize len;
      gconstpointer bytes;

      certificates[n] = fuzz_input_bytes (&input);
      bytes = g_bytes_get_data (certificates[n], &len);
      chain[n].data = (unsigned char *)bytes;
      chain[n].size = len;
      n++;
    }
  key = redes_identity_check_chain (chain, n, &error);
  for (guint i = 0; i < n; i++)
    g_bytes_unref (certificates[i]);
  if (key == NULL)
    {
      g_assert_nonnull (error);
      return FALSE;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 2);
  return TRUE;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, &error);
  GByteArray *out = g_byte_array_new ();

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      gnutls_datum_t certificate;
      int rc = gnutls_certificate_get_crt_raw (redes_identity_get_credentials (identity), 0, i,
                                               &certificate);

      g_assert_cmpint (rc, ==, 0);
      fuzz_output_bytes (out, certificate.data, certificate.size);
    }
  g_ptr_array_add (seeds, g_byte_array_free_to_bytes (out));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}

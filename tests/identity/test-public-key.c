/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/peer-id.h"
#include "engine/identity/public-key.h"

#include <gnutls/abstract.h>
#include <string.h>

/*
 * Made with OpenSSL 3.0: `openssl genrsa 2048`, then `openssl pkeyutl -sign -pkeyopt digest:sha256`
 * over SHA-256 ("redes test vector v1" || 00 || 00 01 02 … 1f) with
 * `-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32`, with a salt of 20 bytes, and with
 * `-pkeyopt rsa_padding_mode:pkcs1`.
 */
#define VECTOR_LABEL "redes test vector v1"

static const char vector_spki[]
    = "30820122300d06092a864886f70d01010105000382010f003082010a0282010100c0d64bd24fa774889c40e3"
      "2897d79be648804649e34ebf22a98bb75cf61f20132fd01f21bf16979b59f8cf1a629c9f2ba5072d77968ea7"
      "6ae6fb8df7c43a54c673120ab01bcc2c2ad522add4afe0e1b9d8821506faa3809793206f71cd96ba2672cd33"
      "02aeade9fba92d49e2e2221e10d47320994157fdcd6f7d03f638d4b6b6631be417d641abf25b6bdf1911b690"
      "8ce433ae1c8fe6e4a22007b558ff6a56dafc2cefa5974fe5a1cc6b514fd149e7ec90bed829c9932a7cf40b36"
      "681d5bbc0790603b254bdfba3d8277d9d0ffa7a90e564fa9463512d545fa8a01a26af64e7fd3aaa53304d5d5"
      "987ae41ee60c92d704c7544f7e67733eddc543cba489e5d8e30203010001";

static const char vector_peer_id[]
    = "d7cb7940f000a7bc1d90fd1db384e354effc46d9f51489bd96337fa57172c5d0";

static const char vector_signature[]
    = "23b02b5e8af577ab05eda6899f8f9b759601580fbc94b6b2fe47a7c3dc67d6f0c5f6948ed4bfbffa11d32710"
      "b8ecd4c655a10f6afe5b2bbb00c7f4751b052f2b533fb0f467e8cb7a409a8919720fc6a9e45e7db2cfc9c5cc"
      "bfda53e564a62dbca0e50a9d2f5e4a7d8a852515c2d59322e8db1f0d5512f97b70d371aefe98f99d95558521"
      "2fd28335ea17d2cfee4846fe89a93f512f61532086b6974fee12600ee84122536764e3d6c7c88bbce7f89e29"
      "04633649f57fcded9ce0acb3a5d072f810917719f9f9ce646b52361da9e9ba2326da0a738fde4f351e4da985"
      "85c2344a5b873392924311a8bac4ddc3a274a65dc2dc457973c22b93f35800002f603a8e";

static const char vector_signature_salt_20[]
    = "893fb7ca41332f4737583637f967c9b239c15346e7b7cc5bd8450ee4e60d618ea2e586d67c449f72482e7cac"
      "715ffc935c911a89970d841796c93509de13a9261a82ce5c8677426a5ebc375a26229df11f6da8abe43318e2"
      "1189a3fa47e678e2e9b71e5b282ab0d49288c8d8d5305351523e857cf9c811bd136099365e9386276f4054bb"
      "362de59d0f1d40dad68bf5df0405b6af4b1d5bdef04d31677bb270d812bc282744d3e8ac32d6a7626be84dfa"
      "05bd82ad0b5c68600a0bfbb89a330e57f4710fb6cf0a2b11cbd3f52cc858808f299ca9a2079a4368199656c9"
      "a01622363ad613a7848db43f235d88ba19e8416e51834a9318b224310bfc4d0f7630637b";

static const char vector_signature_pkcs1[]
    = "1ec6ef87988f4a9e2faef148221cd1de944959b41fac814dd3086effcc5c0245ee3aeffe58fb25b336aabd6a"
      "89343e290f0c84cc94bafd8d6d511ce78cfcee12bb0a6fdc669e2e37cb9f6832a45c946b220f24cb82356f76"
      "726cf853827a234f99d82823462defd277bbf34c203cc163a570b8d5081f088a7f916ac67a148494990569c1"
      "9f598336902d261be56932cdeb4aa1a8897246e3b07fe734e98f3e37f6aa812354ffc4f9e2c43b2113667c90"
      "385c0f994837cff863e097f3b96d3af535e6eb2e75327552241f0e57a0098c77bb986da422eff900fb9e4c77"
      "97dd5152865fe3873ce45e7d0c053bb19f1857fc562c2365577f41528c855e3ea1a868a5";

/* Exactly as long as the data, on the heap: the sanitizer sees the first byte read beyond. */
static guint8 *
from_hex (const char *hex, gsize *len)
{
  guint8 *data;

  *len = strlen (hex) / 2;
  data = g_malloc (*len);
  for (gsize i = 0; i < *len; i++)
    data[i]
        = (guint8)(g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));

  return data;
}

static RedesPublicKey *
vector_key (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *spki = NULL;
  RedesPublicKey *key;
  gsize len;

  spki = from_hex (vector_spki, &len);
  key = redes_public_key_new_from_spki (spki, len, &error);
  g_assert_no_error (error);

  return key;
}

static RedesDigest
vector_digest (void)
{
  RedesDigest digest;

  for (guint i = 0; i < REDES_DIGEST_SIZE; i++)
    digest.bytes[i] = (guint8)i;

  return digest;
}

static gboolean
verify_hex (RedesPublicKey *key, const char *label, const RedesDigest *digest, const char *hex)
{
  g_autofree guint8 *signature = NULL;
  gsize len;

  signature = from_hex (hex, &len);
  return redes_public_key_verify (key, label, digest, signature, len);
}

static void
test_peer_id (void)
{
  g_autoptr (RedesPublicKey) key = vector_key ();
  g_autofree char *hex = redes_digest_dup_hex (redes_public_key_get_peer_id (key));
  g_autofree guint8 *spki = NULL;
  gsize len;

  g_assert_cmpstr (hex, ==, vector_peer_id);

  spki = from_hex (vector_spki, &len);
  g_assert_cmpmem (g_bytes_get_data (redes_public_key_get_spki (key), NULL),
                   g_bytes_get_size (redes_public_key_get_spki (key)), spki, len);
}

static void
test_short_peer_id (void)
{
  g_autoptr (RedesPublicKey) key = vector_key ();
  const RedesPeerId *id = redes_public_key_get_peer_id (key);
  g_autofree char *base32 = redes_digest_dup_base32 (id);
  g_autofree char *one = redes_peer_id_dup_short (id, 1);
  g_autofree char *three = redes_peer_id_dup_short (id, 3);
  g_autofree char *all = redes_peer_id_dup_short (id, 13);
  g_auto (GStrv) groups = g_strsplit (all, "-", -1);
  g_autofree char *joined = g_strjoinv ("", groups);
  g_autofree char *begin = g_strdup_printf ("%.4s-%.4s-%.4s", base32, base32 + 4, base32 + 8);

  g_assert_cmpuint (strlen (one), ==, 4);
  g_assert_cmpstr (three, ==, begin);
  g_assert_cmpuint (g_strv_length (groups), ==, 13);
  g_assert_cmpstr (joined, ==, base32);
}

static void
test_vector (void)
{
  g_autoptr (RedesPublicKey) key = vector_key ();
  RedesDigest digest = vector_digest ();

  g_assert_true (verify_hex (key, VECTOR_LABEL, &digest, vector_signature));
  g_assert_false (verify_hex (key, VECTOR_LABEL, &digest, vector_signature_salt_20));
  g_assert_false (verify_hex (key, VECTOR_LABEL, &digest, vector_signature_pkcs1));
}

static void
test_tampering (void)
{
  g_autoptr (RedesPublicKey) key = vector_key ();
  RedesDigest digest = vector_digest ();
  g_autofree guint8 *signature = NULL;
  gsize len;

  signature = from_hex (vector_signature, &len);
  for (gsize bit = 0; bit < len * 8; bit += 13)
    {
      signature[bit / 8] ^= (guint8)(1 << bit % 8);
      g_assert_false (redes_public_key_verify (key, VECTOR_LABEL, &digest, signature, len));
      signature[bit / 8] ^= (guint8)(1 << bit % 8);
    }

  for (guint bit = 0; bit < REDES_DIGEST_SIZE * 8; bit += 13)
    {
      RedesDigest other = digest;

      other.bytes[bit / 8] ^= (guint8)(1 << bit % 8);
      g_assert_false (redes_public_key_verify (key, VECTOR_LABEL, &other, signature, len));
    }

  g_assert_false (redes_public_key_verify (key, "redes test vector v2", &digest, signature, len));
  g_assert_false (redes_public_key_verify (key, "", &digest, signature, len));
  g_assert_true (redes_public_key_verify (key, VECTOR_LABEL, &digest, signature, len));
}

static void
test_signature_length (void)
{
  g_autoptr (RedesPublicKey) key = vector_key ();
  RedesDigest digest = vector_digest ();
  g_autofree guint8 *signature = NULL;
  gsize len;

  signature = from_hex (vector_signature, &len);
  for (gsize wrong = 0; wrong <= 2 * len; wrong++)
    {
      g_autofree guint8 *exact = g_malloc0 (wrong);

      if (wrong == len)
        continue;
      /* The same number, with zero bytes before it where there is room. */
      if (wrong > 0)
        memcpy (exact + (wrong > len ? wrong - len : 0), signature, MIN (wrong, len));
      g_assert_false (redes_public_key_verify (key, VECTOR_LABEL, &digest, exact, wrong));
    }

  /* 0, and numbers not below the modulus. */
  memset (signature, 0, len);
  g_assert_false (redes_public_key_verify (key, VECTOR_LABEL, &digest, signature, len));
  memset (signature, 0xff, len);
  g_assert_false (redes_public_key_verify (key, VECTOR_LABEL, &digest, signature, len));
}

/* An SPKI whose modulus has @bits bits and ends with @last_byte. */
static guint8 *
make_spki (guint bits, guint8 last_byte, guint64 exponent, gsize *len)
{
  gsize n_bytes = (bits + 7) / 8;
  g_autofree guint8 *modulus = g_malloc (n_bytes);
  guint64 exponent_be = GUINT64_TO_BE (exponent);
  gnutls_datum_t n = { modulus, (unsigned int)n_bytes };
  gnutls_datum_t e = { (guint8 *)&exponent_be, sizeof exponent_be };
  gnutls_datum_t der = { NULL, 0 };
  gnutls_pubkey_t key;
  guint8 *spki;

  memset (modulus, 0xa5, n_bytes);
  modulus[0] = (guint8)(1u << (bits - 1) % 8);
  modulus[n_bytes - 1] = last_byte;

  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_rsa_raw (key, &n, &e), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der), ==, 0);
  gnutls_pubkey_deinit (key);

  *len = der.size;
  spki = g_memdup2 (der.data, der.size);
  gnutls_free (der.data);

  return spki;
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *what;
    guint bits;
    guint8 last_byte;
    guint64 exponent;
    gboolean accepted;
  } rows[] = {
    { "2048 bits", 2048, 1, 65537, TRUE },
    { "3072 bits", 3072, 0xff, 65537, TRUE },
    { "8192 bits", 8192, 1, 65537, TRUE },
    { "a larger exponent", 2048, 1, 0xffffffff, TRUE },
    { "1024 bits", 1024, 1, 65537, FALSE },
    { "2047 bits", 2047, 1, 65537, FALSE },
    { "8193 bits", 8193, 1, 65537, FALSE },
    { "16384 bits", 16384, 1, 65537, FALSE },
    { "an even modulus", 2048, 2, 65537, FALSE },
    { "exponent 1", 2048, 1, 1, FALSE },
    { "exponent 3", 2048, 1, 3, FALSE },
    { "exponent 65535", 2048, 1, 65535, FALSE },
    { "an even exponent", 2048, 1, 65538, FALSE },
    { "an exponent of 33 bits", 2048, 1, G_GUINT64_CONSTANT (0x100000001), FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesPublicKey) key = NULL;
      g_autofree guint8 *spki = NULL;
      gsize len;

      g_test_message ("%s", rows[i].what);
      spki = make_spki (rows[i].bits, rows[i].last_byte, rows[i].exponent, &len);
      key = redes_public_key_new_from_spki (spki, len, &error);
      if (rows[i].accepted)
        g_assert_no_error (error);
      else
        g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY);
      g_assert_cmpint (key != NULL, ==, rows[i].accepted);
    }
}

static void
assert_refused (const guint8 *spki, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *exact = g_memdup2 (spki, len);

  g_assert_null (redes_public_key_new_from_spki (exact, len, &error));
  g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY);
}

static void
test_shapes (void)
{
  static const char ec_spki[]
      = "3059301306072a8648ce3d020106082a8648ce3d03010703420004b6dba8eb96703a7a30c2d54f1b42"
        "a6d213dd5f6506f8c3d67b3bbca863eb92e1151d890813385befc8f6d268df2ccbc31ce6db84d82445"
        "7d3b1689652b58f3fd";
  g_autofree guint8 *spki = NULL;
  g_autofree guint8 *ec = NULL;
  g_autofree guint8 *longer = NULL;
  gsize len;
  gsize ec_len;

  spki = from_hex (vector_spki, &len);
  for (gsize cut = 0; cut < len; cut++)
    assert_refused (spki, cut);

  /* The same key with a byte behind it, and with its outer length written in three bytes. */
  longer = g_malloc (len + 1);
  memcpy (longer, spki, len);
  longer[len] = 0;
  assert_refused (longer, len + 1);

  g_assert_cmpuint (spki[1], ==, 0x82);
  longer[1] = 0x83;
  longer[2] = 0;
  memcpy (longer + 3, spki + 2, len - 2);
  assert_refused (longer, len + 1);

  ec = from_hex (ec_spki, &ec_len);
  assert_refused (ec, ec_len);

  /* Above any limit, though it begins well. */
  longer = g_realloc (longer, 100000);
  memset (longer, 0, 100000);
  memcpy (longer, spki, len);
  assert_refused (longer, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identity/public-key/peer-id", test_peer_id);
  g_test_add_func ("/identity/public-key/short-peer-id", test_short_peer_id);
  g_test_add_func ("/identity/public-key/vector", test_vector);
  g_test_add_func ("/identity/public-key/tampering", test_tampering);
  g_test_add_func ("/identity/public-key/signature-length", test_signature_length);
  g_test_add_func ("/identity/public-key/numbers", test_numbers);
  g_test_add_func ("/identity/public-key/shapes", test_shapes);

  return g_test_run ();
}

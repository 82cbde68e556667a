/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/public-key.h"

#include "engine/base/error.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <nettle/bignum.h>
#include <nettle/rsa.h>
#include <nettle/sha2.h>
#include <string.h>

#define MIN_MODULUS_BITS 2048
#define MAX_MODULUS_BITS 8192
#define MIN_EXPONENT 65537
#define MAX_EXPONENT_BITS 32
/* An 8192-bit modulus needs about 1,070 bytes. */
#define MAX_SPKI_BYTES 2048

struct _RedesPublicKey
{
  gatomicrefcount refs;
  RedesPeerId peer_id;
  GBytes *spki;
  struct rsa_public_key rsa;
};

static gboolean
numbers_are_acceptable (const mpz_t modulus, const mpz_t exponent, GError **error)
{
  size_t bits = mpz_sizeinbase (modulus, 2);

  if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS || mpz_even_p (modulus))
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                       REDES_NOTICE_RSA_MODULUS, (gsize)bits);
      return FALSE;
    }

  if (mpz_even_p (exponent) || mpz_cmp_ui (exponent, MIN_EXPONENT) < 0
      || mpz_sizeinbase (exponent, 2) > MAX_EXPONENT_BITS)
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                       REDES_NOTICE_RSA_EXPONENT);
      return FALSE;
    }

  return TRUE;
}

/* Whether @key, written again, gives the very bytes it was read from. */
static gboolean
is_canonical (gnutls_pubkey_t key, const guint8 *spki, gsize len)
{
  gnutls_datum_t again = { NULL, 0 };
  gboolean same;

  if (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &again) < 0)
    return FALSE;

  same = again.size == len && memcmp (again.data, spki, len) == 0;
  gnutls_free (again.data);

  return same;
}

static gboolean
read_numbers (
    gnutls_pubkey_t key, const guint8 *spki, gsize len, struct rsa_public_key *rsa, GError **error)
{
  gnutls_datum_t der = { (guint8 *)spki, (unsigned int)len };
  gnutls_datum_t modulus = { NULL, 0 };
  gnutls_datum_t exponent = { NULL, 0 };

  if (len > MAX_SPKI_BYTES || gnutls_pubkey_import (key, &der, GNUTLS_X509_FMT_DER) < 0
      || gnutls_pubkey_get_pk_algorithm (key, NULL) != GNUTLS_PK_RSA
      || !is_canonical (key, spki, len)
      || gnutls_pubkey_export_rsa_raw2 (key, &modulus, &exponent, GNUTLS_EXPORT_FLAG_NO_LZ) < 0)
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                       REDES_NOTICE_RSA_NOT_SPKI);
      return FALSE;
    }

  nettle_mpz_set_str_256_u (rsa->n, modulus.size, modulus.data);
  nettle_mpz_set_str_256_u (rsa->e, exponent.size, exponent.data);
  gnutls_free (modulus.data);
  gnutls_free (exponent.data);

  return numbers_are_acceptable (rsa->n, rsa->e, error);
}

RedesPublicKey *
redes_public_key_new_from_spki (const guint8 *spki, gsize len, GError **error)
{
  RedesPublicKey *self;
  struct rsa_public_key rsa;
  gnutls_pubkey_t key = NULL;
  gboolean ok;

  g_return_val_if_fail (spki != NULL || len == 0, NULL);

  if (gnutls_pubkey_init (&key) < 0)
    g_error ("out of memory");

  rsa_public_key_init (&rsa);
  ok = read_numbers (key, spki, len, &rsa, error);
  gnutls_pubkey_deinit (key);

  /* Cannot fail for a modulus of an accepted size: it only works out the size in bytes. */
  if (!ok || !rsa_public_key_prepare (&rsa))
    {
      rsa_public_key_clear (&rsa);
      return NULL;
    }

  self = g_new0 (RedesPublicKey, 1);
  g_atomic_ref_count_init (&self->refs);
  self->rsa = rsa;
  self->spki = g_bytes_new (spki, len);
  redes_digest_of (spki, len, &self->peer_id);

  return self;
}

RedesPublicKey *
redes_public_key_ref (RedesPublicKey *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_public_key_unref (RedesPublicKey *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  rsa_public_key_clear (&self->rsa);
  g_bytes_unref (self->spki);
  g_free (self);
}

const RedesPeerId *
redes_public_key_get_peer_id (RedesPublicKey *self)
{
  return &self->peer_id;
}

GBytes *
redes_public_key_get_spki (RedesPublicKey *self)
{
  return self->spki;
}

void
redes_signature_digest (const char *label, const RedesDigest *digest, RedesDigest *out)
{
  struct sha256_ctx sha;

  sha256_init (&sha);
  /* With its NUL, so that no label is the beginning of another. */
  sha256_update (&sha, strlen (label) + 1, (const uint8_t *)label);
  sha256_update (&sha, sizeof digest->bytes, digest->bytes);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

gboolean
redes_public_key_verify (RedesPublicKey *self,
                         const char *label,
                         const RedesDigest *digest,
                         const guint8 *signature,
                         gsize len)
{
  RedesDigest message;
  mpz_t number;
  gboolean good;

  /* A signature with zero bytes before or after it is the same number: one form only. */
  if (len != self->rsa.size)
    return FALSE;

  redes_signature_digest (label, digest, &message);
  nettle_mpz_init_set_str_256_u (number, len, signature);
  good = rsa_pss_sha256_verify_digest (&self->rsa, REDES_SIGNATURE_SALT_SIZE, message.bytes, number)
         == 1;
  mpz_clear (number);

  return good;
}

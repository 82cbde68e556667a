/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/identity-private.h"

#include "engine/base/error.h"

#include <gnutls/crypto.h>
#include <nettle/bignum.h>
#include <nettle/rsa.h>
#include <string.h>

#define MIN_BITS 2048
#define MAX_BITS 8192
#define PUBLIC_EXPONENT 65537

struct _RedesIdentity
{
  gatomicrefcount refs;
  struct rsa_public_key rsa_public;
  struct rsa_private_key rsa_private;
  RedesPublicKey *public_key;
  gnutls_certificate_credentials_t credentials;
};

void
redes_identity_clear_secret (gnutls_datum_t *datum)
{
  if (datum->data != NULL)
    gnutls_memset (datum->data, 0, datum->size);
  g_clear_pointer (&datum->data, gnutls_free);
  datum->size = 0;
}

/* nettle's random_ctx and nettle_random_func; @ctx points to a gnutls_rnd_level_t. */
static void
fill_with_random_bytes (void *ctx, size_t length, uint8_t *dst)
{
  const gnutls_rnd_level_t *level = ctx;

  if (gnutls_rnd (*level, dst, length) < 0)
    g_error ("the system gives no random bytes");
}

/* RSA numbers go between nettle, which computes, and GnuTLS, which knows the file formats. */

static gnutls_datum_t
number_to_datum (const mpz_t number)
{
  gnutls_datum_t datum;

  /* GnuTLS takes numbers for signed only in DER; here a leading zero byte does no harm. */
  datum.size = (unsigned int)nettle_mpz_sizeinbase_256_s (number);
  datum.data = gnutls_malloc (datum.size);
  if (datum.data == NULL)
    g_error ("out of memory");
  nettle_mpz_get_str_256 (datum.size, datum.data, number);

  return datum;
}

static gboolean
export_to_gnutls (const struct rsa_public_key *pub,
                  const struct rsa_private_key *priv,
                  RedesPrivateKey key,
                  GError **error)
{
  gnutls_datum_t n = number_to_datum (pub->n);
  gnutls_datum_t e = number_to_datum (pub->e);
  gnutls_datum_t d = number_to_datum (priv->d);
  gnutls_datum_t p = number_to_datum (priv->p);
  gnutls_datum_t q = number_to_datum (priv->q);
  gnutls_datum_t *secrets[] = { &n, &e, &d, &p, &q };
  int result = gnutls_x509_privkey_import_rsa_raw2 (key, &n, &e, &d, &p, &q, NULL, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    redes_identity_clear_secret (secrets[i]);

  return redes_identity_check_result (result, REDES_IDENTITY_ERROR_KEY, REDES_NOTICE_RSA_UNUSABLE,
                                      error);
}

static gboolean
import_from_gnutls (RedesPrivateKey key, struct rsa_public_key *pub, struct rsa_private_key *priv)
{
  gnutls_datum_t values[8] = { { NULL, 0 } };
  mpz_ptr numbers[8] = { pub->n, pub->e, priv->d, priv->p, priv->q, priv->c, priv->a, priv->b };
  gboolean ok;

  ok = gnutls_x509_privkey_get_pk_algorithm (key) == GNUTLS_PK_RSA
       && gnutls_x509_privkey_verify_params (key) >= 0
       && gnutls_x509_privkey_export_rsa_raw2 (key, &values[0], &values[1], &values[2], &values[3],
                                               &values[4], &values[5], &values[6], &values[7])
              >= 0;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      if (ok)
        nettle_mpz_set_str_256_u (numbers[i], values[i].size, values[i].data);
      redes_identity_clear_secret (&values[i]);
    }

  return ok && rsa_public_key_prepare (pub) && rsa_private_key_prepare (priv)
         && pub->size == priv->size;
}

gboolean
redes_identity_generate_key (guint bits, RedesPrivateKey key, GError **error)
{
  gnutls_rnd_level_t level = GNUTLS_RND_KEY;
  struct rsa_public_key pub;
  struct rsa_private_key priv;
  gboolean ok;

  if (bits < MIN_BITS || bits > MAX_BITS)
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY, REDES_NOTICE_RSA_BITS,
                       bits);
      return FALSE;
    }

  rsa_public_key_init (&pub);
  rsa_private_key_init (&priv);
  mpz_set_ui (pub.e, PUBLIC_EXPONENT);

  ok = rsa_generate_keypair (&pub, &priv, &level, fill_with_random_bytes, NULL, NULL, bits, 0);
  if (!ok)
    redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                     REDES_NOTICE_RSA_NOT_MADE);
  else
    ok = export_to_gnutls (&pub, &priv, key, error);

  rsa_public_key_clear (&pub);
  rsa_private_key_clear (&priv);

  return ok;
}

RedesIdentity *
redes_identity_new_from_key (RedesPrivateKey key, GError **error)
{
  g_autoptr (RedesIdentity) self = g_new0 (RedesIdentity, 1);

  g_atomic_ref_count_init (&self->refs);
  rsa_public_key_init (&self->rsa_public);
  rsa_private_key_init (&self->rsa_private);

  if (!import_from_gnutls (key, &self->rsa_public, &self->rsa_private))
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                       REDES_NOTICE_RSA_NOT_PRIVATE);
      return NULL;
    }

  if (!redes_certificate_make_credentials (key, &self->credentials, &self->public_key, error))
    return NULL;

  return g_steal_pointer (&self);
}

RedesIdentity *
redes_identity_new (guint rsa_bits, GError **error)
{
  g_auto (RedesPrivateKey) key = NULL;

  if (gnutls_x509_privkey_init (&key) < 0)
    g_error ("out of memory");

  if (!redes_identity_generate_key (rsa_bits, key, error))
    return NULL;

  return redes_identity_new_from_key (key, error);
}

RedesIdentity *
redes_identity_ref (RedesIdentity *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_identity_unref (RedesIdentity *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  rsa_public_key_clear (&self->rsa_public);
  rsa_private_key_clear (&self->rsa_private);
  g_clear_pointer (&self->public_key, redes_public_key_unref);
  g_clear_pointer (&self->credentials, gnutls_certificate_free_credentials);
  g_free (self);
}

RedesPublicKey *
redes_identity_get_public_key (RedesIdentity *self)
{
  return self->public_key;
}

const RedesPeerId *
redes_identity_get_peer_id (RedesIdentity *self)
{
  return redes_public_key_get_peer_id (self->public_key);
}

GBytes *
redes_identity_sign (RedesIdentity *self,
                     const char *label,
                     const RedesDigest *digest,
                     GError **error)
{
  gnutls_rnd_level_t level = GNUTLS_RND_NONCE;
  guint8 salt[REDES_SIGNATURE_SALT_SIZE];
  RedesDigest message;
  guint8 *signature = NULL;
  mpz_t number;
  gboolean ok;

  redes_signature_digest (label, digest, &message);
  fill_with_random_bytes (&level, sizeof salt, salt);

  /* The "tr" form blinds against timing and checks its own result before it lets it out. */
  mpz_init (number);
  ok = rsa_pss_sha256_sign_digest_tr (&self->rsa_public, &self->rsa_private, &level,
                                      fill_with_random_bytes, sizeof salt, salt, message.bytes,
                                      number);
  if (ok)
    {
      signature = g_malloc (self->rsa_public.size);
      nettle_mpz_get_str_256 (self->rsa_public.size, signature, number);
    }
  mpz_clear (number);

  if (!ok)
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_SIGNATURE,
                       REDES_NOTICE_RSA_SIGNING_FAILED);
      return NULL;
    }

  return g_bytes_new_take (signature, self->rsa_public.size);
}

gnutls_certificate_credentials_t
redes_identity_get_credentials (RedesIdentity *self)
{
  return self->credentials;
}

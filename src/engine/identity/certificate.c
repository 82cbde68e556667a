/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/certificate-private.h"

#include "engine/base/error.h"

#include <gnutls/abstract.h>

#define MAX_CERTIFICATE_BYTES 16384
#define SERIAL_BYTES 16

#define IDENTITY_NAME "CN=Redes peer"
#define TLS_KEY_NAME "CN=Redes TLS key"

#define VERIFY_FLAGS                                                                               \
  (GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS                   \
   | GNUTLS_VERIFY_DISABLE_CRL_CHECKS | GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT                  \
   | GNUTLS_VERIFY_DO_NOT_ALLOW_SAME)

static RedesPublicKey *
public_key_of_certificate (RedesCertificate certificate, GError **error)
{
  gnutls_pubkey_t key = NULL;
  gnutls_datum_t spki = { NULL, 0 };
  RedesPublicKey *public_key = NULL;

  if (gnutls_pubkey_init (&key) < 0)
    g_error ("out of memory");

  if (gnutls_pubkey_import_x509 (key, certificate, 0) >= 0
      && gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &spki) >= 0)
    public_key = redes_public_key_new_from_spki (spki.data, spki.size, error);
  else
    redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                     REDES_NOTICE_CERTIFICATE_NO_KEY);

  gnutls_free (spki.data);
  gnutls_pubkey_deinit (key);

  return public_key;
}

/* Derived from the certified key: the same key always gets the same certificate. */
static int
set_serial (RedesCertificate certificate, RedesPrivateKey key)
{
  guint8 key_id[64];
  size_t size = sizeof key_id;
  int result = gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, key_id, &size);

  if (result < 0)
    return result;

  /* A serial number is positive and not zero (RFC 5280, 4.1.2.2). */
  key_id[0] = (key_id[0] & 0x7f) | 0x40;
  return gnutls_x509_crt_set_serial (certificate, key_id, SERIAL_BYTES);
}

/* GnuTLS knows the names in a certificate only once it has read it, and without them it would take
 * the chain for two unrelated certificates and send only the first. */
static int
read_back (RedesCertificate certificate)
{
  gnutls_datum_t der = { NULL, 0 };
  int result = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der);

  if (result < 0)
    return result;

  result = gnutls_x509_crt_import (certificate, &der, GNUTLS_X509_FMT_DER);
  gnutls_free (der.data);

  return result;
}

/* @issuer: the certificate itself for one that signs itself. */
static int
fill_certificate (RedesCertificate certificate,
                  RedesPrivateKey key,
                  const char *name,
                  gboolean is_authority,
                  RedesCertificate issuer,
                  RedesPrivateKey issuer_key)
{
  guint usage = is_authority ? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE;
  int result;

  if ((result = gnutls_x509_crt_set_version (certificate, 3)) < 0
      || (result = gnutls_x509_crt_set_key (certificate, key)) < 0
      || (result = set_serial (certificate, key)) < 0
      || (result = gnutls_x509_crt_set_dn (certificate, name, NULL)) < 0
      || (result = gnutls_x509_crt_set_activation_time (certificate, 0)) < 0
      || (result = gnutls_x509_crt_set_expiration_time (certificate,
                                                        GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION))
             < 0
      || (result = gnutls_x509_crt_set_basic_constraints (certificate, is_authority,
                                                          is_authority ? 0 : -1))
             < 0
      || (result = gnutls_x509_crt_set_key_usage (certificate, usage)) < 0
      || (result = gnutls_x509_crt_sign2 (certificate, issuer, issuer_key, GNUTLS_DIG_SHA256, 0))
             < 0)
    return result;

  return read_back (certificate);
}

static gboolean
import_certificate (const gnutls_datum_t *der, RedesCertificate *certificate)
{
  return der->size > 0 && der->size <= MAX_CERTIFICATE_BYTES
         && gnutls_x509_crt_init (certificate) >= 0
         && gnutls_x509_crt_import (*certificate, der, GNUTLS_X509_FMT_DER) >= 0;
}

static gboolean
is_signed_by (RedesCertificate certificate, RedesCertificate issuer)
{
  unsigned int status = 0;

  return gnutls_x509_crt_verify (certificate, &issuer, 1, VERIFY_FLAGS, &status) >= 0
         && status == 0;
}

static gboolean
make_chain (RedesPrivateKey identity_key,
            RedesPrivateKey tls_key,
            RedesCertificate chain[2],
            GError **error)
{
  int result;

  if ((result = gnutls_x509_crt_init (&chain[0])) < 0
      || (result = gnutls_x509_crt_init (&chain[1])) < 0
      || (result
          = fill_certificate (chain[1], identity_key, IDENTITY_NAME, TRUE, chain[1], identity_key))
             < 0
      || (result
          = fill_certificate (chain[0], tls_key, TLS_KEY_NAME, FALSE, chain[1], identity_key))
             < 0)
    return redes_identity_check_result (result, REDES_IDENTITY_ERROR_CERTIFICATE,
                                        REDES_NOTICE_CERTIFICATE_NOT_MADE, error);

  return TRUE;
}

gboolean
redes_certificate_make_credentials (RedesPrivateKey identity_key,
                                    gnutls_certificate_credentials_t *credentials,
                                    RedesPublicKey **public_key,
                                    GError **error)
{
  g_auto (RedesPrivateKey) tls_key = NULL;
  g_auto (RedesCertificate) identity_certificate = NULL;
  g_auto (RedesCertificate) tls_certificate = NULL;
  RedesCertificate chain[2] = { NULL, NULL };
  gboolean made;
  int result;

  if ((result = gnutls_x509_privkey_init (&tls_key)) < 0
      || (result = gnutls_x509_privkey_generate (
              tls_key, GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519), 0))
             < 0
      || (result = gnutls_certificate_allocate_credentials (credentials)) < 0)
    return redes_identity_check_result (result, REDES_IDENTITY_ERROR_CERTIFICATE,
                                        REDES_NOTICE_TLS_KEY_NOT_MADE, error);

  made = make_chain (identity_key, tls_key, chain, error);
  tls_certificate = chain[0];
  identity_certificate = chain[1];
  if (!made)
    return FALSE;

  *public_key = public_key_of_certificate (identity_certificate, error);
  if (*public_key == NULL)
    return FALSE;

  /* A private exponent that does not belong to the modulus shows only in what it signs. */
  if (!is_signed_by (identity_certificate, identity_certificate)
      || !is_signed_by (tls_certificate, identity_certificate))
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                       REDES_NOTICE_RSA_FAULTY);
      return FALSE;
    }

  return redes_identity_check_result (
      gnutls_certificate_set_x509_key (*credentials, chain, G_N_ELEMENTS (chain), tls_key),
      REDES_IDENTITY_ERROR_CERTIFICATE, REDES_NOTICE_TLS_KEY_UNUSABLE, error);
}

RedesPublicKey *
redes_identity_check_chain (const gnutls_datum_t *chain, guint n_certificates, GError **error)
{
  g_auto (RedesCertificate) tls_certificate = NULL;
  g_auto (RedesCertificate) identity_certificate = NULL;
  g_autoptr (RedesPublicKey) key = NULL;
  RedesNoticeCode violation = REDES_NOTICE_NONE;

  if (n_certificates != 2)
    violation = REDES_NOTICE_CHAIN_LENGTH;
  else if (!import_certificate (&chain[0], &tls_certificate)
           || !import_certificate (&chain[1], &identity_certificate))
    violation = REDES_NOTICE_CHAIN_UNREADABLE;
  else if (gnutls_x509_crt_get_pk_algorithm (tls_certificate, NULL) != GNUTLS_PK_EDDSA_ED25519)
    violation = REDES_NOTICE_CHAIN_TLS_KEY;
  else if ((key = public_key_of_certificate (identity_certificate, NULL)) == NULL)
    violation = REDES_NOTICE_CHAIN_IDENTITY_KEY;
  else if (!is_signed_by (identity_certificate, identity_certificate))
    violation = REDES_NOTICE_CHAIN_IDENTITY_UNSIGNED;
  else if (!is_signed_by (tls_certificate, identity_certificate))
    violation = REDES_NOTICE_CHAIN_TLS_KEY_UNSIGNED;

  if (violation != REDES_NOTICE_NONE)
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_CERTIFICATE,
                       REDES_NOTICE_NOT_A_PEER, redes_notice_arg_code (violation));
      return NULL;
    }

  return g_steal_pointer (&key);
}

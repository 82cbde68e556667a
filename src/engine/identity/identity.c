/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <nettle/bignum.h>
#include <nettle/rsa.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIN_BITS 2048
#define MAX_BITS 8192
#define PUBLIC_EXPONENT 65537
/* The PEM of an 8192-bit key is about 6.5 KiB. */
#define MAX_FILE_BYTES 65536
#define MAX_CERTIFICATE_BYTES 16384
#define SERIAL_BYTES 16

#define IDENTITY_NAME "CN=Redes peer"
#define TLS_KEY_NAME "CN=Redes TLS key"

#define VERIFY_FLAGS                                                                               \
  (GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS                   \
   | GNUTLS_VERIFY_DISABLE_CRL_CHECKS | GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT                  \
   | GNUTLS_VERIFY_DO_NOT_ALLOW_SAME)

struct _RedesIdentity
{
  gatomicrefcount refs;
  struct rsa_public_key rsa_public;
  struct rsa_private_key rsa_private;
  RedesPublicKey *public_key;
  gnutls_certificate_credentials_t credentials;
};

typedef gnutls_x509_crt_t Certificate;
typedef gnutls_x509_privkey_t PrivateKey;

static void
clear_certificate (Certificate *certificate)
{
  g_clear_pointer (certificate, gnutls_x509_crt_deinit);
}

static void
clear_private_key (PrivateKey *key)
{
  g_clear_pointer (key, gnutls_x509_privkey_deinit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Certificate, clear_certificate)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrivateKey, clear_private_key)

static gboolean
check (int result, RedesIdentityError code, const char *what, GError **error)
{
  if (result >= 0)
    return TRUE;

  g_set_error (error, REDES_IDENTITY_ERROR, code, "%s: %s", what, gnutls_strerror (result));
  return FALSE;
}

static void
clear_secret (gnutls_datum_t *datum)
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

/* ---- RSA numbers between nettle, which computes, and GnuTLS, which knows the file formats ---- */

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
                  PrivateKey key,
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
    clear_secret (secrets[i]);

  return check (result, REDES_IDENTITY_ERROR_KEY, "The new RSA key cannot be used", error);
}

static gboolean
import_from_gnutls (PrivateKey key, struct rsa_public_key *pub, struct rsa_private_key *priv)
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
      clear_secret (&values[i]);
    }

  return ok && rsa_public_key_prepare (pub) && rsa_private_key_prepare (priv)
         && pub->size == priv->size;
}

static gboolean
generate_rsa_key (guint bits, PrivateKey key, GError **error)
{
  gnutls_rnd_level_t level = GNUTLS_RND_KEY;
  struct rsa_public_key pub;
  struct rsa_private_key priv;
  gboolean ok;

  if (bits < MIN_BITS || bits > MAX_BITS)
    {
      g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                   "An RSA key of %u bits cannot be used: choose 2048 to 8192", bits);
      return FALSE;
    }

  rsa_public_key_init (&pub);
  rsa_private_key_init (&priv);
  mpz_set_ui (pub.e, PUBLIC_EXPONENT);

  ok = rsa_generate_keypair (&pub, &priv, &level, fill_with_random_bytes, NULL, NULL, bits, 0);
  if (!ok)
    g_set_error_literal (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                         "No RSA key could be made");
  else
    ok = export_to_gnutls (&pub, &priv, key, error);

  rsa_public_key_clear (&pub);
  rsa_private_key_clear (&priv);

  return ok;
}

/* ---- Certificates ---- */

static RedesPublicKey *
public_key_of_certificate (Certificate certificate, GError **error)
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
    g_set_error_literal (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                         "The certificate holds no public key that can be read");

  gnutls_free (spki.data);
  gnutls_pubkey_deinit (key);

  return public_key;
}

/* Derived from the certified key: the same key always gets the same certificate. */
static int
set_serial (Certificate certificate, PrivateKey key)
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
read_back (Certificate certificate)
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
fill_certificate (Certificate certificate,
                  PrivateKey key,
                  const char *name,
                  gboolean is_authority,
                  Certificate issuer,
                  PrivateKey issuer_key)
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
import_certificate (const gnutls_datum_t *der, Certificate *certificate)
{
  return der->size > 0 && der->size <= MAX_CERTIFICATE_BYTES
         && gnutls_x509_crt_init (certificate) >= 0
         && gnutls_x509_crt_import (*certificate, der, GNUTLS_X509_FMT_DER) >= 0;
}

static gboolean
is_signed_by (Certificate certificate, Certificate issuer)
{
  unsigned int status = 0;

  return gnutls_x509_crt_verify (certificate, &issuer, 1, VERIFY_FLAGS, &status) >= 0
         && status == 0;
}

static gboolean
make_chain (PrivateKey identity_key, PrivateKey tls_key, Certificate chain[2], GError **error)
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
    return check (result, REDES_IDENTITY_ERROR_CERTIFICATE, "No certificate could be made", error);

  return TRUE;
}

static gboolean
make_credentials (RedesIdentity *self, PrivateKey identity_key, GError **error)
{
  g_auto (PrivateKey) tls_key = NULL;
  g_auto (Certificate) identity_certificate = NULL;
  g_auto (Certificate) tls_certificate = NULL;
  Certificate chain[2] = { NULL, NULL };
  gboolean made;
  int result;

  if ((result = gnutls_x509_privkey_init (&tls_key)) < 0
      || (result = gnutls_x509_privkey_generate (
              tls_key, GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_ED25519), 0))
             < 0
      || (result = gnutls_certificate_allocate_credentials (&self->credentials)) < 0)
    return check (result, REDES_IDENTITY_ERROR_CERTIFICATE, "No TLS key could be made", error);

  made = make_chain (identity_key, tls_key, chain, error);
  tls_certificate = chain[0];
  identity_certificate = chain[1];
  if (!made)
    return FALSE;

  self->public_key = public_key_of_certificate (identity_certificate, error);
  if (self->public_key == NULL)
    return FALSE;

  /* A private exponent that does not belong to the modulus shows only in what it signs. */
  if (!is_signed_by (identity_certificate, identity_certificate)
      || !is_signed_by (tls_certificate, identity_certificate))
    {
      g_set_error_literal (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                           "The RSA key does not compute what it should");
      return FALSE;
    }

  return check (
      gnutls_certificate_set_x509_key (self->credentials, chain, G_N_ELEMENTS (chain), tls_key),
      REDES_IDENTITY_ERROR_CERTIFICATE, "The TLS key cannot be used", error);
}

static RedesIdentity *
identity_from_key (PrivateKey key, GError **error)
{
  g_autoptr (RedesIdentity) self = g_new0 (RedesIdentity, 1);

  g_atomic_ref_count_init (&self->refs);
  rsa_public_key_init (&self->rsa_public);
  rsa_private_key_init (&self->rsa_private);

  if (!import_from_gnutls (key, &self->rsa_public, &self->rsa_private))
    {
      g_set_error_literal (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY,
                           "This is not a whole RSA private key");
      return NULL;
    }

  if (!make_credentials (self, key, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* ---- The identity file ---- */

static gboolean
fail_file (GError **error, const char *what, const char *path, int saved_errno)
{
  g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE, "%s %s: %s", what, path,
               g_strerror (saved_errno));
  return FALSE;
}

static gboolean
check_file_is_private (int fd, const char *path, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) < 0)
    return fail_file (error, "Cannot look at the identity file", path, errno);

  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                   "The identity file %s is not a regular file", path);
      return FALSE;
    }

  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    {
      g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                   "The identity file %s may be read by others: chmod 600 %s", path, path);
      return FALSE;
    }

  return TRUE;
}

/* Reads at most one byte more than an identity file may have. */
static gboolean
read_all (int fd, guint8 *buffer, gsize capacity, gsize *len)
{
  gsize got = 0;

  while (got < capacity)
    {
      ssize_t n = read (fd, buffer + got, capacity - got);

      if (n == 0)
        break;
      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        got += (gsize)n;
    }

  *len = got;
  return TRUE;
}

static RedesIdentity *
identity_from_pem (const guint8 *pem, gsize len, const char *path, GError **error)
{
  gnutls_datum_t datum = { (guint8 *)pem, (unsigned int)len };
  g_auto (PrivateKey) key = NULL;
  RedesIdentity *self = NULL;

  if (gnutls_x509_privkey_init (&key) < 0)
    g_error ("out of memory");

  if (len <= MAX_FILE_BYTES
      && gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN)
             >= 0)
    self = identity_from_key (key, NULL);

  if (self == NULL)
    g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                 "The identity file %s is damaged or holds no RSA key of 2048 to 8192 bits. "
                 "Bring it back from a copy, or move it away to start with a new identity",
                 path);

  return self;
}

/* Returns %NULL without an error if there is no such file. */
static RedesIdentity *
load (const char *path, GError **error)
{
  RedesIdentity *self = NULL;
  guint8 *buffer;
  gsize len = 0;
  int fd;

  /* Not blocking: somebody may have put a pipe there. */
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0)
    {
      if (errno != ENOENT)
        fail_file (error, "Cannot open the identity file", path, errno);
      return NULL;
    }

  buffer = g_malloc (MAX_FILE_BYTES + 1);
  if (check_file_is_private (fd, path, error))
    {
      if (read_all (fd, buffer, MAX_FILE_BYTES + 1, &len))
        self = identity_from_pem (buffer, len, path, error);
      else
        fail_file (error, "Cannot read the identity file", path, errno);
    }

  gnutls_memset (buffer, 0, MAX_FILE_BYTES + 1);
  g_free (buffer);
  close (fd);

  return self;
}

static gboolean
write_all (int fd, const guint8 *data, gsize len)
{
  while (len > 0)
    {
      ssize_t n = write (fd, data, len);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          data += n;
          len -= (gsize)n;
        }
    }

  return fsync (fd) == 0;
}

/* As rename(), but never over a file that is there: errno is EEXIST then. */
static gboolean
rename_without_replacing (const char *from, const char *to)
{
  if (link (from, to) == 0)
    return g_unlink (from) == 0;

#ifdef RENAME_NOREPLACE
  /* Some file systems know no hard links. */
  if (errno != EEXIST)
    return renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0;
#endif

  return FALSE;
}

static void
sync_folder (const char *folder)
{
  int fd = g_open (folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY, 0);

  if (fd < 0)
    return;

  /* Not every file system can; the file itself is safe already. */
  (void)fsync (fd);
  close (fd);
}

/* Returns %FALSE without an error if another process was first. */
static gboolean
store_pem (const char *path, const gnutls_datum_t *pem, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  gboolean written;
  int saved_errno;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return fail_file (error, "Cannot make the folder", folder, errno);

  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_file (error, "Cannot write into the folder", folder, errno);

  written = write_all (fd, pem->data, pem->size);
  saved_errno = errno;
  close (fd);

  if (written && rename_without_replacing (temporary, path))
    {
      sync_folder (folder);
      return TRUE;
    }

  if (written)
    saved_errno = errno;
  g_unlink (temporary);

  if (!written || saved_errno != EEXIST)
    return fail_file (error, "Cannot write the identity file", path, saved_errno);

  return FALSE;
}

static RedesIdentity *
create (const char *path, guint rsa_bits, GError **error)
{
  g_autoptr (RedesIdentity) self = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (PrivateKey) key = NULL;
  gnutls_datum_t pem = { NULL, 0 };
  gboolean stored;

  if (gnutls_x509_privkey_init (&key) < 0)
    g_error ("out of memory");

  if (!generate_rsa_key (rsa_bits, key, error)
      || !check (gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL,
                                                    GNUTLS_PKCS_PLAIN, &pem),
                 REDES_IDENTITY_ERROR_KEY, "The new RSA key cannot be written", error))
    return NULL;

  self = identity_from_key (key, error);
  if (self == NULL)
    {
      clear_secret (&pem);
      return NULL;
    }

  stored = store_pem (path, &pem, &local_error);
  clear_secret (&pem);

  if (stored)
    return g_steal_pointer (&self);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return load (path, error);
}

/* ---- Public ---- */

RedesIdentity *
redes_identity_new (guint rsa_bits, GError **error)
{
  g_auto (PrivateKey) key = NULL;

  if (gnutls_x509_privkey_init (&key) < 0)
    g_error ("out of memory");

  if (!generate_rsa_key (rsa_bits, key, error))
    return NULL;

  return identity_from_key (key, error);
}

RedesIdentity *
redes_identity_load_or_create (const char *path, guint rsa_bits, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  RedesIdentity *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = load (path, &local_error);
  if (self != NULL)
    return self;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  self = create (path, rsa_bits, &local_error);
  if (self == NULL && local_error == NULL)
    g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                 "The identity file %s appeared and vanished again while it was made: try again",
                 path);
  else if (self == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return self;
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
      g_set_error_literal (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_SIGNATURE,
                           "Signing failed: the RSA key does not compute what it should");
      return NULL;
    }

  return g_bytes_new_take (signature, self->rsa_public.size);
}

gnutls_certificate_credentials_t
redes_identity_get_credentials (RedesIdentity *self)
{
  return self->credentials;
}

RedesPublicKey *
redes_identity_check_chain (const gnutls_datum_t *chain, guint n_certificates, GError **error)
{
  g_auto (Certificate) tls_certificate = NULL;
  g_auto (Certificate) identity_certificate = NULL;
  g_autoptr (RedesPublicKey) key = NULL;
  const char *offence = NULL;

  if (n_certificates != 2)
    offence = "it does not show exactly two certificates";
  else if (!import_certificate (&chain[0], &tls_certificate)
           || !import_certificate (&chain[1], &identity_certificate))
    offence = "its certificates cannot be read";
  else if (gnutls_x509_crt_get_pk_algorithm (tls_certificate, NULL) != GNUTLS_PK_EDDSA_ED25519)
    offence = "its TLS key is not an Ed25519 key";
  else if ((key = public_key_of_certificate (identity_certificate, NULL)) == NULL)
    offence = "its identity is not an RSA key of 2048 to 8192 bits";
  else if (!is_signed_by (identity_certificate, identity_certificate))
    offence = "its identity has not signed itself";
  else if (!is_signed_by (tls_certificate, identity_certificate))
    offence = "its identity has not signed its TLS key";

  if (offence != NULL)
    {
      g_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_CERTIFICATE,
                   "The other side is not a Redes peer: %s", offence);
      return NULL;
    }

  return g_steal_pointer (&key);
}

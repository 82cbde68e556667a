/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BITS 2048
#define LABEL "redes test"

static RedesIdentity *
new_identity (void)
{
  g_autoptr (GError) error = NULL;
  RedesIdentity *identity = redes_identity_new (BITS, &error);

  g_assert_no_error (error);
  g_assert_nonnull (identity);

  return identity;
}

/* ---- Signing ---- */

static void
test_sign (void)
{
  g_autoptr (RedesIdentity) identity = new_identity ();
  g_autoptr (RedesIdentity) other = new_identity ();
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;
  g_autoptr (GError) error = NULL;
  RedesPublicKey *key = redes_identity_get_public_key (identity);
  RedesDigest digest;
  gsize len;
  const guint8 *data;

  redes_digest_of ("abc", 3, &digest);
  first = redes_identity_sign (identity, LABEL, &digest, &error);
  g_assert_no_error (error);
  second = redes_identity_sign (identity, LABEL, &digest, &error);
  g_assert_no_error (error);

  data = g_bytes_get_data (first, &len);
  g_assert_cmpuint (len, ==, BITS / 8);
  g_assert_true (redes_public_key_verify (key, LABEL, &digest, data, len));
  g_assert_false (redes_public_key_verify (key, LABEL "s", &digest, data, len));
  g_assert_false (
      redes_public_key_verify (redes_identity_get_public_key (other), LABEL, &digest, data, len));

  /* The salt is random. */
  g_assert_false (g_bytes_equal (first, second));
  g_assert_true (redes_public_key_verify (key, LABEL, &digest, g_bytes_get_data (second, NULL),
                                          g_bytes_get_size (second)));
}

static void
test_key_sizes (void)
{
  static const struct
  {
    guint bits;
    gboolean accepted;
  } rows[] = { { 0, FALSE },   { 1024, FALSE }, { 2047, FALSE },     { 2049, TRUE },
               { 3072, TRUE }, { 8193, FALSE }, { G_MAXUINT, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesIdentity) identity = redes_identity_new (rows[i].bits, &error);
      g_autoptr (GBytes) signature = NULL;
      RedesDigest digest = { { 0 } };

      g_test_message ("%u bits", rows[i].bits);
      g_assert_cmpint (identity != NULL, ==, rows[i].accepted);
      if (!rows[i].accepted)
        {
          g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_KEY);
          continue;
        }

      signature = redes_identity_sign (identity, LABEL, &digest, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (signature), ==, (rows[i].bits + 7) / 8);
      g_assert_true (redes_public_key_verify (redes_identity_get_public_key (identity), LABEL,
                                              &digest, g_bytes_get_data (signature, NULL),
                                              g_bytes_get_size (signature)));
    }
}

/* ---- The file ---- */

typedef struct
{
  char *folder;
  char *inner;
  char *path;
} Place;

static void
place_set_up (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("redes-identity-XXXXXX", &error);
  g_assert_no_error (error);
  place->inner = g_build_filename (place->folder, "new folder", NULL);
  place->path = g_build_filename (place->inner, "identity.pem", NULL);
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
place_tear_down (Place *place, gconstpointer unused)
{
  g_chmod (place->inner, 0700);
  g_remove (place->path);
  g_remove (place->inner);
  g_assert_cmpint (g_remove (place->folder), ==, 0);
  g_free (place->path);
  g_free (place->inner);
  g_free (place->folder);
}

static guint
mode_of (const char *path)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  return info.st_mode & 0777;
}

static void
test_file_lasts (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesIdentity) made = NULL;
  g_autoptr (RedesIdentity) loaded = NULL;
  g_autoptr (GBytes) signature = NULL;
  RedesDigest digest = { { 7 } };

  made = redes_identity_load_or_create (place->path, BITS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mode_of (place->path), ==, 0600);
  g_assert_cmpuint (mode_of (place->inner), ==, 0700);
  g_assert_cmpuint (count_entries (place->inner), ==, 1);

  loaded = redes_identity_load_or_create (place->path, BITS, &error);
  g_assert_no_error (error);
  g_assert_true (
      redes_digest_equal (redes_identity_get_peer_id (made), redes_identity_get_peer_id (loaded)));

  signature = redes_identity_sign (loaded, LABEL, &digest, &error);
  g_assert_no_error (error);
  g_assert_true (redes_public_key_verify (redes_identity_get_public_key (made), LABEL, &digest,
                                          g_bytes_get_data (signature, NULL),
                                          g_bytes_get_size (signature)));
}

static void
test_file_open_to_others (Place *place, gconstpointer unused)
{
  static const int modes[] = { 0640, 0604, 0620, 0602, 0666, 0644 };
  g_autoptr (RedesIdentity) made = redes_identity_load_or_create (place->path, BITS, NULL);

  g_assert_nonnull (made);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *cure = g_strconcat ("may be read by others: chmod 600 ", place->path, NULL);

      g_assert_cmpint (g_chmod (place->path, modes[i]), ==, 0);
      g_assert_null (redes_identity_load_or_create (place->path, BITS, &error));
      g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE);
      g_assert_nonnull (strstr (error->message, cure));
    }
}

/* Puts @content there, expects a refusal, and expects to find @content untouched. */
static void
assert_content_refused (const Place *place, const char *content, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  gsize after_len;

  g_assert_true (g_file_set_contents_full (place->path, content, (gssize)len,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  g_assert_null (redes_identity_load_or_create (place->path, BITS, &error));
  g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, place->path));

  g_assert_true (g_file_get_contents (place->path, &after, &after_len, NULL));
  g_assert_cmpmem (after, after_len, content, len);
}

/*
 * One wrong digit in one of the key's numbers. Three of them (dP, dQ, qInv) follow from the others
 * and are worked out anew, so damage there may go unnoticed: but then it is the same key, and
 * whole.
 */
static void
test_wrong_digits (const Place *place, char *pem, gsize len, const RedesPeerId *id)
{
  guint n_refused = 0;

  for (gsize at = 100; at < len - 100; at += 71)
    {
      g_autoptr (RedesIdentity) identity = NULL;
      g_autoptr (GBytes) signature = NULL;
      RedesDigest digest = { { 1 } };
      char saved = pem[at];

      if (pem[at] == '\n')
        continue;
      pem[at] = pem[at] == 'A' ? 'B' : 'A';
      g_assert_true (g_file_set_contents_full (place->path, pem, (gssize)len,
                                               G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
      pem[at] = saved;

      identity = redes_identity_load_or_create (place->path, BITS, NULL);
      if (identity == NULL)
        {
          n_refused++;
          continue;
        }
      g_assert_true (redes_digest_equal (redes_identity_get_peer_id (identity), id));
      signature = redes_identity_sign (identity, LABEL, &digest, NULL);
      g_assert_nonnull (signature);
    }

  g_assert_cmpuint (n_refused, >, 10);
}

static void
test_file_damaged (Place *place, gconstpointer unused)
{
  static const char ed25519_pem[]
      = "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
        "-----END PRIVATE KEY-----\n";
  g_autoptr (RedesIdentity) made = redes_identity_load_or_create (place->path, BITS, NULL);
  g_autofree char *pem = NULL;
  g_autofree char *large = g_malloc0 (200000);
  gsize len;

  g_assert_nonnull (made);
  g_assert_true (g_file_get_contents (place->path, &pem, &len, NULL));

  assert_content_refused (place, "", 0);
  assert_content_refused (place, "hello\n", 6);
  assert_content_refused (place, ed25519_pem, strlen (ed25519_pem));
  assert_content_refused (place, large, 200000);
  for (gsize cut = 1; cut < len - 30; cut += 97)
    assert_content_refused (place, pem, cut);

  test_wrong_digits (place, pem, len, redes_identity_get_peer_id (made));
}

static void
test_file_small_key (Place *place, gconstpointer unused)
{
  gnutls_x509_privkey_t key;
  gnutls_datum_t pem = { NULL, 0 };

  g_assert_cmpint (g_mkdir (place->inner, 0700), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, 1024, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  assert_content_refused (place, (const char *)pem.data, pem.size);
  gnutls_free (pem.data);
  gnutls_x509_privkey_deinit (key);
}

/* The older form, "BEGIN RSA PRIVATE KEY". */
static void
test_file_pkcs1 (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesIdentity) identity = NULL;
  gnutls_x509_privkey_t key;
  gnutls_datum_t pem = { NULL, 0 };
  guint8 key_id[REDES_DIGEST_SIZE];
  size_t key_id_size = sizeof key_id;

  g_assert_cmpint (g_mkdir (place->inner, 0700), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, BITS, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  g_assert_true (g_str_has_prefix ((const char *)pem.data, "-----BEGIN RSA PRIVATE KEY"));
  g_assert_true (g_file_set_contents_full (place->path, (const char *)pem.data, (gssize)pem.size,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));

  identity = redes_identity_load_or_create (place->path, BITS, &error);
  g_assert_no_error (error);

  /* GnuTLS calls SHA-256 of the SubjectPublicKeyInfo a key id: what a peer id is. */
  g_assert_cmpint (
      gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, key_id, &key_id_size), ==, 0);
  g_assert_cmpmem (redes_identity_get_peer_id (identity)->bytes, REDES_DIGEST_SIZE, key_id,
                   key_id_size);

  gnutls_free (pem.data);
  gnutls_x509_privkey_deinit (key);
}

static void
test_file_is_no_file (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  /* A folder, then a pipe that nobody writes to. */
  g_assert_null (redes_identity_load_or_create (place->folder, BITS, &error));
  g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE);
  g_clear_error (&error);

  g_assert_cmpint (g_mkdir (place->inner, 0700), ==, 0);
  g_assert_cmpint (mkfifo (place->path, 0600), ==, 0);
  g_assert_null (redes_identity_load_or_create (place->path, BITS, &error));
  g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE);
}

static void
test_file_folder_is_a_file (Place *place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (place->inner, "x", 1, NULL));
  g_assert_null (redes_identity_load_or_create (place->path, BITS, &error));
  g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE);
}

static gpointer
load_in_thread (gpointer path)
{
  return redes_identity_load_or_create (path, BITS, NULL);
}

static void
test_file_two_at_once (Place *place, gconstpointer unused)
{
  GThread *threads[4];
  RedesIdentity *identities[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("start", load_in_thread, place->path);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    identities[i] = g_thread_join (threads[i]);

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_assert_nonnull (identities[i]);
      g_assert_true (redes_digest_equal (redes_identity_get_peer_id (identities[0]),
                                         redes_identity_get_peer_id (identities[i])));
    }
  g_assert_cmpuint (count_entries (place->inner), ==, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    redes_identity_unref (identities[i]);
}

#define ADD_FILE_TEST(name, func)                                                                  \
  g_test_add ("/identity/file/" name, Place, NULL, place_set_up, func, place_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/identity/sign", test_sign);
  g_test_add_func ("/identity/key-sizes", test_key_sizes);
  ADD_FILE_TEST ("lasts", test_file_lasts);
  ADD_FILE_TEST ("open-to-others", test_file_open_to_others);
  ADD_FILE_TEST ("damaged", test_file_damaged);
  ADD_FILE_TEST ("small-key", test_file_small_key);
  ADD_FILE_TEST ("pkcs1", test_file_pkcs1);
  ADD_FILE_TEST ("is-no-file", test_file_is_no_file);
  ADD_FILE_TEST ("folder-is-a-file", test_file_folder_is_a_file);
  ADD_FILE_TEST ("two-at-once", test_file_two_at_once);

  return g_test_run ();
}

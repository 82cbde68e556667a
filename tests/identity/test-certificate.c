/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/certificate.h"
#include "engine/identity/identity.h"

#include <gnutls/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#define BITS 2048

static RedesIdentity *
new_identity (void)
{
  g_autoptr (GError) error = NULL;
  RedesIdentity *identity = redes_identity_new (BITS, &error);

  g_assert_no_error (error);
  g_assert_nonnull (identity);

  return identity;
}

static void
get_chain (RedesIdentity *identity, gnutls_datum_t chain[2])
{
  gnutls_certificate_credentials_t credentials = redes_identity_get_credentials (identity);

  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (gnutls_certificate_get_crt_raw (credentials, 0, i, &chain[i]), ==, 0);
}

static void
assert_chain_refused (const gnutls_datum_t *chain, guint n)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (redes_identity_check_chain (chain, n, &error));
  g_assert_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_CERTIFICATE);
}

static void
test_chain_own (void)
{
  g_autoptr (RedesIdentity) identity = new_identity ();
  g_autoptr (RedesPublicKey) key = NULL;
  g_autoptr (GError) error = NULL;
  gnutls_datum_t chain[2];

  get_chain (identity, chain);
  key = redes_identity_check_chain (chain, 2, &error);
  g_assert_no_error (error);
  g_assert_true (redes_digest_equal (redes_public_key_get_peer_id (key),
                                     redes_identity_get_peer_id (identity)));
  g_assert_true (
      g_bytes_equal (redes_public_key_get_spki (key),
                     redes_public_key_get_spki (redes_identity_get_public_key (identity))));
}

static void
test_chain_shapes (void)
{
  g_autoptr (RedesIdentity) identity = new_identity ();
  g_autoptr (RedesIdentity) other = new_identity ();
  g_autofree guint8 *zeroes = g_malloc0 (100000);
  gnutls_datum_t own[2];
  gnutls_datum_t others[2];
  gnutls_datum_t empty = { NULL, 0 };
  gnutls_datum_t large = { zeroes, 100000 };

  get_chain (identity, own);
  get_chain (other, others);

  assert_chain_refused (NULL, 0);
  assert_chain_refused (own, 1);
  assert_chain_refused ((gnutls_datum_t[]){ own[0], own[1], own[1] }, 3);
  assert_chain_refused ((gnutls_datum_t[]){ own[1], own[0] }, 2);
  assert_chain_refused ((gnutls_datum_t[]){ own[1], own[1] }, 2);
  assert_chain_refused ((gnutls_datum_t[]){ own[0], own[0] }, 2);
  assert_chain_refused ((gnutls_datum_t[]){ own[0], empty }, 2);
  assert_chain_refused ((gnutls_datum_t[]){ empty, own[1] }, 2);
  assert_chain_refused ((gnutls_datum_t[]){ own[0], large }, 2);

  /* Somebody else's TLS key: both issuers are called the same. */
  assert_chain_refused ((gnutls_datum_t[]){ others[0], own[1] }, 2);
  assert_chain_refused ((gnutls_datum_t[]){ own[0], others[1] }, 2);
}

static void
test_chain_tampered (void)
{
  g_autoptr (RedesIdentity) identity = new_identity ();
  gnutls_datum_t own[2];

  get_chain (identity, own);
  for (guint which = 0; which < 2; which++)
    for (gsize at = 0; at < own[which].size; at += 7)
      {
        g_autofree guint8 *copy = g_memdup2 (own[which].data, own[which].size);
        gnutls_datum_t chain[2] = { own[0], own[1] };

        copy[at] ^= 1;
        chain[which].data = copy;
        assert_chain_refused (chain, 2);
      }

  for (guint which = 0; which < 2; which++)
    for (guint cut = 1; cut < own[which].size; cut += 31)
      {
        g_autofree guint8 *copy = g_memdup2 (own[which].data, cut);
        gnutls_datum_t chain[2] = { own[0], own[1] };

        chain[which].data = copy;
        chain[which].size = cut;
        assert_chain_refused (chain, 2);
      }
}

/* A chain that somebody else's program may have made. */
typedef struct
{
  const char *what;
  gnutls_pk_algorithm_t tls_algorithm;
  guint tls_bits;
  guint identity_bits;
  gboolean is_authority;
  time_t not_before;
  time_t not_after;
  gboolean accepted;
} ChainRow;

static gnutls_x509_crt_t
make_certificate (const ChainRow *row,
                  gnutls_x509_privkey_t key,
                  const char *name,
                  gboolean is_authority,
                  gnutls_x509_crt_t issuer,
                  gnutls_x509_privkey_t issuer_key)
{
  gnutls_x509_crt_t certificate;

  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_version (certificate, 3), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_key (certificate, key), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_serial (certificate, "\1", 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_dn (certificate, name, NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_activation_time (certificate, row->not_before), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_expiration_time (certificate, row->not_after), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_set_basic_constraints (certificate, is_authority, -1), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, issuer != NULL ? issuer : certificate,
                                          issuer_key, GNUTLS_DIG_SHA256, 0),
                   ==, 0);

  return certificate;
}

static void
test_chain_made_by_others (void)
{
  static const ChainRow rows[] = {
    { "usual", GNUTLS_PK_EDDSA_ED25519, 256, 2048, TRUE, 0, 4102444800, TRUE },
    { "long expired", GNUTLS_PK_EDDSA_ED25519, 256, 2048, TRUE, 0, 86400, TRUE },
    { "not valid yet", GNUTLS_PK_EDDSA_ED25519, 256, 2048, TRUE, 4102444800, 4133980800, TRUE },
    { "no authority", GNUTLS_PK_EDDSA_ED25519, 256, 2048, FALSE, 0, 4102444800, FALSE },
    { "a small RSA key", GNUTLS_PK_EDDSA_ED25519, 256, 1024, TRUE, 0, 4102444800, FALSE },
    { "an RSA TLS key", GNUTLS_PK_RSA, 2048, 2048, TRUE, 0, 4102444800, FALSE },
    { "an ECDSA TLS key", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 2048,
      TRUE, 0, 4102444800, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (RedesPublicKey) key = NULL;
      gnutls_x509_privkey_t identity_key;
      gnutls_x509_privkey_t tls_key;
      gnutls_x509_crt_t certificates[2];
      gnutls_datum_t chain[2];

      g_test_message ("%s", rows[i].what);
      g_assert_cmpint (gnutls_x509_privkey_init (&identity_key), ==, 0);
      g_assert_cmpint (gnutls_x509_privkey_init (&tls_key), ==, 0);
      g_assert_cmpint (
          gnutls_x509_privkey_generate (identity_key, GNUTLS_PK_RSA, rows[i].identity_bits, 0), ==,
          0);
      g_assert_cmpint (
          gnutls_x509_privkey_generate (tls_key, rows[i].tls_algorithm, rows[i].tls_bits, 0), ==,
          0);
      certificates[1] = make_certificate (&rows[i], identity_key, "CN=Somebody",
                                          rows[i].is_authority, NULL, identity_key);
      certificates[0]
          = make_certificate (&rows[i], tls_key, "CN=Key", FALSE, certificates[1], identity_key);
      for (guint c = 0; c < 2; c++)
        g_assert_cmpint (gnutls_x509_crt_export2 (certificates[c], GNUTLS_X509_FMT_DER, &chain[c]),
                         ==, 0);

      key = redes_identity_check_chain (chain, 2, NULL);
      g_assert_cmpint (key != NULL, ==, rows[i].accepted);

      for (guint c = 0; c < 2; c++)
        {
          gnutls_free (chain[c].data);
          gnutls_x509_crt_deinit (certificates[c]);
        }
      gnutls_x509_privkey_deinit (tls_key);
      gnutls_x509_privkey_deinit (identity_key);
    }
}

/* ---- A real handshake ---- */

typedef struct
{
  gnutls_certificate_credentials_t credentials;
  guint flags;
  int fd;
  int result;
  RedesPublicKey *peer;
  GError *error;
} End;

/* One byte each way after the handshake: in TLS 1.3 only then does the client know that its own
 * certificate was taken. */
static int
exchange_byte (gnutls_session_t session)
{
  char byte = 'x';
  ssize_t n;

  n = gnutls_record_send (session, &byte, 1);
  if (n == 1)
    n = gnutls_record_recv (session, &byte, 1);

  return n == 1 ? 0 : -1;
}

static gpointer
run_end (gpointer data)
{
  End *end = data;
  gnutls_session_t session;

  g_assert_cmpint (gnutls_init (&session, end->flags), ==, 0);
  g_assert_cmpint (gnutls_priority_set_direct (session, "NORMAL:-VERS-ALL:+VERS-TLS1.3", NULL), ==,
                   0);
  g_assert_cmpint (gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, end->credentials), ==,
                   0);
  if (end->flags & GNUTLS_SERVER)
    gnutls_certificate_server_set_request (session, GNUTLS_CERT_REQUIRE);
  gnutls_transport_set_int (session, end->fd);
  gnutls_handshake_set_timeout (session, 20000);

  do
    end->result = gnutls_handshake (session);
  while (end->result < 0 && !gnutls_error_is_fatal (end->result));

  if (end->result == 0)
    {
      unsigned int n = 0;
      const gnutls_datum_t *chain = gnutls_certificate_get_peers (session, &n);

      end->peer = redes_identity_check_chain (chain, n, &end->error);
      g_assert_cmpint (gnutls_protocol_get_version (session), ==, GNUTLS_TLS1_3);
      end->result = exchange_byte (session);
    }

  gnutls_deinit (session);
  shutdown (end->fd, SHUT_RDWR);

  return NULL;
}

static void
shake_hands (End *server, End *client)
{
  int fds[2];
  GThread *thread;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  server->fd = fds[0];
  server->flags = GNUTLS_SERVER | GNUTLS_NO_SIGNAL;
  client->fd = fds[1];
  client->flags = GNUTLS_CLIENT | GNUTLS_NO_SIGNAL;

  thread = g_thread_new ("server", run_end, server);
  run_end (client);
  g_thread_join (thread);
  close (fds[0]);
  close (fds[1]);
}

static void
test_handshake (void)
{
  g_autoptr (RedesIdentity) alice = new_identity ();
  g_autoptr (RedesIdentity) bob = new_identity ();
  End server = { redes_identity_get_credentials (alice) };
  End client = { redes_identity_get_credentials (bob) };

  shake_hands (&server, &client);

  g_assert_cmpint (server.result, ==, 0);
  g_assert_cmpint (client.result, ==, 0);
  g_assert_no_error (server.error);
  g_assert_no_error (client.error);
  g_assert_true (redes_digest_equal (redes_public_key_get_peer_id (server.peer),
                                     redes_identity_get_peer_id (bob)));
  g_assert_true (redes_digest_equal (redes_public_key_get_peer_id (client.peer),
                                     redes_identity_get_peer_id (alice)));
  redes_public_key_unref (server.peer);
  redes_public_key_unref (client.peer);
}

static void
test_handshake_without_certificate (void)
{
  g_autoptr (RedesIdentity) alice = new_identity ();
  gnutls_certificate_credentials_t nothing;
  End server = { redes_identity_get_credentials (alice) };
  End client = { NULL };

  g_assert_cmpint (gnutls_certificate_allocate_credentials (&nothing), ==, 0);
  client.credentials = nothing;
  shake_hands (&server, &client);

  g_assert_cmpint (server.result, <, 0);
  g_assert_cmpint (client.result, <, 0);
  g_assert_null (server.peer);
  g_clear_pointer (&client.peer, redes_public_key_unref);
  gnutls_certificate_free_credentials (nothing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/certificate/chain/own", test_chain_own);
  g_test_add_func ("/certificate/chain/shapes", test_chain_shapes);
  g_test_add_func ("/certificate/chain/tampered", test_chain_tampered);
  g_test_add_func ("/certificate/chain/made-by-others", test_chain_made_by_others);
  g_test_add_func ("/certificate/handshake", test_handshake);
  g_test_add_func ("/certificate/handshake/without-certificate",
                   test_handshake_without_certificate);

  return g_test_run ();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-many.h"

#include "engine/identity/identity-private.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmp.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <nettle/bignum.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PRIME_BITS 1024
#define PUBLIC_EXPONENT 65537
#define PAUSE_US 2000

static void
fill_with_random (void *context, size_t length, uint8_t *data)
{
  g_assert_cmpint (gnutls_rnd (GNUTLS_RND_NONCE, data, length), >=, 0);
}

static gnutls_datum_t
to_datum (const mpz_t number)
{
  gnutls_datum_t datum;

  datum.size = nettle_mpz_sizeinbase_256_s (number);
  datum.data = g_malloc (datum.size);
  nettle_mpz_get_str_256 (datum.size, datum.data, number);
  return datum;
}

static RedesIdentity *
new_identity (const mpz_t p, const mpz_t q)
{
  mpz_t n, e, d, u, p_less, q_less, phi;
  gnutls_datum_t parts[6];
  gnutls_x509_privkey_t key;
  RedesIdentity *identity;
  g_autoptr (GError) error = NULL;

  mpz_inits (n, e, d, u, p_less, q_less, phi, NULL);
  mpz_mul (n, p, q);
  mpz_set_ui (e, PUBLIC_EXPONENT);
  mpz_sub_ui (p_less, p, 1);
  mpz_sub_ui (q_less, q, 1);
  mpz_lcm (phi, p_less, q_less);
  g_assert_cmpint (mpz_invert (d, e, phi), !=, 0);
  g_assert_cmpint (mpz_invert (u, q, p), !=, 0);
  parts[0] = to_datum (n);
  parts[1] = to_datum (e);
  parts[2] = to_datum (d);
  parts[3] = to_datum (p);
  parts[4] = to_datum (q);
  parts[5] = to_datum (u);
  mpz_clears (n, e, d, u, p_less, q_less, phi, NULL);

  gnutls_x509_privkey_init (&key);
  g_assert_cmpint (gnutls_x509_privkey_import_rsa_raw (key, &parts[0], &parts[1], &parts[2],
                                                       &parts[3], &parts[4], &parts[5]),
                   >=, 0);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_free (parts[i].data);
  identity = redes_identity_new_from_key (key, &error);
  g_assert_no_error (error);
  gnutls_x509_privkey_deinit (key);
  return identity;
}

GPtrArray *
hostile_identities_new (guint n)
{
  GPtrArray *identities = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_identity_unref);
  guint n_primes = 2;
  mpz_t *primes;

  while (n_primes * (n_primes - 1) / 2 < n)
    n_primes++;
  primes = g_new (mpz_t, n_primes);
  for (guint i = 0; i < n_primes; i++)
    {
      mpz_init (primes[i]);
      nettle_random_prime (primes[i], PRIME_BITS, 1, NULL, fill_with_random, NULL, NULL);
    }
  for (guint i = 0; i < n_primes; i++)
    for (guint j = 0; j < i && identities->len < n; j++)
      g_ptr_array_add (identities, new_identity (primes[i], primes[j]));
  for (guint i = 0; i < n_primes; i++)
    mpz_clear (primes[i]);
  g_free (primes);
  return identities;
}

static int
connect_from (const char *from, guint16 port, guint receive_bytes)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval timeout = { .tv_sec = HOSTILE_TIMEOUT_MS / 1000 };
  struct sockaddr_in source = { .sin_family = AF_INET };
  struct sockaddr_in target = { .sin_family = AF_INET,
                                .sin_port = g_htons (port),
                                .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int size = (int)receive_bytes;

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (size != 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  g_assert_cmpint (inet_pton (AF_INET, from, &source.sin_addr), ==, 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&source, sizeof source), ==, 0);
  if (connect (fd, (struct sockaddr *)&target, sizeof target) == 0)
    return fd;
  close (fd);
  return -1;
}

gboolean
hostile_connect_from (HostileLink *self, const char *from, guint16 port, guint receive_bytes)
{
  *self = (HostileLink){ .fd = connect_from (from, port, receive_bytes) };
  return self->fd >= 0;
}

gboolean
hostile_open_from (
    HostileLink *self, RedesIdentity *identity, const char *from, guint16 port, guint receive_bytes)
{
  g_autoptr (GBytes) hello = NULL;
  guint8 type = 0;

  if (!hostile_connect_from (self, from, port, receive_bytes)
      || !hostile_shake_hands (self, identity, HOSTILE_CHAIN_OWN, FALSE, NULL)
      || !hostile_send_hello (self))
    return FALSE;
  hello = hostile_read (self, &type);
  return hello != NULL && type == REDES_MESSAGE_HELLO;
}

gboolean
hostile_send_header (HostileLink *self, guint8 type, gsize body_bytes)
{
  guint8 header[REDES_FRAME_HEADER_SIZE];
  guint32 length = GUINT32_TO_BE ((guint32)body_bytes + 1);

  memcpy (header, &length, sizeof length);
  header[4] = type;
  return hostile_send (self, header, sizeof header);
}

gsize
hostile_send_zeroes (HostileLink *self, gsize len)
{
  static const guint8 zeroes[16384];
  int flags = fcntl (self->fd, F_GETFL);
  gsize sent = 0;

  fcntl (self->fd, F_SETFL, flags | O_NONBLOCK);
  while (sent < len)
    {
      gssize n = gnutls_record_send (self->session, zeroes, MIN (sizeof zeroes, len - sent));
      struct pollfd writable = { .fd = self->fd, .events = POLLOUT };

      if (n > 0)
        sent += n;
      /* The other side may only be busy: it has a moment for each piece. */
      else if (n != GNUTLS_E_INTERRUPTED && (n != GNUTLS_E_AGAIN || poll (&writable, 1, 100) <= 0))
        break;
    }
  fcntl (self->fd, F_SETFL, flags);
  return sent;
}

gboolean
hostile_is_ended (HostileLink *self)
{
  guint8 buffer[16384];
  struct pollfd readable = { .fd = self->fd, .events = POLLIN };
  gssize n = GNUTLS_E_AGAIN;

  while (gnutls_record_check_pending (self->session) > 0 || poll (&readable, 1, 0) > 0)
    {
      n = gnutls_record_recv (self->session, buffer, sizeof buffer);
      if (n <= 0 && n != GNUTLS_E_INTERRUPTED && n != GNUTLS_E_AGAIN)
        return TRUE;
    }
  return FALSE;
}

struct _HostileSilence
{
  char **from;
  guint16 port;
  guint n;
  int *sockets;
  gint n_tried;
  gint stopping;
  GThread *thread;
};

static gboolean
is_open (int fd)
{
  char byte;

  return fd >= 0 && (recv (fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
}

static gpointer
keep_silent (gpointer data)
{
  HostileSilence *self = data;
  guint n_from = g_strv_length (self->from);

  for (guint i = 0; !g_atomic_int_get (&self->stopping); i = (i + 1) % self->n)
    {
      if (!is_open (self->sockets[i]))
        {
          if (self->sockets[i] >= 0)
            close (self->sockets[i]);
          self->sockets[i] = connect_from (self->from[i % n_from], self->port, 0);
        }
      g_atomic_int_inc (&self->n_tried);
      if (g_atomic_int_get (&self->n_tried) > (gint)self->n)
        g_usleep (PAUSE_US);
    }
  return NULL;
}

HostileSilence *
hostile_silence_new (const char *const *from, guint16 port, guint n)
{
  HostileSilence *self = g_new0 (HostileSilence, 1);

  self->from = g_strdupv ((char **)from);
  self->port = port;
  self->n = n;
  self->sockets = g_new (int, n);
  memset (self->sockets, -1, n * sizeof (int));
  self->thread = g_thread_new ("silence", keep_silent, self);
  while (g_atomic_int_get (&self->n_tried) < (gint)n)
    g_usleep (PAUSE_US);
  return self;
}

void
hostile_silence_free (HostileSilence *self)
{
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->n; i++)
    if (self->sockets[i] >= 0)
      close (self->sockets[i]);
  g_strfreev (self->from);
  g_free (self->sockets);
  g_free (self);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-tls MIB
 *
 * The reference that downloads are held against: a bare GnuTLS stream, TLS 1.3 with AES-128-GCM,
 * between two threads over a TCP connection on loopback, in records of 16 KiB, with nothing read
 * from disk, verified or written. Prints "BYTES SECONDS CPU-SECONDS", without the handshake.
 */

#include "engine/identity/identity.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECORD_BYTES 16384
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM"
#define MAX_MIB (1024u * 1024)

typedef struct
{
  RedesIdentity *identity;
  int fd;
  guint64 size_bytes;
} Sender;

static void
die (const char *what, const char *why)
{
  fprintf (stderr, "bench-tls: %s: %s\n", what, why);
  exit (1);
}

static void
check_tls (int rc, const char *what)
{
  if (rc < 0)
    die (what, gnutls_strerror (rc));
}

/* The two ends of one TCP connection on loopback. */
static void
connect_pair (int *client, int *server)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (listener < 0 || bind (listener, (struct sockaddr *)&address, size) != 0
      || listen (listener, 1) != 0
      || getsockname (listener, (struct sockaddr *)&address, &size) != 0)
    die ("cannot listen on loopback", g_strerror (errno));
  *client = socket (AF_INET, SOCK_STREAM, 0);
  if (*client < 0 || connect (*client, (struct sockaddr *)&address, size) != 0)
    die ("cannot connect to loopback", g_strerror (errno));
  *server = accept (listener, NULL, NULL);
  if (*server < 0)
    die ("cannot accept", g_strerror (errno));
  close (listener);
}

static gnutls_session_t
begin_session (RedesIdentity *identity, int fd, guint role)
{
  gnutls_session_t session;
  int rc;

  check_tls (gnutls_init (&session, role), "gnutls_init");
  check_tls (gnutls_priority_set_direct (session, PRIORITY, NULL), PRIORITY);
  check_tls (gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE,
                                     redes_identity_get_credentials (identity)),
             "gnutls_credentials_set");
  gnutls_transport_set_int (session, fd);
  do
    rc = gnutls_handshake (session);
  while (rc < 0 && !gnutls_error_is_fatal (rc));
  check_tls (rc, "gnutls_handshake");
  if (gnutls_cipher_get (session) != GNUTLS_CIPHER_AES_128_GCM)
    die ("the cipher", "is not AES-128-GCM");
  return session;
}

static void
end_session (gnutls_session_t session, int fd)
{
  gnutls_deinit (session);
  close (fd);
}

static gpointer
run_sender (gpointer data)
{
  Sender *self = data;
  gnutls_session_t session = begin_session (self->identity, self->fd, GNUTLS_SERVER);
  guint8 record[RECORD_BYTES];

  memset (record, 'r', sizeof record);
  for (guint64 left = self->size_bytes; left > 0;)
    {
      gssize n = gnutls_record_send (session, record, MIN (left, sizeof record));

      if (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN)
        continue;
      check_tls ((int)MIN (n, 0), "gnutls_record_send");
      left -= (guint64)n;
    }
  end_session (session, self->fd);
  return NULL;
}

static void
receive_all (gnutls_session_t session, guint64 size_bytes)
{
  guint8 record[RECORD_BYTES];

  for (guint64 left = size_bytes; left > 0;)
    {
      gssize n = gnutls_record_recv (session, record, sizeof record);

      if (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN)
        continue;
      if (n == 0)
        die ("gnutls_record_recv", "the stream ended early");
      check_tls ((int)MIN (n, 0), "gnutls_record_recv");
      left -= (guint64)n;
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (RedesIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  Sender sender = { 0 };
  GThread *thread;
  gnutls_session_t session;
  guint64 size_mib = 0;
  gint64 start_us;
  gint64 end_us;
  clock_t start_cpu;
  clock_t end_cpu;
  int fd;

  if (argc != 2 || !g_ascii_string_to_unsigned (argv[1], 10, 1, MAX_MIB, &size_mib, NULL))
    {
      fprintf (stderr, "Usage: bench-tls MIB\n");
      return 2;
    }
  identity = redes_identity_new (2048, &error);
  if (identity == NULL)
    die ("no identity", error->message);

  connect_pair (&fd, &sender.fd);
  sender.identity = identity;
  sender.size_bytes = size_mib * 1024 * 1024;
  thread = g_thread_new ("sender", run_sender, &sender);
  session = begin_session (identity, fd, GNUTLS_CLIENT);
  start_cpu = clock ();
  start_us = g_get_monotonic_time ();
  receive_all (session, sender.size_bytes);
  end_us = g_get_monotonic_time ();
  end_cpu = clock ();
  g_thread_join (thread);
  end_session (session, fd);

  printf ("%" G_GUINT64_FORMAT " %.6f %.6f\n", sender.size_bytes,
          (gdouble)(end_us - start_us) / G_USEC_PER_SEC,
          (gdouble)(end_cpu - start_cpu) / CLOCKS_PER_SEC);
  return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/tls-stream.h"

#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/identity/certificate.h"
#include "engine/net/error.h"
#include "engine/platform/socket-io.h"

#include <errno.h>
#include <gio/gnetworking.h>
#include <gnutls/gnutls.h>
#include <string.h>

/*
 * Encrypted bytes on their way in and out. Several records fit, so that one system call moves many;
 * the memory is borrowed from the spare buffers only while there is something in it, for a tracker
 * has thousands of quiet connections.
 */
#define STAGE_BYTES (128u * 1024)
/* What one record takes at the most: 16 KiB, header, type, tag, and room to spare. */
#define RECORD_ROOM 17408u
#define MAX_PLAINTEXT 16384u

/* GnuTLS by itself would take SECP256R1, with which a peer that comes costs a tracker a quarter
 * more time than with X25519. */
#define PRIORITY                                                                                   \
  "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305"         \
  ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-SECP521R1:+GROUP-X448"

typedef struct
{
  guint8 *bytes;
  gsize start;
  gsize end;
} Stage;

struct _RedesTlsStream
{
  GSocket *socket;
  RedesIdentity *identity;
  RedesPublicKey *remote;
  gnutls_session_t session;
  Stage in;
  Stage out;
  guint64 bytes_out;
  gboolean is_cut; /* nothing more can come from the socket */
};

static void
stage_prepare (Stage *stage)
{
  if (stage->bytes == NULL)
    stage->bytes = redes_buffer_alloc (STAGE_BYTES);
}

static void
stage_release (Stage *stage)
{
  if (stage->bytes != NULL)
    redes_buffer_free (stage->bytes, STAGE_BYTES);
  *stage = (Stage){ 0 };
}

static ssize_t
pull (gnutls_transport_ptr_t pointer, void *buffer, size_t len)
{
  RedesTlsStream *self = pointer;
  gsize n;

  if (self->in.start == self->in.end)
    {
      gssize received;

      stage_prepare (&self->in);
      received = redes_socket_receive (self->socket, self->in.bytes, STAGE_BYTES);
      if (received <= 0)
        {
          int saved_errno = errno;

          stage_release (&self->in);
          self->is_cut = received == 0 || (saved_errno != EAGAIN && saved_errno != EWOULDBLOCK);
          if (received < 0)
            gnutls_transport_set_errno (self->session,
                                        saved_errno == EWOULDBLOCK ? EAGAIN : saved_errno);
          return received;
        }
      self->in.start = 0;
      self->in.end = received;
    }
  n = MIN (len, self->in.end - self->in.start);
  memcpy (buffer, self->in.bytes + self->in.start, n);
  self->in.start += n;
  if (self->in.start == self->in.end)
    stage_release (&self->in);
  return n;
}

static ssize_t
push (gnutls_transport_ptr_t pointer, const void *data, size_t len)
{
  RedesTlsStream *self = pointer;
  gsize n;

  stage_prepare (&self->out);
  n = MIN (len, STAGE_BYTES - self->out.end);
  if (n == 0)
    {
      gnutls_transport_set_errno (self->session, EAGAIN);
      return -1;
    }
  memcpy (self->out.bytes + self->out.end, data, n);
  self->out.end += n;
  return n;
}

static gnutls_priority_t
get_priority (void)
{
  static gnutls_priority_t priority;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      int rc = gnutls_priority_init (&priority, PRIORITY, NULL);

      if (rc < 0)
        g_error ("GnuTLS refuses “%s”: %s", PRIORITY, gnutls_strerror (rc));
      g_once_init_leave (&once, 1);
    }
  return priority;
}

static void
set_gnutls_error (GError **error, RedesNoticeCode what, int rc)
{
  redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_TLS, what,
                   redes_notice_arg_take (redes_notice_new_of_gnutls (rc)));
}

RedesTlsStream *
redes_tls_stream_new (GSocket *socket, RedesIdentity *identity, gboolean server, GError **error)
{
  static const gnutls_datum_t protocol = { (guint8 *)"redes/1", 7 };
  RedesTlsStream *self = g_new0 (RedesTlsStream, 1);
  guint flags = GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS | GNUTLS_KEY_SHARE_TOP | GNUTLS_NO_SIGNAL;
  int rc;

  self->socket = g_object_ref (socket);
  self->identity = redes_identity_ref (identity);
  flags |= server ? GNUTLS_SERVER : GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT;
  rc = gnutls_init (&self->session, flags);
  if (rc >= 0)
    rc = gnutls_priority_set (self->session, get_priority ());
  if (rc >= 0)
    rc = gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE,
                                 redes_identity_get_credentials (identity));
  if (rc >= 0)
    rc = gnutls_alpn_set_protocols (self->session, &protocol, 1, GNUTLS_ALPN_MANDATORY);
  if (rc < 0)
    {
      set_gnutls_error (error, REDES_NOTICE_TLS_NO_START, rc);
      redes_tls_stream_free (self);
      return NULL;
    }
  if (server)
    gnutls_certificate_server_set_request (self->session, GNUTLS_CERT_REQUIRE);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_pull_function (self->session, pull);
  gnutls_transport_set_push_function (self->session, push);
  /* The channel has a timer of its own. */
  gnutls_handshake_set_timeout (self->session, 0);
  return self;
}

void
redes_tls_stream_free (RedesTlsStream *self)
{
  if (self == NULL)
    return;
  if (self->session != NULL)
    gnutls_deinit (self->session);
  stage_release (&self->in);
  stage_release (&self->out);
  g_clear_pointer (&self->remote, redes_public_key_unref);
  redes_identity_unref (self->identity);
  g_object_unref (self->socket);
  g_free (self);
}

RedesTlsStatus
redes_tls_stream_flush (RedesTlsStream *self, GError **error)
{
  while (self->out.start < self->out.end)
    {
      gssize n = redes_socket_send (self->socket, self->out.bytes + self->out.start,
                                    self->out.end - self->out.start);

      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return REDES_TLS_BLOCKED;
      if (n < 0)
        {
          redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED,
                           REDES_NOTICE_CONNECTION_BROKE, redes_notice_arg_errno (errno));
          return REDES_TLS_FAILED;
        }
      self->out.start += n;
      self->bytes_out += n;
    }
  stage_release (&self->out);
  return REDES_TLS_OK;
}

static RedesTlsStatus
check_remote (RedesTlsStream *self, GError **error)
{
  gnutls_datum_t protocol = { 0 };
  guint n_certificates = 0;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers (self->session, &n_certificates);

  if (gnutls_alpn_get_selected_protocol (self->session, &protocol) < 0)
    {
      redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_TLS, REDES_NOTICE_OTHER_PROTOCOL);
      return REDES_TLS_FAILED;
    }
  self->remote = redes_identity_check_chain (chain, chain != NULL ? n_certificates : 0, error);
  return self->remote != NULL ? REDES_TLS_OK : REDES_TLS_FAILED;
}

RedesTlsStatus
redes_tls_stream_handshake (RedesTlsStream *self, GError **error)
{
  int rc = gnutls_handshake (self->session);
  RedesTlsStatus flushed;

  /* Whatever the handshake came to: what it wrote (an alert, perhaps) goes out. */
  flushed = redes_tls_stream_flush (self, rc < 0 ? NULL : error);
  if (rc >= 0)
    return flushed == REDES_TLS_FAILED ? REDES_TLS_FAILED : check_remote (self, error);
  if (!gnutls_error_is_fatal (rc))
    return REDES_TLS_BLOCKED;
  /* GnuTLS calls a record that ends too early a bad one: whoever was cut off is no offender. */
  if (self->is_cut)
    {
      redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED,
                       REDES_NOTICE_CLOSED_BEFORE_HELLO);
      return REDES_TLS_FAILED;
    }
  set_gnutls_error (error, REDES_NOTICE_TLS_NO_CONNECTION, rc);
  return REDES_TLS_FAILED;
}

RedesPublicKey *
redes_tls_stream_get_remote (RedesTlsStream *self)
{
  return self->remote;
}

RedesTlsStatus
redes_tls_stream_read (
    RedesTlsStream *self, guint8 *buffer, gsize len, gsize *n_read, GError **error)
{
  gssize rc;

  *n_read = 0;
  do
    rc = gnutls_record_recv (self->session, buffer, len);
  while (rc == GNUTLS_E_INTERRUPTED);

  if (rc > 0)
    {
      *n_read = rc;
      return REDES_TLS_OK;
    }
  if (rc == 0)
    return REDES_TLS_CLOSED;
  if (!gnutls_error_is_fatal (rc))
    return REDES_TLS_BLOCKED;
  if (self->is_cut)
    return REDES_TLS_CLOSED;
  set_gnutls_error (error, REDES_NOTICE_TLS_BROKE, rc);
  return REDES_TLS_FAILED;
}

gboolean
redes_tls_stream_has_pending (RedesTlsStream *self)
{
  return self->in.start < self->in.end || gnutls_record_check_pending (self->session) > 0;
}

RedesTlsStatus
redes_tls_stream_write (
    RedesTlsStream *self, const guint8 *data, gsize len, gsize *n_written, GError **error)
{
  gssize rc;

  *n_written = 0;
  /* GnuTLS must never find the stage full: a record is taken whole or not at all. */
  if (self->out.bytes != NULL && STAGE_BYTES - self->out.end < RECORD_ROOM)
    {
      RedesTlsStatus flushed = redes_tls_stream_flush (self, error);

      if (flushed != REDES_TLS_OK)
        return flushed;
    }
  rc = gnutls_record_send (self->session, data, MIN (len, MAX_PLAINTEXT));
  if (rc >= 0)
    {
      *n_written = rc;
      return REDES_TLS_OK;
    }
  if (!gnutls_error_is_fatal (rc))
    return REDES_TLS_BLOCKED;
  set_gnutls_error (error, REDES_NOTICE_TLS_BROKE, rc);
  return REDES_TLS_FAILED;
}

gboolean
redes_tls_stream_wants_write (RedesTlsStream *self)
{
  return self->out.start < self->out.end;
}

guint64
redes_tls_stream_get_bytes_out (RedesTlsStream *self)
{
  return self->bytes_out;
}

guint64
redes_tls_stream_get_bytes_taken (RedesTlsStream *self)
{
  guint64 unsent_bytes;

  /* A socket's own buffer takes a megabyte at a time, so that what leaves this program says little
   * of how fast a slow reader reads. */
  if (redes_socket_get_unsent (self->socket, &unsent_bytes) && unsent_bytes <= self->bytes_out)
    return self->bytes_out - unsent_bytes;
  return self->bytes_out;
}

gsize
redes_tls_stream_get_staged (RedesTlsStream *self)
{
  return self->out.bytes != NULL ? STAGE_BYTES : 0;
}

void
redes_tls_stream_end (RedesTlsStream *self)
{
  gnutls_bye (self->session, GNUTLS_SHUT_WR);
  redes_tls_stream_flush (self, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plain-stream.h"

#include "engine/base/error.h"
#include "engine/net/error.h"
#include "engine/net/tls-stream.h"

#include <errno.h>
#include <sys/socket.h>

/* As much as one record of TLS carries. */
#define MAX_BYTES 16384u

static struct
{
  RedesIdentity *a;
  RedesIdentity *b;
} ends;

struct _RedesTlsStream
{
  GSocket *socket;
  RedesPublicKey *remote;
  guint64 bytes_out;
};

void
plain_stream_set_identities (RedesIdentity *a, RedesIdentity *b)
{
  ends.a = a;
  ends.b = b;
}

RedesTlsStream *
redes_tls_stream_new (GSocket *socket, RedesIdentity *identity, gboolean server, GError **error)
{
  RedesTlsStream *self = g_new0 (RedesTlsStream, 1);

  g_assert (identity == ends.a || identity == ends.b);
  self->socket = g_object_ref (socket);
  self->remote = redes_identity_get_public_key (identity == ends.a ? ends.b : ends.a);
  return self;
}

void
redes_tls_stream_free (RedesTlsStream *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->socket);
  g_free (self);
}

RedesTlsStatus
redes_tls_stream_handshake (RedesTlsStream *self, GError **error)
{
  return REDES_TLS_OK;
}

RedesPublicKey *
redes_tls_stream_get_remote (RedesTlsStream *self)
{
  return self->remote;
}

/* What a call of the socket came to. */
static RedesTlsStatus
judge (gssize n, GError **error)
{
  if (n > 0)
    return REDES_TLS_OK;
  if (n == 0)
    return REDES_TLS_CLOSED;
  if (errno == EAGAIN || errno == EWOULDBLOCK)
    return REDES_TLS_BLOCKED;
  redes_set_error (error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED, REDES_NOTICE_CONNECTION_BROKE,
                   redes_notice_arg_errno (errno));
  return REDES_TLS_FAILED;
}

RedesTlsStatus
redes_tls_stream_read (
    RedesTlsStream *self, guint8 *buffer, gsize len, gsize *n_read, GError **error)
{
  gssize n = recv (g_socket_get_fd (self->socket), buffer, MIN (len, MAX_BYTES), 0);

  *n_read = n > 0 ? (gsize)n : 0;
  return judge (n, error);
}

gboolean
redes_tls_stream_has_pending (RedesTlsStream *self)
{
  return FALSE;
}

RedesTlsStatus
redes_tls_stream_write (
    RedesTlsStream *self, const guint8 *data, gsize len, gsize *n_written, GError **error)
{
  gssize n = send (g_socket_get_fd (self->socket), data, MIN (len, MAX_BYTES), MSG_NOSIGNAL);

  *n_written = n > 0 ? (gsize)n : 0;
  self->bytes_out += *n_written;
  return judge (n, error);
}

RedesTlsStatus
redes_tls_stream_flush (RedesTlsStream *self, GError **error)
{
  return REDES_TLS_OK;
}

gboolean
redes_tls_stream_wants_write (RedesTlsStream *self)
{
  return FALSE;
}

guint64
redes_tls_stream_get_bytes_out (RedesTlsStream *self)
{
  return self->bytes_out;
}

guint64
redes_tls_stream_get_bytes_taken (RedesTlsStream *self)
{
  return self->bytes_out;
}

gsize
redes_tls_stream_get_staged (RedesTlsStream *self)
{
  return 0;
}

void
redes_tls_stream_end (RedesTlsStream *self)
{
  shutdown (g_socket_get_fd (self->socket), SHUT_WR);
}

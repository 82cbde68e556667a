/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/identity.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTlsStream:
 *
 * TLS 1.3 over a non-blocking GSocket, with GnuTLS. GTlsConnection is not used, because it loads
 * the system's trust store for each connection, runs the handshake in a thread, and makes a system
 * call for each record, whereas here one call transfers several. Both ends present the certificate
 * chain [TLS key, identity], which the stream checks. A stream belongs to one thread.
 */
typedef struct _RedesTlsStream RedesTlsStream;

/**
 * RedesTlsStatus:
 * @REDES_TLS_OK: the call has made progress
 * @REDES_TLS_BLOCKED: no progress is possible until the socket is ready: readable for a read,
 *   writable for a write, see redes_tls_stream_wants_write() for a handshake
 * @REDES_TLS_CLOSED: the other side ended the stream
 * @REDES_TLS_FAILED: the error is set
 */
typedef enum
{
  REDES_TLS_OK,
  REDES_TLS_BLOCKED,
  REDES_TLS_CLOSED,
  REDES_TLS_FAILED,
} RedesTlsStatus;

RedesTlsStream *
redes_tls_stream_new (GSocket *socket, RedesIdentity *identity, gboolean server, GError **error);
void redes_tls_stream_free (RedesTlsStream *self);

/* To be called again while it returns BLOCKED, each time when the socket is ready. */
RedesTlsStatus redes_tls_stream_handshake (RedesTlsStream *self, GError **error);

/* (nullable) (transfer none): the identity of the other end; %NULL before the handshake is
 * complete. */
RedesPublicKey *redes_tls_stream_get_remote (RedesTlsStream *self);

/* Reads at most the rest of one record. @n_read: (out): 0 unless OK is returned */
RedesTlsStatus redes_tls_stream_read (
    RedesTlsStream *self, guint8 *buffer, gsize len, gsize *n_read, GError **error);

/* Whether a read would return bytes although the socket may not be readable. */
gboolean redes_tls_stream_has_pending (RedesTlsStream *self);

/* Accepts at most the content of one record; it may stay in the stream until
 * redes_tls_stream_flush(). */
RedesTlsStatus redes_tls_stream_write (
    RedesTlsStream *self, const guint8 *data, gsize len, gsize *n_written, GError **error);

/* Writes encrypted bytes to the socket. Returns: OK when none wait any more */
RedesTlsStatus redes_tls_stream_flush (RedesTlsStream *self, GError **error);

/* Whether encrypted bytes wait for the socket. */
gboolean redes_tls_stream_wants_write (RedesTlsStream *self);

/* The number of encrypted bytes that the socket has accepted so far. */
guint64 redes_tls_stream_get_bytes_out (RedesTlsStream *self);

/* The number of these that the remote's system has acknowledged; on systems that do not report
 * that, as redes_tls_stream_get_bytes_out(). */
guint64 redes_tls_stream_get_bytes_taken (RedesTlsStream *self);

/* The memory in bytes that encrypted output takes. */
gsize redes_tls_stream_get_staged (RedesTlsStream *self);

/* Sends close_notify, unless the socket accepts no bytes now. */
void redes_tls_stream_end (RedesTlsStream *self);

G_END_DECLS

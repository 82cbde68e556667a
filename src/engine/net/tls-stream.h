/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/identity.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTlsStream:
 *
 * TLS 1.3 over a non-blocking GSocket, by GnuTLS directly. GTlsConnection would do, but it loads
 * the system's trust store for each connection, runs the handshake in a thread, and reads and
 * writes record by record: here one system call carries several records. Both sides present [TLS
 * key, identity]; the stream checks it. One thread.
 */
typedef struct _RedesTlsStream RedesTlsStream;

/**
 * RedesTlsStatus:
 * @REDES_TLS_OK: something was done
 * @REDES_TLS_BLOCKED: nothing can be done until the socket is ready: readable for a read, writable
 *   for a write, see redes_tls_stream_wants_write() for a handshake
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

/* Until it returns something else than BLOCKED. */
RedesTlsStatus redes_tls_stream_handshake (RedesTlsStream *self, GError **error);

/* (transfer none): who is there; %NULL before the handshake is done. */
RedesPublicKey *redes_tls_stream_get_remote (RedesTlsStream *self);

/* Reads at most one record's rest. @n_read is 0 unless OK. */
RedesTlsStatus redes_tls_stream_read (
    RedesTlsStream *self, guint8 *buffer, gsize len, gsize *n_read, GError **error);

/* Whether a read would give something without the socket being readable. */
gboolean redes_tls_stream_has_pending (RedesTlsStream *self);

/* Takes at most one record's worth; it may wait in the stream until redes_tls_stream_flush(). */
RedesTlsStatus redes_tls_stream_write (
    RedesTlsStream *self, const guint8 *data, gsize len, gsize *n_written, GError **error);

/* OK when nothing waits any more. */
RedesTlsStatus redes_tls_stream_flush (RedesTlsStream *self, GError **error);

/* Whether encrypted bytes wait for the socket. */
gboolean redes_tls_stream_wants_write (RedesTlsStream *self);

/* Encrypted bytes that the socket has taken so far. */
guint64 redes_tls_stream_get_bytes_out (RedesTlsStream *self);

/* How many of them the remote's system has acknowledged, where this system tells; else the same. */
guint64 redes_tls_stream_get_bytes_taken (RedesTlsStream *self);

/* The memory that bytes on their way out take, in bytes. */
gsize redes_tls_stream_get_staged (RedesTlsStream *self);

/* Says that no more will be written (close_notify), as far as the socket takes it now. */
void redes_tls_stream_end (RedesTlsStream *self);

G_END_DECLS

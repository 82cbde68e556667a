/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a TLS ClientHello begins with (RFC 8446, 5.1: a handshake record). */
#define REDES_FIRST_BYTE_TLS 0x16

/**
 * RedesProtocolSniffer:
 *
 * Lets one port serve two protocols: waits for the first byte of each connection, and leaves it
 * where it is. At most 128 wait (16 of one address, 96 of a loopback address), each for at most 10
 * s; for one more another makes room, see RedesAdmission. Belongs to the main context that was the
 * thread's default when it was made.
 */
typedef struct _RedesProtocolSniffer RedesProtocolSniffer;

/* @connection: (transfer none). May be called before redes_protocol_sniffer_add() returns. */
typedef void (*RedesProtocolSnifferFunc) (GSocketConnection *connection,
                                          guint8 byte,
                                          gpointer user_data);

RedesProtocolSniffer *redes_protocol_sniffer_new (RedesProtocolSnifferFunc func,
                                                  gpointer user_data);
/* Closes those that wait. @self: (nullable) */
void redes_protocol_sniffer_free (RedesProtocolSniffer *self);
void redes_protocol_sniffer_add (RedesProtocolSniffer *self, GSocketConnection *connection);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The first byte of a TLS ClientHello (RFC 8446, 5.1: a handshake record). */
#define REDES_FIRST_BYTE_TLS 0x16

/**
 * RedesProtocolSniffer:
 *
 * Tells two protocols on one port apart by the first byte of each connection, which it reads
 * without consuming it. At most 128 connections wait for their first byte (16 of one address, 96 of
 * a loopback address), each for at most 10 s; beyond that RedesAdmission chooses the connection
 * that is closed. A sniffer belongs to the main context that was the thread's default when it was
 * made.
 */
typedef struct _RedesProtocolSniffer RedesProtocolSniffer;

/* @connection: (transfer none). It may be called inside redes_protocol_sniffer_add(). */
typedef void (*RedesProtocolSnifferFunc) (GSocketConnection *connection,
                                          guint8 byte,
                                          gpointer user_data);

RedesProtocolSniffer *redes_protocol_sniffer_new (RedesProtocolSnifferFunc func,
                                                  gpointer user_data);
/* Closes all connections that wait. @self: (nullable) */
void redes_protocol_sniffer_free (RedesProtocolSniffer *self);
void redes_protocol_sniffer_add (RedesProtocolSniffer *self, GSocketConnection *connection);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The first byte of a TLS ClientHello (RFC 8446, 5.1: a handshake record). */
#define REDES_FIRST_BYTE_TLS 0x16

/**
 * RedesProtocolSniffer:
 *
 * Tells two protocols on one port apart by the first byte of each connection, which it reads
 * without consuming it. At most 512 connections wait for their first byte (256 of one address, 384
 * of a loopback address; fewer where the process may have few files open), each for at most 10 s;
 * beyond that RedesAdmission chooses the connection that is closed. A sniffer belongs to the main
 * context that was the thread's default when it was made, and to that thread.
 */
typedef struct _RedesProtocolSniffer RedesProtocolSniffer;

/* @connection: (transfer none). It may be called inside redes_protocol_sniffer_add(). */
typedef void (*RedesProtocolSnifferFunc) (GSocketConnection *connection,
                                          guint8 byte,
                                          gpointer user_data);

/* @clock: (transfer none): says which connections have waited long enough to be closed for others.
 * Returns: (transfer full) */
RedesProtocolSniffer *redes_protocol_sniffer_new (const RedesClock *clock,
                                                  RedesProtocolSnifferFunc func,
                                                  gpointer user_data);
/* Closes all connections that wait. @self: (nullable) */
void redes_protocol_sniffer_free (RedesProtocolSniffer *self);
/* Makes @connection non-blocking and waits for its first byte; if that is there already, the
 * function of the sniffer is called before this one returns. @connection: (transfer none) */
void redes_protocol_sniffer_add (RedesProtocolSniffer *self, GSocketConnection *connection);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/beacon.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesLan:
 *
 * Sends and receives the beacons of one program: announces its ports on every network interface
 * that it may use, answers the queries of others, announces its end, and delivers the beacons of
 * others. It lists the interfaces anew once a second. It never scans addresses. It belongs to the
 * main context that was the thread's default when it was made.
 */
typedef struct _RedesLan RedesLan;

/**
 * RedesLanParams:
 * @id: the id of this program's peer or tracker
 * @nickname: its nickname, of which at most 64 bytes are sent
 * @port: the TCP port at which this program listens for peers; 0: it does not
 * @tracker_port: the TCP port of its tracker; 0: it has none
 * @listen_host: the numeric address of both ports: only interfaces with it are used; "": all are
 * @interfaces: (nullable) (array zero-terminated=1): the names of the interfaces that may be used;
 *   %NULL or empty: all
 * @heard: another program's beacon came from @host (numeric, with a zone if it is link-local); it
 *   must not free the RedesLan
 * @tick: (nullable): called about every second, after the interfaces have been listed
 *
 * The parameters, which are copied. With both ports 0 the program sends queries only, and announces
 * nothing.
 */
typedef struct
{
  const RedesPeerId *id;
  const char *nickname;
  guint16 port;
  guint16 tracker_port;
  const char *listen_host;
  const char *const *interfaces;
  void (*heard) (const RedesBeacon *beacon, const char *host, gpointer user_data);
  void (*tick) (gpointer user_data);
  gpointer user_data;
} RedesLanParams;

RedesLan *redes_lan_new (const RedesLanParams *params);
/* Announces the program's end, and closes the sockets. @self: (nullable) */
void redes_lan_free (RedesLan *self);

/* Lists the interfaces at once, because they may have changed. */
void redes_lan_refresh (RedesLan *self);

/* The number of open sockets: up to two for each interface. */
guint redes_lan_get_n_sockets (RedesLan *self);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/beacon.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesLan:
 *
 * The beacon of one program on the local network, and its ear: announces what it offers on every
 * interface that it may use, answers newcomers, says good-bye, and hands on what others announce.
 * It looks again once a second which interfaces there are. Addresses are never scanned. Belongs to
 * the main context that was the thread's default when it was made.
 */
typedef struct _RedesLan RedesLan;

/**
 * RedesLanParams:
 * @id: ours
 * @nickname: at most 64 bytes are told
 * @port: where this program listens for peers; 0: it does not
 * @tracker_port: where it runs a tracker; 0: it does not
 * @listen_host: numeric, where both listen: only interfaces with that address are used; "" = every
 * @interfaces: (nullable) (array zero-terminated=1): only these; %NULL or empty = all
 * @heard: a beacon of somebody else came from @host (numeric, with a zone if link-local)
 * @tick: (nullable): called about every second, after the interfaces have been looked at
 *
 * With neither port it only looks around: it asks who is there, and is no neighbour to anybody.
 * What it was told is copied. @heard must not free it.
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
/* Says good-bye, and ends. @self: (nullable) */
void redes_lan_free (RedesLan *self);

/* Looks at once which interfaces there are: something may have changed. */
void redes_lan_refresh (RedesLan *self);

/* Sockets open now: up to two an interface. */
guint redes_lan_get_n_sockets (RedesLan *self);

G_END_DECLS

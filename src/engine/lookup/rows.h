/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/discovery/peer-table.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/* The rows of answers, made and copied. */

/**
 * RedesKnownPeer:
 * @host: numeric
 * @how: of RedesPeerOrigin
 * @seen_us: when it was last known to be there, monotonic
 */
typedef struct
{
  RedesPeerId id;
  char *host;
  guint16 port;
  char *nickname;
  guint how;
  gint64 seen_us;
} RedesKnownPeer;

void redes_known_peer_free (RedesKnownPeer *peer);

/* @peer: a tracker listed it just now */
RedesKnownPeer *redes_rows_new_known_from_tracker (const RedesEndpoint *peer);
RedesKnownPeer *redes_rows_new_known (const RedesPeerRecord *peer);

/* (transfer full) (element-type RedesResultEntry): copies of @rows, which are a tracker client's.
 */
GPtrArray *redes_rows_copy_results (GPtrArray *rows);

G_END_DECLS

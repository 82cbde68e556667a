/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/endpoint.h"
#include "engine/base/peer-origin.h"
#include "engine/base/result-entry.h"

G_BEGIN_DECLS

/* The rows of answers, made and copied. */

/**
 * RedesKnownPeer:
 * @how: of RedesPeerOrigin
 * @seen_us: when it was last known to be there, monotonic
 */
typedef struct
{
  RedesEndpoint endpoint;
  guint how;
  gint64 seen_us;
} RedesKnownPeer;

/* @endpoint: copied. @how, @seen_us: as in RedesKnownPeer */
RedesKnownPeer *redes_known_peer_new (const RedesEndpoint *endpoint, guint how, gint64 seen_us);
void redes_known_peer_free (RedesKnownPeer *peer);

/* (transfer full) (element-type RedesResultEntry): copies of @rows, which are a tracker client's.
 */
GPtrArray *redes_rows_copy_results (GPtrArray *rows);

G_END_DECLS

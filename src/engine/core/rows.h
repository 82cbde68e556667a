/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core.h"

G_BEGIN_DECLS

/* The rows of answers, made and copied. */

/* A RedesDirectoryRow. */
gpointer redes_rows_copy_result (gconstpointer row);
/* A RedesTrackerPeer. */
gpointer redes_rows_copy_peer (gconstpointer peer);
RedesTrackerPeer *
redes_rows_new_peer (const RedesPeerId *id, const char *host, guint16 port, const char *nickname);
/* A RedesKnownPeer. @peer: RedesTrackerPeer, which a tracker listed just now */
gpointer redes_rows_new_known_from_tracker (gconstpointer peer);
gpointer redes_rows_new_known (const RedesPeerRecord *peer);

/* (transfer full) (element-type RedesDirectoryRow): of PEER_RESULTS or SHARES. */
GPtrArray *redes_rows_read (GVariant *body);

G_END_DECLS

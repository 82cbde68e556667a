/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/endpoint.h"
#include "engine/core/core-events.h"

G_BEGIN_DECLS

/**
 * RedesPeerStatus:
 * @endpoint: who it is, and where it listens; the port from which it came while it has not said
 *   at which one it listens
 * @how: of RedesPeerOrigin: who else says that it is there
 * @connected: whether there is a session with it now
 * @by_them: whether they made that
 * @bytes_in, @bytes_out: of that session, with all overhead
 *
 * What is known of a peer at one moment.
 */
typedef struct
{
  RedesEndpoint endpoint;
  guint how;
  gboolean connected;
  gboolean by_them;
  guint64 bytes_in;
  guint64 bytes_out;
} RedesPeerStatus;

/* @endpoint is copied. Returns: (transfer full): of a peer to which there is no connection */
RedesPeerStatus *redes_peer_status_new (const RedesEndpoint *endpoint);
/* @data: a RedesPeerStatus */
void redes_peer_status_free (gpointer data);

/* Returns: (transfer full) (element-type RedesPeerStatus): the peers with which there is a session;
 * engine's thread */
GPtrArray *redes_core_list_sessions (RedesCore *self);

/* What passes now, in bytes a second, with all overhead, and to how many peers something goes. */
void redes_core_get_flow (RedesCore *self, gdouble *up, gdouble *down, guint *n_sessions);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-events.h"

G_BEGIN_DECLS

/**
 * RedesPeerStatus:
 * @address: where it listens, or came from
 * @connected: whether there is a session with it now
 * @by_them: whether they made that
 * @bytes_in, @bytes_out: of that session, with all overhead
 *
 * What is known of a peer at one moment.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  char *address;
  guint how; /* of RedesPeerOrigin: who else says that it is there */
  gboolean connected;
  gboolean by_them;
  guint64 bytes_in;
  guint64 bytes_out;
} RedesPeerStatus;

void redes_peer_status_free (gpointer data);

/* (transfer full) (element-type RedesPeerStatus): those that there is a session with */
GPtrArray *redes_core_list_sessions (RedesCore *self);

/* What passes now, in bytes a second, with all overhead, and to how many peers something goes. */
void redes_core_get_flow (RedesCore *self, gdouble *up, gdouble *down, guint *n_sessions);

G_END_DECLS

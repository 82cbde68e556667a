/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesRegisteredPeer:
 * @address: where it listens
 * @heard_us: monotonic time, in microseconds, when something last came from it
 *
 * A peer that is registered, as its tracker sees it at one moment.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  char *address;
  guint n_files;
  gint64 heard_us;
} RedesRegisteredPeer;

void redes_registered_peer_free (gpointer data);

G_END_DECLS

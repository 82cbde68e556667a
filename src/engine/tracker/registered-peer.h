/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/endpoint.h"

G_BEGIN_DECLS

/**
 * RedesRegisteredPeer:
 * @endpoint: who it is, and where it listens
 * @n_files: how many files it has registered
 * @heard_us: monotonic time, in microseconds, when something last came from it
 *
 * A peer that is registered, as its tracker sees it at one moment.
 */
typedef struct
{
  RedesEndpoint endpoint;
  guint n_files;
  gint64 heard_us;
} RedesRegisteredPeer;

/* @data: a RedesRegisteredPeer */
void redes_registered_peer_free (gpointer data);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/connection.h"
#include "engine/tracker/registered-peer.h"

G_BEGIN_DECLS

/* @connection: one of a registered peer. Returns: (transfer full) */
RedesRegisteredPeer *redes_registered_peer_new (RedesConnection *connection);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/base/peer-origin.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_FOUND (redes_found_get_type ())
/** RedesFound: a peer or a tracker that was found without being named. Immutable. */
G_DECLARE_FINAL_TYPE (RedesFound, redes_found, REDES, FOUND, GObject)

gboolean redes_found_is_tracker (RedesFound *self);
/* Of a tracker: whether this node uses it because it was found. */
gboolean redes_found_is_used (RedesFound *self);
/* Of a tracker that is not: whether the node uses it all the same, by another name. */
gboolean redes_found_is_known (RedesFound *self);
const RedesPeerId *redes_found_get_id (RedesFound *self);
/* A name for people; proves nothing. */
const char *redes_found_get_nickname (RedesFound *self);
/* "192.168.1.7:6001" */
const char *redes_found_get_address (RedesFound *self);
RedesPeerOrigin redes_found_get_how (RedesFound *self);
/* "lan", "exchange": for scripts. */
const char *redes_peer_origin_get_name (RedesPeerOrigin how);

G_END_DECLS

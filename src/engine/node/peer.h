/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/base/peer-origin.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_PEER (redes_peer_get_type ())
/**
 * RedesPeer:
 *
 * Another peer, as long as somebody watches who is there. Lives in the front end's thread;
 * #RedesPeer::changed tells when something is not as it was. Texts are (transfer none) and valid
 * until then.
 */
G_DECLARE_FINAL_TYPE (RedesPeer, redes_peer, REDES, PEER, GObject)

const RedesPeerId *redes_peer_get_id (RedesPeer *self);
const char *redes_peer_get_nickname (RedesPeer *self);
/* "127.0.0.1:6001": where it listens, or where it came from. */
const char *redes_peer_get_address (RedesPeer *self);
/* Of RedesPeerOrigin: who says that it is there; 0 if only its connection does. */
guint redes_peer_get_how (RedesPeer *self);
/* Whether this peer has a connection with it now, and whether they made it. */
gboolean redes_peer_is_connected (RedesPeer *self);
gboolean redes_peer_is_connected_by_them (RedesPeer *self);
/* What passes between the two now, with all overhead; from there to here, and from here to there.
 */
gdouble redes_peer_get_down_bytes_per_s (RedesPeer *self);
gdouble redes_peer_get_up_bytes_per_s (RedesPeer *self);
/* Of the present connection. */
guint64 redes_peer_get_bytes_down (RedesPeer *self);
guint64 redes_peer_get_bytes_up (RedesPeer *self);
/* Monotonic time, in microseconds, when it was last known to be there. */
gint64 redes_peer_get_seen_us (RedesPeer *self);

G_END_DECLS

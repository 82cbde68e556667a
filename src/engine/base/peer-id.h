/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/* (transfer full): the beginning of a peer id in groups that a person can compare, such as
 * "k3xw-7aqd-…". @groups: the number of groups of four base32 characters, 1 to 13 */
char *redes_peer_id_dup_short (const RedesPeerId *id, guint groups);

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesBanList:
 *
 * The peers that have violated the protocol, which outlasts their sessions. A peer is banned for 30
 * s after its first violation and twice as long after each further one, at most for an hour. For
 * every ten minutes without a violation after a ban, one is forgotten. The list is bounded; the
 * caller passes the monotonic time in microseconds.
 */
typedef struct _RedesBanList RedesBanList;

RedesBanList *redes_ban_list_new (void);
void redes_ban_list_free (RedesBanList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBanList, redes_ban_list_free)

void redes_ban_list_strike (RedesBanList *self, const RedesPeerId *peer, gint64 now_us);
gboolean redes_ban_list_is_banned (RedesBanList *self, const RedesPeerId *peer, gint64 now_us);

G_END_DECLS

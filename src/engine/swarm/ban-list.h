/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesBanList:
 *
 * What is remembered of peers beyond their sessions: who broke the rules, and for how long nothing
 * more is had to do with them: 30 s after the first violation, twice as long after each further
 * one, at most an hour. Ten minutes without one after a ban undo one violation. Bounded; the caller
 * hands in the monotonic time in microseconds.
 */
typedef struct _RedesBanList RedesBanList;

RedesBanList *redes_ban_list_new (void);
void redes_ban_list_free (RedesBanList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBanList, redes_ban_list_free)

void redes_ban_list_strike (RedesBanList *self, const RedesPeerId *peer, gint64 now_us);
gboolean redes_ban_list_is_banned (RedesBanList *self, const RedesPeerId *peer, gint64 now_us);

G_END_DECLS
